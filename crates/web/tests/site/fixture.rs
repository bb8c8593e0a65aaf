//! A site on a store in a temporary folder, with a clock that stands still until a test moves it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use sekisho_core::known::ApiScope;
use sekisho_core::moment::Moment;
use sekisho_core::notice::Locale;
use sekisho_core::password::DenyList;
use sekisho_core::policy::Policy;
use sekisho_core::text::Reference;
use sekisho_gate::{
    Argon2Cost, Clock, Confidential, Dice, FreshApplication, Gate, HashPool, ImportLine, Imported,
    Keys, NewApplication, Parts, Places, Push, PushConfig, Token,
};
use sekisho_store::{Store, StoreConfig};
use sekisho_web::app::{Edge, router};
use sekisho_web::bounds::Bounds;
use sekisho_web::brand::{Brand, BrandSettings, Worded};
use sekisho_web::client::{Networks, Peer};
use sekisho_web::state::{App, PublicUrl};
use serde_json::Value;
use tower::ServiceExt as _;

/// Where every request of a test comes from.
pub const PEER: &str = "203.0.113.7:4711";
/// A customer of the fixture, with the usual password.
pub const CUSTOMER: &str = "C-000123";
pub const LOGIN: &str = "hana@example.com";
pub const PASSWORD: &str = "correct horse battery";
const HASH: &str = "$pbkdf2-sha256$i=1000$c2VraXNoby10ZXN0LXNhbHQ\
                    $pedVk8GEhqdJEd+/zo5AO33t9D17Vw/2xZvp0VxY8U8";
pub const REDIRECT: &str = "https://broker.example/callback";
pub const GOODBYE: &str = "https://broker.example/";
const NOW: Moment = Moment::from_unix_seconds(1_763_000_000);

pub struct Site {
    pub gate: Gate,
    pub clock: Clock,
    pub store: Store,
    pub router: Router,
    pub broker: Partner,
    pub rival: Partner,
    _folder: tempfile::TempDir,
}

/// An application with its credentials.
pub struct Partner {
    pub application: FreshApplication,
    pub all: String,
    pub decisions: String,
    pub operations: String,
    pub sweeps: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The slug of the problem; also holds the answer to what every problem has.
    pub fn problem(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        let json = self.json();
        assert_eq!(json["status"], self.status.as_u16());
        let instance = json["instance"].as_str().unwrap();
        let id = self.header("x-request-id").unwrap();
        assert_eq!(instance, format!("urn:sekisho:request:{id}"));
        json["type"]
            .as_str()
            .unwrap()
            .trim_start_matches("urn:sekisho:problem:")
            .to_owned()
    }
}

fn words(token: &Token) -> String {
    use secrecy::ExposeSecret as _;
    token.text().expose_secret().to_owned()
}

/// The client secret.
pub fn secret(partner: &Partner) -> String {
    words(partner.application.secret.as_ref().unwrap())
}

async fn partner(gate: &Gate, name: &str) -> Partner {
    let application = gate
        .register_application(NewApplication {
            name: name.into(),
            redirect_uris: vec![REDIRECT.into(), "jp.example.app:/done".into()],
            post_logout_uris: vec![GOODBYE.into()],
            confidential: Confidential::Yes,
        })
        .await
        .unwrap();
    let mut tokens = Vec::new();
    for scopes in [
        vec![ApiScope::Decisions, ApiScope::Operations, ApiScope::Sweeps],
        vec![ApiScope::Decisions],
        vec![ApiScope::Operations],
        vec![ApiScope::Sweeps],
    ] {
        let issued = gate
            .issue_credential(application.id, name.into(), scopes)
            .await;
        tokens.push(words(&issued.unwrap().1));
    }
    let mut tokens = tokens.into_iter();
    let mut next = || tokens.next().unwrap();
    Partner {
        application,
        all: next(),
        decisions: next(),
        operations: next(),
        sweeps: next(),
    }
}

