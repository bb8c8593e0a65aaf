//! The act "report": the customer says "this was not me", by the code of a notice or from the login
//! history.
//!
//! It is the safe direction, so a code is proof enough: the account is frozen, every session ends,
//! what the reported act had taught is void, and the customer is told. Undoing it asks for more
//! than doing it.
//!
//! What a stranger may have left behind goes with it. A passkey and an authenticator app are soon
//! made again, so all go that were added within the life of a report code. A contact and a PIN come
//! back as they were before the stranger: before the reported act, or before the session began in
//! which it may have been done.
//!
//! **Invariant:** a report never lowers the protection of an account.

use crate::access::Act;
use crate::bytes::{CounterKey, TokenHash};
use crate::change::{
    AddedFrom, BackupChange, Change, LimitChange, PasskeysRemoved, PinChange, ReportCodeIssued,
    SightingsVoided, TotpChange,
};
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{CustomerId, DecisionId, NoticeId};
use crate::known::{
    ChannelKnown, ChannelPurpose, ContactChangeKnown, CustomerKnown, ReportKnown, ReportedKnown,
    TaughtKnown,
};
use crate::login::ChannelKind;
use crate::moment::{Moment, Span};
use crate::policy::Policy;
use crate::reason::Reason;
use crate::sighting::Trait;
use crate::step_up::{Admission, failed};
use crate::verdict::Verdict;

/// How the customer reports.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// By the code of a notice.
    Code {
        /// Its hash.
        code: TokenHash,
        /// From where.
        context: Context,
        /// The counter that was used.
        tries: CounterKey,
    },
    /// From the history, in a session.
    Session {
        /// The decision that the customer points at.
        about: DecisionId,
    },
}

/// What is known.
#[derive(Clone, Debug)]
pub struct Facts {
    /// What the code stands for.
    pub report: Option<ReportKnown>,
    /// The customer of the session.
    pub session: Option<CustomerKnown>,
    /// What was reported.
    pub reported: Option<ReportedKnown>,
    /// What the reported decision taught.
    pub taught: Option<TaughtKnown>,
    /// The changes of contact within the life of a report code, the newest first.
    pub contact: Vec<ContactUndo>,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// Whether another code from this address is looked at.
    pub admission: Admission,
    /// Fresh values: the id of this decision and of the notice.
    pub fresh: (DecisionId, NoticeId),
    /// Now.
    pub now: Moment,
}

/// Freezes the account of whoever reports.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let found = customer(attempt, facts);
    let about = match (attempt, &facts.report) {
        (Attempt::Session { about }, _) => Some(*about),
        (Attempt::Code { .. }, Some(report)) => Some(report.decision),
        (Attempt::Code { .. }, None) => None,
    };
    let reason = match (&found, facts.admission) {
        (_, Admission::Locked) => Reason::TriesExhausted,
        (Some(_), _) => Reason::HoldReported,
        (None, _) => Reason::CodeWrong,
    };
    let found = found.filter(|_| facts.admission != Admission::Locked);
    let about = about
        .filter(|_| found.is_some())
        .map(|id| id.to_string())
        .unwrap_or_default();
    let decision = Decision::of(Entry {
        id: facts.fresh.0,
        at: facts.now,
        act: Act::Report,
        actor: Actor::Customer,
        customer: found.map(|customer| customer.id),
        operation: None,
        verdict: if found.is_some() {
            Verdict::Allow
        } else {
            Verdict::Refuse
        },
        reasons: vec![reason],
        policy: policy.version.clone(),
        facts: format!(r#"{{"about":"{about}"}}"#),
    });
    match (found, attempt) {
        (Some(customer), _) => frozen(decision, attempt, (facts, policy), customer),
        (None, Attempt::Code { context, .. }) => decision.with(failed(context, facts.now)),
        (None, Attempt::Session { .. }) => decision,
    }
}

