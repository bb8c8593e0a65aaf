//! Policy: a validated document with a version. Profiles are named starting points.
//!
//! Every number of a profile has its source beside it in the profile's file.
//!
//! **Invariant:** a policy that was read is complete and within bounds; nothing of it is a constant
//! elsewhere.

mod attack;
mod daily;
mod duty;
mod hold;
mod notice;
mod operation;
mod passkey;
mod password;
mod pin;
mod push;
mod recovery;
mod signal;
mod text;

pub use daily::{DailyCase, DailyCustomers, DailyPolicy};
pub use duty::DutyPolicy;
pub use hold::HoldPolicy;
pub use notice::{Links, NoticePolicy, SignInNotice};
pub use operation::{
    ALIVE, After, Amounts, Choice, Cooling, DAY, Demand, Limit, Limits, Name, OperationEffect,
    OperationPolicy, PayeeNumber, Then, Tier,
};
pub use passkey::{Aaguid, KeyDemand, PasskeyDemand, PasskeyPolicy, PasskeySignIn, UserDemand};
pub use pin::{PinForm, PinPolicy};
pub use push::PushPolicy;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::access::OperationKind;
use crate::known::Grown;
use crate::moment::Span;
use crate::proof::Method;
use crate::rules::RuleSet;
use crate::verdict::Requirement;

pub use attack::{AttackPolicy, EnteredPolicy};
pub use recovery::RecoveryPolicy;
pub use signal::{SharedAccount, SignalPolicy};
pub use text::{TextCountry, TextPolicy};

pub use password::{Class, PasswordPolicy, Treatment};

/// The shipped profiles, by name.
const PROFILES: &[(&str, &str)] = &[
    ("asvs-5-l2", include_str!("asvs-5-l2.toml")),
    ("asvs-5-l3", include_str!("asvs-5-l3.toml")),
    ("jp-legacy", include_str!("jp-legacy.toml")),
    ("jsda-2025", include_str!("jsda-2025.toml")),
    ("nist-800-63b-4", include_str!("nist-800-63b-4.toml")),
];

/// A whole policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The version that entries name.
    pub version: String,
    /// What a password must be.
    pub password: PasswordPolicy,
    /// What sign-in asks.
    pub sign_in: SignInPolicy,
    /// One-time codes.
    pub code: CodePolicy,
    /// Passkeys.
    pub passkey: PasskeyPolicy,
    /// Transaction PINs; absent where there are none.
    pub pin: Option<PinPolicy>,
    /// Approvals on a phone.
    pub push: PushPolicy,
    /// Which second factors there are, by method.
    pub factor: BTreeMap<Method, FactorPolicy>,
    /// Limits on guessing.
    pub guessing: GuessingPolicy,
    /// Sessions at the hosted pages.
    pub session: SessionPolicy,
    /// Grants.
    pub grant: GrantPolicy,
    /// Operations that are held.
    pub hold: HoldPolicy,
    /// Messages.
    pub notice: NoticePolicy,
    /// Getting back what was lost.
    pub recovery: RecoveryPolicy,
    /// What changes the protection of an account.
    pub security: SecurityPolicy,
    /// Limits and choices of customers' own.
    pub limit: OwnPolicy,
    /// What follows by itself where an attack across customers was found.
    #[serde(default)]
    pub attack: AttackPolicy,
    /// How soon somebody looks into what was found.
    #[serde(default)]
    pub duty: DutyPolicy,
    /// The daily look at withdrawals.
    pub daily: DailyPolicy,
    /// What is a signal to staff.
    pub signal: SignalPolicy,
    /// Text messages that anybody can ask for.
    pub text: TextPolicy,
    /// Thresholds of the shipped rules.
    pub risk: RiskPolicy,
    /// The catalogue of guarded operations.
    pub operation: BTreeMap<OperationKind, OperationPolicy>,
    /// The rules that judge: a document of its own, the shipped one until another is live.
    #[serde(skip, default = "RuleSet::standard")]
    pub rules: Arc<RuleSet>,
    /// Rules that are applied beside these, with no other effect than that it is recorded.
    #[serde(skip)]
    pub shadow: Option<Arc<RuleSet>>,
    /// By which it is told what is rare in itself, once one was grown.
    #[serde(skip)]
    pub forest: Option<Grown>,
}

/// What sign-in asks beside the password.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInPolicy {
    /// Always required, whatever the risk.
    pub require: Vec<Requirement>,
}

