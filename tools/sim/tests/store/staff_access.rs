//! Passkeys of people of the firm, and their sessions in the console.
//!
//! **Invariant:** a session that ended is not found again, and a handle has one owner.

use super::*;
use sekisho_core::bytes::TokenHash;
use sekisho_core::change::{StaffAccess, StaffChange};
use sekisho_core::id::{CredentialId, StaffSessionId};
use sekisho_core::known::{Attestation, Backup, StaffPasskeyKnown, StaffRole, Transport};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::text::Line;
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, long, raw};

use super::stops::person;

fn passkey(number: u64, owner: u64) -> StaffPasskeyKnown {
    StaffPasskeyKnown {
        id: CredentialId(raw(50, number)),
        staff: person(owner, "x1").id,
        rp_id: "console.example.jp".to_owned(),
        handle: long(50, number).to_vec(),
        user_handle: raw(51, owner).to_vec(),
        public_key: vec![7; 77],
        sign_count: u32::MAX,
        backup: Backup::Eligible,
        aaguid: raw(52, number),
        attestation: Attestation::Rooted,
        transports: vec![Transport::Internal, Transport::Usb],
        name: Line::parse("机の鍵").unwrap(),
        created: NOON,
        last: None,
        revision: 1,
    }
}

fn access(change: StaffAccess) -> Change {
    Change::Staff(StaffChange::Access(Box::new(change)))
}

fn added(number: u64, owner: (u64, i64)) -> Change {
    let (passkey, revision) = (passkey(number, owner.0), owner.1);
    access(StaffAccess::PasskeyAdded { passkey, revision })
}

fn opened(number: u64, by: Option<u64>) -> Change {
    access(StaffAccess::SessionOpened {
        id: session(number),
        token: TokenHash(long(53, number)),
        staff: person(1, "x1").id,
        passkey: by.map(|by| passkey(by, 1).id),
        at: NOON,
        ends: NOON.plus(Span::hours(8)),
    })
}

fn session(number: u64) -> StaffSessionId {
    StaffSessionId(raw(53, number))
}

fn seen(number: u64, at: Moment) -> Change {
    let id = session(number);
    access(StaffAccess::SessionSeen { id, at })
}

fn assigned(revision: i64, roles: &[StaffRole]) -> Change {
    Change::Staff(StaffChange::Assigned {
        id: person(1, "x1").id,
        revision,
        roles: roles.to_vec(),
    })
}

/// Changes of every kind, after person 1 was added.
pub(super) fn changes() -> Vec<Change> {
    let (staff, at) = (person(1, "x1").id, NOON);
    let used = StaffAccess::PasskeyUsed {
        passkey: (passkey(1, 1).id, 1),
        count: 8,
        backup: Backup::Copied,
        at,
    };
    let proved = StaffAccess::SessionProved {
        id: session(1),
        token: TokenHash(long(53, 77)),
        at,
    };
    let removed = StaffAccess::PasskeyRemoved {
        passkey: (passkey(2, 1).id, 1),
        staff: (staff, 3),
        but: session(1),
        at,
    };
    vec![
        added(1, (1, 1)),
        added(2, (1, 2)),
        opened(1, Some(1)),
        opened(2, None),
        access(used),
        access(proved),
        seen(1, NOON.plus(Span::minutes(2))),
        access(removed),
        access(StaffAccess::SessionEnded { id: session(2), at }),
        assigned(4, &[StaffRole::Operations]),
        access(StaffAccess::SessionsEnded { staff, at }),
        access(StaffAccess::Ended { staff, at }),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_on_under_its_last_token_until_it_ends() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        apply(&store, 1, [super::stops::added(1, "x1")]).await;
        apply(
            &store,
            2,
            [added(1, (1, 1)), opened(1, Some(1)), opened(2, Some(1))],
        )
        .await;
        let token = |number| TokenHash(long(53, number));
        let known = store.staff_session(token(1)).await.unwrap().unwrap();
        assert_eq!(
            (known.passkey, known.staff.revision),
            (Some(passkey(1, 1).id), 2)
        );
        assert_eq!(
            (known.opened, known.ends),
            (NOON, NOON.plus(Span::hours(8)))
        );
        let later = NOON.plus(Span::minutes(3));
        apply(&store, 3, [seen(1, later), seen(1, NOON)]).await;
        let known = store.staff_session(token(1)).await.unwrap().unwrap();
        assert_eq!((known.last, known.proved), (later, NOON));
        let proved = StaffAccess::SessionProved {
            id: session(1),
            token: token(9),
            at: later,
        };
        apply(&store, 4, [access(proved)]).await;
        assert!(store.staff_session(token(1)).await.unwrap().is_none());
        let known = store.staff_session(token(9)).await.unwrap().unwrap();
        assert_eq!(known.proved, later);
        // Its person may other things: both are over, and are not taken up again.
        let staff = person(1, "x1").id;
        let ended = StaffAccess::SessionsEnded { staff, at: later };
        apply(
            &store,
            5,
            [assigned(2, &[StaffRole::Monitor]), access(ended)],
        )
        .await;
        for number in [2, 9] {
            assert!(store.staff_session(token(number)).await.unwrap().is_none());
        }
        stale(&store, 6, [seen(1, later)]).await;
        let known = &store.all_staff().await.unwrap()[0];
        assert_eq!(known.roles, [StaffRole::Monitor]);
        assert_eq!(store.staff_passkeys(staff).await.unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_found_by_its_handle_moves_by_its_revision_and_goes_with_its_sessions() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let people = [super::stops::added(1, "x1"), super::stops::added(2, "x2")];
        apply(&store, 1, people).await;
        apply(&store, 2, [added(1, (1, 1)), added(2, (1, 2))]).await;
        let handle = passkey(1, 1).handle;
        let (known, owner) = store.staff_passkey(&handle).await.unwrap().unwrap();
        assert_eq!((known, owner.id), (passkey(1, 1), person(1, "x1").id));
        // Of two that are added at once one is decided again.
        stale(&store, 3, [added(3, (1, 2))]).await;
        let mut other = passkey(4, 2);
        other.handle = handle.clone();
        let taken = StaffAccess::PasskeyAdded {
            passkey: other,
            revision: 1,
        };
        stale(&store, 4, [access(taken)]).await;
        let used = |revision| {
            access(StaffAccess::PasskeyUsed {
                passkey: (passkey(1, 1).id, revision),
                count: 8,
                backup: Backup::Copied,
                at: NOON,
            })
        };
        apply(&store, 5, [used(1)]).await;
        stale(&store, 6, [used(1)]).await;
        apply(&store, 7, [opened(1, Some(1)), opened(2, Some(2))]).await;
        let removed = StaffAccess::PasskeyRemoved {
            passkey: (passkey(1, 1).id, 2),
            staff: (person(1, "x1").id, 3),
            but: session(2),
            at: NOON,
        };
        apply(&store, 8, [access(removed)]).await;
        assert!(store.staff_passkey(&handle).await.unwrap().is_none());
        let token = |number| TokenHash(long(53, number));
        assert!(store.staff_session(token(1)).await.unwrap().is_none());
        assert!(store.staff_session(token(2)).await.unwrap().is_some());
        let (staff, at) = (person(1, "x1").id, NOON);
        apply(&store, 9, [access(StaffAccess::Ended { staff, at })]).await;
        assert!(store.staff_session(token(2)).await.unwrap().is_none());
        assert!(store.all_staff_passkeys().await.unwrap().is_empty());
    }
}
