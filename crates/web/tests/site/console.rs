//! The console, through its own router: its door, its cookies, and each page and form by each role.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret as _;
use sekisho_core::known::{FRESH, StaffName, StaffRole};
use sekisho_gate::{StaffAnswer, StaffClaim};
use sekisho_web::app::Edge;
use sekisho_web::bounds::Bounds;
use sekisho_web::client::{Networks, Peer};
use sekisho_web::state::{App, PublicUrl};
use sekisho_world::passkey::{Page, Passkey};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::browser::{after, form};
use crate::fixture::{Answer, PEER, Site, brand};

const ORIGIN: &str = "https://console.example.jp";
const SESSION: &str = "__Host-console-session";

/// A browser at the console of a site.
pub struct Desk<'a> {
    site: &'a Site,
    router: Router,
    cookies: BTreeMap<String, String>,
}

impl<'a> Desk<'a> {
    pub fn of(site: &'a Site) -> Self {
        let app = App {
            brand: Arc::new(brand()),
            gate: site.gate.clone(),
            public: Arc::new(PublicUrl::parse(ORIGIN).unwrap()),
        };
        let edge = Edge {
            bounds: Bounds::default(),
            metrics: None,
            metrics_from: Networks::default(),
            trusted_proxies: Networks::default(),
            sign_in: sekisho_web::sign_in_address::SignInAddress::default(),
            watch: Arc::new(|| Duration::ZERO),
        };
        Self {
            site,
            router: sekisho_web::console::router(app, &edge).unwrap(),
            cookies: BTreeMap::new(),
        }
    }

    async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let pairs = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let cookies = pairs.collect::<Vec<_>>().join("; ");
        let peer: SocketAddr = PEER.parse().unwrap();
        let headers = request.headers_mut();
        headers.insert(header::COOKIE, cookies.parse().unwrap());
        request.extensions_mut().insert(Peer(peer));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let strict = "; Path=/; Secure; HttpOnly; SameSite=Strict";
            assert!(text.starts_with("__Host-console-") && text.contains(strict));
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            match value {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.into(), value.into()),
            };
        }
        let bytes = to_bytes(body, 1 << 22).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    pub async fn open(&mut self, path: &str) -> Answer {
        let request = Request::get(path).header(header::ACCEPT_LANGUAGE, "en");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub async fn submit(&mut self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT_LANGUAGE, "en")
            .body(Body::from(form(pairs)));
        self.send(request.unwrap()).await
    }

    /// Sends the form of a page that posts to `action`, with its token.
    pub async fn fill(&mut self, page: &Answer, action: &str, pairs: &[(&str, &str)]) -> Answer {
        let shown = crate::visit::form_of(page, action);
        let csrf = after(shown, "name=\"csrf\" value=\"");
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(pairs);
        self.submit(action, &all).await
    }

    /// The token of a form, whether or not a page offers it.
    pub fn csrf(&self, form: &str) -> String {
        self.site.gate.csrf_token(&self.cookies[SESSION], form)
    }
}

/// What the form that posts to `action` asks of the browser, and its ticket.
pub fn wanted(page: &Answer, action: &str) -> (Vec<u8>, Value, String) {
    let form = crate::visit::form_of(page, action);
    let options = after(form, "data-passkey=\"").replace("&#34;", "\"");
    let ticket = after(form, "name=\"ticket\" value=\"");
    let options: Value = serde_json::from_str(&options).unwrap();
    let challenge = options["challenge"].as_str().unwrap();
    (URL_SAFE_NO_PAD.decode(challenge).unwrap(), options, ticket)
}

pub fn place(challenge: &[u8]) -> Page<'_> {
    Page {
        origin: ORIGIN,
        challenge,
        top: None,
    }
}

/// Answers the form of a page with a passkey.
pub async fn touched(
    desk: &mut Desk<'_>,
    page: &Answer,
    action: &str,
    passkey: &mut Passkey,
) -> Answer {
    let (challenge, options, ticket) = wanted(page, action);
    assert_eq!(options["rpId"], "console.example.jp");
    assert_eq!(options["userVerification"], "required");
    let credential = passkey.get(place(&challenge)).json();
    let form = crate::visit::form_of(page, action);
    let back = after(form, "name=\"return_to\" value=\"");
    let fields = [
        ("ticket", ticket.as_str()),
        ("credential", &credential),
        ("return_to", &back),
    ];
    desk.fill(page, action, &fields).await
}

