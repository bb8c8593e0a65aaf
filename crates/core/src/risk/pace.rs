//! Too fast or too many: what the windows counted lately, as signals.
//!
//! A window holds what happened before the attempt that is judged. Where many honest people share
//! an address (a carrier's translator, an office, an aggregator), some of them always fail; only
//! what goes beyond that counts: failures − 2 × usual share of failures × attempts; and accounts
//! that failed − 2 × usual share × attempts that ended well. A program that many honest people
//! have only counts where its failures outnumber its successes as well.
//!
//! **Invariant:** one failure more, or one more customer concerned, never lowers the score; a
//! window that nobody keeps is named as unknown and says nothing.

/// What one window counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Attempts that failed.
    pub failures: u32,
    /// Attempts that ended well.
    pub successes: u32,
    /// Different accounts for which one failed, whether they exist or not.
    pub accounts: u32,
}

/// The windows that an attempt looks at; `None` where nothing is kept or the value is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Windows {
    /// The address, over ten minutes.
    pub address: Option<Window>,
    /// The address, over a day: lists are tried slowly too.
    pub address_day: Option<Window>,
    /// Its /24 or /48, over an hour.
    pub network: Option<Window>,
    /// The same client family at the same network operator, over a day: behind a thousand
    /// addresses there is one program.
    pub crowd: Option<Window>,
    /// The same whole user agent anywhere, over a day: behind ten thousand addresses too.
    pub agent: Option<Window>,
    /// The account that is named, over an hour. Below the number that locks a factor (five) it says
    /// nothing but that somebody forgot a password.
    pub account: Option<Window>,
    /// The device, over a day.
    pub device: Option<Window>,
}

/// One thing of which there can be too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pace {
    /// Failures from the address beyond what is usual.
    AddressFailures,
    /// Accounts that failed from the address, beyond what is usual.
    AddressAccounts,
    /// Accounts that failed from the address within a day, beyond what is usual.
    AddressDayAccounts,
    /// Failures from the network beyond what is usual.
    NetworkFailures,
    /// Failures of this program at this network operator beyond what is usual.
    CrowdFailures,
    /// Failures of this very user agent beyond what is usual.
    AgentFailures,
    /// Failures for the account, whoever it is.
    AccountFailures,
    /// Accounts that failed on one device.
    DeviceAccounts,
}

impl Pace {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::AddressFailures,
        Self::AddressAccounts,
        Self::AddressDayAccounts,
        Self::NetworkFailures,
        Self::CrowdFailures,
        Self::AgentFailures,
        Self::AccountFailures,
        Self::DeviceAccounts,
    ];

    /// What it is called in explanations.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AddressFailures => "address_failures",
            Self::AddressAccounts => "address_accounts",
            Self::AddressDayAccounts => "address_day_accounts",
            Self::NetworkFailures => "network_failures",
            Self::CrowdFailures => "crowd_failures",
            Self::AgentFailures => "agent_failures",
            Self::AccountFailures => "account_failures",
            Self::DeviceAccounts => "device_accounts",
        }
    }

    fn window(self, windows: &Windows) -> Option<Window> {
        match self {
            Self::AddressFailures | Self::AddressAccounts => windows.address,
            Self::AddressDayAccounts => windows.address_day,
            Self::NetworkFailures => windows.network,
            Self::CrowdFailures => windows.crowd,
            Self::AgentFailures => windows.agent,
            Self::AccountFailures => windows.account,
            Self::DeviceAccounts => windows.device,
        }
    }

    /// Whether there is too much in a window.
    pub(crate) fn is_over(self, window: Window, limits: &Limits) -> bool {
        let usual = limits.usual.clamp(0.0, 0.49);
        self.beyond(window, usual) >= limits.of(self).max(1.0)
    }

    /// What is left of a window once the usual failures of shared places are taken off.
    fn beyond(self, window: Window, usual: f64) -> f64 {
        let (failures, successes) = (f64::from(window.failures), f64::from(window.successes));
        let accounts = f64::from(window.accounts);
        let beyond = match self {
            Self::AccountFailures => failures,
            Self::AgentFailures => failures - 2.0 * usual * (failures + successes) - successes,
            Self::DeviceAccounts => accounts,
            Self::AddressAccounts | Self::AddressDayAccounts => {
                accounts.min(failures) - 2.0 * usual * successes
            }
            _ => failures - 2.0 * usual * (failures + successes),
        };
        beyond.max(0.0)
    }
}

/// From how many on each is too many, and how many failures are usual. Assumptions, tuned on the
/// seeded world with seeds that no figure is made with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Share of failures among the attempts of honest customers, at most 0.49.
    pub usual: f64,
    /// See [`Pace::AddressFailures`].
    pub address_failures: f64,
    /// See [`Pace::AddressAccounts`].
    pub address_accounts: f64,
    /// See [`Pace::AddressDayAccounts`].
    pub address_day_accounts: f64,
    /// See [`Pace::NetworkFailures`].
    pub network_failures: f64,
    /// See [`Pace::CrowdFailures`].
    pub crowd_failures: f64,
    /// See [`Pace::AgentFailures`].
    pub agent_failures: f64,
    /// See [`Pace::AccountFailures`].
    pub account_failures: f64,
    /// See [`Pace::DeviceAccounts`].
    pub device_accounts: f64,
}

impl Limits {
    /// What ships.
    pub const SHIPPED: Self = Self {
        usual: 0.15,
        address_failures: 8.0,
        address_accounts: 5.0,
        address_day_accounts: 8.0,
        network_failures: 30.0,
        crowd_failures: 40.0,
        agent_failures: 100.0,
        account_failures: 6.0,
        device_accounts: 3.0,
    };

