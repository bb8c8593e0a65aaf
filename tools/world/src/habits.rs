//! What is lasting about a customer as far as accesses show it: lines, machines, hours, the one
//! journey and the one new phone of the year.
//!
//! **Invariant:** habits are a function of seed and customer alone, cheap enough to be derived for
//! each session anew instead of being kept.

use crate::agents::{COMPUTERS, Family, PHONES, TABLETS};
use crate::config::WorldConfig;
use crate::dice::{Dice, Purpose, Seed};
use crate::networks::{NetworkKind, Networks};

/// When somebody uses the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// Before the market opens at nine.
    Morning,
    /// While the market is open.
    Market,
    /// At lunch.
    Noon,
    /// After work.
    Evening,
    /// Late.
    Night,
}

impl Rhythm {
    const ALL: [(Self, u32); 5] = [
        (Self::Morning, 18),
        (Self::Market, 22),
        (Self::Noon, 15),
        (Self::Evening, 33),
        (Self::Night, 12),
    ];

    /// Weight of each hour of the day in Japan.
    fn hours(self) -> [u32; 24] {
        match self {
            Self::Morning => [
                1, 0, 0, 0, 1, 4, 12, 24, 26, 10, 5, 4, 6, 3, 3, 3, 2, 2, 3, 4, 5, 5, 4, 2,
            ],
            Self::Market => [
                1, 0, 0, 0, 0, 1, 2, 5, 16, 26, 18, 14, 12, 15, 16, 14, 6, 4, 4, 5, 6, 5, 4, 2,
            ],
            Self::Noon => [
                1, 0, 0, 0, 0, 1, 2, 5, 4, 3, 3, 8, 34, 8, 3, 3, 2, 3, 5, 6, 7, 7, 5, 3,
            ],
            Self::Evening => [
                4, 1, 0, 0, 0, 1, 2, 4, 4, 3, 3, 3, 5, 3, 3, 3, 3, 5, 9, 14, 18, 20, 18, 11,
            ],
            Self::Night => [
                20, 14, 7, 3, 1, 1, 1, 2, 2, 2, 2, 2, 3, 2, 2, 2, 2, 3, 4, 5, 7, 10, 16, 21,
            ],
        }
    }

    /// Seconds after midnight.
    pub(crate) fn second(self, dice: &mut Dice) -> u32 {
        let hour = dice.weighted(&self.hours()) as u32;
        hour * 3_600 + dice.below(3_600)
    }
}

/// A browser on a machine of the customer's, and how late it is updated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Machine {
    pub(crate) family: Family,
    /// Days between a release and its arrival on this machine.
    pub(crate) lag: u32,
}

/// Index of a machine in [`Customer::devices`](crate::Customer::devices).
pub(crate) const PHONE: u8 = 0;
pub(crate) const COMPUTER: u8 = 1;
pub(crate) const TABLET: u8 = 2;
pub(crate) const OFFICE_COMPUTER: u8 = 3;
pub(crate) const NEW_PHONE: u8 = 4;

/// A journey: days, and the network at the other end (of Japan or of the world).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trip {
    pub(crate) first_day: u32,
    pub(crate) last_day: u32,
    pub(crate) row: u16,
}

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Habits {
    pub(crate) customer: u32,
    /// Which eighth of the phone network's shared addresses serves their region.
    pub(crate) region: u32,
    pub(crate) rhythm: Rhythm,
    pub(crate) home: u16,
    pub(crate) home_line: u64,
    /// Days for which the home line keeps an address.
    pub(crate) lease: u32,
    pub(crate) six: bool,
    pub(crate) mobile: u16,
    pub(crate) office: Option<u32>,
    pub(crate) aggregator: Option<u16>,
    pub(crate) machines: [Option<Machine>; 5],
    pub(crate) new_phone_day: Option<u32>,
    pub(crate) trip: Option<Trip>,
    /// Where among the sessions the payout account is changed, in 2⁻³² of them all.
    pub(crate) payout_change: Option<u32>,
}

