//! Campaigns: their turns, their sets, and their messages in the outbox.
//!
//! **Invariant:** nobody's turn comes twice, and what is of a campaign goes last.

use super::alerts::touching;
use super::*;
use sekisho_core::access::Act;
use sekisho_core::bytes::Digest;
use sekisho_core::campaign::{CampaignText, LIFE, Reach};
use sekisho_core::change::{CampaignChange, CaseChange, CaseOpened, CredentialSet};
use sekisho_core::housekeep::{CAMPAIGNS_KEPT, KEPT};
use sekisho_core::id::{
    AlertId, CampaignId, CaseId, ChannelId, CredentialId, CustomerId, NoticeId, StaffId,
};
use sekisho_core::known::{
    CampaignKind, CampaignKnown, CampaignSet, CampaignState, CampaignWanted, NoticeState, Worry,
};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::notice::{CampaignNotice, CampaignTold, Carrier, Notice, NoticeKind};
use sekisho_core::sweep::Finding;
use sekisho_core::text::Line;
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer, decision_id, notice, raw};
use sekisho_store::CampaignMessages;

const NOBODY: CustomerId = CampaignKnown::NOBODY;

fn id(number: u64) -> CampaignId {
    CampaignId(raw(60, number))
}

fn known(number: u64, set: CampaignSet) -> CampaignKnown {
    let parts = ["件名", "本文", "Subject", "Text\nof two lines"];
    CampaignKnown {
        id: id(number),
        wanted: CampaignWanted {
            kind: CampaignKind::PhishingWarning,
            text: Some(CampaignText::stored(parts.map(str::to_owned))),
            set,
            as_of: NOON.plus(Span(1)),
            rate: 600,
        },
        ground: Line::parse("案件 2026-114").unwrap(),
        state: CampaignState::Proposed,
        digest: Digest([9; 32]),
        counted: 3,
        unknown: 1,
        proposed: (
            StaffId(raw(40, 1)),
            NOON.plus(Span::seconds(i64::try_from(number).unwrap())),
        ),
        started: None,
        stopped: None,
        finished: None,
        place: NOBODY,
        next: NOON,
        sent: 0,
        skipped: 0,
        revision: 1,
    }
}

fn change(change: CampaignChange) -> Change {
    Change::Campaign(Box::new(change))
}

fn proposed(number: u64, set: CampaignSet, listed: &[u64]) -> Change {
    change(CampaignChange::Proposed {
        campaign: Box::new(known(number, set)),
        listed: listed.iter().map(|number| customer(*number)).collect(),
    })
}

fn started(number: u64, revision: i64, at: Moment) -> Change {
    let (id, by) = (id(number), StaffId(raw(40, 1)));
    change(CampaignChange::Started {
        id,
        revision,
        by,
        at,
        expires: at.plus(Span::hours(72)),
    })
}

fn stopped(number: u64, revision: i64, at: Moment) -> Change {
    change(CampaignChange::Stopped {
        id: id(number),
        revision,
        by: StaffId(raw(40, 1)),
        at,
        ground: Line::parse("誤り").unwrap(),
    })
}

fn turn(revision: i64, seen: CustomerId, who: u64, sent: bool) -> Change {
    change(CampaignChange::Turn {
        id: id(1),
        revision,
        seen,
        customer: customer(who),
        sent,
        next: NOON.plus(Span::seconds(1)),
    })
}

fn finished(revision: i64, seen: CustomerId) -> Change {
    let (id, at) = (id(1), NOON.plus(Span::hours(1)));
    change(CampaignChange::Finished {
        id,
        revision,
        seen,
        at,
    })
}

/// Changes of every kind, for a database in which the person of stops is there.
pub(super) fn changes() -> Vec<Change> {
    vec![
        proposed(1, CampaignSet::Listed, &[1]),
        started(1, 1, NOON),
        turn(2, NOBODY, 1, true),
        stopped(1, 2, NOON),
        started(1, 3, NOON),
        finished(4, customer(1)),
    ]
}

fn message(number: u64) -> Notice {
    Notice {
        kind: NoticeKind::Campaign(CampaignNotice {
            campaign: id(1),
            told: CampaignTold::CheckContact,
        }),
        ..notice(number)
    }
}

