//! Signals: what a customer registers (a phone, a payout account, the device it is done on) was
//! seen with others before, as it is where one person runs the accounts of many.
//!
//! Staff see how many others there are. The customer sees no difference: a signal changes neither
//! the verdict nor a message, except that the policy may have the registration of a shared payout
//! account wait, as much else does ([`crate::policy::SignalPolicy`]).
//!
//! **Invariant:** a signal lands with the registration that it is about, or neither does.

use serde_json::{Value, json};

use crate::change::{Change, SignalChange, SignalRaised};
use crate::decision::Decision;
use crate::id::CustomerId;
use crate::known::CrowdKnown;
use crate::policy::{OperationEffect, Policy};
use crate::sighting::{Ending, Scope, Sighting, Trait, TraitKind};

impl CrowdKnown {
    /// Whether so many others is a signal.
    fn is_signal(&self, policy: &Policy) -> bool {
        let least = policy.signal.threshold(self.seen.kind);
        least.is_some_and(|least| self.others >= least)
    }

    fn noted(&self) -> Value {
        json!({
            "kind": self.seen.kind.word(),
            "others": self.others,
            "first": self.first,
            "reported": self.reported,
        })
    }
}

impl Decision {
    /// The same decision, with a signal for everything in `crowd` that enough others have. The
    /// entry has the counts.
    pub fn signalling(
        mut self,
        customer: CustomerId,
        crowd: &[CrowdKnown],
        policy: &Policy,
    ) -> Self {
        let raised: Vec<_> = crowd.iter().filter(|one| one.is_signal(policy)).collect();
        if raised.is_empty() {
            return self;
        }
        let noted: Value = raised.iter().map(|one| one.noted()).collect();
        if let Ok(Value::Object(mut members)) = serde_json::from_str(&self.entry.facts) {
            members.insert("signals".to_owned(), noted);
            self.entry.facts = Value::Object(members).to_string();
        }
        let (act, entry, at) = (self.entry.act.clone(), self.entry.id, self.entry.at);
        let change = |crowd: &CrowdKnown| {
            Change::Signal(SignalChange::Raised(Box::new(SignalRaised {
                customer,
                crowd: *crowd,
                act: act.clone(),
                entry,
                at,
            })))
        };
        self.changes.extend(raised.into_iter().map(change));
        self
    }

    /// The same, where the payout accounts in `crowd` are the customer's from now on: it lands only
    /// if nobody registered one of them since it was looked at.
    pub fn registering(self, customer: CustomerId, crowd: &[CrowdKnown], policy: &Policy) -> Self {
        let account = |one: &&CrowdKnown| one.seen.kind == TraitKind::PayoutAccount;
        let registered = crowd.iter().filter(account).map(|one| {
            Change::Signal(SignalChange::Registered {
                seen: one.seen,
                registered: one.registered,
            })
        });
        let registered: Vec<_> = registered.collect();
        self.signalling(customer, crowd, policy).with(registered)
    }

    /// The same decision, which showed that `traits` are the customer's, wherever that was done.
    pub fn showing(
        mut self,
        customer: CustomerId,
        traits: impl IntoIterator<Item = Trait>,
    ) -> Self {
        let at = self.entry.at;
        self.sightings
            .extend(traits.into_iter().map(|seen| Sighting {
                seen,
                customer,
                at,
                ending: Ending::Success,
                scope: Scope::Access,
            }));
        self
    }
}

