//! Sessions, conversations, one-time codes and OpenID Connect requests.
//!
//! **Invariant:** a token is known by its hash alone.

use crate::bytes::{Digest, Sealed};
use crate::context::Context;
use crate::elsewhere::{Elsewhere, ProofPlace};
use crate::id::{ApplicationId, AuthorizationId, ChallengeId, DeviceId, InteractionId, SessionId};
use crate::known::CustomerKnown;
use crate::login::ChannelKind;
use crate::moment::Moment;
use crate::proof::Method;

/// A session at the hosted pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionKnown {
    /// The id.
    pub id: SessionId,
    /// Whose.
    pub customer: CustomerKnown,
    /// On which device.
    pub device: Option<DeviceId>,
    /// When the customer proved who they are.
    pub proved: Moment,
    /// How.
    pub methods: Vec<Method>,
    /// The last proof that was given inside the session, and when.
    pub again: Option<(Method, Moment)>,
    /// Last request, to within a minute.
    pub last: Moment,
    /// End in any case.
    pub ends: Moment,
    /// From where its last proof was given.
    pub place: ProofPlace,
    /// What the place of whoever uses it now is to that; as it is loaded, [`Elsewhere::Moved`].
    pub elsewhere: Elsewhere,
    /// When it was last written down that it is used in another country or by another program.
    pub strange: Option<Moment>,
}

/// A session as its customer finds it in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionListed {
    /// The session.
    pub session: SessionKnown,
    /// From where it was opened, as far as the history still tells.
    pub context: Option<Context>,
}

/// What kind of conversation an interaction is. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InteractionKind {
    /// Another way to be reached, waiting for the proof of it.
    ChangeContact,
    /// Getting back what was lost.
    Recover,
    /// Signing in, password proved, waiting for a second proof.
    SignIn,
    /// Registration, waiting for the proof of the channel.
    SignUp,
}

impl InteractionKind {
    /// The word as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ChangeContact => "change_contact",
            Self::Recover => "recover",
            Self::SignIn => "sign_in",
            Self::SignUp => "sign_up",
        }
    }

    /// The kind of a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "change_contact" => Some(Self::ChangeContact),
            "recover" => Some(Self::Recover),
            "sign_in" => Some(Self::SignIn),
            "sign_up" => Some(Self::SignUp),
            _ => None,
        }
    }
}

/// A conversation in progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InteractionKnown {
    /// The id.
    pub id: InteractionId,
    /// What it is about.
    pub kind: InteractionKind,
    /// The customer, once known. A sign-up has none.
    pub customer: Option<CustomerKnown>,
    /// Private state, sealed by gate.
    pub state: Sealed,
    /// When it ends.
    pub expires: Moment,
    /// How many codes were sent in it.
    pub codes: i64,
    /// Counts up with every change; a closed interaction is not found any more.
    pub revision: i64,
}

/// A one-time code that was sent and not yet used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChallengeKnown {
    /// The id.
    pub id: ChallengeId,
    /// Mail or text message.
    pub kind: ChannelKind,
    /// What it is bound to: an interaction or an operation's digest.
    pub bound: Digest,
    /// Keyed hash of the code.
    pub code: Digest,
    /// When it was sent.
    pub sent: Moment,
    /// When it ends.
    pub expires: Moment,
}

/// An OpenID Connect authorization request, kept while the customer signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationKnown {
    /// The id, carried in the address of the sign-in page.
    pub id: AuthorizationId,
    /// The client.
    pub application: ApplicationId,
    /// The validated redirect address.
    pub redirect_uri: String,
    /// `state`, `nonce`, `scope`, `code_challenge`, `acr_values`, `max_age`, `prompt`, `ui_locales`
    /// as JSON, sealed by gate.
    pub parameters: String,
    /// When it was made.
    pub created: Moment,
    /// When it ends.
    pub expires: Moment,
}

/// An OpenID Connect code that was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeKnown {
    /// The request it answers.
    pub authorization: AuthorizationKnown,
    /// The customer.
    pub customer: CustomerKnown,
    /// The session.
    pub session: SessionId,
    /// When the customer proved who they are.
    pub proved: Moment,
    /// How.
    pub methods: Vec<Method>,
    /// When the code ends.
    pub expires: Moment,
    /// When it was redeemed.
    pub redeemed: Option<Moment>,
}
