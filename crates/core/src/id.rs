//! Identifiers: sixteen bytes, one type for each kind of thing, written as a prefix and 26
//! Crockford base-32 letters.
//!
//! **Invariant:** an identifier of one kind cannot be passed where another is expected, and it is
//! never a secret.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Why a text is not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier that starts with {prefix}_ and has 26 letters after it")]
pub struct NotAnId {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

fn write_base32(raw: [u8; 16], f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    let number = u128::from_be_bytes(raw);
    for place in (0..26).rev() {
        let digit = usize::try_from((number >> (place * 5)) & 31).unwrap_or_default();
        write!(f, "{}", char::from(ALPHABET[digit]))?;
    }
    Ok(())
}

fn read_base32(text: &str) -> Option<[u8; 16]> {
    if text.len() != 26 {
        return None;
    }
    let mut number: u128 = 0;
    for (place, letter) in text.bytes().enumerate() {
        let digit = ALPHABET.iter().position(|known| *known == letter)?;
        if place == 0 && digit > 7 {
            return None;
        }
        number = (number << 5) | u128::try_from(digit).ok()?;
    }
    Some(number.to_be_bytes())
}

impl NoticeId {
    /// The id of the same message on the customer's channel number `place`.
    #[must_use]
    pub const fn on_channel(self, place: u8) -> Self {
        let mut raw = self.0;
        raw[15] ^= place;
        Self(raw)
    }
}

/// Declares one kind of identifier.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// The prefix of the written form, without the underscore.
            pub const PREFIX: &'static str = $prefix;
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!($prefix, "_"))?;
                write_base32(self.0, f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{self}")
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(read_base32)
                    .map(Self)
                    .ok_or(NotAnId { prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// A customer.
    CustomerId,
    "cus"
);
id!(
    /// A way to reach a customer: mail address or phone.
    ChannelId,
    "chn"
);
id!(
    /// Something a customer proves with: a password, later a passkey.
    CredentialId,
    "crd"
);
id!(
    /// A browser or phone that was recognised before.
    DeviceId,
    "dev"
);
id!(
    /// A signed-in session at the hosted pages.
    SessionId,
    "ses"
);
id!(
    /// A conversation in progress on the hosted pages: sign-up, sign-in, confirmation.
    InteractionId,
    "int"
);
id!(
    /// A one-time code that was sent.
    ChallengeId,
    "chl"
);
id!(
    /// A guarded operation.
    OperationId,
    "opr"
);
id!(
    /// A grant: the single-use permission to carry out one operation. The `jti` of its token.
    GrantId,
    "gra"
);
id!(
    /// A decision, and the audit entry that records it.
    DecisionId,
    "dec"
);
id!(
    /// A notice to a customer, and its row in the outbox.
    NoticeId,
    "ntc"
);
id!(
    /// An application that uses Sekisho: an OpenID Connect client and the owner of API credentials.
    ApplicationId,
    "app"
);
id!(
    /// An API credential of an application.
    ApiCredentialId,
    "key"
);
id!(
    /// A campaign: a message to a chosen set of customers.
    CampaignId,
    "cmp"
);
id!(
    /// An alert: an attack across customers that was found.
    AlertId,
    "alr"
);
id!(
    /// An OpenID Connect authorization request in progress.
    AuthorizationId,
    "aut"
);
id!(
    /// Something that was found and that a person has to look into.
    CaseId,
    "cas"
);
id!(
    /// A call at the support desk whose customer proved who they are.
    CallId,
    "cal"
);
id!(
    /// A person of the firm.
    StaffId,
    "stf"
);
id!(
    /// A session of a person of the firm in the console.
    StaffSessionId,
    "sts"
);
id!(
    /// A network on the firm's own list, for a time.
    ListingId,
    "lst"
);
id!(
    /// A rule set that is kept.
    RuleSetId,
    "rul"
);
id!(
    /// A stop: operations that are switched off.
    StopId,
    "stp"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_being_written_and_read() {
        for raw in [[0; 16], [255; 16], *b"0123456789abcdef"] {
            let id = CustomerId(raw);
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn another_kind_a_wrong_letter_or_an_overflow_is_refused() {
        let id = CustomerId([7; 16]).to_string();
        assert!(id.parse::<OperationId>().is_err());
        assert!(id.replace('0', "u").parse::<CustomerId>().is_err());
        assert!(
            "cus_80000000000000000000000000"
                .parse::<CustomerId>()
                .is_err()
        );
        assert!("cus_".parse::<CustomerId>().is_err());
    }
}
