//! The act "staff sign in": people of the firm come into the console by a passkey, are known there
//! by a session, and leave.
//!
//! **Invariant:** what a session may do is asked of [`Gate::may`] and of nothing else, at each
//! request, of the person as they are now.

use std::net::IpAddr;

use sekisho_core::bound::Bound;
use sekisho_core::bytes::Digest;
use sekisho_core::change::Change;
use sekisho_core::console::{self, ConsoleAct};
use sekisho_core::context::Address;
use sekisho_core::guess::{Counted, Requests};
use sekisho_core::id::{StaffId, StaffSessionId};
use sekisho_core::known::{StaffName, StaffRole, StaffSessionKnown};
use sekisho_core::moment::Moment;
use sekisho_core::proof::{StaffProved, UserSeen};
use sekisho_core::reason::Reason;
use sekisho_core::staff_sign_in::{
    Answered, Facts, FreshStaffSession, ProofFacts, decide, decide_end, decide_proof, decide_seen,
};
use sekisho_core::verdict::Verdict;
use sekisho_seal::prove::{PasskeyAsked, prove_staff_passkey, prove_staff_session};
use sekisho_seal::token::{Token, TokenKind};
use sekisho_seal::webauthn::{
    AssertionKind, AssertionResponse, Identified, RelyingParty, UserVerification,
};

use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::steps::passkey::{
    NamedPasskey, PasskeyAnswer, PasskeyPrompt, has_domain, relying_party,
};

/// A live session in the console.
#[derive(Clone, Debug)]
pub struct StaffSession {
    pub(crate) known: StaffSessionKnown,
    token: Token,
}

impl StaffSession {
    /// Who it is.
    #[must_use]
    pub const fn staff(&self) -> StaffId {
        self.known.staff.id
    }

    /// The name to sign in with.
    #[must_use]
    pub const fn name(&self) -> &StaffName {
        &self.known.staff.name
    }

    /// What they may do.
    #[must_use]
    pub fn roles(&self) -> &[StaffRole] {
        &self.known.staff.roles
    }

    /// Whether a first passkey is made in it, and nothing else done.
    #[must_use]
    pub const fn is_enrolling(&self) -> bool {
        self.known.passkey.is_none()
    }

    /// When it is over whatever happens.
    #[must_use]
    pub const fn ends(&self) -> Moment {
        self.known.ends
    }

    pub(crate) const fn id(&self) -> StaffSessionId {
        self.known.id
    }
}

/// A passkey's answer to the console, and from where it came.
#[derive(Clone, Debug)]
pub struct StaffSignIn {
    /// The answer.
    pub answer: PasskeyAnswer,
    /// What holds the browser's forms together; the prompt was made for it.
    pub binding: String,
    /// The origin of the console.
    pub origin: String,
    /// The address of the browser.
    pub address: Option<IpAddr>,
}

impl Gate {
    /// The prompt of the console's sign-in page; `None` where its address has no domain name that a
    /// passkey could belong to.
    ///
    /// # Errors
    /// When no random value can be had.
    pub fn staff_sign_in_prompt(
        &self,
        binding: &str,
        origin: &str,
    ) -> Result<Option<PasskeyPrompt>, Fault> {
        let party = relying_party(origin);
        if !has_domain(&party) {
            return Ok(None);
        }
        let bound = Bound::StaffSignIn(binding).digest();
        self.staff_prompt((bound, party), Vec::new()).map(Some)
    }

    fn staff_prompt(
        &self,
        (bound, party): (Digest, RelyingParty),
        named: Vec<NamedPasskey>,
    ) -> Result<PasskeyPrompt, Fault> {
        let ticket = self.fresh_ticket(bound)?;
        Ok(PasskeyPrompt {
            ticket: self.keys().tickets.write(&ticket),
            challenge: ticket.challenge(),
            rp_id: party.id,
            named,
            user: UserSeen::Verified,
        })
    }

