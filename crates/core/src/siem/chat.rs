//! What the chat of the monitoring team is told: that there is an attack, that it got worse, that
//! cases wait.
//!
//! A chat is read by whoever is in the room and kept by somebody else, so it gets kinds and counts
//! and a link to the console, and nothing of a customer.
//!
//! **Invariant:** no line names a customer, an address, a network or a program; an alert is told
//! once for each severity that it reaches.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Recorded, Wording};
use crate::access::Act;
use crate::attack::{AttackKind, Severity};
use crate::id::AlertId;
use crate::notice::Locale;

/// Most alerts in one message; how many more there are is said.
const MOST_LINES: usize = 20;
/// Alerts of which it is remembered what was told (ours: more than are open at once, by far).
const MOST_TOLD: usize = 1_000;

/// How bad each alert was when it was told last.
pub type ToldAlerts = BTreeMap<AlertId, Severity>;

/// The message about a page of findings, and what was told with it; `None` where nothing is new.
#[must_use]
pub fn chat(
    page: &[Recorded],
    told: &ToldAlerts,
    (locale, wording): (Locale, &Wording),
) -> Option<(String, ToldAlerts)> {
    let mut told = told.clone();
    if told.len() >= MOST_TOLD {
        told.clear();
    }
    let (mut lines, mut cases) = (Vec::new(), 0_usize);
    for recorded in page {
        let facts: Value = serde_json::from_str(&recorded.entry.facts).unwrap_or_default();
        match recorded.entry.act {
            Act::Alert => lines.extend(alert(recorded, &facts, &mut told, (locale, wording))),
            Act::Case if facts["found"].is_string() => cases += 1,
            _ => {}
        }
    }
    let more = lines.len().saturating_sub(MOST_LINES);
    lines.truncate(MOST_LINES);
    if more > 0 {
        lines.push(match locale {
            Locale::En => format!("and {more} more alerts"),
            Locale::Ja => format!("ほか{more}件のアラート"),
        });
    }
    if cases > 0 {
        let text = match locale {
            Locale::En => format!("Cases opened: {cases}"),
            Locale::Ja => format!("新しい案件: {cases}件"),
        };
        lines.push(linked(text, wording, "/cases"));
    }
    (!lines.is_empty()).then(|| (lines.join("\n"), told))
}

fn linked(text: String, wording: &Wording, path: &str) -> String {
    match &wording.console {
        Some(console) => format!("{text} {console}{path}"),
        None => text,
    }
}

fn alert(
    recorded: &Recorded,
    facts: &Value,
    told: &mut ToldAlerts,
    (locale, wording): (Locale, &Wording),
) -> Option<String> {
    let id = recorded.alert()?;
    // What comes back after it was closed is told anew: the same attack has the same id for ever.
    if facts["closed"] == true {
        told.remove(&id);
        return None;
    }
    let kind = AttackKind::parse(facts["kind"].as_str()?)?;
    let counts = super::finding::counts(facts);
    let severity = crate::attack::severity(kind, &counts);
    let before = told.insert(id, severity);
    let is_found = recorded.raised == Some(recorded.entry.at);
    let words = match before {
        _ if is_found => ("Attack", "攻撃を検知"),
        // Of what this node told nothing: rather twice than not at all.
        None if severity > Severity::Low => ("Attack", "攻撃を検知"),
        Some(before) if before < severity => ("Attack, worse", "攻撃が悪化"),
        _ => return None,
    };
    let (accounts, entered) = (counts.accounts, counts.entered);
    let text = match locale {
        Locale::En => format!(
            "{} ({}): {}; accounts {accounts}, entered {entered}",
            words.0,
            severity.word(),
            named(kind).0
        ),
        Locale::Ja => format!(
            "{}（{}）: {}、口座{accounts}件、侵入{entered}件",
            words.1,
            match severity {
                Severity::Low => "低",
                Severity::Medium => "中",
                Severity::High => "高",
            },
            named(kind).1
        ),
    };
    Some(linked(text, wording, &format!("/alerts/{id}")))
}

