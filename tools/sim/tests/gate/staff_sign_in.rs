//! The console's door: first passkeys, sessions, their ends, and every way to misuse them.

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::console::ConsoleAct;
use sekisho_core::known::{FRESH, IDLE, LONGEST, StaffRole};
use sekisho_core::moment::Span;
use sekisho_core::reason::Reason;
use sekisho_core::text::Line;
use sekisho_gate::{
    Enrolled, Enrolling, Gate, PasskeyAnswer, PasskeyOffer, PasskeyPrompt, StaffAnswer, StaffClaim,
    StaffEntered, StaffSession, StaffSignIn, Token,
};
use sekisho_world::passkey::{Page, Passkey};

use super::confirm::Story;
use super::guess::entries;
use super::stop::{person, person_by};

pub(super) const CONSOLE: &str = "https://console.example.jp";
const BINDING: &str = "a-browser";
const RESPONDER: &[StaffRole] = &[StaffRole::Operations];

fn page(challenge: &[u8; 32]) -> Page<'_> {
    Page {
        origin: CONSOLE,
        challenge,
        top: None,
    }
}

async fn live(gate: &Gate, token: &Token) -> Option<StaffSession> {
    let cookie = token.text().expose_secret();
    gate.staff_session(cookie).await.unwrap()
}

