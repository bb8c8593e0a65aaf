//! Decisions to commit, made of numbered values.
//!
//! **Invariant:** two samples with different numbers share no id.

use sekisho_core::access::{Access, Act, OperationKind};
use sekisho_core::bytes::{BlindIndex, CounterKey, Digest, Sealed, TokenHash};
use sekisho_core::change::{Change, OperationCreated};
use sekisho_core::client_family::ClientFamily;
use sekisho_core::context::{Address, Country};
use sekisho_core::decision::Decision;
use sekisho_core::elsewhere::ProofPlace;
use sekisho_core::entry::{Actor, Entry};
use sekisho_core::guess::Counted;
use sekisho_core::hold::Hold;
use sekisho_core::id::{
    ApplicationId, ChannelId, CredentialId, CustomerId, DecisionId, DeviceId, NoticeId,
    OperationId, SessionId,
};
use sekisho_core::known::{ChannelKnown, ChannelPurpose, Strange, Way};
use sekisho_core::login::ChannelKind;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::notice::{Carrier, Locale, Notice, NoticeKind, Recipient};
use sekisho_core::operation::OperationState;
use sekisho_core::proof::Method;
use sekisho_core::reason::Reason;
use sekisho_core::sighting::{Ending, Scope, Sighting, Trait};
use sekisho_core::text::{NotAReference, Reference};
use sekisho_core::verdict::{Requirement, Verdict, VerdictKind};

/// 2026-11-21T00:00:00Z.
pub const NOON: Moment = Moment(1_795_219_200_000_000);

/// Sixteen bytes that stand for `kind` and `number`.
#[must_use]
pub fn raw(kind: u8, number: u64) -> [u8; 16] {
    let mut raw = [kind; 16];
    raw[8..].copy_from_slice(&number.to_be_bytes());
    raw
}

/// Thirty-two bytes that stand for `kind` and `number`.
#[must_use]
pub fn long(kind: u8, number: u64) -> [u8; 32] {
    let mut long = [kind; 32];
    long[24..].copy_from_slice(&number.to_be_bytes());
    long
}

/// The customer with this number.
#[must_use]
pub fn customer(number: u64) -> CustomerId {
    CustomerId(raw(1, number))
}

/// The decision with this number.
#[must_use]
pub fn decision_id(number: u64) -> DecisionId {
    DecisionId(raw(2, number))
}

/// The application of all samples.
pub const APPLICATION: ApplicationId = ApplicationId([3; 16]);

/// The address of all samples: 203.0.113.7.
#[must_use]
pub fn address() -> Address {
    Address::from(std::net::IpAddr::from([203, 0, 113, 7]))
}

/// How applications call the customer with this number.
///
/// # Errors
/// Never; the signature is that of the parser.
pub fn reference(number: u64) -> Result<Reference, NotAReference> {
    Reference::parse(&format!("C-{number:06}"))
}

/// An entry about nobody.
#[must_use]
pub fn entry(number: u64) -> Entry {
    Entry {
        id: decision_id(number),
        at: NOON.plus(Span(i64::try_from(number).unwrap_or(i64::MAX))),
        act: Act::SignIn,
        actor: Actor::Application(APPLICATION),
        customer: None,
        operation: None,
        verdict: Verdict::Allow,
        reasons: vec![Reason::Proved],
        policy: "test-1".to_owned(),
        facts: "{}".to_owned(),
    }
}

/// A decision that makes `changes`.
pub fn making(number: u64, changes: impl IntoIterator<Item = Change>) -> Decision {
    Decision::of(entry(number)).with(changes)
}

/// The changes that make the customer with this number, with a mail address and a password.
///
/// # Errors
/// Those of [`reference()`].
pub fn newcomer(number: u64) -> Result<Vec<Change>, NotAReference> {
    let id = customer(number);
    Ok(vec![
        Change::CustomerCreated {
            id,
            reference: reference(number)?,
            locale: Locale::Ja,
            at: NOON,
        },
        Change::ChannelAdded(ChannelKnown {
            id: ChannelId(raw(4, number)),
            customer: id,
            kind: ChannelKind::Mail,
            purpose: ChannelPurpose::Login,
            sealed: Sealed(vec![4; 60]),
            index: index(number),
            verified: Some(NOON),
        }),
        Change::CredentialAdded {
            id: CredentialId(raw(5, number)),
            customer: id,
            hash: format!("$argon2id$sample${number}"),
            at: NOON,
        },
    ])
}

/// The truncated index of the customer's mail address.
#[must_use]
pub fn index(number: u64) -> BlindIndex {
    BlindIndex(raw(6, number)[4..].to_vec())
}

