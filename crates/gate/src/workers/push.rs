//! A request on its way to a phone: encrypted for its browser, signed by the key it knows.
//!
//! **Invariant:** nothing goes out but for the open request, and a push service reads neither what
//! is asked nor by whom.

use sekisho_core::deliver::Delivery;
use sekisho_core::known::NoticeKnown;
use sekisho_core::moment::Span;
use sekisho_seal::push::{Vapid, authorization, seal_message};
use sekisho_seal::token::{Token, TokenKind};
use serde::Serialize;

use crate::acts::approver::subscription;
use crate::delivery::{Outgoing, Push};
use crate::fault::Fault;
use crate::gate::Gate;
use crate::notice_text::Rendered;
use crate::notices::{Body, Message, PushBody};
use crate::steps::push::Destination;

/// For how long a statement of who we are counts: longer than a clock may be wrong, and far below
/// the day that RFC 8292 section 2 allows.
const STATED: Span = Span::hours(1);

/// What a service worker reads.
#[derive(Serialize)]
struct Payload<'a> {
    title: &'a str,
    body: &'a str,
    request: &'a str,
}

impl Gate {
    /// Hands a request to the push service of a phone.
    pub(crate) async fn push_out(
        &self,
        notice: &NoticeKnown,
        message: &Message,
        rendered: &Rendered,
    ) -> Delivery {
        let Some(push) = self.push() else {
            return Delivery::Unavailable(
                "no push is configured ([push] in the configuration)".into(),
            );
        };
        let Ok(to) = serde_json::from_str::<Destination>(&message.to) else {
            return Delivery::Rejected("the address of the phone cannot be read".into());
        };
        match self
            .push_ready(notice, &to, (message, rendered), push)
            .await
        {
            Ok(Some(outgoing)) => push.send(&to.subscribed.endpoint, &outgoing).await,
            Ok(None) => Delivery::Rejected("the request is over, or the phone was removed".into()),
            Err(fault) => Delivery::Unavailable(fault.to_string()),
        }
    }

    /// The phone that a message was for is gone.
    pub(crate) async fn push_gone(
        &self,
        notice: &NoticeKnown,
        message: &Message,
    ) -> Result<(), Fault> {
        let to = serde_json::from_str::<Destination>(&message.to).ok();
        match notice.customer.zip(to) {
            Some((customer, to)) => self.approver_gone(customer, to.approver).await,
            None => Ok(()),
        }
    }

    /// The message for a phone, if there still is something to approve on it.
    async fn push_ready(
        &self,
        notice: &NoticeKnown,
        to: &Destination,
        (message, rendered): (&Message, &Rendered),
        push: &Push,
    ) -> Result<Option<Outgoing>, Fault> {
        let (Some(customer), Body::Push(PushBody::Approve { secret })) =
            (notice.customer, &message.body)
        else {
            return Ok(None);
        };
        let (now, open) = (self.now(), self.store().push(customer).await?);
        let token = Token::parse(TokenKind::Push, secret);
        let ours = token.zip(open).filter(|(token, open)| {
            token.hash() == open.secret && open.approved.is_none() && open.expires > now
        });
        let approvers = self.store().approvers(customer).await?;
        let there = approvers.iter().any(|known| known.id == to.approver);
        let browser = subscription(&to.subscribed.p256dh, &to.subscribed.auth);
        let origin = push.origin(&to.subscribed.endpoint);
        let (Some((_, open)), true, Some(browser), Some(origin)) = (ours, there, browser, origin)
        else {
            return Ok(None);
        };
        let Some(key) = self.push_key_of(&to.key).await? else {
            return Ok(None);
        };
        let claims = Vapid {
            aud: &origin,
            exp: now.plus(STATED).0 / 1_000_000,
            sub: push.contact(),
        };
        // What a screen shows at once; the rest of a message is for those who read.
        let said = rendered.body.split_once("\n\n");
        let payload = serde_json::to_vec(&Payload {
            title: &rendered.subject,
            body: said.map_or(rendered.body.as_str(), |(first, _)| first),
            request: secret,
        });
        let payload = payload.map_err(|_| Fault::Internal {
            what: "a message to a phone is not JSON",
        })?;
        let chance = (self.dice().bytes()?, self.dice().bytes()?);
        Ok(Some(Outgoing {
            authorization: authorization(&key, &claims)?,
            body: seal_message(&browser, &payload, chance)?,
            life: open.expires.since(now).as_seconds(),
        }))
    }
}
