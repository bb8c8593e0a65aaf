//! The outbox worker: claims messages that are due and hands them to the next server.
//!
//! A message is claimed in a commit of its own, so that several nodes do not send it twice; a node
//! that dies with a claim lets go of it after [`deliver::CLAIM`]. Delivery is at least once.
//!
//! **Invariant:** whatever a server answers is recorded, and a message leaves the outbox only as
//! sent or dead.

use std::collections::HashMap;
use std::time::Duration;

use sekisho_core::deliver::{self, Delivery};
use sekisho_core::id::NoticeId;
use sekisho_core::known::NoticeKnown;
use sekisho_core::notice::{CampaignNotice, Carrier};
use sekisho_core::pump::{self, Counter, Texting};
use sekisho_core::reason::Reason;
use sekisho_core::verdict::Verdict;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::acts::console_health::Part;
use crate::delivery::Channels;
use crate::fault::Fault;
use crate::gate::Gate;
use crate::notices::Message;

/// How often the outbox is looked at without being woken.
const PAUSE: Duration = Duration::from_secs(1);
/// Deliveries of one kind at once. Mail and text messages have their own, so that a server that is
/// slow or silent keeps only its own messages waiting.
const SLOTS: u32 = 16;
/// Of these, those that messages of campaigns may fill: the others are kept for what is waited for.
const LATER: usize = 8;
/// The longest time for one delivery.
const PATIENCE: Duration = Duration::from_secs(60);

impl Gate {
    /// Delivers messages until `stop`; then finishes those under way.
    pub async fn deliver(&self, channels: Channels, stop: CancellationToken) {
        tokio::join!(
            self.carry(Carrier::Mail, &channels, &stop),
            self.carry(Carrier::Push, &channels, &stop),
            self.carry(Carrier::Sms, &channels, &stop),
        );
    }

    /// Keeps the slots of one kind filled: whatever is done makes room for the next.
    async fn carry(&self, kind: Carrier, channels: &Channels, stop: &CancellationToken) {
        let mut under_way = JoinSet::new();
        let mut ids = HashMap::new();
        while !stop.is_cancelled() {
            if let Err(fault) = self.fill(kind, channels, (&mut under_way, &mut ids)).await {
                tracing::warn!(error = %fault, "the outbox could not be read");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                Some(done) = under_way.join_next() => {
                    if let Ok((id, _)) = &done {
                        ids.remove(id);
                    }
                    settled(done);
                }
                () = self.outbox(kind).notified() => {}
                () = tokio::time::sleep(PAUSE) => {
                    // Of a task that broke off nobody knows the id any more.
                    if under_way.is_empty() {
                        ids.clear();
                    }
                }
            }
        }
        while let Some(done) = under_way.join_next().await {
            settled(done);
        }
    }

    /// Takes as many messages as there are free slots.
    async fn fill(
        &self,
        kind: Carrier,
        channels: &Channels,
        slots: (&mut JoinSet<Done>, &mut HashMap<NoticeId, bool>),
    ) -> Result<(), Fault> {
        let (under_way, ids) = slots;
        let free = (SLOTS as usize).saturating_sub(under_way.len());
        if free == 0 {
            return Ok(());
        }
        // Those under way may not be claimed yet, and so be found again.
        let due = self
            .store()
            .notices_due(kind, self.now(), 2 * SLOTS)
            .await?;
        let mut later = ids.values().filter(|later| **later).count();
        let mut fits = |notice: &NoticeKnown| {
            let is_later = CampaignNotice::is_template(&notice.template);
            later += usize::from(is_later);
            !is_later || later <= LATER
        };
        let fresh: Vec<_> = due
            .into_iter()
            .filter(|notice| !ids.contains_key(&notice.id) && fits(notice))
            .take(free)
            .collect();
        for notice in fresh {
            ids.insert(notice.id, CampaignNotice::is_template(&notice.template));
            let (gate, channels) = (self.clone(), channels.clone());
            under_way.spawn(async move {
                let id = notice.id;
                (id, gate.deliver_one(&channels, notice).await)
            });
        }
        Ok(())
    }

