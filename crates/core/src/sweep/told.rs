//! What is handed out of a sweep: an object of JSON, or lines of CSV (RFC 4180), for each
//! procedure.
//!
//! **Invariant:** no cell can be taken for a formula by a spreadsheet, and none holds a comma or a
//! quote: they are references, ids, words, moments and addresses only.

use serde_json::{Value, json};

use super::{Finding, Listed, MOST_COUNTED, PlaceKnown, Procedure, Swept};
use crate::known::Seen;
use crate::text::harmless;

/// The header of [`Swept::csv`].
pub const HEADER: &str = "decision,at,act,customer,reference,finding,place,value,place_finding,\
own_first_success,own_successes,own_failures,others,named\r\n";

impl Procedure {
    /// As an object, with what was found and with its places as [`PlaceKnown::told`] has each.
    #[must_use]
    pub fn told(&self, finding: Finding, places: Vec<Value>) -> Value {
        let access = &self.access;
        json!({
            "decision": access.decision.to_string(),
            "at": access.at,
            "act": access.act,
            "customer": access.customer.to_string(),
            "reference": self.reference.as_str(),
            "application": access.application.map(|id| id.to_string()),
            "finding": finding,
            "places": places,
        })
    }
}

impl Swept {
    /// As an object.
    #[must_use]
    pub fn json(&self) -> Value {
        self.procedure.told(self.finding, self.places_json())
    }

    /// As lines, one for each place.
    #[must_use]
    pub fn csv(&self) -> String {
        let access = &self.procedure.access;
        self.lines(&[
            access.decision.to_string(),
            access.at.to_string(),
            access.act.word(),
            access.customer.to_string(),
            harmless(self.procedure.reference.as_str()),
        ])
    }
}

impl Swept<Listed> {
    /// As an object.
    #[must_use]
    pub fn json(&self) -> Value {
        let listed = &self.procedure;
        json!({
            "line": listed.line,
            "at": listed.at,
            "customer": listed.customer.map(|id| id.to_string()),
            "reference": listed.reference.as_str(),
            "finding": self.finding,
            "places": self.places_json(),
        })
    }

    /// As lines, one for each place, in the columns of [`HEADER`]; the number of the line of the
    /// list stands where a decision would, and no act.
    #[must_use]
    pub fn csv(&self) -> String {
        let listed = &self.procedure;
        let customer = listed.customer.map(|id| id.to_string());
        self.lines(&[
            listed.line.to_string(),
            listed.at.to_string(),
            String::new(),
            customer.unwrap_or_default(),
            harmless(listed.reference.as_str()),
        ])
    }
}

impl<P> Swept<P> {
    fn places_json(&self) -> Vec<Value> {
        let places = self.places.iter();
        places
            .map(|(place, finding)| place.told(*finding))
            .collect()
    }

    fn lines(&self, procedure: &[String; 5]) -> String {
        let line = |place: [String; 8]| {
            let mut cells = procedure.to_vec();
            cells.push(self.finding.word().to_owned());
            cells.extend(place);
            format!("{}\r\n", cells.join(","))
        };
        if self.places.is_empty() {
            return line(Default::default());
        }
        let places = self.places.iter();
        places
            .map(|(place, finding)| line(cells(place, *finding)))
            .collect()
    }
}

fn cells(place: &PlaceKnown, finding: Finding) -> [String; 8] {
    let own = place.own.as_ref();
    let first = own.and_then(|own| own.first_success);
    let named = place.named.iter();
    let named: Vec<_> = named.map(|other| other.reference.as_str()).collect();
    [
        place.seen.kind.word().to_owned(),
        place.seen.text(),
        finding.word().to_owned(),
        first.map(|at| at.to_string()).unwrap_or_default(),
        own.map(|own| own.successes.to_string()).unwrap_or_default(),
        own.map(|own| own.failures.to_string()).unwrap_or_default(),
        place.others.to_string(),
        harmless(&named.join(" ")),
    ]
}

impl PlaceKnown {
    /// As an object, with what it says.
    #[must_use]
    pub fn told(&self, finding: Finding) -> Value {
        let named = self.named.iter().map(|other| {
            let mut value = other.seen.json();
            value["customer"] = other.customer.to_string().into();
            value["reference"] = other.reference.as_str().into();
            value
        });
        json!({
            "place": self.seen.kind,
            "value": self.seen.text(),
            "finding": finding,
            "own": self.own.as_ref().map(Seen::json),
            "others": self.others,
            "others_at_least": self.others >= MOST_COUNTED,
            "others_since": self.crowd.first,
            "others_failing": self.crowd.failing,
            "others_read": self.crowd.read,
            "named": named.collect::<Vec<_>>(),
        })
    }
}

impl Seen {
    /// As an object.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "first": self.first,
            "first_success": self.first_success,
            "last": self.last,
            "successes": self.successes,
            "failures": self.failures,
            "operations": self.guarded,
        })
    }
}
