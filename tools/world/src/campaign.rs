//! Attacks on many accounts: credential stuffing and password spraying from 1 to 10,000 addresses.
//!
//! **Invariant:** a campaign is a few numbers; attempt `i` of it is a function of those alone.

use crate::access::{Access, Attacker, Label, Outcome, Plan, Target};
use crate::agents::{ATTACK_TOOLS, Family, UserAgentId};
use crate::calendar::DAY;
use crate::config::WorldConfig;
use crate::dice::{Dice, Purpose, Seed};
use crate::networks::NetworkKind;
use crate::session::Surroundings;
use crate::world::World;

/// Numbers of addresses over which campaigns spread, evenly over the powers of ten.
const SPREADS: [u32; 9] = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000];

/// Names of a stolen list that are customers here, and passwords among those that still fit.
/// Their product, 0.15 %, is near the low end of the 0.1–2 % that is commonly said of stuffing
/// (general knowledge, no study behind it here).
const STUFFING: (f64, f64) = (0.25, 0.006);
/// The same for spraying at guessed names.
const SPRAY: (f64, f64) = (0.8, 0.000_5);

/// One attack on many accounts.
#[derive(Debug, Clone)]
pub(crate) struct Campaign {
    index: u32,
    plan: Plan,
    attacker: Attacker,
    first_day: u32,
    days: u32,
    /// Of the first attempt of a day, and length of the day's work, µs.
    from: i64,
    length: i64,
    attempts: u32,
    addresses: u32,
    /// The browser it claims: one for all attempts, or as many as it has addresses.
    tool: Option<u32>,
}

/// The campaigns of a period: one begins about every five days; their sizes differ a hundredfold
/// and add up to the configured share of all rows.
pub(crate) fn plan(seed: &Seed, config: &WorldConfig, genuine_rows: f64) -> Vec<Campaign> {
    let share = config.shares.attack_rows;
    let total = genuine_rows * share / (1.0 - share);
    if total < 1.0 {
        return Vec::new();
    }
    let count = (config.days / 5).max(1);
    let mut weights = Vec::new();
    let mut campaigns = Vec::new();
    for index in 0..count {
        let dice = &mut seed.dice(Purpose::Campaign, index, 0);
        weights.push(1.0 / (dice.unit() + 0.01));
        campaigns.push(campaign(index, count, config.days, dice));
    }
    let sum: f64 = weights.iter().sum();
    for (campaign, weight) in campaigns.iter_mut().zip(weights) {
        campaign.attempts = ((total * weight / sum) as u32).max(1);
        campaign.addresses = campaign.addresses.min(campaign.attempts);
    }
    campaigns
}

fn campaign(index: u32, count: u32, days: u32, dice: &mut Dice) -> Campaign {
    let slot = f64::from(days) / f64::from(count);
    let first_day = ((f64::from(index) + dice.unit()) * slot) as u32;
    let hours = dice.between(2, 20);
    Campaign {
        index,
        plan: if dice.chance(0.7) {
            Plan::Stuffing
        } else {
            Plan::Spray
        },
        attacker: if dice.chance(0.3) {
            Attacker::Vpn
        } else {
            Attacker::Naive
        },
        first_day,
        days: dice.between(1, 4).min(days - first_day),
        from: i64::from(dice.below(24 - hours)) * (DAY / 24),
        length: i64::from(hours) * (DAY / 24),
        attempts: 0,
        addresses: SPREADS[dice.below(SPREADS.len() as u32) as usize],
        tool: dice.chance(0.6).then(|| dice.below(ATTACK_TOOLS)),
    }
}

impl World {
    /// All attempts of all campaigns on `day`.
    pub(crate) fn campaigns_on(&self, day: u32, out: &mut Vec<Access>) {
        for campaign in &self.campaigns {
            let Some(nth) = day
                .checked_sub(campaign.first_day)
                .filter(|n| *n < campaign.days)
            else {
                continue;
            };
            let share = |n: u32| {
                (u64::from(campaign.attempts) * u64::from(n) / u64::from(campaign.days)) as u32
            };
            let (first, last) = (share(nth), share(nth + 1));
            for attempt in first..last {
                let part = i64::from(attempt - first) * campaign.length / i64::from(last - first);
                let moment = self.calendar.midnight(day) + campaign.from + part;
                out.push(self.attempt(campaign, attempt, moment));
            }
        }
    }

    fn attempt(&self, campaign: &Campaign, attempt: u32, moment: i64) -> Access {
        let dice = &mut self.seed.dice(Purpose::Attempt, campaign.index, attempt);
        let stuffing = campaign.plan == Plan::Stuffing;
        let (known, fits) = if stuffing { STUFFING } else { SPRAY };
        let target = if dice.chance(known) {
            Target::Customer(dice.below(self.config.customers))
        } else {
            Target::Unknown(dice.word())
        };
        let outcome = match target {
            Target::Unknown(_) => Outcome::MistakeName,
            Target::Customer(_) if dice.chance(fits) => Outcome::Succeed,
            Target::Customer(_) => Outcome::MistakePassword,
        };
        let (attacker, plan) = (campaign.attacker, campaign.plan);
        let jitter = i64::from(dice.below(400_000));
        let from = self.campaign_source(campaign, dice.below(campaign.addresses), moment);
        let access = self.access(moment + jitter, target, from);
        Access {
            outcome,
            label: Label::Attack {
                attacker,
                plan,
                group: campaign.index,
            },
            ..access
        }
    }

    /// Surroundings of source `index` of a campaign: the same for all its attempts of a day.
    fn campaign_source(&self, campaign: &Campaign, index: u32, moment: i64) -> Surroundings {
        let dice = &mut self.seed.dice(Purpose::Campaign, campaign.index, index + 1);
        let day = (moment - self.calendar.first_midnight).div_euclid(DAY) as u32;
        let row = match campaign.attacker {
            Attacker::Vpn => self
                .networks
                .pick_where(dice, &VPN, |row| row.country.is_japan()),
            _ => self.networks.pick(dice, &NAIVE),
        };
        let address = self.networks.row(row).scattered(dice.long());
        let user_agent = match campaign.tool {
            Some(tool) => self.agents.tool(tool),
            None => self.common_browser(day, dice),
        };
        Surroundings {
            row,
            address,
            user_agent,
            device: None,
        }
    }

    /// A browser that many have, up to date.
    pub(crate) fn common_browser(&self, day: u32, dice: &mut Dice) -> UserAgentId {
        const COMMON: [Family; 4] = [
            Family::WindowsChrome,
            Family::WindowsEdge,
            Family::IphoneSafari,
            Family::AndroidChrome,
        ];
        let family = COMMON[dice.weighted(&[50, 15, 20, 15])];
        self.agents
            .of(family, self.calendar.date(day) - i64::from(dice.below(40)))
    }
}

/// Where attackers come from who care about nothing, and who care about the country.
pub(crate) const NAIVE: [NetworkKind; 2] = [NetworkKind::Hosting, NetworkKind::Proxy];
pub(crate) const VPN: [NetworkKind; 2] = [NetworkKind::Hosting, NetworkKind::Vpn];