    /// Delivers what is due now; answers how many messages were taken.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn deliver_due(&self, channels: &Channels) -> Result<usize, Fault> {
        let (mut under_way, mut ids) = (JoinSet::new(), HashMap::new());
        let mut taken = 0;
        for kind in Carrier::ALL {
            self.fill(kind, channels, (&mut under_way, &mut ids))
                .await?;
        }
        while let Some(done) = under_way.join_next().await {
            taken += usize::from(settled(done));
        }
        Ok(taken)
    }

    async fn deliver_one(&self, channels: &Channels, notice: NoticeKnown) -> Result<Taken, Fault> {
        let (policy, now) = (self.policy(), self.now());
        let opened = self.danger_open_notice(&notice);
        let texting = match &opened {
            Ok(message) => self.texting(&notice, message, channels).await?,
            Err(_) => None,
        };
        let fresh = self.fresh_decision(now)?;
        let claim = deliver::decide_claim(&notice, fresh, (now, &policy), texting.as_ref());
        match self.commit(claim).await? {
            // Taken by another worker, or others were counted meanwhile: then it is found again.
            None => return Ok(Taken::Elsewhere),
            Some(dropped) if *dropped.verdict() == Verdict::Refuse => {
                dropped_for(&notice, dropped.reasons());
                return Ok(Taken::Here);
            }
            Some(_) => {}
        }
        let delivery = match &opened {
            Ok(message) => self.hand_over(channels, &notice, message).await,
            Err(fault) => Delivery::Rejected(fault.to_string()),
        };
        let now = self.now();
        count(notice.kind, outcome_word(&delivery));
        // That a phone is gone says nothing of the way to it.
        if !matches!(delivery, Delivery::Accepted | Delivery::Gone(_)) {
            self.kept().note_failed(Part::Carrier(notice.kind), now);
        }
        let decided = deliver::decide(
            &notice,
            &delivery,
            self.fresh_decision(now)?,
            (now, &policy),
        );
        let _recorded = self.commit(decided).await?;
        if let (Delivery::Gone(_), Ok(message)) = (&delivery, &opened) {
            self.push_gone(&notice, message).await?;
        }
        Ok(Taken::Here)
    }

    /// What the guard has to know of a text message that an outsider can ask for.
    async fn texting(
        &self,
        notice: &NoticeKnown,
        message: &Message,
        channels: &Channels,
    ) -> Result<Option<Texting>, Fault> {
        if notice.kind != Carrier::Sms || !pump::is_guarded(&notice.template) {
            return Ok(None);
        }
        let policy = self.policy();
        let (number, text) = (message.to.as_str(), &policy.text);
        let country = text.country_of(number).map_or("", |country| &country.code);
        let named = [
            ("text_number", number),
            ("text_prefix", text.prefix_of(number)),
            ("text_country", country),
            ("text_budget", ""),
            ("text_prefix_unanswered", text.prefix_of(number)),
            ("text_unanswered", country),
        ];
        let keys = named.map(|(what, of)| self.keys().counter(what, of.as_bytes(), None));
        let stored = self.store().tries_of(&keys).await?;
        let mut counters = keys.map(|key| Counter { key, tries: None });
        for (counter, stored) in counters.iter_mut().zip(stored) {
            counter.tries = stored.tries;
        }
        let rendered = crate::notice_text::render(&message.body, notice.locale, channels.brand());
        let [
            number_of,
            prefix,
            land,
            money,
            prefix_unanswered,
            unanswered,
        ] = counters;
        Ok(Some(Texting {
            number: number.to_owned(),
            parts: pump::parts(&rendered.body),
            counters: [number_of, prefix, land, money],
            unanswered: [prefix_unanswered, unanswered],
        }))
    }

    async fn hand_over(
        &self,
        channels: &Channels,
        notice: &NoticeKnown,
        message: &Message,
    ) -> Delivery {
        let rendered = crate::notice_text::render(&message.body, notice.locale, channels.brand());
        let handed = async {
            match notice.kind {
                Carrier::Mail => channels.mail(notice.id, &message.to, &rendered).await,
                Carrier::Push => self.push_out(notice, message, &rendered).await,
                Carrier::Sms => channels.sms(notice.id, &message.to, &rendered).await,
            }
        };
        let late = |_| Delivery::Unavailable("no answer within 60 s".to_owned());
        tokio::time::timeout(PATIENCE, handed)
            .await
            .unwrap_or_else(late)
    }
}

type Done = (NoticeId, Result<Taken, Fault>);

/// Whether a delivery took place here; says what went wrong with it.
fn settled(done: Result<Done, JoinError>) -> bool {
    match done {
        Ok((_, Ok(taken))) => return matches!(taken, Taken::Here),
        Ok((_, Err(fault))) => tracing::warn!(error = %fault, "a delivery could not be recorded"),
        Err(broken) => tracing::error!(error = %broken, "a delivery broke off"),
    }
    false
}

/// A message was dropped before it was handed over. Of the number nothing is said.
fn dropped_for(notice: &NoticeKnown, reasons: &[Reason]) {
    match reasons.first() {
        None | Some(Reason::Expired) => count(notice.kind, "expired"),
        Some(reason) => {
            count(notice.kind, "guarded");
            metrics::counter!("sekisho_texts_guarded_total", "reason" => reason.code().to_owned())
                .increment(1);
            tracing::info!(
                notice = %notice.id,
                reason = reason.code(),
                "a text message was not sent"
            );
        }
    }
}

enum Taken {
    Here,
    Elsewhere,
}

fn count(kind: Carrier, outcome: &'static str) {
    let channel = kind.word();
    metrics::counter!("sekisho_deliveries_total", "channel" => channel, "outcome" => outcome)
        .increment(1);
}

fn outcome_word(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Accepted => "accepted",
        Delivery::Gone(_) => "gone",
        Delivery::Rejected(_) => "rejected",
        Delivery::Later { .. } | Delivery::Unavailable(_) => "unavailable",
    }
}
