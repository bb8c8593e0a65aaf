//! Holds: an operation waits for time to pass or for a person to look at it.
//!
//! What time heals (a contact, an app or an account of today) is released by time, no earlier than
//! the rule that held it would let it pass. What time does not heal (an account that others use
//! too) is released by a person. What nobody releases is refused.
//!
//! **Invariant:** every hold has an end, and a hold keeps a confirmation only if that was given
//! with it.

use crate::change::{Change, GrantIssued, HoldChange};
use crate::id::{CredentialId, CustomerId};
use crate::moment::{Moment, Span};
use crate::policy::Policy;
use crate::proof::FactorProved;
use crate::reason::Reason;
use crate::risk::Features;
use crate::rules::RuleSet;
use crate::verdict::{Requirement, Verdict};

/// A hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Since when.
    pub at: Moment,
    /// When time releases it; `None` when only a person does.
    pub until: Option<Moment>,
    /// When it is refused, if nothing released it.
    pub ends: Moment,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// A whole confirmation that comes with a hold.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldGrant {
    /// The grant that it will be.
    pub grant: GrantIssued,
    /// The passkey, authenticator app or phone that confirmed it: it counts at the release only if
    /// the customer still has it. `None` for a code, which counts until the password or an app is
    /// another.
    pub by: Option<CredentialId>,
}

impl Hold {
    /// Whether a second person has to agree to what the desk asked for.
    #[must_use]
    pub fn is_of_the_desk(&self) -> bool {
        self.reasons.contains(&Reason::SecondPerson)
    }

    /// A hold for those of `reasons` for which something is held, of what heals after `heals` at
    /// the earliest.
    #[must_use]
    pub fn new(reasons: &[Reason], heals: Span, at: Moment, policy: &Policy) -> Self {
        let reasons = reasons.iter().copied();
        let reasons = reasons.filter(|reason| holds(*reason, &policy.rules));
        Self::of(reasons.collect(), heals, at, policy)
    }

    /// A hold for these reasons, whatever rules are in force.
    fn of(reasons: Vec<Reason>, heals: Span, at: Moment, policy: &Policy) -> Self {
        let person = |reason: &Reason| waits_for_people(*reason, policy);
        let said = reasons
            .iter()
            .filter_map(|reason| policy.rules.heals(*reason));
        let heals = said.fold(heals, Span::max);
        // Its own time is all that it waits for.
        let least = match reasons[..] {
            [Reason::HoldWindow] => Span(0),
            _ => policy.hold.time(),
        };
        let until = at.plus(heals.max(least));
        let until = (!reasons.iter().any(person)).then_some(until);
        let last = until.map_or(at, |until| until.plus(Span::days(1)));
        Self {
            at,
            until,
            ends: at.plus(policy.hold.longest()).max(last),
            reasons,
        }
    }

    /// Whether everything was proved, and nothing but the policy lets it wait.
    #[must_use]
    pub fn is_window(&self) -> bool {
        self.reasons == [Reason::HoldWindow]
    }

    /// When something has to be done about it.
    #[must_use]
    pub fn due(&self) -> Moment {
        self.until.map_or(self.ends, |until| until.min(self.ends))
    }

    /// Hours from `now` until time releases it, rounded up.
    #[must_use]
    pub fn hours(&self, now: Moment) -> Option<u16> {
        let hour = Span::hours(1).as_seconds();
        let seconds = self.until?.since(now).as_seconds();
        u16::try_from((seconds + hour - 1) / hour).ok()
    }
}

/// The customer's open operations that move money or where it goes are held, since what protects
/// the account was changed.
pub(crate) fn money_held(
    customer: CustomerId,
    reason: Reason,
    at: Moment,
    policy: &Policy,
) -> Option<Change> {
    let kinds = policy.money();
    let fresh = Span::hours(i64::from(policy.risk.contact_fresh_hours));
    // A firm whose rules know nothing of it holds for it all the same, and as its policy says.
    let hold = Hold::of(vec![reason], fresh, at, policy);
    let held = HoldChange::AllHeld {
        customer,
        kinds: kinds.clone(),
        hold,
        confirmed: at.minus(policy.grant_life()),
    };
    (!kinds.is_empty()).then(|| Change::Hold(Box::new(held)))
}

