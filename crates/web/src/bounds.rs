//! Bounds of one request: the size of its body, the time until it has arrived, the time until it is
//! answered.
//!
//! **Invariant:** a route runs only once the whole body is there, and what it began it finishes,
//! whether or not somebody still waits for the answer.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Body as _;
use tokio::time::timeout;
use tracing::Instrument as _;

use crate::problem::{Kind, Problem};

/// The bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Most bytes of a body.
    pub body_bytes: usize,
    /// Longest wait for the whole body.
    pub body_wait: Duration,
    /// Longest wait for the answer.
    pub answer_wait: Duration,
}

impl Default for Bounds {
    /// 64 KiB, 10 s, 30 s.
    fn default() -> Self {
        Self {
            body_bytes: 64 * 1024,
            body_wait: Duration::from_secs(10),
            answer_wait: Duration::from_secs(30),
        }
    }
}

/// Holds a request to the bounds.
///
/// # Errors
/// Problems that name the bound.
pub async fn bound(
    State(bounds): State<Bounds>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let body = if body.is_end_stream() {
        Bytes::new()
    } else {
        let stated = parts
            .headers
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok());
        if stated.and_then(|length| length.parse().ok()) > Some(bounds.body_bytes) {
            return Err(too_large(bounds));
        }
        whole(body, bounds).await?
    };
    let request = Request::from_parts(parts, Body::from(body));
    // On a task of its own: a panic stays in it, and a caller who hangs up interrupts nothing.
    let answer = tokio::spawn(next.run(request).in_current_span());
    match timeout(bounds.answer_wait, answer).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(_)) => {
            tracing::error!(target: "fault", "a route panicked");
            Err(Problem::new(
                Kind::Internal,
                "The log of this installation knows more.",
            ))
        }
        Err(_) => {
            let detail = "It may still be carried out; ask again, with the same idempotency key.";
            Err(Problem::new(Kind::TimedOut, detail).retry_after(1))
        }
    }
}

async fn whole(body: Body, bounds: Bounds) -> Result<Bytes, Problem> {
    let collecting = Limited::new(body, bounds.body_bytes).collect();
    match timeout(bounds.body_wait, collecting).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(why)) if why.is::<LengthLimitError>() => Err(too_large(bounds)),
        Ok(Err(_)) => Err(Problem::new(Kind::BodyIncomplete, "The connection broke.")),
        Err(_) => {
            let detail = format!("It must be here within {} s.", bounds.body_wait.as_secs());
            Err(Problem::new(Kind::BodyTooSlow, detail))
        }
    }
}

fn too_large(bounds: Bounds) -> Problem {
    let detail = format!("A body has at most {} bytes.", bounds.body_bytes);
    Problem::new(Kind::BodyTooLarge, detail)
}
