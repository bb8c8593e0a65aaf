//! Facts out: one file for each act says what that act has to know, and answers it from one
//! snapshot.
//!
//! **Invariant:** every load is bounded, by a key or by a limit.

mod adopt;
mod alert;
mod archive;
mod attempt;
mod authorize;
mod backtest;
mod backup_code;
mod campaign;
mod case;
mod challenge;
mod change_contact;
mod change_password;
mod claim;
mod confirm;
mod console;
mod crowd;
mod deliver;
mod desk;
mod end_session;
mod forest;
mod forget_device;
mod guess;
mod health;
mod history;
mod housekeep;
mod import;
mod incident;
mod judge;
mod keys;
mod links;
mod list_network;
mod log;
mod operate;
mod outcome;
mod passkey;
mod population;
mod procedure;
mod push;
mod recover;
mod redeem;
mod release;
mod remind;
mod reopen;
mod report;
mod restrict;
mod risk;
mod rows;
mod set_pin;
mod siem;
mod sign_in;
mod sign_out;
mod sign_up;
mod signal;
mod staff_access;
mod standing;
mod step_up;
mod stop;
mod sweep;
mod tell;
mod totp;

pub use alert::AlertQuestion;
pub use attempt::AttemptPage;
pub use campaign::{Backlog, CampaignMessages};
pub use case::CaseQuestion;
pub use confirm::ConfirmKnown;
pub use console::{
    AlertList, AlertPlace, CaseList, CasePlace, HourCounted, MOST_COUNTED, NoteKnown,
    OverdueCounted, WaitingCounted,
};
pub use deliver::NoticeCounts;
pub use health::{LatelyCounted, MOST_LATELY};
pub use history::HistoryPage;
pub use import::ImportKnown;
pub use judge::JudgeKnown;
pub use log::{Logged, Placed};
pub use operate::OperateKnown;
pub use procedure::ProcedurePage;
pub use redeem::RedeemKnown;
pub use release::ReleaseKnown;
pub use remind::OldPassword;
pub use restrict::RestrictKnown;
pub use risk::RiskQuestion;
pub use siem::SiemWaiting;
pub use sign_in::SignInKnown;
pub use signal::SignalQuestion;

use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use rows::{channel, first};
use sekisho_core::id::CustomerId;
use sekisho_core::known::ChannelKnown;

const CHANNELS: &str = "SELECT id AS channel_id, customer AS channel_customer, kind, sealed, \
     blind, verified, purpose FROM channel WHERE customer = ?1 AND retired IS NULL \
     ORDER BY id LIMIT 16";

/// The customer's channels, 16 at most.
fn channels_query(customer: CustomerId) -> Query {
    Query::new(CHANNELS, [customer.into()])
}

impl Store {
    /// One query, as the rows that `read` makes of it.
    async fn rows_of<T>(
        &self,
        query: Query,
        read: impl Fn(&Row) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let answers = self.db.read(vec![query]).await?;
        answers.iter().flatten().map(read).collect()
    }

    /// One query, as what `read` makes of its first row.
    async fn row_of<T>(
        &self,
        query: Query,
        read: impl Fn(&Row) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        let answers = self.db.read(vec![query]).await?;
        answers.first().map_or(Ok(None), |rows| first(rows, read))
    }

    /// The customer's channels, 16 at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn channels(&self, customer: CustomerId) -> Result<Vec<ChannelKnown>, Fault> {
        self.rows_of(channels_query(customer), channel).await
    }
}