/// Makes the first passkey of a person, in a browser.
pub async fn enrolled(desk: &mut Desk<'_>, claim: &StaffClaim, seed: u8) -> Passkey {
    let page = desk.open("/enrol").await;
    let secret = claim.secret.expose_secret();
    let fields = [("name", claim.name.as_str()), ("secret", secret)];
    let entered = desk.fill(&page, "/enrol", &fields).await;
    assert_eq!(
        entered.header("location"),
        Some("/enrol/passkey"),
        "{entered:?}"
    );
    let page = desk.open("/enrol/passkey").await;
    let (challenge, options, ticket) = wanted(&page, "/enrol/passkey");
    assert_eq!(options["rp"]["id"], "console.example.jp");
    let user = options["user"]["id"].as_str().unwrap();
    let user = URL_SAFE_NO_PAD.decode(user).unwrap();
    let passkey = Passkey::new([seed; 32], "console.example.jp", &user).unwrap();
    let credential = passkey.create(place(&challenge)).json();
    let fields = [
        ("ticket", ticket.as_str()),
        ("credential", &credential),
        ("name", "鍵 <b>"),
    ];
    let made = desk.fill(&page, "/enrol/passkey", &fields).await;
    assert_eq!(
        made.header("location"),
        Some("/sign-in?told=enrolled"),
        "{made:?}"
    );
    assert!(!desk.cookies.contains_key(SESSION));
    passkey
}

pub async fn signed_in(desk: &mut Desk<'_>, passkey: &mut Passkey) {
    let page = desk.open("/sign-in").await;
    let entered = touched(desk, &page, "/sign-in", passkey).await;
    assert_eq!(entered.header("location"), Some("/"), "{entered:?}");
}

/// A person of the firm; another one answers for all but the first.
pub async fn person(
    site: &Site,
    name: &str,
    roles: &[StaffRole],
    by: Option<&StaffClaim>,
) -> StaffClaim {
    let name = StaffName::parse(name).unwrap();
    let added = site.gate.add_staff(name.clone(), roles.to_vec(), by).await;
    let StaffAnswer::Done((_, secret)) = added.unwrap() else {
        panic!("{name} is not added")
    };
    let secret = secret.text().clone();
    StaffClaim { name, secret }
}

#[tokio::test]
async fn a_person_makes_a_passkey_signs_in_with_it_and_signs_out() {
    let site = Site::new().await;
    let sato = person(&site, "sato", &[StaffRole::Operations], None).await;
    let mut desk = Desk::of(&site);
    let away = desk.open("/").await;
    assert_eq!(away.header("location"), Some("/sign-in?return_to=%2F"));
    let mut passkey = enrolled(&mut desk, &sato, 7).await;
    signed_in(&mut desk, &mut passkey).await;
    let page = desk.open("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text.contains("<strong>sato</strong> (responder)"),
        "{page:?}"
    );
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self';"));
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert!(page.header("strict-transport-security").is_some());
    let own = desk.open("/passkeys").await;
    assert!(own.text.contains("鍵 &#60;b&#62;"), "{own:?}");
    let held = desk.cookies[SESSION].clone();
    let out = desk.fill(&page, "/sign-out", &[]).await;
    assert_eq!(out.header("location"), Some("/sign-in?told=out"));
    desk.cookies.insert(SESSION.into(), held);
    let gone = desk.open("/passkeys").await;
    assert_eq!(
        gone.header("location"),
        Some("/sign-in?return_to=%2Fpasskeys")
    );
}

#[tokio::test]
async fn what_is_wrong_at_the_door_reads_the_same_and_no_form_acts_without_its_token() {
    let site = Site::new().await;
    let sato = person(&site, "sato", &[StaffRole::Operations], None).await;
    let mut desk = Desk::of(&site);
    let page = desk.open("/enrol").await;
    let mut said = Vec::new();
    for (name, secret) in [("sato", "skf_x"), ("nobody", "skf_x"), ("sato", "")] {
        let fields = [("name", name), ("secret", secret)];
        let wrong = desk.fill(&page, "/enrol", &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!wrong.text.contains("skf_x"));
        said.push(wrong.text.replace(&format!("value=\"{name}\""), ""));
    }
    assert!(said.iter().all(|one| *one == said[0]));
    let mut passkey = enrolled(&mut desk, &sato, 7).await;
    for (path, fields) in [
        ("/enrol", vec![("name", "sato")]),
        ("/sign-in", vec![("credential", "{}")]),
    ] {
        let forged = desk.submit(path, &fields).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN, "{path}");
    }
    signed_in(&mut desk, &mut passkey).await;
    for path in ["/prove", "/passkeys", "/sign-out"] {
        let forged = desk.submit(path, &[("csrf", "x")]).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN, "{path}");
    }
    // What began on another site is no form of ours, even with the right token.
    let csrf = desk.csrf("console_sign_out");
    let request = Request::post("/sign-out")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, "https://id.example.jp")
        .body(Body::from(form(&[("csrf", &csrf)])));
    let elsewhere = desk.send(request.unwrap()).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_stale_proof_leads_to_another_one_and_back() {
    let site = Site::new().await;
    let sato = person(&site, "sato", &[StaffRole::Operations], None).await;
    let mut desk = Desk::of(&site);
    let mut passkey = enrolled(&mut desk, &sato, 7).await;
    signed_in(&mut desk, &mut passkey).await;
    assert!(desk.open("/passkeys").await.text.contains("data-makes"));
    site.clock.danger_move(FRESH);
    let page = desk.open("/passkeys").await;
    assert!(!page.text.contains("data-makes"));
    let csrf = desk.csrf("console_passkey");
    let late = desk.submit("/passkeys", &[("csrf", &csrf)]).await;
    let back = "/prove?return_to=%2Fpasskeys";
    assert_eq!(late.header("location"), Some(back));
    let held = desk.cookies[SESSION].clone();
    let page = desk.open(back).await;
    let proved = touched(&mut desk, &page, "/prove", &mut passkey).await;
    assert_eq!(proved.header("location"), Some("/passkeys"), "{proved:?}");
    assert_ne!(desk.cookies[SESSION], held);
    assert!(desk.open("/passkeys").await.text.contains("data-makes"));
}

