//! The acts "enrol" and "discard" for phones that approve, and the keys by which push services know
//! us.
//!
//! **Invariant:** the address of a phone is looked at before it is kept, and leaves towards its
//! push service alone.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretBox};
use sekisho_core::change::{Change, PushChange};
use sekisho_core::client_family::ClientFamily;
use sekisho_core::enrol::approver::{self, Facts, Gone};
use sekisho_core::id::{CredentialId, CustomerId, NoticeId};
use sekisho_core::known::PushKeyKnown;
use sekisho_core::moment::Moment;
use sekisho_core::reason::Reason;
use sekisho_core::verdict::Verdict;
use sekisho_seal::jwk::SigningKey;
use sekisho_seal::push::{Subscription, application_server_key};

use super::account::Session;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::keys::Place;
use crate::steps::push::{Subscribed, json};
use crate::visitor::Visitor;

/// What a browser says of its subscription (Push API).
#[derive(Clone, Debug)]
pub struct Subscribing {
    /// The address at its push service.
    pub endpoint: String,
    /// Its public key, base64url.
    pub p256dh: String,
    /// Its secret, base64url.
    pub auth: String,
}

/// A phone that approves as its customer sees it.
#[derive(Clone, Debug)]
pub struct ShownApprover {
    /// The id.
    pub id: CredentialId,
    /// Whether it is the one that looks.
    pub this: bool,
    /// What the customer calls the device.
    pub name: Option<String>,
    /// Browser and system.
    pub client: Option<ClientFamily>,
    /// Since when it approves.
    pub since: Moment,
    /// When it last approved something.
    pub last: Option<Moment>,
}

/// Whether the browser that looks may become a phone that approves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApproverOffer {
    /// It may, by a subscription for this key of ours.
    Add {
        /// The uncompressed point, base64url.
        key: String,
    },
    /// Policy or configuration knows no such phones.
    Forbidden,
    /// There are as many as there may be.
    Full,
    /// The customer has to prove again who they are.
    ProveAgain,
    /// The browser is not remembered for this customer.
    Strange,
}

/// The page of phones that approve.
#[derive(Clone, Debug)]
pub struct Approvers {
    /// Those there are.
    pub rows: Vec<ShownApprover>,
    /// What the browser that looks may do.
    pub offer: ApproverOffer,
}

/// What became of the wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApproverAnswer {
    /// Done.
    Done,
    /// Not now; the page says why.
    Refused,
    /// The subscription cannot be used: an unknown push service, or no keys.
    Unusable,
}

impl Gate {
    /// The customer's phones that approve.
    ///
    /// # Errors
    /// Those of the store and the seal.
    pub async fn approvers(
        &self,
        session: &Session,
        visitor: &Visitor,
    ) -> Result<Approvers, Fault> {
        let facts = self.approver_facts(session, visitor).await?;
        let devices = self.devices(session, visitor).await?;
        let rows = facts.approvers.iter().map(|known| {
            let device = devices.iter().find(|device| device.id == known.device);
            ShownApprover {
                id: known.id,
                this: facts.device == Some(known.device),
                name: device.and_then(|device| device.name.clone()),
                client: device.and_then(|device| device.client),
                since: known.created,
                last: known.last,
            }
        });
        let offer = match (self.push(), facts.refusal(&self.policy())) {
            (None, _) | (_, Some(Reason::PolicyRequires)) => ApproverOffer::Forbidden,
            (_, Some(Reason::PushDevice)) => ApproverOffer::Strange,
            (_, Some(Reason::PushMany)) => ApproverOffer::Full,
            (_, Some(_)) => ApproverOffer::ProveAgain,
            (Some(_), None) => ApproverOffer::Add {
                key: application_server_key(&self.push_key().await?.1.public()),
            },
        };
        Ok(Approvers {
            rows: rows.collect(),
            offer,
        })
    }

