//! Judging again from what an entry recorded: by the rules of then, to explain it, or by others, to
//! try them.
//!
//! **Invariant:** what is judged again goes through the same function as what is judged live.

mod told;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::basis::{Asking, Basis};
use super::{Features, Judgement, by};
use crate::entry::Entry;
use crate::id::DecisionId;
use crate::moment::Moment;
use crate::outcome::Outcome;
use crate::policy::{Policy, RiskPolicy, SignalPolicy};
use crate::reason::Reason;
use crate::rules::RuleSet;
use crate::verdict::VerdictKind;

/// On what a decision rested.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// The features.
    pub features: Features,
    /// What was required and proved.
    pub basis: Basis,
}

impl Replay {
    /// Whether it is recorded what rules said, so that those of then need not be asked.
    #[must_use]
    pub fn says(entry: &Entry) -> bool {
        entry.facts.contains("\"said\":")
    }

    /// What this entry recorded; `None` where no rules judged, or before that was recorded.
    #[must_use]
    pub fn of(entry: &Entry) -> Option<Self> {
        // The basis follows the features in one object and begins with this member; read apart,
        // neither reader has to pass over what is the other's.
        let (features, basis) = entry.facts.split_at(entry.facts.find(",\"always\":")?);
        let (features, basis) = (format!("{features}}}"), format!("{{{}", &basis[1..]));
        Some(Self {
            features: serde_json::from_str(&features).ok()?,
            basis: serde_json::from_str(&basis).ok()?,
        })
    }

    /// What these rules say of it, by the thresholds of today.
    #[must_use]
    pub fn judged(&self, rules: &RuleSet, policy: &Policy) -> Judgement {
        self.by(rules, (&policy.risk, &policy.signal))
    }

    /// What these rules said of it, by the thresholds of then.
    #[must_use]
    pub fn judged_then(&self, rules: &RuleSet, policy: &Policy) -> Judgement {
        let (risk, signal) = self.basis.thresholds.then(policy);
        self.by(rules, (&risk, &signal))
    }

    fn by(&self, rules: &RuleSet, limits: (&RiskPolicy, &SignalPolicy)) -> Judgement {
        let given = (self.basis.always.as_slice(), self.basis.held.as_slice());
        let of = |features: &Features| by(rules, features, given, limits);
        let payees = self.basis.payees.iter();
        let payees = payees.map(|payee| of(&payee.features(&self.features)));
        payees
            .reduce(Judgement::join)
            .unwrap_or_else(|| of(&self.features))
    }

    /// Whether rules that judge again say what they said then: the same verdict for the same
    /// reasons. Of an entry from before that was recorded, that every reason they give is recorded
    /// and the verdict is not stricter than what was decided.
    #[must_use]
    pub fn is_same(&self, entry: &Entry, again: &Judgement) -> bool {
        match &self.basis.said {
            Some(said) => said.verdict == again.verdict.kind() && said.reasons == again.reasons,
            None => {
                let recorded = |reason| entry.reasons.contains(reason);
                again.reasons.iter().all(recorded) && again.verdict.kind() <= entry.verdict.kind()
            }
        }
    }

    /// What the decision would have been had rules said this: what else stood against it still
    /// does.
    #[must_use]
    pub fn verdict_by(&self, entry: &Entry, now: &Judgement) -> VerdictKind {
        let was = entry.verdict.kind();
        let now = now.verdict.kind();
        let Some(said) = &self.basis.said else {
            return now.max(was);
        };
        let beside = self.basis.beside.0;
        let whole = |rules: VerdictKind| match (self.basis.asking, rules) {
            (Asking::Possible, rules) => rules.max(beside),
            (Asking::Impossible, VerdictKind::Allow) => beside,
            (Asking::Impossible, _) => VerdictKind::Refuse,
        };
        // What stood against it and was not recorded is there all the same.
        let unrecorded = was > whole(said.verdict);
        match unrecorded {
            true => whole(now).max(was),
            false => whole(now),
        }
    }
}

/// The version of the rule set that judged, as the entry names it; `None` for the shipped one.
#[must_use]
pub fn rules_of(entry: &Entry) -> Option<&str> {
    entry.policy.split_once('+').map(|(_, rules)| rules)
}

/// What a decision really was, as it became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// The customer, or the application, said that it was somebody else.
    Fraud,
    /// It was completed, or confirmed as genuine.
    Genuine,
}

impl Truth {
    /// What is known of a decision by what its application said of it, and by whether its customer
    /// reported it.
    #[must_use]
    pub const fn of(outcome: Option<Outcome>, reported: Reported) -> Option<Self> {
        match (reported, outcome) {
            (Reported::Yes, _) | (_, Some(Outcome::ConfirmedFraud)) => Some(Self::Fraud),
            (_, Some(Outcome::Completed | Outcome::ConfirmedGenuine)) => Some(Self::Genuine),
            (_, Some(Outcome::Abandoned) | None) => None,
        }
    }
}