/// The change that registers [`APPLICATION`].
#[must_use]
pub fn application() -> Change {
    Change::ApplicationRegistered {
        id: APPLICATION,
        name: "ひので証券".to_owned(),
        secret: Some(TokenHash(long(7, 0))),
        redirect_uris: vec!["https://hinode.example/callback".to_owned()],
        post_logout_uris: Vec::new(),
        at: NOON,
    }
}

/// The session with this number, of the customer with the same number.
#[must_use]
pub fn session(number: u64) -> Change {
    Change::SessionOpened {
        id: SessionId(raw(8, number)),
        token: TokenHash(long(8, number)),
        customer: customer(number),
        device: Some(DeviceId(raw(9, number))),
        proved: NOON,
        methods: vec![Method::Password, Method::MailCode],
        ends: NOON.plus(Span::hours(12)),
        place: proof_place(),
    }
}

/// From where sessions are proved.
#[must_use]
pub fn proof_place() -> ProofPlace {
    ProofPlace {
        network: Some(raw(10, 1)),
        system: Some(64_500),
        country: Country::parse("JP"),
        client: Some(ClientFamily::of("Mozilla/5.0 (iPhone) Safari/604.1")),
    }
}

/// The operation with this number, of the customer with the same number.
#[must_use]
pub fn operation(number: u64, kind: &OperationKind) -> OperationCreated {
    OperationCreated {
        id: OperationId(raw(10, number)),
        application: APPLICATION,
        customer: customer(number),
        kind: kind.clone(),
        fields: Sealed(vec![10; 120]),
        digest: Digest(long(10, number)),
        state: OperationState::Pending,
        required: vec![Requirement::Confirmation],
        hold: None,
        nonce: None,
        way: Way::default(),
        return_uri: Some("https://hinode.example/back".to_owned()),
        decision: decision_id(number),
        strange: Strange::New,
        at: NOON,
        expires: NOON.plus(Span::minutes(15)),
        amount: None,
        grant: None,
    }
}

/// A try at a password, of which `limit` lock for a quarter of an hour.
#[must_use]
pub fn reserved(key: CounterKey, limit: u16, at: Moment) -> Change {
    Change::TryReserved {
        key,
        counted: Counted::Password,
        limit,
        at,
        lock: Span::minutes(15),
        most: 12,
        closed: Span::days(365),
        kept: Span::days(20),
    }
}

/// A message to the customer with this number.
#[must_use]
pub fn notice(number: u64) -> Notice {
    Notice {
        id: NoticeId(raw(11, number)),
        customer: Some(customer(number)),
        to: Recipient {
            kind: Carrier::Mail,
            channel: None,
            sealed: Sealed(vec![1; 8]),
        },
        locale: Locale::Ja,
        expires: NOON.plus(Span::hours(72)),
        kind: NoticeKind::Frozen {
            freeze: sekisho_core::notice::FreezeEvent::Wanted,
        },
    }
}

/// A decision as `POST /v1/decisions` makes it: an entry, a row of the history, and eight sightings
/// of the customer with number `who`.
pub fn judged(number: u64, who: u64) -> Decision {
    let id = customer(who);
    let mut entry = entry(number);
    entry.customer = Some(id);
    entry.verdict = Verdict::requiring([Requirement::SecondFactor]);
    entry.reasons = vec![Reason::DeviceNew, Reason::CountryNew];
    entry.facts = r#"{"address":"new","network":"known","history":12}"#.to_owned();
    let mut decision = Decision::of(entry);
    decision.access = Some(Access {
        decision: decision.entry.id,
        customer: id,
        at: decision.entry.at,
        act: Act::SignIn,
        ending: Ending::Success,
        verdict: VerdictKind::StepUp,
        address: Some(address()),
        system: Some(2497),
        country: None,
        device: Some(DeviceId(raw(9, who))),
        client: None,
        application: Some(APPLICATION),
    });
    let mut traits = vec![Trait::ALL, Trait::of_system(2497)];
    traits.extend(Trait::of_address(address()));
    traits.push(Trait::of_device(DeviceId(raw(9, who))));
    traits.extend((0..3).map(|place| Trait::of_payout_account(raw(place, who))));
    decision.sightings = traits
        .into_iter()
        .map(|seen| sighting(&decision, seen, id))
        .collect();
    decision
}

fn sighting(decision: &Decision, seen: Trait, customer: CustomerId) -> Sighting {
    let (at, ending, scope) = (decision.entry.at, Ending::Success, Scope::Access);
    Sighting {
        seen,
        customer,
        at,
        ending,
        scope,
    }
}

/// A hold of a day, since a way to reach the customer was changed.
#[must_use]
pub fn hold(at: Moment) -> Hold {
    Hold {
        at,
        until: Some(at.plus(Span::hours(24))),
        ends: at.plus(Span::days(7)),
        reasons: vec![Reason::ContactFresh],
    }
}
