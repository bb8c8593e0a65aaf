//! One decision that makes every kind of change there is, for the tests that break it.
//!
//! **Invariant:** a new kind of change does not compile until it is counted here.

use super::customers::code_sent;
use super::*;
use sekisho_core::access::OperationKind;
use sekisho_core::bytes::{CounterKey, Digest, Sealed, TokenHash};
use sekisho_core::change::{
    CodeIssued, CodeTexted, CredentialSet, DeviceRemembered, DeviceRotated, HoldChange,
    LimitChange, PasswordVoided, ReportCodeIssued, SessionProved, SessionStrange, SiemChange,
    SightingsVoided, Stands, StatementKept,
};
use sekisho_core::guess::Counted;
use sekisho_core::id::{
    ApiCredentialId, AuthorizationId, ChallengeId, ChannelId, CredentialId, DeviceId,
    InteractionId, NoticeId, OperationId, SessionId,
};
use sekisho_core::known::{
    ApiScope, ContactChangeKnown, InteractionKind, LimitKnown, RecoveryKind, RecoveryKnown, Strange,
};
use sekisho_core::log::{Leaf, LogChange, LogGrown, LogKnown, LogMended, Salt};
use sekisho_core::moment::Span;
use sekisho_core::money::Currency;
use sekisho_core::operation::OperationState;
use sekisho_core::outcome::Outcome;
use sekisho_core::proof::Method;
use sekisho_core::siem::Way;
use sekisho_core::sighting::Trait;
use sekisho_core::tlog::Tile;
use sekisho_sim::sample::{
    APPLICATION, NOON, address, customer, decision_id, hold, long, notice, proof_place, raw,
};

fn withdraw() -> OperationKind {
    OperationKind::parse("withdraw").unwrap()
}

/// What has to be there before [`everything`] can land.
pub(super) async fn ground(store: &Store) {
    found(store).await;
    let mut kinds = vec![sample::session(1), code_sent(1, Digest([1; 32]), Some(1))];
    kinds.push(Change::OperationCreated(Box::new(sample::operation(
        1,
        &withdraw(),
    ))));
    kinds.push(opened(1));
    kinds.push(opened(2));
    kinds.push(authorization(1));
    kinds.push(code(1, 1));
    kinds.push(credential(1));
    kinds.push(key("one"));
    kinds.push(device(1));
    kinds.push(report_code(1));
    kinds.push(super::passkeys::added(1, 1));
    let decision = sample::making(902, kinds).telling((1..=5).map(notice));
    land(store, &decision).await;
    let (id, at) = (NoticeId(raw(11, 5)), NOON);
    apply(
        store,
        903,
        [Change::NoticeDropped {
            id,
            at,
            error: "gone".to_owned(),
        }],
    )
    .await;
}

fn opened(number: u64) -> Change {
    Change::InteractionOpened {
        id: InteractionId(raw(12, number)),
        token: TokenHash(long(12, number)),
        kind: InteractionKind::SignIn,
        customer: Some(customer(1)),
        state: Sealed(vec![12; 90]),
        at: NOON,
        expires: NOON.plus(Span::minutes(30)),
    }
}

fn authorization(number: u64) -> Change {
    Change::AuthorizationRequested(sekisho_core::change::AuthorizationRequested {
        id: AuthorizationId(raw(15, number)),
        application: APPLICATION,
        redirect_uri: "https://hinode.example/callback".to_owned(),
        parameters: "{}".to_owned(),
        at: NOON,
        expires: NOON.plus(Span::minutes(30)),
    })
}

fn code(number: u64, request: u64) -> Change {
    Change::CodeIssued(CodeIssued {
        code: TokenHash(long(16, number)),
        authorization: AuthorizationId(raw(15, request)),
        customer: customer(1),
        session: SessionId(raw(8, 1)),
        proved: NOON,
        methods: Vec::new(),
        expires: NOON.plus(Span::seconds(60)),
    })
}

fn credential(number: u64) -> Change {
    Change::ApiCredentialIssued {
        id: ApiCredentialId(raw(14, number)),
        application: APPLICATION,
        name: "backend".to_owned(),
        hash: TokenHash(long(14, number)),
        scopes: vec![ApiScope::Decisions],
        at: NOON,
    }
}

