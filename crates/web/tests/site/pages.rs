//! What holds for every hosted page: who may see it, what its forms demand, what its answer says.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::browser::Browser;
use crate::fixture::{Answer, Site};
use crate::visit::asked;

/// Every page, and where somebody who is not signed in ends.
const PAGES: &[(&str, u16, &str)] = &[
    ("/", 200, ""),
    ("/account", 303, "/sign-in?told=needed"),
    ("/code", 303, "/sign-in?told=over"),
    ("/history", 303, "/sign-in?return_to=%2Fhistory&told=needed"),
    ("/nowhere", 404, ""),
    ("/recover", 200, ""),
    ("/recover/codes", 303, "/recover"),
    ("/recover/passkey", 200, ""),
    ("/recover/passkey/codes", 303, "/recover/passkey"),
    ("/recover/password", 303, "/recover"),
    ("/recover/waiting", 200, ""),
    ("/approve", 200, ""),
    ("/report", 200, ""),
    ("/report/done", 200, ""),
    (
        "/security",
        303,
        "/sign-in?return_to=%2Fsecurity&told=needed",
    ),
    (
        "/security/backup-codes",
        303,
        "/sign-in?return_to=%2Fsecurity%2Fbackup-codes&told=needed",
    ),
    (
        "/security/telephone-code",
        303,
        "/sign-in?return_to=%2Fsecurity%2Ftelephone-code&told=needed",
    ),
    (
        "/security/contact",
        303,
        "/sign-in?return_to=%2Fsecurity%2Fcontact&told=needed",
    ),
    (
        "/security/contact/new",
        303,
        "/sign-in?return_to=%2Fsecurity%2Fcontact%2Fnew&told=needed",
    ),
    (
        "/security/devices",
        303,
        "/sign-in?return_to=%2Fsecurity%2Fdevices&told=needed",
    ),
    (
        "/security/freeze",
        303,
        "/sign-in?return_to=%2Fsecurity%2Ffreeze&told=needed",
    ),
    (
        "/security/messages",
        303,
        "/sign-in?return_to=%2Fsecurity%2Fmessages&told=needed",
    ),
    (
        "/security/password",
        303,
        "/sign-in?return_to=%2Fsecurity%2Fpassword&told=needed",
    ),
    (
        "/security/pin",
        303,
        "/sign-in?return_to=%2Fsecurity%2Fpin&told=needed",
    ),
    (
        "/security/pin/forgotten",
        303,
        "/sign-in?return_to=%2Fsecurity%2Fpin%2Fforgotten&told=needed",
    ),
    (
        "/security/prove",
        303,
        "/sign-in?return_to=%2Fsecurity%2Fprove&told=needed",
    ),
    (
        "/security/push",
        303,
        "/sign-in?return_to=%2Fsecurity%2Fpush&told=needed",
    ),
    (
        "/security/sessions",
        303,
        "/sign-in?return_to=%2Fsecurity%2Fsessions&told=needed",
    ),
    (
        "/security/totp",
        303,
        "/sign-in?return_to=%2Fsecurity%2Ftotp&told=needed",
    ),
    ("/sign-in", 200, ""),
    ("/sign-out", 303, "/signed-out"),
    ("/sign-up", 200, ""),
    ("/signed-out", 200, ""),
    ("/thaw", 200, ""),
    ("/thaw/codes", 303, "/thaw"),
];

/// Every address that takes a form, but for those of one operation or one row of the history.
const FORMS: &[&str] = &[
    "/recover",
    "/recover/passkey",
    "/report",
    "/sign-in",
    "/sign-up",
    "/thaw",
    "/thaw/passkey",
];

fn page(path: &str) -> axum::http::request::Builder {
    Request::get(path).header(header::ACCEPT, "text/html")
}

