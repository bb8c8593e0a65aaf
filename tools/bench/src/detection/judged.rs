//! A stream of logins, judged one after the other as a server would have: scores first, learning
//! after.
//!
//! The first quarter of the period grows the forest, the second shows which scores are usual, the
//! rest is what figures are made of. No label is looked at for any of it. Logins by attackers who
//! have the password are judged and not learnt, as if they had been stopped; all other logins that
//! end well are learnt, those of list attacks too.
//!
//! **Invariant:** nothing of a login bears on its own scores but its values, and no later one does.

use std::collections::HashMap;

use sekisho_core::risk::pace::{Limits, pace};
use sekisho_core::risk::rare::{Column, Forest, Row, SAMPLE};

use super::counters::Counters;
use super::login::{Login, Truth, mixed};
use super::windows::Kept;

/// Until when the forest is grown, and until when it is watched what is usual.
const GROWN: f64 = 0.25;
const USUAL: f64 = 0.5;
/// Rows that a forest is grown from at most.
const ROWS: usize = SAMPLE * 100;

/// The kinds of evidence that are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// Unlikely for this person, as published.
    Published,
    /// Unlikely for this person, as we have it.
    Unlikely,
    /// Rare in itself.
    Rare,
    /// Too fast or too many.
    Pace,
    /// All three.
    All,
    /// Unlikely for this person, of what the server keeps: client families without versions.
    Live,
    /// Rare in itself, likewise: without what windows count.
    LiveRare,
}

impl Evidence {
    pub const ALL: [Self; 7] = [
        Self::Published,
        Self::Unlikely,
        Self::Rare,
        Self::Pace,
        Self::All,
        Self::Live,
        Self::LiveRare,
    ];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Unlikely => "unlikely",
            Self::Rare => "rare",
            Self::Pace => "pace",
            Self::All => "all",
            Self::Live => "live",
            Self::LiveRare => "live_rare",
        }
    }
}

/// One login that ended well, judged.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    /// Whom it named, counted from 0.
    pub customer: u32,
    /// Who it was.
    pub truth: Truth,
    /// Scores by [`Evidence`]; `None` before a customer's first login.
    pub scores: Option<[f32; 7]>,
    /// Which signals of pace were raised, as bits in the order of their kinds.
    pub signals: u8,
    /// Whether it belongs to the part that figures are made of.
    pub counts: bool,
}

/// One attack on many accounts.
#[derive(Clone, Debug, Default)]
pub struct Campaign {
    /// Attempts.
    pub attempts: u32,
    /// Attempts that a signal of pace was raised for.
    pub signalled: u32,
    /// Attempts before the first of them.
    pub before: Option<u32>,
    /// Addresses, as hashes.
    pub addresses: std::collections::HashSet<u64>,
}

/// What came of a stream.
#[derive(Debug, Default)]
pub struct Stream {
    /// Logins that ended well, in order.
    pub judged: Vec<Judged>,
    /// Attacks on many accounts, by group.
    pub campaigns: HashMap<u32, Campaign>,
    /// All attempts.
    pub attempts: u64,
    /// Customers.
    pub customers: u32,
}

/// What is kept while the stream runs.
#[derive(Default)]
pub struct Judge {
    counters: Counters,
    windows: Kept,
    rows: Vec<Vec<Option<f64>>>,
    offered: u64,
    forest: Option<[Forest; 2]>,
    usual: [Vec<f32>; 3],
    sorted: bool,
    index: HashMap<u64, u32>,
    stream: Stream,
    seed: u64,
}