    const fn of(&self, pace: Pace) -> f64 {
        match pace {
            Pace::AddressFailures => self.address_failures,
            Pace::AddressAccounts => self.address_accounts,
            Pace::AddressDayAccounts => self.address_day_accounts,
            Pace::NetworkFailures => self.network_failures,
            Pace::CrowdFailures => self.crowd_failures,
            Pace::AgentFailures => self.agent_failures,
            Pace::AccountFailures => self.account_failures,
            Pace::DeviceAccounts => self.device_accounts,
        }
    }
}

/// What is too much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TooMany {
    /// Of what.
    pub pace: Pace,
    /// How many beyond what is usual.
    pub beyond: f64,
    /// From how many on it is too many.
    pub limit: f64,
}

/// A score with its explanation.
#[derive(Clone, Debug, PartialEq)]
pub struct Paced {
    /// Between 0 and 1: 0 when nothing happened, a half when one thing is at its limit.
    pub score: f64,
    /// What is beyond the usual as a share of its limit, for each of [`Pace::ALL`]; `None` where no
    /// window of it is known.
    pub shares: [Option<f64>; Pace::ALL.len()],
    /// What reached its limit, in the order of [`Pace::ALL`].
    pub signals: Vec<TooMany>,
    /// What cannot be said since no window of it is known.
    pub unknown: Vec<Pace>,
}

/// Judges the windows: 1 − Π limit / (limit + beyond).
#[must_use]
pub fn pace(windows: &Windows, limits: &Limits) -> Paced {
    let mut paced = Paced {
        score: 0.0,
        shares: [None; Pace::ALL.len()],
        signals: Vec::new(),
        unknown: Vec::new(),
    };
    let usual = limits.usual.clamp(0.0, 0.49);
    let (mut calm, mut shares) = (1.0, [None; Pace::ALL.len()]);
    for (pace, share) in Pace::ALL.into_iter().zip(&mut shares) {
        let Some(window) = pace.window(windows) else {
            paced.unknown.push(pace);
            continue;
        };
        let (beyond, limit) = (pace.beyond(window, usual), limits.of(pace).max(1.0));
        *share = Some(beyond / limit);
        calm *= limit / (limit + beyond);
        if beyond >= limit {
            paced.signals.push(TooMany {
                pace,
                beyond,
                limit,
            });
        }
    }
    (paced.score, paced.shares) = (1.0 - calm, shares);
    paced
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::chance::Chance;

    fn random(chance: &mut Chance) -> Option<Window> {
        let mut upto = |n: u64| chance.below(n) as u32;
        Some(Window {
            failures: upto(60),
            successes: upto(200),
            accounts: upto(40),
        })
        .filter(|_| chance.below(8) > 0)
    }

    fn windows(chance: &mut Chance) -> Windows {
        Windows {
            address: random(chance),
            address_day: random(chance),
            network: random(chance),
            crowd: random(chance),
            agent: random(chance),
            account: random(chance),
            device: random(chance),
        }
    }

    #[test]
    fn one_failure_or_one_account_more_never_lowers_the_score() {
        let mut chance = Chance::new(1);
        let limits = Limits::SHIPPED;
        for _ in 0..5_000 {
            let before = windows(&mut chance);
            let score = pace(&before, &limits).score;
            assert!((0.0..1.0).contains(&score));
            for place in 0..7 {
                for accounts in [0, 1] {
                    let mut worse = before;
                    let window = [
                        &mut worse.address,
                        &mut worse.address_day,
                        &mut worse.network,
                        &mut worse.crowd,
                        &mut worse.agent,
                        &mut worse.account,
                        &mut worse.device,
                    ];
                    if let Some(Some(window)) = window.into_iter().nth(place) {
                        window.failures += 1;
                        window.accounts += accounts;
                    }
                    let worse = pace(&worse, &limits).score;
                    assert!(worse >= score, "{worse} below {score}: {before:?}");
                }
            }
        }
    }

    #[test]
    fn a_busy_shared_address_is_no_attack_and_a_list_from_it_is() {
        let score = |failures, successes, accounts| {
            let address = Some(Window {
                failures,
                successes,
                accounts,
            });
            let windows = Windows {
                address,
                ..Windows::default()
            };
            pace(&windows, &Limits::SHIPPED)
        };
        // Four hundred people behind one translator in the morning, one in eight mistypes.
        assert!(score(50, 350, 45).signals.is_empty());
        let list = score(60, 1, 60);
        let signals: Vec<Pace> = list.signals.iter().map(|signal| signal.pace).collect();
        assert_eq!(signals, [Pace::AddressFailures, Pace::AddressAccounts]);
        assert!(list.score > 0.9);
        assert_eq!(list.unknown.len(), 6);
    }

    #[test]
    fn nothing_counted_is_nothing_and_nothing_kept_is_unknown() {
        let kept = Some(Window::default());
        let quiet = Windows {
            address: kept,
            address_day: kept,
            network: kept,
            crowd: kept,
            agent: kept,
            account: kept,
            device: kept,
        };
        assert_eq!(pace(&quiet, &Limits::SHIPPED).score, 0.0);
        assert_eq!(pace(&quiet, &Limits::SHIPPED).unknown, []);
        let none = pace(&Windows::default(), &Limits::SHIPPED);
        assert_eq!((none.score, none.unknown.len()), (0.0, 8));
    }
}
