//! Messages on their way: sealed into the outbox at the commit, opened again when they are
//! delivered.
//!
//! **Invariant:** destination and parameters of a message are readable nowhere between the decision
//! and the delivery.

mod bodies;

pub use bodies::{
    BackupCodesBody, CampaignBody, CheckBody, DeskBody, HoldBody, OperationBody, RecoveryBegun,
    RestrictedBody,
};

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::bytes::Sealed;
use sekisho_core::known::{NoticeKnown, RecoveryKind};
use sekisho_core::login::ChannelKind;
use sekisho_core::notice::{FreezeEvent, Notice, NoticeKind, PinEvent, RespondEvent};
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::gate::Gate;
use crate::keys::Place;

/// What a message says, without the wrapping that keeps its secrets from logs. One variant for each
/// kind in core.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// See [`NoticeKind::BackupCodes`].
    BackupCodes(BackupCodesBody),
    /// See [`NoticeKind::Campaign`].
    Campaign(CampaignBody),
    /// See [`NoticeKind::Check`].
    Check(CheckBody),
    /// See [`NoticeKind::Desk`].
    Desk(DeskBody),
    /// What is about approvals on a phone.
    Push(PushBody),
    /// See [`NoticeKind::Code`].
    Code { code: String, minutes: u16 },
    /// See [`NoticeKind::ConfirmCode`].
    ConfirmCode {
        code: String,
        minutes: u16,
        operation: String,
        amount: Option<String>,
        payee: Option<String>,
    },
    /// See [`NoticeKind::Frozen`].
    Frozen { freeze: FreezeEvent },
    /// See [`NoticeKind::Responded`].
    Responded { event: RespondEvent },
    /// See [`NoticeKind::Hold`].
    Hold(HoldBody),
    /// See [`NoticeKind::Locked`].
    Locked { report: String },
    /// See [`NoticeKind::Operation`].
    Operation(OperationBody),
    /// See [`NoticeKind::PasskeyAdded`].
    PasskeyAdded { report: String, name: String },
    /// See [`NoticeKind::PasskeyRemoved`].
    PasskeyRemoved { report: String, name: String },
    /// See [`NoticeKind::PasskeyRenamed`].
    PasskeyRenamed { report: String, name: String },
    /// See [`NoticeKind::RecoveryBegun`].
    RecoveryBegun(RecoveryBegun),
    /// See [`NoticeKind::RecoveryEnded`].
    RecoveryEnded { recovery: RecoveryKind },
    /// See [`NoticeKind::Restricted`].
    Restricted(RestrictedBody),
    /// See [`NoticeKind::Reopened`].
    Reopened { report: String },
    /// See [`NoticeKind::SignUpAgain`].
    SignUpAgain,
    /// See [`NoticeKind::SessionElsewhere`].
    SessionElsewhere { report: String, place: String },
    /// See [`NoticeKind::SignedIn`].
    SignedIn { report: String, place: String },
    /// See [`NoticeKind::SignInFailed`].
    SignInFailed { report: String, place: String },
    /// See [`NoticeKind::ContactChanged`].
    ContactChanged {
        report: String,
        place: String,
        channel: ChannelKind,
    },
    /// See [`NoticeKind::DeviceForgotten`].
    DeviceForgotten { report: String, place: String },
    /// See [`NoticeKind::DeviceReused`].
    DeviceReused { report: String, place: String },
    /// See [`NoticeKind::PasswordChanged`].
    PasswordChanged { report: String, place: String },
    /// See [`NoticeKind::PasswordOld`].
    PasswordOld { days: u16 },
    /// See [`NoticeKind::Thawed`].
    Thawed {
        /// See there.
        report: String,
    },
    /// See [`NoticeKind::PinSet`].
    PinSet(PinSetBody),
    /// See [`NoticeKind::TotpAdded`].
    TotpAdded { report: String },
    /// See [`NoticeKind::TotpRemoved`].
    TotpRemoved { report: String },
}

/// A secret on its way into the sealed message.
fn shown(secret: &SecretString) -> String {
    secret.expose_secret().to_owned()
}

/// What is about approvals on a phone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PushBody {
    /// See [`NoticeKind::ApproverAdded`].
    Added { report: String, place: String },
    /// See [`NoticeKind::Approve`].
    Approve { secret: String },
    /// See [`NoticeKind::ApproverRemoved`].
    Removed { report: String },
}

