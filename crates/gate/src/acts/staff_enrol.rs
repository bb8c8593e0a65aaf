//! The act "staff enrol": people of the firm make the passkeys by which they come into the console,
//! and remove them.
//!
//! **Invariant:** a secret opens a session for a first passkey and for nothing else.

use sekisho_core::bound::Bound;
use sekisho_core::id::CredentialId;
use sekisho_core::known::StaffPasskeyKnown;
use sekisho_core::proof::UserSeen;
use sekisho_core::reason::Reason;
use sekisho_core::staff_enrol::{
    BeginFacts, Facts, Kept, MOST, Owner, begin, decide, decide_remove,
};
use sekisho_core::text::Line;
use sekisho_core::verdict::Verdict;
use sekisho_seal::prove::{MakingAsked, prove_made};
use sekisho_seal::token::Token;
use sekisho_seal::webauthn::{Algorithm, RegistrationResponse, UserVerification};

use super::enrol::{Conveyance, EnrolPrompt, Enrolled, Enrolling, PasskeyOffer, PasskeyView};
use super::staff::{Proved, StaffClaim};
use super::staff_sign_in::StaffSession;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::steps::passkey::{NamedPasskey, has_domain, relying_party};

/// What became of a secret that was shown to make a first passkey.
#[derive(Debug)]
pub enum StaffEntered {
    /// A session in which it is made.
    Opened(Token),
    /// There is one already.
    There,
    /// The name or the secret is wrong, or too many were.
    Unproved,
}

/// The passkeys of a person of the firm, and whether they can be changed now.
#[derive(Clone, Debug)]
pub struct StaffPasskeys {
    /// Those there are.
    pub all: Vec<PasskeyView>,
    /// Whether they can be changed now.
    pub enrolling: Enrolling,
}

