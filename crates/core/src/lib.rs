//! The rules of Sekisho: what may be attempted, what is known, what follows.
//!
//! Reading order: the vocabulary ([`id`], [`moment`], [`money`], [`text`], [`bytes`]), what a
//! request carries ([`context`], [`login`]),
//! what files say of an address ([`places`]), what trust looks like ([`proof`]), what a decision is
//! made of ([`verdict`], [`reason`], [`change`], [`entry`], [`notice`], [`access`], [`attempt`],
//! [`sighting`], [`signal`], [`decision`]), the documents that steer it ([`policy`],
//! [`operation`]), the judgement of a place ([`risk`]), and then one module per act.
//!
//! Every act has the same shape: `decide(&Attempt, &Facts, &Policy) -> Decision`, total and
//! synchronous. [`known`] holds the bounded snapshots that a store answers with; an act's `Facts`
//! are such a snapshot plus proofs, the moment and fresh values.
//!
//! **Invariant:** nothing here reads a clock, draws a random value, does I/O or fails; a refusal is
//! a value.

pub mod access;
pub mod archive;
pub mod attack;
pub mod attempt;
pub mod bound;
pub mod bytes;
pub mod carrier;
pub mod case;
pub mod change;
pub mod claim;
pub mod claimed;
pub mod client_family;
pub mod context;
pub mod decision;
pub mod device;
pub mod entry;
pub mod guess;
pub mod health;
pub mod hold;
pub mod id;
pub mod known;
pub mod links;
pub mod list_network;
pub mod log;
pub mod login;
pub mod mask;
pub mod moment;
pub mod money;
pub mod notice;
pub mod operation;
pub mod passkey;
pub mod password;
pub mod places;
pub mod policy;
pub mod proof;
pub mod pump;
pub mod push;
pub mod reason;
pub mod reveal;
pub mod risk;
pub mod rules;
mod sample;
pub mod siem;
pub mod sighting;
pub mod signal;
pub mod text;
pub mod tlog;
pub mod verdict;

pub mod administer;
pub mod adopt;
pub mod approve;
pub mod assist;
pub mod authorize;
pub mod campaign;
pub mod cancel;
pub mod change_contact;
pub mod change_password;
pub mod confirm;
pub mod console;
pub mod count;
pub mod deliver;
pub mod discard;
pub mod elsewhere;
pub mod end_session;
pub mod enrol;
pub mod forget_device;
pub mod freeze;
pub mod grow;
pub mod housekeep;
pub mod import;
pub mod judge;
pub mod name_device;
pub mod operate;
pub mod outcome;
pub mod prove;
pub mod recover;
pub mod redeem;
pub mod release;
pub mod remind;
pub mod reopen;
pub mod report;
pub mod respond;
pub mod restrict;
pub mod session;
pub mod set_pin;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
pub mod staff;
pub mod staff_enrol;
pub mod staff_sign_in;
pub mod step_up;
pub mod stop;
pub mod sweep;
pub mod tell;
pub mod thaw;
