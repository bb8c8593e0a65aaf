//! The act "restrict": limits and choices of a customer's own.
//!
//! **Invariant:** what a page shows and what a wish rests on are read anew each time.

use sekisho_core::access::OperationKind;
use sekisho_core::known::{ChoiceKnown, LimitKnown, OwnLimit};
use sekisho_core::moment::Moment;
use sekisho_core::money::Currency;
use sekisho_core::notice::Locale;
use sekisho_core::policy::Choice;
use sekisho_core::reason::Reason;
use sekisho_core::restrict::{Attempt, Facts, Present, Wanted, decide};
use sekisho_core::verdict::Verdict;

use super::account::Session;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::visitor::Visitor;

/// What the page of limits and choices shows.
#[derive(Clone, Debug)]
pub struct Restrictions {
    /// Each kind and currency with a limit.
    pub limits: Vec<ShownLimit>,
    /// Each kind with a choice.
    pub choices: Vec<ShownChoice>,
    /// Hours until what is weaker counts.
    pub hours: u16,
    /// Whether anything can be set now; otherwise the customer has to prove again who they are.
    pub settable: bool,
}

/// Limits of a kind in a currency.
#[derive(Clone, Debug)]
pub struct ShownLimit {
    /// The kind.
    pub kind: OperationKind,
    /// Its name in the language of the page.
    pub name: String,
    /// The currency.
    pub currency: Currency,
    /// The most that can be set, in minor units.
    pub most: OwnLimit,
    /// What counts now.
    pub now: OwnLimit,
    /// What will count, and from when on.
    pub next: Option<(OwnLimit, Moment)>,
}

/// The choice for a kind.
#[derive(Clone, Debug)]
pub struct ShownChoice {
    /// The kind.
    pub kind: OperationKind,
    /// Its name in the language of the page.
    pub name: String,
    /// What can be chosen.
    pub offered: Vec<Choice>,
    /// What counts now.
    pub now: Option<Choice>,
    /// What will count, and from when on.
    pub next: Option<(Option<Choice>, Moment)>,
}

/// What a customer wants of a kind.
#[derive(Clone, Debug)]
pub struct Restrict {
    /// Which kind.
    pub kind: OperationKind,
    /// In which currency, where it is about limits.
    pub currency: Option<Currency>,
    /// What.
    pub wanted: Wanted,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestrictAnswer {
    /// A limit above the policy's.
    Above,
    /// As wanted, at once or in its time, and told on every verified channel.
    Done,
    /// There is nothing to set, or it is so already.
    Moved,
    /// The session has to be proved anew first.
    Prove,
}

impl Gate {
    /// Limits and choices of a session's customer.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn restrictions(
        &self,
        session: &Session,
        locale: Locale,
    ) -> Result<Restrictions, Fault> {
        let (policy, now) = (self.policy(), self.now());
        let known = self.store().restrict(session.customer()).await?;
        let owner = self.owner(session).await?;
        let mut limits = Vec::new();
        let mut choices = Vec::new();
        for (kind, spec) in &policy.operation {
            let name = || spec.name.in_locale(locale).to_owned();
            for (currency, most) in spec.limit.iter() {
                let own = limit_of(&known.limits, kind, currency);
                let waits = own.next.filter(|next| next.from > now);
                limits.push(ShownLimit {
                    kind: kind.clone(),
                    name: name(),
                    currency,
                    most,
                    now: most.lower(own.at(now)),
                    next: waits.map(|next| (most.lower(next.to), next.from)),
                });
            }
            if !spec.choice.is_empty() {
                let own = choice_of(&known.choices, kind);
                let offered = |one: &Choice| spec.choice.contains(one);
                let waits = own.next.filter(|next| next.from > now);
                choices.push(ShownChoice {
                    kind: kind.clone(),
                    name: name(),
                    offered: spec.choice.clone(),
                    now: own.at(now).filter(offered),
                    next: waits.map(|next| (next.to.filter(offered), next.from)),
                });
            }
        }
        Ok(Restrictions {
            limits,
            choices,
            hours: policy.limit.raise_hours,
            settable: owner.refusal(&policy).is_none(),
        })
    }

    /// Sets a limit or a choice, or ends what waits.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn restrict(
        &self,
        session: &Session,
        wish: Restrict,
        visitor: &Visitor,
    ) -> Result<RestrictAnswer, Fault> {
        let (policy, customer) = (self.policy(), session.customer());
        let Some(spec) = policy.operation.get(&wish.kind) else {
            return Ok(RestrictAnswer::Moved);
        };
        let (_, context) = self.recognise(visitor, Some(customer)).await?;
        let attempt = Attempt {
            context,
            kind: wish.kind,
            wanted: wish.wanted,
        };
        for _ in 0..ROUNDS {
            let owner = self.owner(session).await?;
            let known = self.store().restrict(customer).await?;
            let present = match wish.currency {
                Some(currency) => Present::Limit(limit_of(&known.limits, &attempt.kind, currency)),
                None => Present::Choice(choice_of(&known.choices, &attempt.kind)),
            };
            let decision = decide(&attempt, &Facts { owner, present }, spec, &policy);
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            return Ok(match (committed.verdict(), committed.reasons()) {
                (Verdict::Allow, _) => RestrictAnswer::Done,
                (_, [Reason::ProofStale]) => RestrictAnswer::Prove,
                (_, [Reason::LimitAbove]) => RestrictAnswer::Above,
                _ => RestrictAnswer::Moved,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}

fn limit_of(
    known: &[(OperationKind, LimitKnown)],
    kind: &OperationKind,
    currency: Currency,
) -> LimitKnown {
    let own = |one: &&(OperationKind, LimitKnown)| one.0 == *kind && one.1.currency == currency;
    let found = known.iter().find(own).map(|(_, known)| *known);
    found.unwrap_or(LimitKnown::none(currency))
}

fn choice_of(known: &[(OperationKind, ChoiceKnown)], kind: &OperationKind) -> ChoiceKnown {
    let found = known.iter().find(|(one, _)| one == kind);
    found.map(|(_, known)| *known).unwrap_or_default()
}
