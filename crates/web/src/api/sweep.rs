//! The act "sweep": `POST /v1/sweeps`, for the monitoring team's own programs.
//!
//! The answer is written while it is found: a line of JSON for each procedure, and a last one that
//! says that this was all.
//!
//! **Invariant:** an answer without its last line is not whole, and whoever reads it can tell.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use hyper::body::Frame;
use sekisho_core::access::OperationKind;
use sekisho_core::bytes::{Digest, Digesting};
use sekisho_core::context::Address;
use sekisho_core::known::ApiScope;
use sekisho_core::moment::Moment;
use sekisho_core::policy::Policy;
use sekisho_core::sighting::TraitKind;
use sekisho_core::sweep::{Finding, Handed, Look};
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_gate::{Fault, ListedQuestion, ListedRow, ListedSweep, Sweep, SweepQuestion};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{caller, request};
use crate::json::body;
use crate::json::fields::{Fields, Mistakes, not_one_of, read_text};
use crate::problem::{Kind, Problem};
use crate::state::App;

/// Procedures of one request: they fit into the bound of a body.
pub const MOST_PROCEDURES: usize = 500;
/// Pages that wait for whoever reads.
const WAITING: usize = 2;
/// How long a page waits to be read: the places for sweeps are few.
const READ_WITHIN: Duration = Duration::from_secs(30);
/// Which places are compared.
pub const PLACES: [TraitKind; 3] = [TraitKind::Address, TraitKind::Network, TraitKind::Device];
/// The form of `incident`: letters, and a number of at most seven digits, so that it is no phone
/// number.
pub const INCIDENT: &str = "^[A-Za-z][A-Za-z ._:#/-]{0,31}[0-9]{0,7}$";

/// What is asked.
enum Question {
    /// Operations of a time.
    Operations(SweepQuestion),
    /// A list.
    Procedures(ListedQuestion),
}

/// A sweep in course.
enum Sweeping {
    Operations(Sweep),
    Procedures(ListedSweep),
}

/// Sweeps.
///
/// # Errors
/// Problems of the request, and faults.
#[utoipa::path(
    post, path = "/v1/sweeps", operation_id = "sweep", tag = "sweeps",
    summary = "Ask who was where",
    description = "Which operations of a time, or which procedures of a list of yours, were done from a place that was not the customer's, and who else was there: of every customer of every application. One JSON object a line, as `sekisho sweep` writes them; the last one has the one member `summary` with the counts and the SHA-256 of the lines before it. An answer without it is not whole. What is asked, the counts and the digest stay in the record. The scope `sweeps` is needed; two are carried out at the same time.",
    request_body(content = ref("#/components/schemas/SweepRequest"), content_type = "application/json"),
    responses((
        status = 200, description = "What was found: by kind, and of each the oldest first.",
        content_type = "application/x-ndjson", body = String,
    )),
    security(("credential" = []))
)]
pub async fn sweep(
    State(app): State<App>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let caller = caller::caller(&app.gate, &headers, ApiScope::Sweeps).await?;
    let document = body::parse(&headers, &bytes)?;
    let (question, ground, only) = read(&document, &app.gate.policy(), app.gate.now())?;
    let sweeping = match question {
        Question::Operations(question) => app
            .gate
            .sweep_for(&caller, question, ground)
            .await?
            .map(Sweeping::Operations),
        Question::Procedures(question) => app
            .gate
            .sweep_listed_for(&caller, question, ground)
            .await?
            .map(Sweeping::Procedures),
    };
    let Some(sweeping) = sweeping else {
        let detail = "Other sweeps are under way; ask again when they have ended.";
        return Err(Problem::new(Kind::Overloaded, detail).retry_after(5));
    };
    let (send, lines) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        if let Err(fault) = written(&app, sweeping, &only, &send).await {
            // Without its last line the answer is not whole.
            tracing::error!(target: "fault", error = %fault, "a sweep did not end");
        }
    });
    let mut response = Response::new(Body::new(Lines(lines)));
    let kind = HeaderValue::from_static("application/x-ndjson");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