impl Judge {
    /// A judge whose forest is grown with this seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            ..Self::default()
        }
    }

    /// What came of it.
    pub fn end(mut self) -> Stream {
        self.stream.customers = self.index.len() as u32;
        self.stream
    }

    /// Judges and learns one login; `over` is the part of the period that is over.
    pub fn see(&mut self, over: f64, login: &Login) {
        self.stream.attempts += 1;
        self.turn(over);
        let entered = matches!(login.truth, Truth::Entered(_));
        self.judge(over, login, entered);
        if entered {
            return;
        }
        self.windows.learn(login);
        if login.well {
            self.counters.learn(login);
        }
    }

    /// Judges without learning: somebody who might have come.
    pub fn imagine(&mut self, over: f64, login: &Login) {
        self.turn(over);
        self.judge(over, login, true);
    }

    /// Grows the forest, and closes the time of watching, when they are due.
    fn turn(&mut self, over: f64) {
        if over >= GROWN && self.forest.is_none() {
            let rows: Vec<&Row> = self.rows.iter().map(Vec::as_slice).collect();
            let live: Vec<Vec<_>> = rows.iter().map(|row| counted(row)).collect();
            let live: Vec<&Row> = live.iter().map(Vec::as_slice).collect();
            let all = Forest::train(&Column::ALL, &rows, self.seed);
            let live = Forest::train(&Column::COUNTED, &live, self.seed);
            self.forest = all.zip(live).map(<[Forest; 2]>::from);
            self.rows = Vec::new();
        }
        if over >= USUAL && !self.sorted {
            for scores in &mut self.usual {
                scores.sort_by(f32::total_cmp);
            }
            self.sorted = true;
        }
    }

    fn judge(&mut self, over: f64, login: &Login, imagined: bool) {
        let (windows, hour) = self.windows.look(login);
        let paced = pace(&windows, &Limits::SHIPPED);
        let bits = paced.signals.iter().map(|signal| 1 << signal.pace as u8);
        let signals: u8 = bits.sum();
        let signal = signals > 0;
        if let Truth::Mass(_, group) = login.truth {
            let campaign = self.stream.campaigns.entry(group).or_default();
            campaign.addresses.extend(login.values[0]);
            if signal {
                campaign.before.get_or_insert(campaign.attempts);
                campaign.signalled += 1;
            }
            campaign.attempts += 1;
        }
        if !login.well {
            return;
        }
        let mut setting = self.counters.setting(login);
        let lately = |window: sekisho_core::risk::pace::Window| {
            (window.failures, window.failures + window.successes)
        };
        setting.address_lately = windows.address.map(lately);
        setting.address_hour = hour.map(|window| lately(window).1);
        let row = setting.row();
        let unlikely = self.counters.unlikely(login);
        let [rare, live_rare] = match &self.forest {
            Some([all, live]) => [all.score(&row), live.score(&counted(&row))]
                .map(|rare| rare.map_or(0.0, |rare| rare.score)),
            None if imagined => [0.0; 2],
            None => {
                self.keep(&row);
                [0.0; 2]
            }
        };
        let index = self.index.len() as u32;
        let customer = *self.index.entry(login.customer).or_insert(index);
        let scores = unlikely.map(|[ours, published, live]| {
            let three = [ours.score as f32, rare as f32, paced.score as f32];
            if !imagined && (GROWN..USUAL).contains(&over) {
                for (usual, score) in self.usual.iter_mut().zip(three) {
                    usual.push(score);
                }
            }
            let [ours, rare, pace] = three;
            [
                published.score as f32,
                ours,
                rare,
                pace,
                self.all(three, signal),
                live.score as f32,
                live_rare as f32,
            ]
        });
        self.stream.judged.push(Judged {
            customer,
            truth: login.truth,
            scores,
            signals,
            counts: over >= USUAL,
        });
    }

    /// A sample of the rows in which each has the same chance (Vitter's R, with draws that follow
    /// from the number of the row).
    fn keep(&mut self, row: &Row) {
        self.offered += 1;
        if self.rows.len() < ROWS {
            self.rows.push(row.to_vec());
            return;
        }
        let drawn = mixed(self.offered ^ self.seed) % self.offered;
        if let Some(kept) = self.rows.get_mut(drawn as usize) {
            *kept = row.to_vec();
        }
    }

    /// All three: minus the logarithm of how many usual logins score as high by that which finds
    /// it strangest. Pace speaks only where a signal is raised.
    fn all(&self, three: [f32; 3], signal: bool) -> f32 {
        if !self.sorted {
            return 0.0;
        }
        let tail = |(usual, score): (&Vec<f32>, f32)| {
            let below = usual.partition_point(|other| *other < score);
            let share = (usual.len() - below + 1) as f32 / (usual.len() + 1) as f32;
            // Beyond the highest that was usual, twice the score is half as usual.
            let highest = usual.last().copied().unwrap_or(score);
            -(share * (highest / score).min(1.0)).ln()
        };
        let heard = if signal { 3 } else { 2 };
        let tails = self.usual.iter().zip(three).take(heard).map(tail);
        tails.fold(0.0, f32::max)
    }
}

/// Of a whole row what the server keeps.
fn counted(row: &Row) -> Vec<Option<f64>> {
    let kept = Column::COUNTED.iter();
    kept.map(|column| row.get(*column as usize).copied().flatten())
        .collect()
}
