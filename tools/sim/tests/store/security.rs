//! The security centre: the list of sessions, the end of all but one, freeze and thaw.
//!
//! **Invariant:** what concerns one customer leaves another's rows as they are.

use super::*;
use sekisho_core::bytes::{Digest, TokenHash};
use sekisho_core::change::{CredentialSet, SessionProved, Stands};
use sekisho_core::elsewhere::ProofPlace;
use sekisho_core::id::{ChannelId, CredentialId, NoticeId, SessionId};
use sekisho_core::known::{CredentialSeen, CustomerState};
use sekisho_core::moment::Span;
use sekisho_core::proof::Method;
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, address, customer, decision_id, long, proof_place, raw};

use super::customers::code_sent;

/// A session of `who` that opened at the moment of decision `number`, with its access.
async fn opened(store: &Store, number: u64, who: u64) {
    let mut decision = sample::judged(number, who);
    let mut session = sample::session(number);
    if let Change::SessionOpened {
        customer: whose,
        proved,
        ..
    } = &mut session
    {
        *whose = customer(who);
        *proved = decision.entry.at;
    }
    decision.changes = vec![session];
    land(store, &decision).await;
}

async fn listed(store: &Store, who: u64) -> Vec<SessionId> {
    let listed = store.sessions(customer(who), NOON).await.unwrap();
    listed.iter().map(|listed| listed.session.id).collect()
}

fn session(number: u64) -> SessionId {
    SessionId(raw(8, number))
}

#[tokio::test]
async fn sessions_are_listed_with_the_place_they_were_opened_from() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 902, sample::newcomer(2).unwrap()).await;
        opened(&store, 10, 1).await;
        opened(&store, 11, 2).await;
        apply(&store, 12, [sample::session(1)]).await;
        let used = Change::SessionSeen {
            id: session(1),
            at: NOON.plus(Span::hours(1)),
        };
        apply(&store, 13, [used]).await;
        assert_eq!(listed(&store, 1).await, [session(1), session(10)]);
        let sessions = store.sessions(customer(1), NOON).await.unwrap();
        assert_eq!(sessions[0].context, None, "the history does not tell");
        let context = sessions[1].context.unwrap();
        assert_eq!(context.address, Some(address()));
        assert_eq!(context.place.system, Some(2497));
        let known = store.session(TokenHash(long(8, 10))).await.unwrap();
        assert_eq!(Some(&sessions[1].session), known.as_ref());
        let late = NOON.plus(Span::hours(13));
        assert!(store.sessions(customer(1), late).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn all_sessions_end_but_one_and_nothing_half_open_stays() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 902, sample::newcomer(2).unwrap()).await;
        for (number, who) in [(10, 1), (11, 1), (12, 1), (13, 2)] {
            opened(&store, number, who).await;
        }
        let bound = Digest([5; 32]);
        apply(&store, 20, [code_sent(1, bound, Some(1))]).await;
        let but = session(11);
        let ended = Change::OtherSessionsEnded {
            customer: customer(1),
            but,
            at: NOON,
        };
        apply(&store, 21, [ended]).await;
        assert_eq!(listed(&store, 1).await, [but]);
        assert_eq!(listed(&store, 2).await, [session(13)]);
        assert_eq!(store.challenge(bound).await.unwrap(), None);
        // The session of somebody else keeps nothing of this customer's alive.
        let foreign = Change::OtherSessionsEnded {
            customer: customer(1),
            but: session(13),
            at: NOON,
        };
        apply(&store, 22, [foreign]).await;
        assert!(listed(&store, 1).await.is_empty());
        assert_eq!(listed(&store, 2).await, [session(13)]);
    }
}

#[tokio::test]
async fn a_thaw_needs_the_freeze_that_was_seen() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let id = customer(1);
        apply(
            &store,
            1,
            [Change::CustomerFrozen {
                id,
                revision: 1,
                doubted: None,
            }],
        )
        .await;
        stale(&store, 2, [Change::CustomerThawed { id, revision: 1 }]).await;
        apply(&store, 3, [Change::CustomerThawed { id, revision: 2 }]).await;
        let known = store.customer(id).await.unwrap().unwrap();
        assert_eq!((known.state, known.revision), (CustomerState::Active, 3));
        apply(&store, 4, [sample::session(1)]).await;
        assert_eq!(listed(&store, 1).await, [session(1)]);
        assert!(store.entry_exists(decision_id(3)).await.unwrap());
    }
}