/// Writes every page as it is found, and the last line if that was all.
async fn written(
    app: &App,
    mut sweeping: Sweeping,
    only: &[Finding],
    send: &mpsc::Sender<Bytes>,
) -> Result<(), Fault> {
    let mut digest = Digesting::default();
    let read = pages(&mut sweeping, only, &mut digest, send).await;
    let digest = digest.end();
    let handed = match read {
        Ok(handed) => handed,
        Err(_) => Handed::Cut,
    };
    let archived = app.gate.archived_until().await;
    let handed = handed.and(Handed::of(&archived));
    let ended = sweeping.end(handed, digest).await;
    // Whoever reads on after all is not to take what came for all there was.
    if read? == Handed::Cut {
        return ended.map(drop);
    }
    let mut summary = json!({"found": ended?, "sha256": digest.to_string()});
    if let Some(until) = archived? {
        summary["archived_until"] = json!(until);
    }
    let summary = json!({ "summary": summary });
    let _ = timeout(READ_WITHIN, send.send(format!("{summary}\n").into())).await;
    Ok(())
}

/// Writes every page as it is found, for as long as somebody reads.
async fn pages(
    sweeping: &mut Sweeping,
    only: &[Finding],
    digest: &mut Digesting,
    send: &mpsc::Sender<Bytes>,
) -> Result<Handed, Fault> {
    while let Some(found) = sweeping.next().await? {
        if send.is_closed() {
            return Ok(Handed::Cut);
        }
        let wanted = found
            .into_iter()
            .filter(|(finding, _)| only.is_empty() || only.contains(finding));
        let text: String = wanted.map(|(_, line)| format!("{line}\n")).collect();
        if text.is_empty() {
            continue;
        }
        let line = Bytes::from(text);
        // Whoever hung up, or does not read on, gets no more; the record has what was handed over.
        match timeout(READ_WITHIN, send.send(line.clone())).await {
            Ok(Ok(())) => digest.take(&line),
            _ => return Ok(Handed::Cut),
        }
    }
    Ok(Handed::Whole)
}

impl Sweeping {
    async fn next(&mut self) -> Result<Option<Vec<(Finding, Value)>>, Fault> {
        Ok(match self {
            Self::Operations(sweep) => sweep.next().await?.map(|page| {
                let page = page.iter();
                page.map(|one| (one.finding, one.json())).collect()
            }),
            Self::Procedures(sweep) => sweep.next().await?.map(|page| {
                let page = page.iter();
                page.map(|one| (one.finding, one.json())).collect()
            }),
        })
    }

    async fn end(self, handed: Handed, digest: Digest) -> Result<Value, Fault> {
        Ok(match self {
            Self::Operations(sweep) => sweep.end(handed, digest).await?.json(),
            Self::Procedures(sweep) => sweep.end(handed, digest).await?.json(),
        })
    }
}

fn read(
    document: &Value,
    policy: &Policy,
    now: Moment,
) -> Result<(Question, Ground, Vec<Finding>), Problem> {
    const NAMES: &[&str] = &[
        "by",
        "from",
        "incident",
        "kinds",
        "only",
        "procedures",
        "until",
    ];
    let mut mistakes = Mistakes::default();
    let fields = Fields::document(document, NAMES, &mut mistakes);
    let asked = fields.and_then(|fields| asked(&fields, policy, now, &mut mistakes));
    mistakes.or(asked)
}

fn asked(
    fields: &Fields<'_>,
    policy: &Policy,
    now: Moment,
    mistakes: &mut Mistakes,
) -> Option<(Question, Ground, Vec<Finding>)> {
    let ground = fields.required_text("incident", mistakes, incident);
    let only = words(fields, "only", &Finding::ALL, Finding::word, mistakes).unwrap_or_default();
    let listed = fields.value("procedures").is_some();
    // A list has no devices.
    let (places, usual) = match listed {
        true => (&PLACES[..2], &PLACES[..1]),
        false => (&PLACES[..], &[TraitKind::Address, TraitKind::Device][..]),
    };
    let traits = words(fields, "by", places, TraitKind::word, mistakes);
    let traits = traits.filter(|traits| !traits.is_empty());
    let traits = traits.unwrap_or_else(|| usual.to_vec());
    let look = Look::USUAL;
    let words = only.iter().map(|finding| finding.word()).collect();
    let question = if listed {
        for name in ["from", "kinds", "until"] {
            if fields.value(name).is_some() {
                let detail = "does not go together with procedures";
                mistakes.note(Kind::UnknownField, fields.pointer(name), detail);
            }
        }
        Question::Procedures(ListedQuestion {
            rows: rows(fields, mistakes)?,
            traits,
            look,
            only: words,
        })
    } else {
        let kinds = kinds(fields, policy, mistakes);
        let from = fields.required_text("from", mistakes, moment);
        let until = fields.text("until", mistakes, moment);
        Question::Operations(SweepQuestion {
            kinds: kinds?,
            from: from?,
            until: until.unwrap_or(now),
            application: None,
            traits,
            look,
            only: words,
        })
    };
    Some((question, ground?, only))
}

