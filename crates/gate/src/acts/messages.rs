//! What was really sent to a customer, for whoever asks "is this message from us?".
//!
//! **Invariant:** of a message leave its moment, its kind and a masked destination; text, code and
//! address do not.

use sekisho_core::id::{CustomerId, NoticeId};
use sekisho_core::known::{ChannelKnown, NoticeKnown, NoticeState};
use sekisho_core::login::Login;
use sekisho_core::moment::Moment;
use sekisho_core::notice::Carrier;

use super::account::Session;
use crate::fault::Fault;
use crate::gate::Gate;

/// Messages of one page.
const PAGE: u32 = 25;

/// A message as its customer sees it.
#[derive(Clone, Debug)]
pub struct SentMessage {
    /// When it was queued.
    pub at: Moment,
    /// By what it travelled.
    pub kind: Carrier,
    /// Where it went, masked, as long as that is known.
    pub masked: Option<String>,
    /// The word of its kind.
    pub template: String,
    /// Where it stands.
    pub state: NoticeState,
}

/// One page, newest first.
#[derive(Clone, Debug)]
pub struct MessagePage {
    /// The messages.
    pub rows: Vec<SentMessage>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

impl Gate {
    /// A page of the messages to a customer. A cursor that is not one of ours begins at the newest.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn messages(
        &self,
        session: &Session,
        before: Option<String>,
    ) -> Result<MessagePage, Fault> {
        self.messages_of(session.customer(), before).await
    }

    pub(super) async fn messages_of(
        &self,
        customer: CustomerId,
        before: Option<String>,
    ) -> Result<MessagePage, Fault> {
        let before = before.and_then(|cursor| {
            let (at, id) = cursor.split_once('.')?;
            Some((Moment(at.parse().ok()?), id.parse::<NoticeId>().ok()?))
        });
        let channels = self.store().channels(customer).await?;
        let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
        let mut found = self.store().notices_of(customer, before, PAGE + 1).await?;
        let more = found.len() > most;
        found.truncate(most);
        let last = found.last().filter(|_| more);
        let next = last.map(|notice| format!("{}.{}", notice.created.0, notice.id));
        let rows = found
            .iter()
            .map(|notice| SentMessage {
                at: notice.created,
                kind: notice.kind,
                masked: self.destination(notice, &channels),
                template: notice.template.clone(),
                state: notice.state,
            })
            .collect();
        Ok(MessagePage { rows, next })
    }

    /// Where a message went, masked: from the channel it was sent to, or from the message itself as
    /// long as it is kept.
    fn destination(&self, notice: &NoticeKnown, channels: &[ChannelKnown]) -> Option<String> {
        let channel = channels
            .iter()
            .find(|channel| Some(channel.id) == notice.channel);
        if let Some(channel) = channel {
            return Some(self.shown_channel(channel).ok()?.masked);
        }
        let message = self.danger_open_notice(notice).ok()?;
        Some(Login::parse(&message.to).ok()?.masked())
    }
}