#[tokio::test]
async fn the_console_is_not_where_customers_are_and_they_are_not_there() {
    let site = Site::new().await;
    let mut desk = Desk::of(&site);
    for path in [
        "/account",
        "/history",
        "/sign-up",
        "/v1/decisions",
        "/authorize",
    ] {
        assert_eq!(
            desk.open(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    for path in ["/enrol", "/passkeys", "/prove"] {
        assert_eq!(site.get(path, None).await.status, StatusCode::NOT_FOUND);
    }
    for path in [
        "/assets/sekisho.css",
        "/assets/console.css",
        "/assets/passkey.js",
    ] {
        assert_eq!(desk.open(path).await.status, StatusCode::OK, "{path}");
    }
}

/// Every page and form of the console behind its door.
const EACH: &[(&str, &str)] = &[
    ("GET", "/"),
    ("GET", "/alerts"),
    ("GET", "/alerts.csv"),
    ("GET", "/alerts/alr_01234567890123456789012345"),
    ("POST", "/alerts/alr_01234567890123456789012345/close"),
    (
        "GET",
        "/alerts/alr_01234567890123456789012345/respond?response=freeze",
    ),
    ("POST", "/alerts/alr_01234567890123456789012345/respond"),
    ("POST", "/alerts/alr_01234567890123456789012345/take"),
    ("GET", "/campaigns"),
    ("GET", "/campaigns.csv"),
    ("GET", "/campaigns/new"),
    ("POST", "/campaigns/new"),
    ("GET", "/campaigns/cmp_01234567890123456789012345"),
    ("POST", "/campaigns/cmp_01234567890123456789012345/start"),
    ("POST", "/campaigns/cmp_01234567890123456789012345/stop"),
    ("GET", "/cases"),
    ("GET", "/cases.csv"),
    ("GET", "/cases/cas_01234567890123456789012345"),
    ("POST", "/cases/cas_01234567890123456789012345/take"),
    ("POST", "/cases/cas_01234567890123456789012345/note"),
    ("POST", "/cases/cas_01234567890123456789012345/close"),
    ("GET", "/customers"),
    ("POST", "/customers"),
    ("GET", "/customers/cus_01234567890123456789012345"),
    ("POST", "/customers/cus_01234567890123456789012345/respond"),
    ("POST", "/customers/cus_01234567890123456789012345/reveal"),
    ("GET", "/decisions/dec_01234567890123456789012345"),
    ("GET", "/links"),
    ("GET", "/links?of=cus_01234567890123456789012345"),
    ("POST", "/links"),
    ("GET", "/networks"),
    ("GET", "/networks?alert=alr_01234567890123456789012345"),
    ("POST", "/networks"),
    ("POST", "/networks/look"),
    ("GET", "/networks/lst_01234567890123456789012345"),
    ("POST", "/networks/lst_01234567890123456789012345/end"),
    ("GET", "/operations"),
    ("GET", "/operations/opr_01234567890123456789012345"),
    ("POST", "/operations/opr_01234567890123456789012345/end"),
    ("GET", "/rules"),
    ("POST", "/rules"),
    ("GET", "/rules/standard"),
    ("GET", "/rules/standard/trial"),
    ("POST", "/rules/mine.1/approve"),
    ("POST", "/rules/mine.1/shadow"),
    ("GET", "/rules/new"),
    ("POST", "/rules/new"),
    ("GET", "/stops"),
    ("POST", "/stops"),
    ("POST", "/stops/stp_01234567890123456789012345/lift"),
    ("GET", "/passkeys"),
    ("POST", "/passkeys"),
    ("POST", "/passkeys/crd_01234567890123456789012345/remove"),
    ("GET", "/prove"),
    ("POST", "/prove"),
];

/// The name of the form that posts to a path.
fn form_name(path: &str) -> String {
    let mut parts = path.split('/').skip(1);
    match (parts.next().unwrap(), parts.next(), parts.next()) {
        ("alerts", Some(id), Some("respond")) => format!("console_alert_respond:{id}"),
        ("customers", Some(id), Some(step)) => format!("console_customer_{step}:{id}"),
        ("customers", ..) => "console_customer_find".to_owned(),
        ("links", ..) => "console_links_find".to_owned(),
        ("networks", Some("look"), None) => "console_network_look".to_owned(),
        ("networks", Some(id), Some("end")) => format!("console_network_end:{id}"),
        ("networks", ..) => "console_network:203.0.113.7:0".to_owned(),
        ("operations", Some(id), Some("end")) => format!("console_operation_end:{id}"),
        ("rules", Some("new"), None) => "console_rules_new".to_owned(),
        ("rules", Some(version), Some(step)) => format!("console_rules_{step}:{version}"),
        ("rules", ..) => "console_rules".to_owned(),
        ("campaigns", Some(id), Some(step)) => format!("console_campaign_{step}:{id}"),
        ("campaigns", ..) => "console_campaigns_new".to_owned(),
        ("stops", Some(id), Some("lift")) => format!("console_stop_lift:{id}"),
        ("stops", ..) => "console_stop".to_owned(),
        ("alerts", Some(id), Some(step)) => format!("console_alert_{step}:{id}"),
        ("cases", Some(id), Some(step)) => format!("console_case_{step}:{id}"),
        ("passkeys", Some(id), Some("remove")) => format!("console_passkey_remove:{id}"),
        ("passkeys", ..) => "console_passkey".to_owned(),
        ("prove", ..) => "console_prove".to_owned(),
        _ => panic!("{path}"),
    }
}

async fn status(desk: &mut Desk<'_>, method: &str, path: &str) -> String {
    let answer = match method {
        "GET" => desk.open(path).await,
        _ => {
            let csrf = desk.csrf(&form_name(path));
            let fields = [
                ("csrf", csrf.as_str()),
                ("revision", "1"),
                ("end", "fraud"),
                ("ground", "case 2020-9"),
                ("note", "seen"),
                ("what", "nobody"),
                ("network", "203.0.113.7"),
                ("shown", "0"),
                ("since", "0"),
                ("response", "freeze"),
                ("digest", "00"),
                ("purpose", "case 2020-9"),
            ];
            desk.submit(path, &fields).await
        }
    };
    let code = answer.status.as_u16();
    match answer
        .header("location")
        .and_then(|to| to.split('?').next())
    {
        Some(to) => format!("{code}{to}"),
        None => code.to_string(),
    }
}

/// Who may what, as pages say it: a row for each page and form, a column for each role, first with
/// a fresh proof and then without.
#[tokio::test]
async fn each_page_and_form_by_each_role_is_what_was_reviewed() {
    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/site/console.txt");
    let site = Site::new().await;
    let chief = person(&site, "chief", &[StaffRole::Administrator], None).await;
    let mut rows: Vec<String> = EACH
        .iter()
        .map(|(method, path)| {
            format!(
                "{method:<5}{:<44}",
                path.replace("01234567890123456789012345", "…")
            )
        })
        .collect();
    let mut head = format!("{:<49}", "");
    for (number, role) in (20..).zip(StaffRole::ALL) {
        let claim = person(&site, &format!("p-{}", number), &[role], Some(&chief)).await;
        let mut desk = Desk::of(&site);
        let mut passkey = enrolled(&mut desk, &claim, number).await;
        signed_in(&mut desk, &mut passkey).await;
        write!(head, "{:<28}", role.word()).unwrap();
        let mut fresh = Vec::new();
        for (method, path) in EACH {
            fresh.push(status(&mut desk, method, path).await);
        }
        site.clock.danger_move(FRESH);
        for ((method, path), (row, fresh)) in EACH.iter().zip(rows.iter_mut().zip(fresh)) {
            let stale = status(&mut desk, method, path).await;
            write!(row, "{:<28}", format!("{fresh} {stale}")).unwrap();
        }
    }
    let lines = std::iter::once(&head).chain(&rows);
    let lines: Vec<_> = lines.map(|line| line.trim_end().to_owned()).collect();
    let made = format!(
        "# What each page and form of the console answers to each role, after a proof of a moment \
         ago and after one of\n# five minutes ago. Written by SEKISHO_WRITE_TABLES=1 cargo test -p \
         sekisho-web --test site console\n\n{}\n",
        lines.join("\n")
    );
    if std::env::var_os("SEKISHO_WRITE_TABLES").is_some() {
        std::fs::write(FILE, &made).unwrap();
    }
    let kept = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        kept == made,
        "console.txt is not what the console answers: read the difference\n{made}"
    );
}
