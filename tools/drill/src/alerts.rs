//! Alerts as an operator sees them: asked for again and again while a drill is played.
//!
//! **Invariant:** an alert counts for a drill only if it was raised or grew after the drill began.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use reqwest::Client;
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use crate::now;

/// Between two looks. Each is an entry in the record of the installation.
const PAUSE: Duration = Duration::from_secs(1);

/// Whom to ask for alerts.
#[derive(Clone, Debug)]
pub enum Watch {
    /// Nobody: the report says that nobody looked.
    Nobody,
    /// An address that answers as `sekisho alert list --json`.
    Page(String),
    /// A program with its arguments, which prints the same.
    Command(Vec<String>),
}

impl Watch {
    /// `sekisho alert list`, asked in the name of a person of the firm, whose secret the program
    /// reads from `SEKISHO_STAFF_SECRET`.
    #[must_use]
    pub fn sekisho(program: &str, person: &str) -> Self {
        let list = "alert list --json --closed --most 1000 --reason drill --as";
        let words = program.split_whitespace().chain(list.split(' '));
        Self::Command(words.chain([person]).map(str::to_owned).collect())
    }

    async fn look(&self, http: &Client) -> anyhow::Result<Vec<Alert>> {
        let text = match self {
            Self::Nobody => String::new(),
            Self::Page(address) => {
                let answer = http.get(address).send().await?;
                answer.error_for_status()?.text().await?
            }
            Self::Command(words) => printed(words.clone()).await?,
        };
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let read = lines.map(|line| serde_json::from_str(line).context("no alert: a line"));
        read.collect()
    }
}

/// What a program prints; it runs beside the drill, on a thread where waiting is allowed.
async fn printed(words: Vec<String>) -> anyhow::Result<String> {
    let run = move || {
        let (program, rest) = words.split_first().context("no program")?;
        let ended = std::process::Command::new(program)
            .args(rest)
            .stdin(std::process::Stdio::null())
            .output()
            .with_context(|| format!("{program} cannot be run"))?;
        let said = String::from_utf8_lossy(&ended.stderr);
        ensure!(ended.status.success(), "{program} said: {}", said.trim());
        Ok(String::from_utf8_lossy(&ended.stdout).into_owned())
    };
    tokio::task::spawn_blocking(run).await?
}

/// An alert, as far as a drill looks at it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Alert {
    /// Its id.
    pub alert: String,
    /// Its kind.
    pub kind: String,
    /// How bad.
    pub severity: String,
    /// By what the attack goes.
    pub label: String,
    /// The last attempt.
    pub last: String,
    /// What was counted.
    pub counts: Counts,
}

/// What an alert counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct Counts {
    /// Attempts.
    pub attempts: u32,
    /// Those that failed.
    pub failures: u32,
    /// Accounts that were tried.
    pub accounts: u32,
    /// Those that nobody has.
    pub strangers: u32,
    /// Addresses it came from.
    pub addresses: u32,
    /// Customers whose first proof was right.
    pub proved: u32,
    /// Customers who were entered.
    pub entered: u32,
}

/// An alert and when it was seen.
#[derive(Clone, Debug, Serialize)]
pub struct Raised {
    /// As it was seen last.
    #[serde(flatten)]
    pub alert: Alert,
    /// Seconds after the first attempt of the drill.
    pub after_seconds: f64,
}

#[derive(Default)]
struct Seen {
    raised: BTreeMap<String, Raised>,
    fault: Option<String>,
}

/// Looks until it is dropped.
pub struct Watcher {
    seen: Arc<Mutex<Seen>>,
    looking: JoinHandle<()>,
}

impl Watcher {
    /// Notes what is there and begins to look.
    ///
    /// # Errors
    /// When alerts cannot be read at all.
    pub async fn begin(watch: Watch, http: Client) -> anyhow::Result<Self> {
        let known = watch.look(&http).await.context("alerts cannot be read")?;
        let seen = Arc::<Mutex<Seen>>::default();
        let (kept, began) = (Arc::clone(&seen), now());
        let looking = tokio::spawn(async move {
            loop {
                tokio::time::sleep(PAUSE).await;
                let found = watch.look(&http).await;
                let mut seen = kept.lock().unwrap_or_else(PoisonError::into_inner);
                match found {
                    Ok(found) => seen.take(found, &known, began),
                    Err(why) => seen.fault = Some(format!("{why:#}")),
                }
            }
        });
        Ok(Self { seen, looking })
    }

    /// What was raised so far, the first first; and why the last look failed, if it did.
    pub fn raised(&self) -> (Vec<Raised>, Option<String>) {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut raised: Vec<_> = seen.raised.values().cloned().collect();
        raised.sort_by(|one, other| one.after_seconds.total_cmp(&other.after_seconds));
        (raised, seen.fault.clone())
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.looking.abort();
    }
}

impl Seen {
    fn take(&mut self, found: Vec<Alert>, known: &[Alert], began: Instant) {
        self.fault = None;
        for alert in found.into_iter().filter(|alert| !known.contains(alert)) {
            let after = now().duration_since(began).as_secs_f64();
            let raised = self.raised.entry(alert.alert.clone());
            let raised = raised.or_insert_with(|| Raised {
                alert: alert.clone(),
                after_seconds: after,
            });
            raised.alert = alert;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(id: &str, failures: u32) -> Alert {
        Alert {
            alert: id.to_owned(),
            kind: "list".to_owned(),
            severity: "low".to_owned(),
            label: "198.51.100.9".to_owned(),
            last: String::new(),
            counts: Counts {
                failures,
                ..Counts::default()
            },
        }
    }

    #[test]
    fn what_was_there_before_counts_only_if_it_grew() {
        let (known, began) = (vec![alert("old", 5), alert("grows", 5)], now());
        let mut seen = Seen::default();
        seen.take(vec![alert("old", 5), alert("grows", 9)], &known, began);
        seen.take(vec![alert("new", 1), alert("grows", 12)], &known, began);
        let counted = |raised: &Raised| (raised.alert.alert.clone(), raised.alert.counts.failures);
        let all: Vec<_> = seen.raised.values().map(counted).collect();
        assert_eq!(all, [("grows".to_owned(), 12), ("new".to_owned(), 1)]);
    }
}
