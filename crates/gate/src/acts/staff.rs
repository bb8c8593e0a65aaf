//! People of the firm, from the command line, and the proof that one of them is there.
//!
//! **Invariant:** an unknown name, a wrong secret, a person who may no more and too many tries get
//! one and the same answer.

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::bytes::CounterKey;
use sekisho_core::console::ConsoleAct;
use sekisho_core::guess::Counted;
use sekisho_core::id::StaffId;
use sekisho_core::known::{StaffKnown, StaffName, StaffRole};
use sekisho_core::proof::StaffProved;
use sekisho_core::reason::Reason;
use sekisho_core::staff::{Attempt, Facts, ProofFacts, decide, decide_proof};
use sekisho_core::step_up::Admission;
use sekisho_core::verdict::Verdict;
use sekisho_seal::prove::prove_staff;
use sekisho_seal::token::{Token, TokenKind};

use super::staff_sign_in::StaffSession;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};

/// Who somebody says they are.
#[derive(Clone, Debug)]
pub struct StaffClaim {
    /// The name.
    pub name: StaffName,
    /// The secret.
    pub secret: SecretString,
}

/// By what somebody shows who they are.
#[derive(Clone, Copy, Debug)]
pub enum StaffBy<'a> {
    /// A live session of the console, for one of its acts.
    Console(&'a StaffSession, ConsoleAct),
    /// A name and its secret, at the machine.
    Secret(&'a StaffClaim),
}

impl<'a> From<&'a StaffClaim> for StaffBy<'a> {
    fn from(claim: &'a StaffClaim) -> Self {
        Self::Secret(claim)
    }
}

impl<'a> From<(&'a StaffSession, ConsoleAct)> for StaffBy<'a> {
    fn from((session, act): (&'a StaffSession, ConsoleAct)) -> Self {
        Self::Console(session, act)
    }
}

/// Who somebody is, and the counter of tries at their secret.
pub(crate) struct Proved {
    pub(crate) staff: StaffProved,
    pub(crate) tries: CounterKey,
}

/// What became of a wish about people of the firm.
#[derive(Debug)]
pub enum StaffAnswer<T> {
    /// It is done.
    Done(T),
    /// The rules say no.
    Refused(Reason),
    /// Who answers for it did not prove who they are.
    Unproved,
}

impl<T> StaffAnswer<T> {
    /// The same of what follows from what is done.
    pub(crate) fn map<U>(self, follows: impl FnOnce(T) -> U) -> StaffAnswer<U> {
        match self {
            Self::Done(done) => StaffAnswer::Done(follows(done)),
            Self::Refused(reason) => StaffAnswer::Refused(reason),
            Self::Unproved => StaffAnswer::Unproved,
        }
    }
}

