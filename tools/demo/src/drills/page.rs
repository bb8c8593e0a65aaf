//! The page with the drills: a button each, and the score of the last one.
//!
//! **Invariant:** one drill is played at a time, and only at the press of a button on this page.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use sekisho_drill::alerts::Watch;
use sekisho_drill::drills::{ALL, Drill, Name};
use sekisho_drill::report::Report;
use sekisho_drill::target::Target;
use sekisho_drill::{Settings, play};
use sekisho_gate::Dice;
use serde::Deserialize;

use crate::page::{html, strict};

/// What is played, and what came of the last one.
#[derive(Default)]
struct Course {
    playing: Option<Name>,
    last: Option<Result<Report, String>>,
}

/// What the page knows.
struct Inner {
    target: Target,
    csrf: String,
    course: Mutex<Course>,
}

impl Inner {
    fn course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The page and its buttons.
///
/// # Errors
/// When no random value can be had.
pub fn router(target: Target) -> anyhow::Result<Router> {
    let chance: [u8; 16] = Dice::system().bytes()?;
    let inner = Inner {
        target,
        csrf: chance.iter().map(|byte| format!("{byte:02x}")).collect(),
        course: Mutex::default(),
    };
    Ok(Router::new()
        .route("/drills", get(show))
        .route("/drills/{name}", post(begin))
        .layer(axum::middleware::map_response(strict))
        .with_state(Arc::new(inner)))
}

#[derive(Template)]
#[template(path = "drills.html")]
struct Shown {
    csrf: String,
    rows: Vec<Row>,
    playing: Option<&'static str>,
    report: Option<Report>,
    trouble: Option<String>,
}

struct Row {
    word: &'static str,
    title: &'static str,
    drill: &'static Drill,
}

const fn title(name: Name) -> &'static str {
    match name {
        Name::Stuffing => "リスト型攻撃",
        Name::Spray => "パスワードスプレー",
        Name::PayoutHijack => "出金先口座の乗っ取り",
        Name::SessionTheft => "セッションの窃取",
        Name::SimSwap => "SIMスワップ",
        Name::InsiderExport => "内部者による持ち出し",
        Name::Pumping => "SMSポンピング",
    }
}

async fn show(State(inner): State<Arc<Inner>>) -> Response {
    let rows = ALL.into_iter().map(|name| Row {
        word: name.word(),
        title: title(name),
        drill: name.drill(),
    });
    let shown = {
        let course = inner.course();
        let (report, trouble) = match &course.last {
            Some(Ok(report)) => (Some(report.clone()), None),
            Some(Err(why)) => (None, Some(why.clone())),
            None => (None, None),
        };
        Shown {
            csrf: inner.csrf.clone(),
            rows: rows.collect(),
            playing: course.playing.map(title),
            report,
            trouble,
        }
    };
    html(&shown)
}

#[derive(Deserialize)]
struct Pressed {
    csrf: String,
}

async fn begin(
    State(inner): State<Arc<Inner>>,
    Path(word): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Response {
    let name = ALL.into_iter().find(|name| name.word() == word);
    let (Some(name), true) = (name, pressed.csrf == inner.csrf) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let free = {
        let mut course = inner.course();
        let free = course.playing.is_none();
        if free {
            *course = Course {
                playing: Some(name),
                last: None,
            };
        }
        free
    };
    if free {
        tokio::spawn(async move {
            let watch = inner.target.alerts.clone();
            let watch = watch.map_or(Watch::Nobody, Watch::Page);
            let played = play(name, &inner.target, Settings::usual(watch)).await;
            *inner.course() = Course {
                playing: None,
                last: Some(played.map_err(|why| format!("{why:#}"))),
            };
        });
    }
    Redirect::to("/drills").into_response()
}
