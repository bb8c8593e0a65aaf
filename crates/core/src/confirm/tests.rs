use super::*;
use crate::access::OperationKind;
use crate::bound::Bound;
use crate::bytes::{Digest, TokenHash};
use crate::change::HoldChange;
use crate::id::CredentialId;
use crate::known::{Backup, PasskeyKnown, StopsKnown, Strange};
use crate::moment::Span;
use crate::notice::Locale;
use crate::operation::FieldType;
use crate::passkey::wait;
use crate::policy::{Aaguid, KeyDemand, OperationEffect, PasskeyDemand, PayeeNumber};
use crate::proof::{Counting, PasskeyProved, Signed, Spent, TotpProved, UserSeen};
use crate::sample::{NOW, channels, context, customer, operation, passkey, policy, session};
use crate::sighting::Ending;
use std::collections::BTreeMap;

fn bound() -> Digest {
    let known = operation(&[]);
    let (id, fields, customer) = (known.id, known.digest, known.customer.id);
    Bound::Operation {
        id,
        fields,
        customer,
    }
    .digest()
}

fn signed(by: &PasskeyKnown, counting: Counting) -> FactorProved {
    let spent = Spent {
        nonce: Digest([9; 32]),
        expires: NOW.plus(Span::minutes(5)),
    };
    let signed = Signed {
        count: 3,
        counting,
        backup: Backup::Bound,
        seen: UserSeen::Verified,
    };
    let credential = (by.id, by.revision);
    let proof = PasskeyProved::assert_passkey(credential, bound(), spent, signed);
    FactorProved::Passkey(proof)
}

fn app() -> FactorProved {
    let credential = (CredentialId([4; 16]), 1);
    FactorProved::Totp(TotpProved::assert_totp(credential, 9, bound()))
}

fn facts(passkeys: Vec<PasskeyKnown>, required: &[Requirement], factor: FactorProved) -> Facts {
    let types = BTreeMap::from([("note".to_owned(), FieldType::Text)]);
    let fields = serde_json::json!({ "note": "to Yamada" });
    Facts {
        shown: Shown {
            operation: operation(required),
            application: "ひので証券".to_owned(),
            fields: Fields::parse(&fields, &types).unwrap(),
            session: session(1, 1),
            channels: channels(),
            passkeys: Usable::of(&passkeys, Some("example.jp"), &policy()),
            stops: StopsKnown::default(),
            standing: Standing::default(),
        },
        since: Since::default(),
        device: Familiarity::Unknown,
        tried: match factor {
            FactorProved::Passkey(_) => Tried::Passkey,
            _ => Tried::Totp,
        },
        factor: Some(factor),
        statement: (Digest([14; 32]), Sealed(vec![2])),
        pin: None,
        admission: Admission::Admitted,
        fresh: Fresh {
            decision: DecisionId([10; 16]),
            grant: GrantId([11; 16]),
            notice: NoticeId([12; 16]),
            report: (TokenHash([13; 32]), "ABCDE-FGHJK".to_owned().into()),
        },
        now: NOW,
    }
}

fn decided(facts: &Facts, spec: &OperationPolicy) -> Decision {
    let attempt = Attempt {
        context: context(),
        tries: CounterKey([1; 16]),
        sends: CounterKey([2; 16]),
    };
    decide(&attempt, facts, spec, &policy())
}

fn spec(effect: OperationEffect, require: &[Requirement]) -> OperationPolicy {
    let policy = policy();
    let kind = OperationKind::parse("withdraw").unwrap();
    let mut spec = policy.operation.get(&kind).cloned().unwrap();
    spec.effect = effect;
    spec.require = require.to_vec();
    spec.tier.clear();
    spec.limit = crate::policy::Limits::default();
    spec
}

const CONFIRMED: &[Requirement] = &[Requirement::Confirmation];