async fn people(store: &Store) {
    apply(store, 900, [sample::application()]).await;
    for number in 1..=4 {
        apply(store, 900 + number, sample::newcomer(number).unwrap()).await;
    }
    apply(store, 910, [super::stops::added(1, "sato")]).await;
}

/// What waits, and what of it nobody tried to send.
async fn backlog(store: &Store) -> (i64, i64) {
    let found = store.campaign_backlog(400).await.unwrap();
    (found.all, found.untried)
}

async fn seen(store: &Store) -> CampaignKnown {
    store.campaign(id(1)).await.unwrap().unwrap().0
}

#[tokio::test]
async fn a_campaign_is_kept_whole_and_moves_only_as_it_was_seen() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        people(&store).await;
        apply(&store, 1, [proposed(1, CampaignSet::Cases(30), &[])]).await;
        stale(&store, 2, [proposed(1, CampaignSet::All, &[])]).await;
        let (found, proposer) = store.campaign(id(1)).await.unwrap().unwrap();
        assert_eq!(found, known(1, CampaignSet::Cases(30)));
        assert_eq!(proposer.unwrap().id, StaffId(raw(40, 1)));
        assert_eq!(store.campaign(id(2)).await.unwrap(), None);
        assert!(store.campaigns_running().await.unwrap().is_empty());
        assert_eq!(store.campaigns_open(NOON).await.unwrap(), 1);
        let over = NOON.plus(LIFE).plus(Span::minutes(1));
        assert_eq!(store.campaigns_open(over).await.unwrap(), 0);

        stale(&store, 3, [turn(1, NOBODY, 1, true)]).await;
        apply(&store, 4, [started(1, 1, NOON)]).await;
        stale(&store, 5, [started(1, 1, NOON)]).await;
        assert_eq!(store.campaigns_open(over).await.unwrap(), 1);
        apply(&store, 6, [turn(2, NOBODY, 1, true)]).await;
        stale(&store, 7, [turn(2, NOBODY, 1, true)]).await;
        apply(&store, 8, [turn(2, customer(1), 2, false)]).await;
        stale(&store, 9, [finished(2, customer(1))]).await;
        let now = seen(&store).await;
        assert_eq!((now.sent, now.skipped, now.place), (1, 1, customer(2)));
        assert_eq!((now.waiting(), now.next), (1, NOON.plus(Span::seconds(1))));
        assert_eq!(store.campaigns_running().await.unwrap(), [now]);

        let at = NOON.plus(Span::minutes(3));
        apply(&store, 10, [stopped(1, 2, at)]).await;
        stale(&store, 11, [turn(2, customer(2), 3, true)]).await;
        stale(&store, 12, [turn(3, customer(2), 3, true)]).await;
        stale(&store, 13, [stopped(1, 3, at)]).await;
        apply(&store, 14, [started(1, 3, at)]).await;
        apply(&store, 15, [finished(4, customer(2))]).await;
        stale(&store, 16, [started(1, 5, at)]).await;
        let end = seen(&store).await;
        assert_eq!(end.state, CampaignState::Finished);
        assert_eq!(end.stopped.as_ref().unwrap().2.as_str(), "誤り");
        assert_eq!((end.waiting(), end.revision), (0, 5));
        for number in 2..=4 {
            apply(
                &store,
                20 + number,
                [proposed(number, CampaignSet::All, &[])],
            )
            .await;
        }
        let first = store.campaigns(None, 2).await.unwrap();
        let last = first.last().unwrap();
        let rest = store.campaigns(Some((last.proposed.1, last.id)), 9).await;
        let ids: Vec<_> = first
            .iter()
            .chain(&rest.unwrap())
            .map(|one| one.id)
            .collect();
        assert_eq!(ids, [4, 3, 2, 1].map(id));
    }
}

async fn set(store: &Store, set: CampaignSet, after: CustomerId, most: u32) -> Vec<Reach> {
    let wanted = known(1, set).wanted;
    let found = store.campaign_set((id(1), &wanted), after, most).await;
    found.unwrap()
}

fn customers(of: &[Reach]) -> Vec<CustomerId> {
    of.iter().map(|one| one.id).collect()
}

