//! The removal of what has expired.
//!
//! **Invariant:** what has not expired, and what people may ask about, stays.

use super::changes::{everything, ground};
use super::*;
use sekisho_core::known::NoticeState;
use sekisho_core::moment::Span;
use sekisho_sim::place::Place;
use sekisho_sim::sample::NOON;

/// Tables that the removal empties once everything in them has expired.
const PASSING: [&str; 14] = [
    "address_failure",
    "attempt",
    "authorization_code",
    "authorization_request",
    "challenge",
    "entered",
    "guess",
    "idempotency",
    "interaction",
    "recovery",
    "report_code",
    "session",
    "spent_ticket",
    "staff_session",
];

#[tokio::test]
async fn only_what_has_expired_goes_and_all_of_it() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        ground(&store).await;
        let mut all = everything(1);
        // What ends sessions and removes by itself would leave nothing to look at.
        all.changes.retain(|change| {
            !matches!(
                change,
                Change::OtherSessionsEnded { .. }
                    | Change::SessionsEnded { .. }
                    | Change::ExpiredRemoved { .. }
            )
        });
        land(&store, &all).await;
        let before = place.contents(&store).await.unwrap();
        assert!(PASSING.iter().all(|table| !before[*table].is_empty()));

        let long_ago = NOON.minus(Span::days(400));
        assert!(!store.has_expired(NOON, long_ago).await.unwrap());
        let nothing = Change::ExpiredRemoved {
            before: NOON,
            messages: long_ago,
        };
        apply(&store, 2, [nothing]).await;
        let mut after = place.contents(&store).await.unwrap();
        after.remove("entry");
        assert!(after.iter().all(|(table, rows)| &before[table] == rows));

        let end = NOON.plus(Span::days(30));
        assert!(store.has_expired(end, long_ago).await.unwrap());
        let passed = Change::ExpiredRemoved {
            before: end,
            messages: long_ago,
        };
        apply(&store, 3, [passed]).await;
        assert!(!store.has_expired(end, long_ago).await.unwrap());
        for (table, rows) in place.contents(&store).await.unwrap() {
            match table.as_str() {
                "entry" => assert_eq!(rows.len(), before["entry"].len() + 2),
                "notice" => assert_eq!(rows.len(), before["notice"].len()),
                passing if PASSING.contains(&passing) => assert!(rows.is_empty(), "{passing}"),
                kept => assert_eq!(rows, before[kept], "{kept}"),
            }
        }
    }
}

#[tokio::test]
async fn the_words_of_a_message_go_first_and_that_it_was_sent_later() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        ground(&store).await;
        let mut all = everything(1);
        all.changes
            .retain(|change| !matches!(change, Change::ExpiredRemoved { .. }));
        land(&store, &all).await;
        let waiting = store.notices(NoticeState::Waiting, None, 10).await.unwrap();
        let end = NOON.plus(Span::days(30));
        let long_ago = NOON.minus(Span::days(400));
        let removed = |before, messages| Change::ExpiredRemoved { before, messages };
        apply(&store, 3, [removed(end, long_ago)]).await;
        for (state, kept) in [(NoticeState::Sent, 1), (NoticeState::Dead, 1)] {
            let notices = store.notices(state, None, 10).await.unwrap();
            assert_eq!(notices.len(), kept, "{state:?}");
            assert!(
                notices
                    .iter()
                    .all(|one| one.sealed.0.is_empty() && one.expires.is_none())
            );
        }
        apply(&store, 4, [removed(end, end)]).await;
        assert!(!store.has_expired(end, end).await.unwrap());
        for state in [NoticeState::Sent, NoticeState::Dead] {
            assert!(store.notices(state, None, 10).await.unwrap().is_empty());
        }
        let still = store.notices(NoticeState::Waiting, None, 10).await.unwrap();
        assert_eq!(still, waiting, "what waits is not touched");
    }
}