fn key(kid: &str) -> Change {
    let (sealed, public) = (Sealed(vec![3; 50]), "{}".to_owned());
    Change::SigningKeyAdded {
        kid: kid.to_owned(),
        sealed,
        public,
        at: NOON,
    }
}

fn device(number: u64) -> Change {
    Change::DeviceRemembered(DeviceRemembered {
        id: DeviceId(raw(9, number)),
        customer: customer(1),
        token: TokenHash(long(9, number)),
        client: None,
        at: NOON,
    })
}

fn report_code(number: u64) -> Change {
    Change::ReportCodeIssued(ReportCodeIssued {
        code: TokenHash(long(18, number)),
        decision: decision_id(1),
        customer: customer(1),
        expires: NOON.plus(Span::hours(72)),
    })
}

/// A decision with an access, a row of the feed, sightings, a message and every kind of change.
pub(super) fn everything(number: u64) -> Decision {
    let mut decision = sample::judged(number, 1);
    decision.changes = changes();
    decision
        .telling([notice(9)])
        .tried(super::attempts::origin(2))
}

fn changes() -> Vec<Change> {
    let mut all = vec![sample::application()];
    if let Change::ApplicationRegistered { id, .. } = &mut all[0] {
        id.0 = [33; 16];
    }
    all.extend(sample::newcomer(2).unwrap());
    all.extend(beginnings());
    all.extend(messages());
    all.extend(knowledge());
    all.extend(super::passkeys::changes());
    all.extend(contacts());
    all.extend(proofs());
    all.extend(super::backup_codes::changes());
    all.extend(super::pins::changes());
    all.extend(super::population::changes());
    all.extend(super::push::changes());
    all.extend(super::signals::changes());
    all.extend(super::stops::changes());
    all.extend(super::alerts::changes());
    all.extend(super::listings::changes());
    all.extend(super::campaigns::changes());
    all.extend(super::staff_access::changes());
    all.extend(super::cases::changes());
    all.extend(super::rules::changes());
    all.extend(super::totp::changes());
    all.extend(super::webhooks::changes());
    all.extend(endings());
    all.push(Change::Archive(Box::new(super::archives::kept(
        1,
        (0, 1),
        2,
    ))));
    all
}

fn beginnings() -> Vec<Change> {
    let at = NOON;
    let mut operation = sample::operation(2, &withdraw());
    operation.customer = customer(1);
    let hash = "better".to_owned();
    vec![
        credential(2),
        Change::ApiCredentialRevoked {
            id: ApiCredentialId(raw(14, 1)),
            at,
        },
        authorization(2),
        code(2, 2),
        Change::CodeRedeemed {
            code: TokenHash(long(16, 1)),
            at,
        },
        code_sent(2, Digest([2; 32]), Some(1)),
        Change::ChallengeUsed {
            id: ChallengeId(raw(13, 1)),
            at,
        },
        Change::CredentialRehashed {
            id: CredentialId(raw(5, 1)),
            revision: 1,
            hash,
        },
        device(2),
        Change::InteractionClosed {
            id: InteractionId(raw(12, 1)),
            revision: 1,
        },
        Change::InteractionCodeSent {
            id: InteractionId(raw(12, 2)),
            revision: 1,
        },
        opened(3),
        Change::OperationCreated(Box::new(operation)),
        Change::StatementKept(StatementKept {
            operation: OperationId(raw(10, 1)),
            decision: decision_id(1),
            digest: Digest([1; 32]),
            sealed: Sealed(vec![1, 2, 3]),
            at: NOON,
        }),
    ]
}

fn messages() -> Vec<Change> {
    let (at, until) = (NOON.plus(Span::hours(1)), NOON.plus(Span::hours(2)));
    let id = |number| NoticeId(raw(11, number));
    let error = || "421".to_owned();
    vec![
        Change::NoticeClaimed {
            id: id(1),
            at,
            until,
        },
        Change::NoticeDropped {
            id: id(2),
            at,
            error: error(),
        },
        Change::NoticePostponed {
            id: id(3),
            at,
            next: until,
            error: error(),
        },
        Change::NoticeRevived { id: id(5), at },
        Change::NoticeSent { id: id(4), at },
    ]
}

