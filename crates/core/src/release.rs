//! The act "release": a hold is over, by time or by a person; and what nobody confirmed or released
//! in its time is refused.
//!
//! An operation that was held when it was asked for waits for its confirmation now. One that was
//! held with its confirmation goes on, if what confirmed it is still the customer's and it is still
//! within the limits. What became known of its payee meanwhile leaves it to people.
//!
//! **Invariant:** a release proves nothing: no operation of a frozen customer is released, none
//! gets a grant that its customer did not confirm, and whoever releases is named.

use secrecy::SecretString;

use crate::access::Act;
use crate::bytes::TokenHash;
use crate::change::{Change, HoldChange, Released, Stands};
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::hold::holds;
use crate::id::{DecisionId, NoticeId};
use crate::known::{
    ChannelKnown, CustomerState, OperationKnown, RiskKnown, StaffRole, Standing, TraitKnown,
};
use crate::moment::Moment;
use crate::notice::{HoldEvent, OperationAbout};
use crate::operation::{Fields, OperationState};
use crate::policy::{Limit, OperationEffect, Policy};
use crate::proof::StaffProved;
use crate::reason::Reason;
use crate::risk::Features;
use crate::sighting::TraitKind;
use crate::thaw::Ground;
use crate::verdict::Verdict;

/// Who asks, and for what.
#[derive(Clone, Copy, Debug)]
pub enum Attempt<'a> {
    /// A person refuses it.
    Refuse(&'a StaffProved, &'a Ground),
    /// A person releases it.
    Release(&'a StaffProved, &'a Ground),
    /// Its time is over.
    Time,
}

impl<'a> Attempt<'a> {
    const fn person(self) -> Option<(&'a StaffProved, &'a Ground)> {
        match self {
            Self::Refuse(staff, ground) | Self::Release(staff, ground) => Some((staff, ground)),
            Self::Time => None,
        }
    }
}

/// Whether what a held operation was confirmed with still counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Nothing was confirmed, or it is no longer the customer's.
    Absent,
    /// It is still the customer's.
    Stands,
}

/// What is known.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The operation.
    pub operation: OperationKnown,
    /// Its opened fields, if the policy still has its kind.
    pub fields: Option<Fields>,
    /// Whether its confirmation still counts.
    pub proof: Proof,
    /// What the catalogue wants to know.
    pub standing: Standing,
    /// What is known of its payees, and of the device that asked, by now.
    pub risks: Vec<RiskKnown>,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// Fresh values: the id of this decision and of the notice.
    pub fresh: (DecisionId, NoticeId),
    /// The code by which the customer can say "this was not me": its hash and its text.
    pub report: (TokenHash, SecretString),
    /// What time has passed for sure: what time does is due by this, which is behind `now` where
    /// the clock jumped.
    pub passed: Moment,
    /// Now.
    pub now: Moment,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It is refused.
    Ended(Reason),
    /// It waits on, for a person.
    Left(Reason),
    /// It stays as it is.
    Nothing(Reason),
    /// It goes on.
    Released(Released),
}

/// Whether time has something to do with it.
#[must_use]
pub fn is_due(operation: &OperationKnown, now: Moment) -> bool {
    match (operation.state, &operation.hold) {
        (OperationState::Pending, _) => operation.expires <= now,
        (OperationState::Held, Some(hold)) => hold.due() <= now,
        _ => false,
    }
}

/// Releases or refuses it, or says why not.
pub fn decide(attempt: Attempt<'_>, facts: &Facts, policy: &Policy) -> Decision {
    let operation = &facts.operation;
    let end = end(attempt, facts, policy);
    let (actor, ground) = match attempt.person() {
        Some((staff, ground)) => (Actor::Staff(staff.id()), Some(ground.as_str())),
        None => (Actor::Worker, None),
    };
    let (verdict, reason) = match end {
        End::Released(_) => (Verdict::Allow, Reason::Released),
        End::Left(reason) => (Verdict::Hold, reason),
        End::Ended(reason) | End::Nothing(reason) => (Verdict::Refuse, reason),
    };
    let decision = Decision::of(Entry {
        id: facts.fresh.0,
        at: facts.now,
        act: Act::Release,
        actor,
        customer: Some(operation.customer.id),
        operation: Some(operation.id),
        verdict,
        reasons: vec![reason],
        policy: policy.version.clone(),
        facts: serde_json::json!({ "ground": ground }).to_string(),
    });
    let Some((change, event)) = follows(end, facts, policy) else {
        return decision;
    };
    // A freeze that lands first has the last word.
    let (id, revision) = (operation.customer.id, operation.customer.revision);
    let stands = Change::Stands(Stands::Customer { id, revision });
    let counted = match end {
        End::Released(Released::Confirmed) => facts.limit(policy),
        _ => None,
    };
    let counted = counted.map(|limit| limit.counted(id, &operation.kind));
    let decision = decision
        .with([stands])
        .with(attempt.person().map(|(staff, _)| staff.stands()))
        .with([Change::Hold(Box::new(change))])
        .with(counted);
    match event {
        Some(event) => {
            let fields = facts.fields.as_ref();
            let about = OperationAbout::of(operation, fields, facts.now, policy);
            let to = (&operation.customer, facts.channels.as_slice());
            let fresh = (facts.fresh.1, facts.report.clone());
            decision.telling_hold((event, about), to, fresh, policy)
        }
        None => decision,
    }
}

