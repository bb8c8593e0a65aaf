//! OpenID Connect at the gate: a code is exchanged once, by its application, with its verifier.

use secrecy::ExposeSecret as _;
use sekisho_core::id::ApplicationId;
use sekisho_core::moment::Span;
use sekisho_gate::{AuthorizeParameters, Exchange, Gate, Issued, JWKS_SECONDS, Session};
use sekisho_seal::pkce::PkceChallenge;
use sekisho_sim::installation::{Installation, LOGIN, anywhere, visitor};
use serde_json::Value;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const BACK: &str = "http://localhost/callback";

async fn code(gate: &Gate, session: &Session, application: ApplicationId) -> String {
    let known = gate.application(application).await.unwrap().unwrap();
    let parameters = AuthorizeParameters {
        nonce: Some("n-1".to_owned()),
        login_hint: Some("who@example.jp".to_owned()),
        scope: "openid".to_owned(),
        code_challenge: PkceChallenge::of_verifier(VERIFIER).text(),
        ..AuthorizeParameters::default()
    };
    let id = gate
        .authorize(known, BACK.to_owned(), &parameters, None)
        .await
        .unwrap()
        .unwrap();
    let issued = gate.issue_code(session, id).await.unwrap();
    let Issued::Code { code, .. } = issued else {
        panic!("{issued:?}")
    };
    let again = gate.issue_code(session, id).await.unwrap();
    assert!(matches!(again, Issued::Refused), "one request, one code");
    code.text().expose_secret().to_owned()
}

fn exchange(application: ApplicationId, code: &str) -> Exchange {
    Exchange {
        application,
        code: code.to_owned(),
        redirect_uri: BACK.to_owned(),
        verifier: VERIFIER.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_exchanged_once_and_a_replay_ends_the_session() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let (gate, caller) = (&here.gate, here.application("a").await.unwrap());
        let other = here.application("b").await.unwrap();
        let opened = here.signed_in(&visitor([203, 0, 113, 7])).await.unwrap();
        let cookie = opened.session.text().expose_secret();
        let session = gate.session(cookie, &anywhere()).await.unwrap().unwrap();
        let code = code(gate, &session, caller.application).await;
        let store = here.place.store().await.unwrap();
        let kept = here.place.contents(&store).await.unwrap()["authorization_request"].join("\n");
        assert!(
            kept.contains(BACK) && !kept.contains("who@example.jp"),
            "{kept}"
        );
        assert!(!kept.contains("n-1"), "{kept}");
        let mut wrong = vec![exchange(other.application, &code)];
        wrong.push(Exchange {
            verifier: "x".repeat(43),
            ..exchange(caller.application, &code)
        });
        let elsewhere = "http://localhost/other".to_owned();
        wrong.push(Exchange {
            redirect_uri: elsewhere,
            ..exchange(caller.application, &code)
        });
        for bad in wrong {
            assert!(gate.exchange(bad).await.unwrap().is_none());
        }
        let tokens = gate
            .exchange(exchange(caller.application, &code))
            .await
            .unwrap()
            .unwrap();
        let info = gate.userinfo(&tokens.access_token).await.unwrap().unwrap();
        assert_eq!(info.sub, "C-1");
        assert!(
            gate.userinfo(&tokens.id_token).await.unwrap().is_none(),
            "not an access token"
        );
        let hint = gate
            .end_session_hint(&tokens.id_token)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (hint.application, hint.session),
            (caller.application, session.id())
        );
        assert!(gate.session(cookie, &anywhere()).await.unwrap().is_some());
        assert!(
            gate.exchange(exchange(caller.application, &code))
                .await
                .unwrap()
                .is_none()
        );
        assert!(
            gate.session(cookie, &anywhere()).await.unwrap().is_none(),
            "a replayed code ends its session"
        );
        assert!(
            gate.userinfo(&tokens.access_token).await.unwrap().is_none(),
            "and its access token tells nothing any more"
        );
    }
}