const fn named(kind: AttackKind) -> (&'static str, &'static str) {
    match kind {
        AttackKind::Device => ("one device, many accounts", "一つの端末から多くの口座"),
        AttackKind::Enumeration => ("names tried to find customers", "登録の有無を探る試行"),
        AttackKind::List => ("one address, many accounts", "一つのアドレスから多くの口座"),
        AttackKind::PayoutAccount => ("one payout account for many", "同じ出金先の登録"),
        AttackKind::Pumping => ("codes to numbers nobody reads", "認証コードの大量送信"),
        AttackKind::Spray => ("one network, a try each", "一つのネットワークから少しずつ"),
        AttackKind::Stuffing => (
            "one program, many addresses",
            "多くのアドレスから同じプログラム",
        ),
        AttackKind::Turned => ("network that turned bad", "急に失敗し始めた事業者"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Place;
    use crate::entry::{Actor, Entry};
    use crate::id::DecisionId;
    use crate::moment::{Moment, Span};
    use crate::sample::NOW;
    use crate::verdict::Verdict;

    fn recorded(act: Act, facts: &Value, raised: Option<Moment>) -> Recorded {
        Recorded {
            entry: Entry {
                id: DecisionId([1; 16]),
                at: NOW,
                act,
                actor: Actor::Worker,
                customer: None,
                operation: None,
                verdict: Verdict::Allow,
                reasons: Vec::new(),
                policy: "p".to_owned(),
                facts: facts.to_string(),
            },
            address: None,
            place: Place::default(),
            device: None,
            client: None,
            account: None,
            raised,
        }
    }

    fn attack(number: u8, entered: u32, raised: Moment) -> Recorded {
        let facts = serde_json::json!({
            "alert": AlertId([number; 16]), "kind": "spray", "label": "198.51.100.0/24",
            "counts": { "accounts": 50, "proved": 0, "entered": entered },
        });
        recorded(Act::Alert, &facts, Some(raised))
    }

    fn said(page: &[Recorded], told: &mut ToldAlerts) -> Option<String> {
        let wording = Wording {
            console: Some("https://console.example.jp".to_owned()),
            ..Wording::default()
        };
        let (text, now) = chat(page, told, (Locale::En, &wording))?;
        *told = now;
        Some(text)
    }

    #[test]
    fn an_alert_is_told_when_it_is_found_and_when_it_gets_worse() {
        let mut told = ToldAlerts::new();
        let old = NOW.minus(Span::minutes(5));
        let first = said(&[attack(1, 0, NOW)], &mut told).unwrap();
        assert!(first.starts_with("Attack (low): one network, a try each; accounts 50"));
        assert!(first.contains("https://console.example.jp/alerts/alr_"));
        assert_eq!(said(&[attack(1, 0, old)], &mut told), None, "nothing new");
        let worse = said(&[attack(1, 2, old)], &mut told).unwrap();
        assert!(worse.starts_with("Attack, worse (high)"), "{worse}");
        assert_eq!(said(&[attack(1, 3, old)], &mut told), None);
        let mut restarted = ToldAlerts::new();
        assert!(
            said(&[attack(1, 3, old)], &mut restarted).is_some(),
            "rather twice"
        );
        assert_eq!(said(&[attack(2, 0, old)], &mut restarted), None);
    }

    #[test]
    fn what_comes_back_after_it_was_closed_is_told_anew() {
        let mut told = ToldAlerts::new();
        let old = NOW.minus(Span::days(30));
        assert!(said(&[attack(1, 2, NOW)], &mut told).is_some());
        assert_eq!(said(&[attack(1, 2, old)], &mut told), None);
        let closed = serde_json::json!({ "alert": AlertId([1; 16]), "closed": true });
        let page = [recorded(Act::Alert, &closed, Some(old)), attack(1, 2, NOW)];
        let again = said(&page, &mut told).unwrap();
        assert!(again.starts_with("Attack (high)"), "{again}");
        assert_eq!(again.lines().count(), 1);
        // Another node closed nothing and heard of nothing.
        assert!(said(&[attack(1, 0, NOW)], &mut told).is_some());
    }

    #[test]
    fn nothing_of_a_customer_and_no_address_is_in_a_message_and_cases_are_counted() {
        let opened = serde_json::json!({ "case": "cas_1", "found": "touched", "ground": "x" });
        let taken = serde_json::json!({ "case": "cas_1", "wanted": "taken" });
        let page = [
            attack(1, 1, NOW),
            recorded(Act::Case, &opened, None),
            recorded(Act::Case, &opened, None),
            recorded(Act::Case, &taken, None),
        ];
        for locale in [Locale::En, Locale::Ja] {
            let (text, _) = chat(&page, &ToldAlerts::new(), (locale, &Wording::default())).unwrap();
            assert!(text.contains('2') && !text.contains("cas_1"), "{text}");
            assert!(!text.contains("198.51") && !text.contains("http"), "{text}");
        }
        let many: Vec<_> = (0..30).map(|number| attack(number, 0, NOW)).collect();
        let text = said(&many, &mut ToldAlerts::new()).unwrap();
        assert_eq!(text.lines().count(), MOST_LINES + 1);
        assert!(text.ends_with("and 10 more alerts"));
    }
}
