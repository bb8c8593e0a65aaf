//! `/security/passkeys` and the forms that a passkey answers, with the passkey in software of
//! `tools/world` in the place of the browser's.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sekisho_core::moment::Span;
use sekisho_world::passkey::{Page, Passkey};
use serde_json::{Value, json};

use crate::browser::{Browser, after};
use crate::fixture::{Answer, LOGIN, PASSWORD, Site};
use crate::visit::asked;

const PATH: &str = "/security/passkeys";
const ORIGIN: &str = "https://id.example.jp";

/// What the form that posts to `action` asks of the browser, and its ticket.
fn wanted(page: &Answer, action: &str) -> (Value, String) {
    let (_, form) = crate::visit::form_of(page, action)
        .split_once("data-passkey=\"")
        .unwrap_or_else(|| panic!("{page:?}"));
    let (options, rest) = form.split_once('"').unwrap();
    let options = options.replace("&#34;", "\"");
    let ticket = after(rest, "name=\"ticket\" value=\"");
    (serde_json::from_str(&options).unwrap(), ticket)
}

fn bytes(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}

/// What `passkey` answers to a form, as fields.
fn answered(passkey: &mut Passkey, page: &Answer, action: &str) -> (String, String) {
    let (options, ticket) = wanted(page, action);
    let challenge = bytes(&options["challenge"]);
    let place = Page {
        origin: ORIGIN,
        challenge: &challenge,
        top: None,
    };
    (ticket, passkey.get(place).json())
}

pub async fn enrolled<'a>(site: &'a Site) -> (Browser<'a>, Passkey) {
    let mut browser = Browser::of(site);
    browser.sign_in_with_code(site).await;
    let page = browser.open(PATH).await;
    let (options, ticket) = wanted(&page, PATH);
    assert_eq!(options["rp"]["id"], "id.example.jp");
    assert_eq!(
        options["authenticatorSelection"]["userVerification"],
        "required"
    );
    let user = bytes(&options["user"]["id"]);
    let passkey = Passkey::new([7; 32], "id.example.jp", &user).unwrap();
    let challenge = bytes(&options["challenge"]);
    let place = Page {
        origin: ORIGIN,
        challenge: &challenge,
        top: None,
    };
    let credential = passkey.create(place).json();
    let fields = |name: &'static str| {
        [
            ("ticket", ticket.clone()),
            ("credential", credential.clone()),
            ("name", name.to_owned()),
        ]
    };
    let fill = async |browser: &mut Browser<'a>, name| {
        let fields = fields(name);
        let fields: Vec<_> = fields
            .iter()
            .map(|(key, value)| (*key, value.as_str()))
            .collect();
        browser.fill(&page, PATH, &fields).await
    };
    let unnamed = fill(&mut browser, " ").await;
    assert_eq!(unnamed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unnamed.text.contains("id=\"name-error\""));
    let added = fill(&mut browser, "携帯").await;
    assert_eq!(
        added.header("location"),
        Some("/security/passkeys?told=added"),
        "{added:?}"
    );
    (browser, passkey)
}

#[tokio::test]
async fn a_right_password_leads_to_the_passkey_once_its_customer_was_told_of_it() {
    let site = Site::new().await;
    let _ = enrolled(&site).await;
    site.clock.danger_move(Span::hours(72));
    let mut stranger = Browser::of(&site);
    let page = stranger.open("/sign-in").await;
    let csrf = after(&page.text, "name=\"csrf\" value=\"");
    let fields = [
        ("csrf", csrf.as_str()),
        ("return_to", "/account"),
        ("login", LOGIN),
        ("password", PASSWORD),
    ];
    let answer = stranger.submit("/sign-in", &fields).await;
    assert_eq!(
        answer.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{answer:?}"
    );
    assert!(
        answer.text.contains("登録済みのパスキーを使います"),
        "{answer:?}"
    );
    assert!(
        answer.text.contains("action=\"/sign-in/passkey\""),
        "{answer:?}"
    );
    assert!(
        answer.text.contains("href=\"/recover/passkey\""),
        "{answer:?}"
    );
    assert!(
        !stranger.holds("__Host-interaction"),
        "no conversation was begun"
    );
}

