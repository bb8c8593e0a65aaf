//! On what a judgement rests beside the features, as it is kept with the entry: so the same rules
//! give the same judgement again, and others can be tried on it.
//!
//! **Invariant:** what rules in shadow would have said is kept and has no other effect.

use serde::{Deserialize, Serialize};

use super::{Familiarity, Features, Judgement};
use crate::policy::{Policy, RiskPolicy, SharedAccount, SignalPolicy};
use crate::proof::Method;
use crate::reason::Reason;
use crate::verdict::{Requirement, Verdict, VerdictKind};

/// What was required and proved when rules judged, what they said, and what else stood against it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// What is always required.
    #[serde(default)]
    pub always: Vec<Requirement>,
    /// What was proved before.
    #[serde(default)]
    pub held: Vec<Method>,
    /// What the rules said; `None` in entries from before it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Said>,
    /// What stood against it whatever rules say: a limit, a freeze, a stop, a window.
    #[serde(default, skip_serializing_if = "Beside::is_nothing")]
    pub beside: Beside,
    /// Whether what is missing can be asked for.
    #[serde(default, skip_serializing_if = "Asking::is_possible")]
    pub asking: Asking,
    /// The thresholds by which rules judged.
    #[serde(default, skip_serializing_if = "Thresholds::is_unknown")]
    pub thresholds: Thresholds,
    /// Every payee of a batch, which are judged one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payees: Vec<Payee>,
    /// What rules in shadow said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadow: Option<Said>,
}

/// What rules said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The version of the rule set.
    pub rules: String,
    /// Its verdict.
    pub verdict: VerdictKind,
    /// Its reasons.
    pub reasons: Vec<Reason>,
}

impl Said {
    pub(super) fn of(rules: &str, judged: &Judgement) -> Self {
        Self {
            rules: rules.to_owned(),
            verdict: judged.verdict.kind(),
            reasons: judged.reasons.clone(),
        }
    }

    /// The stricter of both with the reasons of both, of payees that were judged one by one.
    fn join(mut self, other: Self) -> Self {
        for reason in other.reasons {
            if !self.reasons.contains(&reason) {
                self.reasons.push(reason);
            }
        }
        Self {
            verdict: self.verdict.max(other.verdict),
            ..self
        }
    }
}

/// A verdict that stands whatever rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Beside(pub VerdictKind);

impl Default for Beside {
    fn default() -> Self {
        Self(VerdictKind::Allow)
    }
}

impl Beside {
    fn is_nothing(&self) -> bool {
        self.0 == VerdictKind::Allow
    }
}

/// Whether what is missing can be asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asking {
    /// It is asked for.
    #[default]
    Possible,
    /// There is no way to prove it: what would be asked is refused.
    Impossible,
}

impl Asking {
    fn is_possible(&self) -> bool {
        *self == Self::Possible
    }
}

/// What rules know of one payee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// The account.
    pub payee: Familiarity,
    /// [`Features::payout_others`].
    pub others: u32,
    /// [`Features::party_reported`].
    pub reported: bool,
}

impl Payee {
    /// That of these features.
    #[must_use]
    pub const fn of(features: &Features) -> Self {
        Self {
            payee: features.payee,
            others: features.payout_others,
            reported: features.party_reported,
        }
    }

    /// The features of the batch as they were of this payee.
    #[must_use]
    pub fn features(self, batch: &Features) -> Features {
        Features {
            payee: self.payee,
            payout_others: self.others,
            party_reported: self.reported,
            ..batch.clone()
        }
    }
}

/// The numbers of the policy that rules looked at, in an order that only grows at its end: failures
/// that are guessing, a shared address, hours to settle, of a fresh payout account, of a fresh
/// contact, what is unlikely, what is rare, a shared payout account, and whether one that is
/// registered only is noted (1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Thresholds(Vec<u32>);

/// The keys of the policy, in that order.
const KEYS: [&str; 9] = [
    "risk.guessing_failures",
    "risk.shared_address",
    "risk.settle_hours",
    "risk.payout_fresh_hours",
    "risk.contact_fresh_hours",
    "risk.unlikely",
    "risk.rare",
    "signal.payout_account",
    "signal.shared_account",
];

impl Thresholds {
    /// Those of a policy.
    #[must_use]
    pub fn of(policy: &Policy) -> Self {
        let (risk, signal) = (&policy.risk, &policy.signal);
        let all = [
            risk.guessing_failures,
            risk.shared_address,
            risk.settle_hours.into(),
            risk.payout_fresh_hours.into(),
            risk.contact_fresh_hours.into(),
            risk.unlikely,
            risk.rare,
            signal.payout_account,
            u32::from(signal.shared_account == SharedAccount::Note),
        ];
        Self(all.to_vec())
    }

