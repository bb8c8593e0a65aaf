//! The brokerage's side of Sekisho's API: ask for an operation, read it again, redeem its grant.
//!
//! **Invariant:** what is redeemed is stated with the fields that are about to be carried out.

use anyhow::{Context as _, bail};
use reqwest::{Client, Method, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The API behind one credential.
#[derive(Clone)]
pub struct Api {
    http: Client,
    sekisho: String,
    token: String,
}

/// A guarded operation, as far as the brokerage looks at it.
#[derive(Clone, Debug, Deserialize)]
pub struct Operation {
    /// The id.
    pub id: String,
    /// `pending`, `confirmed`, `held`, `redeemed` or `refused`.
    pub state: String,
    /// What was decided about it.
    #[serde(flatten)]
    pub decision: Decision,
    /// Where the customer confirms.
    #[serde(default)]
    pub confirm_uri: Option<String>,
    /// The grant, while it can be redeemed.
    #[serde(default)]
    pub grant: Option<String>,
}

/// A decision.
#[derive(Clone, Debug, Deserialize)]
pub struct Decision {
    /// `allow`, `step_up`, `hold` or `refuse`.
    pub verdict: String,
    /// Why.
    pub reasons: Vec<Reason>,
}

impl Decision {
    /// Whether a reason was given.
    pub fn has(&self, code: &str) -> bool {
        self.reasons.iter().any(|reason| reason.code == code)
    }

    /// The codes of all reasons.
    pub fn codes(&self) -> String {
        let codes: Vec<_> = self
            .reasons
            .iter()
            .map(|reason| reason.code.as_str())
            .collect();
        codes.join(", ")
    }
}

/// One reason.
#[derive(Clone, Debug, Deserialize)]
pub struct Reason {
    /// Its code.
    pub code: String,
}

/// What became of a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// It may be carried out now, once.
    Good,
    /// It may not; the reason's code.
    Refused(String),
}

/// From where a customer came, and what the ID token said.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Address of the browser.
    pub address: String,
    /// Its `User-Agent`.
    pub user_agent: String,
    /// Our own token of the device.
    pub device: Option<String>,
    /// Methods in the words of the API.
    pub verified: Vec<&'static str>,
}

/// What is asked about a sign-in.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The customer's number.
    pub customer: &'a str,
    /// From where the customer came.
    pub from: &'a Origin,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The customer's number.
    pub customer: &'a str,
    /// The kind of operation.
    pub kind: &'a str,
    /// Its fields.
    pub fields: &'a Value,
    /// From where the customer asked us.
    pub from: &'a Origin,
    /// Our own number of it, so that a request that is sent again makes no second one.
    pub order: &'a str,
    /// Where the browser comes back to, if it does.
    pub return_uri: Option<&'a str>,
}

impl Api {
    /// An API at the address `sekisho`.
    pub const fn new(http: Client, sekisho: String, token: String) -> Self {
        Self {
            http,
            sekisho,
            token,
        }
    }

    /// Asks to have an operation guarded.
    pub async fn operate(&self, asked: &Asked<'_>) -> anyhow::Result<Operation> {
        let from = asked.from;
        let body = json!({
            "customer": asked.customer,
            "kind": asked.kind,
            "fields": asked.fields,
            "context": {
                "address": from.address,
                "user_agent": from.user_agent,
                "device": from.device,
            },
            "verified": from.verified,
            "return_uri": asked.return_uri,
        });
        let body = without_nulls(body);
        let request = self
            .request(Method::POST, "/v1/operations")
            .header("idempotency-key", asked.order)
            .json(&body);
        read(request.send().await?, StatusCode::CREATED).await
    }

    /// Reads an operation again.
    pub async fn operation(&self, id: &str) -> anyhow::Result<Operation> {
        let request = self.request(Method::GET, &format!("/v1/operations/{id}"));
        read(request.send().await?, StatusCode::OK).await
    }

    /// Asks what to do about a sign-in whose password the application checked itself.
    pub async fn judge(&self, question: &Question<'_>) -> anyhow::Result<Decision> {
        let from = question.from;
        let body = json!({
            "customer": question.customer,
            "act": "sign_in",
            "context": {"address": from.address, "user_agent": from.user_agent},
            "verified": from.verified,
        });
        let request = self.request(Method::POST, "/v1/decisions").json(&body);
        read(request.send().await?, StatusCode::OK).await
    }

    /// Redeems a grant for `fields`. `key` is our own number of the request.
    pub async fn redeem(
        &self,
        grant: &str,
        kind: &str,
        fields: &Value,
        key: &str,
    ) -> anyhow::Result<Redeemed> {
        let body = json!({"grant": grant, "kind": kind, "fields": fields});
        let request = self
            .request(Method::POST, "/v1/grants/redeem")
            .header("idempotency-key", key)
            .json(&body);
        let answer = request.send().await?;
        if answer.status() == StatusCode::OK {
            return Ok(Redeemed::Good);
        }
        let status = answer.status();
        let problem: Value = answer.json().await.unwrap_or_default();
        match problem.get("reason") {
            Some(Value::String(code)) => Ok(Redeemed::Refused(code.clone())),
            _ => bail!("redeeming was answered with {status}: {problem}"),
        }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let address = format!("{}{path}", self.sekisho);
        self.http.request(method, address).bearer_auth(&self.token)
    }
}

/// Members that are absent are left out rather than sent as null.
fn without_nulls(mut body: Value) -> Value {
    if let Some(all) = body.as_object_mut() {
        all.retain(|_, value| !value.is_null());
    }
    if let Some(context) = body.get_mut("context").and_then(Value::as_object_mut) {
        context.retain(|_, value| !value.is_null());
    }
    body
}

async fn read<T: DeserializeOwned>(answer: Response, expected: StatusCode) -> anyhow::Result<T> {
    let status = answer.status();
    let text = answer.text().await?;
    if status != expected {
        bail!("Sekisho answered {status}: {text}");
    }
    serde_json::from_str(&text).context("an answer of Sekisho cannot be read")
}