/// What a code confirmed and still waits has to be confirmed again: the password became another, or
/// an authenticator app is gone, so somebody takes the account back.
pub(crate) fn codes_void(customer: CustomerId) -> Change {
    Change::Hold(Box::new(HoldChange::CodesVoided { customer }))
}

/// Nothing of the customer that is open goes on.
pub(crate) fn all_ended(customer: CustomerId, reason: Reason) -> Change {
    Change::Hold(Box::new(HoldChange::AllEnded { customer, reason }))
}

/// What the confirmation of a held operation has to meet: what was missing, and the confirmation
/// itself in any case.
pub(crate) fn with_confirmation(required: &[Requirement]) -> Vec<Requirement> {
    let asked = required.iter().copied().chain([Requirement::Confirmation]);
    Verdict::requiring(asked).requirements().to_vec()
}

/// Whether something is held for this reason, rather than only noted beside.
#[must_use]
pub fn holds(reason: Reason, rules: &RuleSet) -> bool {
    let proved = matches!(
        reason,
        Reason::FactorFresh | Reason::HoldWindow | Reason::PasskeyFresh
    );
    proved || rules.holds(reason)
}

/// Those of the reasons of a judgement for which it holds. Of a shared account that is registered
/// the policy says whether it does.
#[must_use]
pub fn holding(reasons: &[Reason], features: &Features, policy: &Policy) -> Vec<Reason> {
    let held = |reason: &Reason| {
        holds(*reason, &policy.rules) && !policy.signal.only_notes(*reason, features)
    };
    reasons.iter().copied().filter(held).collect()
}

/// Whether time alone does not release what is held for this reason: where the policy says so, and
/// by a rule of the firm's own that does not say after how long it heals. Nobody else knows what it
/// holds for.
fn waits_for_people(reason: Reason, policy: &Policy) -> bool {
    let own = matches!(reason, Reason::Own(_));
    policy.hold.person.contains(&reason) || own && policy.rules.heals(reason).is_none()
}

/// With what `factor` was given that may be taken from the customer again.
#[must_use]
pub fn given_by(factor: &FactorProved) -> Option<CredentialId> {
    match factor {
        FactorProved::Passkey(passkey) => Some(passkey.credential()),
        FactorProved::Push(approved) => Some(approved.approver()),
        FactorProved::Totp(app) => Some(app.credential()),
        FactorProved::BackupCode(_) | FactorProved::MailCode(_) | FactorProved::SmsCode(_) => None,
    }
}

