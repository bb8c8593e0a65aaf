//! An installation from outside, without a screen: a browser at a seat of its own, the messages a
//! customer finds, and the API as an application speaks it. The demo's story and the drills use it.
//!
//! **Invariant:** it knows of an installation what anybody learns over HTTP, and nothing else.

pub mod api;
mod browser;
pub mod html;
mod inbox;

use std::net::IpAddr;
use std::time::Duration;

pub use browser::{Browser, Page};
pub use inbox::{Inbox, Mail};

/// Someone at a browser somewhere.
#[derive(Clone, Debug)]
pub struct Seat {
    /// The address.
    pub address: IpAddr,
    /// The `User-Agent` header.
    pub user_agent: String,
}

/// A client that follows nothing by itself and waits ten seconds at most.
///
/// # Errors
/// When no client can be made on this machine.
pub fn http() -> anyhow::Result<reqwest::Client> {
    let builder = reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none());
    Ok(builder.build()?)
}
