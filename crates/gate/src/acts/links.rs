//! The link view of the console: who shares what with whom.
//!
//! **Invariant:** nothing that names a customer is read before [`Gate::may`] allowed it and the
//! entry that says who looks, and at whom, is committed.

use sekisho_core::console::ConsoleAct;
use sekisho_core::id::CustomerId;
use sekisho_core::known::CustomerKnown;
use sekisho_core::links::{LinkedCustomer, Links, MOST_OPENED};
use sekisho_core::sighting::{Trait, TraitKind};
use serde_json::json;

use super::staff::StaffAnswer;
use super::staff_sign_in::StaffSession;
use crate::fault::Fault;
use crate::gate::Gate;

impl Gate {
    /// What these customers share with others; `None` if there is none of the first id. More than
    /// [`MOST_OPENED`] are not opened.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_links(
        &self,
        session: &StaffSession,
        of: &[CustomerId],
    ) -> Result<StaffAnswer<Option<Links>>, Fault> {
        let mut of = of.to_vec();
        of.truncate(MOST_OPENED);
        let asked = json!({ "customers": of });
        let looks = self.looks_at(session, ConsoleAct::LinksShow, asked).await?;
        if let Err(reason) = looks {
            return Ok(StaffAnswer::Refused(reason));
        }
        let mut opened = Vec::with_capacity(of.len());
        let mut shared = Vec::new();
        for (index, id) in of.iter().enumerate() {
            let Some(known) = self.store().customer(*id).await? else {
                match index {
                    0 => return Ok(StaffAnswer::Done(None)),
                    _ => continue,
                }
            };
            opened.push(linked(&known));
            shared.extend(self.store().shared(*id).await?);
        }
        shared.sort_unstable();
        shared.dedup();
        let ids: Vec<_> = opened.iter().map(|one| one.id).collect();
        let places = self.store().linked(&shared, &ids).await?;
        Ok(StaffAnswer::Done(Some(Links::of(opened, places))))
    }

    /// Who was at an address or on a device; `None` if nobody was. Of more than are listed nobody
    /// is named.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_links_at(
        &self,
        session: &StaffSession,
        place: Trait,
    ) -> Result<StaffAnswer<Option<Links>>, Fault> {
        let named = match place.kind {
            TraitKind::Address => {
                Trait::of_address(sekisho_core::context::Address::from_bytes(place.value))[1].text()
            }
            _ => place.text(),
        };
        let asked = json!({ "kind": place.kind.word(), "value": named });
        let looks = self.looks_at(session, ConsoleAct::LinksShow, asked).await?;
        if let Err(reason) = looks {
            return Ok(StaffAnswer::Refused(reason));
        }
        let places = self.store().linked(&[place], &[]).await?;
        let links = Links::of(Vec::new(), places);
        let somebody = links.places.iter().any(|place| place.people > 0);
        Ok(StaffAnswer::Done(somebody.then_some(links)))
    }
}

fn linked(known: &CustomerKnown) -> LinkedCustomer {
    LinkedCustomer {
        id: known.id,
        reference: known.reference.clone(),
        state: known.state,
    }
}