/// Age of the passkey against the wait, where it was added, what it would confirm, and the verdict.
#[test]
fn a_passkey_moves_money_once_it_is_settled() {
    use OperationEffect::{MoneyOut, Other, PayoutChange};
    let wait = wait(&policy());
    let just = Span(wait.0 - 1);
    for (age, place, effect, verdict) in [
        (Span(0), Strange::New, MoneyOut, Verdict::Hold),
        (Span(0), Strange::New, PayoutChange, Verdict::Hold),
        (Span(0), Strange::New, Other, Verdict::Allow),
        (Span(0), Strange::Known, MoneyOut, Verdict::Allow),
        (Span(0), Strange::Known, PayoutChange, Verdict::Allow),
        (just, Strange::New, MoneyOut, Verdict::Hold),
        (wait, Strange::New, MoneyOut, Verdict::Allow),
        // The clock went back since.
        (Span(-wait.0), Strange::New, MoneyOut, Verdict::Hold),
    ] {
        let mut fresh = passkey(1);
        (fresh.created, fresh.place) = (NOW.minus(age), place);
        let factor = signed(&fresh, Counting::Onward);
        let facts = facts(vec![passkey(2), fresh], CONFIRMED, factor);
        let decision = decided(&facts, &spec(effect, CONFIRMED));
        assert_eq!(decision.verdict(), &verdict, "{age:?} {place:?} {effect:?}");
        let moved = decision.changes.iter().find_map(|change| match change {
            Change::OperationMoved { to, grant, .. } => Some((*to, grant.is_some())),
            Change::Hold(held) => match held.as_ref() {
                HoldChange::Held { held, .. } => {
                    let by = CredentialId([1; 16]);
                    assert_eq!(held.by, Some(by));
                    Some((OperationState::Held, held.grant.acr == Some("phr")))
                }
                other => panic!("{other:?}"),
            },
            _ => None,
        });
        let expected = match verdict {
            Verdict::Hold => (OperationState::Held, true),
            _ => (OperationState::Confirmed, true),
        };
        assert_eq!(moved, Some(expected));
        let spends = |change: &Change| matches!(change, Change::TicketSpent { .. });
        assert!(decision.changes.iter().any(spends), "an answer counts once");
        assert_eq!(decision.notices.len(), 2, "every verified channel is told");
    }
}

#[test]
fn an_app_moves_money_once_its_customer_had_time_to_read_of_it() {
    use OperationEffect::{MoneyOut, Other, PayoutChange};
    let wait = wait(&policy());
    let just = Span(wait.0 - 1);
    for (age, effect, verdict) in [
        (Span(0), MoneyOut, Verdict::Hold),
        (just, PayoutChange, Verdict::Hold),
        (just, Other, Verdict::Allow),
        (wait, MoneyOut, Verdict::Allow),
    ] {
        let mut facts = facts(Vec::new(), CONFIRMED, app());
        facts.since.app = Some(NOW.minus(age));
        let decision = decided(&facts, &spec(effect, CONFIRMED));
        assert_eq!(decision.verdict(), &verdict, "{age:?} {effect:?}");
        let held = decision.reasons() == [Reason::FactorFresh];
        assert_eq!(held, verdict == Verdict::Hold);
        // A phone of today says nothing of an older app.
        (facts.since.app, facts.since.phone) = (None, Some(NOW));
        let decision = decided(&facts, &spec(effect, CONFIRMED));
        assert_eq!(decision.verdict(), &Verdict::Allow);
    }
}

#[test]
fn a_confirmation_meets_what_the_decision_asked_that_admitted_the_operation() {
    use Requirement::{Confirmation, Password, PhishingResistant};
    let other = spec(OperationEffect::Other, CONFIRMED);
    let asked: &[Requirement] = &[Confirmation, PhishingResistant];
    let weak = decided(&facts(Vec::new(), asked, app()), &other);
    assert_eq!(weak.reasons(), [Reason::PasskeyNeeded]);
    let known = passkey(1);
    let factor = signed(&known, Counting::Onward);
    let strong = decided(&facts(vec![known], asked, factor), &other);
    assert_eq!(strong.verdict(), &Verdict::Allow);
    // Of a session that proved no password.
    let mut bare = facts(Vec::new(), &[Confirmation, Password], app());
    bare.shown.session.methods = vec![Method::MailCode];
    assert_eq!(decided(&bare, &other).reasons(), [Reason::PolicyRequires]);
    bare.shown.session.methods.push(Method::Password);
    assert_eq!(decided(&bare, &other).verdict(), &Verdict::Allow);
}

#[test]
fn a_passkey_that_is_of_no_use_here_confirms_nothing() {
    let mut elsewhere = passkey(1);
    elsewhere.rp_id = "old.example.jp".to_owned();
    let factor = signed(&elsewhere, Counting::Onward);
    let facts = facts(vec![elsewhere], CONFIRMED, factor);
    let decision = decided(&facts, &spec(OperationEffect::Other, CONFIRMED));
    assert_eq!(decision.reasons(), [Reason::PasskeyMismatch]);
}

