//! Answers that open a session, and those that open none.

use super::*;
use crate::bytes::{CounterKey, Digest, Sealed, TokenHash};
use crate::change::Stands;
use crate::device::FreshReuse;
use crate::id::{ChallengeId, CredentialId, DeviceId, InteractionId, NoticeId, SessionId};
use crate::known::{ChallengeKnown, InteractionKind};
use crate::login::ChannelKind;
use crate::moment::Span;
use crate::proof::CodeProved;
use crate::sample::{NOW, channels, context, customer, passkey, policy};

const SEEN: CredentialSeen = CredentialSeen {
    id: CredentialId([5; 16]),
    revision: 3,
};

fn stored(revision: i64) -> Option<CredentialKnown> {
    Some(CredentialKnown {
        id: SEEN.id,
        customer: customer(1).id,
        hash: "hash".into(),
        revision,
        set: NOW,
        void: None,
    })
}

fn facts(password: Option<CredentialSeen>, credential: Option<CredentialKnown>) -> Facts {
    let interaction = InteractionKnown {
        id: InteractionId([3; 16]),
        kind: InteractionKind::SignIn,
        customer: Some(customer(1)),
        state: Sealed(vec![3; 40]),
        expires: NOW.plus(Span::minutes(30)),
        codes: 1,
        revision: 1,
    };
    let (id, bound) = (
        ChallengeId([4; 16]),
        Bound::Interaction(interaction.id).digest(),
    );
    Facts {
        interaction,
        customer: customer(1),
        methods: vec![Method::Password],
        password,
        credential,
        tried: Tried::Code(Some(ChallengeKnown {
            id,
            kind: ChannelKind::Mail,
            bound,
            code: Digest([0; 32]),
            sent: NOW,
            expires: NOW.plus(Span::minutes(10)),
        })),
        factor: Some(FactorProved::MailCode(CodeProved::assert_code(
            id, bound, NOW,
        ))),
        passkeys: Usable::default(),
        admission: Admission::Admitted,
        presented: Presented::Unknown,
        channels: channels(),
        session: FreshSession {
            id: SessionId([6; 16]),
            token: TokenHash([6; 32]),
            device: (DeviceId([6; 16]), TokenHash([7; 32])),
            report: (TokenHash([8; 32]), "ABCDE-12345".into()),
            notice: NoticeId([8; 16]),
            reuse: FreshReuse {
                report: (TokenHash([9; 32]), "ABCDE-12346".into()),
                notice: NoticeId([9; 16]),
            },
        },
        decision: DecisionId([9; 16]),
        now: NOW,
    }
}

fn decided(facts: &Facts) -> Decision {
    let attempt = Attempt {
        context: context(),
        tries: CounterKey([1; 16]),
        sends: CounterKey([2; 16]),
    };
    decide(&attempt, facts, &policy())
}

fn opens(decision: &Decision) -> bool {
    let opened = |change: &Change| matches!(change, Change::SessionOpened { .. });
    decision.changes.iter().any(opened)
}

#[test]
fn a_session_opens_only_while_the_password_stands_that_the_conversation_began_with() {
    let right = decided(&facts(Some(SEEN), stored(3)));
    assert!(opens(&right));
    assert_eq!(
        right.changes.first(),
        Some(&Change::Stands(Stands::Password(SEEN)))
    );
    for (password, credential) in [
        (Some(SEEN), stored(4)),
        (Some(SEEN), None),
        (None, stored(3)),
        (None, None),
    ] {
        let decision = decided(&facts(password, credential));
        assert_eq!(decision.reasons(), [Reason::CredentialMismatch]);
        assert!(!opens(&decision));
    }
}

#[test]
fn a_conversation_that_began_before_the_passkey_counted_ends_in_no_session() {
    let mut facts = facts(Some(SEEN), stored(3));
    let mut one = passkey(1);
    one.created = NOW.minus(Span::days(30));
    facts.passkeys = Usable::of(&[one], Some("example.jp"), &policy());
    let decision = decided(&facts);
    assert_eq!(decision.reasons(), [Reason::PasskeyNeeded]);
    assert!(!opens(&decision));
}

#[test]
fn where_the_policy_says_so_only_sign_ins_from_a_new_device_are_told() {
    use crate::policy::SignInNotice::{Always, Unusual};
    let token = TokenHash([1; 32]);
    let known = Presented::Current(DeviceId([1; 16]), token);
    for (sign_in, presented, told) in [
        (Always, known, 2),
        (Always, Presented::Unknown, 2),
        (Unusual, known, 0),
        (Unusual, Presented::Recent(DeviceId([1; 16])), 0),
        (Unusual, Presented::Unknown, 2),
        (Unusual, Presented::Shared, 2),
        (Unusual, Presented::Forgotten, 2),
    ] {
        let mut facts = facts(Some(SEEN), stored(3));
        facts.presented = presented;
        let mut policy = policy();
        policy.notice.sign_in = sign_in;
        let attempt = Attempt {
            context: context(),
            tries: CounterKey([1; 16]),
            sends: CounterKey([2; 16]),
        };
        let decision = decide(&attempt, &facts, &policy);
        assert!(opens(&decision));
        assert_eq!(decision.notices.len(), told, "{sign_in:?} {presented:?}");
    }
}
