//! Approvals on a phone: asked for, shown, approved by number, and every way to misuse one.

use secrecy::ExposeSecret as _;
use sekisho_core::known::NoticeState;
use sekisho_core::moment::Span;
use sekisho_core::notice::Locale;
use sekisho_core::proof::Method;
use sekisho_gate::{
    ApprovalAbout, ApproveAnswer, ApproverAnswer, ApproverOffer, Body, Channels, Claim, CodeAnswer,
    Gate, ProveAnswer, PushBody, PushSent, PushState, PushTarget, Reported, Session, SignIn,
    SignInAnswer, Subscribing, Visitor,
};
use sekisho_sim::installation::{
    Installation, LOGIN, PASSWORD, other_code, typed, visitor as standing,
};

use super::passkey::session;
use super::push_host::{AUTH, P256DH, PushHost};

fn channels() -> Channels {
    Channels::new("ひので証券".to_owned(), None, None)
}

/// The browser of a customer who signed in there.
pub(super) struct Browser {
    pub(super) session: Session,
    pub(super) visitor: Visitor,
}

async fn browser(here: &Installation, address: [u8; 4]) -> Browser {
    let mut visitor = standing(address);
    let opened = here.signed_in(&visitor).await.unwrap();
    let device = opened.device.as_ref().unwrap();
    visitor.device = Some(device.text().expose_secret().to_owned());
    Browser {
        session: session(here, &opened).await,
        visitor,
    }
}

/// The usual customer with a phone that approves.
pub(super) async fn equipped(here: &Installation, service: &PushHost) -> Browser {
    here.customer("C-1", LOGIN).await.unwrap();
    let phone = browser(here, [203, 0, 113, 7]).await;
    let wanted = service.subscribing("phone");
    let added = here
        .gate
        .approver_add(&phone.session, &wanted, &phone.visitor);
    assert_eq!(added.await.unwrap(), ApproverAnswer::Done);
    phone
}

fn away() -> Visitor {
    standing([198, 51, 100, 9])
}

/// A sign-in elsewhere that waits for its second proof.
async fn begun(gate: &Gate, login: &str) -> String {
    let typed = SignIn {
        login: login.to_owned(),
        ..typed(PASSWORD, &away())
    };
    match gate.sign_in(typed).await.unwrap() {
        SignInAnswer::StepUp { interaction } => interaction.text().expose_secret().to_owned(),
        other => panic!("{other:?}"),
    }
}

/// What the newest message to a phone opens.
pub(super) async fn secret(here: &Installation) -> String {
    let messages = here.messages().await.unwrap();
    let found = messages
        .iter()
        .rev()
        .find_map(|message| match &message.body {
            Body::Push(PushBody::Approve { secret }) => Some(secret.clone()),
            _ => None,
        });
    found.unwrap()
}

pub(super) async fn asked(gate: &Gate, target: PushTarget<'_>, asker: &Visitor) -> String {
    assert!(gate.push_offered(target, asker).await.unwrap());
    assert_eq!(gate.push_ask(target, asker).await.unwrap(), PushSent::Sent);
    match gate.push_state(target, asker).await.unwrap() {
        PushState::Waits { number, .. } => number.expose_secret().to_owned(),
        other => panic!("{other:?}"),
    }
}

fn stands(state: &PushState) -> &'static str {
    match state {
        PushState::Approved => "approved",
        PushState::Over => "over",
        PushState::Waits { .. } => "waits",
    }
}

