//! The feed of attempts.
//!
//! **Invariant:** rows come back as they were written, in one order, and go by age alone.

use super::*;
use sekisho_core::attempt::{Account, KEPT, Origin, Tried, agent};
use sekisho_core::client_family::ClientFamily;
use sekisho_core::context::{Address, Context, Country, Place as Where, Terminal};
use sekisho_core::id::DeviceId;
use sekisho_core::known::Strange;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::places::Listed;
use sekisho_core::verdict::Verdict;
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer, decision_id};
use sekisho_store::AttemptPage;

/// No list was asked.
const UNASKED: Listed = Listed {
    tor: None,
    vpn: None,
    hosting: None,
    moving: None,
    allow: None,
    deny: None,
    indicator: None,
    source: None,
};

const NOWHERE: Context = Context {
    address: None,
    place: Where {
        system: None,
        country: None,
        circle: None,
        accord: sekisho_core::context::Accord::One,
        listed: UNASKED,
    },
    client: None,
    device: None,
    terminal: Terminal::Own,
};

/// Everything known, or as little as there can be.
pub(super) fn origin(number: u64) -> Origin {
    let address = std::net::IpAddr::from([203, 0, 113, number as u8]);
    let full = Context {
        address: Some(Address::from(address)),
        place: Where {
            system: Some(2_497),
            country: Country::parse("JP"),
            ..NOWHERE.place
        },
        client: Some(ClientFamily::parse("chrome/windows")),
        ..NOWHERE
    };
    match number % 2 {
        0 => Origin {
            account: Account::Customer(customer(number)),
            context: full,
            device: Some(DeviceId([8; 16])),
            met: Strange::Known,
            agent: agent("Mozilla/5.0"),
            application: Some(sekisho_core::id::ApplicationId([3; 16])),
        },
        _ => Origin {
            account: Account::Nobody([number as u8; 16]),
            context: NOWHERE,
            device: None,
            met: Strange::New,
            agent: None,
            application: None,
        },
    }
}

/// Attempt `number`, taken at `at`.
async fn tries(store: &Store, number: u64, at: Moment) -> Tried {
    let mut decision = sample::making(number, []);
    decision.entry.at = at;
    let verdicts = [Verdict::Allow, Verdict::Refuse, Verdict::Hold];
    decision.entry.verdict = verdicts[number as usize % 3].clone();
    let decision = decision.tried(origin(number));
    land(store, &decision).await;
    *decision.tried.unwrap()
}

#[tokio::test]
async fn rows_come_back_as_they_were_written_page_by_page() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let mut all = Vec::new();
        for number in 1..=7 {
            // Two of one moment, and one that landed late.
            let seconds = if number == 6 { 1 } else { number as i64 / 2 };
            all.push(tries(&store, number, NOON.plus(Span::seconds(seconds))).await);
        }
        all.sort_by_key(Tried::place);
        let (mut page, mut found) = (Some(AttemptPage::since(NOON, 3)), Vec::new());
        while let Some(asked) = page {
            let rows = store.attempts(asked).await.unwrap();
            assert!(rows.len() <= 3);
            page = asked.next(&rows);
            found.extend(rows);
        }
        assert_eq!(found, all);
        let later = AttemptPage::since(NOON.plus(Span::seconds(2)), 9);
        assert_eq!(store.attempts(later).await.unwrap(), all[4..]);
        let until = AttemptPage {
            until: NOON.plus(Span::seconds(1)),
            ..AttemptPage::since(NOON, 9)
        };
        assert_eq!(store.attempts(until).await.unwrap(), all[..4]);
        let one = store.attempt(all[3].at, all[3].decision).await.unwrap();
        assert_eq!(one.as_ref(), Some(&all[3]));
        assert_eq!(store.attempt(NOON, decision_id(99)).await.unwrap(), None);
    }
}

#[tokio::test]
async fn an_attempt_of_another_entry_is_not_stored() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let mut decision = sample::making(1, []).tried(origin(1));
        decision.entry.id = decision_id(2);
        assert!(store.commit(&decision, &[]).await.is_err());
        assert!(!store.entry_exists(decision_id(2)).await.unwrap());
    }
}

#[tokio::test]
async fn rows_are_kept_for_two_days_and_go_then() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let old = tries(&store, 1, NOON).await;
        let new = tries(&store, 2, NOON.plus(Span(1))).await;
        let (long_ago, end) = (NOON.minus(Span::days(400)), NOON.plus(KEPT));
        let before = |now: Moment| now.minus(sekisho_core::housekeep::KEPT);
        let expired = |now| store.has_expired(before(now), long_ago);
        assert!(!expired(end).await.unwrap());
        assert!(expired(end.plus(Span(1))).await.unwrap());
        let removed = Change::ExpiredRemoved {
            before: before(end.plus(Span(1))),
            messages: long_ago,
        };
        apply(&store, 3, [removed]).await;
        assert!(!expired(end.plus(Span(1))).await.unwrap());
        let left = store.attempts(AttemptPage::since(Moment(0), 9)).await;
        assert_eq!(left.unwrap(), [new]);
        assert_eq!(store.attempt(old.at, old.decision).await.unwrap(), None);
    }
}

#[tokio::test]
async fn where_attempts_came_from_is_counted_from_the_newest_back() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let at = |seconds| NOON.plus(Span::seconds(seconds));
        // Of even numbers the place is known; how it ended goes by three.
        for number in 1..=9 {
            tries(&store, number, at(number as i64)).await;
        }
        let lately = async |since, most| {
            let mut rows = store.attempts_lately(since, most).await.unwrap();
            rows.sort_by_key(|row| (row.system, row.since));
            let told = rows.iter().map(|row| {
                let known = row.country.map(|country| country.code().to_owned());
                assert_eq!(known.as_deref(), row.system.map(|_| "JP"));
                (row.system, row.ending, row.many, row.since)
            });
            told.collect::<Vec<_>>()
        };
        use sekisho_core::sighting::Ending::{Failure, Pending, Success};
        let jp = Some(2_497);
        assert_eq!(
            lately(NOON, 100).await,
            [
                (None, Failure, 2, at(1)),
                (None, Success, 2, at(3)),
                (None, Pending, 1, at(5)),
                (jp, Pending, 2, at(2)),
                (jp, Failure, 1, at(4)),
                (jp, Success, 1, at(6)),
            ]
        );
        // What is older is left out, by its age or by the number of newer ones.
        let newest = [
            (None, Failure, 1, at(7)),
            (None, Success, 1, at(9)),
            (jp, Pending, 1, at(8)),
        ];
        assert_eq!(lately(at(7), 100).await, newest);
        assert_eq!(lately(NOON, 3).await, newest);
        assert_eq!(lately(at(10), 3).await, []);
    }
}
