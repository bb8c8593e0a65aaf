//! Signing in: password, code, session, device, history.

use secrecy::ExposeSecret as _;
use sekisho_core::access::Act;
use sekisho_core::moment::Span;
use sekisho_core::sighting::Ending;
use sekisho_gate::{
    Body, Claim, CodeAnswer, Message, ProofSent, ProveAnswer, Reported, Resent, SignInAnswer,
    Visitor,
};
use sekisho_sim::installation::{
    Installation, LOGIN, PASSWORD, anywhere, other_code, typed, visitor,
};

const HOME: [u8; 4] = [203, 0, 113, 7];

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_signs_in_with_password_and_code() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let home = visitor(HOME);
        let answer = here.gate.sign_in(typed(PASSWORD, &home)).await.unwrap();
        let SignInAnswer::StepUp { interaction } = answer else {
            panic!("{answer:?}")
        };
        let interaction = interaction.text().expose_secret();
        let shown = here.gate.conversation(interaction).await.unwrap().unwrap();
        assert_eq!(shown.masked, "t***@e***.jp");
        let code = here.code().await.unwrap();
        let wrong = here
            .gate
            .answer(interaction, &other_code(&code), &home)
            .await
            .unwrap();
        assert!(matches!(wrong, CodeAnswer::Wrong));
        let full_width: String = code
            .chars()
            .map(|digit| char::from_u32(digit as u32 + 0xfee0).unwrap())
            .collect();
        let right = here
            .gate
            .answer(interaction, &full_width, &home)
            .await
            .unwrap();
        let CodeAnswer::Opened(opened) = right else {
            panic!("{right:?}")
        };
        assert_eq!(opened.return_to, "/account");
        let again = here.gate.answer(interaction, &code, &home).await.unwrap();
        assert!(matches!(again, CodeAnswer::Over), "a conversation closes");

        let session = here
            .gate
            .session(opened.session.text().expose_secret(), &anywhere())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(session.reference().as_str(), "C-1");
        let page = here.gate.history(&session, None).await.unwrap();
        let endings: Vec<_> = page
            .rows
            .iter()
            .map(|row| (row.act.word(), row.ending))
            .collect();
        let failed = ("step_up".to_owned(), Ending::Failure);
        assert!(
            endings.contains(&("step_up".to_owned(), Ending::Success)) && endings.contains(&failed)
        );
        here.gate.sign_out(&session, &home).await.unwrap();
        assert!(
            here.gate
                .session(opened.session.text().expose_secret(), &anywhere())
                .await
                .unwrap()
                .is_none()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_wrong_and_garbage_look_alike() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let home = visitor(HOME);
        for (login, password) in [
            (LOGIN, "wrong"),
            ("nobody@example.jp", PASSWORD),
            ("not a login", PASSWORD),
            ("", ""),
            (LOGIN, "\0"),
            ("090-0000-0000", PASSWORD),
        ] {
            let mut attempt = typed(password, &home);
            attempt.login = login.to_owned();
            let answer = here.gate.sign_in(attempt).await.unwrap();
            assert!(matches!(answer, SignInAnswer::Refused), "{login:?}");
        }
        let long = typed(&"x".repeat(1 << 20), &home);
        assert!(matches!(
            here.gate.sign_in(long).await.unwrap(),
            SignInAnswer::Refused
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_cookie_opens_nothing_for_another_program_on_another_line() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let home = visitor(HOME);
        let opened = here.signed_in(&home).await.unwrap();
        let cookie = opened.session.text().expose_secret();
        let thief = Visitor {
            user_agent: "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0".to_owned(),
            ..visitor([198, 51, 100, 9])
        };
        let mut uses = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (gate, cookie, thief) = (here.gate.clone(), cookie.to_owned(), thief.clone());
            uses.spawn(async move { gate.session(&cookie, &thief).await });
        }
        for used in uses.join_all().await {
            assert!(used.unwrap().is_none(), "in parallel, too");
        }
        here.pass(Span::minutes(5));
        assert!(here.gate.session(cookie, &thief).await.unwrap().is_none());
        let session = here.gate.session(cookie, &home).await.unwrap();
        let session = session.expect("its customer is not signed out by that");
        assert!(here.gate.is_fresh(&session).await.unwrap());

        let page = here.gate.history(&session, None).await.unwrap();
        let strange = page.rows.iter().filter(|row| row.act == Act::Continue);
        assert_eq!(strange.count(), 1, "one row an hour");
        let told = here.messages().await.unwrap();
        let report = told.iter().find_map(|message| match &message.body {
            Body::SessionElsewhere { report, .. } => Some(report.clone()),
            _ => None,
        });
        let reported = here.gate.report_code(&report.unwrap(), &home).await;
        assert_eq!(reported.unwrap(), Reported::Frozen);
        assert!(here.gate.session(cookie, &home).await.unwrap().is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_another_line_a_session_reads_and_proves_anew_before_it_changes_anything() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let (home, away) = (visitor(HOME), visitor([198, 51, 100, 9]));
        let opened = here.signed_in(&home).await.unwrap();
        let cookie = opened.session.text().expose_secret();
        let moved = here.gate.session(cookie, &away).await.unwrap().unwrap();
        assert!(!here.gate.is_fresh(&moved).await.unwrap());
        here.pass(Span::minutes(2));
        let sent = here.gate.prove_send(&moved, &away).await.unwrap();
        assert_eq!(sent, ProofSent::Sent);
        let code = here.code().await.unwrap();
        let answer = here.gate.prove_session(&moved, Claim::Code(&code), &away);
        let ProveAnswer::Proved(token) = answer.await.unwrap() else {
            panic!("not proved")
        };
        let cookie = token.text().expose_secret();
        let proved = here.gate.session(cookie, &away).await.unwrap().unwrap();
        assert!(here.gate.is_fresh(&proved).await.unwrap(), "proved there");
        let back = here.gate.session(cookie, &home).await.unwrap().unwrap();
        assert!(!here.gate.is_fresh(&back).await.unwrap(), "and not here");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_by_idleness_and_by_age() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let home = visitor(HOME);
        let opened = here.signed_in(&home).await.unwrap();
        let cookie = opened.session.text().expose_secret();
        for _ in 0..6 {
            here.pass(Span::minutes(14));
            assert!(
                here.gate
                    .session(cookie, &anywhere())
                    .await
                    .unwrap()
                    .is_some(),
                "used within its idle life"
            );
        }
        here.pass(Span::minutes(16));
        assert!(
            here.gate
                .session(cookie, &anywhere())
                .await
                .unwrap()
                .is_none(),
            "idle for too long"
        );

        let opened = here.signed_in(&home).await.unwrap();
        let cookie = opened.session.text().expose_secret();
        for _ in 0..100 {
            here.pass(Span::minutes(10));
            if here
                .gate
                .session(cookie, &anywhere())
                .await
                .unwrap()
                .is_none()
            {
                break;
            }
        }
        assert!(
            here.gate
                .session(cookie, &anywhere())
                .await
                .unwrap()
                .is_none(),
            "twelve hours are the end"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_resent_in_bounds_and_expire() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let home = visitor(HOME);
        let answer = here.gate.sign_in(typed(PASSWORD, &home)).await.unwrap();
        let SignInAnswer::StepUp { interaction } = answer else {
            panic!("{answer:?}")
        };
        let interaction = interaction.text().expose_secret();
        assert!(matches!(
            here.gate.resend(interaction, &home).await.unwrap(),
            Resent::Wait { seconds: 1..=31 }
        ));
        let first = here.code().await.unwrap();
        here.pass(Span::seconds(31));
        assert_eq!(
            here.gate.resend(interaction, &home).await.unwrap(),
            Resent::Sent
        );
        let old = here.gate.answer(interaction, &first, &home).await.unwrap();
        assert!(
            matches!(old, CodeAnswer::Wrong),
            "only the newest code works"
        );
        here.pass(Span::minutes(11));
        let late = here
            .gate
            .answer(interaction, &here.code().await.unwrap(), &home)
            .await
            .unwrap();
        assert!(
            matches!(late, CodeAnswer::Wrong),
            "ten minutes are the end of a code"
        );
        let mut sent = 2;
        while here.gate.resend(interaction, &home).await.unwrap() == Resent::Sent {
            sent += 1;
            here.pass(Span::seconds(31));
        }
        assert!(sent <= 6, "{sent} codes in one conversation");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_alone_binds_no_device() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let home = visitor(HOME);
        let usual = here.signed_in(&home).await.unwrap();
        assert!(usual.device.is_some(), "the first sign-in took a code");
        let answer = here.gate.sign_in(typed(PASSWORD, &home)).await.unwrap();
        let SignInAnswer::Opened(opened) = answer else {
            panic!("{answer:?}")
        };
        assert!(opened.device.is_none());
        let store = here.place.store().await.unwrap();
        let devices = &here.place.contents(&store).await.unwrap()["device"];
        assert_eq!(devices.len(), 1, "{devices:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn first_sign_ins_at_once_with_a_foreign_hash_all_succeed() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let mut visits = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let gate = here.gate.clone();
            visits.spawn(async move { gate.sign_in(typed(PASSWORD, &visitor(HOME))).await });
        }
        for answer in visits.join_all().await {
            let answer = answer.unwrap();
            assert!(matches!(answer, SignInAnswer::StepUp { .. }), "{answer:?}");
        }
    }
}

async fn told_of_failures(here: &Installation) -> usize {
    let messages = here.messages().await.unwrap();
    let failed = |message: &&Message| matches!(message.body, Body::SignInFailed { .. });
    messages.iter().filter(failed).count()
}

/// Rows of what is counted, of commits and of entries.
async fn work(here: &Installation) -> [usize; 2] {
    let store = here.place.store().await.unwrap();
    let contents = here.place.contents(&store).await.unwrap();
    ["guess", "entry"].map(|table| contents[table].len())
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_that_fail_are_told_once_a_day_and_to_nobody_who_guesses() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let away = visitor([198, 51, 100, 9]);
        let fail = async |login: &str| {
            let mut attempt = typed("wrong horse", &away);
            attempt.login = login.to_owned();
            let answer = here.gate.sign_in(attempt).await.unwrap();
            assert!(matches!(answer, SignInAnswer::Refused));
            here.pass(Span::seconds(1));
        };
        for (round, told) in [0, 0, 1, 1, 1, 1].into_iter().enumerate() {
            let before = work(&here).await;
            fail(LOGIN).await;
            let known = work(&here).await;
            fail("nobody@example.jp").await;
            let unknown = work(&here).await;
            assert_eq!(told_of_failures(&here).await, told, "{round}");
            for table in [0, 1] {
                let (one, other) = (known[table] - before[table], unknown[table] - known[table]);
                assert_eq!(one, other, "the same is kept of both: {round}");
            }
        }
        here.pass(Span::hours(25));
        for told in [1, 1, 2] {
            fail(LOGIN).await;
            assert_eq!(told_of_failures(&here).await, told);
        }
        // None of these for a day: counting starts anew.
        here.pass(Span::hours(49));
        fail(LOGIN).await;
        fail(LOGIN).await;
        here.pass(Span::hours(25));
        fail(LOGIN).await;
        assert_eq!(told_of_failures(&here).await, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_at_once_are_told_as_well() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let mut visits = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let gate = here.gate.clone();
            visits.spawn(async move { gate.sign_in(typed("wrong", &visitor(HOME))).await });
        }
        for answer in visits.join_all().await {
            assert!(matches!(answer.unwrap(), SignInAnswer::Refused));
        }
        // One of each, and on a clock that stands still every one that was counted in the moment of
        // the last: of the lock five at most, of the failures three.
        let messages = here.messages().await.unwrap();
        let all = |of: fn(&Body) -> bool| messages.iter().filter(|told| of(&told.body)).count();
        let locked = all(|body| matches!(body, Body::Locked { .. }));
        let failed = all(|body| matches!(body, Body::SignInFailed { .. }));
        assert!(
            (1..=5).contains(&locked) && failed <= 3,
            "{locked}, {failed}"
        );
    }
}
