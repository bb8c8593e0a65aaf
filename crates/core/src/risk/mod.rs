//! The judgement of a place: features, the shipped rules over them, and the three kinds of evidence
//! that rules can ask for: [`unlikely`] for this person, [`rare`] in itself, too fast or too many
//! ([`pace`]).
//!
//! **Invariant:** the same features and policy give the same judgement, live, in shadow and in a
//! back-test.

pub mod basis;
pub(crate) mod chance;
pub mod evidence;
mod features;
pub mod measure;
pub mod pace;
pub mod paced;
pub mod rare;
mod real;
pub mod replay;
pub mod travel;
pub mod unlikely;
pub mod windows;

pub use features::{Familiarity, Features, Subject, payout_index};

use self::basis::{Basis, Said, Thresholds};
use crate::known::Standing;
use crate::moment::Moment;
use crate::policy::{Demand, Policy, RiskPolicy, SignalPolicy};
use crate::proof::Method;
use crate::reason::Reason;
use crate::rules::{Effect, Given, Rule, RuleSet, Truth};
use crate::verdict::{Requirement, Verdict, VerdictKind};

/// What the rules say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict, with what is still missing.
    pub verdict: Verdict,
    /// Every rule that applied, in the order of the table, then what the policy asked.
    pub reasons: Vec<Reason>,
    /// What is still missing, whatever the verdict: what was held has to be proved once it is held
    /// no more. Sorted, without repetition.
    pub required: Vec<Requirement>,
    /// On what it rests, where rules judged.
    pub basis: Option<Box<Basis>>,
}

impl Judgement {
    /// Both: the stricter verdict, and every reason once.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        for reason in other.reasons {
            if !self.reasons.contains(&reason) {
                self.reasons.push(reason);
            }
        }
        let asked = Verdict::requiring(self.required.into_iter().chain(other.required));
        let basis = match (self.basis, other.basis) {
            (Some(mine), Some(theirs)) => Some(Box::new(mine.join(*theirs))),
            (mine, theirs) => mine.or(theirs),
        };
        Self {
            basis,
            verdict: self.verdict.join(other.verdict),
            required: asked.requirements().to_vec(),
            reasons: self.reasons,
        }
    }

    /// No, for this one reason.
    #[must_use]
    pub fn refused(reason: Reason) -> Self {
        Self {
            verdict: Verdict::Refuse,
            reasons: vec![reason],
            required: Vec::new(),
            basis: None,
        }
    }

    /// The same, of what is confirmed by a passkey alone; nothing that was proved elsewhere stands
    /// in for that.
    #[must_use]
    pub fn locked(self) -> Self {
        let passkey = [Requirement::Confirmation, Requirement::PhishingResistant];
        let mut reasons = self.reasons;
        reasons.push(Reason::PasskeyNeeded);
        let asked = Verdict::requiring(self.required.into_iter().chain(passkey));
        Self {
            verdict: self.verdict.join(Verdict::requiring(passkey)),
            reasons,
            required: asked.requirements().to_vec(),
            basis: self.basis,
        }
        .beside(VerdictKind::StepUp)
    }

    /// The stricter of this and `verdict`, for which there is a reason.
    #[must_use]
    pub fn with(mut self, verdict: Verdict, reason: Reason) -> Self {
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
        let kind = verdict.kind();
        Self {
            verdict: self.verdict.join(verdict),
            ..self
        }
        .beside(kind)
    }

    /// The same with everything that stands against the operation itself, and with what the
    /// customer chose of it.
    #[must_use]
    pub fn weighed(mut self, demand: &Demand, known: &Standing, now: Moment) -> Self {
        let Self {
            verdict, reasons, ..
        } = demand.weigh(known, now);
        self.reasons.extend(reasons);
        self.reasons
            .extend(demand.chosen.map(|_| Reason::OwnChoice));
        let kind = verdict.kind();
        self.verdict = self.verdict.join(verdict);
        self.beside(kind).waiting(demand)
    }

    /// The same, of what waits after everything was proved, where the policy lets it wait.
    fn waiting(self, demand: &Demand) -> Self {
        if demand.hold.is_none() || self.verdict != Verdict::Allow {
            return self;
        }
        let mut reasons = self.reasons;
        reasons.push(Reason::HoldWindow);
        Self {
            verdict: Verdict::Hold,
            reasons,
            required: self.required,
            basis: self.basis,
        }
        .beside(VerdictKind::Hold)
    }
}

