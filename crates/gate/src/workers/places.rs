//! Taking up address files that became others, on every node.
//!
//! **Invariant:** a file that cannot be read changes nothing but a line of the log and a metric.

use std::time::Duration;

use sekisho_core::health::{FilesRead, OLD};
use tokio_util::sync::CancellationToken;

use crate::acts::console_health::Part;
use crate::gate::Gate;
use crate::places::{Became, FileState};

/// Between two looks. Two of them have to find a new file the same before it is read.
const PAUSE: Duration = Duration::from_secs(5);

impl Gate {
    /// Looks at the address files every few seconds, until `stop`.
    pub async fn follow_places(&self, stop: CancellationToken) {
        let now = self.now();
        for state in self.address_files().states() {
            if state.made.is_some_and(|made| now.since(made) > OLD) {
                tracing::warn!(
                    file.path = %state.path.display(),
                    file.kind = state.kind.word(),
                    "an address file is a year old"
                );
            }
        }
        loop {
            self.look_at_places().await;
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// Looks once: files are read where waiting for them keeps nobody else.
    pub async fn look_at_places(&self) {
        let files = self.address_files().clone();
        let looked = tokio::task::spawn_blocking(move || (files.look(), files.states())).await;
        let Ok((looked, states)) = looked else {
            tracing::error!("the address files could not be looked at");
            return;
        };
        for one in looked {
            let (path, kind) = (one.path.display().to_string(), one.kind.word());
            match one.became {
                Became::Replaced => {
                    tracing::info!(
                        file.path = path,
                        file.kind = kind,
                        "an address file was taken up"
                    );
                }
                Became::Shrunk { was, size } => {
                    tracing::warn!(
                        file.path = path,
                        file.kind = kind,
                        was,
                        size,
                        "an address file was taken up that names less than half of before"
                    );
                    metrics::counter!("sekisho_address_file_shrunk_total", "file" => path)
                        .increment(1);
                }
                Became::Broken(why) => {
                    tracing::error!(
                        file.path = path,
                        file.kind = kind,
                        why,
                        "an address file was not taken up; what was read before still counts"
                    );
                    metrics::counter!("sekisho_address_file_failures_total", "file" => path)
                        .increment(1);
                    self.kept().note_failed(Part::Files, self.now());
                }
            }
        }
        self.kept().note_files(FilesRead {
            files: states.len(),
            broken: states.iter().filter(|one| one.broken.is_some()).count(),
            oldest: states.iter().filter_map(|one| one.made).min(),
        });
        for state in states {
            self.measured(&state);
        }
    }

    fn measured(&self, state: &FileState) {
        let file = state.path.display().to_string();
        let gauge = |name: &'static str, value: f64| {
            metrics::gauge!(name, "file" => file.clone()).set(value);
        };
        gauge("sekisho_address_file_entries", state.size as f64);
        let broken = state.broken.is_some();
        gauge("sekisho_address_file_broken", f64::from(u8::from(broken)));
        if let Some(made) = state.made {
            let age = self.now().since(made).as_seconds();
            gauge("sekisho_address_file_age_seconds", age as f64);
        }
    }
}