/// One-time codes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodePolicy {
    /// Minutes until a code is void (NIST SP 800-63B-4 section 3.1.3.2: at most 10).
    pub minutes: u16,
    /// Seconds to wait between two codes.
    pub resend_seconds: u16,
    /// Most codes for one conversation.
    pub most: u16,
    /// Most messages to one login or customer without a right code and without a pause of
    /// `guessing.lock_minutes`; then none is sent for as long.
    pub messages: u16,
    /// Most messages that visitors from one network (/24 or /48) who register may ask for,
    /// likewise.
    pub messages_per_network: u16,
}

/// A second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorPolicy {
    /// Accepted.
    Allow,
    /// Not accepted.
    Forbid,
    /// Accepted while the firm moves to something better; marked so in entries and pages.
    Transition,
}

/// Limits on guessing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuessingPolicy {
    /// Most consecutive failures for one account and factor (PSD2 RTS article 4(3)(b): 5).
    pub limit: u16,
    /// Minutes for which the factor is locked then; each further lock without a right proof in
    /// between lasts twice as long, up to a day.
    pub lock_minutes: u16,
    /// Failures in a row, across locks, after which the factor is closed (NIST SP 800-63B-4 section
    /// 3.2.2: no more than 100).
    pub most: u16,
    /// Days for which it is closed then.
    pub closed_days: u16,
}

/// Sessions at the hosted pages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionPolicy {
    /// Minutes without a request after which a session ends (PSD2 RTS article 4(3)(d): 5 for
    /// payments).
    pub idle_minutes: u16,
    /// Hours after which a session ends in any case.
    pub absolute_hours: u16,
    /// What becomes of a session that is used from elsewhere than it was proved.
    pub elsewhere: ElsewherePolicy,
}

/// What becomes of a session that is used from elsewhere than it was proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ElsewherePolicy {
    /// Nothing.
    Ignore,
    /// What was proved in it counts no longer as proved lately.
    Prove,
    /// The same on another line; in another country or by another program the customer signs in.
    SignIn,
}

/// Grants and the operations they belong to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantPolicy {
    /// Seconds in which a grant is redeemed; at most 60.
    pub seconds: u16,
    /// Minutes in which an operation is confirmed.
    pub confirm_minutes: u16,
}

/// What changes the protection of an account: password, contacts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityPolicy {
    /// What has to be proved lately, beside what the change itself asks.
    pub require: Vec<Requirement>,
    /// For how many minutes a proof counts as lately given.
    pub fresh_minutes: u16,
}

/// Limits and choices of customers' own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnPolicy {
    /// Hours until a raise of a limit, or a weaker choice, counts.
    pub raise_hours: u16,
}

/// Thresholds of the shipped rules.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskPolicy {
    /// Failures from one address in ten minutes from which it counts as guessing.
    pub guessing_failures: u32,
    /// Other customers on an address from which it counts as shared.
    pub shared_address: u32,
    /// Hours after its first good access until a place or device counts as settled: long enough
    /// that a thief's own sign-in does not make his place the customer's.
    pub settle_hours: u16,
    /// Hours during which a payout account counts as freshly changed.
    pub payout_fresh_hours: u16,
    /// Hours for which money waits after a way to reach the customer was added or replaced, or a
    /// transaction PIN was set without the one before.
    pub contact_fresh_hours: u16,
    /// From how many thousandths it counts as unlikely for the customer
    /// ([`crate::risk::evidence::Scores::unlikely`]).
    pub unlikely: u32,
    /// From how many thousandths it counts as rare in itself
    /// ([`crate::risk::evidence::Scores::rare`]).
    pub rare: u32,
}

/// Why a policy was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// Not readable: TOML, an unknown key, a wrong type.
    #[error("policy: {0}")]
    Read(String),
    /// Readable but out of bounds.
    #[error("policy: {key} {problem}")]
    Bound {
        /// The key.
        key: String,
        /// What is wrong, as the rest of a sentence.
        problem: &'static str,
    },
    /// No such profile.
    #[error("policy: there is no profile {0:?}; there are {known}", known = Policy::profiles().join(", "))]
    Unknown(String),
}

impl SignInPolicy {
    /// Signing in may not ask for what the pages cannot give to whoever has none yet: the first
    /// passkey is added by somebody who signed in without.
    fn bound(&self) -> (bool, &'static str, &'static str) {
        let possible =
            |one: &Requirement| matches!(one, Requirement::Password | Requirement::SecondFactor);
        (
            self.require.iter().all(possible),
            "sign_in.require",
            "may hold password and second_factor; phishing_resistant cannot be required to sign in yet",
        )
    }
}

