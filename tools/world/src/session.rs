//! Genuine sessions: from where, on what, how often the password goes wrong, what is done.
//!
//! **Invariant:** a session's accesses share one target, address, network and label, and their
//! moments strictly rise.

use std::net::IpAddr;

use crate::access::{Access, Act, Circumstance, DeviceRef, Label, Outcome, Payee, Target};
use crate::agents::UserAgentId;
use crate::calendar::SECOND;
use crate::config::Profile;
use crate::dice::{Dice, Purpose};
use crate::habits::{COMPUTER, Habits, NEW_PHONE, OFFICE_COMPUTER, TABLET, Trip};
use crate::networks::{Network, NetworkKind};
use crate::world::World;

/// Where a session happens and on what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surroundings {
    pub(crate) row: u16,
    pub(crate) address: IpAddr,
    pub(crate) user_agent: UserAgentId,
    pub(crate) device: Option<DeviceRef>,
}

/// Where somebody is.
#[derive(Debug, Clone, Copy)]
enum Place {
    Home,
    Street,
    Office(u32),
    Hotel(Trip),
    Plane,
    Collector(u16),
}

/// One session in the making.
struct Visit {
    habits: Habits,
    k: u32,
    day: u32,
    place: Place,
    /// The machine in use; none if a collector signs in.
    slot: Option<u8>,
}

/// Accesses of one actor, one after the other.
pub(crate) struct Scribe<'a> {
    pub(crate) out: &'a mut Vec<Access>,
    /// Filled in anew for each access.
    pub(crate) next: Access,
}

impl Scribe<'_> {
    /// Writes one access and moves `seconds` on.
    pub(crate) fn write(&mut self, act: Act, outcome: Outcome, seconds: u32) {
        self.out.push(Access {
            act,
            outcome,
            ..self.next
        });
        self.next.moment += i64::from(seconds) * SECOND;
    }
}

impl World {
    /// Session `k` of `customer`, which falls on `day`.
    pub(crate) fn session(&self, customer: u32, k: u32, day: u32, out: &mut Vec<Access>) {
        let habits = self.habits(customer);
        let dice = &mut self.seed.dice(Purpose::Session, customer, k);
        let second = habits.rhythm.second(dice);
        let place = self.place(&habits, day, second / 3_600, dice);
        let new_phone = habits.new_phone_day.is_some_and(|change| {
            day >= change && (k == 0 || self.day_of(customer, k - 1) < change)
        });
        let slot = match place {
            Place::Collector(_) => None,
            _ if new_phone => Some(NEW_PHONE),
            _ => Some(machine(&habits, place, day, dice)),
        };
        let visit = Visit {
            habits,
            k,
            day,
            place,
            slot,
        };
        let surroundings = self.surroundings(&visit, dice);
        let wrong = match place {
            Place::Collector(_) => 0,
            _ => wrong_passwords(self.config.shares.mistyped, dice),
        };
        let circumstance = match place {
            Place::Plane => Circumstance::InFlight,
            Place::Hotel(_) => Circumstance::Travel,
            Place::Collector(_) => Circumstance::Aggregator,
            _ if new_phone => Circumstance::NewPhone,
            _ if wrong >= 3 => Circumstance::ForgottenPassword,
            _ => Circumstance::Usual,
        };
        let micros = i64::from(dice.below(1_000_000));
        let moment = self.calendar.midnight(day) + i64::from(second) * SECOND + micros;
        let next = self.access(moment, Target::Customer(customer), surroundings);
        let next = Access {
            label: Label::Genuine(circumstance),
            ..next
        };
        let scribe = &mut Scribe { out, next };
        if sign_in(scribe, wrong, dice) && slot.is_some() {
            self.acts(scribe, &visit, dice);
        }
    }

