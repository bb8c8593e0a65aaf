//! The acts "enrol" and "discard": the customer's passkeys.
//!
//! **Invariant:** nothing is added, renamed or removed but by a decision on a fresh session.

use sekisho_core::bound::Bound;
use sekisho_core::context::Context;
use sekisho_core::discard;
use sekisho_core::enrol::{self, Facts, Kept, Owner};
use sekisho_core::id::{CredentialId, CustomerId, NoticeId};
use sekisho_core::known::{Backup, PasskeyKnown, RiskKnown, SessionKnown, Transport};
use sekisho_core::moment::Moment;
use sekisho_core::policy::FactorPolicy;
use sekisho_core::proof::{Method, UserSeen};
use sekisho_core::reason::Reason;
use sekisho_core::sighting::Trait;
use sekisho_core::text::Line;
use sekisho_core::verdict::Verdict;
use sekisho_seal::prove::{MakingAsked, prove_made};
use sekisho_seal::report_code::ReportCode;
use sekisho_seal::webauthn::{Algorithm, RegistrationResponse};
use sekisho_store::RiskQuestion;

use super::account::Session;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::steps::passkey::{NamedPasskey, verification};
use crate::visitor::Visitor;

/// A passkey, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyView {
    /// The id.
    pub id: CredentialId,
    /// The customer's name for it.
    pub name: String,
    /// When it was added.
    pub created: Moment,
    /// When it was last used.
    pub last: Option<Moment>,
    /// Where it may be.
    pub backup: Backup,
}

/// What a page hands to the browser so that a passkey is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolPrompt {
    /// Comes back with the answer.
    pub ticket: String,
    /// What the new passkey is made for.
    pub challenge: [u8; 32],
    /// The domain it will belong to.
    pub rp_id: String,
    /// What the authenticator keeps as the name of the customer.
    pub user: Vec<u8>,
    /// What the authenticator shows: the customer's mail address or number, in clear.
    pub user_name: String,
    /// The passkeys there are, which are not made again.
    pub named: Vec<NamedPasskey>,
    /// The signature algorithms that will do, the best first, as COSE numbers.
    pub algorithms: Vec<i64>,
    /// Whom the authenticator has to see.
    pub user_seen: UserSeen,
    /// Whether the maker of the authenticator is asked to vouch for its model.
    pub conveyance: Conveyance,
}

/// What a browser is asked of attestation (Web Authentication Level 3 section 5.4.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conveyance {
    /// As the authenticator made it, since there are roots to judge it by.
    Direct,
    /// None: it would not be used, and some browsers ask their users about it.
    None,
}

/// What the page of passkeys shows.
#[derive(Clone, Debug)]
pub struct Passkeys {
    /// Those there are.
    pub all: Vec<PasskeyView>,
    /// Whether they can be changed now.
    pub enrolling: Enrolling,
}

/// Whether passkeys can be changed in a session now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enrolling {
    /// There are as many as the policy allows.
    Full,
    /// The public address has no domain name that a passkey could belong to.
    NoDomain,
    /// Another one may be made.
    Open(Box<EnrolPrompt>),
    /// The customer has to prove again who they are.
    ProveAgain,
}

/// What `navigator.credentials.create` returned, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyOffer {
    /// The ticket of the prompt.
    pub ticket: String,
    /// What the browser saw.
    pub client_data: Vec<u8>,
    /// The new key, and what vouches for it.
    pub attestation_object: Vec<u8>,
    /// How the browser says that it is reached.
    pub transports: Vec<Transport>,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enrolled {
    /// Done.
    Done,
    /// There are as many as there may be.
    Full,
    /// The customer has to prove again who they are.
    ProveAgain,
    /// It was no passkey for this page, the code was wrong, or there is no such factor.
    Refused,
}

