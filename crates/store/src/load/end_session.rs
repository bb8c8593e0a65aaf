//! For the act "end_session": the sessions of a customer, and from where each was opened.
//!
//! **Invariant:** a session that was ended is not listed.

use super::rows::{client, country, customer_columns, session, session_columns};
use crate::Store;
use crate::commit::ending_word;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::client_family::ClientFamily;
use sekisho_core::context::{Address, Context, Place, Terminal};
use sekisho_core::id::{CustomerId, DeviceId};
use sekisho_core::known::SessionListed;
use sekisho_core::moment::Moment;
use sekisho_core::sighting::Ending;

/// The access that opened a session happened at the very moment of its proof.
const OF_CUSTOMER: &str = concat!(
    "SELECT ",
    session_columns!(),
    ", a.customer AS placed, a.address, a.system, a.country, a.client \
     FROM session s JOIN customer c ON c.id = s.customer \
     LEFT JOIN access a ON a.customer = s.customer AND a.at = s.proved AND a.decision = \
         (SELECT o.decision FROM access o WHERE o.customer = s.customer AND o.at = s.proved \
          AND o.ending = ?3 ORDER BY o.decision DESC LIMIT 1) \
     WHERE s.customer = ?1 AND s.ended IS NULL AND s.ends > ?2 \
     ORDER BY s.last_at DESC, s.id LIMIT 100"
);

impl Store {
    /// The customer's sessions that were not ended and may live beyond `now`, the last used first,
    /// 100 at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn sessions(
        &self,
        customer: CustomerId,
        now: Moment,
    ) -> Result<Vec<SessionListed>, Fault> {
        let success = ending_word(Ending::Success).into();
        let query = Query::new(OF_CUSTOMER, [customer.into(), now.into(), success]);
        self.rows_of(query, listed).await
    }
}

fn listed(row: &Row) -> Result<SessionListed, Fault> {
    let device = row.maybe_fixed("device")?.map(DeviceId);
    let placed: Option<[u8; 16]> = row.maybe_fixed("placed")?;
    let context = match placed {
        None => None,
        Some(_) => Some(Context {
            address: row.maybe_fixed("address")?.map(Address::from_bytes),
            place: Place {
                system: super::rows::system(row)?,
                country: country(row)?,
                ..Place::default()
            },
            client: client(row)?.map(|client| ClientFamily::parse(client.as_str())),
            device,
            terminal: Terminal::Own,
        }),
    };
    Ok(SessionListed {
        session: session(row)?,
        context,
    })
}
