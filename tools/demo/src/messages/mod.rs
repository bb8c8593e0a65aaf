//! The message box: where the mails and text messages of the demo arrive, to be read by people on a
//! page and by programs as JSON.
//!
//! **Invariant:** nothing that arrives leaves this process, and at most [`MOST`] messages are kept.

mod dialogue;
mod mime;
mod page;
mod smtp;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use sekisho_core::moment::Moment;
use sekisho_gate::Clock;
use serde::Serialize;
use tokio::sync::watch;

pub use page::router;
pub use smtp::receive;

/// Messages kept; older ones fall out.
pub const MOST: usize = 1_000;

/// How a message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// By SMTP.
    Mail,
    /// Through the gateway for text messages.
    Sms,
}

/// A message that arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Counts up from 1.
    pub number: usize,
    /// How it came.
    pub way: Way,
    /// The address or phone number.
    pub to: String,
    /// The subject of a mail; empty for a text message.
    pub subject: String,
    /// The text.
    pub body: String,
    /// When it arrived, microseconds since the epoch.
    #[serde(skip)]
    pub at: Moment,
}

/// The box itself; cloning it is cheap.
#[derive(Clone)]
pub struct MessageBox(Arc<Inner>);

struct Inner {
    kept: Mutex<VecDeque<Message>>,
    arrived: watch::Sender<usize>,
    clock: Clock,
}

impl MessageBox {
    /// An empty box.
    pub fn new(clock: Clock) -> Self {
        Self(Arc::new(Inner {
            kept: Mutex::default(),
            arrived: watch::channel(0).0,
            clock,
        }))
    }

    /// Keeps a message.
    pub fn put(&self, way: Way, to: String, subject: String, body: String) {
        let at = self.0.clock.now();
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let number = *self.0.arrived.borrow() + 1;
        if kept.len() == MOST {
            kept.pop_front();
        }
        kept.push_back(Message {
            number,
            way,
            to,
            subject,
            body,
            at,
        });
        // Within the lock, so that numbers and order agree.
        self.0.arrived.send_replace(number);
    }

    /// The messages with a number above `beyond`, oldest first.
    pub fn beyond(&self, beyond: usize) -> Vec<Message> {
        let kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let new = |message: &&Message| message.number > beyond;
        kept.iter().filter(new).cloned().collect()
    }

    /// Returns when there is a message with a number above `beyond`.
    pub async fn await_beyond(&self, beyond: usize) {
        let mut arrivals = self.0.arrived.subscribe();
        // The sender lives in `self`, so this ends by an arrival alone.
        let _ = arrivals.wait_for(|count| *count > beyond).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_fall_out_and_numbers_go_on() {
        let kept = MessageBox::new(Clock::danger_set(Moment(0)));
        for _ in 0..=MOST {
            kept.put(Way::Sms, "+819000000000".into(), String::new(), "x".into());
        }
        let all = kept.beyond(0);
        assert_eq!((all.len(), all[0].number), (MOST, 2));
        assert_eq!(kept.beyond(MOST).len(), 1);
    }
}