fn customer<'a>(attempt: &Attempt, facts: &'a Facts) -> Option<&'a CustomerKnown> {
    match attempt {
        Attempt::Session { .. } => facts.session.as_ref(),
        Attempt::Code { .. } => {
            let usable =
                |report: &&ReportKnown| report.used.is_none() && report.expires > facts.now;
            facts
                .report
                .as_ref()
                .filter(usable)
                .map(|report| &report.customer)
        }
    }
}

fn frozen(
    mut decision: Decision,
    attempt: &Attempt,
    known: (&Facts, &Policy),
    customer: &CustomerKnown,
) -> Decision {
    let (facts, policy) = known;
    if let Attempt::Code { code, tries, .. } = attempt {
        let used = Change::ReportCodeUsed {
            code: *code,
            at: facts.now,
        };
        // Others behind the same network report too, and a right code is no guess.
        let cleared = Change::TriesCleared { key: *tries };
        decision.changes.extend([used, cleared]);
    }
    let own = |taught: &&TaughtKnown| taught.access.customer == customer.id;
    let taught = facts.taught.as_ref().filter(own);
    let void = taught.and_then(|taught| taught.voided(facts.now));
    let since = since(facts, customer.id, policy);
    let own = |undo: &&ContactUndo| undo.change.customer == customer.id;
    let contact: Vec<_> = facts.contact.iter().filter(own).cloned().collect();
    let channels = told(&facts.channels, &contact);
    let undo = contact.iter().filter(|one| one.change.at >= since);
    let back = undo.flat_map(|undo| undo.changes(facts.now));
    let known = (customer, channels.as_slice());
    let lately = facts.now.minus(policy.report_life());
    // A customer who was asked about something of weeks ago says that it was a stranger since then.
    let lately = match attempt {
        Attempt::Code { .. } => lately.min(began(facts, customer.id, policy)),
        Attempt::Session { .. } => lately,
    };
    crate::freeze::frozen(decision.with(back), known, facts.fresh.1, policy)
        .with(void)
        .with([
            Change::PasskeysRemoved(PasskeysRemoved {
                customer: customer.id,
                since: lately,
                from: AddedFrom::Anywhere,
                at: facts.now,
            }),
            Change::Limit(LimitChange::Ended {
                customer: customer.id,
                since: lately,
                at: facts.now,
            }),
            Change::BackupCode(BackupChange::Removed {
                customer: customer.id,
                since: lately,
            }),
            Change::Totp(TotpChange::Undone {
                customer: customer.id,
                since: lately,
            }),
            Change::Pin(PinChange::Undone {
                customer: customer.id,
                since,
            }),
        ])
}

/// The decision that was somebody else's, by what the entry of a report recorded.
#[must_use]
pub fn reported(facts: &str) -> Option<DecisionId> {
    #[derive(serde::Deserialize)]
    struct Recorded {
        about: String,
    }
    let recorded: Recorded = serde_json::from_str(facts).ok()?;
    recorded.about.parse().ok()
}

/// From when on what was done in the account may have been a stranger: from the reported act, or
/// from the earliest beginning of the session that it was done in. What was done before a report
/// code's life stays, so that a thief with a session cannot bring back a mailbox of long ago.
fn since(facts: &Facts, customer: CustomerId, policy: &Policy) -> Moment {
    began(facts, customer, policy).max(facts.now.minus(policy.report_life()))
}

/// The same, however long ago.
fn began(facts: &Facts, customer: CustomerId, policy: &Policy) -> Moment {
    let own = |reported: &&ReportedKnown| reported.customer == customer;
    let Some(reported) = facts.reported.as_ref().filter(own) else {
        return facts.now;
    };
    let hours = i64::from(policy.session.absolute_hours);
    match reported.act {
        Act::SignIn | Act::StepUp | Act::Recover => reported.at,
        _ => reported.at.minus(Span::hours(hours)),
    }
}