/// Whether the customer said that it was somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reported {
    /// They did.
    Yes,
    /// They did not.
    No,
}

/// Of decisions of which it is known what they were: those that were not simply let through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Known {
    /// Fraud.
    pub fraud: u64,
    /// Fraud that was asked for more, held or refused.
    pub fraud_stopped: u64,
    /// Genuine ones.
    pub genuine: u64,
    /// Genuine ones that were asked for more, held or refused.
    pub genuine_stopped: u64,
}

impl Known {
    fn add(&mut self, truth: Truth, verdict: VerdictKind) {
        let stopped = u64::from(verdict != VerdictKind::Allow);
        match truth {
            Truth::Fraud => {
                self.fraud += 1;
                self.fraud_stopped += stopped;
            }
            Truth::Genuine => {
                self.genuine += 1;
                self.genuine_stopped += stopped;
            }
        }
    }

    /// Of what was stopped, the share that was fraud; `None` where nothing was.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        share(
            self.fraud_stopped,
            self.fraud_stopped + self.genuine_stopped,
        )
    }

    /// Of fraud, the share that was stopped; `None` where there was none.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        share(self.fraud_stopped, self.fraud)
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Most decisions of each change that are kept as examples.
const EXAMPLES: usize = 5;

/// A change of verdict: from this to that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Turn {
    /// What it was.
    pub was: VerdictKind,
    /// What it would be.
    pub would_be: VerdictKind,
}

/// What became of decisions that were judged again by other rules.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Entries that were looked at.
    pub entries: u64,
    /// Those of them that no rules judged, or not so that it can be told.
    pub apart: u64,
    /// Those from before it was recorded what rules said, which the rules of then do not judge the
    /// same again; they are left out.
    pub otherwise: u64,
    /// How often each change would have come, with examples.
    pub turns: BTreeMap<Turn, (u64, Vec<DecisionId>)>,
    /// How often each reason came, and would have come.
    pub reasons: BTreeMap<Reason, (u64, u64)>,
    /// By day since 1970 in UTC: customers who were asked, held or refused, and who would be.
    pub days: BTreeMap<i64, [std::collections::BTreeSet<[u8; 16]>; 2]>,
    /// What is known to have been fraud or not: as it was, and as it would be.
    pub known: [Known; 2],
}

impl Tally {
    /// Adds one entry, of which this is known, judged again by these rules. `then` is asked for the
    /// rules of then where what they said was not recorded.
    pub fn add(
        &mut self,
        (entry, truth): (&Entry, Option<Truth>),
        rules: &RuleSet,
        then: impl FnOnce() -> Option<Arc<RuleSet>>,
        policy: &Policy,
    ) {
        self.entries += 1;
        let Some(replay) = Replay::of(entry) else {
            self.apart += 1;
            return;
        };
        let before = match &replay.basis.said {
            Some(said) => Some(said.reasons.clone()),
            None => then()
                .map(|then| replay.judged_then(&then, policy))
                .filter(|again| replay.is_same(entry, again))
                .map(|again| again.reasons),
        };
        let Some(before) = before else {
            self.otherwise += 1;
            return;
        };
        let now = replay.judged(rules, policy);
        let verdicts = [entry.verdict.kind(), replay.verdict_by(entry, &now)];
        self.turned(entry.id, verdicts);
        for reason in before {
            self.reasons.entry(reason).or_default().0 += 1;
        }
        for reason in now.reasons {
            self.reasons.entry(reason).or_default().1 += 1;
        }
        for (known, verdict) in self.known.iter_mut().zip(verdicts) {
            if let Some(truth) = truth {
                known.add(truth, verdict);
            }
        }
        if let Some(customer) = entry
            .customer
            .filter(|_| verdicts != [VerdictKind::Allow; 2])
        {
            let day = self.days.entry(day(entry.at)).or_default();
            for (customers, verdict) in day.iter_mut().zip(verdicts) {
                if verdict != VerdictKind::Allow {
                    customers.insert(customer.0);
                }
            }
        } else {
            self.days.entry(day(entry.at)).or_default();
        }
    }

    fn turned(&mut self, id: DecisionId, [was, would_be]: [VerdictKind; 2]) {
        if was != would_be {
            let (count, examples) = self.turns.entry(Turn { was, would_be }).or_default();
            *count += 1;
            if examples.len() < EXAMPLES {
                examples.push(id);
            }
        }
    }

