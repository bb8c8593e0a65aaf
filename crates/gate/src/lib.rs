//! The imperative shell: gather, decide, commit, for each act; owner of clock, dice, hash pool and
//! workers.
//!
//! Reading order: [`gate::Gate`] and its one `commit`; then `acts/`, one file for each word; then
//! `workers/`.
//!
//! **Invariant:** nothing happens to a customer except by a decision of core that was committed by
//! the store.

mod acts;
mod clock;
mod delivery;
mod dice;
mod fault;
mod gate;
mod hash_pool;
mod keys;
mod notice_text;
mod notices;
mod places;
mod readiness;
mod signing;
mod steps;
mod visitor;
mod watch;
mod workers;

pub use acts::account::{HistoryPage, Session};
pub use acts::adopt::Adopted;
pub use acts::applications::{Confidential, FreshApplication, NewApplication};
pub use acts::approve::{ApprovalAbout, ApproveAnswer, ShownApproval};
pub use acts::approver::{ApproverAnswer, ApproverOffer, Approvers, ShownApprover, Subscribing};
pub use acts::archive::{ArchiveAnswer, ArchiveQuestion, Archiving, Batch};
pub use acts::assist::{Assisted, CallBack, DeskRequest, ShownCaller, TelephoneCode};
pub use acts::authorize::{AuthorizeParameters, Exchange, Issued, LogoutHint, Tokens};
pub use acts::backtest::{Explanation, RuleSaid};
pub use acts::backup_code::{BackupMade, BackupView, Making};
pub use acts::campaign::{CampaignAnswer, CampaignDraft, CampaignPreview, campaign_sample};
pub use acts::cancel::{Cancelled, WaitingOperation, Waits};
pub use acts::case::CasesOpened;
pub use acts::change_contact::{ChangeContact, ContactAnswer};
pub use acts::change_password::{ChangePassword, PasswordAnswer};
pub use acts::confirm::{ConfirmAnswer, ConfirmSent, ConfirmWays, ShownOperation};
pub use acts::console::{AttemptsCounted, Listed, Names, Overview};
pub use acts::console_campaign::CampaignView;
pub use acts::console_case::{LONGEST_NOTE, ShownNote};
pub use acts::console_customer::{Preview, Responded, ShownCustomer, Shows};
pub use acts::console_health::{FilesHealth, Lately, Part, PartHealth, Ranked};
pub use acts::console_rules::{LONGEST_TRIAL, MOST_TRIED, RuleSets, ShownRules, Trial, Tried};
pub use acts::discard::Discarded;
pub use acts::end_session::{EndedSession, ShownSession};
pub use acts::enrol::{
    Conveyance, EnrolPrompt, Enrolled, Enrolling, PasskeyOffer, PasskeyView, Passkeys,
};
pub use acts::forget_device::{DeviceAnswer, DeviceName, ShownDevice};
pub use acts::import::{ImportLine, Imported};
pub use acts::incident::{Incident, Record};
pub use acts::judge::{DecisionView, JudgeRequest, Judged, OutcomeAnswer, RequestContext, When};
pub use acts::list_network::ListedNetworks;
pub use acts::log_check::{LogChecked, LogFile, LogWrong};
pub use acts::log_mend::LogMend;
pub use acts::messages::{MessagePage, SentMessage};
pub use acts::operate::{OperateRequest, Operated, OperationView};
pub use acts::prove::{ProofSent, ProveAnswer, Proving};
pub use acts::recover::{Recover, RecoverAnswer, ShownRecovery};
pub use acts::recover_password::ChooseAnswer;
pub use acts::recover_proof::RecoverProof;
pub use acts::redeem::{RedeemRequest, Redeemed};
pub use acts::release::{HeldOperation, ReleaseAnswer};
pub use acts::remind::{Reminders, Reminding};
pub use acts::reopen::Reopened;
pub use acts::report::Reported;
pub use acts::restrict::{Restrict, RestrictAnswer, Restrictions, ShownChoice, ShownLimit};
pub use acts::reveal::ShownStatement;
pub use acts::security::{Security, ShownChannel};
pub use acts::set_pin::{PinAnswer, PinRight, PinView, SetPin};
pub use acts::sign_in::{SignIn, SignInAnswer};
pub use acts::sign_in_passkey::PasskeySignIn;
pub use acts::sign_up::{SignUp, SignUpAnswer};
pub use acts::staff::{StaffAnswer, StaffBy, StaffClaim};
pub use acts::staff_enrol::{StaffEntered, StaffPasskeys};
pub use acts::staff_sign_in::{StaffSession, StaffSignIn};
pub use acts::stop::{ListedStops, StopAnswer, StopTold};
pub use acts::sweep::{Sweep, SweepQuestion, SweepTally};
pub use acts::sweep_addresses::{AddressSweep, MOST_ADDRESSES};
pub use acts::sweep_listed::{ListedQuestion, ListedRow, ListedSweep};
pub use acts::sweep_withdrawals::{WithdrawalQuestion, WithdrawalSweep};
pub use acts::thaw::Thawed;
pub use acts::totp::Totp;
pub use acts::userinfo::UserInfo;
pub use acts::webhook::WebhookView;
pub use clock::Clock;
pub use delivery::{
    Channels, Chat, Clear, Hooks, Lines, Mail, MailConfig, Outlet, Push, PushConfig, Reach,
    SERVICES, SiemOut, Sms, SmsBody, SmsConfig, SmsSecret, Syslog, TlsMode,
};
pub use dice::Dice;
pub use fault::{Fault, FaultKind};
pub use gate::{Gate, Parts};
pub use hash_pool::{Admitted, HashPool};
pub use keys::Keys;
pub use notice_text::{Rendered, render};
pub use notices::{
    BackupCodesBody, Body, CampaignBody, CheckBody, DeskBody, HoldBody, Message, OperationBody,
    PinSetBody, PushBody, RecoveryBegun, RestrictedBody,
};
pub use places::{
    AddressFiles, Became, FileKind, FileSaid, FileState, Looked, Own, Places, PlacesAt,
};
pub use sekisho_core::context::Terminal;
pub use sekisho_seal::password::Argon2Cost;
pub use sekisho_seal::token::{Token, TokenKind};
pub use sekisho_store::{AlertList, CampaignMessages, CaseList, MOST_COUNTED};
pub use signing::{JWKS_SECONDS, signing_key};
pub use steps::backup_code::is_backup_code;
pub use steps::caller::Caller;
pub use steps::conversation::{CodeAnswer, Conversation, Opened, Resent};
pub use steps::factor::{Answer, Claim, Seen};
pub use steps::passkey::{NamedPasskey, PasskeyAnswer, PasskeyPrompt};
pub use steps::payment::PAYMENT_ICON;
pub use steps::pin::PinWish;
pub use steps::push::{PushSent, PushState, PushTarget};
pub use visitor::Visitor;
pub use workers::daily::DailyLook;
pub use workers::{Batched, Growing, Turns};
