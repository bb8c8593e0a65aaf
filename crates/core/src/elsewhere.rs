//! Whether a session is used from where its last proof was given.
//!
//! A cookie can be copied; what was proved cannot. So a session keeps from which network, country
//! and program it was proved, and what comes from elsewhere has less of it, or nothing. It is no
//! proof that the visitor is the customer: whoever copied the cookie may imitate the program and
//! rent a line next door, and then reads, but changes nothing without a proof of their own.
//!
//! **Invariant:** a session that nobody compared counts as moved; what is not known on one of both
//! sides is no difference.

use crate::access::{Act, Visit};
use crate::bytes::TokenHash;
use crate::change::{Change, SessionStrange};
use crate::client_family::ClientFamily;
use crate::context::{Context, Country};
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{DecisionId, NoticeId};
use crate::known::{ChannelKnown, SessionKnown};
use crate::moment::{Moment, Span};
use crate::notice::NoticeKind;
use crate::policy::{ElsewherePolicy, Policy};
use crate::reason::Reason;
use crate::sighting::Ending;
use crate::step_up::{failed, told};
use crate::verdict::Verdict;
use secrecy::SecretString;

/// How long nothing more is written down of a session that is used elsewhere (ours): one row an
/// hour is enough to see it by, and a copied cookie must not fill the history.
pub const QUIET: Span = Span::hours(1);

/// From where something was proved, as a session keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProofPlace {
    /// The /24 or /48 network.
    pub network: Option<[u8; 16]>,
    /// The autonomous system.
    pub system: Option<u32>,
    /// The country.
    pub country: Option<Country>,
    /// The program family.
    pub client: Option<ClientFamily>,
}

impl From<&Context> for ProofPlace {
    fn from(context: &Context) -> Self {
        Self {
            network: context.address.map(|address| address.network()),
            system: context.place.system,
            country: context.place.country,
            client: context.client,
        }
    }
}

/// What the place of a request is to the place of the last proof; the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Elsewhere {
    /// The same, as far as is known.
    Same,
    /// Another line or another program: a telephone that left the house, a page asked for as on a
    /// computer.
    Moved,
    /// Another country.
    Away,
    /// Another program on another line: a browser does not turn into another one.
    Taken,
}

impl ProofPlace {
    /// What a request from `now` is to a proof given here.
    #[must_use]
    pub fn to(&self, now: &Self) -> Elsewhere {
        let country = differs(self.country, now.country);
        // A mobile operator hands out another network every few minutes, but stays itself.
        let line = match (self.system, now.system) {
            (Some(one), Some(other)) => one != other,
            _ => differs(self.network, now.network),
        };
        let client = differs(self.client, now.client);
        match (client, line || country, country) {
            (true, true, _) => Elsewhere::Taken,
            (false, _, true) => Elsewhere::Away,
            (false, false, _) => Elsewhere::Same,
            (true, false, _) | (false, true, false) => Elsewhere::Moved,
        }
    }
}

fn differs<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one != other)
}

/// What a session is good for at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// For all that was proved in it.
    Whole,
    /// For what needs no proof of lately.
    Stale,
    /// For nothing: the customer signs in.
    Nothing,
}

impl Elsewhere {
    /// What a session is good for there.
    #[must_use]
    pub const fn leaves(self, policy: ElsewherePolicy) -> Use {
        match (policy, self) {
            (ElsewherePolicy::Ignore, _) | (_, Self::Same) => Use::Whole,
            (ElsewherePolicy::SignIn, Self::Away | Self::Taken) => Use::Nothing,
            (ElsewherePolicy::Prove | ElsewherePolicy::SignIn, _) => Use::Stale,
        }
    }
}

/// What is known of a session that is used in another country or by another program.
#[derive(Debug)]
pub struct Facts {
    /// The session.
    pub session: SessionKnown,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// The code by which the customer can say "this was not me": its hash and its text.
    pub report: (TokenHash, SecretString),
    /// Fresh ids, of this decision and of the message.
    pub fresh: (DecisionId, NoticeId),
    /// Now.
    pub now: Moment,
}

/// Whether it is time to write down that a session is used elsewhere.
#[must_use]
pub fn is_due(session: &SessionKnown, now: Moment, policy: &Policy) -> bool {
    let far = matches!(session.elsewhere, Elsewhere::Away | Elsewhere::Taken);
    let quiet = session.strange.is_some_and(|at| now.since(at) < QUIET);
    far && !quiet && policy.session.elsewhere != ElsewherePolicy::Ignore
}

