//! What the overview says of what goes out and of the address files, and from where attempts came.
//!
//! **Invariant:** every state has its word; the rows of a table of places come to the number that
//! is said above it.

use sekisho_core::health::{Health, MOST_MESSAGES, MOST_TOLD};
use sekisho_core::moment::Moment;
use sekisho_core::notice::{Carrier, Locale};
use sekisho_core::siem::Way;
use sekisho_gate::{AttemptsCounted, FilesHealth, Lately, Part, PartHealth, Ranked};

use super::list::age;
use crate::texts::{HealthWords, Texts, When, fill};

/// How it goes with one way out.
#[derive(Clone, Debug)]
pub struct HealthRow {
    pub what: &'static str,
    pub word: &'static str,
    pub is_bad: bool,
    /// `None` where it is not configured.
    pub waiting: Option<String>,
    pub oldest: Option<String>,
    /// `None` of what is never given up.
    pub given_up: Option<String>,
    pub failed: Option<When>,
}

/// How it goes with the address files.
#[derive(Clone, Debug)]
pub struct FilesRow {
    pub word: &'static str,
    pub is_bad: bool,
    /// How many cannot be read, where any cannot.
    pub said: Option<String>,
    pub oldest: Option<When>,
    pub failed: Option<When>,
}

/// Attempts from one place.
#[derive(Clone, Debug)]
pub struct PlaceRow {
    pub name: String,
    pub counted: AttemptsCounted,
}

/// Attempts by place.
#[derive(Clone, Debug)]
pub struct PlaceTable {
    pub heading: &'static str,
    pub rows: Vec<PlaceRow>,
}

/// All of it.
#[derive(Clone, Debug)]
pub struct HealthShown {
    pub parts: Vec<HealthRow>,
    pub files: FilesRow,
    /// Over how many attempts the tables are.
    pub over: String,
    pub places: [PlaceTable; 2],
}

impl HealthShown {
    /// The words for what was found.
    pub fn of(locale: Locale, lately: &Lately) -> Self {
        let words = Texts::of(locale).health;
        let (now, many) = (lately.at, lately.counted);
        // Nobody misses a chat that was never set up.
        let shown = |one: &&PartHealth| one.part != Part::Way(Way::Chat) || one.health.is_some();
        let parts = lately.parts.iter().filter(shown);
        let over = match lately.since {
            None => fill(words.every, &[("many", &many)]),
            Some(since) => {
                let since = When::of(since, locale).text;
                fill(words.newest, &[("many", &many), ("since", &since)])
            }
        };
        let countries = table(&lately.countries, words, |country| {
            country.code().to_owned()
        });
        let systems = table(&lately.systems, words, |system| format!("AS{system}"));
        Self {
            parts: parts.map(|one| row(one, now, locale)).collect(),
            files: files(lately.files.as_ref(), locale),
            over,
            places: [(words.by_country, countries), (words.by_system, systems)]
                .map(|(heading, rows)| PlaceTable { heading, rows }),
        }
    }
}

fn row(one: &PartHealth, now: Moment, locale: Locale) -> HealthRow {
    let texts = Texts::of(locale);
    let words = texts.health;
    let (what, most) = match one.part {
        Part::Carrier(Carrier::Mail) => (words.mail, MOST_MESSAGES),
        Part::Carrier(Carrier::Push) => (words.push, MOST_MESSAGES),
        Part::Carrier(Carrier::Sms) => (words.sms, MOST_MESSAGES),
        Part::Way(Way::Siem) => (words.siem, MOST_TOLD),
        Part::Way(Way::Chat) => (words.chat, MOST_TOLD),
        Part::Way(Way::Log) => (words.log, MOST_TOLD),
        Part::Files => (words.files, MOST_TOLD),
    };
    let counted = |many: i64| match many >= i64::from(most) {
        true => format!("{most}+"),
        false => many.to_string(),
    };
    HealthRow {
        what,
        word: match one.health {
            None => words.off,
            Some(Health::Quiet) => words.quiet,
            Some(Health::InOrder) => words.in_order,
            Some(Health::Slow) => words.slow,
            Some(Health::Failing) => words.failing,
        },
        is_bad: one.health.is_some_and(Health::is_bad),
        waiting: one.health.map(|_| counted(one.waiting)),
        oldest: one.oldest.map(|since| age(since, now, texts.console)),
        given_up: one.given_up.map(counted),
        failed: one.failed.map(|at| When::of(at, locale)),
    }
}