impl Habits {
    pub(crate) fn derive(
        seed: &Seed,
        config: &WorldConfig,
        networks: &Networks,
        customer: u32,
    ) -> Self {
        let dice = &mut seed.dice(Purpose::Habits, customer, 0);
        let shares = &config.shares;
        let home = networks.pick(dice, &[NetworkKind::Fixed, NetworkKind::SharedFixed]);
        let mobile = networks.pick(dice, &[NetworkKind::Mobile]);
        let rhythm = Rhythm::ALL[dice.weighted(&Rhythm::ALL.map(|r| r.1))].0;
        let office = dice
            .chance(shares.office)
            .then(|| office(dice, config.customers));
        let aggregator = dice
            .chance(shares.aggregator)
            .then(|| networks.pick(dice, &[NetworkKind::Aggregator]));
        let new_phone = dice.chance(scaled(shares.new_phone, config.days));
        let machines = [
            Some(machine(dice, &PHONES)),
            dice.chance(0.7).then(|| machine(dice, &COMPUTERS)),
            dice.chance(0.08).then(|| machine(dice, &TABLETS)),
            office.map(|_| machine(dice, &COMPUTERS)),
            new_phone.then(|| machine(dice, &PHONES)),
        ];
        let new_phone_day = new_phone.then(|| dice.below(config.days));
        let travels = dice.chance(scaled(shares.travel, config.days));
        let habits = Self {
            customer,
            region: dice.below(8),
            rhythm,
            home,
            home_line: dice.long(),
            lease: dice.between(10, 160),
            six: dice.chance(shares.ipv6),
            mobile,
            office,
            aggregator,
            machines,
            new_phone_day,
            trip: travels.then(|| trip(dice, networks, config.days)),
            payout_change: dice
                .chance(scaled(shares.payout_change, config.days))
                .then(|| dice.word()),
        };
        if shares.abroad > 0.0 && dice.chance(shares.abroad) {
            habits.abroad(networks, dice)
        } else {
            habits
        }
    }

    /// The same of somebody who lives outside Japan: one operator for line and phone, and
    /// who would have had a computer at the office has it at home.
    fn abroad(self, networks: &Networks, dice: &mut Dice) -> Self {
        let row = networks.pick(dice, &[NetworkKind::Abroad]);
        let mut machines = self.machines;
        let office = machines[usize::from(OFFICE_COMPUTER)].take();
        let home = &mut machines[usize::from(COMPUTER)];
        *home = home.or(office);
        Self {
            home: row,
            mobile: row,
            office: None,
            aggregator: None,
            machines,
            ..self
        }
    }

    pub(crate) fn owns(&self, slot: u8) -> bool {
        self.machines[usize::from(slot)].is_some()
    }

    /// The phone in use on `day`.
    pub(crate) fn phone(&self, day: u32) -> u8 {
        if self.new_phone_day.is_some_and(|change| day >= change) {
            NEW_PHONE
        } else {
            PHONE
        }
    }

    pub(crate) fn away(&self, day: u32) -> Option<Trip> {
        self.trip
            .filter(|trip| (trip.first_day..=trip.last_day).contains(&day))
    }
}

/// A share that holds for a year, for a period of `days`.
pub(crate) fn scaled(share: f64, days: u32) -> f64 {
    (share * f64::from(days) / 365.0).min(1.0)
}

/// Offices are of very different sizes, forty customers each on average (a quarter of all
/// customers has one): the square of a uniform draw makes those with low numbers large.
fn office(dice: &mut Dice, customers: u32) -> u32 {
    let offices = f64::from((customers / 160).max(1));
    let draw = dice.unit();
    (draw * draw * offices) as u32
}

fn machine<const N: usize>(dice: &mut Dice, families: &[(Family, u32); N]) -> Machine {
    let family = families[dice.weighted(&families.map(|f| f.1))].0;
    // Most machines update within weeks, a tenth lags by months.
    let lag = if dice.chance(0.1) {
        dice.between(60, 280)
    } else {
        dice.below(28)
    };
    Machine { family, lag }
}

fn trip(dice: &mut Dice, networks: &Networks, days: u32) -> Trip {
    let kinds: &[NetworkKind] = if dice.chance(0.4) {
        &[NetworkKind::Abroad]
    } else {
        &[NetworkKind::Fixed]
    };
    let row = networks.pick(dice, kinds);
    let first_day = dice.below(days);
    Trip {
        first_day,
        last_day: first_day + dice.between(1, 9),
        row,
    }
}
