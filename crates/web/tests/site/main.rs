//! The whole site over a real gate and a real store. One module for each address.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may; the lint sees only test functions, not what they share"
)]

mod authorize;
mod backup_code;
mod browser;
mod change_contact;
mod change_password;
mod code;
mod confirm;
mod console;
mod console_campaigns;
mod console_rules;
mod console_work;
mod end_session;
mod every_request;
mod export;
mod fixture;
mod forget_device;
mod freeze;
mod healthz;
mod logout;
mod messages;
mod openapi_json;
mod operations;
mod pages;
mod passkeys;
mod prove;
mod push;
mod recover;
mod recover_passkey;
mod report;
mod security;
mod set_pin;
mod sign_in;
mod sign_up;
mod signal;
mod telephone_code;
mod token;
mod totp;
mod userinfo;
mod v1;
mod v1_decisions;
mod v1_grants_redeem;
mod v1_operations;
mod v1_stops;
mod v1_sweeps;
mod visit;
mod well_known;
