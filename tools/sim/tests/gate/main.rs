//! Stories through the whole gate on both databases: what customers and applications do, and what
//! attackers try.
//!
//! **Invariant:** each story runs on every database that is at hand.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may; the lint sees only test functions, not what they share"
)]

mod adopt;
mod alert;
mod archive;
mod assist;
mod attempt;
mod authorize;
mod backup_code;
mod batch;
mod campaign;
mod campaign_outbox;
mod case;
mod chat;
mod confirm;
mod confirm_passkey;
mod confirm_payment;
mod confirm_push;
mod confirm_totp;
mod console;
mod console_health;
mod console_rules;
mod device;
mod evidence;
mod flood;
mod grant;
mod guess;
mod hold;
mod hold_proof;
mod housekeep;
mod judge;
mod limits;
mod links;
mod list_network;
mod log;
mod messages;
mod operation_notices;
mod outbox;
mod passkey;
mod places;
mod population;
mod pump;
mod push;
mod push_host;
mod recover;
mod recover_passkey;
mod remind;
mod report;
mod set_pin;
mod siem;
mod sign_in;
mod sign_up;
mod signal;
mod simulate;
mod staff;
mod staff_sign_in;
mod stop;
mod sweep;
mod totp;
mod travel;
mod webhook;
