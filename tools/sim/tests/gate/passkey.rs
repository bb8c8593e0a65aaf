//! Passkeys: added, used to sign in, in the place of a code and to confirm, and every way to misuse
//! one.

use secrecy::ExposeSecret as _;
use sekisho_core::moment::Span;
use sekisho_core::proof::Method;
use sekisho_core::text::Line;
use sekisho_gate::{
    Body, CodeAnswer, Enrolled, Enrolling, Opened, PasskeyAnswer, PasskeyOffer, PasskeyPrompt,
    PasskeySignIn, ProveAnswer, Session, SignInAnswer, Visitor,
};
use sekisho_sim::installation::{Installation, LOGIN, PASSWORD, anywhere, typed, visitor};
use sekisho_world::passkey::{Page, Passkey};

use super::guess::entries;

const HOME: [u8; 4] = [203, 0, 113, 7];
const ORIGIN: &str = "http://localhost:8080";
const BINDING: &str = "the-visitor's-cookie";

fn page<'a>(challenge: &'a [u8; 32]) -> Page<'a> {
    Page {
        origin: ORIGIN,
        challenge,
        top: None,
    }
}

/// What the browser posts when `passkey` answers `prompt`.
pub(super) fn answered(passkey: &mut Passkey, prompt: &PasskeyPrompt) -> PasskeyAnswer {
    let answer = passkey.get(page(&prompt.challenge));
    PasskeyAnswer {
        ticket: prompt.ticket.clone(),
        handle: answer.credential_id,
        client_data: answer.client_data_json,
        authenticator_data: answer.authenticator_data,
        signature: answer.signature,
        user_handle: Some(answer.user_handle),
    }
}

pub(super) async fn session(here: &Installation, opened: &Opened) -> Session {
    let cookie = opened.session.text().expose_secret();
    here.gate
        .session(cookie, &anywhere())
        .await
        .unwrap()
        .unwrap()
}

/// A passkey of the session's customer, made for its prompt and not sent yet.
pub(super) async fn made(
    here: &Installation,
    session: &Session,
    seed: u8,
) -> (Passkey, PasskeyOffer) {
    let passkeys = here.gate.passkeys(session).await.unwrap();
    let Enrolling::Open(prompt) = passkeys.enrolling else {
        panic!("{passkeys:?}")
    };
    assert_eq!(
        (prompt.rp_id.as_str(), prompt.user_name.as_str()),
        ("localhost", LOGIN)
    );
    let passkey = Passkey::new([seed; 32], "localhost", &prompt.user).unwrap();
    let created = passkey.create(page(&prompt.challenge));
    let offer = PasskeyOffer {
        ticket: prompt.ticket,
        client_data: created.client_data_json,
        attestation_object: created.attestation_object,
        transports: Vec::new(),
    };
    (passkey, offer)
}

pub(super) fn name(text: &str) -> Line<40> {
    Line::parse(text).unwrap()
}

/// A customer with one passkey, and the session that added it.
pub(super) async fn owner(here: &Installation, home: &Visitor) -> (Session, Passkey) {
    here.customer("C-1", LOGIN).await.unwrap();
    let opened = here.signed_in(home).await.unwrap();
    let session = session(here, &opened).await;
    let (passkey, offer) = made(here, &session, 7).await;
    let enrolled = here
        .gate
        .enrol(&session, &offer, (name("携帯"), home))
        .await
        .unwrap();
    assert_eq!(enrolled, Enrolled::Done);
    (session, passkey)
}

async fn by_passkey(here: &Installation, answer: PasskeyAnswer, binding: &str) -> SignInAnswer {
    let signed = PasskeySignIn {
        answer,
        binding: binding.to_owned(),
        return_to: "/account".to_owned(),
        visitor: visitor(HOME),
    };
    here.gate.sign_in_by_passkey(signed).await.unwrap()
}

