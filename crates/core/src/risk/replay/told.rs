//! What a back-test found, as JSON and for people.
//!
//! **Invariant:** the same tally is told in the same words wherever it was counted.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Tally;

impl Tally {
    /// Customers who are not simply let through on a day, on average: as it was, and as it would
    /// be.
    #[must_use]
    pub fn disturbed(&self) -> [f64; 2] {
        let days = u32::try_from(self.days.len().max(1)).unwrap_or(u32::MAX);
        [0, 1].map(|which: usize| {
            let customers = |day: &[std::collections::BTreeSet<[u8; 16]>; 2]| day[which].len();
            let sum: usize = self.days.values().map(customers).sum();
            f64::from(u32::try_from(sum).unwrap_or(u32::MAX)) / f64::from(days)
        })
    }

    /// As JSON.
    #[must_use]
    pub fn object(&self, version: &str) -> Value {
        let turns: Vec<_> = self
            .turns
            .iter()
            .map(|(turn, (count, examples))| {
                let (was, would_be) = (turn.was, turn.would_be);
                json!({"was": was, "would_be": would_be, "count": count, "examples": examples})
            })
            .collect();
        let reasons: serde_json::Map<_, _> = self
            .reasons
            .iter()
            .map(|(reason, (was, would_be))| {
                let counts = json!({"was": was, "would_be": would_be});
                (reason.code().to_owned(), counts)
            })
            .collect();
        let [was, would_be] = self.disturbed();
        let [known, known_then] = self.known.map(|known| {
            json!({
                "fraud": known.fraud,
                "fraud_stopped": known.fraud_stopped,
                "genuine": known.genuine,
                "genuine_stopped": known.genuine_stopped,
                "precision": known.precision(),
                "recall": known.recall(),
            })
        });
        json!({
            "rules": version,
            "entries": self.entries,
            "judged": self.judged(),
            "apart": self.apart,
            "otherwise": self.otherwise,
            "changes": turns,
            "reasons": reasons,
            "customers_disturbed_a_day": {"was": was, "would_be": would_be},
            "known": {"was": known, "would_be": known_then},
        })
    }

    /// For people, some lines.
    #[must_use]
    pub fn text(&self, version: &str) -> String {
        // Writing to a text never fails.
        let mut text = format!("{version} on {} decisions\n", self.judged());
        if self.apart > 0 {
            let count = self.apart;
            let _ = writeln!(
                text,
                "left out: {count} that no rules judged, or too long ago"
            );
        }
        if self.otherwise > 0 {
            let count = self.otherwise;
            let _ = writeln!(
                text,
                "left out: {count} of which it is not recorded what rules said, and cannot be told"
            );
        }
        if self.turns.is_empty() {
            text.push_str("no verdict would be another\n");
        }
        for (turn, (count, examples)) in &self.turns {
            let examples: Vec<_> = examples.iter().map(ToString::to_string).collect();
            let (was, would_be) = (turn.was.word(), turn.would_be.word());
            let examples = examples.join(" ");
            let _ = writeln!(text, "{count}  {was} → {would_be}  such as {examples}");
        }
        for (reason, (was, would_be)) in &self.reasons {
            if was != would_be {
                let _ = writeln!(text, "{was} → {would_be}  {}", reason.code());
            }
        }
        let [was, would_be] = self.disturbed();
        let _ = writeln!(text, "customers disturbed a day: {was:.1} → {would_be:.1}");
        self.text_of_known(&mut text);
        text
    }

    /// Of the decisions of which it became known what they were.
    fn text_of_known(&self, text: &mut String) {
        let [was, would_be] = &self.known;
        if was.fraud + was.genuine == 0 {
            let none = "of none of them is it known whether it was fraud: no precision, no recall";
            let _ = writeln!(text, "{none}");
            return;
        }
        let percent = |share: Option<f64>| match share {
            Some(share) => format!("{:.1} %", 100.0 * share),
            None => "unknown".to_owned(),
        };
        let _ = writeln!(
            text,
            "fraud that is asked, held or refused: {} → {} of {} ({} → {})",
            was.fraud_stopped,
            would_be.fraud_stopped,
            was.fraud,
            percent(was.recall()),
            percent(would_be.recall()),
        );
        let _ = writeln!(
            text,
            "of what is stopped and known, fraud: {} → {} (genuine: {} → {} of {})",
            percent(was.precision()),
            percent(would_be.precision()),
            was.genuine_stopped,
            would_be.genuine_stopped,
            was.genuine,
        );
    }
}
