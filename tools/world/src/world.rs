//! The world: built once from a configuration, then asked for customers and for accesses.
//!
//! **Invariant:** what is kept does not grow with the number of accesses: tables, a few numbers a
//! campaign, and while iterating the accesses of one day.

use crate::access::{Access, Payee};
use crate::agents::{Agents, DeviceType, UserAgent, UserAgentId};
use crate::calendar::Calendar;
use crate::campaign::{self, Campaign};
use crate::config::{Profile, WorldConfig, WorldFault};
use crate::customer::{Customer, Device, PayoutAccount, People, mail, phone, reference};
use crate::dice::Seed;
use crate::habits::{Habits, NEW_PHONE, PHONE};
use crate::networks::{Network, NetworkKind, Networks};
use crate::ring;

/// Customers who share one address of a phone network, or of a MAP-E or DS-Lite line.
const MOBILE_SHARING: f64 = 400.0;
const LINE_SHARING: f64 = 24.0;

/// Sessions in 365 days at a rank among the customers, joined by straight lines.
///
/// Fitted so that the attempts of the profile (sessions × attempts each) meet the RBA marginals.
const RBA_SESSIONS: [(f64, f64); 9] = [
    (0.0, 1.0),
    (0.40, 1.0),
    (0.60, 2.0),
    (0.80, 3.3),
    (0.90, 5.8),
    (0.96, 10.2),
    (0.99, 18.5),
    (0.999, 40.0),
    (1.0, 90.0),
];
/// An assumption; see [`Profile::Broker`].
const BROKER_SESSIONS: [(f64, f64); 9] = [
    (0.0, 0.0),
    (0.22, 0.0),
    (0.50, 2.0),
    (0.75, 6.0),
    (0.90, 15.0),
    (0.97, 43.0),
    (0.99, 110.0),
    (0.999, 250.0),
    (1.0, 480.0),
];
/// Accesses of a session on average, measured over a generated year (mistyped passwords and acts
/// included); sets the number of attack rows only.
const RBA_SESSION_ROWS: f64 = 1.36;
const BROKER_SESSION_ROWS: f64 = 1.86;

/// A generated world; see the crate's documentation.
#[derive(Debug, Clone)]
pub struct World {
    pub(crate) config: WorldConfig,
    pub(crate) seed: Seed,
    pub(crate) calendar: Calendar,
    pub(crate) networks: Networks,
    pub(crate) agents: Agents,
    pub(crate) campaigns: Vec<Campaign>,
    pub(crate) rings: u32,
    /// Number of shared addresses of each row of the networks (1 where nothing is shared).
    pub(crate) pools: Vec<u32>,
    /// The rows of office networks.
    pub(crate) offices: Vec<u16>,
    people: People,
    /// Sessions in the period by rank, in 1/65,536 of a session.
    sessions: Vec<u64>,
}

impl World {
    /// Builds a world.
    ///
    /// # Errors
    /// [`WorldFault::OutOfRange`] for a configuration that cannot be generated;
    /// [`WorldFault::Table`] if a compiled-in table is malformed, which the tests rule out.
    pub fn new(config: WorldConfig) -> Result<Self, WorldFault> {
        config.check()?;
        let seed = Seed::new(config.seed);
        let weekend = if config.profile == Profile::Broker {
            35
        } else {
            85
        };
        let calendar = Calendar::new(config.start, config.days, weekend);
        let networks = Networks::load()?;
        let (sessions, mean) = session_curve(&config);
        let rows = match config.profile {
            Profile::Rba => RBA_SESSION_ROWS,
            Profile::Broker => BROKER_SESSION_ROWS,
        };
        let genuine_rows = mean * rows * f64::from(config.customers);
        let (first, last) = (calendar.date(0), calendar.date(config.days - 1));
        let office_rows = networks.all().iter().enumerate();
        Ok(Self {
            campaigns: campaign::plan(&seed, &config, genuine_rows),
            rings: ring::count(&config),
            agents: Agents::new(first - 300, last),
            pools: networks
                .all()
                .iter()
                .map(|row| pool(row, &networks, &config))
                .collect(),
            offices: office_rows
                .filter(|(_, row)| row.kind == NetworkKind::Office)
                .map(|(index, _)| index as u16)
                .collect(),
            people: People::load()?,
            config,
            seed,
            calendar,
            networks,
            sessions,
        })
    }