fn kid(token: &str) -> Value {
    super::grant::parts(token)[0]["kid"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_turn_without_voiding_what_they_signed() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let (gate, caller) = (&here.gate, here.application("a").await.unwrap());
        let opened = here.signed_in(&visitor([203, 0, 113, 7])).await.unwrap();
        let session = gate
            .session(opened.session.text().expose_secret(), &anywhere())
            .await
            .unwrap()
            .unwrap();
        let code = code(gate, &session, caller.application).await;
        let tokens = gate
            .exchange(exchange(caller.application, &code))
            .await
            .unwrap()
            .unwrap();
        let stale = here.another_node().await.unwrap();
        stale.jwks().await.unwrap();
        here.pass(Span::seconds(1));
        gate.rotate_signing_key().await.unwrap();
        let node = here.another_node().await.unwrap();
        let keys: serde_json::Value = serde_json::from_str(&node.jwks().await.unwrap()).unwrap();
        assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
        assert!(
            keys.to_string().find("\"d\"").is_none(),
            "no private part is published"
        );
        assert!(node.userinfo(&tokens.access_token).await.unwrap().is_some());
        // The new key signs once nobody can have a set without it.
        let former = kid(&tokens.access_token);
        for (seconds, same) in [(i64::from(JWKS_SECONDS), true), (60, false)] {
            here.pass(Span::seconds(seconds));
            let code = self::code(&node, &session, caller.application).await;
            let exchanged = node.exchange(exchange(caller.application, &code)).await;
            let newer = exchanged.unwrap().unwrap().access_token;
            assert_eq!(kid(&newer) == former, same, "{seconds}");
            assert!(stale.userinfo(&newer).await.unwrap().is_some());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_whose_session_has_ended_is_refused() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let (gate, caller) = (&here.gate, here.application("a").await.unwrap());
        let home = visitor([203, 0, 113, 7]);
        let opened = here.signed_in(&home).await.unwrap();
        let cookie = opened.session.text().expose_secret();
        let session = gate.session(cookie, &anywhere()).await.unwrap().unwrap();
        let code = code(gate, &session, caller.application).await;
        gate.sign_out(&session, &home).await.unwrap();
        let late = gate.exchange(exchange(caller.application, &code)).await;
        assert!(late.unwrap().is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_network_keeps_a_thousand_requests_and_then_writes_nothing() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (gate, caller) = (&here.gate, here.application("a").await.unwrap());
        let known = gate.application(caller.application).await.unwrap().unwrap();
        let ask = |host: [u8; 4]| {
            let (known, back) = (known.clone(), BACK.to_owned());
            let address = Some(std::net::IpAddr::from(host));
            async move {
                let parameters = AuthorizeParameters::default();
                let kept = gate.authorize(known, back, &parameters, address).await;
                kept.unwrap().is_some()
            }
        };
        for host in 0..1_000_u16 {
            assert!(ask([203, 0, 113, host.to_be_bytes()[1]]).await, "{host}");
        }
        let store = here.place.store().await.unwrap();
        let before = here.place.contents(&store).await.unwrap();
        assert!(!ask([203, 0, 113, 7]).await);
        let after = here.place.contents(&store).await.unwrap();
        assert_eq!(before, after, "a flood leaves no trace in the database");
        assert!(ask([198, 51, 100, 9]).await, "others are served");
        here.pass(sekisho_core::moment::Span::seconds(1));
        assert!(
            ask([203, 0, 113, 7]).await,
            "and so is the network, one by one"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_code_is_issued_for_a_proof_that_is_older_than_was_asked() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let (gate, caller) = (&here.gate, here.application("a").await.unwrap());
        let opened = here.signed_in(&visitor([203, 0, 113, 7])).await.unwrap();
        let cookie = opened.session.text().expose_secret();
        let session = gate.session(cookie, &anywhere()).await.unwrap().unwrap();
        here.pass(Span::minutes(2));
        for (max_age, issued) in [(60, false), (300, true)] {
            let known = gate.application(caller.application).await.unwrap();
            let parameters = AuthorizeParameters {
                max_age: Some(max_age),
                ..AuthorizeParameters::default()
            };
            let kept = gate.authorize(known.unwrap(), BACK.to_owned(), &parameters, None);
            let id = kept.await.unwrap().unwrap();
            let answer = gate.issue_code(&session, id).await.unwrap();
            assert_eq!(matches!(answer, Issued::Code { .. }), issued, "{max_age}");
        }
    }
}