/// A change of contact with what its undoing needs.
#[derive(Clone, Debug)]
pub struct ContactUndo {
    /// The change.
    pub change: ContactChangeKnown,
    /// The channel that was added, with the keyed hash of its login.
    pub added: (ChannelKnown, CounterKey),
    /// The one it took the place of, likewise.
    pub retired: Option<(ChannelKnown, CounterKey)>,
}

impl ContactUndo {
    fn changes(&self, at: Moment) -> Vec<Change> {
        let customer = self.change.customer;
        let decision = self.change.decision;
        let (added, name) = &self.added;
        let mut changes = vec![
            Change::ContactUndone { decision, at },
            Change::ChannelRetired { id: added.id, at },
        ];
        if added.kind == ChannelKind::Sms {
            // Whoever has this phone goes on with the next customer.
            changes.push(Change::SightingsVoided(SightingsVoided {
                customer,
                traits: vec![Trait::of_phone(*name)],
                since: self.change.at,
                at,
            }));
        }
        if added.purpose == ChannelPurpose::Login {
            let name = *name;
            changes.push(Change::LoginReleased { name, customer });
        }
        if let Some((retired, name)) = &self.retired {
            changes.push(Change::ChannelRestored { id: retired.id });
            if retired.purpose == ChannelPurpose::Login {
                let name = *name;
                changes.push(Change::LoginRestored { name, customer });
            }
        }
        changes
    }
}

/// Where the freeze is told: on the channels as they were before the changes of contact of a short
/// time ago, and as they are. Whether a change was the customer's or a stranger's, one of the two
/// is the customer.
fn told(channels: &[ChannelKnown], contact: &[ContactUndo]) -> Vec<ChannelKnown> {
    let mut all = channels.to_vec();
    let replaced = contact.iter().filter_map(|one| one.retired.as_ref());
    for (channel, _) in replaced {
        if all.iter().all(|known| known.id != channel.id) {
            all.push(channel.clone());
        }
    }
    all
}

