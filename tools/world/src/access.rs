//! What happens in the world: the vocabulary of one access, with the label that a log never has.
//!
//! **Invariant:** an [`Access`] owns no heap memory; texts are looked up in the world by index.

use std::net::IpAddr;

use serde::Serialize;

use crate::agents::UserAgentId;
use crate::networks::Country;

/// One attempt that a service would log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Microseconds since the epoch.
    pub moment: i64,
    /// Whose account was named.
    pub target: Target,
    /// Where from.
    pub address: IpAddr,
    /// Autonomous system number of the address.
    pub network: u32,
    /// Country of the address.
    pub country: Country,
    /// What the browser called itself.
    pub user_agent: UserAgentId,
    /// The device token that was presented; `None` when the service had not met the device as this
    /// customer's (attackers, collectors of an aggregator).
    pub device: Option<DeviceRef>,
    /// What was tried.
    pub act: Act,
    /// How it went.
    pub outcome: Outcome,
    /// Who it really was.
    pub label: Label,
}

/// Whose account an attempt names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// A customer, by index.
    Customer(u32),
    /// A name of a stolen list that the service does not know; the number tells names apart.
    Unknown(u32),
}

/// A device that belongs to a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeviceRef {
    /// Index into [`Customer::devices`](crate::Customer::devices).
    pub index: u8,
    /// The value of its token; unique over all customers for practical purposes (64 bits).
    pub token: u64,
}

/// A payout account, by the reason why it exists; see
/// [`World::payout_account`](crate::World::payout_account).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Payee {
    /// The customer's own: number 0 from the opening on, 1 after the change of the year.
    Own {
        /// Index of the customer.
        customer: u32,
        /// How many changes came before.
        revision: u8,
    },
    /// The account to which a ring of hijackers sends everything.
    Mule {
        /// The ring.
        ring: u32,
    },
}

/// What was tried. Amounts are whole yen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// Name and password given.
    SignIn,
    /// The password set anew through the customer's own channel.
    ResetPassword,
    /// An order placed.
    Trade {
        /// Value of the order.
        yen: u32,
    },
    /// Money sent to the payout account.
    Withdraw {
        /// Where it goes.
        payee: Payee,
        /// How much.
        yen: u32,
    },
    /// The payout account replaced.
    ChangePayoutAccount {
        /// The new account.
        payee: Payee,
    },
    /// Phone or mail address replaced.
    ChangeContact,
}

impl Act {
    /// The word for the act in logs and interfaces.
    pub fn word(&self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::ResetPassword => "password_reset",
            Self::Trade { .. } => "trade",
            Self::Withdraw { .. } => "withdraw",
            Self::ChangePayoutAccount { .. } => "payout_account_change",
            Self::ChangeContact => "contact_change",
        }
    }
}

/// How an attempt went, had nobody stood guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Succeed,
    /// The password was wrong.
    MistakePassword,
    /// No such account.
    MistakeName,
}

/// Who it really was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// The customer, or somebody who acts for them.
    Genuine(Circumstance),
    /// Somebody else.
    Attack {
        /// What the attacker knows.
        attacker: Attacker,
        /// What the attacker is after.
        plan: Plan,
        /// Campaign (stuffing, spray) or ring (takeover, hijack) that it belongs to.
        group: u32,
    },
}

impl Label {
    /// Whether it was the customer.
    pub fn is_genuine(&self) -> bool {
        matches!(self, Self::Genuine(_))
    }
}

/// The circumstances of a genuine access; all but `Usual` are hard negatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Circumstance {
    /// Nothing special; one or two mistyped passwords included.
    Usual,
    /// Three or more wrong passwords in a row; then reset or given up.
    ForgottenPassword,
    /// Away from home, in Japan or abroad.
    Travel,
    /// First session on a replaced phone.
    NewPhone,
    /// From a plane: an American satellite network.
    InFlight,
    /// An account aggregator signs in for the customer, from a server.
    Aggregator,
}

/// What an attacker knows, after Wiefling et al. 2022.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Attacker {
    /// The password.
    Naive,
    /// And the country.
    Vpn,
    /// And the provider and the browser.
    Targeted,
    /// And the neighbourhood, the hour and half the time the device token.
    VeryTargeted,
}

/// What an attack is after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// A stolen list of names and passwords, each tried once.
    Stuffing,
    /// A few common passwords on many accounts.
    Spray,
    /// One account entered with the right password, and looked at.
    Takeover,
    /// Entered, payout account changed, money withdrawn days later.
    PayoutHijack,
}