fn knowledge() -> Vec<Change> {
    let (at, who) = (NOON, customer(1));
    let kept = Change::IdempotencyKept {
        application: APPLICATION,
        key: "key".to_owned(),
        request: Digest([8; 32]),
        decision: decision_id(1),
        operation: None,
        at,
    };
    let waits = SiemChange::Waits {
        way: Way::Siem,
        id: decision_id(1),
    };
    let [began, grown, mended] = log().map(|change| Change::Siem(SiemChange::Log(change)));
    vec![
        kept,
        Change::Siem(waits),
        began,
        grown,
        mended,
        Change::FailureCounted {
            address: address(),
            at,
        },
        Change::OutcomeRecorded {
            decision: decision_id(1),
            outcome: Outcome::Completed,
            at,
        },
        Change::PayoutAccountChanged {
            customer: who,
            at,
            strange: Strange::Known,
        },
        Change::AmountMoved {
            customer: who,
            kind: withdraw(),
            minor: 5,
        },
    ]
}

/// A log that begins, with a leaf and a full tile.
fn log() -> [LogChange; 3] {
    let began = LogKnown {
        origin: "broker.example/log".to_owned(),
        key: Sealed(vec![1]),
        verifier: "a key".to_owned(),
        size: 0,
        head: vec![0; 8],
        note: "a checkpoint".to_owned(),
        at: NOON,
    };
    let grown = |from: u64, note: &str| LogGrown {
        from,
        leaves: vec![Leaf {
            decision: decision_id(from + 1),
            salt: Salt([3; 16]),
            data: "{}".to_owned(),
        }],
        tiles: vec![(
            Tile {
                level: 0,
                index: from,
                width: 256,
            },
            vec![4; 32],
        )],
        head: vec![5; 40],
        note: note.to_owned(),
        at: NOON,
    };
    let mended = LogMended {
        seen: "a checkpoint of one".to_owned(),
        grown: grown(1, "a checkpoint of two"),
    };
    [
        LogChange::Began(Box::new(began)),
        LogChange::Grown(Box::new(grown(0, "a checkpoint of one"))),
        LogChange::Mended(Box::new(mended)),
    ]
}

/// How a customer is reached, and on which devices.
fn contacts() -> Vec<Change> {
    let (at, who) = (NOON, customer(2));
    let channel = |number| ChannelId(raw(4, number));
    vec![
        Change::CustomerContactChanged {
            id: who,
            revision: 1,
            at,
        },
        Change::ChannelRetired { id: channel(2), at },
        Change::ChannelRestored { id: channel(2) },
        Change::LoginReleased {
            name: CounterKey([8; 16]),
            customer: who,
        },
        Change::LoginRestored {
            name: CounterKey([8; 16]),
            customer: who,
        },
        Change::ContactChanged(ContactChangeKnown {
            decision: decision_id(1),
            customer: who,
            added: channel(2),
            retired: None,
            at,
        }),
        Change::ContactUndone {
            decision: decision_id(1),
            at,
        },
        Change::Limit(LimitChange::Counted {
            customer: who,
            kind: withdraw(),
            seen: LimitKnown::none(Currency::parse("JPY").unwrap()),
        }),
        Change::Hold(Box::new(HoldChange::AllHeld {
            customer: who,
            kinds: vec![withdraw()],
            hold: hold(at),
            confirmed: at.minus(Span::seconds(60)),
        })),
        Change::Hold(Box::new(HoldChange::CodesVoided { customer: who })),
        Change::DeviceNamed {
            id: DeviceId(raw(9, 2)),
            customer: customer(1),
            name: Some(Sealed(vec![9; 40])),
        },
        Change::DeviceRotated(DeviceRotated {
            id: DeviceId(raw(9, 2)),
            customer: customer(1),
            presented: TokenHash(long(9, 2)),
            issued: TokenHash(long(9, 1002)),
            at,
            spared: at,
        }),
        Change::DeviceForgotten {
            id: DeviceId(raw(9, 2)),
            customer: customer(1),
            but: SessionId(raw(8, 1)),
            at,
        },
    ]
}

