//! The body of an answer, which keeps its connection busy while its next piece is being found.
//!
//! **Invariant:** a connection is busy while an answer has yet to find what comes next, and not
//! while what was found waits for the other end to take it.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};

use super::life::{Answering, Busy};

/// A body and its connection.
#[derive(Debug)]
pub(super) struct Awaited {
    body: Body,
    busy: Busy,
    /// The next piece was asked for and is not there yet.
    finding: Option<Answering>,
}

impl Awaited {
    pub(super) fn new(body: Body, busy: Busy) -> Self {
        Self {
            body,
            busy,
            finding: None,
        }
    }
}

impl hyper::body::Body for Awaited {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Pending if self.finding.is_none() => {
                self.finding = Some(self.busy.answering());
            }
            Poll::Pending => {}
            Poll::Ready(_) => self.finding = None,
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
