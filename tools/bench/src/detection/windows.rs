//! Sliding windows in memory, exact to the microsecond.
//!
//! **Invariant:** a window holds what happened within its span before the attempt that is judged,
//! which is not among it.

use std::collections::{HashMap, VecDeque};

use sekisho_core::risk::pace::{Window, Windows};

use super::login::{self, Login, joined};

const MINUTE: i64 = 60_000_000;

#[derive(Debug, Default)]
struct Tally {
    window: Window,
    /// Failures by account.
    failed: HashMap<u64, u32>,
}

/// One span, and what happened within it by key.
#[derive(Debug)]
struct Sliding {
    span: i64,
    events: VecDeque<(i64, u64, u64, bool)>,
    tallies: HashMap<u64, Tally>,
}

impl Sliding {
    fn new(span: i64) -> Self {
        Self {
            span,
            events: VecDeque::new(),
            tallies: HashMap::new(),
        }
    }

    fn look(&mut self, key: Option<u64>, now: i64) -> Option<Window> {
        while let Some((at, key, account, well)) = self.events.front().copied() {
            if at > now - self.span {
                break;
            }
            self.events.pop_front();
            self.forget(key, account, well);
        }
        key.map(|key| {
            let tally = self.tallies.get(&key);
            tally.map_or(Window::default(), |tally| tally.window)
        })
    }

    fn forget(&mut self, key: u64, account: u64, well: bool) {
        let Some(tally) = self.tallies.get_mut(&key) else {
            return;
        };
        if well {
            tally.window.successes -= 1;
        } else {
            tally.window.failures -= 1;
            let failed = tally.failed.entry(account).or_insert(1);
            *failed -= 1;
            if *failed == 0 {
                tally.failed.remove(&account);
                tally.window.accounts -= 1;
            }
        }
        if tally.window == Window::default() {
            self.tallies.remove(&key);
        }
    }

    fn learn(&mut self, key: Option<u64>, login: &Login) {
        let Some(key) = key else { return };
        let event = (login.moment, key, login.customer, login.well);
        self.events.push_back(event);
        let tally = self.tallies.entry(key).or_default();
        if login.well {
            tally.window.successes += 1;
        } else {
            tally.window.failures += 1;
            let failed = tally.failed.entry(login.customer).or_default();
            *failed += 1;
            tally.window.accounts += u32::from(*failed == 1);
        }
    }
}

/// The windows of `core::risk::pace`, and the address over an hour.
#[derive(Debug)]
pub struct Kept {
    kept: [Sliding; 8],
}

impl Default for Kept {
    fn default() -> Self {
        let minutes = [10, 24 * 60, 60, 24 * 60, 24 * 60, 60, 24 * 60, 60];
        Self {
            kept: minutes.map(|minutes| Sliding::new(minutes * MINUTE)),
        }
    }
}

impl Kept {
    fn keys(login: &Login) -> [Option<u64>; 8] {
        let address = login.values[login::ADDRESS];
        let system = login.values[login::SYSTEM];
        [
            address,
            address,
            login.network,
            system.map(|system| joined(system, login.family)),
            login.values[login::AGENT],
            Some(login.customer),
            login.device,
            address,
        ]
    }

    /// What happened before `login`; and, of its address, over an hour.
    pub fn look(&mut self, login: &Login) -> (Windows, Option<Window>) {
        let keys = Self::keys(login);
        let mut places = self.kept.iter_mut().zip(keys);
        let mut next = || {
            let (sliding, key) = places.next()?;
            sliding.look(key, login.moment)
        };
        let windows = Windows {
            address: next(),
            address_day: next(),
            network: next(),
            crowd: next(),
            agent: next(),
            account: next(),
            device: next(),
        };
        (windows, next())
    }

    /// Counts `login`.
    pub fn learn(&mut self, login: &Login) {
        for (sliding, key) in self.kept.iter_mut().zip(Self::keys(login)) {
            sliding.learn(key, login);
        }
    }
}

#[cfg(test)]
mod tests {
    use sekisho_world::Circumstance;

    use super::super::login::{Truth, mixed};
    use super::*;

    /// Against counting every row anew.
    #[test]
    fn windows_are_those_that_counting_anew_gives() {
        let mut kept = Kept::default();
        let mut rows: Vec<Login> = Vec::new();
        let mut moment = 0;
        for number in 0..3_000u64 {
            let draw = mixed(number + 1);
            moment += (draw % 90) as i64 * 1_000_000;
            let login = Login {
                moment,
                customer: draw >> 8 & 7,
                values: [
                    Some(draw >> 16 & 3),
                    Some(1),
                    None,
                    Some(9),
                    None,
                    None,
                    None,
                ],
                network: Some(draw >> 20 & 1),
                family: draw >> 24 & 1,
                device: None,
                well: draw >> 32 & 3 > 0,
                truth: Truth::Good(Circumstance::Usual),
            };
            let (windows, hour) = kept.look(&login);
            let anew = |span: i64, same: &dyn Fn(&Login) -> bool| {
                let inside = |row: &&Login| row.moment > moment - span * MINUTE && same(row);
                let rows: Vec<&Login> = rows.iter().filter(inside).collect();
                let failed = || rows.iter().filter(|row| !row.well);
                let accounts: std::collections::HashSet<u64> =
                    failed().map(|row| row.customer).collect();
                Some(Window {
                    failures: failed().count() as u32,
                    successes: rows.iter().filter(|row| row.well).count() as u32,
                    accounts: accounts.len() as u32,
                })
            };
            let address = |row: &Login| row.values[0] == login.values[0];
            assert_eq!(windows.address, anew(10, &address));
            assert_eq!(hour, anew(60, &address));
            assert_eq!(
                windows.network,
                anew(60, &|row| row.network == login.network)
            );
            assert_eq!(
                windows.crowd,
                anew(1_440, &|row| row.family == login.family)
            );
            assert_eq!(windows.agent, anew(1_440, &|_| true));
            assert_eq!(windows.address_day, anew(1_440, &address));
            assert_eq!(
                windows.account,
                anew(60, &|row| row.customer == login.customer)
            );
            assert_eq!(windows.device, None);
            kept.learn(&login);
            rows.push(login);
        }
    }
}
