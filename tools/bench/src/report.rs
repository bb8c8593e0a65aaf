//! What a bench says in the end: one JSON object on one line.
//!
//! **Invariant:** a report names the aim it is held to and says itself whether it was met.

use serde_json::{Map, Value, json};

/// The figures of one bench.
#[derive(Clone, Debug)]
pub struct Report {
    bench: &'static str,
    unit: &'static str,
    value: f64,
    baseline: Option<f64>,
    ratio: Option<f64>,
    aims: Vec<(String, bool)>,
    more: Map<String, Value>,
}

impl Report {
    /// `value` is the median over the rounds, in `unit`.
    pub fn new(bench: &'static str, value: f64, unit: &'static str) -> Self {
        Self {
            bench,
            unit,
            value,
            baseline: None,
            ratio: None,
            aims: Vec::new(),
            more: Map::new(),
        }
    }

    /// What it is compared with, and the median of the ratios of the pairs.
    pub fn against(mut self, baseline: f64, ratio: f64) -> Self {
        (self.baseline, self.ratio) = (Some(baseline), Some(ratio));
        self
    }

    /// One more figure.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// One more figure with a fraction.
    pub fn figure(self, name: &str, value: f64) -> Self {
        self.with(name, shown(value))
    }

    /// An aim: `figure` is what was measured of what the words say.
    pub fn at_least(self, what: &str, figure: f64, aim: f64) -> Self {
        self.aim(format!("{what} ≥ {aim}"), figure >= aim)
    }

    /// An aim of the other kind.
    pub fn below(self, what: &str, figure: f64, aim: f64) -> Self {
        self.aim(format!("{what} < {aim}"), figure < aim)
    }

    fn aim(mut self, words: String, met: bool) -> Self {
        self.aims.push((words, met));
        self
    }

    /// Whether all aims were met.
    pub fn met(&self) -> bool {
        self.aims.iter().all(|(_, met)| *met)
    }

    /// The object.
    pub fn json(&self) -> Value {
        let words: Vec<_> = self.aims.iter().map(|(words, _)| words.as_str()).collect();
        let mut object = json!({
            "bench": self.bench,
            "value": shown(self.value),
            "unit": self.unit,
            "baseline": self.baseline.map(shown),
            "ratio": self.ratio.map(shown),
            "aim": words.join(", "),
            "met": self.met(),
        });
        if let Value::Object(fields) = &mut object {
            fields.extend(self.more.clone());
        }
        object
    }

    /// Some lines for people.
    pub fn text(&self) -> String {
        let mut lines = vec![format!(
            "{}: {} {}",
            self.bench,
            shown(self.value),
            self.unit
        )];
        if let (Some(baseline), Some(ratio)) = (self.baseline, self.ratio) {
            lines.push(format!(
                "  baseline {}, ratio {}",
                shown(baseline),
                shown(ratio)
            ));
        }
        for (words, met) in &self.aims {
            lines.push(format!(
                "  {}: {words}",
                if *met { "met" } else { "missed" }
            ));
        }
        for (name, value) in &self.more {
            lines.push(format!("  {name}: {value}"));
        }
        lines.join("\n")
    }
}

/// Four digits: more would be noise.
pub fn shown(value: f64) -> Value {
    if !value.is_finite() || value == 0.0 {
        return json!(0);
    }
    let digits = 3 - value.abs().log10().floor() as i32;
    if digits <= 0 {
        return json!(value.round() as i64);
    }
    let scale = 10f64.powi(digits);
    json!((value * scale).round() / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_digits_are_shown() {
        assert_eq!(shown(123_456.7), json!(123_457));
        assert_eq!(shown(0.123_456), json!(0.1235));
        assert_eq!(shown(12.345_6), json!(12.35));
        assert_eq!(shown(f64::NAN), json!(0));
    }

    #[test]
    fn one_missed_aim_is_a_miss() {
        let report = Report::new("b", 2.0, "1/s").against(1.0, 2.0);
        let report = report.at_least("ratio", 2.0, 0.5);
        assert!(report.met());
        let report = report.below("p99 in ms", 30.0, 20.0);
        assert!(!report.met());
        assert_eq!(report.json()["aim"], json!("ratio ≥ 0.5, p99 in ms < 20"));
    }
}
