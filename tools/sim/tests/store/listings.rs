//! Networks on the firm's own list, the epoch by which nodes notice, and who is at home where.

use super::*;
use sekisho_core::change::{ListingChange, StaffChange};
use sekisho_core::id::{AlertId, ListingId, StaffId};
use sekisho_core::known::{ListedAs, ListingKnown, PeopleThere};
use sekisho_core::moment::Span;
use sekisho_core::places::Network;
use sekisho_core::text::Line;
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, raw};

use super::stops::added as person;

fn network(text: &str) -> Network {
    Network::parse(text).unwrap()
}

fn listing(number: u64, text: &str) -> ListingKnown {
    ListingKnown {
        id: ListingId(raw(47, number)),
        network: network(text),
        listed: ListedAs::ALL[usize::try_from(number).unwrap() % 2],
        reason: Line::parse("列挙攻撃 案件 7").unwrap(),
        alert: (number > 1).then(|| AlertId(raw(48, number))),
        by: StaffId(raw(40, 1)),
        made: NOON.plus(Span::minutes(i64::try_from(number).unwrap())),
        ends: NOON.plus(Span::hours(i64::try_from(number).unwrap())),
        ended: None,
    }
}

fn of(change: ListingChange) -> Change {
    Change::Staff(StaffChange::Listing(Box::new(change)))
}

fn made(number: u64, text: &str, epoch: i64) -> Change {
    let listing = Box::new(listing(number, text));
    of(ListingChange::Made { listing, epoch })
}

fn ended(number: u64, epoch: i64) -> Change {
    of(ListingChange::Ended {
        id: ListingId(raw(47, number)),
        by: StaffId(raw(40, 2)),
        at: NOON.plus(Span::minutes(90)),
        epoch,
    })
}

/// Changes of every kind, for a database without listings and with the first person.
pub(super) fn changes() -> Vec<Change> {
    vec![made(1, "203.0.113.0/24", 0)]
}

#[tokio::test]
async fn a_listing_is_kept_whole_and_counts_the_epoch() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        apply(&store, 1, [person(1, "sato"), person(2, "tanaka")]).await;
        assert_eq!(store.listing_epoch().await.unwrap(), 0);
        apply(&store, 2, [made(1, "203.0.113.0/24", 0)]).await;
        // Somebody who did not see the first.
        stale(&store, 3, [made(2, "2001:db8::/48", 0)]).await;
        apply(&store, 4, [made(2, "2001:db8::/48", 1)]).await;
        assert_eq!(store.listing_epoch().await.unwrap(), 2);

        let (first, second) = (listing(1, "203.0.113.0/24"), listing(2, "2001:db8::/48"));
        let (named, all) = store.listings(Some(first.id), NOON).await.unwrap();
        assert_eq!(named, Some(first.clone()));
        assert_eq!(all.epoch, 2);
        assert_eq!(all.standing, [second.clone(), first.clone()]);
        let later = NOON.plus(Span::hours(1));
        let (none, rest) = store.listings(None, later).await.unwrap();
        assert_eq!((none, rest.standing), (None, vec![second.clone()]));

        stale(&store, 5, [ended(2, 1)]).await;
        apply(&store, 6, [ended(2, 2)]).await;
        stale(&store, 7, [ended(2, 3)]).await;
        // It was over by itself.
        stale(&store, 8, [ended(1, 3)]).await;
        stale(&store, 9, [ended(9, 3)]).await;
        let (known, rest) = store.listings(Some(second.id), NOON).await.unwrap();
        let by = (StaffId(raw(40, 2)), NOON.plus(Span::minutes(90)));
        assert_eq!(known.unwrap().ended, Some(by));
        assert_eq!((rest.epoch, rest.standing), (3, vec![first]));
        let newest = store.newest_listings(1).await.unwrap();
        assert_eq!(newest.len(), 1);
        assert_eq!(newest[0].id, second.id);
    }
}

#[tokio::test]
async fn nobody_is_at_home_where_nobody_was() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        for text in [
            "203.0.113.7",
            "203.0.0.0/16",
            "2001:db8::/32",
            "2001:db8::1",
        ] {
            let there = store.people_in(network(text)).await.unwrap();
            assert_eq!(there, PeopleThere::default(), "{text}");
        }
    }
}
