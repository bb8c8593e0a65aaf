//! An event: the JSON of one entry as a class of OCSF 1.8.0.
//!
//! **Invariant:** what is not named here does not get out: the facts of an entry are picked from,
//! and never passed on.

use serde_json::{Map, Value, json};

use super::finding;
use super::table::{self, Activity, Class};
use super::{Addresses, Recorded, Wording, is_finding};
use crate::access::Act;
use crate::attempt::Account;
use crate::bytes::Digest;
use crate::entry::{Actor, Entry};
use crate::id::DecisionId;
use crate::moment::Moment;
use crate::reason::Reason;
use crate::verdict::VerdictKind;

/// The version of the schema.
pub const VERSION: &str = "1.8.0";

/// How bad an event is: `severity_id`, its name, and the severity of syslog (RFC 5424 section
/// 6.2.1).
pub(super) type Grade = (u32, &'static str, u8);

pub(super) const INFORMATIONAL: Grade = (1, "Informational", 6);
pub(super) const LOW: Grade = (2, "Low", 5);
pub(super) const MEDIUM: Grade = (3, "Medium", 4);
pub(super) const HIGH: Grade = (4, "High", 3);

/// The event of an entry, and its severity of syslog.
#[must_use]
pub fn event(recorded: &Recorded, wording: &Wording) -> (Value, u8) {
    let entry = &recorded.entry;
    let facts: Value = serde_json::from_str(&entry.facts).unwrap_or_default();
    let first = recorded.raised == Some(entry.at);
    let (class, activity) = table::of(entry, &facts, first);
    let grade = match class {
        Class::DetectionFinding => finding::grade(&facts),
        Class::IncidentFinding => MEDIUM,
        _ => grade(entry),
    };
    let mut event = head(class, activity_of(activity, &entry.act), grade, entry);
    let from = Origin::of(recorded, wording);
    match class {
        Class::AccountChange => account_change(&mut event, recorded, &from),
        Class::ApiActivity => api_activity(&mut event, recorded, &from),
        Class::Authentication => authentication(&mut event, recorded, &from),
        Class::DetectionFinding => finding::detection(&mut event, &facts, wording),
        Class::IncidentFinding => finding::incident(&mut event, entry, (&facts, activity), wording),
    }
    if class != Class::DetectionFinding && class != Class::IncidentFinding {
        status(&mut event, entry);
    }
    event.insert("unmapped".into(), unmapped(recorded, &facts));
    observe(&mut event);
    (Value::Object(event), grade.2)
}

/// What the log has of an entry for everybody to read: of no customer and from nowhere, with what
/// seals all that the entry holds. It does not say by which release, so that the next one makes
/// the same of the same entry.
#[must_use]
pub fn bare(entry: &Entry, seal: &Digest) -> Value {
    let stripped = Entry {
        customer: None,
        operation: None,
        facts: "{}".to_owned(),
        ..entry.clone()
    };
    let (class, activity) = match is_finding(entry) {
        true => (Class::ApiActivity, (99, "")),
        false => table::of(entry, &Value::Null, false),
    };
    let mut event = head(
        class,
        activity_of(activity, &entry.act),
        grade(entry),
        &stripped,
    );
    let recorded = Recorded::bare(stripped);
    let from = Origin { endpoint: None };
    match class {
        Class::AccountChange => account_change(&mut event, &recorded, &from),
        Class::Authentication => authentication(&mut event, &recorded, &from),
        Class::ApiActivity | Class::DetectionFinding | Class::IncidentFinding => {
            api_activity(&mut event, &recorded, &from);
        }
    }
    if entry.customer.is_some() && event.contains_key("user") {
        let sealed = json!({ "name": "sealed", "type_id": 1, "type": "User" });
        event.insert("user".into(), sealed);
    }
    status(&mut event, entry);
    let mut ours = unmapped(&recorded, &Value::Null);
    ours["seal"] = json!(seal);
    ours["format"] = json!(crate::log::FORMAT);
    event.insert("unmapped".into(), ours);
    if let Some(product) = event
        .get_mut("metadata")
        .and_then(|all| all.get_mut("product"))
    {
        *product = json!({ "name": "Sekisho", "vendor_name": "Sekisho" });
    }
    Value::Object(event)
}

/// An event that is of nothing, to try a way out with.
#[must_use]
pub fn test_event(id: DecisionId, at: Moment) -> (Value, u8) {
    let entry = Entry {
        id,
        at,
        act: Act::Administer,
        actor: Actor::Operator,
        customer: None,
        operation: None,
        verdict: crate::verdict::Verdict::Allow,
        reasons: Vec::new(),
        policy: String::new(),
        facts: "{}".to_owned(),
    };
    let (class, grade) = (Class::ApiActivity, INFORMATIONAL);
    let mut event = head(class, (99, "test".to_owned()), grade, &entry);
    event.insert("message".into(), "a test: nothing happened".into());
    event.insert("api".into(), json!({ "operation": "test" }));
    event.insert("actor".into(), actor(&entry));
    event.insert("src_endpoint".into(), json!({ "name": "Sekisho" }));
    (Value::Object(event), grade.2)
}

fn activity_of((id, name): Activity, act: &Act) -> (u32, String) {
    match name {
        "" => (id, act.word()),
        name => (id, name.to_owned()),
    }
}

/// What every event has.
fn head(
    class: Class,
    (activity, name): (u32, String),
    grade: Grade,
    entry: &Entry,
) -> Map<String, Value> {
    let (uid, (severity_id, severity, _)) = (class.uid(), grade);
    let known = json!({
        "activity_id": activity,
        "activity_name": name,
        "category_name": class.category(),
        "category_uid": uid / 1000,
        "class_name": class.name(),
        "class_uid": uid,
        "type_name": format!("{}: {name}", class.name()),
        "type_uid": uid * 100 + activity,
        "severity": severity,
        "severity_id": severity_id,
        "time": milliseconds(entry.at),
        "metadata": {
            "version": VERSION,
            "uid": entry.id,
            "event_code": entry.act.word(),
            "log_name": "entry",
            "product": {
                "name": "Sekisho",
                "vendor_name": "Sekisho",
                "version": env!("CARGO_PKG_VERSION"),
            },
        },
    });
    let mut head = known.as_object().cloned().unwrap_or_default();
    if let (Some(operation), Some(metadata)) = (entry.operation, head.get_mut("metadata")) {
        metadata["correlation_uid"] = json!(operation);
    }
    head
}

/// OCSF counts in milliseconds since 1970.
pub(super) const fn milliseconds(at: Moment) -> i64 {
    at.0.div_euclid(1_000)
}

fn grade(entry: &Entry) -> Grade {
    let copied = |reason: &Reason| {
        matches!(
            reason,
            Reason::BackupCodeSpent
                | Reason::DeviceReused
                | Reason::PartyReported
                | Reason::PasskeyCountBack
                | Reason::PlaceReported
        )
    };
    let reported = entry.act == Act::Report && entry.verdict.kind() == VerdictKind::Allow;
    let kind = entry.verdict.kind();
    if reported || entry.reasons.contains(&Reason::AttackEntered) {
        return HIGH;
    }
    match kind {
        _ if entry.reasons.iter().any(copied) => MEDIUM,
        VerdictKind::Hold => MEDIUM,
        VerdictKind::Refuse => LOW,
        VerdictKind::Allow | VerdictKind::StepUp => INFORMATIONAL,
    }
}

/// The verdict: what waits for more is neither a success nor a failure.
fn status(event: &mut Map<String, Value>, entry: &Entry) {
    let kind = entry.verdict.kind();
    let (id, word) = match kind {
        VerdictKind::Allow => (1, "Success"),
        VerdictKind::Refuse => (2, "Failure"),
        VerdictKind::Hold | VerdictKind::StepUp => (99, kind.word()),
    };
    let detail: Vec<_> = entry.reasons.iter().map(Reason::code).collect();
    event.insert("status_id".into(), id.into());
    event.insert("status".into(), word.into());
    event.insert("status_code".into(), kind.word().into());
    if !detail.is_empty() {
        event.insert("status_detail".into(), detail.join(" ").into());
    }
}

/// From where, as far as it is told.
struct Origin {
    endpoint: Option<Value>,
}

impl Origin {
    fn of(recorded: &Recorded, wording: &Wording) -> Self {
        if wording.addresses == Addresses::Withheld {
            return Self { endpoint: None };
        }
        let endpoint = recorded.address.map(|address| {
            let mut endpoint = json!({ "ip": address });
            if let Some(system) = recorded.place.system {
                endpoint["autonomous_system"] = json!({ "number": system });
            }
            if let Some(country) = recorded.place.country {
                endpoint["location"] = json!({ "country": country });
            }
            endpoint
        });
        Self { endpoint }
    }

    fn put(&self, event: &mut Map<String, Value>) {
        if let Some(endpoint) = &self.endpoint {
            event.insert("src_endpoint".into(), endpoint.clone());
        }
    }
}

/// Whose account it is. A name that nobody has is a keyed hash: two names are two, and the same one
/// stays the same.
fn user(recorded: &Recorded) -> Value {
    let entry = &recorded.entry;
    let nobody = match recorded.account {
        Some(Account::Nobody(hash)) => Some(hash),
        _ => None,
    };
    match (entry.customer, entry.actor, nobody) {
        (Some(customer), _, _) => json!({ "uid": customer, "type_id": 1, "type": "User" }),
        (None, Actor::Staff(staff), _) => json!({ "uid": staff, "type_id": 2, "type": "Admin" }),
        (None, _, Some(hash)) => {
            let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            json!({ "uid": format!("nobody_{hex}"), "type_id": 0, "type": "Unknown" })
        }
        (None, _, None) => json!({ "name": "unknown", "type_id": 0, "type": "Unknown" }),
    }
}

fn actor(entry: &Entry) -> Value {
    match entry.actor {
        Actor::Application(id) => json!({ "app_name": "application", "app_uid": id }),
        Actor::Customer => match entry.customer {
            Some(customer) => json!({ "user": { "uid": customer, "type_id": 1 } }),
            None => json!({ "user": { "name": "unknown", "type_id": 0 } }),
        },
        Actor::Operator => json!({ "user": { "name": "operator", "type_id": 2 } }),
        Actor::Staff(id) => json!({ "user": { "uid": id, "type_id": 2 } }),
        Actor::Worker => json!({ "app_name": "Sekisho" }),
    }
}

fn authentication(event: &mut Map<String, Value>, recorded: &Recorded, from: &Origin) {
    let entry = &recorded.entry;
    let service = match entry.actor.application() {
        Some(application) => json!({ "name": "application", "uid": application }),
        None => json!({ "name": "Sekisho" }),
    };
    event.insert("service".into(), service);
    event.insert("user".into(), user(recorded));
    event.insert("actor".into(), actor(entry));
    from.put(event);
}

fn account_change(event: &mut Map<String, Value>, recorded: &Recorded, from: &Origin) {
    event.insert("user".into(), user(recorded));
    event.insert("actor".into(), actor(&recorded.entry));
    from.put(event);
}

fn api_activity(event: &mut Map<String, Value>, recorded: &Recorded, from: &Origin) {
    let entry = &recorded.entry;
    event.insert("api".into(), json!({ "operation": entry.act.word() }));
    event.insert("actor".into(), actor(entry));
    // The class wants one, and where nothing is known or told it says so.
    let nowhere = match entry.actor {
        Actor::Worker | Actor::Operator => "Sekisho",
        Actor::Application(_) | Actor::Customer | Actor::Staff(_) => "unknown",
    };
    event.insert("src_endpoint".into(), json!({ "name": nowhere }));
    from.put(event);
    if let Some(customer) = entry.customer {
        let resource = json!([{ "type": "customer", "uid": customer }]);
        event.insert("resources".into(), resource);
    }
}

/// What OCSF has no place for, in our words.
fn unmapped(recorded: &Recorded, facts: &Value) -> Value {
    let entry = &recorded.entry;
    let reasons: Vec<_> = entry.reasons.iter().map(Reason::code).collect();
    let mut ours = json!({
        "act": entry.act.word(),
        "verdict": entry.verdict.kind(),
        "reasons": reasons,
        "policy": entry.policy,
    });
    let requirements = entry.verdict.requirements();
    if !requirements.is_empty() {
        ours["requirements"] = json!(requirements);
    }
    let more = [
        ("customer", json!(entry.customer)),
        ("operation", json!(entry.operation)),
        ("application", json!(entry.actor.application())),
        ("device", json!(recorded.device)),
        (
            "client",
            json!(recorded.client.map(|client| client.to_string())),
        ),
        ("counts", facts["counts"].clone()),
    ];
    for (name, value) in more.into_iter().filter(|(_, value)| !value.is_null()) {
        ours[name] = value;
    }
    ours
}

/// The values that a SIEM joins by, with where they stand in the event.
fn observe(event: &mut Map<String, Value>) {
    const PLACES: [(&str, &str, u32, &str); 4] = [
        ("src_endpoint.ip", "/src_endpoint/ip", 2, "IP Address"),
        (
            "evidences[0].src_endpoint.ip",
            "/evidences/0/src_endpoint/ip",
            2,
            "IP Address",
        ),
        ("user.uid", "/user/uid", 31, "User Object: uid"),
        (
            "unmapped.device",
            "/unmapped/device",
            47,
            "Device Object: uid",
        ),
    ];
    let whole = Value::Object(std::mem::take(event));
    let found = PLACES.iter().filter_map(|(name, at, type_id, kind)| {
        let value = whole.pointer(at)?.as_str()?;
        Some(json!({ "name": name, "type_id": type_id, "type": kind, "value": value }))
    });
    let found: Vec<_> = found.collect();
    if let Value::Object(fields) = whole {
        *event = fields;
    }
    if !found.is_empty() {
        event.insert("observables".into(), found.into());
    }
}