/// What a customer changes who is signed in.
fn proofs() -> Vec<Change> {
    let at = NOON;
    vec![
        Change::CredentialSet(CredentialSet {
            id: CredentialId(raw(5, 2)),
            revision: 1,
            hash: "another".to_owned(),
            at,
        }),
        Change::PasswordVoided(PasswordVoided {
            id: CredentialId(raw(5, 2)),
            revision: 2,
            at,
        }),
        Change::SessionProved(SessionProved {
            id: SessionId(raw(8, 1)),
            token: TokenHash(long(8, 77)),
            method: Method::MailCode,
            at,
            place: proof_place(),
        }),
        Change::SessionStrange(SessionStrange {
            id: SessionId(raw(8, 1)),
            at,
            since: None,
        }),
        Change::Stands(Stands::Session {
            id: SessionId(raw(8, 1)),
            customer: customer(1),
        }),
        Change::CodeTexted(CodeTexted {
            notice: NoticeId(raw(11, 1)),
            back: [1, 2].map(|one| (CounterKey([one; 16]), Span::hours(1))),
        }),
        Change::RecoveryBegun(recovery(1)),
        Change::RecoveryEnded(recovery(1)),
        Change::RecoveryBegun(recovery(2)),
    ]
}

/// A recovery of customer 1 that waits for a day.
pub(super) fn recovery(number: u64) -> RecoveryKnown {
    let due = NOON.plus(Span::days(1));
    RecoveryKnown {
        decision: decision_id(500 + number),
        customer: customer(1),
        kind: RecoveryKind::Password,
        begun: NOON,
        due,
        expires: due.plus(Span::days(7)),
    }
}

/// What undoes what others do, so it comes last.
fn endings() -> Vec<Change> {
    let (at, key_one) = (NOON, CounterKey([1; 16]));
    let session = |number| SessionId(raw(8, number));
    vec![
        Change::OperationMoved {
            id: sample::operation(1, &withdraw()).id,
            revision: 1,
            to: OperationState::Refused,
            at,
            grant: None,
        },
        report_code(2),
        Change::ReportCodeUsed {
            code: TokenHash(long(18, 1)),
            at,
        },
        sample::session(2),
        Change::SessionSeen {
            id: session(2),
            at: at.plus(Span::hours(1)),
        },
        Change::SessionEnded { id: session(2), at },
        key("two"),
        Change::SigningKeyRetired {
            kid: "one".to_owned(),
            until: at,
        },
        sample::reserved(key_one, 5, at),
        Change::TriesOpened { key: key_one },
        Change::TriesCleared { key: key_one },
        sample::reserved(CounterKey([2; 16]), 5, at),
        Change::TryPaced {
            key: CounterKey([3; 16]),
            counted: Counted::NetworkMessage,
            limit: 50,
            at,
            pause: Span::seconds(18),
        },
        Change::OtherSessionsEnded {
            customer: customer(1),
            but: session(1),
            at,
        },
        Change::SessionsEnded {
            customer: customer(1),
            at,
        },
        Change::CustomerFrozen {
            id: customer(1),
            revision: 4,
            doubted: Some(NOON),
        },
        Change::CustomerThawed {
            id: customer(1),
            revision: 5,
        },
        Change::LoginClaimed {
            name: CounterKey([9; 16]),
            customer: customer(1),
        },
        Change::SightingsVoided(SightingsVoided {
            customer: customer(1),
            traits: Trait::of_address(address()).to_vec(),
            since: at,
            at,
        }),
        Change::ExpiredRemoved {
            before: at.minus(Span::days(1)),
            messages: at.minus(Span::days(400)),
        },
    ]
}

/// The name of a change's kind, as `Debug` begins it.
fn kind(change: &Change) -> String {
    let shown = format!("{change:?}");
    shown
        .split([' ', '('])
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn every_kind_of_change_is_there() {
    let source = include_str!("../../../../crates/core/src/change.rs");
    let (_, body) = source.split_once("pub enum Change {").unwrap();
    let (body, _) = body.split_once("\n}").unwrap();
    let declared = body.lines().filter_map(|line| {
        let name = line.strip_prefix("    ")?.split([' ', '(', ',']).next()?;
        name.starts_with(|letter: char| letter.is_ascii_uppercase())
            .then(|| name.to_owned())
    });
    let made: Vec<_> = changes().iter().map(kind).collect();
    let missing: Vec<_> = declared.filter(|name| !made.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(made.len() > 40, "{}", made.len());
}
