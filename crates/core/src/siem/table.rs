//! Which class of OCSF 1.8.0 an act is an event of, and which of its activities.
//!
//! The numbers are those of <https://schema.ocsf.io/1.8.0>.
//!
//! **Invariant:** the one list of acts without a catch-all: a new act does not compile until it has
//! an event.

use serde_json::Value;

use crate::access::Act;
use crate::entry::Entry;

use super::is_finding;

/// A class of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// An account, its proofs or its contacts change.
    AccountChange,
    /// An application, a person of the firm or a worker does something else.
    ApiActivity,
    /// Somebody shows who they are, or leaves.
    Authentication,
    /// An alert.
    DetectionFinding,
    /// A case.
    IncidentFinding,
}

impl Class {
    /// `class_uid`; the thousands are `category_uid`.
    #[must_use]
    pub const fn uid(self) -> u32 {
        match self {
            Self::AccountChange => 3001,
            Self::ApiActivity => 6003,
            Self::Authentication => 3002,
            Self::DetectionFinding => 2004,
            Self::IncidentFinding => 2005,
        }
    }

    /// `class_name`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccountChange => "Account Change",
            Self::ApiActivity => "API Activity",
            Self::Authentication => "Authentication",
            Self::DetectionFinding => "Detection Finding",
            Self::IncidentFinding => "Incident Finding",
        }
    }

    /// `category_name`.
    #[must_use]
    pub const fn category(self) -> &'static str {
        match self {
            Self::AccountChange | Self::Authentication => "Identity & Access Management",
            Self::ApiActivity => "Application Activity",
            Self::DetectionFinding | Self::IncidentFinding => "Findings",
        }
    }
}

/// One of the activities of a class: `activity_id` and `activity_name`.
pub type Activity = (u32, &'static str);

/// What is none of the class's own, and is called by the word of the act.
const OTHER: Activity = (99, "");
const CREATE: Activity = (1, "Create");
const LOCK: Activity = (9, "Lock");

/// What an entry is an event of, given its facts.
pub fn of(entry: &Entry, facts: &Value, first: bool) -> (Class, Activity) {
    if is_finding(entry) {
        return finding(entry, facts, first);
    }
    let (account, api) = (Class::AccountChange, Class::ApiActivity);
    match &entry.act {
        Act::SignIn | Act::StaffSignIn | Act::StepUp => (Class::Authentication, (1, "Logon")),
        Act::SignOut | Act::StaffSignOut | Act::EndSession => {
            (Class::Authentication, (2, "Logoff"))
        }
        Act::Authorize => (Class::Authentication, (3, "Authentication Ticket")),
        Act::Approve | Act::Continue | Act::Prove | Act::Reserve => (Class::Authentication, OTHER),
        Act::SignUp | Act::Import => (account, CREATE),
        Act::ChangePassword => (account, (3, "Password Change")),
        Act::Enrol | Act::StaffEnrol => (account, (10, "MFA Factor Enable")),
        Act::Discard => (account, (11, "MFA Factor Disable")),
        Act::Freeze | Act::Report | Act::Alert => (account, LOCK),
        Act::Thaw => (account, (12, "Unlock")),
        Act::Assist
        | Act::ChangeContact
        | Act::ForgetDevice
        | Act::NameDevice
        | Act::Recover
        | Act::Respond
        | Act::Restrict
        | Act::SetPin => (account, OTHER),
        Act::ListNetwork | Act::Operate(_) | Act::Stop => (api, CREATE),
        Act::Look | Act::Sweep => (api, (2, "Read")),
        Act::Cancel | Act::Lift => (api, (4, "Delete")),
        Act::Administer | Act::Adopt | Act::Confirm(_) | Act::Outcome | Act::Release => {
            (api, (3, "Update"))
        }
        Act::Archive
        | Act::Campaign
        | Act::Case
        | Act::Deliver
        | Act::Housekeep
        | Act::Redeem
        | Act::Remind
        | Act::Tell => (api, OTHER),
    }
}

fn finding(entry: &Entry, facts: &Value, first: bool) -> (Class, Activity) {
    let class = match entry.act {
        Act::Case => Class::IncidentFinding,
        _ => Class::DetectionFinding,
    };
    let wanted = facts["wanted"].as_str();
    let closed = match wanted {
        Some(wanted) => !matches!(wanted, "taken" | "note"),
        None => facts["closed"] == true,
    };
    let begins = match entry.act {
        Act::Case => wanted.is_none(),
        _ => first,
    };
    let activity = match (closed, begins) {
        (true, _) => (3, "Close"),
        (false, true) => CREATE,
        (false, false) => (2, "Update"),
    };
    (class, activity)
}
