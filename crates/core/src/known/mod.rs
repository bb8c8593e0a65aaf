//! What is known: the bounded snapshots that a store answers with, one struct for each kind of row.
//!
//! **Invariant:** a snapshot is a copy of committed state, carries the revision it was read at, and
//! holds personal values only sealed.

mod application;
mod backup_code;
mod campaign;
mod case;
mod conversation;
mod crowd;
mod customer;
mod desk;
mod forest;
mod listing;
mod operation;
mod passkey;
mod pin;
mod population;
mod push;
mod record;
mod recovery;
mod risk;
mod rules;
mod staff;
mod staff_access;
mod standing;
mod stop;
mod totp;
mod webhook;

pub use application::{ApiCredentialKnown, ApiScope, ApplicationKnown, SigningKeyKnown};
pub use backup_code::{BackupCodeKnown, BackupSetKnown};
pub use campaign::{CampaignKind, CampaignKnown, CampaignSet, CampaignState, CampaignWanted, SETS};
pub use case::{CaseEnd, CaseKnown, Worry};
pub use conversation::{
    AuthorizationKnown, ChallengeKnown, CodeKnown, InteractionKind, InteractionKnown, SessionKnown,
    SessionListed,
};
pub use crowd::{CrowdKnown, SignalKnown};
pub use customer::{
    ChannelKnown, ChannelPurpose, ContactChangeKnown, CredentialKnown, CredentialSeen,
    CustomerKnown, CustomerState, DeviceKnown, DeviceListed, LoginKnown, TriesKnown,
};
pub use desk::CallKnown;
pub use forest::{ForestKnown, Grown};
pub use listing::{
    LONGEST_LISTING, ListedAs, ListingKnown, ListingsKnown, MOST_LISTINGS, MOST_LISTINGS_EACH,
    PeopleThere,
};
pub use operation::{GrantKnown, IdempotencyKnown, OperationKnown};
pub use passkey::{Attestation, Backup, PasskeyKnown, Transport};
pub use pin::{PinBefore, PinKnown};
pub use population::{Census, Headcount, PopulationKnown};
pub use push::{ApproverKnown, PushAbout, PushKeyKnown, PushKnown};
pub use record::{
    DecisionKnown, NoticeKnown, NoticeState, ReportKnown, ReportedKnown, TaughtKnown,
};
pub use recovery::{RecoveryKind, RecoveryKnown};
pub use risk::{
    MOST_OTHERS, PayoutChangeKnown, PreviousKnown, RiskKnown, Seen, Strange, TraitKnown,
};
pub use rules::{RuleChoice, RuleSetKnown, RuleState};
pub use staff::{NotAStaffName, StaffKnown, StaffName, StaffRole};
pub use staff_access::{ENROLLING, FRESH, IDLE, LONGEST, StaffPasskeyKnown, StaffSessionKnown};
pub use standing::{ChoiceKnown, Lately, LimitKnown, OwnLimit, Raise, Standing, Weaker};
pub use stop::{
    DESK, Left, MOST_SEGMENTS, MOST_STOPS, MOST_STOPS_EACH, StopKnown, StopMessage, StopProposal,
    StopScope, StopsKnown, Way, Word,
};
pub use totp::TotpKnown;
pub use webhook::{UntoldKnown, WebhookKnown};