impl PushBody {
    fn of(kind: &NoticeKind) -> Option<Self> {
        Some(match kind {
            NoticeKind::Approve { secret } => Self::Approve {
                secret: shown(secret),
            },
            NoticeKind::ApproverAdded { report, place } => Self::Added {
                report: shown(report),
                place: place.clone(),
            },
            NoticeKind::ApproverRemoved { report } => Self::Removed {
                report: shown(report),
            },
            _ => return None,
        })
    }
}

/// What is told of a transaction PIN that was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinSetBody {
    /// The code to type if it was not the customer.
    pub report: String,
    /// Masked place.
    pub place: String,
    /// How it was set.
    pub event: PinEvent,
}

impl Body {
    fn of(kind: &NoticeKind) -> Self {
        if let Some(about) = PushBody::of(kind) {
            return Self::Push(about);
        }
        match kind {
            NoticeKind::Code { code, minutes } => Self::Code {
                code: shown(code),
                minutes: *minutes,
            },
            NoticeKind::ConfirmCode {
                code,
                minutes,
                operation,
                amount,
                payee,
            } => Self::ConfirmCode {
                code: shown(code),
                minutes: *minutes,
                operation: operation.clone(),
                amount: amount.clone(),
                payee: payee.clone(),
            },
            NoticeKind::Campaign(told) => Self::Campaign(CampaignBody::of(told)),
            NoticeKind::Check(told) => Self::Check(CheckBody::of(told)),
            NoticeKind::Desk(told) => Self::Desk(DeskBody::of(told)),
            NoticeKind::Frozen { freeze } => Self::Frozen { freeze: *freeze },
            NoticeKind::Responded(event) => Self::Responded { event: *event },
            NoticeKind::Hold(told) => Self::Hold(HoldBody {
                report: shown(&told.report),
                about: told.about.clone(),
                event: told.event.clone(),
            }),
            NoticeKind::Locked { report } => Self::Locked {
                report: shown(report),
            },
            NoticeKind::Operation(told) => Self::Operation(OperationBody {
                event: told.event,
                report: shown(&told.report),
                about: told.about.clone(),
            }),
            NoticeKind::SignUpAgain => Self::SignUpAgain,
            NoticeKind::SessionElsewhere { report, place } => Self::SessionElsewhere {
                report: shown(report),
                place: place.clone(),
            },
            NoticeKind::SignedIn { report, place } => Self::SignedIn {
                report: shown(report),
                place: place.clone(),
            },
            NoticeKind::SignInFailed { report, place } => Self::SignInFailed {
                report: shown(report),
                place: place.clone(),
            },
            _ => Self::of_protection(kind),
        }
    }

    /// What is about a recovery; every other kind was told before.
    fn of_recovery(kind: &NoticeKind) -> Self {
        match kind {
            NoticeKind::RecoveryBegun {
                report,
                place,
                recovery,
                hours,
            } => Self::RecoveryBegun(RecoveryBegun {
                report: shown(report),
                place: place.clone(),
                recovery: *recovery,
                hours: *hours,
            }),
            NoticeKind::RecoveryEnded { recovery } => Self::RecoveryEnded {
                recovery: *recovery,
            },
            _ => Self::SignUpAgain,
        }
    }

    /// What is about a factor; every other kind was told before.
    fn of_factor(kind: &NoticeKind) -> Self {
        match kind {
            NoticeKind::BackupCodes {
                report,
                place,
                event,
            } => Self::BackupCodes(BackupCodesBody {
                report: shown(report),
                place: place.clone(),
                event: *event,
            }),
            NoticeKind::PinSet {
                report,
                place,
                event,
            } => Self::PinSet(PinSetBody {
                report: shown(report),
                place: place.clone(),
                event: *event,
            }),
            NoticeKind::Restricted {
                report,
                place,
                operation,
                event,
            } => Self::Restricted(RestrictedBody {
                report: shown(report),
                place: place.clone(),
                operation: operation.clone(),
                event: *event,
            }),
            NoticeKind::TotpAdded { report } => Self::TotpAdded {
                report: shown(report),
            },
            NoticeKind::TotpRemoved { report } => Self::TotpRemoved {
                report: shown(report),
            },
            _ => Self::SignUpAgain,
        }
    }

