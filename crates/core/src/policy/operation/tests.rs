use super::*;
use crate::access::OperationKind;
use crate::known::{ChoiceKnown, Lately, LimitKnown, OwnLimit, Raise, Standing, Weaker};
use crate::moment::{Moment, Span};
use crate::money::{Currency, Money};
use crate::operation::PayoutAccount;
use crate::reason::Reason;
use crate::sample::NOW;
use crate::text::Line;
use crate::verdict::Requirement::{
    BoundDevice, Confirmation, PhishingResistant, SecondFactor, TransactionPin,
};
use crate::verdict::Verdict;

/// The legacy profile, where nothing is locked, with one kind more.
fn spec(keys: &str) -> Result<OperationPolicy, String> {
    let text = include_str!("../jp-legacy.toml");
    let kind = "name = { ja = 'x', en = 'x' }\nfields = { amount = 'money' }\n\
                effect = 'money_out'\nrequire = ['confirmation', 'transaction_pin']";
    let text = format!("{text}\n[operation.own]\n{kind}\n{keys}");
    let policy = Policy::parse(&text).map_err(|why| why.to_string())?;
    Ok(policy.operation[&OperationKind::parse("own").unwrap()].clone())
}

fn money(value: &str, currency: &str) -> Money {
    Money::parse(value, currency).unwrap()
}

fn weighed(spec: &OperationPolicy, amount: &Money, known: &Standing, now: Moment) -> Vec<Reason> {
    let demand = spec.demand_at(Some(amount), known, now);
    let judged = demand.weigh(known, now);
    let refused = [Reason::LimitEach, Reason::LimitDay];
    let beyond = judged.reasons.iter().any(|one| refused.contains(one));
    assert_eq!(beyond, judged.verdict == Verdict::Refuse);
    judged.reasons
}

fn yen() -> Currency {
    Currency::parse("JPY").unwrap()
}

#[test]
fn an_account_is_seen_as_the_policy_says() {
    let account = PayoutAccount {
        account_type: "ordinary",
        bank: "0005".to_owned(),
        branch: "123".to_owned(),
        holder: Line::parse("ヤマダ タロウ").unwrap(),
        number: "1234567".to_owned(),
    };
    let whole = spec("").unwrap();
    assert_eq!(whole.seen(&account), account);
    let masked = spec("payee_number = 'masked'").unwrap().seen(&account);
    assert_eq!(masked.number, "****567");
    assert_eq!((masked.holder, masked.bank), (account.holder, account.bank));
    let mut change = Policy::profile("jp-legacy").unwrap();
    let kind = OperationKind::parse("payout_account_change").unwrap();
    change.operation.get_mut(&kind).unwrap().payee_number = PayeeNumber::Masked;
    let why = change.check_operations().unwrap_err().to_string();
    assert!(why.contains("payee_number must be whole"), "{why}");
}

const LIMITS: &str = "limit = { JPY = { each = '100', day = '150' }, USD = { day = '5' } }";

#[test]
fn amounts_beyond_the_limits_are_refused_and_so_is_a_currency_without_one() {
    let spec = spec(LIMITS).unwrap();
    for (value, currency, before, reasons) in [
        ("100", "JPY", 0, vec![]),
        ("101", "JPY", 0, vec![Reason::LimitEach]),
        ("50", "JPY", 100, vec![]),
        ("51", "JPY", 100, vec![Reason::LimitDay]),
        ("1", "JPY", i64::MAX, vec![Reason::LimitDay]),
        ("9007199254740991", "JPY", 0, vec![Reason::LimitEach]),
        ("5", "USD", 0, vec![]),
        ("5.01", "USD", 0, vec![Reason::LimitDay]),
        ("0.01", "EUR", 0, vec![Reason::LimitEach]),
    ] {
        let amount = money(value, currency);
        let known = Standing {
            counted: vec![
                (amount.currency(), before),
                (Currency::parse("CHF").unwrap(), 9),
            ],
            ..Standing::default()
        };
        assert_eq!(
            weighed(&spec, &amount, &known, NOW),
            reasons,
            "{value} {currency} {before}"
        );
    }
}