impl Gate {
    /// Opens a session in which a first passkey is made, for whoever proves who they are by their
    /// secret. The try is counted, and its end recorded, as any other at that secret.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn begin_staff_enrol(&self, claim: &StaffClaim) -> Result<StaffEntered, Fault> {
        let Some(Proved { staff, .. }) = self.prove_staff(claim.into()).await? else {
            return Ok(StaffEntered::Unproved);
        };
        let now = self.now();
        let passkeys = self.store().staff_passkeys(staff.id()).await?;
        let (session, token) = self.fresh_staff_session(now)?;
        let facts = BeginFacts {
            staff: &staff,
            passkeys: passkeys.len(),
            session,
            decision: self.fresh_decision(now)?,
            now,
        };
        let committed = self.commit(begin(&facts, &self.policy())).await?;
        Ok(match committed.as_ref().map(|one| one.verdict()) {
            Some(Verdict::Allow) => StaffEntered::Opened(token),
            Some(_) => StaffEntered::There,
            // The person was changed between the proof and this.
            None => StaffEntered::Unproved,
        })
    }

    /// The passkeys of a session's person.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn staff_passkeys(
        &self,
        session: &StaffSession,
        origin: &str,
    ) -> Result<StaffPasskeys, Fault> {
        let owner = self.staff_owner(session).await?;
        let party = relying_party(origin);
        let enrolling = match owner.refusal() {
            _ if !has_domain(&party) => Enrolling::NoDomain,
            Some(_) => Enrolling::ProveAgain,
            None if owner.passkeys.len() >= MOST => Enrolling::Full,
            None => Enrolling::Open(Box::new(self.staff_enrol_prompt(&owner, origin)?)),
        };
        let all = owner.passkeys.iter().map(view).collect();
        Ok(StaffPasskeys { all, enrolling })
    }

    fn staff_enrol_prompt(&self, owner: &Owner, origin: &str) -> Result<EnrolPrompt, Fault> {
        let ticket = self.fresh_ticket(Bound::StaffEnrol(owner.session.id).digest())?;
        let named = owner.passkeys.iter().map(|known| NamedPasskey {
            handle: known.handle.clone(),
            transports: known.transports.clone(),
        });
        Ok(EnrolPrompt {
            ticket: self.keys().tickets.write(&ticket),
            challenge: ticket.challenge(),
            rp_id: relying_party(origin).id,
            user: self.staff_handle(owner),
            user_name: owner.session.staff.name.as_str().to_owned(),
            named: named.collect(),
            algorithms: Algorithm::OFFERED.iter().map(|one| one.cose()).collect(),
            user_seen: UserSeen::Verified,
            conveyance: if self.anchors().is_empty() {
                Conveyance::None
            } else {
                Conveyance::Direct
            },
        })
    }

    /// What authenticators keep as the name of a person: what they keep already, or else a value
    /// under a key of ours.
    fn staff_handle(&self, owner: &Owner) -> Vec<u8> {
        let first = owner.passkeys.first();
        first.map_or_else(
            || {
                let keys = self.keys();
                let key = keys.counter("staff_handle", &owner.session.staff.id.0, None);
                key.0.to_vec()
            },
            |known| known.user_handle.clone(),
        )
    }

    /// Adds a passkey that the browser made.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn staff_enrol(
        &self,
        session: &StaffSession,
        (offer, name): (&PasskeyOffer, Line<40>),
        origin: &str,
    ) -> Result<Enrolled, Fault> {
        for _ in 0..ROUNDS {
            let owner = self.staff_owner(session).await?;
            let bound = Bound::StaffEnrol(owner.session.id).digest();
            let party = relying_party(origin);
            let ticket = self.unspent(&offer.ticket, bound).await?;
            let made = ticket.and_then(|ticket| {
                let asked = MakingAsked {
                    verification: UserVerification::Required,
                    anchors: self.anchors(),
                    at: owner.now,
                };
                let response = RegistrationResponse {
                    client_data_json: &offer.client_data,
                    attestation_object: &offer.attestation_object,
                };
                let made = prove_made(&party, &ticket, asked, &response);
                made.inspect_err(|refusal| {
                    tracing::info!(refusal = refusal.word(), "a new passkey was refused");
                })
                .ok()
            });
            let taken = match &made {
                Some(made) => self.store().staff_passkey(made.handle()).await?.is_some(),
                None => false,
            };
            let facts = Facts {
                kept: Kept {
                    id: CredentialId(self.dice().id(owner.now)?),
                    name: name.clone(),
                    rp_id: party.id,
                    user_handle: self.staff_handle(&owner),
                    transports: offer.transports.clone(),
                },
                taken,
                made,
                owner,
            };
            let decision = decide(&facts, &self.policy());
            if let Some(committed) = self.commit(decision).await? {
                return Ok(enrolled(committed.reasons(), committed.verdict()));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Removes a passkey.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn remove_staff_passkey(
        &self,
        session: &StaffSession,
        id: CredentialId,
    ) -> Result<Enrolled, Fault> {
        for _ in 0..ROUNDS {
            let owner = self.staff_owner(session).await?;
            let decision = decide_remove(&owner, id, &self.policy());
            if let Some(committed) = self.commit(decision).await? {
                return Ok(enrolled(committed.reasons(), committed.verdict()));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// The passkeys of everybody, for whoever is at the machine.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn all_staff_passkeys(&self) -> Result<Vec<StaffPasskeyKnown>, Fault> {
        Ok(self.store().all_staff_passkeys().await?)
    }

    /// The session as it is stored now, before its passkeys, so that whoever adds one meanwhile
    /// makes this out of date. One that was ended changes nothing any more.
    async fn staff_owner(&self, session: &StaffSession) -> Result<Owner, Fault> {
        let now = self.now();
        let found = self.store().staff_session(session.known.token).await?;
        let session = found.unwrap_or_else(|| {
            let mut ended = session.known.clone();
            ended.ends = now;
            ended
        });
        Ok(Owner {
            passkeys: self.store().staff_passkeys(session.staff.id).await?,
            session,
            decision: self.fresh_decision(now)?,
            now,
        })
    }
}

fn view(known: &StaffPasskeyKnown) -> PasskeyView {
    PasskeyView {
        id: known.id,
        name: known.name.as_str().to_owned(),
        created: known.created,
        last: known.last,
        backup: known.backup,
    }
}

fn enrolled(reasons: &[Reason], verdict: &Verdict) -> Enrolled {
    match (verdict, reasons.first()) {
        (Verdict::Allow, _) => Enrolled::Done,
        (_, Some(Reason::ProofStale | Reason::SessionMissing)) => Enrolled::ProveAgain,
        (_, Some(Reason::PasskeyLimit | Reason::PasskeyLast | Reason::FactorThere)) => {
            Enrolled::Full
        }
        _ => Enrolled::Refused,
    }
}
