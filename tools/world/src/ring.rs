//! Attacks on single accounts by somebody who has the password: rings of one to six victims within
//! the hour (account takeovers come in bursts: six from one country in half an hour in the RBA data
//! set), one way of working and one receiving account each.
//!
//! **Invariant:** a ring's accesses all fall on its first day or the four days after it, so a day
//! needs to look at no others.

use crate::access::{Access, Act, Attacker, Label, Outcome, Payee, Plan, Target};
use crate::calendar::{DAY, SECOND};
use crate::config::WorldConfig;
use crate::dice::{Dice, Purpose};
use crate::habits::{COMPUTER, Habits, scaled};
use crate::networks::NetworkKind;
use crate::session::{Scribe, Surroundings};
use crate::world::World;

/// Days after a ring's first on which it still does something.
const LAST_DAY: u32 = 4;
/// Mean number of victims of a ring.
const MEAN_VICTIMS: f64 = 2.5;

/// Attackers of rings; the first four rings have one each, so that even a small world shows all.
const ATTACKERS: [(Attacker, u32); 4] = [
    (Attacker::Naive, 40),
    (Attacker::Vpn, 30),
    (Attacker::Targeted, 20),
    (Attacker::VeryTargeted, 10),
];

/// One group of hijackers at work.
struct Ring {
    index: u32,
    /// The day of its first entry.
    day: u32,
    attacker: Attacker,
    plan: Plan,
    /// Where a naive or VPN attacker works from.
    row: u16,
}

/// How many rings a period has.
pub(crate) fn count(config: &WorldConfig) -> u32 {
    let rate = scaled(
        f64::from(config.shares.takeovers_per_million) / 1e6,
        config.days,
    );
    if rate == 0.0 {
        return 0;
    }
    ((rate * f64::from(config.customers) / MEAN_VICTIMS) as u32).max(4)
}

impl World {
    /// All accesses of all rings on `day`.
    pub(crate) fn rings_on(&self, day: u32, out: &mut Vec<Access>) {
        if self.rings == 0 {
            return;
        }
        let per_day = f64::from(self.rings) / f64::from(self.config.days);
        let first = (f64::from(day.saturating_sub(LAST_DAY)) * per_day) as u32;
        let last = (f64::from(day + 1) * per_day) as u32;
        let (start, end) = (self.calendar.midnight(day), self.calendar.midnight(day + 1));
        for index in first.saturating_sub(1)..=last.min(self.rings - 1) {
            let before = out.len();
            self.ring(index, out);
            let mut kept = before;
            for read in before..out.len() {
                if (start..end).contains(&out[read].moment) {
                    out.swap(kept, read);
                    kept += 1;
                }
            }
            out.truncate(kept);
        }
    }

    /// Everything that ring `index` does.
    fn ring(&self, index: u32, out: &mut Vec<Access>) {
        let dice = &mut self.seed.dice(Purpose::Ring, index, 0);
        let slot = f64::from(self.config.days) / f64::from(self.rings);
        let day = ((f64::from(index) + dice.unit()) * slot) as u32;
        let drawn = ATTACKERS[dice.weighted(&ATTACKERS.map(|a| a.1))].0;
        let attacker = ATTACKERS.get(index as usize).map_or(drawn, |a| a.0);
        let hijack = dice.chance(0.6) || index < 4;
        let ring = Ring {
            index,
            day,
            attacker,
            plan: if hijack {
                Plan::PayoutHijack
            } else {
                Plan::Takeover
            },
            row: match attacker {
                Attacker::Naive => {
                    let kinds = [
                        NetworkKind::Hosting,
                        NetworkKind::Proxy,
                        NetworkKind::Abroad,
                    ];
                    self.networks
                        .pick_where(dice, &kinds, |row| !row.country.is_japan())
                }
                _ => {
                    let kinds = [NetworkKind::Hosting, NetworkKind::Vpn];
                    self.networks
                        .pick_where(dice, &kinds, |row| row.country.is_japan())
                }
            },
        };
        let mut moment = self.calendar.midnight(day) + i64::from(dice.below(22 * 3_600)) * SECOND;
        for victim in 0..[1, 1, 2, 2, 3, 6][dice.below(6) as usize] {
            let dice = &mut self.seed.dice(Purpose::Ring, index, victim + 1);
            self.takeover(&ring, moment, dice, out);
            moment += i64::from(dice.between(120, 900)) * SECOND;
        }
    }