#[tokio::test]
async fn a_passkey_is_added_shown_and_signs_in() {
    let site = Site::new().await;
    let (mut browser, mut passkey) = enrolled(&site).await;
    let page = browser.open(PATH).await;
    assert!(page.text.contains("携帯"));
    assert!(
        !page.text.contains("data-makes"),
        "now only a passkey may add another"
    );
    let mut other = Browser::of(&site);
    let page = other.open("/sign-in?return_to=/history").await;
    let (ticket, credential) = answered(&mut passkey, &page, "/sign-in/passkey");
    let fields = [
        ("ticket", ticket.as_str()),
        ("credential", &credential),
        ("return_to", "/history"),
    ];
    let mut twin = other.copied();
    let opened = other.fill(&page, "/sign-in/passkey", &fields).await;
    assert_eq!(opened.header("location"), Some("/history"), "{opened:?}");
    let passkeys = other.open(PATH).await;
    assert!(passkeys.text.contains("data-makes"), "{passkeys:?}");
    // The same answer once more, in the same browser, gets nobody in.
    let again = twin.fill(&page, "/sign-in/passkey", &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn nonsense_and_answers_for_another_browser_are_refused() {
    let site = Site::new().await;
    let (_, mut passkey) = enrolled(&site).await;
    let (mut mine, mut theirs) = (Browser::of(&site), Browser::of(&site));
    let page = mine.open("/sign-in").await;
    let (ticket, credential) = answered(&mut passkey, &page, "/sign-in/passkey");
    for (ticket, credential) in [
        ("", credential.as_str()),
        (&ticket, ""),
        (&ticket, "{"),
        (&ticket, "{\"rawId\":\"AAAA\"}"),
    ] {
        let fields = [("ticket", ticket), ("credential", credential)];
        let answer = mine.fill(&page, "/sign-in/passkey", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains("role=\"alert\""));
    }
    let page = theirs.open("/sign-in").await;
    let fields = [("ticket", ticket.as_str()), ("credential", &credential)];
    let answer = theirs.fill(&page, "/sign-in/passkey", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_passkey_confirms_and_no_code_is_offered_beside_it() {
    let site = Site::new().await;
    let (mut browser, mut passkey) = enrolled(&site).await;
    let path = asked(&site).await;
    let page = browser.open(&path).await;
    assert!(!page.text.contains("one-time-code"));
    assert!(!page.text.contains(&format!("{path}/code\"")));
    let action = format!("{path}/passkey");
    let (ticket, credential) = answered(&mut passkey, &page, &action);
    let fields = [("ticket", ticket.as_str()), ("credential", &credential)];
    let forged = browser.submit(&action, &fields).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "without its token");
    let done = browser.fill(&page, &action, &fields).await;
    assert_eq!(done.header("location"), Some(path.as_str()), "{done:?}");
    // Added a moment ago at a place that is not settled: right, and held.
    let held = browser.open(&path).await;
    assert!(held.text.contains("保留されています"), "{held:?}");
}

#[tokio::test]
async fn a_page_asks_the_browser_to_show_what_it_shows_itself() {
    let site = Site::new().await;
    let (mut browser, mut passkey) = enrolled(&site).await;
    let path = asked(&site).await;
    let page = browser.open(&path).await;
    assert_eq!(page.header("permissions-policy"), Some("payment=(self)"));
    let asked = after(&page.text, "data-payment=\"").replace("&#34;", "\"");
    let payment: Value = serde_json::from_str(&asked).unwrap();
    let icon = payment["instrument"]["icon"].as_str().unwrap();
    assert_eq!(icon, format!("{ORIGIN}/assets/payment.png"));
    let picture = browser.open("/assets/payment.png").await;
    assert_eq!(picture.header("content-type"), Some("image/png"));
    let action = format!("{path}/passkey");
    let (options, ticket) = wanted(&page, &action);
    let challenge = bytes(&options["challenge"]);
    let place = Page {
        origin: ORIGIN,
        challenge: &challenge,
        top: None,
    };
    let shown = json!({
        "rpId": "id.example.jp",
        "topOrigin": ORIGIN,
        "payeeName": payment["payee"],
        "total": payment["total"],
        "instrument": {
            "icon": icon,
            "displayName": payment["instrument"]["displayName"],
        },
    });
    let mut other = shown.clone();
    other["total"]["value"] = "1".into();
    for (shown, right) in [(other, false), (shown, true)] {
        let answer = passkey.confirm_payment(place, &shown.to_string()).json();
        let fields = [("ticket", ticket.as_str()), ("credential", &answer)];
        let done = browser.fill(&page, &action, &fields).await;
        assert_eq!(done.header("location") == Some(&path), right, "{done:?}");
        let policy = (!right).then_some("payment=(self)");
        assert_eq!(
            done.header("permissions-policy"),
            policy.or(Some("payment=()"))
        );
    }
}

#[tokio::test]
async fn passkeys_are_changed_by_nobody_else() {
    let site = Site::new().await;
    let (mut browser, _) = enrolled(&site).await;
    let page = browser.open(PATH).await;
    // Not even by their owner in a session of password and code, and without a token by nobody.
    assert!(!page.text.contains("/remove\""));
    let id = "crd_01234567890123456789012345";
    for step in ["name", "remove"] {
        let path = format!("{PATH}/{id}/{step}");
        let forged = browser.submit(&path, &[("name", "x")]).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
        let token = browser.csrf(&format!("passkey_{step}:{id}"));
        let fields = [("csrf", token.as_str()), ("name", "x")];
        let unknown = browser.submit(&path, &fields).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    }
    let mut stranger = Browser::of(&site);
    let answer = stranger.open(PATH).await;
    assert!(answer.header("location").unwrap().starts_with("/sign-in?"));
}
