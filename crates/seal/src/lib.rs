//! Cryptography for Sekisho: keys, envelopes, blind indexes, password hashes, one-time codes,
//! tokens, signatures. Bytes in, bytes out.
//!
//! Nothing here draws randomness, reads a clock, touches a file or waits: salts, seeds and keys
//! come as arguments, so every function gives the same answer for the same input.
//!
//! **Invariant:** no secret leaves this crate except through an explicit `expose_secret`, and no
//! error or `Debug` output carries one.

pub mod backup_code;
pub mod check;
pub mod code;
pub mod counter;
pub mod csrf;
pub mod digest;
pub mod envelope;
pub mod fault;
pub mod grant;
pub mod incident;
pub mod index;
pub mod jwk;
pub mod jws;
pub mod key;
pub mod mac;
pub mod note;
pub mod password;
pub mod pkce;
pub mod prove;
pub mod push;
pub mod report_code;
pub mod staff;
pub mod ticket;
pub mod token;
pub mod totp;
pub mod webauthn;
pub mod webhook;

mod crockford;
mod framing;

pub use check::Check;
pub use fault::Fault;
pub use key::{KeyRing, Kid, Purpose};
