//! Customers, their channels, credentials, devices, sessions and conversations.
//!
//! **Invariant:** what is loaded equals what was committed, field by field.

use super::*;
use sekisho_core::bytes::{CounterKey, Digest, TokenHash};
use sekisho_core::change::{CodeTexted, DeviceRemembered, DeviceRotated};
use sekisho_core::guess::Counted;
use sekisho_core::id::{ChallengeId, CredentialId, DeviceId, InteractionId, NoticeId, SessionId};
use sekisho_core::known::{ChannelKnown, CustomerState, InteractionKind};
use sekisho_core::login::ChannelKind;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::notice::Locale;
use sekisho_core::proof::Method;
use sekisho_core::text::{Line, Reference};
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer, index, long, raw, reference};

#[tokio::test]
async fn a_login_finds_everybody_who_shares_its_index() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let mut twin = sample::newcomer(2).unwrap();
        twin.truncate(2);
        let Change::ChannelAdded(ChannelKnown {
            index: shared,
            verified,
            ..
        }) = &mut twin[1]
        else {
            panic!()
        };
        *shared = index(1);
        *verified = None;
        apply(&store, 2, twin).await;

        let logins = store.logins(&index(1)).await.unwrap();
        assert_eq!(logins.len(), 2);
        let (first, second) = (&logins[0], &logins[1]);
        assert_eq!(first.customer.id, customer(1));
        assert_eq!(first.customer.reference, reference(1).unwrap());
        assert_eq!(
            (first.customer.state, first.customer.revision),
            (CustomerState::Active, 1)
        );
        assert_eq!(
            (first.customer.created, first.customer.locale),
            (NOON, Locale::Ja)
        );
        assert_eq!(
            (first.channel.kind, first.channel.verified),
            (ChannelKind::Mail, Some(NOON))
        );
        assert_eq!(
            (first.channel.sealed.clone(), &first.channel.index),
            (Sealed(vec![4; 60]), &index(1))
        );
        let credential = first.credential.as_ref().unwrap();
        assert_eq!(
            (credential.id, credential.revision),
            (CredentialId(raw(5, 1)), 1)
        );
        assert_eq!(
            (credential.hash.as_str(), credential.set),
            ("$argon2id$sample$1", NOON)
        );
        assert_eq!(
            (second.customer.id, second.channel.verified),
            (customer(2), None)
        );
        assert!(second.credential.is_none());
    }
}

#[tokio::test]
async fn a_customer_is_found_by_id_by_reference_and_for_an_import() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let logins = store.logins(&index(1)).await.unwrap();
        let login = &logins[0];
        let import = store
            .import(&index(1), &reference(1).unwrap())
            .await
            .unwrap();
        assert_eq!(import.logins, logins);
        assert_eq!(import.reference.as_ref(), Some(&login.customer));
        let unknown = store
            .import(&index(9), &reference(9).unwrap())
            .await
            .unwrap();
        assert!(unknown.logins.is_empty() && unknown.reference.is_none());
        let channels = store.channels(customer(1)).await.unwrap();
        assert_eq!(channels, std::slice::from_ref(&login.channel));
        let known = store.customer(customer(1)).await.unwrap();
        assert_eq!(known.as_ref(), Some(&login.customer));
        assert_eq!(store.customer(customer(9)).await.unwrap(), None);
        let named = store
            .customer_by_reference(&reference(1).unwrap())
            .await
            .unwrap();
        assert_eq!(named, known);
        // References differ by case: C-000001 is not c-000001.
        let lower = Reference::parse("c-000001").unwrap();
        assert_eq!(store.customer_by_reference(&lower).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_reference_and_a_password_are_taken_once() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let mut again = sample::newcomer(3).unwrap();
        let Change::CustomerCreated {
            reference: taken, ..
        } = &mut again[0]
        else {
            panic!()
        };
        *taken = reference(1).unwrap();
        stale(&store, 1, again).await;
        assert_eq!(store.customer(customer(3)).await.unwrap(), None);

        let (id, hash) = (CredentialId(raw(5, 9)), "other".to_owned());
        let second = Change::CredentialAdded {
            id,
            customer: customer(1),
            hash,
            at: NOON,
        };
        stale(&store, 2, [second]).await;
        let rehashed = |revision| Change::CredentialRehashed {
            id: CredentialId(raw(5, 1)),
            revision,
            hash: "better".to_owned(),
        };
        apply(&store, 3, [rehashed(1)]).await;
        stale(&store, 4, [rehashed(1)]).await;
        let logins = store.logins(&index(1)).await.unwrap();
        let credential = logins[0].credential.as_ref().unwrap();
        assert_eq!(
            (credential.hash.as_str(), credential.revision),
            ("better", 2)
        );
    }
}

