//! Sekisho for an application: have an operation guarded, wait for the customer, redeem the grant.
//!
//! [`grant`] verifies a grant without asking; most applications are better off without that one.

pub mod grant;
mod keys;
mod order;

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Method, RequestBuilder};
use serde::Deserialize;
use serde_json::{Value, json};

pub use order::{Order, digest};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Sekisho answered something else than was asked for.
    #[error(transparent)]
    Problem(#[from] Box<Problem>),
    /// The fields are not written as Sekisho writes them; see [`digest`].
    #[error("Sekisho reads these fields in another way than they are written")]
    Fields,
    /// It could not be reached, or what came cannot be read. Send again with the same key.
    #[error("Sekisho could not be asked")]
    Http(#[from] reqwest::Error),
}

/// A refusal or a mistake in words (RFC 9457).
#[derive(Debug, Default, Deserialize, thiserror::Error)]
#[error("{status}: {detail} {instance}")]
#[serde(default)]
pub struct Problem {
    /// The status of the answer.
    pub status: u16,
    /// What kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened this time.
    pub detail: String,
    /// The request in Sekisho's log: say it when you ask its operators.
    pub instance: String,
    /// Why a decision refused, such as `grant_invalid`; absent where the request was wrong.
    pub reason: Option<String>,
    /// What is wrong with which field.
    pub errors: Vec<Value>,
    /// What is switched off, with a message for your customer, where the reason is `stopped`.
    pub stop: Option<Value>,
}

/// A guarded operation.
#[derive(Clone, Debug, Deserialize)]
pub struct Operation {
    /// Its id.
    pub id: String,
    /// `pending`, `confirmed`, `held`, `redeemed` or `refused`.
    pub state: String,
    /// See [`digest`].
    pub digest: String,
    /// Where to send the customer's browser, while the state is `pending`.
    pub confirm_uri: Option<String>,
    /// While it can be redeemed.
    pub grant: Option<String>,
    /// What is switched off, where that is why it was refused.
    pub stop: Option<Value>,
}

/// The API behind one credential.
pub struct Sekisho {
    http: Client,
    url: String,
    application: String,
    token: String,
}

impl Sekisho {
    /// `application` is your own id, `app_…`. `http` follows no redirects ([`client`] makes such a
    /// one): the credential goes to Sekisho and to nowhere that an answer points to.
    pub const fn new(http: Client, url: String, application: String, token: String) -> Self {
        Self {
            http,
            url,
            application,
            token,
        }
    }

    /// Has `order` guarded. While its state is `pending`, send the customer to `confirm_uri`.
    ///
    /// `key` is your number of this request. Keep it before you send, and send again with the same
    /// one if no answer came: that makes no second operation.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn operate(&self, order: &Order, key: &str) -> Result<Operation, Fault> {
        let request = self.request(Method::POST, "/v1/operations");
        let operation = answer(request.header("idempotency-key", key).json(order)).await?;
        // Whoever writes fields in another way than Sekisho learns it here and not from a grant.
        if operation.digest != digest(&self.application, order) {
            return Err(Fault::Fields);
        }
        Ok(operation)
    }

    /// Reads an operation again, with its grant while that can be redeemed.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn operation(&self, id: &str) -> Result<Operation, Fault> {
        answer(self.request(Method::GET, &format!("/v1/operations/{id}"))).await
    }

    /// Reads an operation every `pause` until it is no longer `pending`, so many `times` at most.
    ///
    /// A web application reads it once instead, when the browser comes back to `return_uri`. Only
    /// `confirmed` comes with a grant; `held` waits for Sekisho's staff, perhaps for days.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn wait(&self, id: &str, pause: Duration, times: u32) -> Result<Operation, Fault> {
        let mut operation = self.operation(id).await?;
        for _ in 1..times {
            if operation.state != "pending" {
                break;
            }
            tokio::time::sleep(pause).await;
            operation = self.operation(id).await?;
        }
        Ok(operation)
    }

    /// Redeems a grant for what you carry out at once. A [`Fault`] means: do not.
    ///
    /// `key` is again your number of this request, another one than for [`Self::operate`].
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn redeem(&self, grant: &str, order: &Order, key: &str) -> Result<Operation, Fault> {
        let body = json!({"grant": grant, "kind": order.kind, "fields": order.fields});
        let request = self.request(Method::POST, "/v1/grants/redeem");
        answer(request.header("idempotency-key", key).json(&body)).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        request.bearer_auth(&self.token)
    }
}

/// A client that follows no redirects and waits ten seconds at most.
///
/// # Errors
/// When the machine has no random numbers or no certificates.
pub fn client() -> Result<Client, reqwest::Error> {
    let policy = reqwest::redirect::Policy::none();
    Client::builder()
        .redirect(policy)
        .timeout(Duration::from_secs(10))
        .build()
}

async fn answer(request: RequestBuilder) -> Result<Operation, Fault> {
    let answer = request.send().await?;
    let status = answer.status();
    if status.is_success() {
        return Ok(answer.json().await?);
    }
    let kind = answer.headers().get(CONTENT_TYPE);
    let told = kind.is_some_and(|kind| kind == "application/problem+json");
    let mut problem: Problem = if told {
        answer.json().await?
    } else {
        Problem::default()
    };
    problem.status = status.as_u16();
    Err(Box::new(problem).into())
}
