//! Windows against counting every row anew.

use super::*;
use crate::access::Act;
use crate::attempt::Account;
use crate::client_family::ClientFamily;
use crate::context::{Address, Context, Place, Terminal};
use crate::id::{CustomerId, DeviceId};
use crate::risk::chance::Chance;
use crate::risk::pace::Window;
use crate::sighting::Ending;

/// Comparisons of a number in a run: 21 for each look.
const CHECKS: usize = 10_000_000;

/// What the documentation says of a row.
const MOST_BYTES: usize = 96 + 7 * 120;

fn id(number: u64) -> [u8; 16] {
    u128::from(number).to_be_bytes()
}

fn origin(chance: &mut Chance) -> Origin {
    let mut some = |kinds: u64| Some(chance.below(kinds)).filter(|_| chance.below(8) > 0);
    let families = ["chrome/windows", "safari/iphone"];
    let (address, system, client) = (some(6), some(2), some(2));
    let (device, agent, account) = (some(3), some(3), some(12));
    let account = account.unwrap_or_default();
    Origin {
        account: match account % 3 {
            0 => Account::Nobody(id(account / 3)),
            _ => Account::Customer(CustomerId(id(account))),
        },
        context: Context {
            // Two networks of IPv4; two lines of IPv6, of which hosts take several addresses.
            address: address.map(|number| {
                let v4 = std::net::Ipv4Addr::from([203, 0, number as u8 / 2, number as u8]);
                let v6 = std::net::Ipv6Addr::from(
                    0x2001_0db8_0001_u128 << 80
                        | u128::from(number / 5) << 64
                        | chance.word() as u128,
                );
                Address::from(if number < 4 {
                    std::net::IpAddr::from(v4)
                } else {
                    std::net::IpAddr::from(v6)
                })
            }),
            place: Place {
                system: system.map(|number| number as u32 + 2_497),
                country: None,
                ..Place::default()
            },
            client: client.map(|number| ClientFamily::parse(families[number as usize])),
            device: None,
            terminal: Terminal::Own,
        },
        device: device.map(|number| DeviceId(id(number))),
        met: crate::known::Strange::New,
        agent: agent.map(id),
        application: None,
    }
}

/// Rows that come in bursts, some of them late and some twice, with as many as are alive.
struct Rows {
    chance: Chance,
    now: Moment,
    number: u64,
    alive: Vec<Row>,
}

/// A row with its keys.
struct Row {
    tried: Tried,
    keys: [Option<Key>; Keyed::ALL.len()],
}

impl Rows {
    fn new(seed: u64) -> Self {
        Self {
            chance: Chance::new(seed),
            now: Moment(0),
            number: 0,
            alive: Vec::new(),
        }
    }

    fn next(&mut self) -> (Tried, bool) {
        let chance = &mut self.chance;
        let most = if chance.below(5) == 0 { 21_600 } else { 60 };
        self.now = self.now.plus(Span::seconds(chance.below(most) as i64));
        if chance.below(8) == 0 && !self.alive.is_empty() {
            let again = chance.below(self.alive.len() as u64) as usize;
            return (self.alive[again].tried.clone(), false);
        }
        self.number += 1;
        let late = if chance.below(8) == 0 { 90 } else { 1 };
        let tried = Tried {
            decision: DecisionId(id(self.number)),
            at: self.now.minus(Span::seconds(chance.below(late) as i64)),
            act: Act::SignIn,
            origin: origin(chance),
            ending: match chance.below(4) {
                0 => Ending::Success,
                1 => Ending::Pending,
                _ => Ending::Failure,
            },
        };
        (tried, true)
    }

    fn keep(&mut self, tried: Tried) {
        let keys = Keyed::ALL.map(|keyed| keyed.of(&tried.origin));
        self.alive.push(Row { tried, keys });
        if self.alive.len().is_multiple_of(16) {
            let edge = self.now.minus(Kept::LONGEST);
            self.alive.retain(|row| row.tried.at > edge);
        }
    }

    /// Counts every row anew, with no part of what is tested but the keys.
    fn anew(&self, keyed: Keyed, origin: &Origin) -> Option<Window> {
        let key = keyed.of(origin)?;
        let place = Keyed::ALL.iter().position(|one| *one == keyed).unwrap();
        let edge = self.now.minus(keyed.span());
        let mut window = Window::default();
        let mut accounts = Vec::new();
        for Row { tried, keys } in &self.alive {
            if tried.at <= edge || keys[place] != Some(key) {
                continue;
            }
            match tried.ending {
                Ending::Success => window.successes += 1,
                Ending::Pending => {}
                Ending::Failure => {
                    window.failures += 1;
                    accounts.push(tried.origin.account.key());
                }
            }
        }
        accounts.sort_unstable();
        accounts.dedup();
        window.accounts = accounts.len() as u32;
        Some(window)
    }
}