pub(super) async fn signed_in(here: &Installation, passkey: &mut Passkey) -> Session {
    let prompt = here.gate.sign_in_prompt(BINDING).unwrap().unwrap();
    match by_passkey(here, answered(passkey, &prompt), BINDING).await {
        SignInAnswer::Opened(opened) => session(here, &opened).await,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_added_told_and_signs_in_by_itself() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (_, mut passkey) = owner(&here, &visitor(HOME)).await;
        let told = here.messages().await.unwrap();
        let added = told.iter().filter_map(|message| match &message.body {
            Body::PasskeyAdded { name, .. } => Some(name.as_str()),
            _ => None,
        });
        assert_eq!(added.collect::<Vec<_>>(), ["携帯"]);
        let session = signed_in(&here, &mut passkey).await;
        assert_eq!(session.methods(), [Method::Passkey]);
        let passkeys = here.gate.passkeys(&session).await.unwrap();
        assert_eq!(passkeys.all.len(), 1);
        assert!(passkeys.all[0].last.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_told_of_their_passkey_signs_in_with_nothing_weaker() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let home = visitor(HOME);
        let (session, mut passkey) = owner(&here, &home).await;
        // For as long as the message about it is good for, the password goes on.
        here.pass(Span::hours(71));
        here.signed_in(&home).await.unwrap();
        here.pass(Span::hours(1));
        let sent = here.messages().await.unwrap().len();
        let right = here.gate.sign_in(typed(PASSWORD, &home)).await.unwrap();
        assert!(matches!(right, SignInAnswer::Passkey), "{right:?}");
        assert_eq!(
            here.messages().await.unwrap().len(),
            sent,
            "no code goes out"
        );
        assert_eq!(entries(&here, "sign_in", "passkey_needed").await, 1);
        let wrong = here.gate.sign_in(typed("wrong password", &home)).await;
        assert!(matches!(wrong.unwrap(), SignInAnswer::Refused));
        signed_in(&here, &mut passkey).await;

        // With the last one gone there is no other way in but the password.
        let store = here.place.store().await.unwrap();
        let id = store.passkeys(session.customer()).await.unwrap()[0].id;
        let fresh = signed_in(&here, &mut passkey).await;
        let removed = here.gate.discard(&fresh, id).await.unwrap();
        assert_eq!(removed, Enrolled::Done, "it was just used to sign in");
        here.signed_in(&home).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_counts_once_in_the_browser_that_was_asked_and_for_ten_minutes() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (_, mut passkey) = owner(&here, &visitor(HOME)).await;
        let prompt = here.gate.sign_in_prompt(BINDING).unwrap().unwrap();
        let answer = answered(&mut passkey, &prompt);
        let elsewhere = by_passkey(&here, answer.clone(), "another browser").await;
        assert!(matches!(elsewhere, SignInAnswer::Refused));
        let first = by_passkey(&here, answer.clone(), BINDING).await;
        assert!(matches!(first, SignInAnswer::Opened(_)));
        let again = by_passkey(&here, answer, BINDING).await;
        assert!(matches!(again, SignInAnswer::Refused));
        let late = here.gate.sign_in_prompt(BINDING).unwrap().unwrap();
        let late = answered(&mut passkey, &late);
        here.pass(Span::minutes(10));
        assert!(matches!(
            by_passkey(&here, late, BINDING).await,
            SignInAnswer::Refused
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_with_one_answer_one_gets_in() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (_, mut passkey) = owner(&here, &visitor(HOME)).await;
        let prompt = here.gate.sign_in_prompt(BINDING).unwrap().unwrap();
        let answer = answered(&mut passkey, &prompt);
        let tries = (0..16).map(|_| by_passkey(&here, answer.clone(), BINDING));
        let opened = futures_join(tries).await;
        let opened = opened
            .iter()
            .filter(|answer| matches!(answer, SignInAnswer::Opened(_)));
        assert_eq!(opened.count(), 1);
    }
}

async fn futures_join<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut all: Vec<_> = all.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        all.retain_mut(|one| match one.as_mut().poll(context) {
            std::task::Poll::Ready(output) => {
                done.push(output);
                false
            }
            std::task::Poll::Pending => true,
        });
        match all.is_empty() {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_foreign_or_unverified_answer_is_refused() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (_, mut passkey) = owner(&here, &visitor(HOME)).await;
        let fresh = || here.gate.sign_in_prompt(BINDING).unwrap().unwrap();
        let mut answers = Vec::new();
        let mut bent = answered(&mut passkey, &fresh());
        bent.signature[9] ^= 1;
        answers.push(bent);
        let mut swapped = answered(&mut passkey, &fresh());
        swapped.ticket = fresh().ticket;
        answers.push(swapped);
        let mut named = answered(&mut passkey, &fresh());
        named.user_handle = Some(vec![1; 16]);
        answers.push(named);
        let mut unnamed = answered(&mut passkey, &fresh());
        unnamed.user_handle = None;
        answers.push(unnamed);
        let mut unknown = answered(&mut passkey, &fresh());
        unknown.handle[0] ^= 1;
        answers.push(unknown);
        passkey.flags = sekisho_world::passkey::PRESENT;
        answers.push(answered(&mut passkey, &fresh()));
        for answer in answers {
            let refused = by_passkey(&here, answer, BINDING).await;
            assert!(matches!(refused, SignInAnswer::Refused));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_stands_in_for_the_code_of_its_own_customer_only() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (_, mut passkey) = owner(&here, &visitor(HOME)).await;
        let away = visitor([198, 51, 100, 9]);
        let begun = here.gate.sign_in(typed(PASSWORD, &away)).await.unwrap();
        let SignInAnswer::StepUp { interaction } = begun else {
            panic!("{begun:?}")
        };
        let token = interaction.text().expose_secret();
        let shown = here.gate.conversation(token).await.unwrap().unwrap();
        let prompt = shown.passkey.unwrap();
        // Another customer's passkey with the same prompt.
        let mut other = Passkey::new([8; 32], "localhost", &[1; 16]).unwrap();
        let forged = answered(&mut other, &prompt);
        let wrong = here.gate.answer(token, &forged, &away).await.unwrap();
        assert!(matches!(wrong, CodeAnswer::Wrong));
        let answer = answered(&mut passkey, &prompt);
        let right = here.gate.answer(token, &answer, &away).await.unwrap();
        let CodeAnswer::Opened(opened) = right else {
            panic!("{right:?}")
        };
        let session = session(&here, &opened).await;
        assert_eq!(session.methods(), [Method::Password, Method::Passkey]);
        let over = here.gate.answer(token, &answer, &away).await.unwrap();
        assert!(matches!(over, CodeAnswer::Over));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn passkeys_change_in_fresh_sessions_and_then_only_by_passkey() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        // The first one: a password and a code of a moment ago will do, those of a while ago not.
        here.customer("C-1", LOGIN).await.unwrap();
        let opened = here.signed_in(&visitor(HOME)).await.unwrap();
        let first = session(&here, &opened).await;
        let (mut passkey, offer) = made(&here, &first, 7).await;
        here.pass(Span::minutes(11));
        let home = visitor(HOME);
        let named = |text| (name(text), &home);
        let stale = here
            .gate
            .enrol(&first, &offer, named("携帯"))
            .await
            .unwrap();
        assert_eq!(stale, Enrolled::ProveAgain);
        let opened = here.signed_in(&visitor(HOME)).await.unwrap();
        let first = session(&here, &opened).await;
        let other = here
            .gate
            .enrol(&first, &offer, named("携帯"))
            .await
            .unwrap();
        assert_eq!(other, Enrolled::Refused, "made for another session");
        let (again, offer) = made(&here, &first, 7).await;
        assert_eq!(again.credential_id(), passkey.credential_id());
        let done = here
            .gate
            .enrol(&first, &offer, named("携帯"))
            .await
            .unwrap();
        assert_eq!(done, Enrolled::Done);
        // From now on whoever has password and mailbox adds and removes none.
        let known = here.gate.passkeys(&first).await.unwrap();
        assert_eq!(known.enrolling, Enrolling::ProveAgain);
        let id = known.all[0].id;
        let removed = here.gate.discard(&first, id).await.unwrap();
        assert_eq!(removed, Enrolled::ProveAgain);
        let strong = signed_in(&here, &mut passkey).await;
        let (_, second) = made(&here, &strong, 9).await;
        let done = here
            .gate
            .enrol(&strong, &second, named("鍵"))
            .await
            .unwrap();
        assert_eq!(done, Enrolled::Done);
        let renamed = here
            .gate
            .rename_passkey(&strong, id, name("古い携帯"))
            .await;
        assert_eq!(renamed.unwrap(), Enrolled::Done);
        assert_eq!(
            here.gate.discard(&strong, id).await.unwrap(),
            Enrolled::Done
        );
        let left = here.gate.passkeys(&strong).await.unwrap();
        let names: Vec<_> = left.all.iter().map(|known| known.name.as_str()).collect();
        assert_eq!(names, ["鍵"]);
        let prompt = here.gate.sign_in_prompt(BINDING).unwrap().unwrap();
        let gone = by_passkey(&here, answered(&mut passkey, &prompt), BINDING).await;
        assert!(matches!(gone, SignInAnswer::Refused));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_opens_what_a_stranger_had_locked() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (_, mut passkey) = owner(&here, &visitor(HOME)).await;
        let stranger = visitor([198, 51, 100, 9]);
        for _ in 0..5 {
            here.gate.sign_in(typed("wrong", &stranger)).await.unwrap();
        }
        let locked = here.gate.sign_in(typed(PASSWORD, &stranger)).await.unwrap();
        assert!(matches!(locked, SignInAnswer::Refused), "{locked:?}");
        signed_in(&here, &mut passkey).await;
        let open = here.gate.sign_in(typed(PASSWORD, &stranger)).await.unwrap();
        assert!(matches!(open, SignInAnswer::StepUp { .. }), "{open:?}");

        // What is not locked goes on: three, a passkey, and two more make the five.
        for n in 1..=5 {
            here.gate.sign_in(typed("wrong", &stranger)).await.unwrap();
            if n == 3 {
                signed_in(&here, &mut passkey).await;
            }
        }
        let locked = here.gate.sign_in(typed(PASSWORD, &stranger)).await.unwrap();
        assert!(matches!(locked, SignInAnswer::Refused), "{locked:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_remove_what_was_lost_with_a_reason_and_every_session_ends() {
    use sekisho_core::text::Reference;
    use sekisho_core::thaw::Ground;
    use sekisho_gate::Discarded;
    for here in Installation::each("jsda-2025").await.unwrap() {
        let home = visitor(HOME);
        let (_, mut passkey) = owner(&here, &home).await;
        let prompt = here.gate.sign_in_prompt(BINDING).unwrap().unwrap();
        let opened = by_passkey(&here, answered(&mut passkey, &prompt), BINDING).await;
        let SignInAnswer::Opened(opened) = opened else {
            panic!("{opened:?}")
        };
        let ground = || Ground::parse("窓口で運転免許証を確認").unwrap();
        let [known, unknown] = ["C-1", "C-2"].map(|text| Reference::parse(text).unwrap());
        let nobody = here.gate.discard_lost(&unknown, ground()).await.unwrap();
        assert_eq!(nobody, Discarded::Unknown);
        let done = here.gate.discard_lost(&known, ground()).await.unwrap();
        assert_eq!(done, Discarded::Discarded);
        let again = here.gate.discard_lost(&known, ground()).await.unwrap();
        assert_eq!(again, Discarded::None);
        let cookie = opened.session.text().expose_secret();
        assert!(
            here.gate
                .session(cookie, &anywhere())
                .await
                .unwrap()
                .is_none()
        );
        let prompt = here.gate.sign_in_prompt(BINDING).unwrap().unwrap();
        let lost = by_passkey(&here, answered(&mut passkey, &prompt), BINDING).await;
        assert!(matches!(lost, SignInAnswer::Refused));
        let told = here.messages().await.unwrap();
        let removed = |body: &Body| matches!(body, Body::PasskeyRemoved { .. });
        assert_eq!(
            told.iter().filter(|message| removed(&message.body)).count(),
            1
        );
        // A code will do again, until the customer adds another passkey.
        here.signed_in(&home).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn this_was_not_me_takes_a_strangers_passkey_away_for_good() {
    use sekisho_core::text::Reference;
    use sekisho_core::thaw::Ground;
    use sekisho_gate::{Reported, Thawed};
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (_, mut strangers) = owner(&here, &visitor([198, 51, 100, 9])).await;
        let told = here.messages().await.unwrap();
        let report = told.iter().find_map(|message| match &message.body {
            Body::PasskeyAdded { report, .. } => Some(report.clone()),
            _ => None,
        });
        let home = visitor(HOME);
        let reported = here.gate.report_code(&report.unwrap(), &home).await;
        assert_eq!(reported.unwrap(), Reported::Frozen);
        let reference = Reference::parse("C-1").unwrap();
        let ground = Ground::parse("窓口で運転免許証を確認").unwrap();
        let thawed = here.gate.thaw(&reference, ground).await.unwrap();
        assert_eq!(thawed, Thawed::Thawed);
        let prompt = here.gate.sign_in_prompt(BINDING).unwrap().unwrap();
        let again = by_passkey(&here, answered(&mut strangers, &prompt), BINDING).await;
        assert!(matches!(again, SignInAnswer::Refused));
        // The owner is shut out of nothing.
        let opened = here.signed_in(&home).await.unwrap();
        let session = session(&here, &opened).await;
        let passkeys = here.gate.passkeys(&session).await.unwrap();
        assert!(passkeys.all.is_empty() && matches!(passkeys.enrolling, Enrolling::Open(_)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_alone_adds_no_passkey_whatever_the_profile() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let mut home = visitor(HOME);
        let opened = here.signed_in(&home).await.unwrap();
        let device = opened.device.unwrap();
        home.device = Some(device.text().expose_secret().to_owned());
        here.pass(Span::hours(73));
        let begun = here.gate.sign_in(typed(PASSWORD, &home)).await.unwrap();
        let SignInAnswer::Opened(opened) = begun else {
            panic!("{begun:?}")
        };
        let session = session(&here, &opened).await;
        assert_eq!(session.methods(), [Method::Password]);
        let passkeys = here.gate.passkeys(&session).await.unwrap();
        assert_eq!(passkeys.enrolling, Enrolling::ProveAgain);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_sign_leaves_a_bounded_trace_and_none_in_a_customers_history() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (session, mut passkey) = owner(&here, &visitor(HOME)).await;
        let store = here.place.store().await.unwrap();
        let kept = async |table| here.place.contents(&store).await.unwrap()[table].len();
        let (entries, accesses) = (kept("entry").await, kept("access").await);
        let prompt = here.gate.sign_in_prompt(BINDING).unwrap().unwrap();
        let mut forged = answered(&mut passkey, &prompt);
        forged.signature[9] ^= 1;
        for _ in 0..120 {
            let refused = by_passkey(&here, forged.clone(), BINDING).await;
            assert!(matches!(refused, SignInAnswer::Refused));
        }
        assert_eq!(
            kept("access").await,
            accesses,
            "nothing under a customer's name"
        );
        assert_eq!(kept("entry").await, entries + 100);
        let history = here.gate.history(&session, None).await.unwrap();
        assert_eq!(history.rows.len(), 2, "{history:?}");
        // The owner, behind the same address, is none the worse for it.
        signed_in(&here, &mut passkey).await;
        assert_eq!(kept("access").await, accesses + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_for_one_session_proves_no_other() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let home = visitor(HOME);
        let (first, mut passkey) = owner(&here, &home).await;
        let second = signed_in(&here, &mut passkey).await;
        let prompt = here.gate.proving(&first).await.unwrap().passkey.unwrap();
        let answer = answered(&mut passkey, &prompt);
        let other = here.gate.prove_session(&second, &answer, &home).await;
        assert!(matches!(other.unwrap(), ProveAnswer::Wrong));
        let own = here.gate.prove_session(&first, &answer, &home).await;
        assert!(matches!(own.unwrap(), ProveAnswer::Proved(_)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_added_in_a_session_that_has_ended_and_a_new_name_is_told() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let home = visitor(HOME);
        let (_, mut passkey) = owner(&here, &home).await;
        let session = signed_in(&here, &mut passkey).await;
        let id = here.gate.passkeys(&session).await.unwrap().all[0].id;
        let renamed = here.gate.rename_passkey(&session, id, name("鍵")).await;
        assert_eq!(renamed.unwrap(), Enrolled::Done);
        let told = here.messages().await.unwrap();
        let named =
            |body: &Body| matches!(body, Body::PasskeyRenamed { name, .. } if name == "携帯 → 鍵");
        assert!(told.iter().any(|message| named(&message.body)));
        let (_, offer) = made(&here, &session, 9).await;
        here.gate.sign_out(&session, &home).await.unwrap();
        let ended = here.gate.enrol(&session, &offer, (name("鍵"), &home)).await;
        assert_eq!(ended.unwrap(), Enrolled::ProveAgain);
        let removed = here.gate.discard(&session, id).await.unwrap();
        assert_eq!(removed, Enrolled::ProveAgain);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_thaws_at_once_and_opens_what_guessing_locked() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (session, mut passkey) = owner(&here, &visitor(HOME)).await;
        here.pass(Span::hours(24));
        let early = here.gate.thaw_prompt(BINDING).unwrap().unwrap();
        let early = answered(&mut passkey, &early);
        let thaw = async |answer: &PasskeyAnswer, binding: &str| {
            here.gate.thaw_by_passkey(answer, binding).await.unwrap()
        };
        assert!(!thaw(&early, BINDING).await, "nothing is frozen");
        here.gate.freeze(&session, &visitor(HOME)).await.unwrap();
        for _ in 0..6 {
            let wrong = typed("wrong", &visitor(HOME));
            here.gate.sign_in(wrong).await.unwrap();
        }
        let sign_in = here.gate.sign_in_prompt(BINDING).unwrap().unwrap();
        let sign_in = answered(&mut passkey, &sign_in);
        assert!(!thaw(&sign_in, BINDING).await, "asked for something else");
        let prompt = here.gate.thaw_prompt(BINDING).unwrap().unwrap();
        let answer = answered(&mut passkey, &prompt);
        assert!(!thaw(&answer, "another browser").await);
        let mut forged = answer.clone();
        forged.signature.reverse();
        assert!(!thaw(&forged, BINDING).await);
        let mut unknown = answer.clone();
        unknown.handle = vec![9; 16];
        assert!(!thaw(&unknown, BINDING).await);
        let mut at_once = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (gate, answer) = (here.gate.clone(), answer.clone());
            at_once.spawn(async move { gate.thaw_by_passkey(&answer, BINDING).await.unwrap() });
        }
        let thawed = at_once.join_all().await;
        assert_eq!(thawed.iter().filter(|one| **one).count(), 1, "once");
        let right = here.gate.sign_in(typed(PASSWORD, &visitor(HOME))).await;
        let right = right.unwrap();
        assert!(matches!(right, SignInAnswer::StepUp { .. }), "{right:?}");
    }
}