#[test]
fn own_limits_are_never_above_the_policy_and_a_raise_counts_when_its_time_has_come() {
    let spec = spec(LIMITS).unwrap();
    let own = |each| OwnLimit { each, day: None };
    let raise = |to, from| Raise {
        to: own(to),
        asked: NOW,
        from,
    };
    let later = NOW.plus(Span::hours(24));
    for (now_own, next, at, most) in [
        (Some(10), None, NOW, 10),
        (Some(0), None, NOW, 0),
        (Some(1000), None, NOW, 100),
        (None, None, NOW, 100),
        (Some(10), Some(raise(Some(90), later)), NOW, 10),
        (
            Some(10),
            Some(raise(Some(90), later)),
            Moment(later.0 - 1),
            10,
        ),
        (Some(10), Some(raise(Some(90), later)), later, 90),
        (Some(10), Some(raise(None, later)), later, 100),
        // The clock was set back an hour since.
        (
            Some(10),
            Some(raise(Some(90), later)),
            later.minus(Span::hours(1)),
            10,
        ),
    ] {
        let known = Standing {
            limits: vec![LimitKnown {
                own: own(now_own),
                next,
                ..LimitKnown::none(yen())
            }],
            ..Standing::default()
        };
        let within = weighed(&spec, &money(&most.max(1).to_string(), "JPY"), &known, at);
        assert_eq!(within.is_empty(), most > 0, "{now_own:?} {next:?} {at:?}");
        let beyond = weighed(&spec, &money(&(most + 1).to_string(), "JPY"), &known, at);
        assert_eq!(beyond, [Reason::LimitEach], "{now_own:?} {next:?} {at:?}");
    }
}

/// What was changed, how a policy names it, and its reason.
fn changes() -> Vec<(&'static str, Standing, Reason)> {
    let lately = |change: fn(&mut Lately)| {
        let mut lately = Lately::default();
        change(&mut lately);
        Standing {
            lately,
            ..Standing::default()
        }
    };
    let raised = Standing {
        limits: vec![LimitKnown {
            raised: Some(NOW),
            ..LimitKnown::none(yen())
        }],
        ..Standing::default()
    };
    vec![
        (
            "contact_change",
            lately(|l| l.contact = Some(NOW)),
            Reason::CoolingContact,
        ),
        (
            "factor_added",
            lately(|l| l.factor = Some(NOW)),
            Reason::CoolingFactor,
        ),
        ("limit_raise", raised, Reason::CoolingLimit),
        (
            "passkey_added",
            lately(|l| l.passkey = Some(NOW)),
            Reason::CoolingPasskey,
        ),
        (
            "password_change",
            lately(|l| l.password = Some(NOW)),
            Reason::CoolingPassword,
        ),
        (
            "payout_account_change",
            lately(|l| l.payout_account = Some(NOW)),
            Reason::CoolingPayoutAccount,
        ),
        (
            "pin_recovery",
            lately(|l| l.pin = Some(NOW)),
            Reason::CoolingPin,
        ),
    ]
}

#[test]
fn a_cooling_off_lasts_its_hours_and_a_clock_that_was_set_back_makes_it_no_shorter() {
    let hour = Span::hours(1);
    for (after, known, reason) in changes() {
        for (then, verdict) in [("hold", Verdict::Hold), ("refuse", Verdict::Refuse)] {
            let cooling =
                format!("cooling = [{{ after = '{after}', hours = 12, then = '{then}' }}]");
            let spec = spec(&cooling).unwrap();
            for (passed, cools) in [
                (Span(0), true),
                (Span(Span::hours(12).0 - 1), true),
                (Span::hours(12), false),
                // Set back an hour: right after the change, in the middle, and just before the end.
                (Span(-hour.0), true),
                (Span(Span::hours(6).0 - hour.0), true),
                (Span(Span::hours(12).0 - hour.0), true),
            ] {
                let now = NOW.plus(passed);
                let demand = spec.demand_at(Some(&money("1", "JPY")), &known, now);
                let judged = demand.weigh(&known, now);

                let expected = match cools {
                    true => (verdict.clone(), vec![reason]),
                    false => (Verdict::Allow, vec![]),
                };
                let said = (judged.verdict, judged.reasons);
                assert_eq!(said, expected, "{after} {then} {passed:?}");
            }
            for (other, _, other_reason) in changes() {
                let demand = spec.demand_at(Some(&money("1", "JPY")), &known, NOW);
                let elsewhere = changes().into_iter().find(|(name, ..)| *name == other);
                let (_, elsewhere, _) = elsewhere.unwrap();
                let said = demand.weigh(&elsewhere, NOW).reasons;
                assert_eq!(said.contains(&reason), other == after, "{after} {other}");
                assert!(!said.contains(&other_reason) || other == after);
            }
        }
    }
}

