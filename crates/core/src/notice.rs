//! Notices: what a customer is told, decided here, rendered when delivered.
//!
//! **Invariant:** a notice names its kind and its parameters, never a ready text, and never a link.

mod backup_code;
mod campaign;
mod check;
mod desk;
mod freeze;
mod hold;
mod operation;
mod pin;
mod restrict;

pub use crate::carrier::Carrier;
pub use backup_code::BackupEvent;
pub use campaign::{CampaignNotice, CampaignTold};
pub use check::{CheckAbout, CheckNotice};
pub use desk::DeskNotice;
pub use freeze::{FreezeEvent, RespondEvent};
pub use hold::{HoldEvent, HoldNotice};
pub use operation::{FreshReport, OperationAbout, OperationEvent};
pub use operation::{OperationNotice, OperationSubject};
pub use pin::PinEvent;
pub use restrict::RestrictEvent;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::bytes::Sealed;
use crate::id::{ChannelId, CustomerId, NoticeId};
use crate::known::RecoveryKind;
use crate::login::ChannelKind;
use crate::moment::{Moment, Span};
use crate::policy::Policy;

/// A language of pages and notices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    /// English.
    En,
    /// Japanese.
    #[default]
    Ja,
}

impl Locale {
    /// The language tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ja => "ja",
        }
    }

    /// The language of a tag such as `en-GB`; `None` for one that is not offered.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("ja") {
            Some(Self::Ja)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::En)
        } else {
            None
        }
    }
}

/// Where a notice goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// By what it travels.
    pub kind: Carrier,
    /// The customer's channel, when it is one of theirs.
    pub channel: Option<ChannelId>,
    /// The sealed address, number or subscription of a browser, as gate sealed it for the outbox
    /// or as stored with the channel.
    pub sealed: Sealed,
}

/// What is told.
#[derive(Clone, Debug)]
pub enum NoticeKind {
    /// Something waits for the customer's approval on this phone.
    Approve {
        /// What opens the page that shows it.
        secret: SecretString,
    },
    /// A phone approves from now on.
    ApproverAdded {
        /// The code to type if it was not the customer.
        report: SecretString,
        /// Masked place: network and client.
        place: String,
    },
    /// A phone approves no more.
    ApproverRemoved {
        /// The code to type if it was not the customer.
        report: SecretString,
    },
    /// A one-time code for registration or sign-in.
    Code {
        /// The code.
        code: SecretString,
        /// Minutes for which it works.
        minutes: u16,
    },
    /// A one-time code that confirms exactly one operation, named in the text.
    ConfirmCode {
        /// The code.
        code: SecretString,
        /// Minutes for which it works.
        minutes: u16,
        /// Name of the operation in the customer's language.
        operation: String,
        /// Amount as shown, if there is one.
        amount: Option<String>,
        /// Masked payee as shown, if there is one.
        payee: Option<String>,
    },
    /// See [`CampaignNotice`].
    Campaign(CampaignNotice),
    /// See [`CheckNotice`].
    Check(CheckNotice),
    /// See [`DeskNotice`].
    Desk(DeskNotice),
    /// Backup codes were made or used.
    BackupCodes {
        /// The code to type if it was not the customer; it voids codes that were made.
        report: SecretString,
        /// Masked place: network and client.
        place: String,
        /// What happened.
        event: BackupEvent,
    },
    /// A session was used by another program on another line.
    SessionElsewhere {
        /// The code to type if it was not the customer.
        report: SecretString,
        /// Masked place: network and client.
        place: String,
    },
    /// Somebody signed in.
    SignedIn {
        /// The code to type if it was not the customer.
        report: SecretString,
        /// Masked place: network and client.
        place: String,
    },
    /// Somebody tried to register with an address that is in use.
    SignUpAgain,
    /// See [`HoldNotice`].
    Hold(HoldNotice),
    /// What became of a guarded operation.
    Operation(OperationNotice),
    /// A factor was locked after too many wrong proofs.
    Locked {
        /// The code to type if it was not the customer.
        report: SecretString,
    },
    /// The account was frozen.
    Frozen {
        /// By what, and what it takes to switch it on again.
        freeze: FreezeEvent,
    },
    /// A passkey was added.
    PasskeyAdded {
        /// The code to type if it was not the customer.
        report: SecretString,
        /// The customer's name for it.
        name: String,
    },
    /// A passkey was removed.
    PasskeyRemoved {
        /// The code to type if it was not the customer.
        report: SecretString,
        /// The customer's name for it.
        name: String,
    },
    /// A passkey got another name.
    PasskeyRenamed {
        /// The code to type if it was not the customer.
        report: SecretString,
        /// The name before, and the one now.
        name: String,
    },
    /// A way to reach the customer was added or replaced.
    ContactChanged {
        /// The code to type if it was not the customer; it undoes the change.
        report: SecretString,
        /// Masked place: network and client.
        place: String,
        /// What was added: mail address or phone number.
        channel: ChannelKind,
    },
    /// A remembered device was forgotten.
    DeviceForgotten {
        /// The code to type if it was not the customer.
        report: SecretString,
        /// Masked place: network and client.
        place: String,
    },
    /// A copy of a remembered device was used, so the device was forgotten.
    DeviceReused {
        /// The code to type if it was not the customer.
        report: SecretString,
        /// Masked place: network and client.
        place: String,
    },
    /// The password was changed.
    PasswordChanged {
        /// The code to type if it was not the customer.
        report: SecretString,
        /// Masked place: network and client.
        place: String,
    },
    /// The password was set long ago.
    PasswordOld {
        /// For how many days passwords are used before a reminder.
        days: u16,
    },
    /// A transaction PIN was set.
    PinSet {
        /// The code to type if it was not the customer; it undoes the change.
        report: SecretString,
        /// Masked place: network and client.
        place: String,
        /// How.
        event: PinEvent,
    },
    /// A recovery was begun with every proof, and waits.
    RecoveryBegun {
        /// The code to type if it was not the customer; it ends the recovery.
        report: SecretString,
        /// Masked place: network and client.
        place: String,
        /// What is to be had back.
        recovery: RecoveryKind,
        /// Hours that it waits.
        hours: u16,
    },
    /// A recovery was ended.
    RecoveryEnded {
        /// What was to be had back.
        recovery: RecoveryKind,
    },
    /// Limits or choices of the customer's own were set.
    Restricted {
        /// The code to type if it was not the customer; it ends what does not count yet.
        report: SecretString,
        /// Masked place: network and client.
        place: String,
        /// Name of the operation in the customer's language.
        operation: String,
        /// What was set.
        event: RestrictEvent,
    },
    /// See [`RespondEvent`].
    Responded(RespondEvent),
    /// Staff opened locked factors again.
    Reopened {
        /// The code to type if it was not the customer.
        report: SecretString,
    },
    /// Sign-ins failed, though none of them locked anything.
    SignInFailed {
        /// The code to type if it was not the customer.
        report: SecretString,
        /// Masked place of the last one: network and client.
        place: String,
    },
    /// The freeze was lifted.
    Thawed {
        /// The code to type if it was not the customer.
        report: SecretString,
    },
    /// An authenticator app was added.
    TotpAdded {
        /// The code to type if it was not the customer.
        report: SecretString,
    },
    /// An authenticator app was removed.
    TotpRemoved {
        /// The code to type if it was not the customer.
        report: SecretString,
    },
}