    /// The parts of a policy as they were; what was not recorded is as it is today.
    #[must_use]
    pub fn then(&self, today: &Policy) -> (RiskPolicy, SignalPolicy) {
        let (mut risk, mut signal) = (today.risk.clone(), today.signal.clone());
        let long = |place: usize| self.0.get(place).copied();
        let short = |place: usize| long(place).and_then(|number| u16::try_from(number).ok());
        let put = |to: &mut u32, place| *to = long(place).unwrap_or(*to);
        put(&mut risk.guessing_failures, 0);
        put(&mut risk.shared_address, 1);
        risk.settle_hours = short(2).unwrap_or(risk.settle_hours);
        risk.payout_fresh_hours = short(3).unwrap_or(risk.payout_fresh_hours);
        risk.contact_fresh_hours = short(4).unwrap_or(risk.contact_fresh_hours);
        put(&mut risk.unlikely, 5);
        put(&mut risk.rare, 6);
        put(&mut signal.payout_account, 7);
        signal.shared_account = match long(8) {
            Some(0) => SharedAccount::Hold,
            Some(_) => SharedAccount::Note,
            None => signal.shared_account,
        };
        (risk, signal)
    }

    /// Each with the key of the policy.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, u32)> + '_ {
        let numbers = self.0.iter().copied();
        KEYS.into_iter().zip(numbers)
    }

    fn is_unknown(&self) -> bool {
        self.0.is_empty()
    }
}

impl Basis {
    /// Of a batch: every payee is judged on the same, but for what rules said.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        let both = |mine: Option<Said>, theirs: Option<Said>| match (mine, theirs) {
            (Some(mine), Some(theirs)) => Some(mine.join(theirs)),
            (mine, theirs) => mine.or(theirs),
        };
        Self {
            said: both(self.said, other.said),
            shadow: both(self.shadow, other.shadow),
            beside: Beside(self.beside.0.max(other.beside.0)),
            ..self
        }
    }
}

impl Judgement {
    /// The same, where this stands whatever rules say.
    #[must_use]
    pub(crate) fn beside(mut self, verdict: VerdictKind) -> Self {
        if let Some(basis) = &mut self.basis {
            basis.beside = Beside(basis.beside.0.max(verdict));
        }
        self
    }

    /// The same, where what is missing cannot be asked for: it is refused.
    #[must_use]
    pub(crate) fn unasked(mut self) -> Self {
        if let Some(basis) = &mut self.basis {
            basis.asking = Asking::Impossible;
        }
        Self {
            verdict: match self.verdict {
                Verdict::Allow => Verdict::Allow,
                _ => Verdict::Refuse,
            },
            ..self
        }
    }

    /// Compact JSON for the entry: the features and on what else this rests.
    #[must_use]
    pub fn recorded(&self, features: &Features) -> String {
        let mut json = features.json();
        let basis = self.basis.as_deref();
        let basis = basis.and_then(|basis| serde_json::to_string(basis).ok());
        // Two objects as one: neither is empty, and they have no member in common.
        if let Some(basis) = basis
            && json.len() > 2
            && json.ends_with('}')
        {
            json.pop();
            json.push(',');
            json.push_str(basis.trim_start_matches('{'));
        }
        json
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use crate::risk::judge;

    #[test]
    fn what_is_recorded_is_judged_the_same_again() {
        let policy = Policy::profile("jsda-2025").unwrap();
        let features = Features {
            history: 3,
            ..Features::default()
        };
        let always = [Requirement::SecondFactor];
        let judged = judge(&features, &always, &[Method::Password], &policy);
        let json = judged.recorded(&features);
        let read: Features = serde_json::from_str(&json).unwrap();
        let basis: Basis = serde_json::from_str(&json).unwrap();
        assert_eq!(read, features);
        assert_eq!(judge(&read, &basis.always, &basis.held, &policy), judged);
        let older = serde_json::from_str::<Basis>(&features.json()).unwrap();
        assert_eq!(older, Basis::default());
    }

    #[test]
    fn what_is_in_shadow_is_recorded_and_changes_nothing() {
        let policy = Policy::profile("jsda-2025").unwrap();
        let shadow = crate::rules::RuleSet::parse(
            "version = \"mine.1\"\n[[rule]]\nreason = \"rule_all\"\nwhen = \"true\"\n\
             verdict = \"refuse\"\ncase = \"x\"\ntext.ja = \"x\"\ntext.en = \"x\"\n",
        )
        .unwrap();
        let beside = policy.judging_by(policy.rules.clone(), Some(shadow.into()));
        let features = Features::default();
        let (plain, judged) = (
            judge(&features, &[], &[], &policy),
            judge(&features, &[], &[], &beside),
        );
        assert_eq!(
            (&plain.verdict, &plain.reasons),
            (&judged.verdict, &judged.reasons)
        );
        assert_eq!(beside.version, policy.version);
        let json = judged.recorded(&features);
        let wanted = r#""shadow":{"rules":"mine.1","verdict":"refuse","reasons":["rule_all"]}"#;
        assert!(json.contains(wanted), "{json}");
    }
}
