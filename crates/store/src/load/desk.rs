//! For the act "assist": a call, with what is stopped; and who asked for an operation.
//!
//! **Invariant:** a call comes with its customer as of the same snapshot.

use super::rows::{customer, customer_columns, first, moment};
use super::stop::{stops, stops_query};
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::id::{CallId, OperationId, StaffId};
use sekisho_core::known::{CallKnown, StopsKnown};
use sekisho_core::moment::Moment;

const CALL: &str = concat!(
    "SELECT d.id AS call_id, d.staff, d.opened, d.ends, ",
    customer_columns!(),
    " FROM desk_call d JOIN customer c ON c.id = d.customer WHERE d.id = ?1"
);

const ASKED: &str = "SELECT call, staff FROM desk_operation WHERE operation = ?1";

impl Store {
    /// A call, and the stops that are not over at `at`.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn desk_call(
        &self,
        id: CallId,
        at: Moment,
    ) -> Result<Option<(CallKnown, StopsKnown)>, Fault> {
        let queries = vec![Query::new(CALL, [id.into()]), stops_query(at)];
        let mut answers = self.db.read(queries).await?.into_iter();
        let found = first(&answers.next().unwrap_or_default(), |row| {
            Ok(CallKnown {
                id: CallId(row.id16("call_id")?),
                customer: customer(row)?,
                staff: StaffId(row.id16("staff")?),
                opened: moment(row, "opened")?,
                ends: moment(row, "ends")?,
            })
        })?;
        let stops = stops(&answers.next().unwrap_or_default(), at)?;
        Ok(found.map(|found| (found, stops)))
    }

    /// In which call an operation was asked for, and by whom; `None` if not at the desk.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn desk_asked(
        &self,
        operation: OperationId,
    ) -> Result<Option<(CallId, StaffId)>, Fault> {
        self.row_of(Query::new(ASKED, [operation.into()]), |row| {
            let call = CallId(row.id16("call")?);
            Ok((call, StaffId(row.id16("staff")?)))
        })
        .await
    }
}