impl Policy {
    /// The profile that is used when nothing is configured.
    pub const DEFAULT: &'static str = "jsda-2025";

    /// The names of the shipped profiles.
    #[must_use]
    pub fn profiles() -> Vec<&'static str> {
        PROFILES.iter().map(|(name, _)| *name).collect()
    }

    /// A shipped profile.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn profile(name: &str) -> Result<Self, PolicyFault> {
        let found = PROFILES.iter().find(|(known, _)| *known == name);
        let (_, text) = found.ok_or_else(|| PolicyFault::Unknown(name.to_owned()))?;
        Self::parse(text)
    }

    /// Reads and checks a document.
    ///
    /// # Errors
    /// Says which key is unknown, of a wrong type or out of bounds.
    pub fn parse(text: &str) -> Result<Self, PolicyFault> {
        let mut policy: Self =
            toml::from_str(text).map_err(|why| PolicyFault::Read(why.to_string()))?;
        policy.check()?;
        let alone = |require: &Requirement| *require == Requirement::Password;
        if policy.sign_in.require.iter().all(alone) {
            policy.password.stand_alone();
        }
        Ok(policy)
    }

    fn check(&self) -> Result<(), PolicyFault> {
        let bounds = self.password.bounds().into_iter().chain(self.bounds());
        let failed = bounds
            .chain(self.limits())
            .chain(self.hold.bounds())
            .chain(self.passkey.bounds())
            .chain(self.notice.bounds())
            .chain([
                self.recovery.bound(self.notice.report_hours),
                self.sign_in.bound(),
                self.push.bound(),
                self.daily.bound(),
                self.duty.bound(),
                self.signal.bound(),
            ])
            .chain(self.text.bounds())
            .chain(self.pin_bounds())
            .find(|(fits, _, _)| !fits);
        if let Some((_, key, problem)) = failed {
            return Err(PolicyFault::Bound {
                key: key.to_owned(),
                problem,
            });
        }
        self.check_operations()
    }

    /// Every bound: whether it is kept, the key, and what the key must be.
    fn bounds(&self) -> [(bool, &'static str, &'static str); 8] {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        let named = (1..=60).contains(&self.version.len()) && self.version.bytes().all(plain);
        // Backup codes are made by whoever has another factor, and run out.
        let second = self.factor.iter().any(|(method, factor)| {
            *method != Method::BackupCode && *factor != FactorPolicy::Forbid
        });
        let Self {
            code,
            session,
            grant,
            ..
        } = self;
        [
            (
                named,
                "version",
                "must be 1 to 60 of a-z, 0-9, '.', '_' and '-'",
            ),
            (
                within(code.minutes, 10),
                "code.minutes",
                "must be 1 to 10 (NIST SP 800-63B-4 3.1.3.2)",
            ),
            (within(code.most, 20), "code.most", "must be 1 to 20"),
            (
                within(code.messages, 100) && within(code.messages_per_network, 10_000),
                "code",
                "needs messages of 1 to 100 and messages_per_network of 1 to 10000",
            ),
            (
                session.idle_minutes >= 1 && within(session.absolute_hours, 720),
                "session",
                "needs idle_minutes of at least 1 and absolute_hours of 1 to 720",
            ),
            (
                within(grant.seconds, 60),
                "grant.seconds",
                "must be 1 to 60",
            ),
            (
                within(grant.confirm_minutes, 60),
                "grant.confirm_minutes",
                "must be 1 to 60",
            ),
            (
                second,
                "factor",
                "must allow at least one second factor beside backup codes",
            ),
        ]
    }

    /// The bounds of what limits guessing, likewise.
    fn limits(&self) -> [(bool, &'static str, &'static str); 6] {
        let Self { guessing, .. } = self;
        [
            (
                within(self.limit.raise_hours, 720),
                "limit.raise_hours",
                "must be 1 to 720",
            ),
            (
                within(self.security.fresh_minutes, 60),
                "security.fresh_minutes",
                "must be 1 to 60",
            ),
            (
                within(guessing.limit, 100),
                "guessing.limit",
                "must be 1 to 100 (NIST SP 800-63B-4 3.2.2)",
            ),
            (
                guessing.lock_minutes >= 1,
                "guessing.lock_minutes",
                "must be at least 1",
            ),
            (
                within(guessing.most, 100) && guessing.most >= guessing.limit,
                "guessing.most",
                "must be guessing.limit to 100 (NIST SP 800-63B-4 3.2.2)",
            ),
            (
                within(guessing.closed_days, 3650),
                "guessing.closed_days",
                "must be 1 to 3650",
            ),
        ]
    }

    /// The same policy with other rules, whose version entries name beside its own.
    #[must_use]
    pub fn judging_by(&self, rules: Arc<RuleSet>, shadow: Option<Arc<RuleSet>>) -> Self {
        let own = self.version.split('+').next().unwrap_or_default();
        let version = match rules.digest == RuleSet::standard().digest {
            true => own.to_owned(),
            false => format!("{own}+{}", rules.version),
        };
        Self {
            version,
            rules,
            shadow,
            ..self.clone()
        }
    }

    /// Whether a method may be used as a second factor. Of a synced passkey the policy may say
    /// something of its own: where keys must not leave the device it is forbidden; otherwise what
    /// it says of passkeys counts.
    #[must_use]
    pub fn factor(&self, method: Method) -> FactorPolicy {
        let own = self.factor.get(&method);
        let named = match method {
            Method::SyncedPasskey => own.or_else(|| self.factor.get(&Method::Passkey)),
            _ => own,
        };
        named.copied().unwrap_or(FactorPolicy::Forbid)
    }

    /// How long ago a first success must be to count as settled.
    #[must_use]
    pub fn settle(&self) -> Span {
        Span::hours(i64::from(self.risk.settle_hours))
    }

    /// How long a one-time code works.
    #[must_use]
    pub fn code_life(&self) -> Span {
        Span::minutes(i64::from(self.code.minutes))
    }

    /// How long a grant works.
    #[must_use]
    pub fn grant_life(&self) -> Span {
        Span::seconds(i64::from(self.grant.seconds))
    }

    /// How long an operation waits for its confirmation.
    #[must_use]
    pub fn confirm_life(&self) -> Span {
        Span::minutes(i64::from(self.grant.confirm_minutes))
    }

    /// For how long a locked factor stays locked the first time.
    #[must_use]
    pub fn lock(&self) -> Span {
        Span::minutes(i64::from(self.guessing.lock_minutes))
    }

    /// How long a raise of a limit waits.
    #[must_use]
    pub fn raise(&self) -> Span {
        Span::hours(i64::from(self.limit.raise_hours))
    }

    /// How long a report code works.
    #[must_use]
    pub fn report_life(&self) -> Span {
        Span::hours(i64::from(self.notice.report_hours))
    }
}