    /// One victim: in, perhaps the payout account changed, the money gone one to three days later.
    fn takeover(&self, ring: &Ring, moment: i64, dice: &mut Dice, out: &mut Vec<Access>) {
        let customer = dice.below(self.config.customers);
        let habits = self.habits(customer);
        let moment = match ring.attacker {
            // The very targeted attacker comes when the customer would.
            Attacker::VeryTargeted => {
                let second = i64::from(habits.rhythm.second(dice).min(22 * 3_600));
                self.calendar.midnight(ring.day) + second * SECOND
            }
            _ => moment,
        } + i64::from(dice.below(1_000_000));
        let from = self.intruder(ring, &habits, dice);
        let next = self.access(moment, Target::Customer(customer), from);
        let label = Label::Attack {
            attacker: ring.attacker,
            plan: ring.plan,
            group: ring.index,
        };
        let scribe = &mut Scribe {
            out,
            next: Access { label, ..next },
        };
        if ring.attacker == Attacker::Naive && dice.chance(0.4) {
            scribe.write(Act::SignIn, Outcome::MistakePassword, dice.between(3, 20));
        }
        scribe.write(Act::SignIn, Outcome::Succeed, dice.between(30, 200));
        if ring.plan == Plan::Takeover {
            return;
        }
        let payee = Payee::Mule { ring: ring.index };
        scribe.write(Act::ChangePayoutAccount { payee }, Outcome::Succeed, 5);
        let later = i64::from(dice.between(1, 3)) * DAY + i64::from(dice.below(3_600)) * SECOND;
        let back = self.access(scribe.next.moment + later, Target::Customer(customer), from);
        scribe.next = Access { label, ..back };
        scribe.write(Act::SignIn, Outcome::Succeed, dice.between(20, 90));
        let act = Act::Withdraw {
            payee,
            yen: dice.between(20, 300) * 10_000,
        };
        scribe.write(act, Outcome::Succeed, 5);
    }

    /// A row in the country of `home`: the ring's own if it is there, else a rented server or an
    /// exit there, else somebody's line there.
    fn vantage(&self, own: u16, home: u16, dice: &mut Dice) -> u16 {
        let country = self.networks.row(home).country;
        if self.networks.row(own).country == country {
            return own;
        }
        let rented: &[NetworkKind] = &[NetworkKind::Hosting, NetworkKind::Vpn];
        let lines: &[NetworkKind] = &[NetworkKind::Proxy, NetworkKind::Abroad];
        let there = self.networks.all().iter();
        let rents = there
            .filter(|row| row.country == country)
            .any(|row| rented.contains(&row.kind));
        let kinds = if rents { rented } else { lines };
        self.networks
            .pick_where(dice, kinds, |row| row.country == country)
    }

    /// Surroundings as good as the attacker can make them.
    fn intruder(&self, ring: &Ring, habits: &Habits, dice: &mut Dice) -> Surroundings {
        let day = ring.day;
        let phone = habits.phone(day);
        let slot = if habits.owns(COMPUTER) {
            COMPUTER
        } else {
            phone
        };
        let anywhere = |row: u16, dice: &mut Dice| self.networks.row(row).scattered(dice.long());
        match ring.attacker {
            Attacker::Naive => Surroundings {
                row: ring.row,
                address: anywhere(ring.row, dice),
                user_agent: self.agents.tool(4 + dice.below(4)),
                device: None,
            },
            Attacker::Vpn => {
                let row = self.vantage(ring.row, habits.home, dice);
                Surroundings {
                    row,
                    address: anywhere(row, dice),
                    user_agent: self.common_browser(day, dice),
                    device: None,
                }
            }
            Attacker::Targeted => Surroundings {
                row: habits.home,
                address: anywhere(habits.home, dice),
                user_agent: self.browser(habits, slot, day),
                device: None,
            },
            Attacker::VeryTargeted => Surroundings {
                row: habits.mobile,
                address: self.mobile_address(habits, dice),
                user_agent: self.browser(habits, phone, day),
                device: dice
                    .chance(0.5)
                    .then(|| self.device(habits.customer, phone)),
            },
        }
    }
}