    /// Makes the browser of `visitor` a phone that approves.
    ///
    /// # Errors
    /// Those of the store and the seal.
    pub async fn approver_add(
        &self,
        session: &Session,
        wanted: &Subscribing,
        visitor: &Visitor,
    ) -> Result<ApproverAnswer, Fault> {
        let Some(push) = self.push() else {
            return Ok(ApproverAnswer::Refused);
        };
        let known = push.origin(&wanted.endpoint).is_some();
        if !known || subscription(&wanted.p256dh, &wanted.auth).is_none() {
            return Ok(ApproverAnswer::Unusable);
        }
        let text = json(&Subscribed {
            endpoint: wanted.endpoint.clone(),
            p256dh: wanted.p256dh.clone(),
            auth: wanted.auth.clone(),
        })?;
        for _ in 0..ROUNDS {
            let facts = self.approver_facts(session, visitor).await?;
            let id = CredentialId(self.dice().id(facts.owner.now)?);
            let place = Place::Approver(id);
            let sealed = self.keys().seal(place, text.as_bytes(), self.dice())?;
            let (key, _) = self.push_key().await?;
            let decision = approver::decide_add(&facts, (id, sealed, key), &self.policy());
            if let Some(committed) = self.commit(decision).await? {
                return Ok(answer(committed.verdict()));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Removes a phone.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn approver_remove(
        &self,
        session: &Session,
        id: CredentialId,
        visitor: &Visitor,
    ) -> Result<ApproverAnswer, Fault> {
        for _ in 0..ROUNDS {
            let facts = self.approver_facts(session, visitor).await?;
            let decision = approver::decide_remove(&facts, id, &self.policy());
            if let Some(committed) = self.commit(decision).await? {
                return Ok(answer(committed.verdict()));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Removes a phone that its push service does not know any more.
    pub(crate) async fn approver_gone(
        &self,
        customer: CustomerId,
        id: CredentialId,
    ) -> Result<(), Fault> {
        for _ in 0..ROUNDS {
            let approvers = self.store().approvers(customer).await?;
            let known = approvers.into_iter().find(|known| known.id == id);
            let Some((known, owner)) = known.zip(self.store().customer(customer).await?) else {
                return Ok(());
            };
            let now = self.now();
            let gone = Gone {
                customer: owner,
                channels: self.store().channels(customer).await?,
                report: self.fresh_report()?,
                notice: NoticeId(self.dice().id(now)?),
                decision: self.fresh_decision(now)?,
                now,
            };
            let decision = approver::decide_gone(&known, &gone, &self.policy());
            if self.commit(decision).await?.is_some() {
                return Ok(());
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    async fn approver_facts(&self, session: &Session, visitor: &Visitor) -> Result<Facts, Fault> {
        let customer = session.customer();
        let (presented, context) = self.recognise(visitor, Some(customer)).await?;
        Ok(Facts {
            owner: self.owner(session).await?,
            approvers: self.store().approvers(customer).await?,
            device: presented.recognised(),
            context,
        })
    }

    /// The key by which push services know us; makes the first one.
    pub(crate) async fn push_key(&self) -> Result<(String, SigningKey), Fault> {
        let mut keys = self.store().push_keys().await?;
        if keys.is_empty() {
            self.rotate_push_key().await?;
            keys = self.store().push_keys().await?;
        }
        let newest = keys.first().ok_or(Fault::Internal {
            what: "there is no key for push services",
        })?;
        self.open_push_key(newest)
    }

    /// The key that a phone knows.
    pub(crate) async fn push_key_of(&self, kid: &str) -> Result<Option<SigningKey>, Fault> {
        let keys = self.store().push_keys().await?;
        match keys.iter().find(|known| known.kid == kid) {
            Some(known) => Ok(Some(self.open_push_key(known)?.1)),
            None => Ok(None),
        }
    }

    fn open_push_key(&self, known: &PushKeyKnown) -> Result<(String, SigningKey), Fault> {
        let place = Place::PushKey(&known.kid);
        let scalar = self.keys().open_bytes(place, &known.sealed)?;
        let key = SigningKey::import(&SecretBox::new(Box::new(scalar)))?;
        Ok((known.kid.clone(), key))
    }

    /// Makes a new key for push services, which phones get that are added from now on; those of
    /// before are still sent to under the key that they know.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn rotate_push_key(&self) -> Result<String, Fault> {
        let key = SigningKey::from_random(self.dice().bytes()?)?;
        let kid = key.kid().as_str().to_owned();
        let (place, scalar) = (Place::PushKey(&kid), key.export());
        let sealed = self
            .keys()
            .seal(place, scalar.expose_secret(), self.dice())?;
        let added = Change::Push(PushChange::KeyAdded {
            kid: kid.clone(),
            sealed,
            at: self.now(),
        });
        self.administer(&kid, vec![added]).await?;
        Ok(kid)
    }
}

/// The keys of a subscription, if they are keys.
pub(crate) fn subscription(p256dh: &str, auth: &str) -> Option<Subscription> {
    // Browsers differ in whether they pad.
    let bytes = |text: &str| {
        let text = text.trim_end_matches('=');
        let short = text.len() <= 128;
        short.then(|| BASE64_URL_SAFE_NO_PAD.decode(text).ok())?
    };
    Subscription::parse(&bytes(p256dh)?, &bytes(auth)?).ok()
}

fn answer(verdict: &Verdict) -> ApproverAnswer {
    match verdict {
        Verdict::Allow => ApproverAnswer::Done,
        Verdict::Hold | Verdict::Refuse | Verdict::StepUp(_) => ApproverAnswer::Refused,
    }
}
