//! The web side of Sekisho: hosted pages, the JSON API, OpenID Connect, and the listener that carries them.
//!
//! **Invariant:** bytes become validated types here and go no further raw; nothing is decided here.

pub mod client;
pub mod json;
pub mod problem;
pub mod serve;