#[test]
fn a_passkey_of_another_kind_than_the_policy_wants_confirms_nothing() {
    let known = passkey(1);
    let decide = |change: &dyn Fn(&mut PasskeyDemand)| {
        let factor = signed(&known, Counting::Onward);
        let mut spec = spec(OperationEffect::Other, CONFIRMED);
        change(&mut spec.passkey);
        decided(&facts(vec![known.clone()], CONFIRMED, factor), &spec)
    };
    let bound = decide(&|demand| demand.key = KeyDemand::DeviceBound);
    assert_eq!(bound.reasons(), [Reason::Confirmed]);
    let listed = decide(&|demand| demand.models = vec![Aaguid(passkey(1).aaguid)]);
    assert_eq!(listed.reasons(), [Reason::PasskeyKind], "nobody vouches");
    let moved = |change: &Change| matches!(change, Change::OperationMoved { .. });
    assert!(!listed.changes.iter().any(moved));
    assert_eq!(listed.verdict(), &Verdict::Refuse);
}

#[test]
fn a_passkey_clears_no_guesses_and_its_count_never_goes_down() {
    let known = passkey(1);
    let other = spec(OperationEffect::Other, CONFIRMED);
    let factor = signed(&known, Counting::Back { before: 40 });
    let decision = decided(&facts(vec![known], CONFIRMED, factor), &other);
    assert_eq!(
        decision.reasons(),
        [Reason::Confirmed, Reason::PasskeyCountBack]
    );
    let cleared = |change: &Change| matches!(change, Change::TriesCleared { .. });
    assert!(!decision.changes.iter().any(cleared));
    let count = decision.changes.iter().find_map(|change| match change {
        Change::PasskeyUsed(used) => Some(used.count),
        _ => None,
    });
    assert_eq!(count, Some(40));
    let coded = decided(&facts(Vec::new(), CONFIRMED, app()), &other);
    assert_eq!(
        coded
            .changes
            .iter()
            .filter(|change| cleared(change))
            .count(),
        2
    );
}

/// PIN and second proof, each right or wrong, and which of the two was the last try.
#[test]
fn whether_an_operation_ends_does_not_tell_which_of_two_proofs_was_right() {
    use crate::proof::PinProved;
    let ends = |last: [Admission; 2], right: [bool; 2]| {
        let mut facts = facts(Vec::new(), CONFIRMED, app());
        facts.admission = last[0];
        facts.factor = facts.factor.take().filter(|_| right[0]);
        let id = CredentialId([3; 16]);
        facts.pin = Some(PinTried {
            known: Some(crate::known::PinKnown {
                id,
                customer: customer(1).id,
                hash: "x".into(),
                revision: 7,
                set: NOW,
                before: None,
            }),
            proof: right[1].then(|| PinProved::assert_pin(id, 7)),
            admission: Some(last[1]),
            tries: CounterKey([4; 16]),
            rehash: None,
        });
        let asked = &[Requirement::Confirmation, Requirement::TransactionPin];
        let decision = decided(&facts, &spec(OperationEffect::Other, asked));
        assert_eq!(decision.verdict(), &Verdict::Refuse);
        let refused = |change: &Change| match change {
            Change::OperationMoved { to, .. } => *to == OperationState::Refused,
            _ => false,
        };
        decision.changes.iter().any(refused)
    };
    let (more, last) = (Admission::Admitted, Admission::Last);
    for right in [[false, false], [true, false], [false, true]] {
        assert!(!ends([more, more], right), "{right:?}");
        for which in [[last, more], [more, last], [last, last]] {
            assert!(ends(which, right), "{which:?} {right:?}");
        }
    }
}

#[test]
fn a_last_try_ends_no_operation_that_is_over_already() {
    let mut facts = facts(Vec::new(), CONFIRMED, app());
    (facts.factor, facts.admission) = (None, Admission::Last);
    facts.shown.operation.state = OperationState::Redeemed;
    let decision = decided(&facts, &spec(OperationEffect::Other, CONFIRMED));
    let moved = |change: &Change| matches!(change, Change::OperationMoved { .. });
    assert!(!decision.changes.iter().any(moved), "{decision:?}");
}