const CHOICES: &str = "choice = ['none', 'second_factor', 'bound_device']\nfresh_minutes = 10
    [[operation.own.tier]]\nfrom = { JPY = '1000' }\nrequire = ['phishing_resistant']";

#[test]
fn a_choice_adds_and_none_takes_nothing_from_a_tier() {
    let spec = spec(CHOICES).unwrap();
    let base = vec![Confirmation, TransactionPin];
    for (chosen, small, large) in [
        (
            None,
            base.clone(),
            vec![Confirmation, PhishingResistant, TransactionPin],
        ),
        (Some("none"), vec![], vec![PhishingResistant]),
        (
            Some("second_factor"),
            vec![Confirmation, SecondFactor, TransactionPin],
            vec![
                Confirmation,
                PhishingResistant,
                SecondFactor,
                TransactionPin,
            ],
        ),
        (
            Some("bound_device"),
            vec![BoundDevice, Confirmation, TransactionPin],
            vec![BoundDevice, Confirmation, PhishingResistant, TransactionPin],
        ),
        // The policy does not offer it.
        (
            Some("phishing_resistant"),
            base,
            vec![Confirmation, PhishingResistant, TransactionPin],
        ),
    ] {
        let own = chosen.and_then(Choice::parse);
        assert_eq!(own.is_some(), chosen.is_some());
        let later = NOW.plus(Span::hours(24));
        let known = |next| Standing {
            choice: Some(ChoiceKnown {
                own,
                next,
                revision: 1,
            }),
            ..Standing::default()
        };
        for (amount, require) in [("999", &small), ("1000", &large)] {
            let amount = money(amount, "JPY");
            let demand = spec.demand_at(Some(&amount), &known(None), NOW);
            assert_eq!(&demand.require, require, "{chosen:?} {amount:?}");
            let fresh = demand.fresh.is_some();
            assert_eq!(fresh, demand.chosen != Some(Choice::None), "{chosen:?}");
            // A weaker one that waits changes nothing until it counts.
            let weaker = Weaker {
                to: Some(Choice::None),
                asked: NOW,
                from: later,
            };
            let waits = spec.demand_at(Some(&amount), &known(Some(weaker)), NOW);
            assert_eq!(&waits.require, require, "{chosen:?} {amount:?}");
            let counts = spec.demand_at(Some(&amount), &known(Some(weaker)), later);
            assert_eq!(counts.chosen, Some(Choice::None));
        }
    }
}

#[test]
fn what_is_looked_at_when_it_is_confirmed_has_it_confirmed() {
    let none = "require = []\nchoice = ['none']\n[[operation.own.tier]]\nfrom = { JPY = '1' }\n";
    for keys in ["fresh_minutes = 5", "require = ['bound_device']"] {
        let text = format!("{none}{keys}").replacen("require = []\n", "", 1);
        let known = Standing {
            choice: Some(ChoiceKnown {
                own: Some(Choice::None),
                next: None,
                revision: 1,
            }),
            ..Standing::default()
        };
        let demand = spec(&text).unwrap().demand_at(None, &known, NOW);
        assert!(demand.asks(Confirmation), "{keys}: {demand:?}");
    }
}

#[test]
fn keys_that_cannot_be_are_named() {
    for (keys, says) in [
        ("limit = { JPY = {} }", "limit.JPY needs each or day"),
        (
            "limit = { JPY = { each = '2', day = '1' } }",
            "each must not be above day",
        ),
        ("limit = { JPY = { each = '0' } }", "amount is zero"),
        ("limit = { YEN = { each = '1' } }", "no accepted currency"),
        ("limit = { JPY = { week = '1' } }", "week"),
        (
            "cooling = [{ after = 'lunch', hours = 1, then = 'hold' }]",
            "lunch",
        ),
        (
            "cooling = [{ after = 'pin_recovery', hours = 0, then = 'hold' }]",
            "hours of 1 to 720",
        ),
        (
            "cooling = [{ after = 'pin_recovery', hours = 1, then = 'pray' }]",
            "pray",
        ),
        ("fresh_minutes = 0", "fresh_minutes must be 1 to 720"),
        ("choice = ['password']", "a choice is none"),
    ] {
        let said = spec(keys).unwrap_err();
        assert!(said.contains(says), "{keys}: {said}");
    }
    let text = include_str!("../jsda-2025.toml");
    let open = text.replacen("choice = [\"phishing_resistant\"", "choice = [\"none\"", 1);
    let said = Policy::parse(&open).unwrap_err().to_string();
    assert!(
        said.contains("must not let customers choose none"),
        "{said}"
    );
}