async fn shown(site: &Site, path: &str) -> Answer {
    site.send(page(path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_stranger_sees_what_strangers_may() {
    let site = Site::new().await;
    for (path, status, location) in PAGES {
        let answer = shown(&site, path).await;
        assert_eq!(answer.status.as_u16(), *status, "{path}");
        assert_eq!(
            answer.header("location").unwrap_or_default(),
            *location,
            "{path}"
        );
    }
    let operation = asked(&site).await;
    for step in ["", "/done"] {
        let answer = shown(&site, &format!("{operation}{step}")).await;
        let location = answer.header("location").unwrap();
        assert!(
            location.starts_with("/sign-in?return_to=%2Fconfirm%2F"),
            "{location}"
        );
    }
}

#[tokio::test]
async fn a_customer_sees_the_pages_of_customers() {
    let site = Site::with(|policy, _| crate::set_pin::asking(policy)).await;
    let mut browser = Browser::of(&site);
    browser.sign_in_with_code(&site).await;
    for (path, ..) in PAGES {
        if ["/code", "/nowhere", "/sign-in", "/sign-up"].contains(path)
            || path.contains("/codes")
            || *path == "/recover/password"
        {
            continue;
        }
        assert_eq!(browser.open(path).await.status, StatusCode::OK, "{path}");
    }
    let again = browser.open("/sign-in?return_to=/history").await;
    assert_eq!(again.header("location"), Some("/history"));
    for path in [
        "/history/dec_00000000000000000000000000",
        "/history/x",
        "/confirm/opr_00000000000000000000000000",
        "/confirm/x",
    ] {
        let status = browser.open(path).await.status;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn every_answer_says_what_browsers_must_know() {
    let site = Site::new().await;
    for (path, ..) in PAGES {
        let answer = shown(&site, path).await;
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self';"),
            "{path}"
        );
        assert!(!policy.contains("unsafe"), "{path} {policy}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(
            answer.header("referrer-policy"),
            Some("same-origin"),
            "{path}"
        );
        assert_eq!(
            answer.header("vary"),
            Some("Accept-Language, Cookie"),
            "{path}"
        );
        assert_eq!(answer.header("content-language"), Some("ja"), "{path}");
        let closed = Some("payment=()");
        assert_eq!(answer.header("permissions-policy"), closed, "{path}");
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        let cookies = answer.headers.get_all("set-cookie");
        let mut cookies = cookies.iter().map(|cookie| cookie.to_str().unwrap());
        let cookie = cookies.find(|cookie| cookie.starts_with("__Host-visitor="));
        let kept = "; Path=/; Secure; HttpOnly; SameSite=Lax";
        assert!(cookie.unwrap().ends_with(kept), "{path} {cookie:?}");
    }
}

#[tokio::test]
async fn a_language_is_negotiated_chosen_and_remembered() {
    let site = Site::new().await;
    let request = page("/").header(header::ACCEPT_LANGUAGE, "fr, en;q=0.8, ja;q=0.5");
    let answer = site.send(request.body(Body::empty()).unwrap()).await;
    assert!(answer.text.contains("<html lang=\"en\">"));
    let mut browser = Browser::of(&site);
    assert!(browser.open("/").await.text.contains("href=\"/?lang=en\""));
    assert!(
        browser
            .open("/?lang=en")
            .await
            .text
            .contains("<html lang=\"en\">")
    );
    assert!(
        browser
            .open("/sign-in")
            .await
            .text
            .contains("<html lang=\"en\">")
    );
    assert!(
        browser
            .open("/report?lang=ja")
            .await
            .text
            .contains("<html lang=\"ja\">")
    );
    let remembered = browser.open("/signed-out").await;
    assert_eq!(remembered.header("content-language"), Some("ja"));
}

/// A form as a browser sends it from our own page, with what is changed.
fn posting(
    path: &str,
    changes: &[(header::HeaderName, &str)],
    body: &'static [u8],
) -> Request<Body> {
    let mut request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, "https://id.example.jp")
        .body(Body::from(body))
        .unwrap();
    for (name, value) in changes {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request
}

#[tokio::test]
async fn no_form_is_taken_without_its_token() {
    let site = Site::new().await;
    for path in FORMS {
        for body in [&b""[..], b"csrf=", b"csrf=x&login=a&password=b&code=c"] {
            let answer = site.send(posting(path, &[], body)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
            assert!(answer.text.contains("<h1>"), "{path}");
        }
    }
    let mut browser = Browser::of(&site);
    browser.sign_in_with_code(&site).await;
    let operation = asked(&site).await;
    let (send, decline) = (format!("{operation}/code"), format!("{operation}/decline"));
    let row = "/history/dec_00000000000000000000000000";
    let session = "/security/sessions/ses_00000000000000000000000000";
    let app = [
        "/security/totp",
        "/security/totp/code",
        "/security/totp/remove",
    ];
    let app_confirms = format!("{operation}/totp");
    let device = "/security/devices/dev_00000000000000000000000000";
    let naming = format!("{device}/name");
    let security = [
        "/security/contact/new",
        "/security/contact/notice",
        "/security/contact/chn_00000000000000000000000000",
        device,
        naming.as_str(),
        "/security/freeze",
        "/security/password",
        "/security/prove",
        "/security/prove/code",
        "/security/prove/passkey",
        "/security/prove/totp",
        "/security/prove/backup-code",
        "/security/backup-codes",
        "/security/telephone-code",
        "/security/recovery/passkey",
        "/security/recovery/password",
        "/security/sessions/others",
        session,
    ];
    for path in ["/sign-out", row, &operation, &send, &decline]
        .into_iter()
        .chain(security)
        .chain(app)
        .chain([app_confirms.as_str()])
    {
        for csrf in ["", "x"] {
            let answer = browser.submit(path, &[("csrf", csrf)]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    let page = browser.open(&operation).await;
    assert!(
        page.text.contains("/decline\""),
        "it was declined without a token"
    );
}

#[tokio::test]
async fn a_token_is_good_for_its_form_and_its_visitor_alone() {
    let site = Site::new().await;
    let (mut one, mut two) = (Browser::of(&site), Browser::of(&site));
    let page = one.open("/report").await;
    two.open("/report").await;
    let csrf = crate::browser::after(&page.text, "name=\"csrf\" value=\"");
    let fields = [("csrf", csrf.as_str()), ("code", "")];
    let stolen = two.submit("/report", &fields).await;
    assert_eq!(stolen.status, StatusCode::FORBIDDEN);
    let elsewhere = one.submit("/sign-in", &fields).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    let right = one.submit("/report", &fields).await;
    assert_eq!(right.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_form_of_another_site_or_no_form_at_all_is_refused() {
    let site = Site::new().await;
    let fetched = header::HeaderName::from_static("sec-fetch-site");
    let large: &'static [u8] = Box::leak(vec![b'a'; 17 * 1024].into_boxed_slice());
    for path in FORMS {
        let cases = [
            (
                posting(path, &[(header::ORIGIN, "https://evil.example")], b""),
                403,
            ),
            (posting(path, &[(header::ORIGIN, "null")], b""), 403),
            (posting(path, &[(fetched.clone(), "cross-site")], b""), 403),
            (
                posting(path, &[(header::CONTENT_TYPE, "application/json")], b"{}"),
                400,
            ),
            (posting(path, &[], b"login=%ff"), 400),
            (posting(path, &[], b"login=\xff"), 400),
            (posting(path, &[], b"login=a&login=b"), 400),
            (posting(path, &[], large), 413),
        ];
        for (request, status) in cases {
            let sent = format!("{request:?}");
            let answer = site.send(request).await;
            assert_eq!(answer.status.as_u16(), status, "{sent}");
            assert!(answer.text.starts_with("<!doctype html>"), "{sent}");
        }
    }
}

#[tokio::test]
async fn what_pages_load_comes_from_here() {
    let site = Site::new().await;
    let page = shown(&site, "/").await;
    let mut loaded = 0;
    for mark in ["stylesheet\" href=\"", "<script src=\""] {
        for part in page.text.split(mark).skip(1) {
            let path = part.split('"').next().unwrap();
            let answer = site.get(path, None).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert!(
                answer.header("cache-control").unwrap().contains("max-age"),
                "{path}"
            );
            loaded += 1;
        }
    }
    assert_eq!(loaded, 3);
}

#[tokio::test]
async fn a_program_gets_a_problem_and_a_person_a_page() {
    let site = Site::new().await;
    let program = site.get("/nowhere", None).await;
    assert_eq!(program.problem(), "not-found");
    let person = shown(&site, "/nowhere").await;
    let id = person.header("x-request-id").unwrap();
    assert!(person.text.contains(id), "the page names no request");
    let method = site.send(posting("/account", &[], b"")).await;
    assert_eq!(method.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(method.text.contains("<h1>"));
}
