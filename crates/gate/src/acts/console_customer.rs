//! One customer in the console: what protects the account, what was done with it, and what a
//! person of the firm does for it.
//!
//! **Invariant:** nothing of a customer leaves here unmasked, but to a person who said why they
//! have to see it, and that is in the record first.

use sekisho_core::attack::{Touch, TouchedKnown};
use sekisho_core::bytes::Digest;
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::{AlertId, CustomerId, NoticeId};
use sekisho_core::known::{CredentialKnown, CustomerKnown, DeviceListed, PasskeyKnown};
use sekisho_core::login::Login;
use sekisho_core::respond::{self, Response};
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::Verdict;
use serde_json::json;

use super::account::HistoryPage;
use super::messages::SentMessage;
use super::release::HeldOperation;
use super::security::ShownChannel;
use super::staff::StaffAnswer;
use super::staff_sign_in::StaffSession;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};

/// Rows of a page of the history.
const PAGE: u32 = 50;

/// One customer, as people of the firm see them.
#[derive(Clone, Debug)]
pub struct ShownCustomer {
    /// The customer.
    pub customer: CustomerKnown,
    /// How they are reached: masked, or whole where that was asked for.
    pub channels: Vec<ShownChannel>,
    /// The password.
    pub password: Option<CredentialKnown>,
    /// The passkeys.
    pub passkeys: Vec<PasskeyKnown>,
    /// The devices that are remembered.
    pub devices: Vec<DeviceListed>,
    /// Live sessions.
    pub sessions: usize,
    /// Operations that are not over.
    pub operations: Vec<HeldOperation>,
    /// The newest messages.
    pub messages: Vec<SentMessage>,
    /// A page of the history.
    pub history: HistoryPage,
    /// Whether what is masked otherwise is shown.
    pub revealed: bool,
}

impl ShownCustomer {
    /// Whether there is anything to do for the account by this response.
    #[must_use]
    pub fn fits(&self, response: Response) -> bool {
        response
            .fits(&self.customer, self.password.as_ref())
            .is_ok()
    }
}

