//! The act "set PIN".
//!
//! **Invariant:** a PIN is looked at only after its try was reserved, on the pool for hashes, and
//! whoever sets one secret to learn the other has as few tries as a guesser.

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::guess::Counted;
use sekisho_core::id::{CredentialId, CustomerId, DeviceId};
use sekisho_core::known::{ChannelKnown, CredentialKnown, PinKnown};
use sekisho_core::moment::Moment;
use sekisho_core::password::{Person, examine, examine_pin};
use sekisho_core::policy::{PasswordPolicy, PinForm, PinPolicy};
use sekisho_core::proof::PinProved;
use sekisho_core::reason::Reason;
use sekisho_core::set_pin::{Attempt, Facts, Ground, Wanted, decide};
use sekisho_core::step_up::Admission;
use sekisho_core::verdict::Verdict;
use sekisho_seal::prove::{prove_pin, same_secret};

use super::account::Session;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::hash_pool::Admitted;
use crate::steps::pin::pin_text;
use crate::visitor::Visitor;

/// What a customer typed.
#[derive(Clone, Debug)]
pub struct SetPin {
    /// By what right.
    pub right: PinRight,
    /// The PIN they want, as typed.
    pub wanted: SecretString,
    /// Who is there.
    pub visitor: Visitor,
}

/// By what right a PIN is set.
#[derive(Clone, Debug)]
pub enum PinRight {
    /// By the one before, as typed.
    Before(SecretString),
    /// There is none before.
    First,
    /// The one before is forgotten.
    Forgotten,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinAnswer {
    /// The policy has something against the new one.
    Findings(Vec<Reason>),
    /// There is none by now, or there is one by now, or the policy knows none.
    Moved,
    /// The session has to be proved anew first.
    Prove,
    /// Set, and told on every verified channel.
    Set,
    /// Too many tries.
    Wait,
    /// The present one was wrong.
    Wrong,
}

/// What the page of the transaction PIN shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinView {
    /// What one looks like.
    pub policy: PinPolicy,
    /// Since when there is one.
    pub since: Option<Moment>,
    /// Hours for which money waits after one was set without the one before.
    pub held_hours: u16,
    /// Whether it can be set now; otherwise the customer has to prove again who they are.
    pub settable: bool,
}

/// What is known before the slow work.
struct Asked {
    known: Option<PinKnown>,
    login: Option<CredentialKnown>,
    findings: Vec<Reason>,
}