    /// What the world was built from.
    pub fn config(&self) -> &WorldConfig {
        &self.config
    }

    /// The networks that accesses come from.
    pub fn networks(&self) -> &[Network] {
        self.networks.all()
    }

    /// All user agents; [`Access::user_agent`] is an index into it.
    pub fn user_agents(&self) -> &[UserAgent] {
        self.agents.all()
    }

    /// The user agent behind an index.
    pub fn user_agent(&self, id: UserAgentId) -> &UserAgent {
        &self.agents.all()[usize::from(id.0)]
    }

    /// Customer `index` (modulo the number of customers).
    pub fn customer(&self, index: u32) -> Customer {
        let index = index % self.config.customers;
        let person = self.people.person(&self.seed, index);
        let habits = self.habits(index);
        Customer {
            index,
            reference: reference(index),
            mail: mail(&person, index),
            phone: phone(index),
            family: person.family,
            given: person.given,
            birth: person.birth,
            home: person.home,
            provider: self.networks.row(habits.home).holder,
            devices: self.devices(&habits),
            rhythm: habits.rhythm,
            payout: self.payout_account(Payee::Own {
                customer: index,
                revision: 0,
            }),
        }
    }

    /// All customers, in order of their index.
    pub fn customers(&self) -> impl Iterator<Item = Customer> + '_ {
        (0..self.config.customers).map(|index| self.customer(index))
    }

    /// The bank account behind a payee.
    pub fn payout_account(&self, payee: Payee) -> PayoutAccount {
        self.people.payout_account(&self.seed, payee)
    }

    /// Every access of the period in order of time, attacks included. Memory: one day's accesses.
    pub fn accesses(&self) -> Accesses<'_> {
        Accesses {
            world: self,
            day: 0,
            buffer: Vec::new(),
            cursor: 0,
            end: 0,
        }
    }

    /// The genuine accesses of one customer (index modulo the number of customers) in order of
    /// time: those that [`World::accesses`] has for them, without the attacks.
    pub fn history(&self, customer: u32) -> Vec<Access> {
        let customer = customer % self.config.customers;
        let mut out = Vec::new();
        for k in 0..self.session_count(customer) {
            self.session(customer, k, self.day_of(customer, k), &mut out);
        }
        let end = self.calendar.midnight(self.config.days);
        out.retain(|access| access.moment < end);
        out.sort_by_key(|access| access.moment);
        out
    }

    fn devices(&self, habits: &Habits) -> Vec<Device> {
        let last = self.config.days - 1;
        let change = habits.new_phone_day;
        let slots = (0_u8..).zip(habits.machines);
        slots
            .filter_map(|(slot, machine)| machine.map(|_| slot))
            .map(|slot| Device {
                token: self.device(habits.customer, slot),
                kind: self.device_type(habits, slot),
                days: match (slot, change) {
                    (PHONE, Some(day)) => 0..=day.saturating_sub(1),
                    (NEW_PHONE, Some(day)) => day..=last,
                    _ => 0..=last,
                },
            })
            .collect()
    }

    fn device_type(&self, habits: &Habits, slot: u8) -> DeviceType {
        self.user_agent(self.browser(habits, slot, 0)).device
    }

    pub(crate) fn habits(&self, customer: u32) -> Habits {
        Habits::derive(&self.seed, &self.config, &self.networks, customer)
    }

    /// Sessions of a customer in the period.
    #[inline]
    pub(crate) fn session_count(&self, customer: u32) -> u32 {
        let draw = self.seed.hash(u64::from(customer), 1);
        let rank = ((draw >> 32) * self.sessions.len() as u64) >> 32;
        ((self.sessions[rank as usize] + (draw & 0xffff)) >> 16) as u32
    }

    /// The day of session `k` of a customer.
    pub(crate) fn day_of(&self, customer: u32, k: u32) -> u32 {
        self.calendar
            .day_of(self.session_count(customer), k, self.jitter(customer, k))
    }

    /// The session in which the payout account is changed.
    pub(crate) fn payout_change(&self, habits: &Habits) -> Option<u32> {
        let sessions = u64::from(self.session_count(habits.customer));
        habits
            .payout_change
            .map(|place| ((u64::from(place) * sessions) >> 32) as u32)
    }

    #[inline]
    fn jitter(&self, customer: u32, k: u32) -> u32 {
        self.seed
            .hash((u64::from(k) << 32) | u64::from(customer), 2) as u32
    }

    /// Genuine accesses that begin on `day`, by customer.
    fn genuine_on(&self, day: u32, out: &mut Vec<Access>) {
        for customer in 0..self.config.customers {
            let n = self.session_count(customer);
            for k in self.calendar.candidates(day, n) {
                if self.calendar.falls_on(day, n, k, self.jitter(customer, k)) {
                    self.session(customer, k, day, out);
                }
            }
        }
    }
}

