//! An access: one attempt as it appears in the customer's login history and in the archive.
//!
//! **Invariant:** append-only; one row for every attempt that names a customer, whatever its
//! verdict.

use serde::{Deserialize, Serialize};

use crate::client_family::ClientFamily;
use crate::context::{Address, Context, Country, Place, Terminal};
use crate::entry::Entry;
use crate::id::{ApplicationId, CustomerId, DecisionId, DeviceId};
use crate::moment::Moment;
use crate::sighting::{Ending, Scope, Sighting, Trait};
use crate::text::Line;
use crate::verdict::VerdictKind;

/// An act, by the one word it has in every layer. Guarded operations carry their kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// A person at the machine changes applications, credentials or keys.
    Administer,
    /// People of the firm change by which rules everybody is judged.
    Adopt,
    /// A worker finds an attack across customers, or a person closes its alert.
    Alert,
    /// A customer approves on a phone what was asked for elsewhere.
    Approve,
    /// The support desk does something for a caller, or its customer makes the code for it.
    Assist,
    /// Rows of the history leave for the archive.
    Archive,
    /// An application asks for an OpenID Connect code on behalf of a session.
    Authorize,
    /// A message to a chosen set of customers.
    Campaign,
    /// A customer cancels an operation that waits.
    Cancel,
    /// A case is opened, taken or closed.
    Case,
    /// A customer adds or replaces a way to be reached.
    ChangeContact,
    /// A customer sets another password.
    ChangePassword,
    /// A customer confirms an operation.
    Confirm(OperationKind),
    /// A session is used again after a while.
    Continue,
    /// An outbox worker delivers a notice.
    Deliver,
    /// A customer removes a factor.
    Discard,
    /// A customer adds or renames a factor.
    Enrol,
    /// A customer ends sessions of their own.
    EndSession,
    /// A customer takes back that a device is remembered.
    ForgetDevice,
    /// A customer switches their account off.
    Freeze,
    /// A worker removes what has expired.
    Housekeep,
    /// Customers are taken over from another system.
    Import,
    /// A person of the firm opens a page of the console that names customers.
    Look,
    /// A customer calls a device something.
    NameDevice,
    /// A person of the firm lifts a stop, or wants it lifted.
    Lift,
    /// A person of the firm puts a network on the firm's own list, or takes it off.
    ListNetwork,
    /// An application asks for a guarded operation.
    Operate(OperationKind),
    /// An application reports how an operation ended.
    Outcome,
    /// A customer in a session shows once more who they are.
    Prove,
    /// A customer gets back what they lost.
    Recover,
    /// An application redeems a grant.
    Redeem,
    /// A held operation is released or refused, by time or by a person.
    Release,
    /// A customer is told that a password is old.
    Remind,
    /// A customer says "this was not me".
    Report,
    /// A person of the firm protects the account of a customer.
    Respond,
    /// A customer sets limits of their own, or what operations of a kind ask.
    Restrict,
    /// A try at a secret is reserved before it is checked.
    Reserve,
    /// Password sign-in.
    SignIn,
    /// A customer sets a transaction PIN.
    SetPin,
    /// End of a session.
    SignOut,
    /// Registration.
    SignUp,
    /// A person of the firm adds or removes a passkey of theirs.
    StaffEnrol,
    /// A person of the firm comes into the console.
    StaffSignIn,
    /// A person of the firm leaves the console.
    StaffSignOut,
    /// A second proof.
    StepUp,
    /// A person of the firm switches operations off.
    Stop,
    /// A person of the firm looks who was where.
    Sweep,
    /// An application is told what became of an operation.
    Tell,
    /// A frozen account is switched on again.
    Thaw,
}