    fn place(&self, habits: &Habits, day: u32, hour: u32, dice: &mut Dice) -> Place {
        if let Some(trip) = habits.away(day) {
            let edge = day == trip.first_day || day == trip.last_day;
            return if edge && dice.chance(0.3) {
                Place::Plane
            } else {
                Place::Hotel(trip)
            };
        }
        if let Some(row) = habits.aggregator.filter(|_| dice.chance(0.6)) {
            return Place::Collector(row);
        }
        let working = (9..18).contains(&hour) && !self.calendar.is_weekend(day);
        if let Some(office) = habits.office.filter(|_| working && dice.chance(0.5)) {
            return Place::Office(office);
        }
        if dice.chance(0.45) {
            Place::Street
        } else {
            Place::Home
        }
    }

    /// Address, browser and device token of a visit.
    fn surroundings(&self, visit: &Visit, dice: &mut Dice) -> Surroundings {
        let Visit {
            ref habits,
            place,
            slot,
            day,
            ..
        } = *visit;
        let (row, address) = match place {
            Place::Home => (habits.home, self.home_address(habits, slot, day)),
            Place::Street => (habits.mobile, self.mobile_address(habits, dice)),
            Place::Office(office) => self.office_address(office),
            Place::Hotel(trip) => {
                let line = (u64::from(trip.row) << 32) | u64::from(trip.first_day % 64);
                (
                    trip.row,
                    self.networks
                        .row(trip.row)
                        .scattered(self.seed.hash(line, 3)),
                )
            }
            Place::Plane => {
                let row = self.networks.pick(dice, &[NetworkKind::InFlight]);
                (row, self.shared(row, dice.below(24)))
            }
            Place::Collector(row) => (row, self.shared(row, dice.below(6))),
        };
        let Some(slot) = slot else {
            // The table's last two tools are the aggregators' collectors.
            let user_agent = self.agents.tool(8 + u32::from(row) % 2);
            return Surroundings {
                row,
                address,
                user_agent,
                device: None,
            };
        };
        let user_agent = self.browser(habits, slot, day);
        let device = Some(self.device(habits.customer, slot));
        Surroundings {
            row,
            address,
            user_agent,
            device,
        }
    }

    /// What the machine in `slot` calls itself on `day`.
    pub(crate) fn browser(&self, habits: &Habits, slot: u8, day: u32) -> UserAgentId {
        let date = self.calendar.date(day);
        match habits.machines[usize::from(slot)] {
            Some(machine) => self
                .agents
                .of(machine.family, date - i64::from(machine.lag)),
            None => self.agents.tool(0),
        }
    }

    /// The token of the machine in `slot`.
    pub(crate) fn device(&self, customer: u32, slot: u8) -> DeviceRef {
        DeviceRef {
            index: slot,
            token: self.seed.hash(u64::from(customer), 16 + u64::from(slot)),
        }
    }

    /// The home line's address on `day`.
    pub(crate) fn home_address(&self, habits: &Habits, slot: Option<u8>, day: u32) -> IpAddr {
        let row = self.networks.row(habits.home);
        let line = habits.home_line;
        if habits.six {
            let host = self
                .seed
                .hash(line, (u64::from(day) << 8) | u64::from(slot.unwrap_or(9)));
            if let Some(address) = row.scattered_six(line, host) {
                return address;
            }
        }
        if row.kind == NetworkKind::SharedFixed {
            let pool = u64::from(self.pools[usize::from(habits.home)]);
            return self.shared(habits.home, (line % pool) as u32);
        }
        let lease = u64::from(day + (line >> 40) as u32 % habits.lease) / u64::from(habits.lease);
        row.scattered(self.seed.hash(line, lease))
    }

    /// One of the addresses by which the phone network serves the region.
    pub(crate) fn mobile_address(&self, habits: &Habits, dice: &mut Dice) -> IpAddr {
        let slice = (self.pools[usize::from(habits.mobile)] / 8).max(1);
        let draw = dice.unit();
        // Some gateways carry far more than others.
        let within = (draw * draw * f64::from(slice)) as u32;
        self.shared(habits.mobile, habits.region * slice + within)
    }

    fn office_address(&self, office: u32) -> (u16, IpAddr) {
        let key = self.seed.hash(u64::from(office), 4);
        let row = self.offices[(key % self.offices.len() as u64) as usize];
        (row, self.networks.row(row).scattered(key))
    }