    /// Opens a session for whoever's passkey signed; the token for the cookie, or `None`.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn staff_sign_in(&self, typed: &StaffSignIn) -> Result<Option<Token>, Fault> {
        let bound = Bound::StaffSignIn(&typed.binding).digest();
        for _ in 0..ROUNDS {
            let now = self.now();
            let asked = (bound, Identified::ByPasskey);
            let answered = self.answered(&typed.answer, asked, &typed.origin).await?;
            let counting = match answered.signed {
                Some(_) => Vec::new(),
                None => match self.count_at_console(typed.address, now).await? {
                    Some(counting) => counting,
                    None => return Ok(None),
                },
            };
            let (session, token) = self.fresh_staff_session(now)?;
            let facts = Facts {
                answered,
                counting,
                session,
                decision: self.fresh_decision(now)?,
                now,
            };
            let decision = decide(bound, &facts, &self.policy());
            if let Some(committed) = self.commit(decision).await? {
                let opened = *committed.verdict() == Verdict::Allow;
                return Ok(opened.then_some(token));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    pub(crate) fn fresh_staff_session(
        &self,
        now: Moment,
    ) -> Result<(FreshStaffSession, Token), Fault> {
        let token = self.token(TokenKind::StaffSession)?;
        let fresh = FreshStaffSession {
            id: StaffSessionId(self.dice().id(now)?),
            token: token.hash(),
        };
        Ok((fresh, token))
    }

    /// The changes that count an answer that proved nothing, by its network; `None` when there were
    /// so many from there that no more of them are kept. They are refused all the same.
    async fn count_at_console(
        &self,
        address: Option<IpAddr>,
        now: Moment,
    ) -> Result<Option<Vec<Change>>, Fault> {
        let Some(address) = address.map(Address::from) else {
            return Ok(Some(Vec::new()));
        };
        let network = address.network();
        let key = self.keys().counter("staff_passkey", &network, None);
        let requests = Requests {
            key,
            counted: Counted::Passkey,
            tries: self.store().tries(key).await?,
        };
        Ok(requests.count(now, &self.policy()))
    }

    /// Whose passkey answered, and the proof if it signed what is `bound`.
    async fn answered(
        &self,
        answer: &PasskeyAnswer,
        (bound, identified): (Digest, Identified),
        origin: &str,
    ) -> Result<Answered, Fault> {
        let Some((known, staff)) = self.store().staff_passkey(&answer.handle).await? else {
            return Ok(Answered::default());
        };
        let mut answered = Answered {
            claimed: Some(staff),
            signed: None,
        };
        let party = relying_party(origin);
        if known.rp_id != party.id {
            return Ok(answered);
        }
        let Some(ticket) = self.unspent(&answer.ticket, bound).await? else {
            return Ok(answered);
        };
        let asked = PasskeyAsked {
            ticket,
            kind: AssertionKind::Proof,
            identified,
            verification: UserVerification::Required,
        };
        let response = AssertionResponse {
            credential_id: &answer.handle,
            client_data_json: &answer.client_data,
            authenticator_data: &answer.authenticator_data,
            signature: &answer.signature,
            user_handle: answer.user_handle.as_deref(),
        };
        let proved = prove_staff_passkey(&party, &known, &asked, &response)?;
        let proved = proved.inspect_err(|refusal| {
            tracing::info!(refusal = refusal.word(), "a passkey of staff was refused");
        });
        answered.signed = proved.ok();
        Ok(answered)
    }

    /// The live session of a cookie.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn staff_session(&self, cookie: &str) -> Result<Option<StaffSession>, Fault> {
        let Some(session) = self.watched_session(cookie).await? else {
            return Ok(None);
        };
        let now = self.now();
        if session.known.is_due(now) {
            let at = (self.fresh_decision(now)?, now);
            // One that another request touched or ended meanwhile is none the worse for it.
            let decision = decide_seen(&session.known, at, &self.policy());
            let _touched = self.commit(decision).await?;
        }
        Ok(Some(session))
    }

    /// The same without counting as a request: for what a page asks by itself.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn watched_session(&self, cookie: &str) -> Result<Option<StaffSession>, Fault> {
        let Some(token) = Token::parse(TokenKind::StaffSession, cookie) else {
            return Ok(None);
        };
        let found = self.store().staff_session(token.hash()).await?;
        let alive = found.filter(|known| known.is_alive(self.now()));
        Ok(alive.map(|known| StaffSession { known, token }))
    }

    /// The prompt by which the person of a session shows once more who they are.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn staff_proof_prompt(
        &self,
        session: &StaffSession,
        origin: &str,
    ) -> Result<PasskeyPrompt, Fault> {
        let passkeys = self.store().staff_passkeys(session.staff()).await?;
        let named = passkeys.iter().map(|known| NamedPasskey {
            handle: known.handle.clone(),
            transports: known.transports.clone(),
        });
        let bound = Bound::StaffProve(session.id()).digest();
        self.staff_prompt((bound, relying_party(origin)), named.collect())
    }

    /// Notes that they did; another token for the cookie, or `None`.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn prove_staff_again(
        &self,
        session: &StaffSession,
        answer: &PasskeyAnswer,
        origin: &str,
    ) -> Result<Option<Token>, Fault> {
        let bound = Bound::StaffProve(session.id()).digest();
        for _ in 0..ROUNDS {
            let now = self.now();
            let token = self.token(TokenKind::StaffSession)?;
            let asked = (bound, Identified::Beforehand);
            let facts = ProofFacts {
                session: &session.known,
                answered: self.answered(answer, asked, origin).await?,
                token: token.hash(),
                decision: self.fresh_decision(now)?,
                now,
            };
            let decision = decide_proof(bound, &facts, &self.policy());
            if let Some(committed) = self.commit(decision).await? {
                let proved = *committed.verdict() == Verdict::Allow;
                return Ok(proved.then_some(token));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn staff_sign_out(&self, session: &StaffSession) -> Result<(), Fault> {
        let now = self.now();
        let at = (self.fresh_decision(now)?, now);
        let decision = decide_end(&session.known, at, &self.policy());
        let _ended = self.commit(decision).await?;
        Ok(())
    }

    /// Whether the person of a session may do something now: the one place where the console asks.
    ///
    /// # Errors
    /// The reason why not.
    pub fn may(&self, session: &StaffSession, act: ConsoleAct) -> Result<(), Reason> {
        console::may(&session.known, act, self.now())
    }

    /// The same, and the proof that they are there; whatever came of it is in the record with
    /// `what` before anything is read.
    pub(crate) async fn looks_at(
        &self,
        session: &StaffSession,
        act: ConsoleAct,
        mut what: serde_json::Value,
    ) -> Result<Result<StaffProved, Reason>, Fault> {
        let now = self.now();
        let Some(staff) = self.in_session(session) else {
            return Ok(Err(Reason::SessionMissing));
        };
        what["look"] = act.word().into();
        let may = self.may(session, act);
        let at = (self.fresh_decision(now)?, now);
        let decision = console::decide_look(&staff, (may, &what), at, &self.policy());
        let landed = self.commit(decision).await?.is_some();
        // The person was changed meanwhile.
        Ok(may.and(landed.then_some(staff).ok_or(Reason::SessionMissing)))
    }

    /// The proof that the person of a session is there.
    pub(crate) fn in_session(&self, session: &StaffSession) -> Option<StaffProved> {
        prove_staff_session(&session.known, &session.token, self.now())
    }
}