/// Applies the rules of the policy and the requirements it always has for this act; `held` has
/// already been proved.
#[must_use]
pub fn judge(
    features: &Features,
    always: &[Requirement],
    held: &[Method],
    policy: &Policy,
) -> Judgement {
    let given = (always, held);
    let limits = (&policy.risk, &policy.signal);
    let said = |rules: &RuleSet| by(rules, features, given, limits);
    let judged = said(&policy.rules);
    let shadow = policy.shadow.as_ref();
    Judgement {
        basis: Some(Box::new(Basis {
            always: always.to_vec(),
            held: held.to_vec(),
            said: Some(Said::of(&policy.rules.version, &judged)),
            thresholds: Thresholds::of(policy),
            shadow: shadow.map(|rules| Said::of(&rules.version, &said(rules))),
            ..Basis::default()
        })),
        ..judged
    }
}

/// The judgement of one set of rules, given what is always required and what was proved, by the
/// thresholds of a policy.
#[must_use]
pub fn by(
    rules: &RuleSet,
    features: &Features,
    (always, held): (&[Requirement], &[Method]),
    (risk, signal): (&RiskPolicy, &SignalPolicy),
) -> Judgement {
    let mut found = Found {
        reasons: Vec::with_capacity(8),
        needed: always.to_vec(),
        stop: Verdict::Allow,
    };
    let mut broken = false;
    let operation = features.effect.is_some();
    let signal_broken = rules.apply(&Given { features, risk }, |rule, truth| match truth {
        // Where a shared account is registered, the policy says what follows.
        Truth::Yes if signal.only_notes(rule.reason, features) => {
            found.reasons.push(rule.reason);
        }
        Truth::Yes => found.add(rule, operation),
        Truth::Broken => broken = true,
        Truth::No | Truth::Unknown => {}
    });
    if broken || signal_broken {
        found.reasons.push(Reason::RuleBroken);
    }
    let Found {
        mut reasons,
        needed,
        stop,
    } = found;
    let met = |requirement: &Requirement| held.iter().any(|method| method.meets(*requirement));
    let missing: Vec<_> = needed
        .into_iter()
        .filter(|requirement| !met(requirement))
        .collect();
    if always
        .iter()
        .any(|requirement| missing.contains(requirement))
    {
        reasons.push(Reason::PolicyRequires);
    }
    let asked = Verdict::requiring(missing);
    Judgement {
        required: asked.requirements().to_vec(),
        verdict: asked.join(stop),
        reasons,
        basis: None,
    }
}

/// What rules ask together.
struct Found {
    reasons: Vec<Reason>,
    needed: Vec<Requirement>,
    stop: Verdict,
}

impl Found {
    fn add(&mut self, rule: &Rule, operation: bool) {
        self.reasons.push(rule.reason);
        match &rule.effect {
            Effect::Note => {}
            Effect::Refuse => self.stop = Verdict::Refuse,
            Effect::Hold if operation => self.stop = self.take_stop().join(Verdict::Hold),
            Effect::StepUp(requirements) if operation => self.needed.extend(requirements),
            // A sign-in has nothing that could wait, and nothing to confirm: it is proved.
            Effect::StepUp(asked) if asked.contains(&Requirement::PhishingResistant) => {
                self.needed.push(Requirement::PhishingResistant);
            }
            Effect::Hold | Effect::StepUp(_) => self.needed.push(Requirement::SecondFactor),
        }
    }