/// [`INCIDENT`].
fn incident(text: &str) -> Result<Ground, &'static str> {
    let wrong = "must be letters, and at most seven digits behind them, such as INC-1234";
    let word = text.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let letters = word.len() <= 32
        && word.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || b" ._:#/-".contains(&byte));
    if !letters || text.len() - word.len() > 7 {
        return Err(wrong);
    }
    Ground::parse(text).map_err(|_| wrong)
}

fn moment(text: &str) -> Result<Moment, &'static str> {
    Moment::parse_rfc3339(text).ok_or("must be a date and time with an offset (RFC 3339)")
}

/// A list of some of `known`, none of them twice.
fn words<T: Copy + PartialEq>(
    fields: &Fields<'_>,
    name: &str,
    known: &[T],
    word: impl Fn(T) -> &'static str,
    mistakes: &mut Mistakes,
) -> Option<Vec<T>> {
    let all: Vec<_> = known.iter().map(|one| word(*one)).collect();
    let mut found = Vec::new();
    for (place, item) in fields.list(name, mistakes)?.iter().enumerate() {
        let pointer = format!("{}/{place}", fields.pointer(name));
        let one = read_text(item, &pointer, mistakes, |text| {
            let one = known.iter().find(|one| word(**one) == text);
            one.copied().ok_or_else(|| not_one_of(text, &all))
        });
        match one {
            Some(one) if found.contains(&one) => {
                mistakes.note(Kind::InvalidValue, pointer, "stands there twice");
            }
            other => found.extend(other),
        }
    }
    Some(found)
}

fn kinds(
    fields: &Fields<'_>,
    policy: &Policy,
    mistakes: &mut Mistakes,
) -> Option<Vec<OperationKind>> {
    fields.required("kinds", mistakes)?;
    let items = fields.list("kinds", mistakes)?;
    if items.is_empty() {
        mistakes.note(Kind::InvalidValue, fields.pointer("kinds"), "is empty");
    }
    let mut kinds = Vec::new();
    for (place, item) in items.iter().enumerate() {
        let pointer = format!("{}/{place}", fields.pointer("kinds"));
        let kind = read_text(item, &pointer, mistakes, |text| {
            request::kind(text, policy, &[]).map(|(kind, _)| kind.clone())
        });
        match kind {
            Some(kind) if kinds.contains(&kind) => {
                mistakes.note(Kind::InvalidValue, pointer, "stands there twice");
            }
            other => kinds.extend(other),
        }
    }
    Some(kinds)
}

fn rows(fields: &Fields<'_>, mistakes: &mut Mistakes) -> Option<Vec<ListedRow>> {
    const NAMES: &[&str] = &["address", "customer", "moment"];
    let items = fields.list("procedures", mistakes)?;
    if !(1..=MOST_PROCEDURES).contains(&items.len()) {
        let detail = format!("must have 1 to {MOST_PROCEDURES}");
        mistakes.note(Kind::InvalidValue, fields.pointer("procedures"), detail);
        return None;
    }
    let mut rows = Vec::with_capacity(items.len());
    for (line, item) in (1_u64..).zip(items) {
        let pointer = format!("{}/{}", fields.pointer("procedures"), line - 1);
        let Some(row) = Fields::open(item, pointer, NAMES, mistakes) else {
            continue;
        };
        let reference = row.required_text("customer", mistakes, |text| {
            Reference::parse(text).map_err(|why| format!("is not acceptable: {why}"))
        });
        let at = row.required_text("moment", mistakes, moment);
        let address = row.required_text("address", mistakes, |text| {
            let address = text.parse::<IpAddr>();
            address.map_err(|_| "must be an IPv4 or IPv6 address without a port")
        });
        if let (Some(reference), Some(at), Some(address)) = (reference, at, address) {
            let address = Address::from(address);
            rows.push(ListedRow {
                line,
                reference,
                at,
                address,
            });
        }
    }
    Some(rows)
}

/// A body whose pieces come while they are found.
struct Lines(mpsc::Receiver<Bytes>);

impl hyper::body::Body for Lines {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0
            .poll_recv(context)
            .map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}