#[test]
fn what_is_confirmed_where_others_use_the_browser_teaches_nothing() {
    use crate::context::Terminal;
    for (terminal, teaches) in [(Terminal::Own, true), (Terminal::Shared, false)] {
        let facts = facts(Vec::new(), CONFIRMED, app());
        let attempt = Attempt {
            context: crate::context::Context {
                terminal,
                ..context()
            },
            tries: CounterKey([1; 16]),
            sends: CounterKey([2; 16]),
        };
        let other = spec(OperationEffect::Other, CONFIRMED);
        let decision = decide(&attempt, &facts, &other, &policy());
        assert_eq!(decision.verdict(), &Verdict::Allow);
        assert!(
            !decision.sightings.is_empty(),
            "it is kept that it was seen"
        );
        let taught = |one: &crate::sighting::Sighting| one.ending == Ending::Success;
        assert_eq!(decision.sightings.iter().any(taught), teaches);
    }
}

#[test]
fn an_entry_says_that_the_browser_showed_what_was_signed() {
    let known = passkey(1);
    let FactorProved::Passkey(proof) = signed(&known, Counting::Onward) else {
        unreachable!("a passkey signed")
    };
    let factor = FactorProved::Passkey(proof.assert_shown_by_browser());
    let facts = facts(vec![known], CONFIRMED, factor);
    let decision = decided(&facts, &spec(OperationEffect::Other, CONFIRMED));
    let reasons = [Reason::Confirmed, Reason::ShownByBrowser];
    assert_eq!(decision.reasons(), reasons);
}

#[test]
fn a_browser_is_asked_to_show_one_amount_and_one_payee_and_nothing_less() {
    let money = || serde_json::json!({ "currency": "USD", "value": "12.5" });
    let account = || {
        serde_json::json!({ "account_type": "ordinary", "bank": "0005", "branch": "123",
            "holder": "ヤマダ タロウ", "number": "1234567" })
    };
    let spec = spec(OperationEffect::MoneyOut, CONFIRMED);
    let shown = |fields: &[(&str, FieldType, serde_json::Value)]| {
        let types = fields
            .iter()
            .map(|(name, kind, _)| ((*name).to_owned(), kind.clone()));
        let types: BTreeMap<_, _> = types.collect();
        let values = fields.iter().map(|(name, _, value)| (*name, value.clone()));
        let values: serde_json::Value = values.collect();
        let mut shown = facts(Vec::new(), CONFIRMED, app()).shown;
        shown.fields = Fields::parse(&values, &types).unwrap();
        shown
    };
    let icon = || "https://a.example/i.png".to_owned();
    let asked = |fields: &[_]| shown(fields).payment(&spec, icon());
    let amount = ("amount", FieldType::Money, money());
    let payee = ("payee", FieldType::PayoutAccount, account());
    let whole = asked(&[amount.clone(), payee.clone()]).unwrap();
    assert_eq!(whole.payee, "0005-123 普通 1234567 ヤマダ タロウ");
    assert_eq!(whole.total.value(), "12.50");
    assert!(whole.instrument.ends_with(" (ひので証券)"), "{whole:?}");
    assert_eq!(whole.icon, "https://a.example/i.png");
    let fee = ("fee", FieldType::Money, money());
    let other = ("to", FieldType::PayoutAccount, account());
    assert_eq!(asked(std::slice::from_ref(&amount)), None);
    assert_eq!(asked(std::slice::from_ref(&payee)), None);
    assert_eq!(asked(&[amount.clone(), payee.clone(), fee]), None);
    let note = ("note", FieldType::Text, serde_json::json!("rent"));
    assert_eq!(asked(&[amount.clone(), payee.clone(), note]), None);
    assert_eq!(asked(&[amount.clone(), payee.clone(), other]), None);
    let mut masked = spec.clone();
    masked.payee_number = PayeeNumber::Masked;
    let less = shown(&[amount, payee]);
    let dialog = less.payment(&masked, icon()).unwrap().payee;
    assert_eq!(dialog, "0005-123 普通 ****567 ヤマダ タロウ");
    let text = |spec| less.statement(spec, Locale::Ja, &policy()).text();
    assert!(text(&spec).contains("\"1234567\""));
    let evidence = text(&masked);
    assert!(
        evidence.contains("****567") && !evidence.contains("1234567"),
        "{evidence}"
    );
}

#[test]
fn a_stop_refuses_what_was_right_and_costs_nothing() {
    let spec = spec(OperationEffect::Other, CONFIRMED);
    let mut facts = facts(vec![passkey(1)], &[], signed(&passkey(1), Counting::Onward));
    facts.shown.stops = crate::stop::standing(NOW);
    let decision = decided(&facts, &spec);
    assert_eq!(decision.reasons(), [Reason::Stopped]);
    assert!(decision.changes.is_empty() && decision.notices.is_empty());
    assert!(decision.entry.facts.contains("stp_"));
    let declined = decide_decline(&facts.shown, DecisionId([3; 16]), NOW, &policy());
    assert_eq!(declined.verdict(), &Verdict::Allow);
    assert_eq!(declined.changes.len(), 1);
}