fn at(keyed: Keyed, mut windows: Windows) -> Option<Window> {
    *keyed.place(&mut windows)
}

#[test]
fn windows_are_those_that_counting_anew_gives() {
    let (mut rows, mut kept) = (Rows::new(7), Kept::new(MOST));
    let (mut checks, mut busy) = (0, 0);
    while checks < CHECKS {
        let (tried, new) = rows.next();
        let windows = kept.look(&tried.origin, rows.now);
        for keyed in Keyed::ALL {
            let (mine, anew) = (at(keyed, windows), rows.anew(keyed, &tried.origin));
            assert_eq!(mine, anew, "{keyed:?} at {:?}", rows.now);
            checks += 3;
            busy += usize::from(anew.is_some_and(|window| window.failures > 1));
        }
        assert_eq!(kept.learn(&tried), new, "a row counts once");
        if new {
            rows.keep(tried);
        }
    }
    assert!(busy > checks / 30, "most windows were empty: {busy}");
    assert!(kept.len() < 400 && kept.bytes() < 1 << 20);
}

#[test]
fn beyond_the_bound_failures_are_never_too_few() {
    let (mut rows, mut kept) = (Rows::new(8), Kept::new(8));
    let mut more = 0;
    for _ in 0..20_000 {
        let (tried, new) = rows.next();
        let windows = kept.look(&tried.origin, rows.now);
        for keyed in Keyed::ALL {
            let (mine, anew) = (at(keyed, windows), rows.anew(keyed, &tried.origin));
            let (Some(mine), Some(anew)) = (mine, anew) else {
                assert_eq!(mine, anew);
                continue;
            };
            assert!(
                mine.failures >= anew.failures,
                "{keyed:?} {mine:?} {anew:?}"
            );
            assert!(
                mine.accounts >= anew.accounts,
                "{keyed:?} {mine:?} {anew:?}"
            );
            assert!(mine.successes <= anew.successes);
            more += u32::from(mine.failures > anew.failures);
        }
        // A row that was dropped may come again and is not taken; a late one neither.
        if new && kept.learn(&tried) {
            rows.keep(tried);
        }
        assert!(kept.len() <= 8);
    }
    assert!(kept.is_bounded());
    // What was dropped is counted for two spans at most, not for ever.
    assert!(more < 90_000, "{more}");
    let quiet = rows.now.plus(Span::days(3));
    let origin = origin(&mut Chance::new(1));
    let calm = kept.look(&origin, quiet);
    assert!(
        Keyed::ALL
            .iter()
            .all(|keyed| at(*keyed, calm).is_none_or(|one| one == Window::default()))
    );
    assert!(!kept.is_bounded() && kept.is_empty());
}

#[test]
fn a_clock_that_is_set_back_makes_windows_shorter_and_nothing_else() {
    let mut rows = Rows::new(9);
    let mut kept = Kept::new(MOST);
    let (mut tried, _) = rows.next();
    tried.origin.account = Account::Customer(CustomerId([1; 16]));
    tried.ending = Ending::Failure;
    let look = |kept: &mut Kept, at: Moment| kept.look(&tried.origin, at).account.unwrap();
    let hour = tried.at.plus(Span::hours(1));
    assert!(kept.learn(&tried));
    assert_eq!(look(&mut kept, hour.minus(Span(1))).failures, 1);
    assert_eq!(look(&mut kept, hour).failures, 0);
    assert_eq!(
        look(&mut kept, tried.at).failures,
        0,
        "the edge never goes back"
    );
    assert!(!kept.learn(&tried), "and the row is counted once still");
    let ahead = |by| kept.is_ahead(hour.minus(by));
    assert!(!ahead(Span::hours(1)) && ahead(Span::days(2)));
    assert!(!Kept::new(1).is_ahead(hour), "nothing was asked for yet");
}

/// Rows of which every key but one is new, the worst there are.
#[test]
fn a_flood_fits_the_memory_that_is_stated() {
    let mut chance = Chance::new(3);
    let mut kept = Kept::new(20_000);
    for number in 0..60_000_u64 {
        let mut origin = origin(&mut chance);
        let address = id(0xffff_0000_0000 | chance.word() >> 36);
        origin.context.address = Some(Address::from_bytes(address));
        origin.account = Account::Nobody(id(number + 1));
        origin.agent = Some(id(number + 1));
        let tried = Tried {
            decision: DecisionId(id(number)),
            at: Moment(number as i64 * 10_000),
            act: Act::SignIn,
            origin,
            ending: Ending::Failure,
        };
        assert!(kept.learn(&tried));
    }
    assert_eq!(kept.len(), 20_000);
    let sketches = Keyed::ALL.len() * (2 << 20);
    let each = (kept.bytes() - sketches) / kept.len();
    println!("{each} bytes a row");
    assert!(each < MOST_BYTES, "{each}");
}