/// What of `crowd` an operation with this effect registers, once it is carried out.
#[must_use]
pub fn registered(effect: Option<OperationEffect>, crowd: &[CrowdKnown]) -> &[CrowdKnown] {
    match effect {
        Some(OperationEffect::PayoutChange) => crowd,
        Some(OperationEffect::MoneyOut | OperationEffect::Other) | None => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Act;
    use crate::entry::{Actor, Entry};
    use crate::id::DecisionId;
    use crate::policy::SharedAccount;
    use crate::reason::Reason;
    use crate::risk::{Features, judge};
    use crate::sample::{NOW, policy};
    use crate::verdict::{Verdict, VerdictKind};

    const WHO: CustomerId = CustomerId([1; 16]);

    fn crowd(kind: TraitKind, others: u32) -> CrowdKnown {
        CrowdKnown {
            seen: Trait {
                kind,
                value: [7; 16],
            },
            others,
            first: (others > 0).then_some(NOW),
            reported: false,
            registered: 4,
        }
    }

    fn decision() -> Decision {
        Decision::of(Entry {
            id: DecisionId([9; 16]),
            at: NOW,
            act: Act::SignUp,
            actor: Actor::Customer,
            customer: Some(WHO),
            operation: None,
            verdict: Verdict::Allow,
            reasons: vec![Reason::Proved],
            policy: "test".to_owned(),
            facts: r#"{"kind":"sms"}"#.to_owned(),
        })
    }

    #[test]
    fn enough_others_are_a_signal_and_the_entry_counts_them() {
        let table = [
            (TraitKind::Phone, 0, false),
            (TraitKind::Phone, 1, true),
            (TraitKind::PayoutAccount, 0, false),
            (TraitKind::PayoutAccount, 1, true),
            (TraitKind::PayoutAccount, 20, true),
            (TraitKind::Device, 1, false),
            (TraitKind::Device, 2, true),
            // What a town shares is none, whoever else is there.
            (TraitKind::Address, 20, false),
            (TraitKind::Network, 20, false),
        ];
        for (kind, others, expected) in table {
            let crowd = crowd(kind, others);
            let before = decision();
            let after = before.clone().signalling(WHO, &[crowd], &policy());
            let raised = SignalRaised {
                customer: WHO,
                crowd,
                act: Act::SignUp,
                entry: DecisionId([9; 16]),
                at: NOW,
            };
            let change = Change::Signal(SignalChange::Raised(Box::new(raised)));
            let changes: Vec<_> = expected.then_some(change).into_iter().collect();
            assert_eq!(after.changes, changes, "{kind:?} {others}");
            let facts: Value = serde_json::from_str(&after.entry.facts).unwrap();
            assert_eq!(facts["kind"], "sms", "what was there stays");
            let counted = if expected { json!(others) } else { Value::Null };
            assert_eq!(facts["signals"][0]["others"], counted);
            // Nothing else is another one.
            assert_eq!(after.verdict(), before.verdict());
            assert_eq!(after.reasons(), before.reasons());
            assert!(after.notices.is_empty() && after.sightings.is_empty());
        }
    }

    #[test]
    fn a_payout_account_is_registered_as_it_was_looked_at_and_nothing_else_is() {
        let all = [
            TraitKind::Device,
            TraitKind::Phone,
            TraitKind::PayoutAccount,
        ];
        let decision = decision().registering(WHO, &all.map(|kind| crowd(kind, 0)), &policy());
        let registered = SignalChange::Registered {
            seen: crowd(TraitKind::PayoutAccount, 0).seen,
            registered: 4,
        };
        assert_eq!(decision.changes, [Change::Signal(registered)]);
        let crowd = [crowd(TraitKind::PayoutAccount, 1)];
        for effect in [OperationEffect::MoneyOut, OperationEffect::Other] {
            assert!(registered_by(effect, &crowd).is_empty());
        }
        assert_eq!(registered_by(OperationEffect::PayoutChange, &crowd), crowd);
    }

    fn registered_by(effect: OperationEffect, crowd: &[CrowdKnown]) -> &[CrowdKnown] {
        super::registered(Some(effect), crowd)
    }

    #[test]
    fn what_the_policy_says_of_shared_accounts_holds_their_registration_and_that_alone() {
        use OperationEffect::{MoneyOut, PayoutChange};
        let table = [
            (SharedAccount::Hold, 1, PayoutChange, 1, VerdictKind::Hold),
            (SharedAccount::Hold, 1, PayoutChange, 0, VerdictKind::Allow),
            (SharedAccount::Hold, 3, PayoutChange, 2, VerdictKind::Allow),
            (SharedAccount::Hold, 3, PayoutChange, 3, VerdictKind::Hold),
            (SharedAccount::Note, 1, PayoutChange, 9, VerdictKind::Allow),
            // Money that goes there is another matter.
            (SharedAccount::Note, 3, MoneyOut, 1, VerdictKind::Hold),
        ];
        for (then, least, effect, others, verdict) in table {
            let mut policy = policy();
            policy.signal.shared_account = then;
            policy.signal.payout_account = least;
            let features = Features {
                history: 9,
                effect: Some(effect),
                payout_others: others,
                ..Features::default()
            };
            let judged = judge(&features, &[], &[], &policy);
            assert_eq!(judged.verdict.kind(), verdict, "{then:?} {least} {others}");
            let noted = judged.reasons.contains(&Reason::PayoutAccountShared);
            assert_eq!(noted, others > 0, "the reason is on record in any case");
        }
    }
}