#[test]
fn a_confirmation_rests_on_the_stops_that_were_seen() {
    let spec = spec(OperationEffect::Other, CONFIRMED);
    let mut facts = facts(vec![passkey(1)], &[], signed(&passkey(1), Counting::Onward));
    facts.shown.stops.epoch = 4;
    let decision = decided(&facts, &spec);
    let stands = crate::change::Stands::Stops { epoch: 4 };
    assert_eq!(decision.changes.first(), Some(&Change::Stands(stands)));
}

#[test]
fn an_old_proof_or_another_device_costs_no_try_and_confirms_nothing() {
    let mut young = spec(OperationEffect::Other, CONFIRMED);
    young.fresh_minutes = Some(10);
    let minutes = Span::minutes;
    for (proved, again, stale) in [
        (NOW, None, false),
        (NOW.minus(Span(minutes(10).0 - 1)), None, false),
        (NOW.minus(minutes(10)), None, true),
        (NOW.minus(minutes(90)), Some(NOW.minus(minutes(1))), false),
        (NOW.minus(minutes(90)), Some(NOW.minus(minutes(11))), true),
        // The clock was set back an hour: nobody knows how old the proof is.
        (NOW.plus(minutes(60)), None, true),
        (NOW.plus(Span::seconds(5)), None, false),
    ] {
        let mut facts = facts(Vec::new(), CONFIRMED, app());
        facts.shown.session.proved = proved;
        facts.shown.session.again = again.map(|at| (Method::Totp, at));
        let decision = decided(&facts, &young);
        let reason = if stale {
            Reason::ProofStale
        } else {
            Reason::Confirmed
        };
        assert_eq!(decision.reasons(), [reason], "{proved:?} {again:?}");
    }
    let bound = spec(
        OperationEffect::Other,
        &[Requirement::Confirmation, Requirement::BoundDevice],
    );
    for (device, reason) in [
        (Familiarity::Known, Reason::Confirmed),
        (Familiarity::Recent, Reason::DeviceNeeded),
        (Familiarity::New, Reason::DeviceNeeded),
        (Familiarity::Unknown, Reason::DeviceNeeded),
    ] {
        let mut facts = facts(Vec::new(), CONFIRMED, app());
        facts.device = device;
        assert_eq!(decided(&facts, &bound).reasons(), [reason], "{device:?}");
        // Also where only the decision asked that admitted it.
        let other = spec(OperationEffect::Other, CONFIRMED);
        facts
            .shown
            .operation
            .required
            .push(Requirement::BoundDevice);
        assert_eq!(decided(&facts, &other).reasons(), [reason], "{device:?}");
    }
}

#[test]
fn what_is_beyond_a_limit_ends_and_what_is_not_counts_once() {
    use crate::change::LimitChange;
    use crate::money::Money;
    let policy = policy();
    let kind = OperationKind::parse("withdraw").unwrap();
    let mut limited = policy.operation[&kind].clone();
    limited.tier.clear();
    let amount = Money::parse("10000000", "JPY").unwrap();
    for (before, reason, to) in [
        (0, Reason::Confirmed, OperationState::Confirmed),
        (10_000_000, Reason::Confirmed, OperationState::Confirmed),
        (10_000_001, Reason::LimitDay, OperationState::Refused),
    ] {
        let mut facts = facts(Vec::new(), CONFIRMED, app());
        let value = serde_json::json!({ "amount": amount });
        let types = BTreeMap::from([("amount".to_owned(), FieldType::Money)]);
        facts.shown.fields = Fields::parse(&value, &types).unwrap();
        facts.shown.standing.counted = vec![(amount.currency(), before)];
        let decision = decided(&facts, &limited);
        assert_eq!(decision.reasons(), [reason], "{before}");
        let moved = decision.changes.iter().find_map(|change| match change {
            Change::OperationMoved { to, .. } => Some(*to),
            _ => None,
        });
        assert_eq!(moved, Some(to), "{before}");
        let counts =
            |change: &&Change| matches!(change, Change::Limit(LimitChange::Counted { .. }));
        let counted = decision.changes.iter().filter(counts).count();
        assert_eq!(
            counted,
            usize::from(to == OperationState::Confirmed),
            "{before}"
        );
    }
}
