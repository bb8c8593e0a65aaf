//! The demo brokerage 「ひので証券」: a company that had its own pages and ledger before, and put
//! Sekisho before them.
//!
//! It knows Sekisho by what an application is given, and by nothing else: an address, a client id
//! and secret, an API credential.
//!
//! **Invariant:** money leaves the ledger, and its payout account changes, only after a grant for
//! exactly these fields was redeemed.

mod ledger;
mod oidc;
mod orders;
mod pages;
mod routes;
mod visits;
mod words;

use std::sync::Arc;

use sekisho_browser::api::Api;
use sekisho_browser::http;
use sekisho_gate::{Clock, Dice};

pub use ledger::{Ledger, Payout};
pub use routes::router;

/// What an operator gives to an application.
#[derive(Clone, Debug)]
pub struct Given {
    /// The address of Sekisho.
    pub sekisho: String,
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`.
    pub client_secret: String,
    /// The API credential.
    pub token: String,
}

/// The brokerage.
#[derive(Clone)]
pub struct Brokerage(Arc<Inner>);

struct Inner {
    /// Its own address.
    own: String,
    oidc: oidc::Client,
    api: Api,
    ledger: Ledger,
    orders: orders::Orders,
    visits: visits::Visits,
    clock: Clock,
    dice: Dice,
}

impl Brokerage {
    /// A brokerage at the address `own`.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(own: String, given: Given, ledger: Ledger) -> anyhow::Result<Self> {
        let http = http()?;
        let api = Api::new(http.clone(), given.sekisho.clone(), given.token.clone());
        Ok(Self(Arc::new(Inner {
            oidc: oidc::Client::new(http, format!("{own}/callback"), given),
            own,
            api,
            ledger,
            orders: orders::Orders::default(),
            visits: visits::Visits::default(),
            clock: Clock::system(),
            dice: Dice::system(),
        })))
    }

    /// 32 letters that nobody can guess.
    fn chance(&self) -> anyhow::Result<String> {
        let bytes: [u8; 16] = self.0.dice.bytes()?;
        Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}