    /// What is about the protection of an account; every other kind was told before.
    fn of_protection(kind: &NoticeKind) -> Self {
        match kind {
            NoticeKind::ContactChanged {
                report,
                place,
                channel,
            } => Self::ContactChanged {
                report: shown(report),
                place: place.clone(),
                channel: *channel,
            },
            NoticeKind::DeviceForgotten { report, place } => Self::DeviceForgotten {
                report: shown(report),
                place: place.clone(),
            },
            NoticeKind::DeviceReused { report, place } => Self::DeviceReused {
                report: shown(report),
                place: place.clone(),
            },
            NoticeKind::PasskeyAdded { report, name } => Self::PasskeyAdded {
                report: shown(report),
                name: name.clone(),
            },
            NoticeKind::PasskeyRemoved { report, name } => Self::PasskeyRemoved {
                report: shown(report),
                name: name.clone(),
            },
            NoticeKind::PasswordOld { days } => Self::PasswordOld { days: *days },
            NoticeKind::PasskeyRenamed { report, name } => Self::PasskeyRenamed {
                report: shown(report),
                name: name.clone(),
            },
            NoticeKind::PasswordChanged { report, place } => Self::PasswordChanged {
                report: shown(report),
                place: place.clone(),
            },
            NoticeKind::RecoveryBegun { .. } | NoticeKind::RecoveryEnded { .. } => {
                Self::of_recovery(kind)
            }
            NoticeKind::Reopened { report } => Self::Reopened {
                report: shown(report),
            },
            NoticeKind::Thawed { report } => Self::Thawed {
                report: shown(report),
            },
            NoticeKind::BackupCodes { .. }
            | NoticeKind::PinSet { .. }
            | NoticeKind::Restricted { .. }
            | NoticeKind::TotpAdded { .. }
            | NoticeKind::TotpRemoved { .. } => Self::of_factor(kind),
            NoticeKind::Approve { .. }
            | NoticeKind::ApproverAdded { .. }
            | NoticeKind::ApproverRemoved { .. }
            | NoticeKind::Campaign(_)
            | NoticeKind::Check(_)
            | NoticeKind::Desk(_)
            | NoticeKind::Frozen { .. }
            | NoticeKind::Responded(_)
            | NoticeKind::Code { .. }
            | NoticeKind::ConfirmCode { .. }
            | NoticeKind::Hold(_)
            | NoticeKind::Locked { .. }
            | NoticeKind::Operation(_)
            | NoticeKind::SignUpAgain
            | NoticeKind::SessionElsewhere { .. }
            | NoticeKind::SignedIn { .. }
            | NoticeKind::SignInFailed { .. } => Self::SignUpAgain,
        }
    }
}

/// A message, opened for its delivery.
#[derive(Clone, Serialize, Deserialize)]
pub struct Message {
    /// The address or number.
    pub to: String,
    /// What it says.
    pub body: Body,
}

impl Gate {
    pub(crate) fn seal_notice(&self, notice: &Notice) -> Result<Sealed, Fault> {
        let place = match notice.to.channel {
            Some(channel) => Place::Channel(channel),
            None => Place::Newcomer(notice.id),
        };
        let to = self.keys().open(place, &notice.to.sealed)?;
        let message = Message {
            to: to.expose_secret().to_owned(),
            body: Body::of(&notice.kind),
        };
        let text = serde_json::to_string(&message).map_err(|_| Fault::Internal {
            what: "a message is not JSON",
        })?;
        self.keys()
            .seal(Place::Notice(notice.id), text.as_bytes(), self.dice())
    }

    /// A message in clear, as a delivery sees it. For tests and the demonstration: whoever calls
    /// this reads codes.
    ///
    /// # Errors
    /// Those of the seal.
    pub fn danger_open_notice(&self, notice: &NoticeKnown) -> Result<Message, Fault> {
        let text = self.keys().open(Place::Notice(notice.id), &notice.sealed)?;
        serde_json::from_str(text.expose_secret()).map_err(|_| Fault::Internal {
            what: "a message in the outbox cannot be read",
        })
    }
}
