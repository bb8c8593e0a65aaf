//! The brokerage's pages, as data for their templates.
//!
//! **Invariant:** a page shows one customer's account to this customer alone.

use askama::Template;

use super::ledger::Account;
use super::orders::{Order, Stage, Task};
use super::words::Words;

/// What every page has at its top.
#[derive(Clone, Debug)]
pub struct Top {
    /// The language.
    pub w: Words,
    /// The way to the same page in the other language.
    pub path: String,
    /// The token of the forms, for somebody who signed in.
    pub csrf: Option<String>,
}

/// The page before signing in.
#[derive(Template)]
#[template(path = "home.html")]
pub struct HomePage {
    pub top: Top,
}

/// What the customer has.
#[derive(Template)]
#[template(path = "portfolio.html")]
pub struct PortfolioPage {
    pub top: Top,
    /// Cash and securities together, in yen.
    pub total: i64,
    pub account: Account,
}

/// The form of a withdrawal.
#[derive(Template)]
#[template(path = "withdraw.html")]
pub struct WithdrawPage {
    pub top: Top,
    pub account: Account,
    pub typed: String,
    pub error: Option<&'static str>,
}

/// What was typed of a bank account.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct TypedAccount {
    pub csrf: String,
    pub bank: String,
    pub branch: String,
    pub account_type: String,
    pub number: String,
    pub holder: String,
}

/// The form of a change of the payout account.
#[derive(Template)]
#[template(path = "payout.html")]
pub struct PayoutPage {
    pub top: Top,
    pub account: Account,
    pub typed: TypedAccount,
    pub error: Option<&'static str>,
}

/// How far an order is.
#[derive(Template)]
#[template(path = "order.html")]
pub struct OrderPage {
    pub top: Top,
    pub order: Order,
}

/// What went wrong.
#[derive(Template)]
#[template(path = "trouble.html")]
pub struct TroublePage {
    pub top: Top,
    pub text: &'static str,
}