    /// Address `index` of the pool that the row's customers share; pools lie together.
    fn shared(&self, row: u16, index: u32) -> IpAddr {
        let first = self.seed.hash(u64::from(row), 5) as u32 & !0xff;
        self.networks.row(row).at(first.wrapping_add(index))
    }

    /// An access with everything about the actor filled in, and nothing about the act.
    pub(crate) fn access(&self, moment: i64, target: Target, from: Surroundings) -> Access {
        let network: &Network = self.networks.row(from.row);
        Access {
            moment,
            target,
            address: from.address,
            network: network.number,
            country: network.country,
            user_agent: from.user_agent,
            device: from.device,
            act: Act::SignIn,
            outcome: Outcome::Succeed,
            label: Label::Genuine(Circumstance::Usual),
        }
    }

    /// What is done once signed in; nothing in the `Rba` profile. How often a session trades
    /// (35 %), withdraws (5 %) or changes a contact (0.3 %), and the sums, are assumptions.
    fn acts(&self, scribe: &mut Scribe, visit: &Visit, dice: &mut Dice) {
        if self.config.profile == Profile::Rba {
            return;
        }
        let Visit {
            ref habits, k, day, ..
        } = *visit;
        let customer = habits.customer;
        let change = self.payout_change(habits);
        if change == Some(k) {
            let payee = Payee::Own {
                customer,
                revision: 1,
            };
            scribe.write(Act::ChangePayoutAccount { payee }, Outcome::Succeed, 60);
        }
        if dice.chance(0.35) {
            for _ in 0..dice.between(1, 3) {
                let act = Act::Trade {
                    yen: dice.between(5, 900) * 1_000,
                };
                scribe.write(act, Outcome::Succeed, dice.between(20, 240));
            }
        }
        if dice.chance(0.003) {
            scribe.write(Act::ChangeContact, Outcome::Succeed, dice.between(20, 120));
        }
        // On the day of the change only that session knows for certain which account counts.
        let settled = change.is_none_or(|c| c == k || self.day_of(customer, c) != day);
        if settled && dice.chance(0.05) {
            let revision = u8::from(change.is_some_and(|c| c <= k));
            let payee = Payee::Own { customer, revision };
            let act = Act::Withdraw {
                payee,
                yen: dice.between(1, 80) * 10_000,
            };
            scribe.write(act, Outcome::Succeed, 30);
        }
    }
}

/// The machine taken at `place`.
fn machine(habits: &Habits, place: Place, day: u32, dice: &mut Dice) -> u8 {
    match place {
        Place::Office(_) => OFFICE_COMPUTER,
        Place::Home if habits.owns(COMPUTER) && dice.chance(0.7) => COMPUTER,
        Place::Home if habits.owns(TABLET) && dice.chance(0.4) => TABLET,
        _ => habits.phone(day),
    }
}

/// Wrong passwords before the right one: 55 % of the sessions that begin with one have one,
/// a quarter two, a fifth three to five (a forgotten password).
fn wrong_passwords(mistyped: f64, dice: &mut Dice) -> u32 {
    if !dice.chance(mistyped) {
        return 0;
    }
    match dice.weighted(&[55, 25, 20]) {
        0 => 1,
        1 => 2,
        _ => dice.between(3, 5),
    }
}

/// Tries until in; who has forgotten resets (70 %) or gives up. Whether it ended signed in.
fn sign_in(scribe: &mut Scribe, wrong: u32, dice: &mut Dice) -> bool {
    for _ in 0..wrong {
        scribe.write(Act::SignIn, Outcome::MistakePassword, dice.between(4, 45));
    }
    if wrong >= 3 {
        if dice.chance(0.3) {
            return false;
        }
        scribe.write(Act::ResetPassword, Outcome::Succeed, dice.between(60, 300));
    }
    scribe.write(Act::SignIn, Outcome::Succeed, dice.between(15, 180));
    true
}