impl Features {
    /// For how long at least the rules would go on holding what time heals.
    #[must_use]
    pub fn heals(&self, policy: &Policy) -> Span {
        let risk = &policy.risk;
        let strange = self
            .payout_change_hours
            .filter(|_| self.payout_change_strange);
        let rest = |past: Option<i64>, fresh: u16| {
            past.map_or(Span(0), |past| {
                Span::hours((i64::from(fresh) - past).max(0))
            })
        };
        rest(self.contact_change_hours, risk.contact_fresh_hours)
            .max(rest(self.pin_recovery_hours, risk.contact_fresh_hours))
            .max(rest(strange, risk.payout_fresh_hours))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{NOW, policy};

    #[test]
    fn time_releases_what_it_heals_and_a_person_the_rest() {
        let policy = policy();
        let held = |reasons: &[Reason], hours| Hold::new(reasons, Span::hours(hours), NOW, &policy);
        let least = i64::from(policy.hold.hours);
        for (heals, waits) in [(0, least), (least + 48, least + 48)] {
            let hold = held(&[Reason::ContactFresh, Reason::DeviceNew], heals);
            assert_eq!(hold.until, Some(NOW.plus(Span::hours(waits))));
            assert_eq!(
                hold.reasons,
                [Reason::ContactFresh],
                "the rest is only noted"
            );
            assert!(hold.ends > hold.due() && Some(hold.due()) == hold.until);
        }
        let both = held(&[Reason::ContactFresh, Reason::PartyReported], 1);
        assert_eq!((both.until, both.due()), (None, both.ends));
        assert_eq!(both.ends, NOW.plus(Span::days(i64::from(policy.hold.days))));
        let long = held(&[Reason::ContactFresh], 9000);
        assert!(long.until.unwrap() < long.ends);
    }

    #[test]
    fn what_a_firms_own_rule_holds_time_releases_only_where_the_rule_says_so() {
        let rule = |more: &str| {
            let text = format!(
                "version = \"mine.1\"\n[[rule]]\nreason = \"rule_mine\"\nwhen = \"true\"\n\
                 verdict = \"hold\"\n{more}case = \"x\"\ntext.ja = \"x\"\ntext.en = \"x\"\n"
            );
            let rules = crate::rules::RuleSet::parse(&text).unwrap();
            policy().judging_by(std::sync::Arc::new(rules), None)
        };
        let mine = Reason::parse("rule_mine").unwrap();
        let until = |policy: &Policy| Hold::new(&[mine], Span::hours(30), NOW, policy).until;
        assert_eq!(until(&rule("")), None);
        let long = rule("heals_hours = 96\n");
        assert_eq!(until(&long), Some(NOW.plus(Span::hours(96))));
        let short = rule("heals_hours = 1\n");
        assert_eq!(until(&short), Some(NOW.plus(Span::hours(30))));
        let mut person = long;
        person.hold.person.push(mine);
        assert_eq!(until(&person), None, "the policy has the last word");
    }

    #[test]
    fn a_change_of_contact_holds_as_the_policy_says_under_rules_that_do_not_know_it() {
        let text = "version = \"mine.1\"\n[[rule]]\nreason = \"rule_mine\"\nwhen = \"true\"\n\
             verdict = \"allow\"\ncase = \"x\"\ntext.ja = \"x\"\ntext.en = \"x\"\n";
        let rules = crate::rules::RuleSet::parse(text).unwrap();
        let mut policy = policy().judging_by(std::sync::Arc::new(rules), None);
        for person in [false, true] {
            policy.hold.person = vec![Reason::ContactFresh];
            policy.hold.person.truncate(usize::from(person));
            let held = money_held(CustomerId([1; 16]), Reason::ContactFresh, NOW, &policy);
            let Some(Change::Hold(held)) = held else {
                panic!("{held:?}")
            };
            let HoldChange::AllHeld { hold, .. } = *held else {
                panic!("{held:?}")
            };
            assert_eq!(hold.reasons, [Reason::ContactFresh]);
            assert_eq!(hold.until.is_none(), person);
        }
    }

    #[test]
    fn a_window_of_the_policy_is_no_longer_than_it_says() {
        let policy = policy();
        let four = Span::hours(4);
        let hold = Hold::new(&[Reason::Confirmed, Reason::HoldWindow], four, NOW, &policy);
        assert!(hold.is_window());
        assert_eq!(hold.until, Some(NOW.plus(four)));
        let both = [Reason::HoldWindow, Reason::ContactFresh];
        let hold = Hold::new(&both, four, NOW, &policy);
        assert_eq!(hold.until, Some(NOW.plus(policy.hold.time())));
    }

    #[test]
    fn hours_are_rounded_up() {
        let hold = Hold::new(&[Reason::PinFresh], Span(0), NOW, &policy());
        let whole = policy().hold.hours;
        assert_eq!(hold.hours(NOW), Some(whole));
        assert_eq!(hold.hours(NOW.plus(Span::seconds(1))), Some(whole));
        assert_eq!(hold.hours(NOW.plus(Span::hours(1))), Some(whole - 1));
        assert_eq!(hold.hours(NOW.plus(Span::days(365))), Some(0));
    }

    #[test]
    fn a_release_by_time_comes_no_earlier_than_the_rules_allow() {
        let policy = policy();
        let fresh = i64::from(policy.risk.payout_fresh_hours);
        let mut features = Features {
            payout_change_hours: Some(2),
            contact_change_hours: Some(3),
            ..Features::default()
        };
        let contact = Span::hours(i64::from(policy.risk.contact_fresh_hours) - 3);
        assert_eq!(features.heals(&policy), contact);
        features.payout_change_strange = true;
        assert_eq!(features.heals(&policy), Span::hours(fresh - 2));
        features.payout_change_hours = Some(fresh + 9);
        assert_eq!(features.heals(&policy), contact);
    }
}