#[tokio::test]
async fn the_password_of_a_customer_is_found_by_whose_it_is() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let known = store.credential(customer(1)).await.unwrap().unwrap();
        assert_eq!((known.id, known.revision), (CredentialId(raw(5, 1)), 1));
        assert_eq!(
            (known.hash.as_str(), known.set),
            ("$argon2id$sample$1", NOON)
        );
        assert!(store.credential(customer(9)).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_password_is_set_on_the_one_that_was_seen() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let at = NOON.plus(Span::hours(1));
        let set = |revision| {
            Change::CredentialSet(CredentialSet {
                id: CredentialId(raw(5, 1)),
                revision,
                hash: "another".to_owned(),
                at,
            })
        };
        stale(&store, 1, [set(2)]).await;
        apply(&store, 2, [set(1)]).await;
        let known = store.credential(customer(1)).await.unwrap().unwrap();
        assert_eq!((known.hash.as_str(), known.set), ("another", at));
        assert_eq!(known.revision, 2);
    }
}

#[tokio::test]
async fn a_proof_moves_a_session_to_another_token() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 1, [sample::session(1)]).await;
        let (old, new) = (TokenHash(long(8, 1)), TokenHash(long(8, 77)));
        let known = store.session(old).await.unwrap().unwrap();
        assert_eq!((known.again, known.place), (None, proof_place()));
        let at = NOON.plus(Span::minutes(5));
        let proved = || {
            Change::SessionProved(SessionProved {
                id: session(1),
                token: new,
                method: Method::SmsCode,
                at,
                place: ProofPlace::default(),
            })
        };
        apply(&store, 2, [proved()]).await;
        assert_eq!(store.session(old).await.unwrap(), None);
        let known = store.session(new).await.unwrap().unwrap();
        assert_eq!(known.again, Some((Method::SmsCode, at)));
        assert_eq!(known.place, ProofPlace::default(), "that of the last proof");
        let ended = Change::SessionEnded { id: session(1), at };
        apply(&store, 3, [ended]).await;
        stale(&store, 4, [proved()]).await;
    }
}

#[tokio::test]
async fn messages_are_paged_by_customer_with_their_channel() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        for number in 1..=5 {
            let mut notice = sample::notice(number);
            notice.customer = Some(customer(if number == 3 { 2 } else { 1 }));
            notice.to.channel = (number == 5).then_some(ChannelId(raw(4, 1)));
            land(&store, &sample::making(number, []).telling([notice])).await;
        }
        let id = |number| NoticeId(raw(11, number));
        let first = store.notices_of(customer(1), None, 2).await.unwrap();
        let ids: Vec<_> = first.iter().map(|notice| notice.id).collect();
        assert_eq!(ids, [id(5), id(4)]);
        assert_eq!(first[0].channel, Some(ChannelId(raw(4, 1))));
        assert_eq!(first[1].channel, None);
        let before = Some((first[1].created, first[1].id));
        let rest = store.notices_of(customer(1), before, 9).await.unwrap();
        let ids: Vec<_> = rest.iter().map(|notice| notice.id).collect();
        assert_eq!(ids, [id(2), id(1)]);
    }
}

/// What a decision rests on: as it was seen it lands and changes nothing, otherwise nothing does.
#[tokio::test]
async fn a_decision_lands_only_on_what_it_rests_on() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 1, [sample::session(1)]).await;
        let before = place.contents(&store).await.unwrap();
        let session = |number, owner| Stands::Session {
            id: SessionId(raw(8, number)),
            customer: customer(owner),
        };
        let row = |revision| Stands::Customer {
            id: customer(1),
            revision,
        };
        let password = |number, revision| {
            let id = CredentialId(raw(5, number));
            Stands::Password(CredentialSeen { id, revision })
        };
        let seen = [session(1, 1), row(1), password(1, 1)];
        apply(&store, 2, seen.map(Change::Stands)).await;
        let after = place.contents(&store).await.unwrap();
        for table in ["session", "customer", "credential"] {
            assert_eq!(before[table], after[table]);
        }
        let others = [
            session(2, 1),
            session(1, 2),
            row(2),
            password(1, 2),
            password(2, 1),
        ];
        for (number, other) in (10..).zip(others) {
            stale(&store, number, [Change::Stands(other)]).await;
        }
        let id = SessionId(raw(8, 1));
        apply(&store, 3, [Change::SessionEnded { id, at: NOON }]).await;
        stale(&store, 20, [Change::Stands(session(1, 1))]).await;
    }
}