impl Gate {
    /// The transaction PIN of a session's customer; `None` where the policy knows none.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn pin(&self, session: &Session) -> Result<Option<PinView>, Fault> {
        let policy = self.policy();
        let Some(pin) = policy.pin else {
            return Ok(None);
        };
        let known = self.store().pin(session.customer()).await?;
        let owner = self.owner(session).await?;
        Ok(Some(PinView {
            policy: pin,
            since: known.map(|known| known.set),
            held_hours: policy.risk.contact_fresh_hours,
            settable: owner.refusal(&policy).is_none(),
        }))
    }

    /// Sets a transaction PIN.
    ///
    /// # Errors
    /// [`Fault::Overloaded`] when too many hashes wait; those of the store.
    pub async fn set_pin(&self, session: &Session, typed: SetPin) -> Result<PinAnswer, Fault> {
        let (customer, policy) = (session.customer(), self.policy());
        if self.owner(session).await?.refusal(&policy).is_some() {
            return Ok(PinAnswer::Prove);
        }
        let Some(pin) = policy.pin else {
            return Ok(PinAnswer::Moved);
        };
        let entered = self.pool().enter(typed.visitor.address)?;
        let (presented, context) = self.recognise(&typed.visitor, Some(customer)).await?;
        let device = presented.recognised();
        let tries = self.keys().counter("pin", &customer.0, device);
        let admission = match &typed.right {
            PinRight::Before(_) => self.reserve(Counted::Pin, tries, Some(customer)).await?,
            PinRight::First | PinRight::Forgotten => Admission::Admitted,
        };
        let channels = self.store().channels(customer).await?;
        let findings = self.examine_wanted_pin(&channels, &typed.wanted, &pin)?;
        if findings.is_empty()
            && self.reserve_comparison(customer, device).await? == Admission::Locked
        {
            return Ok(PinAnswer::Wait);
        }
        for _ in 0..ROUNDS {
            let asked = Asked {
                known: self.store().pin(customer).await?,
                login: self.store().credential(customer).await?,
                findings: findings.clone(),
            };
            let known = asked.known.clone();
            let (proof, wanted) = self.check_pin(&entered, asked, &typed, admission).await?;
            let owner = self.owner(session).await?;
            let risk = self.place_known(&context, owner.customer(), owner.now);
            let facts = Facts {
                risk: risk.await?,
                id: CredentialId(self.dice().id(owner.now)?),
                ground: match typed.right {
                    PinRight::Before(_) => Ground::Before(proof, admission),
                    PinRight::First => Ground::First,
                    PinRight::Forgotten => Ground::Forgotten,
                },
                owner,
                known,
                wanted,
            };
            let decision = decide(&Attempt { context, tries }, &facts, &policy);
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            return Ok(match (committed.verdict(), committed.reasons()) {
                (Verdict::Allow, _) => PinAnswer::Set,
                (_, [Reason::ProofStale]) => PinAnswer::Prove,
                (_, [Reason::PinWrong]) if admission == Admission::Admitted => PinAnswer::Wrong,
                (_, [Reason::PinWrong | Reason::TriesExhausted | Reason::Frozen]) => {
                    PinAnswer::Wait
                }
                (_, [Reason::FactorThere | Reason::FactorMissing | Reason::PolicyRequires]) => {
                    PinAnswer::Moved
                }
                (_, findings) => PinAnswer::Findings(findings.to_vec()),
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Counts that one of a customer's secrets is compared with the other: whoever may set one
    /// would learn the other from the refusals. A right proof does not clear it.
    pub(crate) async fn reserve_comparison(
        &self,
        customer: CustomerId,
        device: Option<DeviceId>,
    ) -> Result<Admission, Fault> {
        let key = self.keys().counter("pin_compared", &customer.0, device);
        self.reserve(Counted::Pin, key, Some(customer)).await
    }

    /// What the policy says of a PIN of whoever is reached by `channels`.
    fn examine_wanted_pin(
        &self,
        channels: &[ChannelKnown],
        wanted: &SecretString,
        pin: &PinPolicy,
    ) -> Result<Vec<Reason>, Fault> {
        let mut people = Vec::new();
        for channel in channels {
            let login = self.keys().open_login(channel.id, &channel.sealed)?;
            people.extend(login.map(|login| Person::of(&login).at(self.deny().context())));
        }
        if people.is_empty() {
            people.push(Person::default().at(self.deny().context()));
        }
        let typed = pin_text(wanted, pin.form);
        let rules = self.policy();
        let rules = PasswordPolicy {
            shortest: pin.shortest,
            longest: pin.longest,
            ..rules.password.clone()
        };
        let findings = people.iter().map(|person| match pin.form {
            PinForm::Digits => examine_pin(typed.expose_secret(), person, pin),
            PinForm::Password => examine(Some(&typed), person, &rules, self.deny()).findings,
        });
        let worst = findings.max_by_key(Vec::len);
        Ok(worst.unwrap_or_default())
    }

    /// Looks at the PIN there is, and makes the hash of the new one if nothing stands against it.
    async fn check_pin(
        &self,
        entered: &Admitted,
        asked: Asked,
        typed: &SetPin,
        admission: Admission,
    ) -> Result<(Option<PinProved>, Wanted), Fault> {
        let form = self.policy().pin.map_or(PinForm::Password, |pin| pin.form);
        let wanted = pin_text(&typed.wanted, form);
        let before = match &typed.right {
            PinRight::Before(current) => Some(pin_text(current, form)),
            PinRight::First | PinRight::Forgotten => None,
        };
        let (keys, salt) = (self.keys().clone(), self.dice().bytes()?);
        let work = move || {
            let hasher = &keys.passwords;
            let known = asked.known.filter(|_| admission != Admission::Locked);
            let proof = match (&before, known) {
                (Some(typed), Some(known)) => prove_pin(hasher, &known, typed)?,
                _ => None,
            };
            let proof = proof.map(|(proof, _)| proof);
            if (before.is_some() && proof.is_none()) || !asked.findings.is_empty() {
                return Ok((proof, Wanted::Refused(asked.findings)));
            }
            let same = before.is_some_and(|typed| typed.expose_secret() == wanted.expose_secret());
            if same {
                return Ok((proof, Wanted::Refused(vec![Reason::PinSame])));
            }
            if let Some(login) = &asked.login
                && same_secret(hasher, &login.hash, &wanted)?
            {
                return Ok((proof, Wanted::Refused(vec![Reason::PinIsPassword])));
            }
            let hash = hasher.hash(&wanted, salt)?.text().to_owned();
            Ok((proof, Wanted::Hash(hash)))
        };
        let checked: Result<_, sekisho_seal::Fault> = entered.run(work).await?;
        Ok(checked?)
    }
}
