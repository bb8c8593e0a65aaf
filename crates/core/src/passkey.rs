//! The passkeys of a customer as one: which of them will do, and what they lock.
//!
//! Prompts, pages and decisions ask here and nowhere else, so that nobody is locked out by a
//! passkey that cannot be used, and nobody gets past one that can.
//!
//! **Invariant:** what does not belong to the domain of today, or is of a kind that the policy does
//! not take, neither proves nor locks anything.

use crate::id::CredentialId;
use crate::known::{CustomerKnown, PasskeyKnown};
use crate::moment::{Moment, Span};
use crate::policy::{FactorPolicy, OperationEffect, PasskeyDemand, PasskeySignIn, Policy};
use crate::proof::{Method, UserSeen};

/// The domain that passkeys belong to here; `None` where the public address has no domain name (Web
/// Authentication Level 3 section 5.1.2).
pub type Domain<'a> = Option<&'a str>;

/// The passkeys of a customer that will do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usable(Vec<PasskeyKnown>);

impl Usable {
    /// Those of `all` that the policy takes and that belong to `domain`. One that was stored before
    /// its domain was kept counts as of any.
    #[must_use]
    pub fn of(all: &[PasskeyKnown], domain: Domain<'_>, policy: &Policy) -> Self {
        let here = |known: &&PasskeyKnown| {
            policy.factor(known.method()) != FactorPolicy::Forbid
                && domain
                    .is_some_and(|domain| known.rp_id.is_empty() || known.rp_id.as_str() == domain)
        };
        Self(all.iter().filter(here).cloned().collect())
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[PasskeyKnown] {
        &self.0
    }

    /// Whether there is one.
    #[must_use]
    pub const fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// The one with this id.
    #[must_use]
    pub fn find(&self, id: CredentialId) -> Option<&PasskeyKnown> {
        self.0.iter().find(|known| known.id == id)
    }

    /// Those that could meet `demand`.
    #[must_use]
    pub fn fitting(&self, demand: &PasskeyDemand) -> Self {
        let fitting = self.0.iter().filter(|known| demand.fits(known));
        Self(fitting.cloned().collect())
    }

    /// Whether the customer signs in with a passkey alone: the policy says so, and there is one
    /// that does ([`Self::signing_in`]). Nothing is locked once the last is gone, since without it
    /// nobody could come in.
    #[must_use]
    pub fn locks_sign_in(&self, now: Moment, policy: &Policy) -> bool {
        let alone = policy.passkey.sign_in == PasskeySignIn::Alone;
        alone && self.signing_in(now, policy).any()
    }

    /// After this the customer was told of a passkey for as long as the message is good for.
    #[must_use]
    pub fn told_after(policy: &Policy) -> Span {
        wait(policy).max(policy.report_life())
    }

    /// Those that a customer can be sent to: they sign in by themselves, which one that only saw
    /// somebody touch it does not, and are older than the message about them is good for. Until
    /// then a thief's own passkey shuts nobody out, wherever it was added.
    #[must_use]
    pub fn signing_in(&self, now: Moment, policy: &Policy) -> Self {
        let told = Self::told_after(policy);
        let does = |one: &&PasskeyKnown| {
            let mut asked = policy.sign_in.require.iter();
            let alone = one.seen == UserSeen::Verified;
            let meets = asked.all(|wanted| one.method().meets(*wanted));
            alone && meets && now.since(one.created) >= told
        };
        Self(self.0.iter().filter(does).cloned().collect())
    }

    /// Whether `customer` confirms what has this `effect` by a passkey alone: the policy locks it,
    /// and there is a passkey, or there was one until a short time ago. Removing the last one must
    /// not be the quick way to a weaker proof.
    #[must_use]
    pub fn locks(
        &self,
        effect: OperationEffect,
        customer: &CustomerKnown,
        now: Moment,
        policy: &Policy,
    ) -> bool {
        let taken = policy.factor(Method::Passkey) != FactorPolicy::Forbid;
        let gone = customer.passkey_removed;
        let lately = gone.is_some_and(|gone| now.since(gone) < wait(policy));
        taken && policy.passkey.lock.contains(&effect) && (self.any() || lately)
    }
}

/// How long a passkey waits that was added elsewhere, and a lock whose last passkey is gone.
#[must_use]
pub fn wait(policy: &Policy) -> Span {
    Span::hours(i64::from(policy.passkey.wait_hours))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::known::{Backup, Strange};
    use crate::sample::{NOW, customer, passkey, policy};

    #[test]
    fn signing_in_is_locked_by_a_passkey_that_was_told_of_and_only_where_the_policy_says_so() {
        let (mut strict, mut one) = (policy(), passkey(1));
        strict.passkey.sign_in = PasskeySignIn::Alone;
        let locks = |one: &PasskeyKnown, now: Moment, policy: &Policy| {
            let all = [one.clone()];
            Usable::of(&all, Some("example.jp"), policy).locks_sign_in(now, policy)
        };
        // Wherever it was added: a thief may sit in the same network.
        for place in [Strange::New, Strange::Known] {
            (one.place, one.created) = (place, NOW);
            let told = NOW.plus(strict.report_life().max(wait(&strict)));
            assert!(!locks(&one, told.minus(Span(1)), &strict), "{place:?}");
            assert!(locks(&one, told, &strict), "{place:?}");
        }
        let later = NOW.plus(Span::days(30));
        // It does not sign in without a password, whatever the policy asks.
        let mut touched = one.clone();
        touched.seen = UserSeen::Present;
        for require in [strict.sign_in.require.clone(), Vec::new()] {
            let mut policy = strict.clone();
            policy.sign_in.require = require;
            assert!(locks(&one, later, &policy));
            assert!(!locks(&touched, later, &policy));
        }
        strict.passkey.sign_in = PasskeySignIn::Any;
        assert!(!locks(&one, later, &strict));
        assert!(!Usable::default().locks_sign_in(later, &strict));
    }

    #[test]
    fn only_what_the_policy_takes_and_the_domain_of_today_has_counts() {
        let (mine, mut other, mut older) = (passkey(1), passkey(2), passkey(3));
        other.rp_id = "old.example.jp".to_owned();
        older.rp_id = String::new();
        let all = [mine.clone(), other, older.clone()];
        let usable = Usable::of(&all, Some("example.jp"), &policy());
        assert_eq!(usable.all(), [mine, older]);
        assert!(!Usable::of(&all, None, &policy()).any());
        let (mut synced, mut unsynced) = (all.clone(), policy());
        synced[0].backup = Backup::Eligible;
        assert!(Usable::of(&synced[..1], Some("example.jp"), &unsynced).any());
        let forbid = FactorPolicy::Forbid;
        unsynced.factor.insert(Method::SyncedPasskey, forbid);
        assert!(!Usable::of(&synced[..1], Some("example.jp"), &unsynced).any());
        let mut forbidding = policy();
        forbidding
            .factor
            .insert(Method::Passkey, FactorPolicy::Forbid);
        assert!(!Usable::of(&all, Some("example.jp"), &forbidding).any());
    }

    #[test]
    fn a_lock_outlasts_its_last_passkey_by_the_wait() {
        let policy = policy();
        let (wait, money) = (wait(&policy), OperationEffect::MoneyOut);
        let there = Usable::of(&[passkey(1)], Some("example.jp"), &policy);
        let just = Span(wait.0 - 1);
        let mut forbidding = policy.clone();
        forbidding
            .factor
            .insert(Method::Passkey, FactorPolicy::Forbid);
        let mut unlocking = policy.clone();
        unlocking.passkey.lock.clear();
        for (usable, gone, effect, policy, locks) in [
            (&there, None, money, &policy, true),
            (&there, None, OperationEffect::Other, &policy, false),
            (&there, None, money, &unlocking, false),
            (&Usable::default(), None, money, &policy, false),
            (&Usable::default(), Some(just), money, &policy, true),
            (&Usable::default(), Some(just), money, &forbidding, false),
            (&Usable::default(), Some(wait), money, &policy, false),
        ] {
            let mut customer = customer(1);
            customer.passkey_removed = gone.map(|age| NOW.minus(age));
            let said = usable.locks(effect, &customer, NOW, policy);
            assert_eq!(said, locks, "{gone:?} {effect:?}");
        }
    }
}