#[tokio::test]
async fn a_device_is_found_by_its_token_and_never_seen_backwards() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let (id, token) = (DeviceId(raw(9, 1)), TokenHash(long(9, 1)));
        let client = Some(Line::parse("firefox/linux").unwrap());
        let remembered = Change::DeviceRemembered(DeviceRemembered {
            id,
            customer: customer(1),
            token,
            client,
            at: NOON,
        });
        apply(&store, 1, [remembered]).await;
        let later = NOON.plus(Span::hours(1));
        for (number, at) in [(2, later), (3, NOON)] {
            let rotated = Change::DeviceRotated(DeviceRotated {
                id,
                customer: customer(1),
                presented: token,
                issued: TokenHash(long(9, number)),
                at,
                spared: at,
            });
            apply(&store, number, [rotated]).await;
        }
        let device = store.device(token).await.unwrap().unwrap();
        assert_eq!(
            (device.id, device.customer, device.last),
            (id, customer(1), later)
        );
        assert!(store.device(TokenHash([0; 32])).await.unwrap().is_none());

        for (who, lives) in [(2, true), (1, false)] {
            let ended = Change::SessionsEnded {
                customer: customer(who),
                at: later,
            };
            apply(&store, 10 + who, [ended]).await;
            assert_eq!(store.device(token).await.unwrap().is_some(), lives);
        }
    }
}

#[tokio::test]
async fn a_session_lives_until_it_is_ended() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let (id, token) = (SessionId(raw(8, 1)), TokenHash(long(8, 1)));
        apply(&store, 1, [sample::session(1)]).await;
        let session = store.session(token).await.unwrap().unwrap();
        assert_eq!((session.id, session.customer.id), (id, customer(1)));
        assert_eq!(session.device, Some(DeviceId(raw(9, 1))));
        assert_eq!(session.methods, [Method::Password, Method::MailCode]);
        assert_eq!((session.proved, session.last), (NOON, NOON));
        assert_eq!(session.ends, NOON.plus(Span::hours(12)));
        assert_eq!(store.session_by_id(id).await.unwrap(), Some(session));

        let later = NOON.plus(Span::minutes(5));
        apply(&store, 2, [Change::SessionSeen { id, at: later }]).await;
        apply(&store, 3, [Change::SessionSeen { id, at: NOON }]).await;
        assert_eq!(store.session(token).await.unwrap().unwrap().last, later);
        apply(&store, 4, [Change::SessionEnded { id, at: later }]).await;
        apply(&store, 5, [Change::SessionEnded { id, at: later }]).await;
        assert_eq!(store.session(token).await.unwrap(), None);
        assert_eq!(store.session_by_id(id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn no_session_opens_for_a_frozen_customer() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let freeze = |revision| Change::CustomerFrozen {
            id: customer(1),
            revision,
            doubted: None,
        };
        stale(&store, 1, [freeze(7)]).await;
        apply(&store, 2, [freeze(1)]).await;
        let known = store.customer(customer(1)).await.unwrap().unwrap();
        assert_eq!((known.state, known.revision), (CustomerState::Frozen, 2));
        stale(&store, 3, [sample::session(1)]).await;
    }
}

#[tokio::test]
async fn a_doubt_about_the_contact_is_kept_from_its_first_moment_until_the_thaw() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let id = customer(1);
        let freeze = |revision, minutes| Change::CustomerFrozen {
            id,
            revision,
            doubted: Some(NOON.plus(Span::minutes(minutes))),
        };
        apply(&store, 1, [freeze(1, 0)]).await;
        apply(&store, 2, [freeze(2, 5)]).await;
        let known = store.customer(id).await.unwrap().unwrap();
        assert_eq!((known.contact_doubted, known.revision), (Some(NOON), 3));
        apply(&store, 3, [Change::CustomerThawed { id, revision: 3 }]).await;
        let known = store.customer(id).await.unwrap().unwrap();
        assert_eq!(known.contact_doubted, None);
    }
}

fn opened(number: u64, who: Option<u64>) -> Change {
    Change::InteractionOpened {
        id: InteractionId(raw(12, number)),
        token: TokenHash(long(12, number)),
        kind: if who.is_some() {
            InteractionKind::SignIn
        } else {
            InteractionKind::SignUp
        },
        customer: who.map(customer),
        state: Sealed(vec![12; 90]),
        at: NOON,
        expires: NOON.plus(Span::minutes(30)),
    }
}