impl Facts {
    /// The limits that count for it. What is held counts towards them itself.
    fn limit(&self, policy: &Policy) -> Option<Limit> {
        let spec = policy.operation.get(&self.operation.kind)?;
        let amount = self.fields.as_ref()?.amount()?;
        let mut limit = spec
            .demand_at(Some(amount), &self.standing, self.now)
            .limit?;
        limit.before = limit.before.saturating_sub(amount.minor());
        Some(limit)
    }

    /// What became known since it was held that a person has to look at.
    fn learned(&self, policy: &Policy) -> Option<Reason> {
        let known = self.operation.hold.as_ref().map(|hold| &hold.reasons);
        let new = |reason: Reason| {
            let before = known.is_some_and(|reasons| reasons.contains(&reason));
            (!before && holds(reason, &policy.rules)).then_some(reason)
        };
        let spec = policy.operation.get(&self.operation.kind);
        let money = spec.is_none_or(|spec| spec.effect != OperationEffect::Other);
        let risks = self.risks.iter().filter(|_| money);
        let reported = |risk: &RiskKnown| risk.payee_reported || risk.device_reported;
        if risks.clone().any(reported) {
            return new(Reason::PartyReported);
        }
        let shared = |known: &&TraitKnown| {
            let own = known.own.is_some_and(|own| own.successes > 0);
            known.seen.kind == TraitKind::PayoutAccount && known.others > 0 && !own
        };
        let shared = risks.flat_map(|risk| &risk.traits).filter(shared);
        // Where one is registered, the policy says whether that is more than noted.
        let features = Features {
            effect: spec.map(|spec| spec.effect),
            payout_others: shared.map(|known| known.others).max()?,
            ..Features::default()
        };
        let reason = Reason::PayoutAccountShared;
        let noted = policy.signal.only_notes(reason, &features);
        (!noted).then(|| new(reason))?
    }
}

fn end(attempt: Attempt<'_>, facts: &Facts, policy: &Policy) -> End {
    let operation = &facts.operation;
    let time = matches!(attempt, Attempt::Time);
    let now = if time { facts.passed } else { facts.now };
    if attempt.person().is_some_and(|(staff, _)| !may(staff)) {
        return End::Nothing(Reason::StaffRole);
    }
    if time && operation.state == OperationState::Pending && operation.expires <= now {
        return End::Ended(Reason::Expired);
    }
    if operation.state != OperationState::Held {
        return End::Nothing(Reason::OperationClosed);
    }
    let frozen = operation.customer.state == CustomerState::Frozen;
    let hold = operation.hold.as_ref();
    let until = hold.and_then(|hold| hold.until);
    let over = hold.is_some_and(|hold| hold.ends <= now);
    // Beyond a limit that was lowered meanwhile it waits for another confirmation, which says so.
    let within = facts
        .limit(policy)
        .is_none_or(|limit| limit.beyond().is_none());
    let stands = facts.proof == Proof::Stands && !changed_since(operation);
    let released = match operation.grant {
        Some(_) if stands && within => Released::Confirmed,
        _ => Released::Pending,
    };
    match attempt {
        Attempt::Refuse(..) => End::Ended(Reason::StaffRefused),
        Attempt::Release(..) | Attempt::Time if over => End::Ended(Reason::Expired),
        Attempt::Release(..) if frozen => End::Nothing(Reason::Frozen),
        // What the desk asked for ends by whoever agrees to it there, and by nobody else.
        Attempt::Release(..) if hold.is_some_and(|hold| hold.is_of_the_desk()) => {
            End::Nothing(Reason::SecondPerson)
        }
        Attempt::Release(..) => End::Released(released),
        Attempt::Time if until.is_none_or(|until| now < until) => {
            End::Nothing(Reason::OperationClosed)
        }
        Attempt::Time if frozen => End::Ended(Reason::Frozen),
        Attempt::Time => facts
            .learned(policy)
            .map_or(End::Released(released), End::Left),
    }
}

