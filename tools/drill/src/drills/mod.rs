//! The drills, one module each.
//!
//! **Invariant:** a drill is a plain value that says beforehand what it does, what it hopes to get
//! and which alerts would give it away; playing it counts, and the scorer judges.

mod insider_export;
mod money;
mod payout_hijack;
mod pumping;
mod session_theft;
mod sim_swap;
mod spray;
mod stuffing;

use clap::ValueEnum;

use crate::run::Run;

/// The drills by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// Pairs of name and password that were stolen elsewhere, from many addresses.
    Stuffing,
    /// A few common passwords, many accounts, from one network.
    Spray,
    /// The payout account of customers who gave their codes away.
    PayoutHijack,
    /// The cookie of a customer, copied to another place.
    SessionTheft,
    /// The customer's number at the thief's telephone.
    SimSwap,
    /// Customers carried away by somebody of the firm.
    InsiderExport,
    /// Text messages to numbers of the attacker's.
    Pumping,
}

/// Every drill.
pub const ALL: [Name; 7] = [
    Name::Stuffing,
    Name::Spray,
    Name::PayoutHijack,
    Name::SessionTheft,
    Name::SimSwap,
    Name::InsiderExport,
    Name::Pumping,
];

/// What a drill is.
#[derive(Clone, Copy, Debug)]
pub struct Drill {
    /// Its title.
    pub title: &'static str,
    /// What the attacker hopes to get.
    pub hopes: &'static str,
    /// What it does, step by step.
    pub does: &'static [&'static str],
    /// The kinds of alerts that tell of it; none: no alert is made for it.
    pub alerts: &'static [&'static str],
    /// Whether one of them has to come, or is a sign among others.
    pub alerted: Alerted,
    /// What the target has to have.
    pub needs: Needs,
}

/// What an alert is for a drill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alerted {
    /// One has to come.
    Must,
    /// It is noted whether one came.
    Noted,
}

/// What a target has to have for a drill.
#[derive(Clone, Copy, Debug)]
pub struct Needs {
    /// So many customers.
    pub customers: usize,
    /// A message box, where the drill reads what an attacker lures out of customers.
    pub messages: bool,
    /// An API credential.
    pub token: bool,
}

impl Name {
    /// The word on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stuffing => "stuffing",
            Self::Spray => "spray",
            Self::PayoutHijack => "payout-hijack",
            Self::SessionTheft => "session-theft",
            Self::SimSwap => "sim-swap",
            Self::InsiderExport => "insider-export",
            Self::Pumping => "pumping",
        }
    }

    /// What it is.
    #[must_use]
    pub const fn drill(self) -> &'static Drill {
        match self {
            Self::Stuffing => &stuffing::DRILL,
            Self::Spray => &spray::DRILL,
            Self::PayoutHijack => &payout_hijack::DRILL,
            Self::SessionTheft => &session_theft::DRILL,
            Self::SimSwap => &sim_swap::DRILL,
            Self::InsiderExport => &insider_export::DRILL,
            Self::Pumping => &pumping::DRILL,
        }
    }
}

/// Plays all steps of a drill.
pub(crate) async fn play(name: Name, run: &mut Run) -> anyhow::Result<()> {
    match name {
        Name::Stuffing => stuffing::play(run).await,
        Name::Spray => spray::play(run).await,
        Name::PayoutHijack => payout_hijack::play(run).await,
        Name::SessionTheft => session_theft::play(run).await,
        Name::SimSwap => sim_swap::play(run).await,
        Name::InsiderExport => insider_export::play(run).await,
        Name::Pumping => pumping::play(run).await,
    }
}