pub(super) fn code_sent(number: u64, bound: Digest, who: Option<u64>) -> Change {
    Change::ChallengeSent {
        id: ChallengeId(raw(13, number)),
        notice: NoticeId(raw(11, number)),
        customer: who.map(customer),
        kind: ChannelKind::Sms,
        bound,
        seen: None,
        code: Digest(long(13, number)),
        at: NOON,
        expires: NOON.plus(Span::minutes(5)),
    }
}

/// A code that takes the place of the one with the number `seen`.
fn code_after(seen: u64, number: u64, bound: Digest) -> Change {
    let mut change = code_sent(number, bound, Some(1));
    if let Change::ChallengeSent { seen: before, .. } = &mut change {
        *before = Some(ChallengeId(raw(13, seen)));
    }
    change
}

#[tokio::test]
async fn a_conversation_counts_its_codes_and_closes_once() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 1, [opened(1, Some(1)), opened(2, None)]).await;
        let id = InteractionId(raw(12, 1));
        let known = store
            .interaction(TokenHash(long(12, 1)))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((known.id, known.kind), (id, InteractionKind::SignIn));
        assert_eq!(
            known.customer.as_ref().map(|known| known.id),
            Some(customer(1))
        );
        assert_eq!(
            (known.state, known.expires),
            (Sealed(vec![12; 90]), NOON.plus(Span::minutes(30)))
        );
        assert_eq!((known.codes, known.revision), (1, 1));
        let stranger = store
            .interaction(TokenHash(long(12, 2)))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (stranger.kind, stranger.customer),
            (InteractionKind::SignUp, None)
        );

        apply(&store, 2, [Change::InteractionCodeSent { id, revision: 1 }]).await;
        stale(&store, 3, [Change::InteractionCodeSent { id, revision: 1 }]).await;
        stale(&store, 4, [Change::InteractionClosed { id, revision: 1 }]).await;
        let known = store
            .interaction(TokenHash(long(12, 1)))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((known.codes, known.revision), (2, 2));
        apply(&store, 5, [Change::InteractionClosed { id, revision: 2 }]).await;
        stale(&store, 6, [Change::InteractionClosed { id, revision: 2 }]).await;
        assert_eq!(
            store.interaction(TokenHash(long(12, 1))).await.unwrap(),
            None
        );
    }
}

#[tokio::test]
async fn a_code_is_replaced_by_the_next_and_used_once() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let bound = Digest([5; 32]);
        apply(&store, 1, [code_sent(1, bound, Some(1))]).await;
        stale(&store, 2, [code_sent(2, bound, Some(1))]).await;
        apply(&store, 2, [code_after(1, 2, bound)]).await;
        stale(&store, 3, [code_after(1, 3, bound)]).await;
        let known = store.challenge(bound).await.unwrap().unwrap();
        assert_eq!(
            (known.id, known.kind),
            (ChallengeId(raw(13, 2)), ChannelKind::Sms)
        );
        assert_eq!((known.bound, known.code), (bound, Digest(long(13, 2))));
        assert_eq!(
            (known.sent, known.expires),
            (NOON, NOON.plus(Span::minutes(5)))
        );
        let used = |number| Change::ChallengeUsed {
            id: ChallengeId(raw(13, number)),
            at: NOON,
        };
        stale(&store, 3, [used(1)]).await;
        apply(&store, 4, [used(2)]).await;
        stale(&store, 5, [used(2)]).await;
        assert_eq!(store.challenge(bound).await.unwrap(), None);
    }
}

#[tokio::test]
async fn tries_are_counted_to_the_limit_and_anew_after_the_lock() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let key = CounterKey([1; 16]);
        let lock = Span::minutes(15);
        let reserve = |at| sample::reserved(key, 3, at);
        assert_eq!(store.tries(key).await.unwrap(), None);
        for number in 1..=3u64 {
            apply(&store, number, [reserve(NOON)]).await;
            let tries = store.tries(key).await.unwrap().unwrap();
            assert_eq!(tries.tries, i64::try_from(number).unwrap());
            let locked = if number == 3 {
                NOON.plus(lock)
            } else {
                Moment::default()
            };
            assert_eq!((tries.last, tries.locked_until), (NOON, locked));
        }
        stale(&store, 4, [reserve(NOON.plus(Span::minutes(14)))]).await;
        // A clock that was set back opens nothing.
        stale(&store, 5, [reserve(NOON.minus(Span::days(1)))]).await;
        let open = NOON.plus(lock);
        apply(&store, 6, [reserve(open)]).await;
        let anew = store.tries(key).await.unwrap().unwrap();
        assert_eq!((anew.tries, anew.locked_until), (1, Moment::default()));
        apply(&store, 7, [Change::TriesCleared { key }]).await;
        apply(&store, 8, [Change::TriesCleared { key }]).await;
        assert_eq!(store.tries(key).await.unwrap(), None);
        let once = sample::reserved(key, 1, NOON);
        apply(&store, 9, [once.clone()]).await;
        stale(&store, 10, [once]).await;
    }
}

