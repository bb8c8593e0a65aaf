//! What is other between two rule documents, for whoever agrees to the later one.
//!
//! **Invariant:** two documents without a difference judge everybody alike.

use std::collections::BTreeMap;

use super::document::{Document, RuleText};

/// A line for each rule, condition and signal that is new (`+`), gone (`-`) or another (`~`, with
/// what is other about it); `None` where one of the documents cannot be read.
#[must_use]
pub fn differences(before: &str, after: &str) -> Option<Vec<String>> {
    let read = |text| toml::from_str::<Document>(text).ok();
    let (before, after) = (read(before)?, read(after)?);
    let mut lines = Vec::new();
    let rules = |document: &Document| -> BTreeMap<String, RuleText> {
        let named = |rule: &RuleText| (rule.reason.clone(), rule.clone());
        document.rule.iter().map(named).collect()
    };
    between(
        &mut lines,
        "rule",
        (&rules(&before), &rules(&after)),
        |rule| format!(": {}", rule.verdict.word()),
        changed,
    );
    between(
        &mut lines,
        "is",
        (&before.is, &after.is),
        |_| String::new(),
        |before, after| (before != after).then(Vec::new),
    );
    between(
        &mut lines,
        "signal",
        (&before.signal, &after.signal),
        |signal| format!(": {:?}, weight {}", signal.evidence, signal.weight).to_lowercase(),
        |before, after| {
            let parts = [
                ("when", before.when != after.when),
                ("weight", before.weight != after.weight),
                ("evidence", before.evidence != after.evidence),
            ];
            other(&parts)
        },
    );
    Some(lines)
}

fn between<T>(
    lines: &mut Vec<String>,
    kind: &str,
    (before, after): (&BTreeMap<String, T>, &BTreeMap<String, T>),
    told: impl Fn(&T) -> String,
    changed: impl Fn(&T, &T) -> Option<Vec<&'static str>>,
) {
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    lines.extend(gone.map(|name| format!("- {kind} {name}")));
    for (name, one) in after {
        let Some(was) = before.get(name) else {
            lines.push(format!("+ {kind} {name}{}", told(one)));
            continue;
        };
        if let Some(parts) = changed(was, one) {
            let parts = match parts.is_empty() {
                true => String::new(),
                false => format!(": {}", parts.join(", ")),
            };
            lines.push(format!("~ {kind} {name}{parts}"));
        }
    }
}

/// What is other about a rule; its case and its order say nothing of anybody.
fn changed(before: &RuleText, after: &RuleText) -> Option<Vec<&'static str>> {
    other(&[
        ("when", before.when != after.when),
        ("verdict", before.verdict != after.verdict),
        ("require", before.require != after.require),
        ("heals_hours", before.heals_hours != after.heals_hours),
        (
            "text",
            before.text.ja != after.text.ja || before.text.en != after.text.en,
        ),
    ])
}

fn other(parts: &[(&'static str, bool)]) -> Option<Vec<&'static str>> {
    let named: Vec<_> = parts
        .iter()
        .filter(|(_, other)| *other)
        .map(|(name, _)| *name)
        .collect();
    (!named.is_empty()).then_some(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(reason: &str, when: &str, more: &str) -> String {
        format!(
            "[[rule]]\nreason = \"{reason}\"\nwhen = '{when}'\n{more}case = \"x\"\n\
             text.ja = \"x\"\ntext.en = \"x\"\n"
        )
    }

    #[test]
    fn what_is_new_gone_or_another_is_named_and_nothing_else() {
        let hold = "verdict = \"hold\"\n";
        let before = format!(
            "version = \"a\"\n[is]\none = 'true'\ntwo = 'true'\n[signal.far]\nevidence = \"rare\"\n\
             weight = 3\nwhen = 'true'\n{}{}{}",
            rule("rule_same", "true", hold),
            rule("rule_gone", "true", hold),
            rule("rule_other", "is.one", hold),
        );
        let after = format!(
            "version = \"b\"\n[is]\none = 'false'\ntwo = 'true'\n[signal.far]\nevidence = \"rare\"\n\
             weight = 4\nwhen = 'true'\n{}{}{}",
            rule(
                "rule_other",
                "is.two",
                "verdict = \"hold\"\nheals_hours = 24\n"
            ),
            rule("rule_new", "true", "verdict = \"refuse\"\n"),
            rule("rule_same", "true", hold),
        );
        assert_eq!(
            differences(&before, &after).unwrap(),
            [
                "- rule rule_gone",
                "+ rule rule_new: refuse",
                "~ rule rule_other: when, heals_hours",
                "~ is one",
                "~ signal far: weight",
            ]
        );
        assert_eq!(differences(&after, &after), Some(Vec::new()));
        assert_eq!(differences("x", &after), None);
    }
}
