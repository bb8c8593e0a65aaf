//! The act "discard": a customer removes a passkey.
//!
//! **Invariant:** a passkey is removed only in a fresh session that was proved by a passkey, and
//! every verified channel is told.

use crate::access::Act;
use crate::change::Change;
use crate::decision::Decision;
use crate::enrol::Owner;
use crate::known::PasskeyKnown;
use crate::notice::NoticeKind;
use crate::policy::Policy;
use crate::reason::Reason;

/// Removes a passkey.
pub fn decide(owner: &Owner, passkey: &PasskeyKnown, policy: &Policy) -> Decision {
    let own = passkey.customer == owner.customer();
    let reason = match owner.refusal(policy) {
        Some(reason) => Some(reason),
        None => (!own).then_some(Reason::PasskeyMismatch),
    };
    let decision = Decision::of(owner.entry(Act::Discard, reason, policy));
    if reason.is_some() {
        return decision;
    }
    let decision = decision.with([Change::PasskeyRemoved {
        id: passkey.id,
        revision: passkey.revision,
    }]);
    let kind = NoticeKind::PasskeyRemoved {
        report: owner.report.1.clone(),
        name: passkey.name.as_str().to_owned(),
    };
    owner.told(decision, &kind, policy)
}
