//! One file for each act, by its word: gather what is known, let core decide, commit, answer.
//!
//! **Invariant:** no act contains a business rule; what an answer says follows from the committed
//! decision alone.

pub(crate) mod account;
pub(crate) mod applications;
pub(crate) mod approve;
pub(crate) mod approver;
pub(crate) mod authorize;
pub(crate) mod backup_code;
pub(crate) mod cancel;
pub(crate) mod change_contact;
pub(crate) mod change_password;
pub(crate) mod confirm;
pub(crate) mod decline;
pub(crate) mod discard;
pub(crate) mod end_session;
pub(crate) mod enrol;
pub(crate) mod forget_device;
pub(crate) mod freeze;
pub(crate) mod import;
pub(crate) mod judge;
pub(crate) mod messages;
pub(crate) mod operate;
pub(crate) mod outbox;
pub(crate) mod prove;
pub(crate) mod recover;
pub(crate) mod recover_password;
pub(crate) mod recover_proof;
pub(crate) mod redeem;
pub(crate) mod release;
pub(crate) mod remind;
pub(crate) mod reopen;
pub(crate) mod report;
pub(crate) mod reveal;
pub(crate) mod security;
pub(crate) mod set_pin;
pub(crate) mod sign_in;
pub(crate) mod sign_in_passkey;
pub(crate) mod sign_up;
pub(crate) mod staff;
pub(crate) mod step_up;
pub(crate) mod stop;
pub(crate) mod thaw;
pub(crate) mod totp;
pub(crate) mod userinfo;
pub(crate) mod webhook;