/// Writes down that a session is used elsewhere; of another program on another line the customer
/// is told, once for each session.
pub fn decide(context: &Context, facts: &Facts, policy: &Policy) -> Decision {
    let (session, now) = (&facts.session, facts.now);
    let customer = session.customer.id;
    let entry = Entry {
        id: facts.fresh.0,
        at: now,
        act: Act::Continue,
        actor: Actor::Customer,
        customer: Some(customer),
        operation: None,
        verdict: match session.elsewhere.leaves(policy.session.elsewhere) {
            Use::Nothing => Verdict::Refuse,
            Use::Stale | Use::Whole => Verdict::Allow,
        },
        reasons: vec![Reason::SessionElsewhere],
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    };
    let visit = Visit {
        customer,
        context,
        application: None,
        ending: Ending::Failure,
    };
    let access = visit.access(&entry);
    let mut decision = Decision::of(entry)
        .with([Change::SessionStrange(SessionStrange {
            id: session.id,
            at: now,
            since: session.strange,
        })])
        .with(failed(context, now));
    decision.access = Some(access);
    if session.elsewhere != Elsewhere::Taken || session.strange.is_some() {
        return decision;
    }
    let (code, report) = facts.report.clone();
    let issued = crate::report::issued(code, &decision.entry, customer, policy);
    let kind = NoticeKind::SessionElsewhere {
        report,
        place: context.describe(),
    };
    let expires = now.plus(kind.life(policy));
    let notices = told(
        &facts.channels,
        (&session.customer, facts.fresh.1),
        &kind,
        expires,
    );
    decision.with([issued]).telling(notices)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{NOW, channels, context, policy, session};

    const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0";
    const IPHONE: &str = "Mozilla/5.0 (iPhone) Safari/605.1";

    fn place(network: u8, system: Option<u32>, country: &str, client: &str) -> ProofPlace {
        ProofPlace {
            network: (network > 0).then_some([network; 16]),
            system,
            country: Country::parse(country),
            client: (!client.is_empty()).then(|| ClientFamily::of(client)),
        }
    }

    #[test]
    fn another_program_on_another_line_is_taken_and_a_roaming_telephone_is_not() {
        let home = place(1, Some(10), "JP", WINDOWS);
        let cases = [
            (home, Elsewhere::Same),
            (place(2, Some(10), "JP", WINDOWS), Elsewhere::Same),
            (place(1, Some(11), "JP", WINDOWS), Elsewhere::Moved),
            (place(2, None, "JP", WINDOWS), Elsewhere::Moved),
            (place(1, None, "JP", WINDOWS), Elsewhere::Same),
            (place(2, Some(10), "JP", IPHONE), Elsewhere::Moved),
            (place(2, Some(11), "US", WINDOWS), Elsewhere::Away),
            (place(1, Some(10), "US", WINDOWS), Elsewhere::Away),
            (place(2, Some(11), "JP", IPHONE), Elsewhere::Taken),
            (place(1, Some(10), "US", IPHONE), Elsewhere::Taken),
            (place(2, None, "", IPHONE), Elsewhere::Taken),
            (place(0, None, "", IPHONE), Elsewhere::Moved),
            (place(0, None, "", ""), Elsewhere::Same),
        ];
        for (now, expected) in cases {
            assert_eq!(home.to(&now), expected, "{now:?}");
            assert_eq!(now.to(&home), expected, "the other way: {now:?}");
        }
        let unknown = ProofPlace::default();
        assert_eq!(
            unknown.to(&home),
            Elsewhere::Same,
            "of before this was kept"
        );
    }

    #[test]
    fn the_policy_says_what_is_left_of_a_session() {
        use ElsewherePolicy::{Ignore, Prove, SignIn};
        for (elsewhere, ignored, proved, signed_in) in [
            (Elsewhere::Same, Use::Whole, Use::Whole, Use::Whole),
            (Elsewhere::Moved, Use::Whole, Use::Stale, Use::Stale),
            (Elsewhere::Away, Use::Whole, Use::Stale, Use::Nothing),
            (Elsewhere::Taken, Use::Whole, Use::Stale, Use::Nothing),
        ] {
            assert_eq!(elsewhere.leaves(Ignore), ignored);
            assert_eq!(elsewhere.leaves(Prove), proved);
            assert_eq!(elsewhere.leaves(SignIn), signed_in);
        }
    }

    fn facts(elsewhere: Elsewhere, strange: Option<Span>) -> Facts {
        Facts {
            session: SessionKnown {
                elsewhere,
                strange: strange.map(|ago| NOW.minus(ago)),
                ..session(1, 1)
            },
            channels: channels(),
            report: (TokenHash([7; 32]), "ABCDE-12345".into()),
            fresh: (DecisionId([9; 16]), NoticeId([8; 16])),
            now: NOW,
        }
    }

    #[test]
    fn it_is_written_down_once_an_hour_and_told_once() {
        let policy = policy();
        let due = |facts: Facts| is_due(&facts.session, NOW, &policy);
        assert!(!due(facts(Elsewhere::Same, None)));
        assert!(!due(facts(Elsewhere::Moved, None)), "they happen daily");
        assert!(due(facts(Elsewhere::Away, None)));
        assert!(due(facts(Elsewhere::Taken, Some(QUIET))));
        assert!(!due(facts(Elsewhere::Taken, Some(Span(QUIET.0 - 1)))));
        for (elsewhere, strange, messages) in [
            (Elsewhere::Taken, None, 2),
            (Elsewhere::Taken, Some(QUIET), 0),
            (Elsewhere::Away, None, 0),
        ] {
            let decision = decide(&context(), &facts(elsewhere, strange), &policy);
            assert_eq!(decision.notices.len(), messages, "{elsewhere:?}");
            assert_eq!(decision.verdict(), &Verdict::Refuse);
            assert_eq!(decision.reasons(), [Reason::SessionElsewhere]);
            assert!(decision.access.is_some(), "the customer sees it");
        }
    }
}
