//! `/security/pin`, and the transaction PIN on a confirmation page.

use axum::http::StatusCode;
use sekisho_core::moment::Span;
use sekisho_core::policy::{PinForm, PinPolicy, Policy};
use sekisho_core::verdict::Requirement;
use sekisho_gate::Body;

use crate::browser::{Browser, after};
use crate::fixture::{Answer, Site};
use crate::visit::{asked, code, told};

const PATH: &str = "/security/pin";
const FORGOTTEN: &str = "/security/pin/forgotten";
const PIN: &str = "830291";
const OTHER: &str = "604915";

/// Six digits, asked for with every operation.
pub fn asking(policy: &mut Policy) {
    policy.pin = Some(PinPolicy {
        form: PinForm::Digits,
        shortest: 6,
        longest: 6,
    });
    for spec in policy.operation.values_mut() {
        spec.require.push(Requirement::TransactionPin);
    }
}

async fn site() -> Site {
    Site::with(|policy, _| asking(policy)).await
}

async fn signed_in(site: &Site) -> Browser<'_> {
    let mut browser = Browser::of(site);
    browser.sign_in_with_code(site).await;
    browser
}

async fn set(browser: &mut Browser<'_>, wanted: &str) -> Answer {
    let page = browser.open(PATH).await;
    browser.fill(&page, PATH, &[("wanted", wanted)]).await
}

#[tokio::test]
async fn a_pin_is_set_changed_and_set_anew_when_forgotten() {
    let site = site().await;
    let mut browser = signed_in(&site).await;
    let centre = browser.open("/security").await;
    assert!(centre.text.contains("href=\"/security/pin\""));
    let page = browser.open(PATH).await;
    assert!(page.text.contains("inputmode=\"numeric\"") && !page.text.contains("\"current\""));
    assert!(
        page.text.contains("24時間"),
        "that money may wait: {page:?}"
    );
    let none = browser.open(FORGOTTEN).await;
    assert!(
        none.text.contains("action=\"/security/pin\""),
        "there is none"
    );
    for (wanted, said) in [
        ("", "入力してください"),
        ("12345", "6桁の数字で"),
        ("123456", "くり返し"),
        ("850724", "くり返し"),
    ] {
        let wrong = browser.fill(&page, PATH, &[("wanted", wanted)]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{wanted}");
        assert!(wrong.text.contains("id=\"wanted-error\""), "{wrong:?}");
        assert!(wrong.text.contains(said), "{wanted}: {wrong:?}");
    }
    let wide: String = PIN
        .chars()
        .filter_map(|digit| char::from_u32(u32::from(digit) + 0xfee0))
        .collect();
    let done = set(&mut browser, &wide).await;
    assert_eq!(done.header("location"), Some("/security/pin?told=set"));
    let page = browser.open("/security/pin?told=set").await;
    assert!(page.text.contains("role=\"status\"") && !page.text.contains(PIN));
    let wrong = [("current", OTHER), ("wanted", "591836")];
    let again = browser.fill(&page, PATH, &wrong).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("id=\"current-error\""), "{again:?}");
    assert!(!again.text.contains(OTHER) && !again.text.contains("591836"));
    let right = [("current", PIN), ("wanted", OTHER)];
    let done = browser.fill(&page, PATH, &right).await;
    assert_eq!(done.header("location"), Some("/security/pin?told=set"));
    let page = browser.open(FORGOTTEN).await;
    assert!(
        page.text.contains("24時間"),
        "the hold is said before: {page:?}"
    );
    let done = browser.fill(&page, FORGOTTEN, &[("wanted", PIN)]).await;
    assert_eq!(done.header("location"), Some("/security/pin?told=set"));
    let told = told(&site).await;
    let set = told.iter().filter(|body| matches!(body, Body::PinSet(_)));
    assert_eq!(set.count(), 3);
}

