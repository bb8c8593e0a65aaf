//! The vocabulary of the core crate as cells.
//!
//! **Invariant:** what is written here is what `load` reads.

use crate::sql::Value;
use sekisho_core::bytes::{BlindIndex, CounterKey, Digest, Sealed, TokenHash};
use sekisho_core::context::Address;
use sekisho_core::id::RuleSetId;
use sekisho_core::id::{
    AlertId, ApiCredentialId, ApplicationId, AuthorizationId, CallId, CampaignId, CaseId,
    ChallengeId, ChannelId, CredentialId, CustomerId, DecisionId, DeviceId, GrantId, InteractionId,
    ListingId, NoticeId, OperationId, SessionId, StaffId, StaffSessionId, StopId,
};
use sekisho_core::known::Strange;
use sekisho_core::moment::Moment;
use sekisho_core::proof::Method;

/// Longest free text that is kept, in characters: an SMTP server's answer, the name of a
/// credential.
const LONGEST_TEXT: usize = 1_000;

macro_rules! bytes {
    ($($name:ident),* $(,)?) => {
        $(impl From<$name> for Value {
            fn from(value: $name) -> Self {
                value.0.into()
            }
        })*
    };
}

bytes!(
    AlertId,
    ApiCredentialId,
    ApplicationId,
    AuthorizationId,
    CallId,
    CampaignId,
    CaseId,
    ChallengeId,
    ChannelId,
    CounterKey,
    CredentialId,
    CustomerId,
    RuleSetId,
    DecisionId,
    DeviceId,
    Digest,
    GrantId,
    InteractionId,
    Moment,
    NoticeId,
    OperationId,
    SessionId,
    StaffId,
    StaffSessionId,
    StopId,
    ListingId,
    TokenHash,
);

impl From<Address> for Value {
    fn from(value: Address) -> Self {
        value.bytes().into()
    }
}

impl From<&Sealed> for Value {
    fn from(value: &Sealed) -> Self {
        value.0.as_slice().into()
    }
}

impl From<&BlindIndex> for Value {
    fn from(value: &BlindIndex) -> Self {
        value.0.as_slice().into()
    }
}

impl From<Strange> for Value {
    fn from(value: Strange) -> Self {
        (value == Strange::New).into()
    }
}

/// Words in one cell, separated by a space.
pub(crate) fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Value {
    words.into_iter().collect::<Vec<_>>().join(" ").into()
}

pub(super) fn methods(methods: &[Method]) -> Value {
    words(methods.iter().map(|method| method.word()))
}

/// One element a line.
pub(super) fn lines(lines: &[String]) -> Value {
    lines.join("\n").into()
}

/// Free text from elsewhere: bounded, and without the zero byte that PostgreSQL cannot hold.
pub(crate) fn free(text: &str) -> Value {
    let clean = |letter| if letter == '\0' { '\u{fffd}' } else { letter };
    text.chars()
        .take(LONGEST_TEXT)
        .map(clean)
        .collect::<String>()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_text_is_bounded_and_has_no_zero_byte() {
        assert_eq!(free("550 no\0such"), "550 no\u{fffd}such".into());
        let Value::Text(kept) = free(&"界".repeat(5_000)) else {
            panic!("text")
        };
        assert_eq!(kept.chars().count(), LONGEST_TEXT);
    }
}