/// Who is of the desk alone looks at no holds: the desk asks for operations itself.
fn may(staff: &StaffProved) -> bool {
    staff.has(StaffRole::Operations) || staff.has(StaffRole::Approver)
}

/// Whether what protects the account was changed while the operation waited, as it would have
/// voided a confirmation that waits for its application.
fn changed_since(operation: &OperationKnown) -> bool {
    let held = operation.hold.as_ref().map(|hold| hold.at);
    let customer = &operation.customer;
    let changed = customer.contact_changed.max(customer.pin_recovered);
    changed.is_some_and(|changed| held.is_none_or(|held| changed > held))
}

/// The change, and what the customer is told. Who never confirmed what they asked for is not told
/// that it is over: they had turned away.
fn follows(end: End, facts: &Facts, policy: &Policy) -> Option<(HoldChange, Option<HoldEvent>)> {
    let (id, revision) = (facts.operation.id, facts.operation.revision);
    match end {
        End::Nothing(_) => None,
        End::Left(reason) => {
            let change = HoldChange::LeftToPeople {
                id,
                revision,
                reason,
            };
            let event = HoldEvent::Held {
                reasons: vec![reason],
                hours: None,
            };
            Some((change, Some(event)))
        }
        End::Ended(reason) => {
            let held = facts.operation.state == OperationState::Held;
            let change = HoldChange::Ended {
                id,
                revision,
                reason,
            };
            Some((change, held.then_some(HoldEvent::Ended)))
        }
        End::Released(to) => {
            let change = HoldChange::Released {
                id,
                revision,
                to,
                at: facts.now,
                until: facts.now.plus(policy.hold.released_life()),
            };
            let event = match to {
                Released::Confirmed => HoldEvent::GoesOn,
                Released::Pending => HoldEvent::ToConfirm {
                    hours: policy.hold.released_minutes.div_ceil(60),
                },
            };
            Some((change, Some(event)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hold::Hold;
    use crate::id::GrantId;
    use crate::known::{CustomerKnown, GrantKnown, Seen};
    use crate::moment::Span;
    use crate::proof::Method;
    use crate::sample::{NOW, channels, operation, person, policy};

    fn grant() -> GrantKnown {
        GrantKnown {
            id: GrantId([3; 16]),
            confirmed: NOW,
            methods: vec![Method::Passkey, Method::Confirmation],
            proved: NOW,
            acr: None,
            redeemed: None,
            until: None,
        }
    }

    fn held(reason: Reason) -> Facts {
        let hold = Hold::new(&[reason], Span(0), NOW, &policy());
        let mut operation = operation(&[]);
        operation.state = OperationState::Held;
        operation.expires = hold.ends;
        operation.hold = Some(hold);
        Facts {
            operation,
            fields: None,
            proof: Proof::Absent,
            standing: Standing::default(),
            risks: Vec::new(),
            channels: channels(),
            fresh: (DecisionId([9; 16]), NoticeId([8; 16])),
            report: (TokenHash([7; 32]), "ABCDE-12345".into()),
            passed: NOW,
            now: NOW,
        }
    }

    fn ground() -> Ground {
        Ground::parse("案件 2026-114").unwrap()
    }

    fn staff(role: StaffRole) -> StaffProved {
        StaffProved::assert_staff(&person(6, &[role]))
    }

    fn what(decision: &Decision) -> Option<&HoldChange> {
        decision.changes.iter().find_map(|change| match change {
            Change::Hold(change) => Some(change.as_ref()),
            _ => None,
        })
    }

    /// What becomes of it, in words.
    fn word(attempt: Attempt<'_>, facts: &Facts) -> &'static str {
        match what(&decide(attempt, facts, &policy())) {
            None => "nothing",
            Some(HoldChange::Ended { .. }) => "ended",
            Some(HoldChange::Released {
                to: Released::Confirmed,
                ..
            }) => "confirmed",
            Some(HoldChange::Released { .. }) => "pending",
            Some(HoldChange::LeftToPeople { .. }) => "left",
            Some(_) => "other",
        }
    }

    #[test]
    fn time_releases_when_it_is_over_and_no_earlier() {
        let mut facts = held(Reason::ContactFresh);
        let until = facts.operation.hold.as_ref().unwrap().until.unwrap();
        for (now, becomes) in [
            (NOW.minus(Span::hours(1)), "nothing"),
            (Moment(until.0 - 1), "nothing"),
            (until, "pending"),
            (facts.operation.expires, "ended"),
        ] {
            (facts.now, facts.passed) = (now, now);
            assert_eq!(word(Attempt::Time, &facts), becomes, "{now}");
            assert_eq!(is_due(&facts.operation, now), becomes != "nothing");
        }
    }

    #[test]
    fn where_the_clock_jumped_nothing_ends_early_and_what_is_released_lives_from_now() {
        let mut facts = held(Reason::ContactFresh);
        let until = facts.operation.hold.as_ref().unwrap().until.unwrap();
        let later = until.plus(Span::days(30));
        (facts.passed, facts.now) = (Moment(until.0 - 1), later);
        assert_eq!(word(Attempt::Time, &facts), "nothing", "set forward");
        facts.passed = until;
        let decision = decide(Attempt::Time, &facts, &policy());
        let Some(HoldChange::Released { until, .. }) = what(&decision) else {
            panic!("{decision:?}")
        };
        assert_eq!(*until, later.plus(policy().hold.released_life()));
        assert_eq!(decision.entry.at, later);
    }

    #[test]
    fn only_a_person_releases_what_time_does_not_heal() {
        let mut facts = held(Reason::PartyReported);
        (facts.now, facts.passed) = (NOW.plus(Span::hours(100)), NOW.plus(Span::hours(100)));
        assert_eq!(word(Attempt::Time, &facts), "nothing");
        let (ground, sato) = (ground(), staff(StaffRole::Approver));
        let release = Attempt::Release(&sato, &ground);
        let decision = decide(release, &facts, &policy());
        assert_eq!(word(release, &facts), "pending");
        assert_eq!(decision.entry.actor, Actor::Staff(sato.id()));
        assert!(decision.changes.contains(&sato.stands()));
        assert!(decision.entry.facts.contains("案件 2026-114"));
        assert_eq!(decision.notices.len(), 2, "every verified channel is told");
        facts.now = facts.operation.expires;
        facts.passed = facts.now;
        for late in [Attempt::Time, release] {
            assert_eq!(word(late, &facts), "ended", "a hold has an end");
        }
    }

    #[test]
    fn what_the_desk_asked_for_is_refused_here_but_not_released() {
        let mut facts = held(Reason::PartyReported);
        let hold = facts.operation.hold.as_mut().unwrap();
        hold.reasons = vec![Reason::SecondPerson];
        let (ground, sato) = (ground(), staff(StaffRole::Operations));
        assert_eq!(word(Attempt::Release(&sato, &ground), &facts), "nothing");
        assert_eq!(word(Attempt::Refuse(&sato, &ground), &facts), "ended");
    }

    #[test]
    fn a_confirmation_goes_on_if_what_gave_it_is_still_there() {
        let mut facts = held(Reason::PasskeyFresh);
        facts.now = facts.operation.hold.as_ref().unwrap().until.unwrap();
        facts.passed = facts.now;
        let (ground, sato) = (ground(), staff(StaffRole::Operations));
        let by_staff = Attempt::Release(&sato, &ground);
        for (grant, proof, becomes) in [
            (None, Proof::Absent, "pending"),
            (None, Proof::Stands, "pending"),
            (Some(grant()), Proof::Absent, "pending"),
            (Some(grant()), Proof::Stands, "confirmed"),
        ] {
            (facts.operation.grant, facts.proof) = (grant, proof);
            assert_eq!(word(Attempt::Time, &facts), becomes);
            assert_eq!(word(by_staff, &facts), becomes);
        }
        for change in [
            |customer: &mut CustomerKnown| customer.contact_changed = Some(Moment(NOW.0 + 1)),
            |customer: &mut CustomerKnown| customer.pin_recovered = Some(Moment(NOW.0 + 1)),
        ] {
            let mut facts = facts.clone();
            change(&mut facts.operation.customer);
            assert_eq!(word(by_staff, &facts), "pending", "changed while it waited");
        }
        let life = policy().hold.released_life();
        let Some(HoldChange::Released { until, .. }) =
            what(&decide(by_staff, &facts, &policy())).cloned()
        else {
            panic!("not released")
        };
        assert_eq!(until, facts.now.plus(life));
    }

    #[test]
    fn who_is_of_the_desk_alone_releases_and_refuses_nothing() {
        let facts = held(Reason::ContactFresh);
        let (ground, desk) = (ground(), staff(StaffRole::Desk));
        for attempt in [
            Attempt::Release(&desk, &ground),
            Attempt::Refuse(&desk, &ground),
        ] {
            let decision = decide(attempt, &facts, &policy());
            assert_eq!(decision.reasons(), [Reason::StaffRole]);
            assert!(decision.changes.is_empty());
        }
    }

    fn risk(others: u32, own: i64) -> RiskKnown {
        let seen = Seen {
            first: NOW,
            first_success: None,
            last: NOW,
            successes: own,
            failures: 0,
            guarded: 0,
        };
        RiskKnown {
            traits: vec![TraitKnown {
                seen: crate::sighting::Trait::of_payout_account([4; 16]),
                own: Some(seen),
                others,
            }],
            ..RiskKnown::default()
        }
    }

    #[test]
    fn what_others_suffered_meanwhile_leaves_it_to_people() {
        let mut facts = held(Reason::ContactFresh);
        facts.now = facts.operation.hold.as_ref().unwrap().until.unwrap();
        facts.passed = facts.now;
        let reported = RiskKnown {
            payee_reported: true,
            ..risk(0, 0)
        };
        let device = RiskKnown {
            device_reported: true,
            ..risk(0, 0)
        };
        let shares = holds(Reason::PayoutAccountShared, &policy().rules);
        for (risks, becomes) in [
            (vec![risk(0, 0)], "pending"),
            (vec![risk(0, 0), reported], "left"),
            (vec![device], "left"),
            (vec![risk(3, 1)], "pending"),
            (vec![risk(3, 0)], if shares { "left" } else { "pending" }),
        ] {
            facts.risks = risks;
            assert_eq!(word(Attempt::Time, &facts), becomes, "{:?}", facts.risks);
        }
        // Whoever looks at it decides all the same, and what it was held for is known already.
        facts.risks = vec![RiskKnown {
            payee_reported: true,
            ..risk(0, 0)
        }];
        let (ground, sato) = (ground(), staff(StaffRole::Operations));
        assert_eq!(word(Attempt::Release(&sato, &ground), &facts), "pending");
        let hold = facts.operation.hold.as_mut().unwrap();
        hold.reasons.push(Reason::PartyReported);
        assert_eq!(word(Attempt::Time, &facts), "pending");
    }

    #[test]
    fn nothing_of_a_frozen_customer_is_released() {
        let mut facts = held(Reason::ContactFresh);
        facts.operation.customer.state = CustomerState::Frozen;
        let (ground, sato) = (ground(), staff(StaffRole::Operations));
        let release = Attempt::Release(&sato, &ground);
        assert_eq!(word(release, &facts), "nothing");
        assert_eq!(word(Attempt::Refuse(&sato, &ground), &facts), "ended");
        facts.now = facts.operation.hold.as_ref().unwrap().until.unwrap();
        facts.passed = facts.now;
        assert_eq!(word(Attempt::Time, &facts), "ended");
    }

    #[test]
    fn what_is_not_held_is_neither_released_nor_refused_by_a_person() {
        let mut facts = held(Reason::ContactFresh);
        for state in [
            OperationState::Confirmed,
            OperationState::Pending,
            OperationState::Redeemed,
            OperationState::Refused,
        ] {
            facts.operation.state = state;
            let (ground, sato) = (ground(), staff(StaffRole::Operations));
            let release = Attempt::Release(&sato, &ground);
            assert_eq!(word(release, &facts), "nothing");
            assert_eq!(word(Attempt::Refuse(&sato, &ground), &facts), "nothing");
        }
    }

    #[test]
    fn what_nobody_confirmed_ends_and_nobody_is_told() {
        let mut facts = held(Reason::ContactFresh);
        facts.operation.state = OperationState::Pending;
        facts.operation.expires = NOW;
        let decision = decide(Attempt::Time, &facts, &policy());
        assert_eq!(decision.reasons(), [Reason::Expired]);
        assert!(matches!(what(&decision), Some(HoldChange::Ended { .. })));
        assert!(decision.notices.is_empty());
        facts.operation.expires = NOW.plus(Span::seconds(1));
        assert_eq!(word(Attempt::Time, &facts), "nothing");
    }
}