impl Act {
    /// The word as stored and shown in the API: `sign_in`, or the kind of the operation.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Administer => "administer".into(),
            Self::Adopt => "adopt".into(),
            Self::Alert => "alert".into(),
            Self::Approve => "approve".into(),
            Self::Archive => "archive".into(),
            Self::Assist => "assist".into(),
            Self::Authorize => "authorize".into(),
            Self::Campaign => "campaign".into(),
            Self::Cancel => "cancel".into(),
            Self::Case => "case".into(),
            Self::ChangeContact => "change_contact".into(),
            Self::ChangePassword => "change_password".into(),
            Self::Continue => "continue".into(),
            Self::Confirm(kind) => format!("confirm:{}", kind.as_str()),
            Self::Deliver => "deliver".into(),
            Self::Discard => "discard".into(),
            Self::Enrol => "enrol".into(),
            Self::EndSession => "end_session".into(),
            Self::ForgetDevice => "forget_device".into(),
            Self::Freeze => "freeze".into(),
            Self::Lift => "lift".into(),
            Self::ListNetwork => "list_network".into(),
            Self::Look => "look".into(),
            Self::NameDevice => "name_device".into(),
            Self::Housekeep => "housekeep".into(),
            Self::Import => "import".into(),
            Self::Operate(kind) => kind.as_str().to_owned(),
            Self::Outcome => "outcome".into(),
            Self::Prove => "prove".into(),
            Self::Recover => "recover".into(),
            Self::Redeem => "redeem".into(),
            Self::Release => "release".into(),
            Self::Remind => "remind".into(),
            Self::Report => "report".into(),
            Self::Reserve => "reserve".into(),
            Self::Restrict => "restrict".into(),
            Self::SetPin => "set_pin".into(),
            Self::SignIn => "sign_in".into(),
            Self::SignOut => "sign_out".into(),
            Self::SignUp => "sign_up".into(),
            Self::StaffEnrol => "staff_enrol".into(),
            Self::StaffSignIn => "staff_sign_in".into(),
            Self::StaffSignOut => "staff_sign_out".into(),
            Self::StepUp => "step_up".into(),
            Self::Stop => "stop".into(),
            Self::Sweep => "sweep".into(),
            Self::Tell => "tell".into(),
            Self::Respond => "respond".into(),
            Self::Thaw => "thaw".into(),
        }
    }

    /// The act of a stored word; any other valid word is a guarded operation of the operator's own.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        if let Some(kind) = word.strip_prefix("confirm:") {
            return OperationKind::parse(kind).map(Self::Confirm);
        }
        Some(match word {
            "administer" => Self::Administer,
            "adopt" => Self::Adopt,
            "alert" => Self::Alert,
            "approve" => Self::Approve,
            "archive" => Self::Archive,
            "assist" => Self::Assist,
            "authorize" => Self::Authorize,
            "campaign" => Self::Campaign,
            "cancel" => Self::Cancel,
            "case" => Self::Case,
            "change_contact" => Self::ChangeContact,
            "change_password" => Self::ChangePassword,
            "continue" => Self::Continue,
            "deliver" => Self::Deliver,
            "discard" => Self::Discard,
            "enrol" => Self::Enrol,
            "end_session" => Self::EndSession,
            "forget_device" => Self::ForgetDevice,
            "freeze" => Self::Freeze,
            "name_device" => Self::NameDevice,
            "housekeep" => Self::Housekeep,
            "import" => Self::Import,
            "lift" => Self::Lift,
            "list_network" => Self::ListNetwork,
            "look" => Self::Look,
            "outcome" => Self::Outcome,
            "prove" => Self::Prove,
            "recover" => Self::Recover,
            "redeem" => Self::Redeem,
            "release" => Self::Release,
            "remind" => Self::Remind,
            "report" => Self::Report,
            "reserve" => Self::Reserve,
            "restrict" => Self::Restrict,
            "set_pin" => Self::SetPin,
            "sign_in" => Self::SignIn,
            "sign_out" => Self::SignOut,
            "sign_up" => Self::SignUp,
            "staff_enrol" => Self::StaffEnrol,
            "staff_sign_in" => Self::StaffSignIn,
            "staff_sign_out" => Self::StaffSignOut,
            "step_up" => Self::StepUp,
            "stop" => Self::Stop,
            "sweep" => Self::Sweep,
            "tell" => Self::Tell,
            "respond" => Self::Respond,
            "thaw" => Self::Thaw,
            other => Self::Operate(OperationKind::parse(other)?),
        })
    }
}

