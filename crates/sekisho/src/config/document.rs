//! The configuration file and its overrides as they were written: each key is read once, by the
//! place that knows its type, and what nobody read is unknown.
//!
//! **Invariant:** no key is silently ignored; what was given is either read or a problem.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::setting::{Given, Setting};
use crate::nearest::suggestion;

/// The beginning of the name of every variable that overrides a key.
pub const PREFIX: &str = "SEKISHO__";

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Not given: the default.
    Default,
    /// A variable of the environment, by its name.
    Environment(String),
    /// The file.
    File {
        /// Path as given.
        path: String,
        /// Counted from 1.
        line: usize,
        /// Characters, counted from 1.
        column: usize,
    },
    /// An option of the command line, by its name.
    Option(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Environment(name) => write!(f, "environment, {name}"),
            Self::File { path, line, column } => write!(f, "{path}:{line}:{column}"),
            Self::Option(name) => write!(f, "option {name}"),
        }
    }
}

/// Something that must be mended before anything starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it was written.
    pub origin: Origin,
    /// What is wrong and what would be right.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.text)
    }
}

/// One key with its effective value, as `config show` prints it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Dotted path.
    pub key: &'static str,
    /// The value with secrets masked; `None` when the key has none.
    pub shown: Option<toml::Value>,
    /// Where the value comes from.
    pub origin: Origin,
}

/// A value that overrides the file.
struct Override {
    origin: Origin,
    value: String,
}

/// The parts that were read so far, and what was wrong with them.
pub struct Document<'a> {
    path: &'a str,
    text: &'a str,
    root: DeTable<'a>,
    overrides: BTreeMap<String, Override>,
    rows: Vec<Row>,
    problems: Vec<Problem>,
}

impl<'a> Document<'a> {
    /// Reads the text of the file at `path`; what is not TOML becomes a problem.
    pub fn parse(path: &'a str, text: &'a str) -> Self {
        let (root, faults) = DeTable::parse_recoverable(text);
        let mut document = Self {
            path,
            text,
            root: root.into_inner(),
            overrides: BTreeMap::new(),
            rows: Vec::new(),
            problems: Vec::new(),
        };
        for fault in faults {
            let origin = document.origin(fault.span().unwrap_or(0..0));
            let text = format!("not TOML: {}", fault.message());
            document.problems.push(Problem { origin, text });
        }
        document
    }

    /// Takes the overrides among `variables`; the later sources win over the file.
    pub fn environment(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        for (name, value) in variables {
            if let Some(rest) = name.strip_prefix(PREFIX) {
                let key = rest.to_lowercase().replace("__", ".");
                let origin = Origin::Environment(name);
                self.overrides.insert(key, Override { origin, value });
            }
        }
        self
    }

    /// Takes an option of the command line, which wins over everything.
    pub fn option(mut self, key: &str, name: &'static str, value: Option<&str>) -> Self {
        if let Some(value) = value {
            let (origin, value) = (Origin::Option(name), value.to_owned());
            self.overrides
                .insert(key.to_owned(), Override { origin, value });
        }
        self
    }

    /// The value of a key that may be left out.
    pub fn optional<T: Setting>(&mut self, key: &'static str) -> Option<T> {
        let (read, origin) = match self.overrides.remove(key) {
            Some(Override { origin, value }) => (Some(T::read(&Given::Text(&value))), origin),
            None => match find(&self.root, key) {
                Some(value) => {
                    let origin = self.origin(value.span());
                    (Some(T::read(&Given::Toml(value.get_ref()))), origin)
                }
                None => (None, Origin::Default),
            },
        };
        let (value, problem) = match read {
            Some(Ok(value)) => (Some(value), None),
            Some(Err(problem)) => (None, Some(problem)),
            None => (None, None),
        };
        if let Some(problem) = problem {
            self.problems.push(Problem {
                origin: origin.clone(),
                text: format!("{key} {problem}"),
            });
        }
        let shown = value.as_ref().map(Setting::show);
        self.rows.push(Row { key, shown, origin });
        value
    }

    /// The value of a key, or `default`.
    pub fn or<T: Setting>(&mut self, key: &'static str, default: T) -> T {
        self.optional(key).unwrap_or_else(|| {
            if let Some(row) = self.rows.last_mut() {
                row.shown = Some(default.show());
            }
            default
        })
    }

    /// Everything was read: what is left is unknown.
    pub fn finish(mut self) -> (Vec<Row>, Vec<Problem>) {
        let keys: Vec<_> = self.rows.iter().map(|row| row.key).collect();
        let mut unknown = Vec::new();
        unknown_in(&self.root, "", &keys, &mut unknown);
        for (span, text) in unknown {
            let origin = self.origin(span);
            self.problems.push(Problem { origin, text });
        }
        for (key, Override { origin, .. }) in &self.overrides {
            let text = format!("there is no key {key}; {}", suggestion(key, &keys));
            let origin = origin.clone();
            self.problems.push(Problem { origin, text });
        }
        (self.rows, self.problems)
    }

    fn origin(&self, span: Range<usize>) -> Origin {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Origin::File {
            path: self.path.to_owned(),
            line: 1 + before.matches('\n').count(),
            column: 1 + before[line_start..].chars().count(),
        }
    }
}

/// The value at a dotted path.
fn find<'t, 'a>(root: &'t DeTable<'a>, key: &str) -> Option<&'t Spanned<DeValue<'a>>> {
    let mut parts = key.split('.');
    let mut found = root.get(parts.next()?)?;
    for part in parts {
        found = found.get_ref().as_table()?.get(part)?;
    }
    Some(found)
}

/// Collects what the table has and no key asks for.
fn unknown_in(
    table: &DeTable<'_>,
    above: &str,
    keys: &[&'static str],
    found: &mut Vec<(Range<usize>, String)>,
) {
    for (name, value) in table {
        let key = format!("{above}{}", name.get_ref());
        if keys.contains(&key.as_str()) {
            continue;
        }
        let inside = format!("{key}.");
        if keys.iter().any(|known| known.starts_with(&inside)) {
            match value.get_ref().as_table() {
                Some(table) => unknown_in(table, &inside, keys, found),
                None => found.push((value.span(), format!("{key} must be a table, [{key}]"))),
            }
            continue;
        }
        let text = format!("there is no key {key}; {}", instead(&key, above, keys));
        found.push((name.span(), text));
    }
}

/// What to write instead of an unknown key: a neighbour, or a key of that name elsewhere.
fn instead(key: &str, above: &str, keys: &[&'static str]) -> String {
    let mut beside: Vec<&str> = keys
        .iter()
        .filter_map(|known| known.strip_prefix(above))
        .map(|rest| rest.split('.').next().unwrap_or(rest))
        .collect();
    beside.dedup();
    let last = |key: &str| key.rsplit('.').next().map(str::to_owned);
    let own = key.strip_prefix(above).unwrap_or(key);
    let elsewhere = keys
        .iter()
        .find(|known| last(known).as_deref() == Some(own));
    match (
        crate::nearest::nearest(own, beside.iter().copied()),
        elsewhere,
    ) {
        (Some(name), _) => format!("did you mean {above}{name}?"),
        (None, Some(known)) => format!("did you mean {known}?"),
        (None, None) => suggestion(own, &beside),
    }
}
