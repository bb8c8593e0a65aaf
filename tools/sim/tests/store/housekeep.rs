//! The removal of what has expired.
//!
//! **Invariant:** what has not expired, and what people may ask about, stays.

use super::changes::{everything, ground};
use super::*;
use sekisho_core::moment::Span;
use sekisho_sim::place::Place;
use sekisho_sim::sample::NOON;

/// Tables that the removal empties once everything in them has expired.
const PASSING: [&str; 7] = [
    "authorization_code",
    "authorization_request",
    "challenge",
    "idempotency",
    "interaction",
    "report_code",
    "session",
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
                Change::SessionsEnded { .. } | Change::ExpiredRemoved { .. }
            )
        });
        land(&store, &all).await;
        let before = place.contents(&store).await.unwrap();
        assert!(PASSING.iter().all(|table| !before[*table].is_empty()));

        assert!(!store.has_expired(NOON).await.unwrap());
        let nothing = Change::ExpiredRemoved { before: NOON };
        apply(&store, 2, [nothing]).await;
        let mut after = place.contents(&store).await.unwrap();
        after.remove("entry");
        assert!(after.iter().all(|(table, rows)| &before[table] == rows));

        let end = NOON.plus(Span::days(30));
        assert!(store.has_expired(end).await.unwrap());
        apply(&store, 3, [Change::ExpiredRemoved { before: end }]).await;
        assert!(!store.has_expired(end).await.unwrap());
        for (table, rows) in place.contents(&store).await.unwrap() {
            match table.as_str() {
                "entry" => assert_eq!(rows.len(), before["entry"].len() + 2),
                passing if PASSING.contains(&passing) => assert!(rows.is_empty(), "{passing}"),
                kept => assert_eq!(rows, before[kept], "{kept}"),
            }
        }
    }
}
