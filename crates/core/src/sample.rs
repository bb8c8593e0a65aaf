#![cfg(test)]
//! Customers, sessions and channels for the tests of acts.

use crate::access::OperationKind;
use crate::bytes::{BlindIndex, Digest, Sealed, TokenHash};
use crate::context::{Address, Context, Place, Terminal};
use crate::id::{
    ApplicationId, ChannelId, CredentialId, CustomerId, DecisionId, OperationId, SessionId, StaffId,
};
use crate::known::{
    Attestation, Backup, ChannelKnown, ChannelPurpose, CustomerKnown, CustomerState,
    OperationKnown, PasskeyKnown, RiskKnown, Seen, SessionKnown, StaffKnown, StaffName, StaffRole,
    Strange, TraitKnown,
};
use crate::login::ChannelKind;
use crate::moment::{Moment, Span};
use crate::notice::Locale;
use crate::operation::OperationState;
use crate::policy::Policy;
use crate::proof::{Method, UserSeen};
use crate::sighting::{Trait, TraitKind};
use crate::text::{Line, Reference};
use crate::verdict::Requirement;

pub(crate) const NOW: Moment = Moment(1_795_219_200_000_000);

pub(crate) fn policy() -> Policy {
    Policy::profile(Policy::DEFAULT).unwrap()
}

/// A person of the firm's first day.
pub(crate) fn person(number: u8, roles: &[StaffRole]) -> StaffKnown {
    StaffKnown {
        id: StaffId([number; 16]),
        name: StaffName::parse(&format!("p{number}")).unwrap(),
        roles: roles.to_vec(),
        hash: TokenHash([number; 32]),
        created: NOW,
        given: NOW,
        founded: NOW,
        disabled: None,
        revision: 3,
    }
}

/// The same where the firm has had people for long, whose secret is so old.
pub(crate) fn given(age: Span, known: StaffKnown) -> StaffKnown {
    StaffKnown {
        given: NOW.minus(age),
        founded: NOW.minus(Span::days(900)),
        ..known
    }
}

pub(crate) fn context() -> Context {
    Context {
        address: Some(Address::from(std::net::IpAddr::from([203, 0, 113, 7]))),
        place: Place::default(),
        client: None,
        device: None,
        terminal: Terminal::Own,
    }
}

/// What is known of a place whose trait of this kind has been the customer's for a year.
pub(crate) fn settled(kinds: &[TraitKind]) -> RiskKnown {
    let year = NOW.minus(Span::days(365));
    let known = |kind: &TraitKind| TraitKnown {
        seen: Trait {
            kind: *kind,
            value: [1; 16],
        },
        own: Some(Seen {
            first: year,
            first_success: Some(year),
            last: year,
            successes: 9,
            failures: 0,
            guarded: 0,
        }),
        others: 0,
    };
    RiskKnown {
        traits: kinds.iter().map(known).collect(),
        ..RiskKnown::default()
    }
}

pub(crate) fn customer(number: u8) -> CustomerKnown {
    CustomerKnown {
        id: CustomerId([number; 16]),
        reference: Reference::parse(&format!("C-{number}")).unwrap(),
        state: CustomerState::Active,
        revision: 4,
        created: NOW.minus(Span::days(400)),
        locale: Locale::Ja,
        contact_changed: None,
        contact_doubted: None,
        passkey_removed: None,
        pin_recovered: None,
    }
}

/// The session `number` of customer `owner`, opened an hour ago.
pub(crate) fn session(number: u8, owner: u8) -> SessionKnown {
    SessionKnown {
        id: SessionId([number; 16]),
        customer: customer(owner),
        device: None,
        proved: NOW.minus(Span::hours(1)),
        methods: vec![Method::Password, Method::MailCode],
        again: None,
        last: NOW,
        ends: NOW.plus(Span::hours(11)),
        place: crate::elsewhere::ProofPlace::default(),
        elsewhere: crate::elsewhere::Elsewhere::Same,
        strange: None,
    }
}

/// Three channels of customer 1, of which the last was never verified.
pub(crate) fn channels() -> Vec<ChannelKnown> {
    let channel = |number: u8, kind, verified| ChannelKnown {
        id: ChannelId([number; 16]),
        customer: CustomerId([1; 16]),
        kind,
        purpose: ChannelPurpose::Login,
        sealed: Sealed(vec![number; 40]),
        index: BlindIndex(vec![number; 4]),
        verified,
    };
    vec![
        channel(1, ChannelKind::Mail, Some(NOW)),
        channel(2, ChannelKind::Sms, Some(NOW)),
        channel(3, ChannelKind::Mail, None),
    ]
}

/// Passkey `number` of customer 1, added at a strange place a year ago.
pub(crate) fn passkey(number: u8) -> PasskeyKnown {
    PasskeyKnown {
        id: CredentialId([number; 16]),
        customer: CustomerId([1; 16]),
        rp_id: "example.jp".to_owned(),
        handle: vec![number; 32],
        user_handle: vec![1; 16],
        public_key: vec![7; 77],
        sign_count: 0,
        seen: UserSeen::Verified,
        backup: Backup::Bound,
        aaguid: [0; 16],
        attestation: Attestation::Absent,
        transports: Vec::new(),
        name: Line::parse("key").unwrap(),
        place: Strange::New,
        created: NOW.minus(Span::days(365)),
        last: None,
        revision: 1,
    }
}

/// A withdrawal of customer 1 that waits for its confirmation.
pub(crate) fn operation(required: &[Requirement]) -> OperationKnown {
    OperationKnown {
        id: OperationId([5; 16]),
        application: ApplicationId([6; 16]),
        customer: customer(1),
        kind: OperationKind::parse("withdraw").unwrap(),
        fields: Sealed(vec![1]),
        digest: Digest([7; 32]),
        state: OperationState::Pending,
        required: required.to_vec(),
        payout_changed: None,
        hold: None,
        ended: None,
        nonce: None,
        way: crate::known::Way::default(),
        return_uri: None,
        decision: DecisionId([8; 16]),
        created: NOW,
        expires: NOW.plus(Span::minutes(10)),
        grant: None,
        revision: 1,
    }
}
