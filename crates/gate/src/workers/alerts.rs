//! Attacks across customers are looked for every five seconds, on every node; what two of them find
//! joins in one alert.
//!
//! They are looked for in a copy of the windows, on a thread that may block: nobody who signs in
//! waits for it.
//!
//! **Invariant:** an alert is written when there is news of it, and not for every attempt.

use std::collections::HashMap;
use std::time::Duration;

use sekisho_core::attack::{
    Attack, Counts, FREEZE_PAUSE, MOST_NAMED, Touch, Touched, decide, found, worst,
};
use sekisho_core::id::{AlertId, CustomerId};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::risk::pace::Limits;
use sekisho_core::sighting::TraitKind;
use sekisho_store::SignalQuestion;
use tokio_util::sync::CancellationToken;

use crate::fault::Fault;
use crate::gate::Gate;

const PAUSE: Duration = Duration::from_secs(5);
/// After so long an attack that goes on is written again, however little it grew: at first, and
/// after it has gone on for long.
const NEWS: [Span; 2] = [Span::minutes(1), Span::minutes(10)];
/// For how long what was written is remembered.
const REMEMBERED: Span = Span::days(2);
/// Signals of shared payout accounts that are read at once.
const SIGNALS: u32 = 200;

/// What this node found, and wrote of alerts.
#[derive(Debug, Default)]
pub(crate) struct Told {
    alerts: HashMap<AlertId, One>,
    /// Until when what happened to these customers was settled.
    settled: HashMap<CustomerId, Moment>,
    /// How often it could not be settled for these.
    failed: HashMap<CustomerId, u32>,
    /// What the windows showed at last, with how many rows they had counted, and when.
    shown: Option<(u64, Moment, Vec<Attack>)>,
}

#[derive(Debug)]
struct One {
    counts: Counts,
    last: Moment,
    at: Moment,
    touched: HashMap<CustomerId, Touch>,
    /// Whether there were more to name than one alert takes at once.
    more: bool,
}

impl Told {
    /// What is new of `attack`, with those alone of whom it is news; `None` if nothing is.
    fn news(&self, attack: &Attack, now: Moment) -> Option<Attack> {
        let mut news = attack.clone();
        let Some(told) = self.alerts.get(&attack.id()) else {
            return Some(news);
        };
        let (then, counts) = (&told.counts, &attack.counts);
        news.touched.retain(|one| {
            let known = told.touched.get(&one.customer);
            known.is_none_or(|how| *how < one.how)
        });
        let worse = (counts.proved, counts.entered) != (then.proved, then.entered);
        let grown = counts.failures > then.failures + then.failures / 4;
        let [first, later] = NEWS;
        let pause = Span(told.last.since(attack.first).0 / 8)
            .max(first)
            .min(later);
        let late = attack.last > told.last && now.since(told.at) >= pause;
        let more = told.more && !news.touched.is_empty();
        (worse || grown || late || more).then_some(news)
    }

    /// What was written of an attack: nobody is told of beyond [`MOST_NAMED`], and the others are
    /// news of the next time. Answers whether it is the first.
    fn wrote(&mut self, news: &Attack, now: Moment) -> bool {
        self.alerts.retain(|_, one| now.since(one.at) < REMEMBERED);
        let before = self.alerts.remove(&news.id());
        let first = before.is_none();
        let mut touched = before.map(|one| one.touched).unwrap_or_default();
        let named = news.touched.iter().take(MOST_NAMED);
        touched.extend(named.map(|one| (one.customer, one.how)));
        let one = One {
            counts: news.counts,
            last: news.last,
            at: now,
            touched,
            more: news.touched.len() > MOST_NAMED,
        };
        self.alerts.insert(news.id(), one);
        first
    }

    /// Those to whom something happened that was not settled yet, as far as this node knows; those
    /// for whom that failed most often come last.
    pub(crate) fn unsettled<'a>(
        &self,
        entered: impl Iterator<Item = &'a Touched>,
    ) -> Vec<&'a Touched> {
        let until = |one: &Touched| self.settled.get(&one.customer).copied();
        let settled =
            |one: &Touched| until(one).is_some_and(|at| at.plus(FREEZE_PAUSE) >= one.last);
        let mut entered: Vec<_> = entered.filter(|one| !settled(one)).collect();
        let failed = |one: &&Touched| self.failed.get(&one.customer).copied();
        entered.sort_by_key(|one| failed(one).unwrap_or_default());
        entered
    }

    /// What happened to a customer is settled until then.
    pub(crate) fn settle(&mut self, customer: CustomerId, until: Moment) {
        self.failed.remove(&customer);
        let known = self.settled.entry(customer).or_insert(until);
        *known = until.max(*known);
    }

    /// It could not be settled.
    pub(crate) fn fail(&mut self, customer: CustomerId) {
        let failed = self.failed.entry(customer).or_default();
        *failed = failed.saturating_add(1);
    }

    /// What was found in so many rows not long ago, where no other row came since.
    fn again(&self, learnt: u64, now: Moment) -> Option<Vec<Attack>> {
        let (rows, at, attacks) = self.shown.as_ref()?;
        (*rows == learnt && now.since(*at) < NEWS[0]).then(|| attacks.clone())
    }

    fn show(&mut self, learnt: u64, now: Moment, attacks: &[Attack]) {
        self.settled
            .retain(|_, until| now.since(*until) < REMEMBERED);
        let settled = &self.settled;
        self.failed.retain(|one, _| !settled.contains_key(one));
        self.shown = Some((learnt, now, attacks.to_vec()));
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
        let mut attacks = self.seen_attacks(now).await?;
        match self.shared_accounts(now).await {
            Ok(shared) => attacks.extend(shared),
            Err(fault) => tracing::warn!(error = %fault, "signals could not be read"),
        }
        // Whether there is news or not: whom one entered may be clear only now. Before the worst
        // are told, since noise may push others out of these.
        for attack in &attacks {
            self.freeze_entered(attack).await;
        }
        let mut written = 0;
        for attack in worst(attacks) {
            let Some(news) = self.told().news(&attack, now) else {
                continue;
            };
            let at = (self.fresh_decision(now)?, now);
            let decision = decide(news.clone(), at, &self.policy());
            if self.commit(decision).await?.is_none() {
                continue;
            }
            written += 1;
            if self.told().wrote(&news, now) {
                raised(&attack);
            }
        }
        Ok(written)
    }

    /// What the windows show, and what was held back of text messages.
    async fn seen_attacks(&self, now: Moment) -> Result<Vec<Attack>, Fault> {
        let mut attacks = match self.watch().learnt() {
            Some(learnt) => self.shown_attacks(learnt, now).await?,
            None => Vec::new(),
        };
        attacks.extend(self.pumped(now));
        Ok(attacks)
    }

    async fn shown_attacks(&self, learnt: u64, now: Moment) -> Result<Vec<Attack>, Fault> {
        if let Some(attacks) = self.told().again(learnt, now) {
            return Ok(attacks);
        }
        let Some(copied) = self.watch().copied(now).await else {
            return Ok(Vec::new());
        };
        let looked = tokio::task::spawn_blocking(move || found(&copied, &Limits::SHIPPED)).await;
        let attacks = looked.map_err(|_| Fault::Internal {
            what: "attacks could not be looked for",
        })?;
        self.told().show(learnt, now, &attacks);
        Ok(attacks)
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
