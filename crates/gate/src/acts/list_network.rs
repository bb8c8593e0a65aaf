//! The act "list_network", and taking up what stands on every node.
//!
//! **Invariant:** when a listing is answered to be made or ended, this node judges by it; the
//! others do within seconds.

use std::sync::{Arc, PoisonError};

use sekisho_core::console::ConsoleAct;
use sekisho_core::id::ListingId;
use sekisho_core::known::{ListingKnown, ListingsKnown, PeopleThere, StaffKnown};
use sekisho_core::list_network::{Attempt, Facts, NewListing, decide};
use sekisho_core::moment::Moment;
use sekisho_core::places::Network;
use sekisho_core::reason::Reason;
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::Verdict;
use serde_json::json;

use super::staff::{Proved, StaffAnswer, StaffBy};
use super::staff_sign_in::StaffSession;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::places::{Own, PlacesAt};

/// How many of the newest are listed for staff, beside those that stand.
const LISTED: u32 = 200;

/// Networks on the firm's own list, as staff see them.
#[derive(Clone, Debug)]
pub struct ListedNetworks {
    /// They, newest first.
    pub listings: Vec<ListingKnown>,
    /// The people whom they name.
    pub people: Vec<StaffKnown>,
    /// There may be older ones, all of which are over: so many of the newest were looked at.
    pub older: Option<u32>,
}

impl Gate {
    /// What the address files, and people of the firm, say now.
    pub(crate) fn places(&self) -> PlacesAt {
        self.places_at(self.now())
    }

    /// What they say of what happened at `at`.
    pub(crate) fn places_at(&self, at: Moment) -> PlacesAt {
        self.address_files().at(at).with(self.networks())
    }

    /// The networks that people of the firm listed, as this node read them last.
    fn networks(&self) -> Arc<Own> {
        let held = self.networks_held().read();
        Arc::clone(&held.unwrap_or_else(PoisonError::into_inner))
    }

    /// Judges by these from now on, unless newer ones were taken up meanwhile.
    fn adopt_networks(&self, own: Own) {
        let held = self.networks_held().write();
        let mut held = held.unwrap_or_else(PoisonError::into_inner);
        if held.epoch() < own.epoch() {
            *held = Arc::new(own);
        }
    }

    /// Puts a network on the firm's own list. Answers [`Reason::ListingAltered`] where more
    /// customers are at home in it than whoever wants it was shown.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_network(
        &self,
        claim: impl Into<StaffBy<'_>>,
        new: NewListing,
    ) -> Result<StaffAnswer<ListingId>, Fault> {
        let attempt = Attempt::Make(Box::new(new));
        self.change_list(claim.into(), &attempt, None).await
    }

    /// Takes one off before its time.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn end_listing(
        &self,
        claim: impl Into<StaffBy<'_>>,
        id: ListingId,
        ground: Ground,
    ) -> Result<StaffAnswer<ListingId>, Fault> {
        let attempt = Attempt::End(ground);
        self.change_list(claim.into(), &attempt, Some(id)).await
    }

    async fn change_list(
        &self,
        claim: StaffBy<'_>,
        attempt: &Attempt,
        id: Option<ListingId>,
    ) -> Result<StaffAnswer<ListingId>, Fault> {
        for _ in 0..ROUNDS {
            let Some(Proved { staff, .. }) = self.prove_staff(claim).await? else {
                return Ok(StaffAnswer::Unproved);
            };
            let there = match attempt {
                Attempt::Make(new) => self.store().people_in(new.network).await?,
                Attempt::End(_) => PeopleThere::default(),
            };
            let now = self.now();
            let (listing, listings) = self.store().listings(id, now).await?;
            let fresh = (self.fresh_decision(now)?, ListingId(self.dice().id(now)?));
            let facts = Facts {
                staff,
                listing,
                listings,
                there,
                fresh,
                now,
            };
            let decision = decide(attempt, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            if committed.verdict() != &Verdict::Allow {
                let reason = committed.reasons().first().copied();
                return Ok(StaffAnswer::Refused(reason.unwrap_or(Reason::ListingNone)));
            }
            // It is done, whatever becomes of this; without it this node follows a little later.
            if let Err(fault) = self.take_networks().await {
                tracing::error!(error = %fault, "a change of the listed networks is taken up later");
            }
            return Ok(StaffAnswer::Done(id.unwrap_or(fresh.1)));
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// One of them with the people whom it names, likewise; `None` if there is none of that id.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_network(
        &self,
        session: &StaffSession,
        id: ListingId,
    ) -> Result<StaffAnswer<Option<(ListingKnown, Vec<StaffKnown>)>>, Fault> {
        if let Err(reason) = self.may(session, ConsoleAct::NetworksShow) {
            return Ok(StaffAnswer::Refused(reason));
        }
        let (found, _) = self.store().listings(Some(id), self.now()).await?;
        let people = self.store().all_staff().await?;
        Ok(StaffAnswer::Done(found.map(|known| (known, people))))
    }

    /// How many customers were ever let in from a network, for the person of a session who may
    /// list it; that they asked is in the record.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_people_in(
        &self,
        session: &StaffSession,
        network: Network,
    ) -> Result<StaffAnswer<PeopleThere>, Fault> {
        let asked = json!({ "network": network.to_string() });
        let looks = self.looks_at(session, ConsoleAct::NetworkList, asked);
        match looks.await? {
            Err(reason) => Ok(StaffAnswer::Refused(reason)),
            Ok(_) => Ok(StaffAnswer::Done(self.people_in(network).await?)),
        }
    }

    /// How many customers were ever let in from a network.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn people_in(&self, network: Network) -> Result<PeopleThere, Fault> {
        Ok(self.store().people_in(network).await?)
    }

    /// Every network that stands on the list and the newest of those that do no more, with the
    /// people whom they name, for staff.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn listed_networks(&self) -> Result<ListedNetworks, Fault> {
        let (_, open) = self.store().listings(None, self.now()).await?;
        let mut listings = self.store().newest_listings(LISTED).await?;
        let whole = u32::try_from(listings.len()).is_ok_and(|count| count < LISTED);
        listings.retain(|one| open.standing.iter().all(|stands| stands.id != one.id));
        listings.extend(open.standing);
        listings.sort_by_key(|one| std::cmp::Reverse((one.made, one.id)));
        Ok(ListedNetworks {
            listings,
            people: self.store().all_staff().await?,
            older: (!whole).then_some(LISTED),
        })
    }

    /// The same for the person of a session.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_networks(
        &self,
        session: &StaffSession,
    ) -> Result<StaffAnswer<ListedNetworks>, Fault> {
        match self.may(session, ConsoleAct::NetworksShow) {
            Err(reason) => Ok(StaffAnswer::Refused(reason)),
            Ok(()) => Ok(StaffAnswer::Done(self.listed_networks().await?)),
        }
    }

    /// Takes up the networks that stand on the list, if these are others than before; whether they
    /// are.
    ///
    /// # Errors
    /// Those of the store; those of before go on to count then, each until its end.
    pub async fn take_networks(&self) -> Result<bool, Fault> {
        if self.networks().epoch() == Some(self.store().listing_epoch().await?) {
            return Ok(false);
        }
        let (_, known) = self.store().listings(None, self.now()).await?;
        let ListingsKnown { epoch, standing } = &known;
        tracing::info!(
            epoch,
            standing = standing.len(),
            "listed networks are taken up"
        );
        self.adopt_networks(known.into());
        Ok(true)
    }

    /// How many networks stand on the list, as this node judges.
    pub(crate) fn count_networks(&self) -> usize {
        self.networks().count(self.now())
    }
}
