//! The orderly end: nothing new is taken, what was begun is answered, within a bound.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use sekisho_web::serve::{Ended, Limits};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::{PATIENCE, Running, rest};

const WAIT: &str = "GET /wait HTTP/1.1\r\nhost: x\r\n\r\n";

/// A route that says when it was reached and answers when it is told to.
fn waiting(reached: &Arc<Notify>, go_on: &Arc<Notify>) -> Router {
    let (reached, go_on) = (Arc::clone(reached), Arc::clone(go_on));
    let wait = move || async move {
        reached.notify_one();
        go_on.notified().await;
        "answered"
    };
    Router::new()
        .route("/wait", get(wait))
        .route("/", get(|| async { "here" }))
}

#[tokio::test]
async fn what_was_begun_is_answered_and_nothing_new_is_taken() {
    let (reached, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let site = Running::with(waiting(&reached, &go_on), Limits::default()).await;
    let mut idle = site.said("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut head = [0; 12];
    idle.read_exact(&mut head).await.unwrap();
    let mut busy = site.said(WAIT).await;
    timeout(PATIENCE, reached.notified()).await.unwrap();

    site.stop.send(()).unwrap();
    assert!(
        rest(&mut idle).await.ends_with("here"),
        "an idle connection is closed at once"
    );
    assert!(
        TcpStream::connect(site.address).await.is_err(),
        "nothing new is taken"
    );
    assert!(!site.ended.is_finished());
    go_on.notify_one();
    assert!(rest(&mut busy).await.ends_with("answered"));
    let ended = timeout(PATIENCE, site.ended).await.unwrap().unwrap();
    assert_eq!(ended, Ended::Drained);
}

#[tokio::test]
async fn the_end_is_waited_for_only_so_long() {
    let (reached, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let limits = Limits {
        drain: Duration::from_millis(100),
        ..Limits::default()
    };
    let site = Running::with(waiting(&reached, &go_on), limits).await;
    let busy = site.said(WAIT).await;
    timeout(PATIENCE, reached.notified()).await.unwrap();
    site.stop.send(()).unwrap();
    let ended = timeout(PATIENCE, site.ended).await.unwrap().unwrap();
    assert_eq!(ended, Ended::Cut { connections: 1 });
    drop(busy);
}