impl Gate {
    /// Adds a person, for whom another one answers once there is one.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn add_staff(
        &self,
        name: StaffName,
        roles: Vec<StaffRole>,
        by: Option<&StaffClaim>,
    ) -> Result<StaffAnswer<(StaffId, Token)>, Fault> {
        let now = self.now();
        let id = StaffId(self.dice().id(now)?);
        let secret = self.token(TokenKind::Staff)?;
        let added = Attempt::Add(StaffKnown {
            id,
            name: name.clone(),
            roles,
            hash: self.keys().staff.hash(&secret),
            created: now,
            given: now,
            founded: now,
            disabled: None,
            revision: 1,
        });
        self.change_staff(&name, &added, by, (id, secret)).await
    }

    /// Every person.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn all_staff(&self) -> Result<Vec<StaffKnown>, Fault> {
        Ok(self.store().all_staff().await?)
    }

    /// A person may other things from now on, for which another one answers; their sessions in the
    /// console end.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn assign_staff(
        &self,
        name: &StaffName,
        roles: Vec<StaffRole>,
        by: Option<&StaffClaim>,
    ) -> Result<StaffAnswer<()>, Fault> {
        let Some(known) = self.store().staff(name).await? else {
            return Ok(StaffAnswer::Refused(Reason::StaffUnknown));
        };
        let wish = Attempt::Assign(known.id, roles);
        self.change_staff(name, &wish, by, ()).await
    }

    /// A person may do nothing any more, for which another one answers.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn disable_staff(
        &self,
        name: &StaffName,
        by: Option<&StaffClaim>,
    ) -> Result<StaffAnswer<()>, Fault> {
        let Some(known) = self.store().staff(name).await? else {
            return Ok(StaffAnswer::Refused(Reason::StaffUnknown));
        };
        let wish = Attempt::Disable(known.id);
        self.change_staff(name, &wish, by, ()).await
    }

    /// A person gets another secret, and may try again if too many tries were wrong; another one
    /// answers for it, or they themselves with the secret they have.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn rotate_staff(
        &self,
        name: &StaffName,
        by: Option<&StaffClaim>,
    ) -> Result<StaffAnswer<Token>, Fault> {
        let Some(known) = self.store().staff(name).await? else {
            return Ok(StaffAnswer::Refused(Reason::StaffUnknown));
        };
        let secret = self.token(TokenKind::Staff)?;
        let wish = Attempt::Rotate(known.id, self.keys().staff.hash(&secret));
        self.change_staff(name, &wish, by, secret).await
    }

    async fn change_staff<T>(
        &self,
        about: &StaffName,
        wish: &Attempt,
        by: Option<&StaffClaim>,
        done: T,
    ) -> Result<StaffAnswer<T>, Fault> {
        for _ in 0..ROUNDS {
            let by = match by {
                Some(claim) => match self.prove_staff(claim.into()).await? {
                    Some(proved) => Some(proved.staff),
                    None => return Ok(StaffAnswer::Unproved),
                },
                None => None,
            };
            let now = self.now();
            let facts = Facts {
                by,
                people: self.store().all_staff().await?,
                tries: self.staff_tries(about),
                decision: self.fresh_decision(now)?,
                now,
            };
            let decision = decide(wish, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            return Ok(match (committed.verdict(), committed.reasons().first()) {
                (Verdict::Allow, _) => StaffAnswer::Done(done),
                (_, reason) => StaffAnswer::Refused(*reason.unwrap_or(&Reason::StaffUnknown)),
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    fn staff_tries(&self, name: &StaffName) -> CounterKey {
        self.keys().counter("staff", name.as_str().as_bytes(), None)
    }

    /// Who is there. A session of the console is proof for what its person may do there at this
    /// moment, and for nothing else.
    pub(crate) async fn prove_staff(&self, claim: StaffBy<'_>) -> Result<Option<Proved>, Fault> {
        match claim {
            // Boxed, or whatever proves a person first is as large as all of this.
            StaffBy::Secret(claim) => Box::pin(self.prove_secret(claim)).await,
            StaffBy::Console(session, act) => {
                let staff = self.in_session(session);
                let staff = staff.filter(|_| self.may(session, act).is_ok());
                let tries = self.staff_tries(session.name());
                Ok(staff.map(|staff| Proved { staff, tries }))
            }
        }
    }

    /// Counts a try, compares the secret, and records what came of it; a right one clears the
    /// count, whatever is wanted with it.
    async fn prove_secret(&self, claim: &StaffClaim) -> Result<Option<Proved>, Fault> {
        let tries = self.staff_tries(&claim.name);
        let admission = self.reserve(Counted::Staff, tries, None).await?;
        let secret = Token::parse(TokenKind::Staff, claim.secret.expose_secret().trim());
        for _ in 0..ROUNDS {
            let known = self.store().staff(&claim.name).await?;
            let staff = match (&secret, admission) {
                (None, _) | (_, Admission::Locked) => None,
                (Some(secret), _) => prove_staff(&self.keys().staff, known.as_ref(), secret),
            };
            let now = self.now();
            let facts = ProofFacts {
                claimed: known.map(|known| known.id),
                tries: (tries, admission),
                proved: staff.as_ref(),
                decision: self.fresh_decision(now)?,
                now,
            };
            let decision = decide_proof(&facts, &self.policy());
            if self.commit(decision).await?.is_some() {
                return Ok(staff.map(|staff| Proved { staff, tries }));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}