/// Whether `number` is 1 to `most`.
fn within(number: u16, most: u16) -> bool {
    (1..=most).contains(&number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_profile_is_valid() {
        for (name, _) in PROFILES {
            let policy = Policy::profile(name).unwrap();
            assert!(policy.version.starts_with(name), "{name}");
            for kind in ["withdraw", "payout_account_change"] {
                assert!(
                    policy
                        .operation
                        .contains_key(&OperationKind::parse(kind).unwrap())
                );
            }
        }
        assert!(matches!(
            Policy::profile("nope"),
            Err(PolicyFault::Unknown(_))
        ));
    }

    #[test]
    fn bounds_and_unknown_keys_are_named() {
        let text = include_str!("jsda-2025.toml");
        let wrong = text.replace("seconds = 60", "seconds = 61");
        assert_eq!(
            Policy::parse(&wrong).unwrap_err().to_string(),
            "policy: grant.seconds must be 1 to 60"
        );
        let unknown = text.replace("lock_minutes", "lock_minuets");
        assert!(
            Policy::parse(&unknown)
                .unwrap_err()
                .to_string()
                .contains("lock_minuets")
        );
    }

    #[test]
    fn what_a_passkey_locks_has_to_be_confirmed() {
        let text = include_str!("jsda-2025.toml");
        let (before, after) = text.split_once("[operation.withdraw]").unwrap();
        let after = after.replacen("require = [\"confirmation\"]", "require = []", 1);
        let wrong = format!("{before}[operation.withdraw]{after}");
        assert_eq!(
            Policy::parse(&wrong).unwrap_err().to_string(),
            "policy: operation.withdraw must require confirmation, since passkey.lock has its effect"
        );
        let unlocked = wrong.replace("lock = [\"money_out\", \"payout_change\"]", "lock = []");
        assert!(Policy::parse(&unlocked).is_ok());
    }
}
