#![cfg(test)]
//! Customers, sessions and channels for the tests of acts.

use crate::bytes::{BlindIndex, Sealed};
use crate::context::{Address, Context, Place};
use crate::id::{ChannelId, CustomerId, SessionId};
use crate::known::{ChannelKnown, ChannelPurpose, CustomerKnown, CustomerState, SessionKnown};
use crate::login::ChannelKind;
use crate::moment::{Moment, Span};
use crate::notice::Locale;
use crate::policy::Policy;
use crate::proof::Method;
use crate::text::Reference;

pub(crate) const NOW: Moment = Moment(1_795_219_200_000_000);

pub(crate) fn policy() -> Policy {
    Policy::profile(Policy::DEFAULT).unwrap()
}

pub(crate) fn context() -> Context {
    Context {
        address: Some(Address::from(std::net::IpAddr::from([203, 0, 113, 7]))),
        place: Place::default(),
        client: None,
        device: None,
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
