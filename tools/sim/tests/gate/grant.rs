//! What a grant says, and for how long it says it.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sekisho_core::moment::Span;
use sekisho_core::operation::Nonce;
use sekisho_core::reason::Reason;
use sekisho_gate::{ConfirmAnswer, OperateRequest, Operated, Redeemed};
use serde_json::Value;

use super::confirm::{Story, handed, request};

/// Header and claims of a grant, without a look at its signature.
pub(super) fn parts(grant: &str) -> [Value; 2] {
    let mut parts = grant.split('.').map(|part| {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
        serde_json::from_slice(&bytes).unwrap_or_default()
    });
    [parts.next().unwrap(), parts.next().unwrap()]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_names_kind_context_and_the_word_of_its_application() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let asked = OperateRequest {
            nonce: Nonce::parse("wd-77/2026"),
            ..request(&story.caller, "150000")
        };
        let Operated::Created(view) = gate.operate(asked).await.unwrap() else {
            panic!("not created")
        };
        story.here.pass(Span::minutes(3));
        let sent = gate.confirm_send(&story.session, view.id, &story.home);
        sent.await.unwrap();
        let code = story.here.code().await.unwrap();
        let confirmed = gate.confirm(&story.session, view.id, &code, &story.home);
        assert_eq!(confirmed.await.unwrap(), ConfirmAnswer::Confirmed);
        let read = gate.operation(&story.caller, view.id).await.unwrap();
        let grant = read.unwrap().grant.unwrap();
        let [header, claims] = parts(&grant);
        assert_eq!(header["typ"], "sekisho-grant+jwt");
        assert_eq!(claims["operation_kind"], "withdraw");
        assert_eq!(claims["operation_id"], view.id.to_string());
        assert_eq!(claims["operation_digest"], view.digest.to_string());
        assert_eq!(claims["nonce"], "wd-77/2026");
        assert_eq!(claims["acr"], "urn:sekisho:acr:multi");
        let seconds = |name: &str| claims[name].as_i64().unwrap();
        assert_eq!(seconds("iat") - seconds("auth_time"), 180);
        assert_eq!(seconds("exp") - seconds("iat"), 60);
        assert_eq!(seconds("grant_until"), seconds("exp"));
        story.here.pass(Span::seconds(59));
        let redeemed = gate.redeem(&story.caller, handed(&grant, None));
        assert!(matches!(redeemed.await.unwrap(), Redeemed::Redeemed(_)));
        let again = gate.redeem(&story.caller, handed(&grant, None)).await;
        let Redeemed::Refused(reason) = again.unwrap() else {
            panic!("redeemed twice")
        };
        assert_eq!(reason, Reason::GrantInvalid);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_which_a_node_has_not_heard_is_looked_up_before_it_is_refused() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let asked = request(&story.caller, "150000");
        let Operated::Created(view) = gate.operate(asked).await.unwrap() else {
            panic!("not created")
        };
        let sent = gate.confirm_send(&story.session, view.id, &story.home);
        sent.await.unwrap();
        let code = story.here.code().await.unwrap();
        let confirmed = gate.confirm(&story.session, view.id, &code, &story.home);
        assert_eq!(confirmed.await.unwrap(), ConfirmAnswer::Confirmed);
        let before = gate.jwks().await.unwrap();
        let other = story.here.another_node().await.unwrap();
        // As when two nodes make the first key at once: of keys of one moment the least signs.
        let first: Value = serde_json::from_str(&before).unwrap();
        let first = first["keys"][0]["kid"].as_str().unwrap();
        let mut least = other.rotate_signing_key().await.unwrap();
        for _ in 0..60 {
            if least.as_str() < first {
                break;
            }
            let next = other.rotate_signing_key().await.unwrap();
            least = least.min(next);
        }
        let kid = least;
        let read = other.operation(&story.caller, view.id).await.unwrap();
        let grant = read.unwrap().grant.unwrap();
        assert_eq!(parts(&grant)[0]["kid"], kid.as_str());
        assert_eq!(gate.jwks().await.unwrap(), before, "not heard of yet");
        let redeemed = gate.redeem(&story.caller, handed(&grant, None));
        assert!(matches!(redeemed.await.unwrap(), Redeemed::Redeemed(_)));
    }
}
