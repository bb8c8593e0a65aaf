//! The shipped document, and what is wrong with others.

use super::super::facts::Given;
use super::super::program::Truth;
use super::super::set::{Effect, RuleSet, STANDARD};
use super::Dice;
use super::table::{Effect as Before, RULES};
use crate::places::Listed;
use crate::policy::{OperationEffect, Policy};
use crate::risk::evidence::Scores;
use crate::risk::paced::PaceSeen;
use crate::risk::travel::{Travel, Untold};
use crate::risk::{Familiarity, Features};

fn listed(dice: &mut Dice) -> Listed {
    let mut said = || dice.of(&[None, Some(false), Some(true)]);
    Listed {
        tor: said(),
        vpn: said(),
        hosting: said(),
        moving: said(),
        allow: said(),
        deny: said(),
        indicator: said(),
        source: None,
    }
}

fn travel(dice: &mut Dice) -> Option<Travel> {
    let took = |kilometres, kilometres_per_hour| {
        Some(Travel::Took {
            kilometres,
            kilometres_per_hour,
        })
    };
    dice.of(&[
        None,
        Some(Travel::Unknown(Untold::Relayed)),
        took(499, 9_000),
        took(500, 1_000),
        took(9_000, 999),
    ])
}

fn features(dice: &mut Dice) -> Features {
    use Familiarity::{Known, New, Recent, Unknown};
    let mut seen = || dice.of(&[Known, New, Recent, Unknown]);
    let (address, network, system) = (seen(), seen(), seen());
    let (country, device, client, payee) = (seen(), seen(), seen(), seen());
    let hours = [
        None,
        Some(0),
        Some(23),
        Some(24),
        Some(71),
        Some(72),
        Some(1000),
    ];
    let money = [
        None,
        Some(0),
        Some(9),
        Some(99),
        Some(100),
        Some(1000),
        Some(i64::MAX),
    ];
    let pace = [None, Some(0_i64), Some(999), Some(1_000)];
    let pace = dice.of(&pace).map(|most| PaceSeen {
        score: 0,
        beyond: [Some(most), None, Some(0), None, None, None, None, None],
    });
    let (listed, travel) = (listed(dice), travel(dice));
    Features {
        listed,
        travel,
        torn: dice.below(2) == 0,
        pace,
        address,
        network,
        system,
        country,
        device,
        client,
        history: dice.of(&[0, 1, 50]),
        address_others: dice.of(&[0, 4, 5, 9, 10, 20]),
        payout_others: dice.of(&[0, 1, 20]),
        address_failures: dice.of(&[0, 9, 10, 19, 20, 1000]),
        payout_change_hours: dice.of(&hours),
        payout_change_strange: dice.below(2) == 0,
        contact_change_hours: dice.of(&hours),
        pin_recovery_hours: dice.of(&hours),
        payee,
        settled: dice.below(2) == 0,
        amount: dice.of(&money),
        largest: dice.of(&money),
        effect: dice.of(&[
            None,
            Some(OperationEffect::MoneyOut),
            Some(OperationEffect::PayoutChange),
            Some(OperationEffect::Other),
        ]),
        place_reported: dice.below(2) == 0,
        party_reported: dice.below(2) == 0,
        scores: Scores {
            unlikely: dice.of(&[None, Some(1), Some(1_000), Some(i64::MAX)]),
            rare: dice.of(&[None, Some(0), Some(500), Some(1_000)]),
            pace: None,
        },
        ..Features::default()
    }
}

#[test]
fn the_shipped_document_says_what_the_table_said() {
    let set = RuleSet::parse(STANDARD).unwrap();
    assert_eq!(set.notes, Vec::<String>::new());
    let mut dice = Dice(3);
    for profile in Policy::profiles() {
        let risk = Policy::profile(profile).unwrap().risk;
        for _ in 0..20_000 {
            let features = features(&mut dice);
            let features = &features;
            let given = Given {
                features,
                risk: &risk,
            };
            let mut found = Vec::new();
            set.apply(&given, |rule, truth| match truth {
                Truth::Yes => found.push((rule.reason, rule.effect.clone())),
                Truth::No => {}
                Truth::Unknown | Truth::Broken => panic!("{:?} {features:?}", rule.reason),
            });
            let table = RULES.iter().filter(|rule| (rule.applies)(features, &risk));
            let before: Vec<_> = table
                .map(|rule| (rule.reason, after(rule.effect)))
                .collect();
            assert_eq!(found, before, "{features:?}");
        }
    }
}

fn after(effect: Before) -> Effect {
    match effect {
        Before::Hold => Effect::Hold,
        Before::Note => Effect::Note,
        Before::Refuse => Effect::Refuse,
        Before::StepUp(requirements) => Effect::StepUp(requirements.to_vec()),
    }
}

const WRONG: &str = r#"
version = "mine 1"
[is]
far = 'network.sean == "new"'
one = "is.two"
two = "is.one"
[signal.many]
evidence = "fast"
weight = 0
when = "address.failures > 5"
[[rule]]
reason = "network_new"
when = '!signal.many'
verdict = "step_up"
case = ""
text.ja = "x"
text.en = "x"
[[rule]]
reason = "network_new"
when = 'score.fast < 3 && operation.amount > 1'
verdict = "hold"
require = ["second_factor"]
case = "x"
text.ja = "x"
text.en = "x"
"#;

