//! Alerts and cases as findings.
//!
//! **Invariant:** by what an alert goes is told only where addresses are.

use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::event::{Grade, HIGH, INFORMATIONAL, LOW, MEDIUM, milliseconds};
use super::table::Activity;
use super::{Addresses, Wording};
use crate::attack::{AttackKind, Counts, Severity, severity};
use crate::entry::{Actor, Entry};
use crate::moment::Moment;

/// What an entry of an alert counts, as far as it is told.
pub(super) fn counts(facts: &Value) -> Counts {
    let count = |name: &str| {
        let count = facts["counts"][name].as_u64().unwrap_or_default();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    Counts {
        accounts: count("accounts"),
        proved: count("proved"),
        entered: count("entered"),
        ..Counts::default()
    }
}

pub(super) fn grade(facts: &Value) -> Grade {
    let counts = counts(facts);
    let kind = facts["kind"].as_str().and_then(AttackKind::parse);
    match kind.map(|kind| severity(kind, &counts)) {
        None => INFORMATIONAL,
        Some(Severity::Low) => LOW,
        Some(Severity::Medium) => MEDIUM,
        Some(Severity::High) => HIGH,
    }
}

fn moment(value: &Value) -> Option<i64> {
    let at: Moment = serde_json::from_value(value.clone()).ok()?;
    Some(milliseconds(at))
}

pub(super) fn detection(event: &mut Map<String, Value>, facts: &Value, wording: &Wording) {
    let (alert, kind) = (facts["alert"].as_str().unwrap_or("unknown"), &facts["kind"]);
    let word = kind.as_str().unwrap_or("attack");
    let mut info = json!({ "uid": alert, "title": format!("attack across customers: {word}") });
    if kind.is_string() {
        info["types"] = json!([word]);
    }
    for (name, key) in [("first", "first_seen_time"), ("last", "last_seen_time")] {
        if let Some(at) = moment(&facts[name]) {
            info[key] = at.into();
        }
    }
    if let Some(console) = &wording.console {
        info["src_url"] = format!("{console}/alerts/{alert}").into();
    }
    event.insert("finding_info".into(), info);
    event.insert("is_alert".into(), true.into());
    let (id, word) = match facts["closed"] == true {
        true => (4, "Resolved"),
        false => (1, "New"),
    };
    event.insert("status_id".into(), id.into());
    event.insert("status".into(), word.into());
    let label = facts["label"]
        .as_str()
        .filter(|_| wording.addresses == Addresses::Sent);
    if let Some(ip) = label.and_then(|label| label.parse::<IpAddr>().ok()) {
        let evidence = json!([{ "src_endpoint": { "ip": ip } }]);
        event.insert("evidences".into(), evidence);
    }
    if let Some(label) = label {
        event.insert("message".into(), format!("by {label}").into());
    }
}

pub(super) fn incident(
    event: &mut Map<String, Value>,
    entry: &Entry,
    (facts, activity): (&Value, Activity),
    wording: &Wording,
) {
    let case = facts["case"].as_str().unwrap_or("unknown");
    let mut info = json!({ "uid": case, "title": "case" });
    if let Some(found) = facts["found"].as_str() {
        info["title"] = format!("case: {found}").into();
        info["types"] = json!([found]);
    }
    if let Some(console) = &wording.console {
        info["src_url"] = format!("{console}/cases/{case}").into();
    }
    event.insert("finding_info_list".into(), json!([info]));
    let taken = facts["wanted"] == "taken";
    match entry.actor {
        Actor::Staff(staff) if taken => {
            event.insert("assignee".into(), json!({ "uid": staff, "type_id": 2 }));
        }
        // The class wants somebody: whose role it is.
        _ => {
            event.insert("assignee_group".into(), json!({ "name": "operations" }));
        }
    }
    let (id, word) = match activity.0 {
        3 => (5, "Closed"),
        1 => (1, "New"),
        _ => (2, "In Progress"),
    };
    event.insert("status_id".into(), id.into());
    event.insert("status".into(), word.into());
}
