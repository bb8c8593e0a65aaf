//! One-time codes: what they are bound to, where they go, how another one is sent.
//!
//! **Invariant:** a code is bound before it is sent, and the counter of wrong answers runs on
//! across codes.

use crate::access::Act;
use crate::bound::Bound;
use crate::bytes::Digest;
use crate::change::Change;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::guess::Sends;
use crate::id::{ChallengeId, CustomerId, DecisionId, NoticeId};
use crate::known::{ChallengeKnown, ChannelKnown, ChannelPurpose, CustomerKnown, InteractionKnown};
use crate::login::ChannelKind;
use crate::moment::{Moment, Span};
use crate::notice::{Locale, Notice, NoticeKind, Recipient};
use crate::policy::{FactorPolicy, Policy};
use crate::proof::Method;
use crate::reason::Reason;
use crate::verdict::Verdict;
use secrecy::SecretString;

/// A code that gate drew and hashed.
#[derive(Clone, Debug)]
pub struct FreshChallenge {
    /// The id.
    pub id: ChallengeId,
    /// The code, for the message.
    pub code: SecretString,
    /// Its keyed hash, bound to `id` and to what the code is for.
    pub hash: Digest,
    /// The id of the message.
    pub notice: NoticeId,
}

/// The method of a code that travels by `kind`.
#[must_use]
pub const fn method_of(kind: ChannelKind) -> Method {
    match kind {
        ChannelKind::Mail => Method::MailCode,
        ChannelKind::Sms => Method::SmsCode,
    }
}

/// The verified channel a code goes to: one that the policy allows, the dedicated address before a
/// text message, and that before mail.
#[must_use]
pub fn code_channel<'a>(channels: &'a [ChannelKnown], policy: &Policy) -> Option<&'a ChannelKnown> {
    let usable = |channel: &&ChannelKnown| {
        channel.verified.is_some() && policy.factor(method_of(channel.kind)) != FactorPolicy::Forbid
    };
    channels
        .iter()
        .filter(usable)
        .max_by_key(|channel| (channel.purpose == ChannelPurpose::Notice, channel.kind))
}

/// The change and the message that send `fresh` to `to`, in the place of the code that was `seen`.
#[must_use]
pub fn send(
    fresh: &FreshChallenge,
    bound: Digest,
    seen: Option<ChallengeId>,
    to: Addressee,
    life: Span,
) -> (Change, Notice) {
    let Addressee {
        customer,
        kind,
        recipient,
        locale,
        at,
    } = to;
    let sent = Change::ChallengeSent {
        id: fresh.id,
        notice: fresh.notice,
        customer,
        kind,
        bound,
        seen,
        code: fresh.hash,
        at,
        expires: at.plus(life),
    };
    let minutes = u16::try_from(life.as_seconds() / 60).unwrap_or(u16::MAX);
    let kind = NoticeKind::Code {
        code: fresh.code.clone(),
        minutes,
    };
    (
        sent,
        Notice {
            id: fresh.notice,
            customer,
            to: recipient,
            locale,
            expires: at.plus(life),
            kind,
        },
    )
}

/// To whom a code goes.
#[derive(Clone, Debug)]
pub struct Addressee {
    /// The customer, if known.
    pub customer: Option<CustomerId>,
    /// Mail or text message.
    pub kind: ChannelKind,
    /// Where.
    pub recipient: Recipient,
    /// In which language.
    pub locale: Locale,
    /// Now.
    pub at: Moment,
}

/// A customer's channel as the recipient of a message.
#[must_use]
pub fn recipient(channel: &ChannelKnown) -> Recipient {
    Recipient {
        kind: channel.kind.into(),
        channel: Some(channel.id),
        sealed: channel.sealed.clone(),
    }
}

/// `kind` on every verified channel of the customer, so that whoever took one of them over is not
/// the only one to read it.
#[must_use]
pub fn told(
    channels: &[ChannelKnown],
    to: (&CustomerKnown, NoticeId),
    kind: &NoticeKind,
    expires: Moment,
) -> Vec<Notice> {
    let (customer, id) = to;
    let verified = channels.iter().filter(|channel| channel.verified.is_some());
    let on = |(place, channel): (u8, &ChannelKnown)| Notice {
        id: id.on_channel(place),
        customer: Some(customer.id),
        to: recipient(channel),
        locale: customer.locale,
        expires,
        kind: kind.clone(),
    };
    (0..).zip(verified).map(on).collect()
}

