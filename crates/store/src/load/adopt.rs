//! For the act "adopt" and for whoever judges: rule sets, and which are in force.
//!
//! **Invariant:** which are in force and their documents are of one snapshot.

use super::rows::{digest, every, first, maybe_moment, moment};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::id::{RuleSetId, StaffId};
use sekisho_core::known::{RuleChoice, RuleSetKnown};

const CHOICE: &str = "SELECT epoch, live, former, shadow FROM rule_choice WHERE one = 1";

/// The columns of a rule set `r` as [`set`] reads them.
macro_rules! set_columns {
    () => {
        "r.id, r.version, r.digest, r.document, r.made_by, r.made, r.shadowed, r.approved_by, \
         r.approved"
    };
}

const OF_VERSION: &str = concat!(
    "SELECT ",
    set_columns!(),
    " FROM rule_set r WHERE r.version = ?1"
);

const IN_FORCE: &str = concat!(
    "SELECT ",
    set_columns!(),
    " FROM rule_choice c JOIN rule_set r ON r.id = c.live OR r.id = c.shadow WHERE c.one = 1"
);

const NEWEST: &str = concat!(
    "SELECT ",
    set_columns!(),
    " FROM rule_set r ORDER BY r.made DESC, r.id LIMIT 200"
);

fn choice(row: &Row) -> Result<RuleChoice, Fault> {
    let set = |column| Ok::<_, Fault>(row.maybe_fixed(column)?.map(RuleSetId));
    Ok(RuleChoice {
        epoch: row.int("epoch")?,
        live: set("live")?,
        before: set("former")?,
        shadow: set("shadow")?,
    })
}

/// What [`CHOICE`] answers.
fn chosen(rows: &[Row]) -> Result<RuleChoice, Fault> {
    first(rows, choice)?.ok_or_else(|| Fault::Corrupt {
        table: "rule_choice",
        what: "expected one row".to_owned(),
    })
}

fn set(row: &Row) -> Result<RuleSetKnown, Fault> {
    let approver = row.maybe_fixed("approved_by")?.map(StaffId);
    Ok(RuleSetKnown {
        id: RuleSetId(row.id16("id")?),
        version: row.text("version")?.to_owned(),
        digest: digest(row, "digest")?,
        document: row.text("document")?.to_owned(),
        by: StaffId(row.id16("made_by")?),
        made: moment(row, "made")?,
        shadowed: maybe_moment(row, "shadowed")?,
        approved: approver.zip(maybe_moment(row, "approved")?),
    })
}

impl Store {
    /// Which rule sets are in force.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn rule_choice(&self) -> Result<RuleChoice, Fault> {
        let answers = self.db.read(vec![Query::new(CHOICE, [])]).await?;
        chosen(answers.first().map_or(&[], Vec::as_slice))
    }

    /// Which rule sets are in force, with those that are live and in shadow.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn rules_in_force(&self) -> Result<(RuleChoice, Vec<RuleSetKnown>), Fault> {
        self.choice_and(Query::new(IN_FORCE, [])).await
    }

    /// Which rule sets are in force, and the one of this version.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn rule_set(
        &self,
        version: &str,
    ) -> Result<(RuleChoice, Option<RuleSetKnown>), Fault> {
        let query = Query::new(OF_VERSION, [version.into()]);
        let (choice, found) = self.choice_and(query).await?;
        Ok((choice, found.into_iter().next()))
    }

    /// Which rule sets are in force, and the newest 200.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn newest_rule_sets(&self) -> Result<(RuleChoice, Vec<RuleSetKnown>), Fault> {
        self.choice_and(Query::new(NEWEST, [])).await
    }

    async fn choice_and(&self, query: Query) -> Result<(RuleChoice, Vec<RuleSetKnown>), Fault> {
        let answers = self.db.read(vec![Query::new(CHOICE, []), query]).await?;
        let mut answers = answers.iter();
        let choice = chosen(answers.next().map_or(&[], Vec::as_slice))?;
        let sets = answers.next().map_or(&[][..], Vec::as_slice);
        Ok((choice, every(sets, set)?))
    }
}
