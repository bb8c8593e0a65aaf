//! Attacks across customers are looked for every five seconds, on every node; what two of them find
//! joins in one alert.
//!
//! **Invariant:** an alert is written when there is news of it, and not for every attempt.

use std::collections::HashMap;
use std::time::Duration;

use sekisho_core::attack::{Attack, Counts, Touch, decide, found};
use sekisho_core::id::{AlertId, CustomerId};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::risk::pace::Limits;
use sekisho_core::sighting::TraitKind;
use sekisho_store::SignalQuestion;
use tokio_util::sync::CancellationToken;

use crate::fault::Fault;
use crate::gate::Gate;

const PAUSE: Duration = Duration::from_secs(5);
/// After so long an attack that goes on is written again, however little it grew.
const NEWS: Span = Span::minutes(1);
/// For how long what was written is remembered.
const REMEMBERED: Span = Span::days(2);
/// Signals of shared payout accounts that are read at once.
const SIGNALS: u32 = 200;

/// What this node wrote of alerts.
#[derive(Debug, Default)]
pub(crate) struct Told(HashMap<AlertId, One>);

#[derive(Debug)]
struct One {
    counts: Counts,
    last: Moment,
    at: Moment,
    touched: HashMap<CustomerId, Touch>,
}

impl Told {
    /// What is new of `attack`, with those alone of whom it is news; `None` if nothing is.
    fn news(&self, attack: &Attack, now: Moment) -> Option<Attack> {
        let mut news = attack.clone();
        let Some(told) = self.0.get(&attack.id()) else {
            return Some(news);
        };
        let (then, counts) = (&told.counts, &attack.counts);
        news.touched.retain(|one| {
            let known = told.touched.get(&one.customer);
            known.is_none_or(|how| *how < one.how)
        });
        let worse = (counts.proved, counts.entered) != (then.proved, then.entered);
        let grown = counts.failures > then.failures + then.failures / 4;
        let late = attack.last > told.last && now.since(told.at) >= NEWS;
        (worse || grown || late).then_some(news)
    }

    fn wrote(&mut self, attack: &Attack, now: Moment) -> bool {
        self.0.retain(|_, one| now.since(one.at) < REMEMBERED);
        let touched = attack.touched.iter().map(|one| (one.customer, one.how));
        let one = One {
            counts: attack.counts,
            last: attack.last,
            at: now,
            touched: touched.collect(),
        };
        self.0.insert(attack.id(), one).is_none()
    }
}

impl Gate {
    /// Looks for attacks until `stop`.
    pub async fn watch_attacks(&self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
            if let Err(fault) = self.find_attacks().await {
                tracing::warn!(error = %fault, "attacks will be looked for again in a few seconds");
            }
        }
    }

    /// Looks for attacks once and writes what is new of them; answers how many alerts were written.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn find_attacks(&self) -> Result<usize, Fault> {
        let now = self.now();
        let mut attacks = self.seen_attacks(now);
        match self.shared_accounts(now).await {
            Ok(shared) => attacks.extend(shared),
            Err(fault) => tracing::warn!(error = %fault, "signals could not be read"),
        }
        let mut written = 0;
        for attack in attacks {
            let Some(news) = self.told().news(&attack, now) else {
                continue;
            };
            // First, so that whoever is not frozen when this ends in the middle is the next time.
            // One account that cannot be frozen hides neither this alert nor the others.
            if let Err(fault) = self.freeze_entered(&news).await {
                let alert = news.id();
                tracing::error!(%alert, error = %fault, "an entered account is not frozen");
            }
            let at = (self.fresh_decision(now)?, now);
            let decision = decide(news, at, &self.policy());
            if self.commit(decision).await?.is_none() {
                continue;
            }
            written += 1;
            if self.told().wrote(&attack, now) {
                raised(&attack);
            }
        }
        Ok(written)
    }

    /// What the windows show, and what was held back of text messages.
    fn seen_attacks(&self, now: Moment) -> Vec<Attack> {
        self.with_windows(now, |kept| found(kept, &Limits::SHIPPED))
            .into_iter()
            .flatten()
            .chain(self.pumped(now))
            .collect()
    }

    /// Payout accounts that three customers or more registered within the last day.
    async fn shared_accounts(&self, now: Moment) -> Result<Vec<Attack>, Fault> {
        let asked = SignalQuestion {
            customer: None,
            kind: Some(TraitKind::PayoutAccount),
            since: Some(now.minus(Span::days(1))),
            most: SIGNALS,
        };
        let signals = self.store().signals(&asked).await?;
        let mut by_value: HashMap<[u8; 16], Attack> = HashMap::new();
        for signal in signals.iter().filter(|one| one.crowd.others >= 2) {
            let attack = Attack::shared(&signal.crowd, (signal.raised, signal.at));
            let known = by_value
                .entry(attack.value)
                .or_insert_with(|| attack.clone());
            known.join(&attack);
        }
        Ok(by_value.into_values().collect())
    }
}

fn raised(attack: &Attack) {
    let kind = attack.kind.word();
    metrics::counter!("sekisho_alerts_total", "kind" => kind).increment(1);
    let counts = &attack.counts;
    tracing::warn!(
        alert = %attack.id(),
        kind,
        label = attack.label,
        failures = counts.failures,
        accounts = counts.accounts,
        addresses = counts.addresses,
        proved = counts.proved,
        entered = counts.entered,
        "an attack was found"
    );
}