pub fn brand() -> Brand {
    let worded = |text: &str| Worded {
        ja: text.into(),
        en: text.into(),
    };
    let settings = BrandSettings {
        name: worded("Hinode"),
        support: worded("03-0000-0000"),
        colour: "#1f4e79".into(),
    };
    Brand::new(&settings, None).unwrap()
}

async fn store(folder: &tempfile::TempDir) -> Store {
    let file = folder.path().join("sekisho.db");
    let store = Store::open(&StoreConfig::new(format!("sqlite:{}", file.display()))).await;
    let store = store.unwrap();
    store.migrate().await.unwrap();
    store
}

impl Site {
    pub async fn new() -> Self {
        Self::with(|_, _| {}).await
    }

    /// A site whose policy and edge a test changes.
    pub async fn with(change: impl FnOnce(&mut Policy, &mut Edge)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::danger_set(NOW);
        let mut policy = Policy::profile("jsda-2025").unwrap();
        policy.sign_in.require.clear();
        let mut edge = Edge {
            bounds: Bounds::default(),
            metrics: Some(Arc::new(|| "sekisho_up 1\n".to_owned())),
            metrics_from: Networks::loopback(),
            trusted_proxies: Networks::default(),
            sign_in: sekisho_web::sign_in_address::SignInAddress::default(),
            watch: Arc::new(|| Duration::ZERO),
        };
        change(&mut policy, &mut edge);
        let key = "sekisho-key-v1 k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        let public = PublicUrl::parse("https://id.example.jp").unwrap();
        let store = store(&folder).await;
        let gate = Gate::new(Parts {
            store: store.clone(),
            keys: Keys::new(&key.into(), Argon2Cost::OWASP).unwrap().into(),
            policy: policy.into(),
            places: Places::default(),
            deny: DenyList::of_lines(""),
            issuer: public.origin().to_owned(),
            clock: clock.clone(),
            dice: Dice::danger_seeded(1),
            pool: HashPool::new(2, 64),
            anchors: Arc::default(),
            push: Some(Push::new(&PushConfig::usual("mailto:x@example.jp")).unwrap()),
        });
        let (broker, rival) = (
            partner(&gate, "broker").await,
            partner(&gate, "rival").await,
        );
        let line = ImportLine {
            reference: Reference::parse(CUSTOMER).unwrap(),
            login: sekisho_core::login::Login::parse(LOGIN).unwrap(),
            hash: Some(HASH.into()),
            pin: None,
            verified: Some(NOW),
            locale: Locale::En,
        };
        assert!(matches!(
            gate.import(line).await.unwrap(),
            Imported::Added(_)
        ));
        let app = App {
            brand: Arc::new(brand()),
            gate: gate.clone(),
            public: Arc::new(public),
        };
        Self {
            router: router(app, edge).unwrap(),
            gate,
            clock,
            store,
            broker,
            rival,
            _folder: folder,
        }
    }

    /// Sends a request as it is.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        let peer: SocketAddr = PEER.parse().unwrap();
        if request.extensions().get::<Peer>().is_none() {
            request.extensions_mut().insert(Peer(peer));
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    pub async fn get(&self, path: &str, token: Option<&str>) -> Answer {
        self.send(
            with_token(Request::get(path), token)
                .body(Body::empty())
                .unwrap(),
        )
        .await
    }

    pub async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Answer {
        self.send(posting(path, token, &body.to_string())).await
    }

    /// The same with an idempotency key.
    pub async fn post_keyed(&self, path: &str, token: &str, key: &str, body: &Value) -> Answer {
        let mut request = posting(path, Some(token), &body.to_string());
        request
            .headers_mut()
            .insert("idempotency-key", key.parse().unwrap());
        self.send(request).await
    }
}

pub fn with_token(
    request: axum::http::request::Builder,
    token: Option<&str>,
) -> axum::http::request::Builder {
    match token {
        Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        None => request,
    }
}

pub fn posting(path: &str, token: Option<&str>, body: &str) -> Request<Body> {
    with_token(Request::post(path), token)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap()
}