#[tokio::test]
async fn each_set_is_walked_in_pages_and_nobody_comes_into_it_later() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        people(&store).await;
        let later = NOON.plus(Span::seconds(1));
        let ids = |numbers: &[u64]| numbers.iter().map(|one| customer(*one)).collect::<Vec<_>>();

        let all = set(&store, CampaignSet::All, NOBODY, 9).await;
        assert_eq!(customers(&all), ids(&[1, 2, 3, 4]));
        assert!(all.iter().all(|one| one.mail && !one.sms && !one.frozen));
        let page = set(&store, CampaignSet::All, customer(1), 2).await;
        assert_eq!(customers(&page), ids(&[2, 3]));

        let old = CampaignSet::OldPassword(1);
        assert!(set(&store, old, NOBODY, 9).await.is_empty());
        let mut wanted = known(1, old).wanted;
        wanted.as_of = NOON.plus(Span::days(2));
        let changed = Change::CredentialSet(CredentialSet {
            id: CredentialId(raw(5, 2)),
            revision: 1,
            hash: "$argon2id$other".to_owned(),
            at: NOON.plus(Span::days(1)),
        });
        apply(&store, 30, [changed]).await;
        let found = store.campaign_set((id(1), &wanted), NOBODY, 9).await;
        assert_eq!(customers(&found.unwrap()), ids(&[1, 3, 4]));

        let (raised, alert) = touching(&[(2, NOON), (3, later), (4, NOON)]);
        apply(&store, 31, [raised]).await;
        let touched = set(&store, CampaignSet::Alert(alert), NOBODY, 9).await;
        assert_eq!(customers(&touched), ids(&[2, 4]));
        let none = set(&store, CampaignSet::Alert(AlertId([1; 16])), NOBODY, 9);
        assert!(none.await.is_empty());

        for (number, who, at) in [(1, 1, NOON), (2, 1, NOON), (3, 3, NOON), (4, 4, later)] {
            let case = CaseOpened {
                id: CaseId(raw(61, number)),
                customer: customer(who),
                worry: Worry::Operation(Finding::Touched),
                about: decision_id(number),
                act: Act::SignIn,
                done: at,
                asked: false,
                by: None,
                at,
            };
            let opened = Change::Case(CaseChange::Opened(Box::new(case)));
            apply(&store, 32 + number, [opened]).await;
        }
        let cases = set(&store, CampaignSet::Cases(30), NOBODY, 9).await;
        assert_eq!(customers(&cases), ids(&[1, 3]));

        apply(&store, 40, [proposed(1, CampaignSet::Listed, &[4, 2])]).await;
        let listed = set(&store, CampaignSet::Listed, NOBODY, 1).await;
        assert_eq!(customers(&listed), ids(&[2]));
        let names: Vec<_> = (2..=60)
            .map(|one| sample::reference(one).unwrap())
            .collect();
        let named = store.campaign_named(&names).await.unwrap();
        assert_eq!(customers(&named), ids(&[2, 3, 4]));
        let retired = [
            Change::ChannelRetired {
                id: ChannelId(raw(4, 2)),
                at: later,
            },
            Change::CustomerFrozen {
                id: customer(3),
                revision: 1,
                doubted: None,
            },
        ];
        apply(&store, 41, retired).await;
        let named = store.campaign_named(&names).await.unwrap();
        let told: Vec<_> = named.iter().map(|one| (one.mail, one.frozen)).collect();
        assert_eq!(told, [(false, false), (true, true), (true, false)]);
    }
}

#[tokio::test]
async fn what_is_of_a_campaign_goes_after_everything_else_and_is_called_back_by_a_stop() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        people(&store).await;
        apply(&store, 1, [proposed(1, CampaignSet::All, &[])]).await;
        apply(&store, 2, [started(1, 1, NOON)]).await;
        // As many as were ever looked at, all due before what somebody waits for.
        for part in 0..20 {
            let some = (part * 100..part * 100 + 100).map(|number| message(1_000 + number));
            land(&store, &sample::making(3 + part, []).telling(some)).await;
        }
        land(
            &store,
            &sample::making(100, []).telling((1..=3).map(notice)),
        )
        .await;
        let due = store.notices_due(Carrier::Mail, NOON.plus(Span::hours(1)), 20);
        let due = due.await.unwrap();
        let (first, rest) = due.split_at(3);
        assert!(
            first.iter().all(|one| one.template == "frozen"),
            "{first:?}"
        );
        assert_eq!(rest.len(), 17);
        assert!(
            rest.iter()
                .all(|one| CampaignNotice::is_template(&one.template))
        );
        assert_eq!(backlog(&store).await, (400, 400));

        let at = NOON.plus(Span::hours(1));
        let sent = NoticeId(raw(11, 1_000));
        apply(&store, 101, [Change::NoticeSent { id: sent, at }]).await;
        apply(&store, 102, [stopped(1, 2, at)]).await;
        let messages = store.campaign_messages(id(1)).await.unwrap();
        let expected = CampaignMessages {
            waiting: 0,
            sent: 1,
            dead: 1_999,
        };
        assert_eq!(messages, expected);
        assert_eq!(backlog(&store).await, (0, 0));
        let known = store
            .notice(NoticeId(raw(11, 1_001)))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((known.state, known.expires), (NoticeState::Dead, Some(at)));
        let due = store.notices_due(Carrier::Mail, at, 20).await.unwrap();
        assert_eq!(due.len(), 3, "the others wait as before");
    }
}