    fn take_stop(&mut self) -> Verdict {
        std::mem::replace(&mut self.stop, Verdict::Allow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::OperationEffect;

    /// Every combination of the features that the rules look at.
    fn all() -> Vec<Features> {
        let familiarities = [Familiarity::Known, Familiarity::New, Familiarity::Unknown];
        let mut all = Vec::new();
        for network in familiarities {
            for device in familiarities {
                for (history, failures, others) in [(0, 0, 0), (9, 0, 0), (9, 50, 0), (9, 0, 20)] {
                    for hours in [None, Some(1), Some(1000)] {
                        for effect in [
                            None,
                            Some(OperationEffect::MoneyOut),
                            Some(OperationEffect::PayoutChange),
                        ] {
                            all.push(Features {
                                address: network,
                                network,
                                device,
                                history,
                                address_failures: failures,
                                payout_others: others,
                                payout_change_hours: hours,
                                payout_change_strange: hours.is_some()
                                    && device == Familiarity::New,
                                effect,
                                ..Features::default()
                            });
                        }
                    }
                }
            }
        }
        all
    }

    #[test]
    fn a_worse_signal_never_improves_a_verdict() {
        let policy = Policy::profile("jp-legacy").unwrap();
        let judged = |features: &Features| judge(features, &[], &[], &policy).verdict.kind();
        for features in all() {
            let before = judged(&features);
            let worse = |change: fn(&mut Features)| {
                let mut worse = features.clone();
                change(&mut worse);
                judged(&worse)
            };
            assert!(
                worse(|f| f.address_failures = 1000) >= before,
                "{features:?}"
            );
            assert!(worse(|f| f.payout_others = 20) >= before, "{features:?}");
            assert!(
                worse(|f| f.contact_change_hours = Some(0)) >= before,
                "{features:?}"
            );
            assert!(worse(|f| f.pin_recovery_hours = Some(0)) >= before);
            assert!(worse(|f| f.place_reported = true) >= before);
            assert!(worse(|f| f.party_reported = true) >= before);
            assert!(
                worse(|f| f.payout_change_strange = true) >= before,
                "{features:?}"
            );
            if features.device == Familiarity::Known {
                assert!(
                    worse(|f| f.device = Familiarity::New) >= before,
                    "{features:?}"
                );
            }
        }
    }

    /// A mere score never holds or refuses, asks nothing of a known device, and is silent where it
    /// is not known.
    #[test]
    fn a_mere_score_asks_for_a_second_factor_and_nothing_else() {
        let policy = Policy::profile("jsda-2025").unwrap();
        let highest = evidence::Scores {
            unlikely: Some(i64::MAX),
            rare: Some(1_000),
            pace: Some(1_000),
        };
        for features in all() {
            let before = judge(&features, &[], &[], &policy);
            let scored = Features {
                scores: highest,
                ..features.clone()
            };
            let after = judge(&scored, &[], &[], &policy);
            if features.device.is_familiar() {
                assert_eq!(
                    (&after.verdict, &after.reasons),
                    (&before.verdict, &before.reasons)
                );
                continue;
            }
            let asked = Verdict::requiring([Requirement::SecondFactor]);
            assert_eq!(
                after.verdict,
                before.verdict.clone().join(asked),
                "{features:?}"
            );
            assert!(after.reasons.contains(&Reason::PlaceUnlikely));
            let proved = judge(&scored, &[], &[Method::Passkey], &policy);
            let without = judge(&features, &[], &[Method::Passkey], &policy);
            assert_eq!(proved.verdict, without.verdict, "{features:?}");
            for silent in [Some(i64::from(policy.risk.unlikely) - 1), None] {
                let low = evidence::Scores {
                    unlikely: silent,
                    ..evidence::Scores::default()
                };
                let low = Features {
                    scores: low,
                    ..features.clone()
                };
                assert_eq!(judge(&low, &[], &[], &policy).reasons, before.reasons);
            }
        }
    }

    #[test]
    fn what_is_held_is_not_asked_again_and_nothing_held_lifts_a_hold() {
        let policy = Policy::profile("jsda-2025").unwrap();
        let everything = [Method::Confirmation, Method::Passkey, Method::Password];
        for features in all() {
            let bare = judge(&features, &[Requirement::SecondFactor], &[], &policy).verdict;
            let full = judge(
                &features,
                &[Requirement::SecondFactor],
                &everything,
                &policy,
            )
            .verdict;
            assert_eq!(bare == Verdict::Hold, full == Verdict::Hold);
            assert!(matches!(full, Verdict::Allow | Verdict::Hold));
        }
    }
}
