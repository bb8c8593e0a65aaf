//! The code that confirms one operation.
//!
//! **Invariant:** a code names in its text the operation that it confirms, and none is sent where a
//! passkey is wanted.

use super::Shown;
use crate::bound::Bound;
use crate::change::Change;
use crate::decision::Decision;
use crate::guess::Sends;
use crate::id::DecisionId;
use crate::known::ChallengeKnown;
use crate::moment::{Moment, Span};
use crate::notice::{Notice, NoticeKind};
use crate::operation::{FieldValue, Fields, PayoutAccount};
use crate::policy::{OperationPolicy, Policy};
use crate::reason::Reason;
use crate::step_up::{FreshChallenge, code_channel, recipient};
use crate::verdict::{Requirement, Verdict};

/// What is known when a code is asked for.
#[derive(Debug)]
pub struct SendFacts {
    /// The operation as shown.
    pub shown: Shown,
    /// An unused code that is bound to it.
    pub challenge: Option<ChallengeKnown>,
    /// The counter of messages to the customer.
    pub sends: Sends,
    /// The new code.
    pub fresh: FreshChallenge,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Sends a code that confirms exactly this operation and names it in its text.
pub fn decide_send(facts: &SendFacts, spec: &OperationPolicy, policy: &Policy) -> Decision {
    let Shown {
        operation,
        fields,
        channels,
        ..
    } = &facts.shown;
    let wait = Span::seconds(i64::from(policy.code.resend_seconds));
    let young = facts
        .challenge
        .as_ref()
        .is_some_and(|known| facts.now.since(known.sent) < wait);
    let channel = code_channel(channels, policy);
    let counting = facts.sends.count(facts.now, policy);
    let stale = facts.shown.is_stale(spec, facts.now);
    let stale = stale.then_some(Reason::ProofStale);
    let closed = facts.shown.closed(facts.now).or(stale);
    let reason = match (closed, channel) {
        (Some(reason), _) => Some(reason),
        (None, _) if facts.shown.wants_passkey(spec, facts.now, policy) => {
            Some(Reason::PasskeyNeeded)
        }
        (None, Some(_)) if !facts.shown.fits_code() => Some(Reason::PolicyRequires),
        (None, None) => Some(Reason::PolicyRequires),
        (None, Some(_)) if young => Some(Reason::ConfirmationNeeded),
        (None, Some(_)) => counting.is_none().then_some(Reason::TriesExhausted),
    };
    let mut entry = facts.shown.entry(facts.decision, facts.now, policy);
    entry.reasons = vec![reason.unwrap_or(Reason::ConfirmationNeeded)];
    let Some(channel) = channel.filter(|_| reason.is_none()) else {
        return Decision::of(entry);
    };
    entry.verdict = Verdict::requiring([Requirement::Confirmation]);
    let locale = facts.shown.locale();
    let sent = Change::ChallengeSent {
        id: facts.fresh.id,
        notice: facts.fresh.notice,
        customer: Some(operation.customer.id),
        kind: channel.kind,
        bound: Bound::Operation {
            id: operation.id,
            fields: operation.digest,
            customer: operation.customer.id,
        }
        .digest(),
        seen: facts.challenge.as_ref().map(|known| known.id),
        code: facts.fresh.hash,
        at: facts.now,
        expires: facts.now.plus(policy.code_life()),
    };
    let kind = NoticeKind::ConfirmCode {
        code: facts.fresh.code.clone(),
        minutes: policy.code.minutes,
        operation: spec.name.in_locale(locale).to_owned(),
        amount: amount_text(fields),
        payee: payee_text(fields),
    };
    let to = recipient(channel);
    let notice = Notice {
        id: facts.fresh.notice,
        customer: Some(operation.customer.id),
        to,
        locale,
        expires: facts.now.plus(kind.life(policy)),
        kind,
    };
    Decision::of(entry)
        .with(counting.unwrap_or_default())
        .with([sent])
        .telling([notice])
}

/// The amount as pages and messages show it: `150,000 JPY`.
#[must_use]
pub fn amount_text(fields: &Fields) -> Option<String> {
    fields.amount().map(|money| money.text())
}

/// How many payees of a batch a message names before it says how many there are.
const NAMED: usize = 3;

impl Shown {
    /// Whether a message with a code can name everybody who is paid: a code that says "and others"
    /// would confirm what its reader never saw there.
    #[must_use]
    pub fn fits_code(&self) -> bool {
        self.fields.payees().count() <= NAMED
    }
}

/// Everybody who is paid, each with the account number masked as messages have it; of a batch with
/// the amounts.
#[must_use]
pub fn payees_text(fields: &Fields) -> Vec<String> {
    let mut named = Vec::new();
    for (_, value) in fields.iter() {
        match value {
            FieldValue::PayoutAccount(account) => named.push(payee(account)),
            FieldValue::Payments(batch) => named.extend(
                batch
                    .list()
                    .iter()
                    .map(|one| format!("{}: {}", one.amount.text(), payee(&one.payee))),
            ),
            _ => {}
        }
    }
    named
}

/// The payee as messages show it, with the account number masked: the account before its holder,
/// since whoever is paid chooses the name and may write an account into it. Of a batch the first
/// few, and how many there are.
#[must_use]
pub fn payee_text(fields: &Fields) -> Option<String> {
    let named: Vec<_> = fields.payees().take(NAMED).map(payee).collect();
    match (named.len(), fields.payees().count()) {
        (0, _) => None,
        (1, 1) => named.into_iter().next(),
        (named_all, all) if named_all == all => Some(format!("{} ({all})", named.join(" / "))),
        (_, all) => Some(format!("{} / … ({all})", named.join(" / "))),
    }
}

fn payee(account: &PayoutAccount) -> String {
    let number = crate::mask::account_number(&account.number);
    let PayoutAccount {
        bank,
        branch,
        holder,
        ..
    } = account;
    format!("{bank}-{branch} {number} {holder}")
}