/// The change that issues a report code for the decision of `entry`.
#[must_use]
pub fn issued(code: TokenHash, entry: &Entry, customer: CustomerId, policy: &Policy) -> Change {
    Change::ReportCodeIssued(ReportCodeIssued {
        code,
        decision: entry.id,
        customer,
        expires: entry.at.plus(policy.report_life()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{NOW, channels, customer, policy};

    /// The change that put channel `added` in the place of `retired`.
    fn undo(owner: u8, added: usize, retired: usize) -> ContactUndo {
        let (known, of) = (channels(), |number: usize| CounterKey([number as u8; 16]));
        ContactUndo {
            change: ContactChangeKnown {
                decision: DecisionId([added as u8; 16]),
                customer: CustomerId([owner; 16]),
                added: known[added].id,
                retired: Some(known[retired].id),
                at: NOW,
            },
            added: (known[added].clone(), of(added)),
            retired: Some((known[retired].clone(), of(retired))),
        }
    }

    fn reported(undo: Vec<ContactUndo>, now: Vec<ChannelKnown>, at: Moment) -> Decision {
        let facts = facts(undo, now, at);
        let about = DecisionId([1; 16]);
        decide(&Attempt::Session { about }, &facts, &policy())
    }

    fn facts(undo: Vec<ContactUndo>, now: Vec<ChannelKnown>, at: Moment) -> Facts {
        Facts {
            report: None,
            session: Some(customer(1)),
            reported: Some(ReportedKnown {
                customer: customer(1).id,
                act: Act::SignIn,
                at,
            }),
            taught: None,
            contact: undo,
            channels: now,
            admission: Admission::Admitted,
            fresh: (DecisionId([9; 16]), NoticeId([8; 16])),
            now: NOW,
        }
    }

    #[test]
    fn a_reported_change_of_contact_is_undone_with_those_after_it_and_the_old_one_is_told() {
        // 0 became 1, and 1 became 2; what is left is 2.
        let mut all = channels();
        all[2].verified = Some(NOW);
        let decision = reported(
            vec![undo(1, 2, 1), undo(1, 1, 0)],
            vec![all[2].clone()],
            NOW,
        );
        let restored = |number: usize| Change::ChannelRestored { id: all[number].id };
        let retired = |number: usize| Change::ChannelRetired {
            id: all[number].id,
            at: NOW,
        };
        let order: Vec<_> = [retired(2), restored(1), retired(1), restored(0)]
            .iter()
            .map(|change| decision.changes.iter().position(|made| made == change))
            .collect();
        assert!(
            order.iter().all(Option::is_some) && order.is_sorted(),
            "{order:?}"
        );
        let to: Vec<_> = decision
            .notices
            .iter()
            .filter_map(|one| one.to.channel)
            .collect();
        assert_eq!(to, [all[2].id, all[1].id, all[0].id]);
        let frozen = |change: &Change| matches!(change, Change::CustomerFrozen { .. });
        assert!(decision.changes.iter().any(frozen));
    }

    #[test]
    fn what_the_stranger_did_goes_and_what_came_before_stays() {
        let hours = |hours| NOW.minus(Span::hours(hours));
        let absolute = i64::from(policy().session.absolute_hours);
        let cases = [
            (Act::SignIn, hours(3), hours(3)),
            (Act::ChangeContact, hours(3), hours(3 + absolute)),
            (Act::SignIn, hours(2000), hours(72)),
            (Act::ChangeContact, hours(71), hours(72)),
        ];
        for (act, at, since) in cases {
            let all = channels();
            let mut facts = facts(vec![undo(1, 1, 0)], vec![all[1].clone()], at);
            facts.contact[0].change.at = at;
            facts.reported.as_mut().unwrap().act = act.clone();
            let report = |facts: &Facts| {
                let about = DecisionId([1; 16]);
                decide(&Attempt::Session { about }, facts, &policy()).changes
            };
            let changes = report(&facts);
            let (customer, late) = (customer(1).id, hours(72));
            let from = AddedFrom::Anywhere;
            for change in [
                Change::Pin(PinChange::Undone { customer, since }),
                Change::Totp(TotpChange::Undone {
                    customer,
                    since: late,
                }),
                Change::PasskeysRemoved(PasskeysRemoved {
                    customer,
                    since: late,
                    from,
                    at: NOW,
                }),
            ] {
                assert!(changes.contains(&change), "{act:?} {at:?} {change:?}");
            }
            let back = |changes: &[Change]| {
                let restored = |one: &Change| matches!(one, Change::ChannelRestored { .. });
                changes.iter().any(restored)
            };
            assert_eq!(back(&changes), at >= late, "{act:?} {at:?}");
            // The moment of somebody else's decision says nothing.
            facts.reported.as_mut().unwrap().customer = CustomerId([2; 16]);
            assert!(!back(&report(&facts)));
        }
    }

    #[test]
    fn a_change_before_it_stays_and_its_old_address_is_told_too() {
        let all = channels();
        let mut facts = facts(vec![undo(1, 1, 0)], vec![all[1].clone()], NOW);
        facts.channels[0].verified = Some(NOW);
        facts.contact[0].change.at = NOW.minus(Span::hours(1));
        let about = DecisionId([1; 16]);
        let decision = decide(&Attempt::Session { about }, &facts, &policy());
        let back = |change: &Change| matches!(change, Change::ChannelRestored { .. });
        assert!(!decision.changes.iter().any(back));
        let notices = decision.notices.iter();
        let to: Vec<_> = notices.filter_map(|one| one.to.channel).collect();
        assert_eq!(to, [all[1].id, all[0].id]);
    }

    #[test]
    fn the_change_of_somebody_else_stays() {
        let decision = reported(vec![undo(2, 1, 0)], channels(), NOW);
        let back = |change: &Change| matches!(change, Change::ChannelRestored { .. });
        assert!(!decision.changes.iter().any(back));
        assert_eq!(decision.notices.len(), 2);
    }
}