fn files(found: Option<&FilesHealth>, locale: Locale) -> FilesRow {
    let words = Texts::of(locale).health;
    let Some(found) = found else {
        return FilesRow {
            word: words.files_unseen,
            is_bad: false,
            said: None,
            oldest: None,
            failed: None,
        };
    };
    let (files, broken) = (found.read.files, found.read.broken);
    let said = || fill(words.files_said, &[("files", &files), ("broken", &broken)]);
    FilesRow {
        word: match found.health {
            Health::Quiet => words.files_none,
            Health::InOrder => words.in_order,
            Health::Slow => words.files_old,
            Health::Failing => words.failing,
        },
        is_bad: found.health.is_bad(),
        said: (broken > 0).then(said),
        oldest: found.read.oldest.map(|at| When::of(at, locale)),
        failed: found.failed.map(|at| When::of(at, locale)),
    }
}

/// The places with a row of their own, then the others together, then what nobody knows.
fn table<K>(found: &Ranked<K>, words: &HealthWords, name: impl Fn(&K) -> String) -> Vec<PlaceRow> {
    let own = found.top.iter().map(|(place, counted)| PlaceRow {
        name: name(place),
        counted: *counted,
    });
    let (many, others) = found.others;
    let others = (many > 0).then(|| PlaceRow {
        name: fill(words.others, &[("many", &many)]),
        counted: others,
    });
    let unknown = PlaceRow {
        name: words.unknown.to_owned(),
        counted: found.unknown,
    };
    own.chain(others).chain([unknown]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_core::context::Country;
    use sekisho_core::health::FilesRead;
    use sekisho_core::moment::Span;

    const NOW: Moment = Moment(1_795_219_200_000_000);

    fn counted(failed: u64) -> AttemptsCounted {
        AttemptsCounted {
            failed,
            ..AttemptsCounted::default()
        }
    }

    fn part(part: Part, health: Option<Health>) -> PartHealth {
        PartHealth {
            part,
            health,
            waiting: i64::from(MOST_MESSAGES),
            oldest: Some(NOW.minus(Span::minutes(7))),
            given_up: matches!(part, Part::Carrier(_)).then_some(2),
            failed: None,
        }
    }

    fn lately() -> Lately {
        Lately {
            at: NOW,
            parts: vec![
                part(Part::Carrier(Carrier::Sms), Some(Health::Failing)),
                part(Part::Way(Way::Siem), None),
                part(Part::Way(Way::Chat), None),
            ],
            files: None,
            countries: Ranked {
                top: vec![(Country(*b"JP"), counted(4))],
                others: (0, counted(0)),
                unknown: counted(1),
            },
            systems: Ranked {
                top: vec![(2_497, counted(2))],
                others: (2, counted(2)),
                unknown: counted(1),
            },
            counted: 5,
            since: None,
        }
    }

    #[test]
    fn a_state_is_a_word_and_a_count_says_where_it_ended() {
        let shown = HealthShown::of(Locale::En, &lately());
        let [sms, siem] = &shown.parts[..] else {
            panic!("a chat that is not set up has no row")
        };
        assert_eq!((sms.word, sms.is_bad), ("failing", true));
        assert_eq!(sms.waiting.as_deref(), Some("5000+"));
        assert_eq!(sms.oldest.as_deref(), Some("7 min"));
        assert_eq!(sms.given_up.as_deref(), Some("2"));
        assert_eq!((siem.word, siem.is_bad), ("not set up", false));
        assert_eq!((&siem.waiting, &siem.given_up), (&None, &None));
        assert_eq!(shown.files.word, "not looked at yet");
    }

    #[test]
    fn the_rows_of_a_table_are_all_that_was_counted() {
        let mut lately = lately();
        let shown = HealthShown::of(Locale::En, &lately);
        assert_eq!(shown.over, "Counts all 5 of the last hour.");
        let names = |table: &PlaceTable| -> Vec<_> {
            table.rows.iter().map(|row| row.name.clone()).collect()
        };
        assert_eq!(names(&shown.places[0]), ["JP", "unknown"]);
        assert_eq!(names(&shown.places[1]), ["AS2497", "others (2)", "unknown"]);
        for table in &shown.places {
            let sum: u64 = table.rows.iter().map(|row| row.counted.all()).sum();
            assert_eq!(sum, lately.counted, "{}", table.heading);
        }
        lately.since = Some(NOW);
        let shown = HealthShown::of(Locale::En, &lately);
        assert!(shown.over.contains("newest 5 of"), "{}", shown.over);
    }

    #[test]
    fn of_files_that_cannot_be_read_it_is_said_how_many() {
        let read = FilesRead {
            files: 3,
            broken: 1,
            oldest: None,
        };
        let found = FilesHealth {
            health: read.health(NOW),
            read,
            failed: Some(NOW),
        };
        let shown = files(Some(&found), Locale::En);
        assert_eq!((shown.word, shown.is_bad), ("failing", true));
        assert_eq!(shown.said.as_deref(), Some("1 of 3 cannot be read."));
        assert!(shown.failed.is_some());
    }
}
