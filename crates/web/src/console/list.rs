//! What the console's lists share: ages, pages and files.
//!
//! **Invariant:** no cell of a file is a formula.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName};
use axum::response::{IntoResponse as _, Response};
use sekisho_core::id::StaffId;
use sekisho_core::moment::Moment;
use sekisho_gate::{Names, StaffAnswer};

use super::visit::{Visit, refusal};
use crate::forms::encode;
use crate::pages::Trouble;
use crate::pages::export::quoted;
use crate::texts::{ConsoleWords, When, fill};

/// A link to the same list otherwise.
#[derive(Clone, Debug)]
pub struct Choice {
    pub href: String,
    pub label: &'static str,
    pub is_current: bool,
}

/// What was answered, or what stands in the way.
pub fn done<T>(answer: StaffAnswer<T>) -> Result<T, Trouble> {
    match answer {
        StaffAnswer::Done(done) => Ok(done),
        StaffAnswer::Refused(reason) => Err(refusal(reason)),
        StaffAnswer::Unproved => Err(Trouble::SignIn),
    }
}

/// By when somebody has to have taken what nobody has.
#[derive(Clone, Debug)]
pub struct Due {
    pub at: When,
    pub is_over: bool,
}

impl Due {
    /// `None` where somebody has, or it is closed.
    pub fn of(open: bool, at: Moment, visit: &Visit) -> Option<Self> {
        open.then(|| Self {
            at: When::of(at, visit.locale()),
            is_over: at < visit.gate().now(),
        })
    }
}

/// What somebody is called.
pub fn called(names: &Names, id: StaffId) -> String {
    let name = names.get(&id);
    name.map_or_else(|| id.to_string(), ToString::to_string)
}

/// How long ago something was, in one number.
pub fn age(at: Moment, now: Moment, words: &ConsoleWords) -> String {
    let seconds = now.since(at).as_seconds().max(0);
    let (number, words) = match seconds {
        0..60 => (seconds, words.seconds),
        60..3_600 => (seconds / 60, words.minutes),
        3_600..86_400 => (seconds / 3_600, words.hours),
        _ => (seconds / 86_400, words.days),
    };
    fill(words, &[("number", &number)])
}

/// The address of the next page.
pub fn next_href(path: &str, list: &str, next: Option<&str>) -> Option<String> {
    next.map(|next| format!("{path}?list={list}&after={}", encode(next)))
}

/// A file of rows, with a mark by which spreadsheets know its letters.
pub fn csv(name: &str, rows: impl IntoIterator<Item = Vec<String>>) -> Response {
    let line = |cells: Vec<String>| {
        let cells: Vec<_> = cells.iter().map(|cell| quoted(cell)).collect();
        format!("{}\r\n", cells.join(","))
    };
    let text: String = std::iter::once("\u{feff}".to_owned())
        .chain(rows.into_iter().map(line))
        .collect();
    let headers: [(HeaderName, String); 2] = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_core::moment::Span;
    use sekisho_core::notice::Locale;

    #[test]
    fn an_age_is_one_number() {
        let words = ConsoleWords::of(Locale::En);
        let now = Moment(1_795_219_200_000_000);
        for (seconds, text) in [
            (-5, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (7_199, "1 h"),
            (86_400 * 3, "3 d"),
        ] {
            let at = now.minus(Span::seconds(seconds));
            assert_eq!(age(at, now, words), text);
        }
    }
}