#[test]
fn a_rule_has_a_reason_of_its_own_or_of_a_shipped_rule() {
    let of = |reason: &str| {
        let text = format!(
            "version = \"mine.1\"\n[[rule]]\nreason = \"{reason}\"\nwhen = \"is.money_out\"\n\
             verdict = \"hold\"\ncase = \"x\"\ntext.ja = \"x\"\ntext.en = \"x\"\n\
             [is]\nmoney_out = 'operation.effect == \"money_out\"'\n"
        );
        let faults = RuleSet::parse(&text).err().unwrap_or_default();
        let said: Vec<_> = faults.iter().map(ToString::to_string).collect();
        said.iter()
            .any(|fault| fault.contains("it is not a rule's"))
    };
    assert!(!of("rule_money") && !of("network_new"));
    // What waits a window is confirmed already, and a second person is of the desk.
    assert!(of("hold_window") && of("second_person") && of("stopped"));
}

#[test]
fn everything_that_is_wrong_with_a_document_is_said_at_once() {
    let faults = RuleSet::parse(WRONG).unwrap_err();
    let said: Vec<_> = faults.iter().map(ToString::to_string).collect();
    let wanted = [
        "version: must be 1 to 60 of a-z, 0-9, '.', '_' and '-'",
        "is far: line 1, column 1: there is no network.sean; did you mean network.seen?",
        "is one: conditions that name each other in a circle",
        "signal many: weight is 1 to 100",
        "rule network_new: a step_up says what it requires",
        "rule network_new: case is one line of 1 to 500 characters",
        "rule network_new: line 1, column 2: evidence only speaks against: name a signal \
         without !, and ask of a score whether it is >= a number; what speaks for somebody is a condition of \
         [is]",
        "rule network_new: only a step_up requires something",
        "rule network_new: line 1, column 1: evidence only speaks against: name a signal \
         without !, and ask of a score whether it is >= a number; what speaks for somebody is a condition of \
         [is]",
    ];
    assert_eq!(said, wanted);
}

#[test]
fn what_a_rule_needs_to_be_known_is_noted() {
    let document = |when: &str| {
        let (head, tail) = (
            "version = \"x\"\n[[rule]]\nreason = \"network_new\"",
            "\
            verdict = \"hold\"\ncase = \"x\"\ntext.ja = \"x\"\ntext.en = \"x\"\n",
        );
        RuleSet::parse(&format!("{head}\nwhen = '''{when}'''\n{tail}"))
            .unwrap()
            .notes
    };
    let note = |facts: &str| {
        vec![format!(
            "rule network_new does not apply where one of these is not known: {facts}; \
             say has(…)"
        )]
    };
    assert_eq!(document(r#"network.seen == "new""#), note("network.seen"));
    assert_eq!(
        document(r#"has(network.seen) && network.seen == "new""#),
        Vec::<String>::new()
    );
    assert_eq!(
        document(r#"!has(network.seen) || network.seen == "new""#),
        Vec::<String>::new()
    );
    assert_eq!(
        document(r#"has(network.seen) || network.seen == "new" && device.seen == "new""#),
        note("network.seen, device.seen")
    );
    assert_eq!(
        document("has(operation.amount) ? operation.amount > operation.largest : true"),
        note("operation.largest")
    );
    assert_eq!(document("address.others > 3"), Vec::<String>::new());
}

#[test]
fn signals_add_up_and_rules_ask_for_their_score() {
    let text = r#"
version = "mine.1"
[signal.failing]
evidence = "fast"
weight = 30
when = "address.failures > 5"
[signal.shared]
evidence = "rare"
weight = 40
when = "address.others > 5"
[signal.away]
evidence = "unlikely"
weight = 100
when = 'country.seen == "new"'
[[rule]]
reason = "address_guessing"
when = "score.total >= 70 && signal.failing && score.unlikely >= 0 && score.fast > 29"
verdict = "refuse"
case = "x"
text.ja = "x"
text.en = "x"
"#;
    let set = RuleSet::parse(text).unwrap();
    let risk = Policy::profile("jsda-2025").unwrap().risk;
    let truth = |failures, others| {
        let features = Features {
            address_failures: failures,
            address_others: others,
            ..Features::default()
        };
        let mut found = Vec::new();
        let given = Given {
            features: &features,
            risk: &risk,
        };
        set.apply(&given, |rule, truth| {
            found.push((rule.effect.clone(), truth))
        });
        found
    };
    assert_eq!(truth(6, 6), [(Effect::Refuse, Truth::Yes)]);
    assert_eq!(truth(6, 5), [(Effect::Refuse, Truth::No)]);
}

#[test]
fn the_page_for_people_who_write_rules_names_every_fact() {
    let page = include_str!("../../../../../docs/rules.md");
    for fact in super::FACTS {
        let optional = if fact.optional { "?" } else { "" };
        let cell = format!("| `{}`{optional} | ", fact.name);
        assert!(page.contains(&cell), "docs/rules.md lacks {cell}");
    }
}
