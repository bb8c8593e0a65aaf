//! Whoever is at the other end of a connection to the hosted pages.
//!
//! **Invariant:** the address is the one the listener determined; nothing else of a visitor is
//! trusted.

use std::net::IpAddr;

use sekisho_core::attempt::{Account, Origin, agent};
use sekisho_core::client_family::ClientFamily;
use sekisho_core::context::{Address, Context, Terminal};
use sekisho_core::device::Presented;
use sekisho_core::id::DeviceId;
use sekisho_core::known::Strange;
use sekisho_core::notice::Locale;

use crate::places::PlacesAt;

/// A visitor of the hosted pages.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The address, as the listener or a trusted proxy saw it.
    pub address: Option<IpAddr>,
    /// The `User-Agent` header, bounded by the listener.
    pub user_agent: String,
    /// The device cookie as it came.
    pub device: Option<String>,
    /// Whose the browser is.
    pub terminal: Terminal,
    /// The language of the page.
    pub locale: Locale,
}

impl Visitor {
    /// Who is named, and from where, as the feed of attempts keeps it.
    pub(crate) fn origin(
        &self,
        account: Account,
        (presented, context): (Presented, Context),
        device: Option<DeviceId>,
    ) -> Origin {
        let met = match presented.recognised() {
            Some(_) => Strange::Known,
            None => Strange::New,
        };
        Origin {
            account,
            context,
            device,
            met,
            agent: agent(&self.user_agent),
            application: None,
        }
    }

    pub(crate) fn context(&self, places: &PlacesAt, device: Option<DeviceId>) -> Context {
        Context {
            address: self.address.map(Address::from),
            place: self
                .address
                .map(|address| places.of(address))
                .unwrap_or_default(),
            client: Some(ClientFamily::of(&self.user_agent)),
            device,
            terminal: self.terminal,
        }
    }
}