impl Gate {
    /// The passkeys of a session's customer.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn passkeys(&self, session: &Session) -> Result<Passkeys, Fault> {
        let owner = self.owner(session).await?;
        let policy = self.policy();
        let forbidden = policy.factor(Method::Passkey) == FactorPolicy::Forbid;
        let enrolling = match owner.refusal(&policy) {
            _ if forbidden || !self.has_domain() => Enrolling::NoDomain,
            Some(_) => Enrolling::ProveAgain,
            None if owner.passkeys.len() >= usize::from(policy.passkey.most) => Enrolling::Full,
            None => Enrolling::Open(Box::new(self.enrol_prompt(&owner)?)),
        };
        let all = owner.passkeys.iter().map(view).collect();
        Ok(Passkeys { all, enrolling })
    }

    fn enrol_prompt(&self, owner: &Owner) -> Result<EnrolPrompt, Fault> {
        let ticket = self.fresh_ticket(Bound::Enrol(owner.session.id).digest())?;
        Ok(EnrolPrompt {
            ticket: self.keys().tickets.write(&ticket),
            challenge: ticket.challenge(),
            rp_id: self.relying_party().id,
            user: self.user_handle(owner),
            user_name: self.user_name(owner)?,
            named: NamedPasskey::each(&owner.passkeys),
            algorithms: Algorithm::OFFERED.iter().map(|one| one.cose()).collect(),
            user_seen: self.policy().passkey_user(),
            conveyance: if self.anchors().is_empty() {
                Conveyance::None
            } else {
                Conveyance::Direct
            },
        })
    }

    /// What an authenticator keeps as the name of the customer: what it keeps already, or else a
    /// value under a key of ours, since whoever finds the authenticator can read it and must not
    /// learn what the customer is called elsewhere (Web Authentication Level 3 section 14.6.1).
    fn user_handle(&self, owner: &Owner) -> Vec<u8> {
        let first = owner.usable.all().first();
        first.map_or_else(
            || self.keys().user_handle(owner.customer()).to_vec(),
            |known| known.user_handle.clone(),
        )
    }

    /// What an authenticator shows of whose it is: the customer's mail address or number, in clear.
    pub(crate) fn user_name(&self, owner: &Owner) -> Result<String, Fault> {
        let mut verified = owner.channels.iter();
        let login = match verified.find(|channel| channel.verified.is_some()) {
            Some(channel) => self.keys().open_login(channel.id, &channel.sealed)?,
            None => None,
        };
        Ok(login.map_or_else(
            || owner.session.customer.reference.to_string(),
            |login| login.as_str().to_owned(),
        ))
    }

    /// Adds a passkey that the browser made.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn enrol(
        &self,
        session: &Session,
        offer: &PasskeyOffer,
        (name, visitor): (Line<40>, &Visitor),
    ) -> Result<Enrolled, Fault> {
        let (_, context) = self.recognise(visitor, Some(session.customer())).await?;
        for _ in 0..ROUNDS {
            let owner = self.owner(session).await?;
            let bound = Bound::Enrol(owner.session.id).digest();
            let response = RegistrationResponse {
                client_data_json: &offer.client_data,
                attestation_object: &offer.attestation_object,
            };
            let made = self
                .unspent(&offer.ticket, bound)
                .await?
                .and_then(|ticket| {
                    let asked = MakingAsked {
                        verification: verification(self.policy().passkey_user()),
                        anchors: self.anchors(),
                        at: owner.now,
                    };
                    let made = prove_made(&self.relying_party(), &ticket, asked, &response);
                    made.inspect_err(|refusal| {
                        tracing::info!(refusal = refusal.word(), "a new passkey was refused");
                    })
                    .ok()
                });
            let taken = match &made {
                Some(made) => self.store().passkey(made.handle()).await?,
                None => None,
            };
            let risk = self
                .place_known(&context, owner.customer(), owner.now)
                .await?;
            let facts = Facts {
                kept: Kept {
                    id: CredentialId(self.dice().id(owner.now)?),
                    name: name.clone(),
                    rp_id: self.relying_party().id,
                    user_handle: self.user_handle(&owner),
                    transports: offer.transports.clone(),
                },
                taken: taken.map(|(_, customer)| customer.id),
                risk,
                context,
                owner,
                made,
            };
            let decision = enrol::decide(&facts, &self.policy());
            if let Some(committed) = self.commit(decision).await? {
                return Ok(enrolled(&committed));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Gives a passkey another name.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn rename_passkey(
        &self,
        session: &Session,
        id: CredentialId,
        name: Line<40>,
    ) -> Result<Enrolled, Fault> {
        for _ in 0..ROUNDS {
            let owner = self.owner(session).await?;
            let Some(passkey) = owner.passkeys.iter().find(|known| known.id == id) else {
                return Ok(Enrolled::Refused);
            };
            let decision = enrol::decide_rename(&owner, passkey, name.clone(), &self.policy());
            if let Some(committed) = self.commit(decision).await? {
                return Ok(enrolled(&committed));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Removes a passkey.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn discard(&self, session: &Session, id: CredentialId) -> Result<Enrolled, Fault> {
        for _ in 0..ROUNDS {
            let owner = self.owner(session).await?;
            let Some(passkey) = owner.passkeys.iter().find(|known| known.id == id) else {
                return Ok(Enrolled::Refused);
            };
            let decision = discard::decide(&owner, passkey, &self.policy());
            if let Some(committed) = self.commit(decision).await? {
                return Ok(enrolled(&committed));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// What is known of the place that a customer changes something from.
    pub(crate) async fn place_known(
        &self,
        context: &Context,
        customer: CustomerId,
        at: Moment,
    ) -> Result<RiskKnown, Fault> {
        let traits = Trait::of_context(context);
        let question = RiskQuestion {
            traits: &traits,
            address: context.address,
            kind: None,
            at,
        };
        let known = self.store().sign_in(Some(customer), &question).await?;
        Ok(self.places().placed(known.risk))
    }

    /// The session as it is stored now: what was proved in it, and its customer, may have changed
    /// since the request began. One that was ended proves nothing any more.
    pub(crate) async fn session_now(&self, session: &Session) -> Result<SessionKnown, Fault> {
        let found = self.store().session_by_id(session.id()).await?;
        let found = found.map(|known| self.compared(known, &session.now_at));
        Ok(found.unwrap_or_else(|| {
            let mut ended = session.known.clone();
            (ended.methods, ended.again) = (Vec::new(), None);
            ended
        }))
    }

    pub(crate) async fn owner(&self, session: &Session) -> Result<Owner, Fault> {
        let now = self.now();
        let customer = session.customer();
        let channels = self.store().channels(customer).await?;
        let report = ReportCode::from_random(self.dice().bytes()?);
        // Before the passkeys, so that whoever adds one meanwhile makes this out of date.
        let session = self.session_now(session).await?;
        let passkeys = self.store().passkeys(customer).await?;
        Ok(Owner {
            session,
            usable: self.usable_of(&passkeys),
            passkeys,
            channels,
            report: (self.keys().reports.hash(&report), report.display()),
            notice: NoticeId(self.dice().id(now)?),
            decision: self.fresh_decision(now)?,
            now,
        })
    }
}

fn view(known: &PasskeyKnown) -> PasskeyView {
    PasskeyView {
        id: known.id,
        name: known.name.as_str().to_owned(),
        created: known.created,
        last: known.last,
        backup: known.backup,
    }
}

pub(crate) fn enrolled(committed: &sekisho_core::decision::Decision) -> Enrolled {
    let has = |reason| committed.entry.reasons.contains(&reason);
    match committed.verdict() {
        Verdict::Allow => Enrolled::Done,
        _ if has(Reason::ProofStale) => Enrolled::ProveAgain,
        _ if has(Reason::PasskeyLimit) || has(Reason::FactorThere) => Enrolled::Full,
        _ => Enrolled::Refused,
    }
}