#[tokio::test]
async fn tries_are_counted_across_locks_until_the_factor_closes() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let key = CounterKey([1; 16]);
        let mut at = NOON;
        for number in 1..=12u64 {
            apply(&store, number, [sample::reserved(key, 5, at)]).await;
            let tries = store.tries(key).await.unwrap().unwrap();
            assert_eq!(tries.total, i64::try_from(number).unwrap());
            let until = match number {
                5 | 10 => at.plus(Span::minutes(15)),
                12 => at.plus(Span::days(365)),
                _ => Moment::default(),
            };
            assert_eq!(tries.locked_until, until, "after {number}");
            at = at.max(until);
        }
        stale(&store, 13, [sample::reserved(key, 5, at.minus(Span(1)))]).await;
    }
}

#[tokio::test]
async fn what_is_paced_comes_at_once_up_to_the_limit_and_then_one_by_one() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let paced = |at| Change::TryPaced {
            key: CounterKey([1; 16]),
            counted: Counted::NetworkMessage,
            limit: 3,
            at,
            pause: Span::seconds(10),
        };
        let after = |seconds| NOON.plus(Span::seconds(seconds));
        for number in 1..=3 {
            apply(&store, number, [paced(NOON)]).await;
        }
        stale(&store, 4, [paced(NOON)]).await;
        stale(&store, 5, [paced(after(9))]).await;
        apply(&store, 6, [paced(after(10))]).await;
        stale(&store, 7, [paced(after(11))]).await;
        apply(&store, 8, [paced(after(20))]).await;
        // After a rest as many as at first, and no more.
        for number in 9..=11 {
            apply(&store, number, [paced(after(1000))]).await;
        }
        stale(&store, 12, [paced(after(1000))]).await;
    }
}

/// A code in a text message counts as unanswered until it is used, and only what is used comes
/// back.
#[tokio::test]
async fn a_code_that_is_typed_gives_back_what_its_text_message_cost() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let keys = [1, 2, 3].map(|number| CounterKey([number; 16]));
        let paced = |key| Change::TryPaced {
            key,
            counted: sekisho_core::guess::Counted::Text,
            limit: 10,
            at: NOON,
            pause: Span::hours(1),
        };
        let texted = |number, back| {
            Change::CodeTexted(CodeTexted {
                notice: NoticeId(raw(11, number)),
                back: [(keys[0], back), (keys[1], back)],
            })
        };
        let (one, two) = (Digest([1; 32]), Digest([2; 32]));
        apply(&store, 1, [code_sent(1, one, Some(1))]).await;
        apply(&store, 2, [code_sent(2, two, Some(1))]).await;
        apply(&store, 3, keys.map(paced)).await;
        apply(&store, 4, [texted(1, Span::hours(3))]).await;
        let until = async |key| store.tries(key).await.unwrap().unwrap().locked_until;
        let before = [
            until(keys[0]).await,
            until(keys[1]).await,
            until(keys[2]).await,
        ];
        let used = |number| Change::ChallengeUsed {
            id: ChallengeId(raw(13, number)),
            at: NOON,
        };
        // One that went by mail, or whose text message was never handed over.
        apply(&store, 5, [used(2)]).await;
        assert_eq!(until(keys[0]).await, before[0]);
        apply(&store, 6, [used(1)]).await;
        for at in [0, 1] {
            assert_eq!(until(keys[at]).await, before[at].minus(Span::hours(3)));
        }
        assert_eq!(until(keys[2]).await, before[2], "another prefix");
        stale(&store, 7, [used(1)]).await;
        assert_eq!(until(keys[0]).await, before[0].minus(Span::hours(3)));
        // A code that took the place of another one was not sent yet.
        apply(&store, 8, [code_sent(3, one, Some(1))]).await;
        apply(&store, 9, [texted(3, Span::hours(5))]).await;
        apply(&store, 10, [code_after(3, 4, one)]).await;
        let before = until(keys[0]).await;
        apply(&store, 11, [used(4)]).await;
        assert_eq!(until(keys[0]).await, before);
    }
}