/// What is shown of a customer.
#[derive(Clone, Copy, Debug)]
pub enum Shows<'a> {
    /// The page that ends before this cursor, masked.
    Masked(Option<&'a str>),
    /// The newest page, with addresses and ways to reach the customer; and why.
    Whole(&'a Ground),
}

impl Gate {
    /// The customer whom applications call so.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_find(
        &self,
        session: &StaffSession,
        reference: &Reference,
    ) -> Result<StaffAnswer<Option<CustomerId>>, Fault> {
        let asked = json!({ "reference": reference });
        let looks = self.looks_at(session, ConsoleAct::CustomerShow, asked);
        if let Err(reason) = looks.await? {
            return Ok(StaffAnswer::Refused(reason));
        }
        let found = self.store().customer_by_reference(reference).await?;
        Ok(StaffAnswer::Done(found.map(|known| known.id)))
    }

    /// The customer who signs in with this address or number.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_find_login(
        &self,
        session: &StaffSession,
        login: &Login,
    ) -> Result<StaffAnswer<Option<CustomerId>>, Fault> {
        let asked = json!({ "login": login.masked() });
        let looks = self.looks_at(session, ConsoleAct::CustomerShow, asked);
        if let Err(reason) = looks.await? {
            return Ok(StaffAnswer::Refused(reason));
        }
        let found = self.find_login(login).await?;
        Ok(StaffAnswer::Done(found.map(|known| known.channel.customer)))
    }

    /// One customer; `None` if there is none of that id.
    ///
    /// # Errors
    /// Those of the store and the seal.
    pub async fn console_customer(
        &self,
        session: &StaffSession,
        id: CustomerId,
        shows: Shows<'_>,
    ) -> Result<StaffAnswer<Option<ShownCustomer>>, Fault> {
        let (act, asked, before) = match shows {
            Shows::Masked(before) => {
                let asked = json!({ "customer": id, "before": before.is_some() });
                (ConsoleAct::CustomerShow, asked, before)
            }
            Shows::Whole(ground) => {
                let asked = json!({ "customer": id, "ground": ground.as_str() });
                (ConsoleAct::CustomerReveal, asked, None)
            }
        };
        if let Err(reason) = self.looks_at(session, act, asked).await? {
            return Ok(StaffAnswer::Refused(reason));
        }
        let Some(customer) = self.store().customer(id).await? else {
            return Ok(StaffAnswer::Done(None));
        };
        let revealed = matches!(shows, Shows::Whole(_));
        let channels = self.store().channels(id).await?;
        let mut shown = Vec::with_capacity(channels.len());
        for channel in &channels {
            let mut one = self.shown_channel(channel)?;
            if revealed {
                let login = self.keys().open_login(channel.id, &channel.sealed)?;
                one.masked = login
                    .map(|login| login.as_str().to_owned())
                    .unwrap_or_default();
            }
            shown.push(one);
        }
        let now = self.now();
        let operations = self.store().operations_open(id).await?;
        let before = before.map(str::to_owned);
        Ok(StaffAnswer::Done(Some(ShownCustomer {
            channels: shown,
            password: self.store().credential(id).await?,
            passkeys: self.store().passkeys(id).await?,
            devices: self.store().devices(id).await?,
            sessions: self.store().sessions(id, now).await?.len(),
            operations: operations.iter().map(|one| self.held_view(one)).collect(),
            messages: self.messages_of(id, None).await?.rows,
            history: self.history_of(id, before, PAGE).await?,
            customer,
            revealed,
        })))
    }

    /// Protects the account of one customer; `false` if there is none of that id.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn respond(
        &self,
        session: &StaffSession,
        (id, alert): (CustomerId, Option<AlertId>),
        (response, ground): (Response, &Ground),
    ) -> Result<StaffAnswer<bool>, Fault> {
        for _ in 0..ROUNDS {
            if let Err(reason) = self.may(session, ConsoleAct::Respond) {
                return Ok(StaffAnswer::Refused(reason));
            }
            let Some(staff) = self.in_session(session) else {
                return Ok(StaffAnswer::Unproved);
            };
            let Some(customer) = self.store().customer(id).await? else {
                return Ok(StaffAnswer::Done(false));
            };
            let now = self.now();
            let facts = respond::Facts {
                staff,
                customer,
                channels: self.store().channels(id).await?,
                credential: self.store().credential(id).await?,
                alert,
                fresh: (self.fresh_decision(now)?, NoticeId(self.dice().id(now)?)),
                now,
            };
            let decision = respond::decide((response, ground), &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            return Ok(match (committed.verdict(), committed.reasons().first()) {
                (Verdict::Allow, _) | (_, None) => StaffAnswer::Done(true),
                (_, Some(reason)) => StaffAnswer::Refused(*reason),
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Whom an attack touched and a response to it would protect, so many at most as the alert
    /// names. Looks at them all, and says of each whether there is anything to do.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn response_preview(
        &self,
        session: &StaffSession,
        (alert, response): (AlertId, Response),
    ) -> Result<StaffAnswer<Option<Preview>>, Fault> {
        let asked = json!({ "alert": alert, "response": response.word() });
        let looks = self.looks_at(session, ConsoleAct::Respond, asked).await?;
        if let Err(reason) = looks {
            return Ok(StaffAnswer::Refused(reason));
        }
        Ok(StaffAnswer::Done(self.previewed(alert, response).await?))
    }

    async fn previewed(
        &self,
        alert: AlertId,
        response: Response,
    ) -> Result<Option<Preview>, Fault> {
        let Some((_, touched)) = self.store().alert(alert).await? else {
            return Ok(None);
        };
        let wants = |one: &&TouchedKnown| match response {
            // Who was tried with a right password has a password that somebody knows.
            Response::ResetPassword => one.how != Touch::Tried,
            Response::EndSessions | Response::Freeze => one.how == Touch::Entered,
        };
        let (mut rows, mut done) = (Vec::new(), 0);
        for one in touched.iter().filter(wants) {
            let found = self.store().customer_by_reference(&one.reference).await?;
            let Some(customer) = found else { continue };
            let credential = self.store().credential(customer.id).await?;
            match response.fits(&customer, credential.as_ref()) {
                Ok(()) => rows.push((customer.id, customer.reference)),
                Err(_) => done += 1,
            }
        }
        rows.sort_by_key(|(id, _)| *id);
        Ok(Some(Preview::of((alert, response), rows, done)))
    }

    /// Protects everybody whom a preview showed, one after another, if they are the same as then.
    ///
    /// # Errors
    /// Those of the store. Those before are protected then; who asks again is shown the rest.
    pub async fn respond_all(
        &self,
        session: &StaffSession,
        (alert, response, agreed): (AlertId, Response, &str),
        ground: &Ground,
    ) -> Result<StaffAnswer<Responded>, Fault> {
        let asked = json!({ "alert": alert, "response": response.word(), "all": true });
        let looks = self.looks_at(session, ConsoleAct::Respond, asked).await?;
        if let Err(reason) = looks {
            return Ok(StaffAnswer::Refused(reason));
        }
        let Some(preview) = self.previewed(alert, response).await? else {
            return Ok(StaffAnswer::Done(Responded::Gone));
        };
        if preview.digest.to_string() != agreed {
            return Ok(StaffAnswer::Done(Responded::Altered(preview)));
        }
        let (mut done, mut before) = (0, 0);
        for (id, _) in preview.rows {
            let about = (id, Some(alert));
            match self.respond(session, about, (response, ground)).await? {
                StaffAnswer::Done(true) => done += 1,
                StaffAnswer::Done(false) => before += 1,
                // Somebody else was faster, or the person may no more.
                StaffAnswer::Refused(reason) if self.may(session, ConsoleAct::Respond).is_ok() => {
                    tracing::info!(customer = %id, reason = reason.code(), "nothing to respond");
                    before += 1;
                }
                StaffAnswer::Refused(reason) => return Ok(StaffAnswer::Refused(reason)),
                StaffAnswer::Unproved => return Ok(StaffAnswer::Unproved),
            }
        }
        Ok(StaffAnswer::Done(Responded::Done { done, before }))
    }
}

/// Whom a response would protect.
#[derive(Clone, Debug)]
pub struct Preview {
    /// They, each once.
    pub rows: Vec<(CustomerId, Reference)>,
    /// How many more there are for whom nothing is left to do.
    pub before: usize,
    /// Of all that is shown here: what is agreed to is exactly this.
    pub digest: Digest,
}

impl Preview {
    fn of(
        (alert, response): (AlertId, Response),
        rows: Vec<(CustomerId, Reference)>,
        before: usize,
    ) -> Self {
        let ids: Vec<_> = rows.iter().map(|(id, _)| id).collect();
        let text = json!([alert, response.word(), ids]).to_string();
        Self {
            digest: Digest::of(text.as_bytes()),
            rows,
            before,
        }
    }
}

/// What became of a response to an attack.
#[derive(Clone, Debug)]
pub enum Responded {
    /// There are others now than were shown, who are these.
    Altered(Preview),
    /// So many accounts are protected now; so many had been meanwhile.
    Done {
        /// By this.
        done: usize,
        /// By somebody else.
        before: usize,
    },
    /// There is no such alert.
    Gone,
}