/// What is known when another code is asked for.
#[derive(Debug)]
pub struct ResendFacts {
    /// The conversation.
    pub interaction: InteractionKnown,
    /// The unused code, if one was sent.
    pub challenge: Option<ChallengeKnown>,
    /// Where the code goes; `None` in a conversation that nothing can be sent in.
    pub to: Option<Addressee>,
    /// The customer who has the login of a registration already, and who is told so.
    pub taken: Option<CustomerId>,
    /// The counter of messages.
    pub sends: Sends,
    /// The new code.
    pub fresh: FreshChallenge,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Sends another code in a conversation, if there were not too many and the last one is not too
/// young. The counter of wrong answers is not touched: it counts across codes.
pub fn decide_resend(facts: &ResendFacts, policy: &Policy) -> Decision {
    let young = facts.challenge.as_ref().is_some_and(|challenge| {
        facts.now.since(challenge.sent) < Span::seconds(i64::from(policy.code.resend_seconds))
    });
    let over = facts.interaction.expires <= facts.now;
    let many = facts.interaction.codes >= i64::from(policy.code.most);
    let wanted = (!young && !over && !many).then_some(facts.to.clone());
    let to = wanted.flatten();
    let counting = facts.sends.count(facts.now, policy);
    let allowed = to.is_some() && counting.is_some();
    let reason = match to {
        Some(_) => Reason::TriesExhausted,
        None => Reason::Expired,
    };
    let decision = Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::StepUp,
        actor: Actor::Customer,
        customer: facts
            .interaction
            .customer
            .as_ref()
            .map(|customer| customer.id),
        operation: None,
        verdict: if allowed {
            Verdict::Allow
        } else {
            Verdict::Refuse
        },
        reasons: if allowed { vec![] } else { vec![reason] },
        policy: policy.version.clone(),
        facts: r#"{"resend":true}"#.to_owned(),
    });
    let (Some(to), Some(counting)) = (to, counting) else {
        return decision;
    };
    let InteractionKnown { id, revision, .. } = facts.interaction;
    let seen = facts.challenge.as_ref().map(|known| known.id);
    let (sent, mut notice) = send(
        &facts.fresh,
        Bound::Interaction(id).digest(),
        seen,
        to,
        policy.code_life(),
    );
    if facts.taken.is_some() {
        notice.customer = facts.taken;
        notice.kind = NoticeKind::SignUpAgain;
    }
    decision
        .with(counting)
        .with([Change::InteractionCodeSent { id, revision }, sent])
        .telling([notice])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::{BlindIndex, Sealed};
    use crate::id::ChannelId;
    use crate::known::CustomerState;
    use crate::text::Reference;

    #[test]
    fn every_verified_channel_is_told_and_no_other() {
        let customer = CustomerKnown {
            id: CustomerId([1; 16]),
            reference: Reference::parse("C-1").unwrap(),
            state: CustomerState::Active,
            revision: 1,
            created: Moment::default(),
            locale: Locale::Ja,
            contact_changed: None,
            contact_doubted: None,
            passkey_removed: None,
            pin_recovered: None,
        };
        let channel = |number, kind, verified| ChannelKnown {
            id: ChannelId([number; 16]),
            customer: customer.id,
            kind,
            purpose: ChannelPurpose::Login,
            sealed: Sealed(vec![number]),
            index: BlindIndex(vec![number]),
            verified,
        };
        let channels = [
            channel(1, ChannelKind::Mail, Some(Moment::default())),
            channel(2, ChannelKind::Mail, None),
            channel(3, ChannelKind::Sms, Some(Moment::default())),
        ];
        let to = (&customer, NoticeId([9; 16]));
        let notices = told(&channels, to, &NoticeKind::SignUpAgain, Moment(5));
        let ids: Vec<_> = notices.iter().map(|one| one.to.channel).collect();
        assert_eq!(ids, [Some(ChannelId([1; 16])), Some(ChannelId([3; 16]))]);
        assert_ne!(notices[0].id, notices[1].id);
    }
}