#[tokio::test]
async fn what_a_stop_called_back_waits_again_for_who_is_reached_there_still() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        people(&store).await;
        apply(&store, 1, [proposed(1, CampaignSet::All, &[])]).await;
        apply(&store, 2, [started(1, 1, NOON)]).await;
        let to = |number: u64| {
            let mut one = message(number);
            one.to.channel = Some(ChannelId(raw(4, number)));
            one
        };
        let mut on_its_way = to(1);
        on_its_way.id = NoticeId(raw(11, 6));
        let told = [to(1), to(2), to(3), to(4), message(5), on_its_way];
        land(&store, &sample::making(3, []).telling(told)).await;
        let (at, error) = (NOON.plus(Span::minutes(5)), "550 no such user".to_owned());
        let dropped = NoticeId(raw(11, 4));
        let gone = Change::NoticeDropped {
            id: dropped,
            at,
            error,
        };
        apply(&store, 4, [gone]).await;
        // One is on its way while somebody stops it.
        let (id, until) = (NoticeId(raw(11, 6)), NOON.plus(Span::minutes(10)));
        let taken = Change::NoticeClaimed { id, at, until };
        apply(&store, 14, [taken]).await;
        apply(&store, 5, [stopped(1, 2, at)]).await;
        assert_eq!(backlog(&store).await, (0, 0));
        let meanwhile = [
            Change::ChannelRetired {
                id: ChannelId(raw(4, 2)),
                at,
            },
            Change::CustomerFrozen {
                id: customer(3),
                revision: 1,
                doubted: None,
            },
        ];
        apply(&store, 6, meanwhile).await;
        let again = NOON.plus(Span::days(6));
        apply(&store, 7, [started(1, 3, again)]).await;
        assert_eq!(backlog(&store).await, (1, 1));
        let due = store.notices_due(Carrier::Mail, again, 20).await.unwrap();
        let whom: Vec<_> = due.iter().map(|one| one.id).collect();
        assert_eq!(whom, [NoticeId(raw(11, 1))], "five have a reason not to");
        assert_eq!(due[0].expires, Some(again.plus(Span::hours(72))));
        let other = store.notice(dropped).await.unwrap().unwrap();
        assert_eq!(other.state, NoticeState::Dead);
    }
}

#[tokio::test]
async fn what_runs_stays_and_what_has_not_run_for_long_goes_with_whom_it_named() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        people(&store).await;
        for number in [1, 2] {
            apply(
                &store,
                number,
                [proposed(number, CampaignSet::Listed, &[1, 2])],
            )
            .await;
        }
        apply(&store, 3, [started(1, 1, NOON)]).await;
        let messages = NOON.minus(Span::days(900));
        let last = known(2, CampaignSet::All).proposed.1;
        let before = last.plus(CAMPAIGNS_KEPT).minus(KEPT);
        assert!(!store.has_expired(before, messages).await.unwrap());
        let before = before.plus(Span(1));
        assert!(store.has_expired(before, messages).await.unwrap());
        apply(&store, 4, [Change::ExpiredRemoved { before, messages }]).await;
        assert!(!store.has_expired(before, messages).await.unwrap());
        assert_eq!(store.campaign(id(2)).await.unwrap(), None);
        assert_eq!(seen(&store).await.state, CampaignState::Running);
        let contents = place.contents(&store).await.unwrap();
        assert_eq!(contents["campaign_listed"].len(), 2);
    }
}