impl NoticeKind {
    /// For how long what it says is of use: a code for its own life, everything else for that of a
    /// report code.
    #[must_use]
    pub fn life(&self, policy: &Policy) -> Span {
        match self {
            Self::Approve { .. } | Self::Code { .. } | Self::ConfirmCode { .. } => {
                policy.code_life()
            }
            Self::Desk(told) => told.life(policy),
            Self::BackupCodes { .. }
            | Self::Campaign(_)
            | Self::Check(_)
            | Self::Frozen { .. }
            | Self::Hold(_)
            | Self::ApproverAdded { .. }
            | Self::ApproverRemoved { .. }
            | Self::Locked { .. }
            | Self::Operation(_)
            | Self::PasskeyAdded { .. }
            | Self::PasskeyRemoved { .. }
            | Self::PasskeyRenamed { .. }
            | Self::RecoveryBegun { .. }
            | Self::RecoveryEnded { .. }
            | Self::Reopened { .. }
            | Self::Responded(_)
            | Self::Restricted { .. }
            | Self::ContactChanged { .. }
            | Self::DeviceForgotten { .. }
            | Self::DeviceReused { .. }
            | Self::PasswordChanged { .. }
            | Self::PasswordOld { .. }
            | Self::PinSet { .. }
            | Self::SignUpAgain
            | Self::SessionElsewhere { .. }
            | Self::SignedIn { .. }
            | Self::SignInFailed { .. }
            | Self::Thawed { .. }
            | Self::TotpAdded { .. }
            | Self::TotpRemoved { .. } => policy.report_life(),
        }
    }

    /// The word of the template, as stored.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::BackupCodes { .. } => "backup_codes",
            Self::Campaign(told) => told.template(),
            Self::Check(_) => "check",
            Self::Desk(told) => told.template(),
            Self::Approve { .. } => "approve",
            Self::ApproverAdded { .. } => "approver_added",
            Self::ApproverRemoved { .. } => "approver_removed",
            Self::Code { .. } => "code",
            Self::ConfirmCode { .. } => "confirm_code",
            Self::Frozen { .. } => "frozen",
            Self::Hold(_) => "hold",
            Self::Locked { .. } => "locked",
            Self::Operation(told) => told.event.template(),
            Self::PasskeyAdded { .. } => "passkey_added",
            Self::PasskeyRemoved { .. } => "passkey_removed",
            Self::PasskeyRenamed { .. } => "passkey_renamed",
            Self::RecoveryBegun { .. } => "recovery_begun",
            Self::RecoveryEnded { .. } => "recovery_ended",
            Self::Reopened { .. } => "reopened",
            Self::Responded(_) => "responded",
            Self::Restricted { .. } => "restricted",
            Self::ContactChanged { .. } => "contact_changed",
            Self::DeviceForgotten { .. } => "device_forgotten",
            Self::DeviceReused { .. } => "device_reused",
            Self::PasswordChanged { .. } => "password_changed",
            Self::PasswordOld { .. } => "password_old",
            Self::PinSet { .. } => "pin_set",
            Self::SignUpAgain => "sign_up_again",
            Self::SessionElsewhere { .. } => "session_elsewhere",
            Self::SignedIn { .. } => "signed_in",
            Self::SignInFailed { .. } => "sign_in_failed",
            Self::Thawed { .. } => "thawed",
            Self::TotpAdded { .. } => "totp_added",
            Self::TotpRemoved { .. } => "totp_removed",
        }
    }
}

/// One message to queue.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The id.
    pub id: NoticeId,
    /// To which customer, if one is known.
    pub customer: Option<CustomerId>,
    /// Where it goes.
    pub to: Recipient,
    /// In which language.
    pub locale: Locale,
    /// Until when it is of use ([`NoticeKind::life`]): later it is not delivered, and nobody can
    /// read it again.
    pub expires: Moment,
    /// What it says.
    pub kind: NoticeKind,
}
