//! For the act "restrict": limits and choices of a customer's own, of every kind.
//!
//! **Invariant:** at most [`MOST`] rows of each.

use super::rows::{every, kind};
use super::standing::{choice, limit};
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::access::OperationKind;
use sekisho_core::id::CustomerId;
use sekisho_core::known::{ChoiceKnown, LimitKnown};

/// Most rows: kinds of a policy by the currencies there are.
pub const MOST: i64 = 1000;

const LIMITS: &str = "SELECT kind, currency, each_most, day_most, next_each, next_day, next_asked, \
     next_from, raised, before_each, before_day, before_asked, revision FROM own_limit \
     WHERE customer = ?1 ORDER BY kind, currency LIMIT ?2";

const CHOICES: &str = "SELECT kind, choice, next_choice, next_asked AS weaker_asked, \
     next_from AS weaker_from, revision AS choice_revision FROM own_choice \
     WHERE customer = ?1 ORDER BY kind LIMIT ?2";

/// What a customer has set.
#[derive(Clone, Debug, Default)]
pub struct RestrictKnown {
    /// Limits.
    pub limits: Vec<(OperationKind, LimitKnown)>,
    /// Choices.
    pub choices: Vec<(OperationKind, ChoiceKnown)>,
}

impl Store {
    /// Limits and choices of a customer's own.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn restrict(&self, customer: CustomerId) -> Result<RestrictKnown, Fault> {
        let params = || [customer.into(), MOST.into()];
        let queries = vec![Query::new(LIMITS, params()), Query::new(CHOICES, params())];
        let mut answers = self.db.read(queries).await?.into_iter();
        let limits = answers.next().unwrap_or_default();
        let choices = answers.next().unwrap_or_default();
        let chosen = every(&choices, |row| Ok((kind(row, "kind")?, choice(row)?)))?;
        let set = chosen
            .into_iter()
            .filter_map(|(kind, known)| Some((kind, known?)));
        Ok(RestrictKnown {
            limits: every(&limits, |row| Ok((kind(row, "kind")?, limit(row)?)))?,
            choices: set.collect(),
        })
    }
}