impl Serialize for Act {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.word())
    }
}

/// The kind of a guarded operation: `withdraw`, `payout_account_change`, or one that the operator
/// adds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct OperationKind(String);

impl OperationKind {
    /// Accepts 1 to 40 letters `a`–`z`, digits and underscores that start with a letter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let starts = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        (plain && starts && text.len() <= 40).then(|| Self(text.to_owned()))
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for OperationKind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(
                "an operation kind is 1 to 40 of a-z, 0-9 and _, starting with a letter",
            )
        })
    }
}

/// One row of the access history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The decision that judged it; also the row's key.
    pub decision: DecisionId,
    /// Whose history it belongs to.
    pub customer: CustomerId,
    /// When the attempt was made.
    pub at: Moment,
    /// What was attempted.
    pub act: Act,
    /// How it ended.
    pub ending: Ending,
    /// What was decided.
    pub verdict: VerdictKind,
    /// From where.
    pub address: Option<Address>,
    /// Autonomous system of the address, if an address file knew it.
    pub system: Option<u32>,
    /// Country of the address, if an address file knew it.
    pub country: Option<Country>,
    /// The device, if it was recognised.
    pub device: Option<DeviceId>,
    /// `browser/system`.
    pub client: Option<Line<32>>,
    /// Through which application.
    pub application: Option<ApplicationId>,
}

/// From what an access row and its sightings are made; the same for every act.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// Whose.
    pub customer: CustomerId,
    /// From where.
    pub context: &'a Context,
    /// Through which application.
    pub application: Option<ApplicationId>,
    /// How it ended.
    pub ending: Ending,
}

impl Visit<'_> {
    /// The row of the history that belongs to `entry`.
    #[must_use]
    pub fn access(&self, entry: &Entry) -> Access {
        Access {
            decision: entry.id,
            customer: self.customer,
            at: entry.at,
            act: entry.act.clone(),
            ending: self.ending,
            verdict: entry.verdict.kind(),
            address: self.context.address,
            system: self.context.place.system,
            country: self.context.place.country,
            device: self.context.device,
            client: self
                .context
                .client
                .and_then(|family| Line::parse(&family.to_string()).ok()),
            application: self.application,
        }
    }

    /// One sighting for each trait of the context, and for those in `more`.
    ///
    /// Of a browser that others use too it is kept that the customer was there, for who looks into
    /// it later; that it ended well makes nothing there the customer's.
    #[must_use]
    pub fn sightings(&self, entry: &Entry, more: &[Trait]) -> Vec<Sighting> {
        let scope = match entry.act {
            Act::Operate(_) | Act::Confirm(_) => Scope::Guarded,
            _ => Scope::Access,
        };
        let ending = match (self.ending, self.context.terminal) {
            (Ending::Success, Terminal::Shared) => Ending::Pending,
            (ending, Terminal::Own | Terminal::Shared) => ending,
        };
        let seen = |seen: &Trait| Sighting {
            seen: *seen,
            customer: self.customer,
            at: entry.at,
            ending,
            scope,
        };
        Trait::of_context(self.context)
            .iter()
            .chain(more)
            .map(seen)
            .collect()
    }
}

impl Access {
    /// The context as far as the row keeps it.
    #[must_use]
    pub fn context(&self) -> Context {
        Context {
            address: self.address,
            place: Place {
                system: self.system,
                country: self.country,
                ..Place::default()
            },
            client: self
                .client
                .as_ref()
                .map(|client| ClientFamily::parse(client.as_str())),
            device: self.device,
            terminal: Terminal::Own,
        }
    }
}