async fn answered(gate: &Gate, token: &str) -> CodeAnswer {
    gate.answer(token, Claim::Push, &away()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_typed_on_the_phone_signs_in_elsewhere_once() {
    let service = PushHost::start().await;
    for here in Installation::each_pushing("jsda-2025", &service.push())
        .await
        .unwrap()
    {
        let phone = equipped(&here, &service).await;
        let gate = &here.gate;
        let token = begun(gate, LOGIN).await;
        let target = PushTarget::Conversation(&token);
        let number = asked(gate, target, &away()).await;
        assert_eq!(number.len(), 6);
        let secret = secret(&here).await;
        // Nothing is proved yet, and a GET changes nothing.
        assert!(matches!(answered(gate, &token).await, CodeAnswer::Wrong));
        let shown = gate
            .approval(&secret, &phone.visitor, Locale::Ja)
            .await
            .unwrap();
        let shown = shown.unwrap();
        assert_eq!(shown.about, ApprovalAbout::SignIn);
        assert!(shown.place.contains("198.51.100"), "{}", shown.place);
        let typed: String = number.chars().map(full_width).collect();
        let approved = gate.approve(&secret, &typed, &phone.visitor).await.unwrap();
        assert_eq!(approved, ApproveAnswer::Approved);
        let again = gate
            .approve(&secret, &number, &phone.visitor)
            .await
            .unwrap();
        assert_eq!(again, ApproveAnswer::Over, "an approval is not given twice");
        let state = gate.push_state(target, &away()).await.unwrap();
        assert_eq!(stands(&state), "approved");
        let CodeAnswer::Opened(opened) = answered(gate, &token).await else {
            panic!("not opened")
        };
        let opened = session(&here, &opened).await;
        assert_eq!(opened.methods(), [Method::Password, Method::Push]);
        assert!(matches!(answered(gate, &token).await, CodeAnswer::Over));
    }
}

fn full_width(digit: char) -> char {
    char::from_u32(u32::from(digit) - u32::from('0') + u32::from('０')).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_shows_a_message_that_only_it_can_read_and_that_ends_in_time() {
    let service = PushHost::start().await;
    for here in Installation::each_pushing("jsda-2025", &service.push())
        .await
        .unwrap()
    {
        equipped(&here, &service).await;
        let token = begun(&here.gate, LOGIN).await;
        asked(&here.gate, PushTarget::Conversation(&token), &away()).await;
        let secret = secret(&here).await;
        service.taken();
        here.pass(Span::seconds(30));
        here.gate.deliver_due(&channels()).await.unwrap();
        let (head, body) = service.taken().pop().unwrap();
        for line in [
            "post /phone http/1.1",
            "content-encoding: aes128gcm",
            "urgency: high",
            "topic: approve",
            "ttl: 570",
            "authorization: vapid t=",
        ] {
            assert!(head.contains(line), "{line} in {head}");
        }
        assert_eq!(body.len(), 1127, "whatever it says");
        let text = String::from_utf8_lossy(&body);
        assert!(!text.contains(&secret) && !head.contains(&secret.to_lowercase()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_push_host_says_is_heeded() {
    let service = PushHost::start().await;
    for here in Installation::each_pushing("jsda-2025", &service.push())
        .await
        .unwrap()
    {
        let phone = equipped(&here, &service).await;
        let gate = &here.gate;
        let token = begun(gate, LOGIN).await;
        asked(gate, PushTarget::Conversation(&token), &away()).await;
        let waiting = || async {
            let waiting = gate.notices(NoticeState::Waiting, 1000).await.unwrap();
            waiting
                .iter()
                .filter(|notice| notice.template == "approve")
                .count()
        };
        service.taken();
        service.answer_next("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\n\r\n");
        gate.deliver_due(&channels()).await.unwrap();
        here.pass(Span::seconds(59));
        gate.deliver_due(&channels()).await.unwrap();
        assert_eq!(service.taken().len(), 1, "not before it said");
        here.pass(Span::seconds(1));
        service.answer_next("HTTP/1.1 500 Sorry\r\n\r\n");
        gate.deliver_due(&channels()).await.unwrap();
        here.pass(Span::seconds(20));
        service.answer_next("nothing that is HTTP\r\n");
        gate.deliver_due(&channels()).await.unwrap();
        assert_eq!((service.taken().len(), waiting().await), (2, 1));
        here.pass(Span::seconds(40));
        service.answer_next("HTTP/1.1 410 Gone\r\n\r\n");
        gate.deliver_due(&channels()).await.unwrap();
        assert_eq!(waiting().await, 0);
        let left = gate
            .approvers(&phone.session, &phone.visitor)
            .await
            .unwrap();
        assert!(left.rows.is_empty());
        let messages = here.messages().await.unwrap();
        let told = |message: &&sekisho_gate::Message| {
            matches!(message.body, Body::Push(PushBody::Removed { .. }))
        };
        assert_eq!(messages.iter().filter(told).count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed_and_an_unlisted_host_not_kept() {
    let service = PushHost::start().await;
    for here in Installation::each_pushing("jsda-2025", &service.push())
        .await
        .unwrap()
    {
        let phone = equipped(&here, &service).await;
        let gate = &here.gate;
        let add = async |wanted: &Subscribing| {
            let added = gate.approver_add(&phone.session, wanted, &phone.visitor);
            added.await.unwrap()
        };
        let usual = service.subscribing("x");
        for endpoint in [
            "https://evil.example/x",
            "http://localhost/x",
            "https://127.0.0.1/x",
        ] {
            let wanted = Subscribing {
                endpoint: endpoint.to_owned(),
                ..usual.clone()
            };
            assert_eq!(add(&wanted).await, ApproverAnswer::Unusable, "{endpoint}");
        }
        for (p256dh, auth) in [
            ("", AUTH),
            (P256DH, ""),
            (&P256DH[1..], AUTH),
            (AUTH, P256DH),
        ] {
            let wanted = Subscribing {
                p256dh: p256dh.to_owned(),
                auth: auth.to_owned(),
                ..usual.clone()
            };
            assert_eq!(add(&wanted).await, ApproverAnswer::Unusable);
        }
        let token = begun(gate, LOGIN).await;
        asked(gate, PushTarget::Conversation(&token), &away()).await;
        service.taken();
        service.answer_next("HTTP/1.1 307 There\r\nLocation: https://localhost:1/x\r\n\r\n");
        gate.deliver_due(&channels()).await.unwrap();
        assert_eq!(service.taken().len(), 1);
        let dead = gate.notices(NoticeState::Dead, 10).await.unwrap();
        assert_eq!(
            dead.iter().filter(|one| one.template == "approve").count(),
            1
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_numbers_end_the_request_and_lock_the_phone() {
    let service = PushHost::start().await;
    for here in Installation::each_pushing("jsda-2025", &service.push())
        .await
        .unwrap()
    {
        let phone = equipped(&here, &service).await;
        let gate = &here.gate;
        let token = begun(gate, LOGIN).await;
        let target = PushTarget::Conversation(&token);
        let number = asked(gate, target, &away()).await;
        let opened = secret(&here).await;
        let wrong = other_code(&number);
        let mut answers = Vec::new();
        for _ in 0..4 {
            answers.push(gate.approve(&opened, &wrong, &phone.visitor).await.unwrap());
        }
        use ApproveAnswer::{Over, Wrong};
        assert_eq!(answers, [Wrong, Wrong, Over, Over], "push.tries");
        let right = gate
            .approve(&opened, &number, &phone.visitor)
            .await
            .unwrap();
        assert_eq!(right, Over, "it ended");
        assert_eq!(
            stands(&gate.push_state(target, &away()).await.unwrap()),
            "over"
        );
        // Two more of another request, and the counter of numbers is at its limit.
        here.pass(Span::seconds(31));
        let number = asked(gate, target, &away()).await;
        let opened = secret(&here).await;
        for _ in 0..2 {
            let wrong = other_code(&number);
            let _counted = gate.approve(&opened, &wrong, &phone.visitor).await.unwrap();
        }
        let locked = gate
            .approve(&opened, &number, &phone.visitor)
            .await
            .unwrap();
        assert_eq!(locked, Over, "guessing.limit counts across requests");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_approves_and_not_the_browser_that_asks() {
    let service = PushHost::start().await;
    for here in Installation::each_pushing("jsda-2025", &service.push())
        .await
        .unwrap()
    {
        let phone = equipped(&here, &service).await;
        let gate = &here.gate;
        let token = begun(gate, LOGIN).await;
        let number = asked(gate, PushTarget::Conversation(&token), &away()).await;
        let opened = secret(&here).await;
        here.customer("C-2", "hanako@example.jp").await.unwrap();
        let mut stranger = away();
        stranger.device = Some("skd_nothing".to_owned());
        let laptop = browser(&here, [203, 0, 113, 8]).await;
        // Not without a device, not by another one of the customer, not by a wrong secret.
        for visitor in [&away(), &stranger, &laptop.visitor] {
            let shown = gate.approval(&opened, visitor, Locale::Ja).await.unwrap();
            assert!(shown.is_none());
            let answer = gate.approve(&opened, &number, visitor).await.unwrap();
            assert_eq!(answer, ApproveAnswer::Over);
            let reported = gate.approve_not_me(&opened, visitor).await.unwrap();
            assert_eq!(reported, Reported::Unknown);
        }
        let other = opened.replace("skn_", "skd_");
        for wrong in ["", "skn_", &other, &token] {
            let shown = gate
                .approval(wrong, &phone.visitor, Locale::Ja)
                .await
                .unwrap();
            assert!(shown.is_none(), "{wrong}");
        }
        // The phone itself asks for nothing of itself.
        let own = PushTarget::Session(&phone.session);
        assert!(!gate.push_offered(own, &phone.visitor).await.unwrap());
        let sent = gate.push_ask(own, &phone.visitor).await.unwrap();
        assert_eq!(sent, PushSent::Nowhere);
        // Nor does a stranger who has no password: there is no conversation.
        let none = PushTarget::Conversation("ski_nothing");
        assert_eq!(
            gate.push_ask(none, &away()).await.unwrap(),
            PushSent::Nowhere
        );
        let approved = gate
            .approve(&opened, &number, &phone.visitor)
            .await
            .unwrap();
        assert_eq!(approved, ApproveAnswer::Approved);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_or_superseded_request_approves_nothing() {
    let service = PushHost::start().await;
    for here in Installation::each_pushing("jsda-2025", &service.push())
        .await
        .unwrap()
    {
        let phone = equipped(&here, &service).await;
        let gate = &here.gate;
        let (first, second) = (begun(gate, LOGIN).await, begun(gate, LOGIN).await);
        let number = asked(gate, PushTarget::Conversation(&first), &away()).await;
        let older = secret(&here).await;
        here.pass(Span::seconds(1));
        let newer_number = asked(gate, PushTarget::Conversation(&second), &away()).await;
        let newer = secret(&here).await;
        let over = gate.approve(&older, &number, &phone.visitor).await.unwrap();
        assert_eq!(over, ApproveAnswer::Over, "replaced");
        let state = gate
            .push_state(PushTarget::Conversation(&first), &away())
            .await;
        assert_eq!(stands(&state.unwrap()), "over");
        let young = gate
            .push_ask(PushTarget::Conversation(&second), &away())
            .await;
        assert!(matches!(young.unwrap(), PushSent::Wait { .. }));
        // An approval for one conversation opens no other.
        let approved = gate.approve(&newer, &newer_number, &phone.visitor).await;
        assert_eq!(approved.unwrap(), ApproveAnswer::Approved);
        assert!(matches!(answered(gate, &first).await, CodeAnswer::Wrong));
        here.pass(Span::minutes(10));
        assert!(!matches!(
            answered(gate, &second).await,
            CodeAnswer::Opened(_)
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_parallel_approvals_and_uses_one_counts() {
    let service = PushHost::start().await;
    for here in Installation::each_pushing("jsda-2025", &service.push())
        .await
        .unwrap()
    {
        let phone = equipped(&here, &service).await;
        let token = begun(&here.gate, LOGIN).await;
        let number = asked(&here.gate, PushTarget::Conversation(&token), &away()).await;
        let opened = secret(&here).await;
        let mut tries = tokio::task::JoinSet::new();
        for _ in 0..5 {
            let (gate, phone) = (here.gate.clone(), phone.visitor.clone());
            let (opened, number) = (opened.clone(), number.clone());
            tries.spawn(async move { gate.approve(&opened, &number, &phone).await.unwrap() });
        }
        let answers = tries.join_all().await;
        let approved = answers
            .iter()
            .filter(|one| **one == ApproveAnswer::Approved);
        assert_eq!(approved.count(), 1, "{answers:?}");
        let mut uses = tokio::task::JoinSet::new();
        for _ in 0..5 {
            let (gate, token) = (here.gate.clone(), token.clone());
            uses.spawn(async move { answered(&gate, &token).await });
        }
        let used = uses.join_all().await;
        let opened = used
            .iter()
            .filter(|one| matches!(one, CodeAnswer::Opened(_)));
        assert_eq!(opened.count(), 1, "{used:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_few_and_an_owner_has_their_own() {
    let service = PushHost::start().await;
    for here in Installation::each_pushing("jsda-2025", &service.push())
        .await
        .unwrap()
    {
        let phone = equipped(&here, &service).await;
        let laptop = browser(&here, [203, 0, 113, 8]).await;
        let gate = &here.gate;
        for _ in 0..3 {
            let token = begun(gate, LOGIN).await;
            asked(gate, PushTarget::Conversation(&token), &away()).await;
            here.pass(Span::seconds(1));
        }
        let token = begun(gate, LOGIN).await;
        let target = PushTarget::Conversation(&token);
        assert!(
            !gate.push_offered(target, &away()).await.unwrap(),
            "hidden while locked"
        );
        let sent = gate.push_ask(target, &away()).await.unwrap();
        assert!(
            matches!(sent, PushSent::Wait { seconds } if seconds > 800),
            "{sent:?}"
        );
        // The owner on a bound device is still served, and an approval opens nothing to others.
        let own = PushTarget::Session(&laptop.session);
        let number = asked(gate, own, &laptop.visitor).await;
        let opened = secret(&here).await;
        let shown = gate
            .approval(&opened, &phone.visitor, Locale::En)
            .await
            .unwrap();
        assert_eq!(shown.unwrap().about, ApprovalAbout::Prove);
        let approved = gate
            .approve(&opened, &number, &phone.visitor)
            .await
            .unwrap();
        assert_eq!(approved, ApproveAnswer::Approved);
        let proved = gate
            .prove_session(&laptop.session, Claim::Push, &laptop.visitor)
            .await;
        assert!(matches!(proved.unwrap(), ProveAnswer::Proved(_)));
        let twice = gate
            .prove_session(&laptop.session, Claim::Push, &laptop.visitor)
            .await;
        assert!(matches!(twice.unwrap(), ProveAnswer::Wrong));
        assert!(!gate.push_offered(target, &away()).await.unwrap());
        here.pass(Span::minutes(15));
        let token = begun(gate, LOGIN).await;
        assert!(
            gate.push_offered(PushTarget::Conversation(&token), &away())
                .await
                .unwrap()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn this_was_not_me_freezes_and_ends_everything() {
    let service = PushHost::start().await;
    for here in Installation::each_pushing("jsda-2025", &service.push())
        .await
        .unwrap()
    {
        let phone = equipped(&here, &service).await;
        let gate = &here.gate;
        let token = begun(gate, LOGIN).await;
        let number = asked(gate, PushTarget::Conversation(&token), &away()).await;
        let opened = secret(&here).await;
        let reported = gate.approve_not_me(&opened, &phone.visitor).await.unwrap();
        assert_eq!(reported, Reported::Frozen);
        let refused = gate.sign_in(typed(PASSWORD, &away())).await.unwrap();
        assert!(matches!(refused, SignInAnswer::Refused), "{refused:?}");
        let late = gate
            .approve(&opened, &number, &phone.visitor)
            .await
            .unwrap();
        assert_eq!(late, ApproveAnswer::Over);
        assert!(!matches!(
            answered(gate, &token).await,
            CodeAnswer::Opened(_)
        ));
        let left = gate
            .approvers(&phone.session, &phone.visitor)
            .await
            .unwrap();
        assert!(left.rows.is_empty(), "phones go with their devices");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_added_on_itself_after_a_proof_and_goes_with_its_device() {
    let service = PushHost::start().await;
    for here in Installation::each_pushing("jsda-2025", &service.push())
        .await
        .unwrap()
    {
        let phone = equipped(&here, &service).await;
        let gate = &here.gate;
        let messages = here.messages().await.unwrap();
        let told = |message: &&sekisho_gate::Message| {
            matches!(message.body, Body::Push(PushBody::Added { .. }))
        };
        assert_eq!(messages.iter().filter(told).count(), 1);
        // A stolen session cookie in a browser of the thief's makes no phone.
        let stolen = gate.approvers(&phone.session, &away()).await.unwrap();
        assert_eq!(stolen.offer, ApproverOffer::Strange);
        let wanted = service.subscribing("thief");
        let added = gate
            .approver_add(&phone.session, &wanted, &away())
            .await
            .unwrap();
        assert_eq!(added, ApproverAnswer::Refused);
        here.pass(Span::minutes(11));
        let stale = gate
            .approver_add(&phone.session, &wanted, &phone.visitor)
            .await;
        assert_eq!(stale.unwrap(), ApproverAnswer::Refused);
        let page = gate
            .approvers(&phone.session, &phone.visitor)
            .await
            .unwrap();
        assert_eq!(
            (page.offer, page.rows.len()),
            (ApproverOffer::ProveAgain, 1)
        );
        assert!(page.rows[0].this);
        let laptop = browser(&here, [203, 0, 113, 8]).await;
        let own = gate.devices(&phone.session, &phone.visitor).await.unwrap();
        let device = own.iter().find(|device| device.this).unwrap().id;
        gate.forget_device(&laptop.session, device, &laptop.visitor)
            .await
            .unwrap();
        let page = gate
            .approvers(&laptop.session, &laptop.visitor)
            .await
            .unwrap();
        assert!(page.rows.is_empty());
    }
}
