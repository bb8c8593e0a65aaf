//! The act "change password".
//!
//! **Invariant:** the current password is looked at only after its try was reserved, and a new hash
//! is made only once the current password was right.

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::change_password::{Attempt, Facts, Fresh, Wanted, decide};
use sekisho_core::guess::Counted;
use sekisho_core::id::NoticeId;
use sekisho_core::known::{ChannelKnown, CredentialKnown};
use sekisho_core::moment::Moment;
use sekisho_core::password::{Examination, normalise};
use sekisho_core::proof::PasswordProved;
use sekisho_core::reason::Reason;
use sekisho_core::step_up::Admission;
use sekisho_core::verdict::Verdict;
use sekisho_seal::prove::{prove_password, same_secret};
use sekisho_seal::report_code::ReportCode;

use super::account::Session;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::hash_pool::Admitted;
use crate::visitor::Visitor;

/// What a customer typed.
#[derive(Clone, Debug)]
pub struct ChangePassword {
    /// The password they have, as typed.
    pub current: SecretString,
    /// The one they want, as typed.
    pub wanted: SecretString,
    /// Who is there.
    pub visitor: Visitor,
}

/// What became of it.
#[derive(Clone, Debug)]
pub enum PasswordAnswer {
    /// Changed; every other session has ended.
    Changed,
    /// The policy has something against the new one.
    Findings(Examination),
    /// The session has to be proved anew first.
    Prove,
    /// The new one is the transaction PIN.
    Pin,
    /// The new one is the old one.
    Same,
    /// Too many wrong tries.
    Wait,
    /// The current one was wrong.
    Wrong,
}

/// Both passwords, looked at.
struct Checked {
    credential: Option<CredentialKnown>,
    current: Option<PasswordProved>,
    wanted: Wanted,
}

impl Gate {
    /// Sets another password.
    ///
    /// # Errors
    /// [`Fault::Overloaded`] when too many hashes wait; those of the store.
    pub async fn change_password(
        &self,
        session: &Session,
        typed: ChangePassword,
    ) -> Result<PasswordAnswer, Fault> {
        let customer = session.customer();
        if !self.is_fresh(session).await? {
            return Ok(PasswordAnswer::Prove);
        }
        let entered = self.pool().enter(typed.visitor.address)?;
        let (presented, context) = self.recognise(&typed.visitor, Some(customer)).await?;
        let device = presented.recognised();
        let tries = self.keys().counter("password", &customer.0, device);
        let attempt = Attempt { context, tries };
        let admission = self
            .reserve(Counted::Password, tries, Some(customer))
            .await?;
        let channels = self.store().channels(customer).await?;
        let found = self.examine_for(&channels, &typed.wanted)?;
        if found.findings.is_empty()
            && self.store().pin(customer).await?.is_some()
            && self.reserve_comparison(customer, device).await? == Admission::Locked
        {
            return Ok(PasswordAnswer::Wait);
        }
        for _ in 0..ROUNDS {
            let now = self.now();
            let checked = self
                .check_change(&entered, session, &typed, (&found.findings, admission, now))
                .await?;
            let report = ReportCode::from_random(self.dice().bytes()?);
            let facts = Facts {
                session: self.session_now(session).await?,
                ways: self.session_ways(session).await?.0,
                credential: checked.credential,
                current: checked.current,
                admission,
                wanted: checked.wanted,
                channels: channels.clone(),
                fresh: Fresh {
                    decision: self.fresh_decision(now)?,
                    report: (self.keys().reports.hash(&report), report.display()),
                    notice: NoticeId(self.dice().id(now)?),
                },
                now,
            };
            let decision = decide(&attempt, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            return Ok(match (committed.verdict(), committed.reasons()) {
                (Verdict::Allow, _) => PasswordAnswer::Changed,
                (Verdict::StepUp(_), _) => PasswordAnswer::Prove,
                (_, [Reason::CredentialMismatch]) if admission == Admission::Admitted => {
                    PasswordAnswer::Wrong
                }
                (_, [Reason::CredentialMismatch | Reason::TriesExhausted | Reason::Frozen]) => {
                    PasswordAnswer::Wait
                }
                (_, [Reason::PinIsPassword]) => PasswordAnswer::Pin,
                (_, [Reason::PasswordSame]) => PasswordAnswer::Same,
                _ => PasswordAnswer::Findings(found),
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// What the policy says of a password of whoever is reached by all of `channels`.
    pub(super) fn examine_for(
        &self,
        channels: &[ChannelKnown],
        wanted: &SecretString,
    ) -> Result<Examination, Fault> {
        let password = normalise(wanted.expose_secret());
        let mut worst: Option<Examination> = None;
        for channel in channels {
            let Some(login) = self.keys().open_login(channel.id, &channel.sealed)? else {
                continue;
            };
            let found = self.examine(&login, password.as_ref());
            if worst.is_none() || !found.findings.is_empty() {
                worst = Some(found);
            }
        }
        worst.ok_or(Fault::Internal {
            what: "a customer without a channel has a password",
        })
    }

    async fn check_change(
        &self,
        entered: &Admitted,
        session: &Session,
        typed: &ChangePassword,
        known: (&[Reason], Admission, Moment),
    ) -> Result<Checked, Fault> {
        let (findings, admission, now) = known;
        let credential = self.store().credential(session.customer()).await?;
        let pin = self.store().pin(session.customer()).await?;
        let looked = credential
            .clone()
            .filter(|_| admission != Admission::Locked);
        let current = normalise(typed.current.expose_secret()).unwrap_or_default();
        let wanted = normalise(typed.wanted.expose_secret()).unwrap_or_default();
        let findings = findings.to_vec();
        let (keys, salt) = (self.keys().clone(), self.dice().bytes()?);
        let work = move || {
            let proved = prove_password(&keys.passwords, looked.as_ref(), &current, now)?;
            let same = current.expose_secret() == wanted.expose_secret();
            let pin = pin.filter(|_| proved.is_some() && findings.is_empty() && !same);
            let is_pin = match pin {
                Some(pin) => same_secret(&keys.passwords, &pin.hash, &wanted)?,
                None => false,
            };
            let wanted = match (&proved, findings.is_empty()) {
                (Some(_), _) if same => Wanted::Same,
                (Some(_), true) if is_pin => Wanted::Pin,
                (Some(_), true) => {
                    Wanted::Hash(keys.passwords.hash(&wanted, salt)?.text().to_owned())
                }
                _ => Wanted::Refused(findings),
            };
            Ok((proved.map(|proved| proved.proof), wanted))
        };
        let checked: Result<_, sekisho_seal::Fault> = entered.run(work).await?;
        let (current, wanted) = checked?;
        Ok(Checked {
            credential,
            current,
            wanted,
        })
    }
}
