//! What an alarm costs: a threshold is set on half of the logins that count, without any label, and
//! the other half shows whom it disturbs and whom it stops.
//!
//! **Invariant:** a threshold never saw the logins that it is measured on.

use std::collections::{BTreeMap, HashMap};

use sekisho_core::risk::pace::Pace;
use sekisho_world::Circumstance;
use serde_json::{Value, json};

use super::judged::{Campaign, Evidence, Judged};
use super::login::Truth;
use super::recall::{CLASSES, class};
use crate::report::shown;

/// Shares of logins that thresholds are set for.
const ALARMS: [(f64, &str); 2] = [(0.01, "1_percent"), (0.001, "0.1_percent")];

/// What each kind of evidence does at each threshold.
pub fn alarms(judged: &[Judged]) -> Value {
    let counted: Vec<&Judged> = judged.iter().filter(|one| one.counts).collect();
    let (before, after) = counted.split_at(counted.len() / 2);
    let mut object = serde_json::Map::new();
    for (place, evidence) in Evidence::ALL.into_iter().enumerate() {
        // Those who have the password were never learnt and would not be among the usual.
        let usual = before
            .iter()
            .filter(|one| !matches!(one.truth, Truth::Entered(_)));
        let mut scores: Vec<f32> = usual.filter_map(|one| Some(one.scores?[place])).collect();
        scores.sort_by(|one, other| other.total_cmp(one));
        for (share, name) in ALARMS {
            let last = (share * scores.len() as f64) as usize;
            let Some(threshold) = scores.get(last) else {
                continue;
            };
            let key = format!("{}_at_{name}", evidence.word());
            object.insert(key, who(after, place, *threshold));
        }
    }
    Value::Object(object)
}

/// Who is challenged, by circumstance and by attacker; a first login, which has no score, counts
/// for neither.
fn who(judged: &[&Judged], place: usize, threshold: f32) -> Value {
    let mut counts = BTreeMap::<&str, (usize, usize)>::new();
    let mut good = (0, 0);
    for one in judged {
        let Some(scores) = one.scores else {
            continue;
        };
        let challenged = usize::from(scores[place] > threshold);
        let name = match one.truth {
            Truth::Good(circumstance) => {
                good = (good.0 + challenged, good.1 + 1);
                word(circumstance)
            }
            _ => CLASSES[class(one.truth)],
        };
        let count = counts.entry(name).or_default();
        *count = (count.0 + challenged, count.1 + 1);
    }
    let share = |(part, whole): (usize, usize)| part as f64 / (whole as f64).max(1.0);
    let rows: BTreeMap<&str, Value> = counts
        .into_iter()
        .map(|(name, count)| {
            (
                name,
                json!({"logins": count.1, "challenged": shown(share(count))}),
            )
        })
        .collect();
    json!({
        "threshold": shown(f64::from(threshold)),
        "alerts_per_10000_good": shown(1e4 * share(good)),
        "who": rows,
    })
}

/// What a circumstance is called.
pub const fn word(circumstance: Circumstance) -> &'static str {
    match circumstance {
        Circumstance::Usual => "usual",
        Circumstance::ForgottenPassword => "forgotten_password",
        Circumstance::Travel => "travel",
        Circumstance::NewPhone => "new_phone",
        Circumstance::InFlight => "in_flight",
        Circumstance::Aggregator => "aggregator",
    }
}

/// How soon and how fully attacks on many accounts are seen, by how many addresses they come from;
/// and how many good logins a signal is raised for.
pub fn campaigns(campaigns: &HashMap<u32, Campaign>, judged: &[Judged]) -> Value {
    const UPTO: [usize; 5] = [1, 10, 100, 1_000, usize::MAX];
    let mut rows = Vec::new();
    let mut least = 0;
    for upto in UPTO {
        let here: Vec<&Campaign> = campaigns
            .values()
            .filter(|campaign| (least + 1..=upto).contains(&campaign.addresses.len()))
            .collect();
        let mut before: Vec<u32> = here
            .iter()
            .map(|campaign| campaign.before.unwrap_or(campaign.attempts))
            .collect();
        before.sort_unstable();
        let sum = |of: fn(&Campaign) -> u32| here.iter().map(|c| f64::from(of(c))).sum::<f64>();
        rows.push(json!({
            "addresses": [least + 1, if upto == usize::MAX { 10_000 } else { upto }],
            "campaigns": here.len(),
            "seen": here.iter().filter(|campaign| campaign.before.is_some()).count(),
            "attempts": shown(sum(|campaign| campaign.attempts)),
            "attempts_signalled": shown(sum(|c| c.signalled) / sum(|c| c.attempts).max(1.0)),
            "attempts_before_the_first_signal": before.get(before.len() / 2),
        }));
        least = upto;
    }
    let good = || {
        judged
            .iter()
            .filter(|one| matches!(one.truth, Truth::Good(_)))
    };
    let of_good = |bits: u8| {
        let signalled = good().filter(|one| one.signals & bits > 0).count();
        shown(1e4 * signalled as f64 / (good().count() as f64).max(1.0))
    };
    let each: BTreeMap<&str, Value> = Pace::ALL
        .iter()
        .map(|pace| (pace.word(), of_good(1 << *pace as u8)))
        .collect();
    json!({
        "by_addresses": rows,
        "good_logins_signalled_per_10000": of_good(u8::MAX),
        "by_signal": each,
    })
}
