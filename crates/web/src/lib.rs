//! The web side of Sekisho: hosted pages, the JSON API, OpenID Connect, the console of the people
//! of the firm, and the listener that carries them.
//!
//! **Invariant:** bytes become validated types here and go no further raw; nothing is decided here.

pub mod api;
pub mod app;
pub mod backtest;
pub mod bounds;
pub mod brand;
pub mod client;
pub mod console;
pub mod cookies;
mod csrf;
pub mod fault;
pub mod forms;
pub mod json;
pub mod locale;
pub mod machine;
pub mod observe;
pub mod oidc;
pub mod openapi;
pub mod pages;
pub mod problem;
pub mod serve;
pub mod sign_in_address;
pub mod state;
pub mod texts;