    /// Decisions that were judged again.
    #[must_use]
    pub const fn judged(&self) -> u64 {
        self.entries - self.apart - self.otherwise
    }
}

fn day(at: Moment) -> i64 {
    at.unix_seconds().div_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Act;
    use crate::entry::Actor;
    use crate::proof::Method;
    use crate::risk::judge;
    use crate::sample::NOW;
    use crate::verdict::Verdict;

    fn entry(history: i64, held: &[Method], policy: &Policy) -> Entry {
        let features = Features {
            history,
            ..Features::default()
        };
        let judged = judge(&features, &[], held, policy);
        Entry {
            id: DecisionId([1; 16]),
            at: NOW,
            act: Act::SignIn,
            actor: Actor::Customer,
            customer: Some(crate::id::CustomerId([2; 16])),
            operation: None,
            facts: judged.recorded(&features),
            verdict: judged.verdict,
            reasons: judged.reasons,
            policy: policy.version.clone(),
        }
    }

    fn mine() -> RuleSet {
        RuleSet::parse(
            "version = \"mine.1\"\n[[rule]]\nreason = \"rule_few\"\nwhen = \"customer.history < 5\"\n\
             verdict = \"refuse\"\ncase = \"x\"\ntext.ja = \"x\"\ntext.en = \"x\"\n",
        )
        .unwrap()
    }

    fn add(tally: &mut Tally, entry: &Entry, truth: Option<Truth>, policy: &Policy) {
        tally.add(
            (entry, truth),
            &mine(),
            || Some(RuleSet::standard()),
            policy,
        );
    }

    #[test]
    fn other_rules_are_tried_on_what_was_recorded() {
        let policy = Policy::profile("jsda-2025").unwrap();
        let mut tally = Tally::default();
        let add = |tally: &mut Tally, entry: &Entry, truth| add(tally, entry, truth, &policy);
        add(
            &mut tally,
            &entry(0, &[Method::Password], &policy),
            Some(Truth::Fraud),
        );
        add(
            &mut tally,
            &entry(0, &[Method::Passkey], &policy),
            Some(Truth::Fraud),
        );
        add(
            &mut tally,
            &entry(9, &[Method::Passkey], &policy),
            Some(Truth::Genuine),
        );
        let mut older = entry(0, &[], &policy);
        older.facts = older.facts.replace("\"said\":", "\"sayd\":");
        older.reasons.clear();
        add(&mut tally, &older, None);
        older.facts = "{}".to_owned();
        add(&mut tally, &older, None);
        let turn = |was, would_be| (Turn { was, would_be }, (1, vec![DecisionId([1; 16])]));
        use VerdictKind::{Allow, Refuse, StepUp};
        let turns = BTreeMap::from([turn(Allow, Refuse), turn(StepUp, Refuse)]);
        assert_eq!(tally.turns, turns);
        assert_eq!((tally.entries, tally.apart, tally.otherwise), (5, 1, 1));
        assert_eq!(tally.judged(), 3);
        assert_eq!(tally.reasons[&Reason::FirstAccess], (2, 0));
        let disturbed = |which: usize| {
            tally
                .days
                .values()
                .map(|day| day[which].len())
                .sum::<usize>()
        };
        assert_eq!((disturbed(0), disturbed(1)), (1, 1));
        let [was, would_be] = tally.known;
        assert_eq!((was.precision(), was.recall()), (Some(1.0), Some(0.5)));
        assert_eq!(
            (would_be.precision(), would_be.recall()),
            (Some(1.0), Some(1.0))
        );
        assert_eq!((would_be.genuine, would_be.genuine_stopped), (1, 0));
    }

    #[test]
    fn what_stood_beside_the_rules_still_does() {
        let policy = Policy::profile("jsda-2025").unwrap();
        let features = Features {
            history: 3,
            effect: Some(crate::policy::OperationEffect::MoneyOut),
            party_reported: true,
            ..Features::default()
        };
        let judged = judge(&features, &[], &[], &policy);
        assert_eq!(judged.verdict, Verdict::Hold);
        let recorded = |judged: Judgement| Entry {
            facts: judged.recorded(&features),
            verdict: judged.verdict,
            reasons: judged.reasons,
            ..entry(9, &[], &policy)
        };
        let allow = RuleSet::parse(&STANDING_ASIDE.replace("WHEN", "false")).unwrap();
        let would_be = |judged: Judgement| {
            let entry = recorded(judged);
            let replay = Replay::of(&entry).unwrap();
            replay.verdict_by(&entry, &replay.judged(&allow, &policy))
        };
        assert_eq!(would_be(judged.clone()), VerdictKind::Allow);
        let cooling = judged.clone().with(Verdict::Hold, Reason::CoolingContact);
        assert_eq!(would_be(cooling), VerdictKind::Hold, "both held it");
        let limit = judged.clone().with(Verdict::Refuse, Reason::LimitEach);
        assert_eq!(would_be(limit), VerdictKind::Refuse);
        assert_eq!(would_be(judged.clone().locked()), VerdictKind::StepUp);
        assert_eq!(would_be(judged.unasked()), VerdictKind::Allow);
        // What nobody recorded stands, too.
        let mut stopped = recorded(judge(&features, &[], &[], &policy));
        stopped.verdict = Verdict::Refuse;
        let replay = Replay::of(&stopped).unwrap();
        let now = replay.judged(&allow, &policy);
        assert_eq!(replay.verdict_by(&stopped, &now), VerdictKind::Refuse);
    }

    #[test]
    fn what_cannot_be_asked_for_is_refused_by_other_rules_too() {
        let policy = Policy::profile("jsda-2025").unwrap();
        let features = Features {
            history: 3,
            ..Features::default()
        };
        let judged = judge(&features, &[], &[], &policy).unasked();
        assert_eq!(judged.verdict, Verdict::Allow);
        let entry = Entry {
            facts: judged.recorded(&features),
            ..entry(9, &[], &policy)
        };
        let asks = RuleSet::parse(&STANDING_ASIDE.replace("WHEN", "true")).unwrap();
        let replay = Replay::of(&entry).unwrap();
        let now = replay.judged(&asks, &policy);
        assert_eq!(replay.verdict_by(&entry, &now), VerdictKind::Refuse);
    }

    const STANDING_ASIDE: &str = "version = \"mine.3\"\n[[rule]]\nreason = \"rule_one\"\n\
         when = \"WHEN\"\nverdict = \"step_up\"\nrequire = [\"second_factor\"]\ncase = \"x\"\n\
         text.ja = \"x\"\ntext.en = \"x\"\n";

    #[test]
    fn every_payee_of_a_batch_is_judged_again() {
        let policy = Policy::profile("jsda-2025").unwrap();
        let of = |others| Features {
            history: 3,
            effect: Some(crate::policy::OperationEffect::MoneyOut),
            payout_others: others,
            ..Features::default()
        };
        let all = [of(0), of(2), of(0)];
        let judged = all
            .iter()
            .map(|features| judge(features, &[], &[], &policy));
        let mut judged = judged.reduce(Judgement::join).unwrap();
        assert_eq!(judged.verdict, Verdict::Hold);
        let basis = judged.basis.as_mut().unwrap();
        basis.payees = all.iter().map(crate::risk::basis::Payee::of).collect();
        let entry = Entry {
            facts: judged.recorded(&all[0]),
            verdict: judged.verdict,
            reasons: judged.reasons,
            ..entry(9, &[], &policy)
        };
        let replay = Replay::of(&entry).unwrap();
        let again = replay.judged_then(&RuleSet::standard(), &policy);
        assert_eq!(again.verdict, Verdict::Hold);
        assert!(replay.is_same(&entry, &again));
    }

    #[test]
    fn a_policy_that_changed_since_does_not_change_what_was_judged() {
        let policy = Policy::profile("jsda-2025").unwrap();
        let features = Features {
            history: 9,
            address_failures: 30,
            ..Features::default()
        };
        let judged = judge(&features, &[], &[], &policy);
        assert!(judged.reasons.contains(&Reason::AddressGuessing));
        let entry = Entry {
            facts: judged.recorded(&features),
            verdict: judged.verdict,
            reasons: judged.reasons,
            ..entry(9, &[], &policy)
        };
        let mut today = policy.clone();
        today.risk.guessing_failures = 100;
        let replay = Replay::of(&entry).unwrap();
        let standard = RuleSet::standard();
        assert!(replay.is_same(&entry, &replay.judged_then(&standard, &today)));
        assert!(!replay.is_same(&entry, &replay.judged(&standard, &today)));
        assert_eq!(replay.basis.said.unwrap().rules, standard.version);
    }

    #[test]
    fn the_rules_of_then_say_the_same_again_and_their_version_is_known() {
        let policy = Policy::profile("jsda-2025").unwrap();
        let live = policy.judging_by(mine().into(), None);
        let entry = entry(0, &[Method::Password], &live);
        assert_eq!(rules_of(&entry), Some("mine.1"));
        let replay = Replay::of(&entry).unwrap();
        let again = replay.judged(&live.rules, &live);
        assert!(replay.is_same(&entry, &again));
        assert_eq!(again.verdict, entry.verdict);
        let other = replay.judged(&RuleSet::standard(), &live);
        assert!(!replay.is_same(&entry, &other));
    }
}