fn answered(passkey: &mut Passkey, prompt: &PasskeyPrompt) -> PasskeyAnswer {
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

async fn made(gate: &Gate, session: &StaffSession, seed: u8) -> (Passkey, PasskeyOffer) {
    let passkeys = gate.staff_passkeys(session, CONSOLE).await.unwrap();
    let Enrolling::Open(prompt) = passkeys.enrolling else {
        panic!("{passkeys:?}")
    };
    assert_eq!(prompt.rp_id, "console.example.jp");
    let passkey = Passkey::new([seed; 32], "console.example.jp", &prompt.user).unwrap();
    let created = passkey.create(page(&prompt.challenge));
    let offer = PasskeyOffer {
        ticket: prompt.ticket,
        client_data: created.client_data_json,
        attestation_object: created.attestation_object,
        transports: Vec::new(),
    };
    (passkey, offer)
}

async fn added(gate: &Gate, session: &StaffSession, offer: &PasskeyOffer) -> Enrolled {
    let name = Line::parse("鍵").unwrap();
    let added = gate.staff_enrol(session, (offer, name), CONSOLE).await;
    added.unwrap()
}

/// A first passkey of somebody who was added.
pub(super) async fn enrolled(gate: &Gate, claim: &StaffClaim, seed: u8) -> Passkey {
    let StaffEntered::Opened(token) = gate.begin_staff_enrol(claim).await.unwrap() else {
        panic!("the secret of {} opens nothing", claim.name)
    };
    let session = live(gate, &token).await.unwrap();
    let (passkey, offer) = made(gate, &session, seed).await;
    assert_eq!(added(gate, &session, &offer).await, Enrolled::Done);
    assert!(live(gate, &token).await.is_none(), "it ends with the first");
    passkey
}

fn typed(passkey: &mut Passkey, prompt: &PasskeyPrompt, binding: &str) -> StaffSignIn {
    StaffSignIn {
        answer: answered(passkey, prompt),
        binding: binding.to_owned(),
        origin: CONSOLE.to_owned(),
        address: Some([203, 0, 113, 9].into()),
    }
}

/// A session that a passkey opened, and its token.
pub(super) async fn signed_in(gate: &Gate, passkey: &mut Passkey) -> (StaffSession, Token) {
    let prompt = gate.staff_sign_in_prompt(BINDING, CONSOLE).unwrap();
    let signed = typed(passkey, &prompt.unwrap(), BINDING);
    let token = gate.staff_sign_in(&signed).await.unwrap().unwrap();
    (live(gate, &token).await.unwrap(), token)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_makes_a_first_passkey_and_a_passkey_signs_in() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let sato = person(gate, "sato", RESPONDER).await;
        let mut passkey = enrolled(gate, &sato, 7).await;
        // Found later, the secret makes none.
        let again = gate.begin_staff_enrol(&sato).await.unwrap();
        assert!(matches!(again, StaffEntered::There));
        let (session, token) = signed_in(gate, &mut passkey).await;
        assert_eq!(session.name(), &sato.name);
        assert_eq!(gate.may(&session, ConsoleAct::Overview), Ok(()));
        gate.staff_sign_out(&session).await.unwrap();
        assert!(live(gate, &token).await.is_none());
        for (act, part) in [
            ("staff_enrol", "staff_enrol_begun"),
            ("staff_enrol", "staff_passkey_added"),
            ("staff_enrol", "factor_there"),
            ("staff_sign_in", "proved"),
            ("staff_sign_out", "session"),
        ] {
            assert!(entries(&story.here, act, part).await > 0, "{act} {part}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_name_and_a_wrong_secret_open_nothing_and_tries_are_counted() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let sato = person(gate, "sato", RESPONDER).await;
        let other = person_by(gate, &sato, ("suzuki", RESPONDER)).await;
        let mixed = StaffClaim {
            name: sato.name.clone(),
            secret: other.secret.clone(),
        };
        let nobody = StaffClaim {
            name: sekisho_core::known::StaffName::parse("nobody").unwrap(),
            secret: SecretString::from("skf_x".to_owned()),
        };
        for claim in [&nobody, &mixed, &mixed, &mixed, &mixed, &mixed, &sato] {
            let entered = gate.begin_staff_enrol(claim).await.unwrap();
            assert!(matches!(entered, StaffEntered::Unproved), "{}", claim.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_by_itself_and_dangerous_acts_want_a_fresh_proof() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let sato = person(gate, "sato", RESPONDER).await;
        let mut passkey = enrolled(gate, &sato, 7).await;
        let (session, token) = signed_in(gate, &mut passkey).await;
        assert_eq!(gate.may(&session, ConsoleAct::AlertClose), Ok(()));
        story.here.pass(FRESH);
        let stale = gate.may(&session, ConsoleAct::AlertClose);
        assert_eq!(stale, Err(Reason::ProofStale));
        let prompt = gate.staff_proof_prompt(&session, CONSOLE).await.unwrap();
        let answer = answered(&mut passkey, &prompt);
        let proved = gate.prove_staff_again(&session, &answer, CONSOLE).await;
        let fresh = proved.unwrap().unwrap();
        assert!(live(gate, &token).await.is_none(), "under another token");
        let session = live(gate, &fresh).await.unwrap();
        assert_eq!(gate.may(&session, ConsoleAct::AlertClose), Ok(()));
        // The same answer proves nothing again.
        let again = gate.prove_staff_again(&session, &answer, CONSOLE).await;
        assert!(again.unwrap().is_none());
        // Requests keep it alive, what a page asks by itself does not, and nothing beyond its day.
        let most = LONGEST.0 / Span::minutes(14).0;
        for _ in 1..most {
            story.here.pass(Span::minutes(14));
            assert!(live(gate, &fresh).await.is_some());
        }
        story.here.pass(Span::minutes(14));
        assert!(live(gate, &fresh).await.is_none(), "over after its day");
        let (_, token) = signed_in(gate, &mut passkey).await;
        let cookie = token.text().expose_secret();
        for _ in 0..2 {
            story.here.pass(Span(IDLE.0 / 2 - 1));
            assert!(gate.watched_session(cookie).await.unwrap().is_some());
        }
        story.here.pass(Span(2));
        assert!(gate.watched_session(cookie).await.unwrap().is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_assigned_or_given_a_secret_is_out_at_once() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let sato = person(gate, "sato", RESPONDER).await;
        let tanaka = person_by(gate, &sato, ("tanaka", RESPONDER)).await;
        let mut passkey = enrolled(gate, &tanaka, 8).await;
        // Their own new secret changes nothing of it.
        let (_, token) = signed_in(gate, &mut passkey).await;
        let StaffAnswer::Done(own) = gate
            .rotate_staff(&tanaka.name, Some(&tanaka))
            .await
            .unwrap()
        else {
            panic!("renewing one's own")
        };
        assert!(live(gate, &token).await.is_some());
        // Other rights: in anew, with the same passkey.
        let roles = vec![StaffRole::Monitor];
        let assigned = gate.assign_staff(&tanaka.name, roles, Some(&sato)).await;
        assert!(matches!(assigned.unwrap(), StaffAnswer::Done(())));
        assert!(live(gate, &token).await.is_none());
        let (session, token) = signed_in(gate, &mut passkey).await;
        let refused = gate.may(&session, ConsoleAct::CaseTake);
        assert_eq!(refused, Err(Reason::StaffRole));
        // Another's secret: the passkey goes with the old one.
        let given = gate.rotate_staff(&tanaka.name, Some(&sato)).await.unwrap();
        let StaffAnswer::Done(given) = given else {
            panic!("{given:?}")
        };
        assert!(live(gate, &token).await.is_none());
        let prompt = gate
            .staff_sign_in_prompt(BINDING, CONSOLE)
            .unwrap()
            .unwrap();
        let old = gate
            .staff_sign_in(&typed(&mut passkey, &prompt, BINDING))
            .await;
        assert!(old.unwrap().is_none());
        let claim = |secret: &Token| StaffClaim {
            name: tanaka.name.clone(),
            secret: secret.text().clone(),
        };
        let entered = gate.begin_staff_enrol(&claim(&own)).await.unwrap();
        assert!(matches!(entered, StaffEntered::Unproved));
        let mut passkey = enrolled(gate, &claim(&given), 9).await;
        let (_, token) = signed_in(gate, &mut passkey).await;
        gate.disable_staff(&tanaka.name, Some(&sato)).await.unwrap();
        assert!(live(gate, &token).await.is_none());
        assert!(gate.all_staff_passkeys().await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_elsewhere_of_somebody_else_or_before_proves_nothing() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let sato = person(gate, "sato", RESPONDER).await;
        let tanaka = person_by(gate, &sato, ("tanaka", RESPONDER)).await;
        let mut passkey = enrolled(gate, &sato, 7).await;
        let mut other = enrolled(gate, &tanaka, 8).await;
        let ask = || {
            gate.staff_sign_in_prompt(BINDING, CONSOLE)
                .unwrap()
                .unwrap()
        };
        let prompt = ask();
        let elsewhere = typed(&mut passkey, &prompt, "another-browser");
        let mut forged = typed(&mut passkey, &prompt, BINDING);
        forged.origin = "https://id.example.jp".to_owned();
        let mut unseen = typed(&mut passkey, &prompt, BINDING);
        unseen.answer.signature[9] ^= 1;
        for signed in [&elsewhere, &forged, &unseen] {
            assert!(gate.staff_sign_in(signed).await.unwrap().is_none());
        }
        let right = typed(&mut passkey, &prompt, BINDING);
        assert!(gate.staff_sign_in(&right).await.unwrap().is_some());
        assert!(gate.staff_sign_in(&right).await.unwrap().is_none(), "once");
        let late = typed(&mut passkey, &ask(), BINDING);
        story.here.pass(Span::minutes(10));
        assert!(gate.staff_sign_in(&late).await.unwrap().is_none());
        let (session, _) = signed_in(gate, &mut passkey).await;
        let prompt = gate.staff_proof_prompt(&session, CONSOLE).await.unwrap();
        let answer = answered(&mut other, &prompt);
        let proved = gate.prove_staff_again(&session, &answer, CONSOLE).await;
        assert!(proved.unwrap().is_none());
        assert!(entries(&story.here, "staff_sign_in", "passkey_mismatch").await >= 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn further_passkeys_are_made_by_whoever_used_one_just_now_and_the_last_one_stays() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let sato = person(gate, "sato", RESPONDER).await;
        let mut passkey = enrolled(gate, &sato, 7).await;
        let (session, _) = signed_in(gate, &mut passkey).await;
        let all = gate.staff_passkeys(&session, CONSOLE).await.unwrap().all;
        let last = gate.remove_staff_passkey(&session, all[0].id).await;
        assert_eq!(last.unwrap(), Enrolled::Full);
        let (mut spare, offer) = made(gate, &session, 9).await;
        story.here.pass(FRESH);
        assert_eq!(added(gate, &session, &offer).await, Enrolled::ProveAgain);
        let (session, _) = signed_in(gate, &mut passkey).await;
        let (_, offer) = made(gate, &session, 9).await;
        assert_eq!(added(gate, &session, &offer).await, Enrolled::Done);
        // The lost one goes, with the sessions that it opened.
        let (_, lost) = signed_in(gate, &mut passkey).await;
        let (session, kept) = signed_in(gate, &mut spare).await;
        let gone = gate.remove_staff_passkey(&session, all[0].id).await;
        assert_eq!(gone.unwrap(), Enrolled::Done);
        assert!(live(gate, &lost).await.is_none());
        assert!(live(gate, &kept).await.is_some());
    }
}