/// The accesses of a world in order of time; see [`World::accesses`].
#[derive(Debug)]
pub struct Accesses<'a> {
    world: &'a World,
    /// The next day to generate.
    day: u32,
    /// Accesses of the day, and those that began on it and run past its midnight.
    buffer: Vec<Access>,
    cursor: usize,
    /// How many of the buffer lie before the day's end.
    end: usize,
}

impl Accesses<'_> {
    /// Accesses held at the moment: the memory that the iteration takes.
    pub fn held(&self) -> usize {
        self.buffer.len()
    }

    fn next_day(&mut self) {
        self.buffer.drain(..self.cursor);
        let world = self.world;
        world.genuine_on(self.day, &mut self.buffer);
        world.campaigns_on(self.day, &mut self.buffer);
        world.rings_on(self.day, &mut self.buffer);
        // Stable, so that equal moments keep the order of generation.
        self.buffer.sort_by_key(|access| access.moment);
        self.day += 1;
        let midnight = world.calendar.midnight(self.day);
        self.end = self
            .buffer
            .partition_point(|access| access.moment < midnight);
        self.cursor = 0;
    }
}

impl Iterator for Accesses<'_> {
    type Item = Access;

    fn next(&mut self) -> Option<Access> {
        while self.cursor == self.end {
            if self.day == self.world.config.days {
                return None;
            }
            self.next_day();
        }
        let access = self.buffer[self.cursor];
        self.cursor += 1;
        Some(access)
    }
}

/// The profile's curve as a table of 4,096 ranks, and its mean.
fn session_curve(config: &WorldConfig) -> (Vec<u64>, f64) {
    let knots = match config.profile {
        Profile::Rba => RBA_SESSIONS,
        Profile::Broker => BROKER_SESSIONS,
    };
    let years = f64::from(config.days) / 365.0;
    let at = |rank: f64| {
        let after = knots
            .iter()
            .position(|k| rank < k.0)
            .unwrap_or(knots.len() - 1);
        let ((x0, y0), (x1, y1)) = (knots[after - 1], knots[after]);
        (y0 + (y1 - y0) * (rank - x0) / (x1 - x0)) * years
    };
    let curve: Vec<f64> = (0..4_096)
        .map(|i| at((f64::from(i) + 0.5) / 4_096.0))
        .collect();
    let mean = curve.iter().sum::<f64>() / 4_096.0;
    (curve.iter().map(|n| (n * 65_536.0) as u64).collect(), mean)
}

/// How many addresses the customers of a shared row are spread over.
fn pool(row: &Network, networks: &Networks, config: &WorldConfig) -> u32 {
    let abroad = config.shares.abroad;
    let (kinds, sharing, part): (&[NetworkKind], f64, f64) = match row.kind {
        NetworkKind::Mobile => (&[NetworkKind::Mobile], MOBILE_SHARING, 1.0 - abroad),
        NetworkKind::SharedFixed => (
            &[NetworkKind::Fixed, NetworkKind::SharedFixed],
            LINE_SHARING,
            1.0 - abroad,
        ),
        NetworkKind::Abroad if abroad > 0.0 => (&[NetworkKind::Abroad], MOBILE_SHARING, abroad),
        _ => return 1,
    };
    let customers = f64::from(config.customers) * part * networks.share(row, kinds);
    ((customers / sharing) as u32).clamp(8, row.size() / 2)
}