#[tokio::test]
async fn an_operation_is_confirmed_with_both_and_which_was_wrong_is_not_said() {
    let at_once = |policy: &mut Policy| {
        asking(policy);
        policy.risk.contact_fresh_hours = 0;
    };
    let site = Site::with(|policy, _| at_once(policy)).await;
    let mut browser = signed_in(&site).await;
    let path = asked(&site).await;
    let unset = browser.open(&path).await;
    assert!(unset.text.contains("href=\"/security/pin\""), "{unset:?}");
    assert!(!unset.text.contains(&format!("action=\"{path}/code\"")));
    set(&mut browser, PIN).await;
    // That one is held, since the place is the customer's since today.
    let path = asked(&site).await;
    let page = browser.open(&path).await;
    site.clock.danger_move(Span::seconds(1));
    browser.fill(&page, &format!("{path}/code"), &[]).await;
    let page = browser.open(&path).await;
    assert!(
        page.text
            .contains("id=\"pin\" name=\"pin\" type=\"password\" inputmode=\"numeric\"")
    );
    let code = code(&site).await;
    let missing = browser.fill(&page, &path, &[("code", &code)]).await;
    assert!(missing.text.contains("id=\"pin-error\""), "{missing:?}");
    let mut said = Vec::new();
    let other = if code == "000000" { "111111" } else { "000000" };
    for (code, pin) in [(code.as_str(), OTHER), (other, PIN)] {
        let typed = [("code", code), ("pin", pin)];
        let wrong = browser.fill(&page, &path, &typed).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!wrong.text.contains(pin));
        said.push(
            after(&wrong.text, "id=\"code-error\">")
                .split("</p>")
                .next()
                .map(str::to_owned),
        );
    }
    assert_eq!(said[0], said[1]);
    let typed = [("code", code.as_str()), ("pin", PIN)];
    let done = browser.fill(&page, &path, &typed).await;
    let there = format!("{path}/done");
    assert_eq!(done.header("location"), Some(there.as_str()), "{done:?}");
}

#[tokio::test]
async fn no_form_works_without_its_token_from_another_session_or_an_old_proof() {
    let site = site().await;
    let mut browser = signed_in(&site).await;
    for path in [PATH, FORGOTTEN] {
        for csrf in ["", "x"] {
            let typed = [("csrf", csrf), ("wanted", PIN)];
            let answer = browser.submit(path, &typed).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    let page = browser.open(PATH).await;
    let csrf = after(
        &page.text,
        "action=\"/security/pin\" novalidate>\n<input type=\"hidden\" name=\"csrf\" value=\"",
    );
    // Messages of one moment have no order.
    site.clock.danger_move(Span::seconds(1));
    let mut other = Browser::of(&site);
    other.peer = "198.51.100.9:4711".parse().unwrap();
    other.sign_in_with_code(&site).await;
    let typed = [("csrf", csrf.as_str()), ("wanted", PIN)];
    let stolen = other.submit(PATH, &typed).await;
    assert_eq!(stolen.status, StatusCode::FORBIDDEN);
    let crossed = browser.submit(FORGOTTEN, &typed).await;
    assert_eq!(
        crossed.status,
        StatusCode::FORBIDDEN,
        "another form's token"
    );
    site.clock.danger_move(Span::minutes(11));
    let page = browser.open(PATH).await;
    assert!(
        page.text
            .contains("/security/prove?return_to=%2Fsecurity%2Fpin")
    );
    let late = browser.submit(PATH, &typed).await;
    let prove = "/security/prove?return_to=%2Fsecurity%2Fpin";
    assert_eq!(late.header("location"), Some(prove), "{late:?}");
}

#[tokio::test]
async fn where_the_policy_has_no_pin_there_is_no_page() {
    let site = Site::new().await;
    let mut browser = signed_in(&site).await;
    assert_eq!(browser.open(PATH).await.status, StatusCode::NOT_FOUND);
    let centre = browser.open("/security").await;
    assert!(!centre.text.contains("/security/pin"));
}
