//! The overview, alerts and cases, filled with samples.
//!
//! **Invariant:** every optional part of a page is in one sample and missing in another.

use sekisho_core::known::CaseEnd;
use sekisho_gate::AttemptsCounted;

use super::{Filling, erring, sample};
use crate::console::alerts::{AlertPage, AlertRow, AlertsPage, TouchedRow};
use crate::console::cases::{CasePage, CaseRow, CaseTokens, CasesPage, NoteRow, Typed};
use crate::console::health::{FilesRow, HealthRow, HealthShown, PlaceRow, PlaceTable};
use crate::console::list::{Choice, Due};
use crate::console::overview::{HourRow, Live, OverviewPage, StopRow};
use crate::forms::Errors;
use crate::texts::Texts;

type Sampled = (&'static str, bool, String);

pub(super) fn pages(filling: &Filling<'_>) -> Vec<Sampled> {
    let mut all = overview(filling);
    all.extend(alerts(filling));
    all.extend(cases(filling));
    all
}

fn due(filling: &Filling<'_>) -> Due {
    Due {
        at: filling.when(),
        is_over: true,
    }
}

fn choices() -> Vec<Choice> {
    [true, false]
        .map(|is_current| Choice {
            href: "/alerts?list=open".to_owned(),
            label: "list",
            is_current,
        })
        .into()
}

fn live(
    filling: &Filling<'_>,
    (counted, many, hours): (AttemptsCounted, i64, u64),
    stops: Vec<StopRow>,
) -> Live {
    Live {
        t: Texts::of(filling.locale),
        at: filling.when(),
        now: counted,
        day: counted,
        alerts: many,
        alerts_text: many.to_string(),
        cases: many,
        cases_text: many.to_string(),
        alerts_overdue: many,
        cases_overdue: many,
        alerts_overdue_text: many.to_string(),
        cases_overdue_text: many.to_string(),
        held_text: many.to_string(),
        waiting_text: many.to_string(),
        dead: many,
        dead_text: many.to_string(),
        reads: many > 0,
        hours: (0..hours)
            .map(|index| HourRow {
                hour: filling.when(),
                short: "09:00".to_owned(),
                counted,
                x: index * 24,
                parts: [(60, 60), (40, 20), (39, 1)],
            })
            .collect(),
        most: 158,
        stops,
        health: health(filling, counted, many > 0),
    }
}

/// With something in every place, or in none.
fn health(filling: &Filling<'_>, counted: AttemptsCounted, is_full: bool) -> HealthShown {
    let words = Texts::of(filling.locale).health;
    let some = || is_full.then(|| filling.text.to_owned());
    let when = || is_full.then(|| filling.when());
    let table = |heading, names: &[&str]| PlaceTable {
        heading,
        rows: names
            .iter()
            .take(if is_full { 3 } else { 0 })
            .chain([&words.unknown])
            .map(|name| PlaceRow {
                name: (*name).to_owned(),
                counted,
            })
            .collect(),
    };
    let states = [words.in_order, words.slow, words.failing, words.off];
    HealthShown {
        parts: [words.mail, words.push, words.sms, words.siem]
            .into_iter()
            .zip(states)
            .map(|(what, word)| HealthRow {
                what,
                word,
                is_bad: is_full && word != words.off,
                waiting: some(),
                oldest: some(),
                given_up: some(),
                failed: when(),
            })
            .collect(),
        files: FilesRow {
            word: words.files_old,
            is_bad: is_full,
            said: some(),
            oldest: when(),
            failed: when(),
        },
        over: filling.text.to_owned(),
        places: [
            table(words.by_country, &["JP", "US", "others"]),
            table(words.by_system, &["AS2497", "AS64500", "others"]),
        ],
    }
}

fn overview(filling: &Filling<'_>) -> Vec<Sampled> {
    let words = Texts::of(filling.locale).console;
    let counted = AttemptsCounted {
        succeeded: 120,
        failed: 7,
        stepped_up: 31,
    };
    let page = |many: i64, hours: u64, stops| OverviewPage {
        f: filling.person("/", words.title),
        script: "/assets/console.js?v=1".to_owned(),
        live: live(filling, (counted, many, hours), stops),
    };
    let stop = |ends| StopRow {
        what: filling.text.to_owned(),
        since: filling.when(),
        ends,
    };
    let stops = vec![stop(None), stop(Some(filling.when()))];
    vec![
        sample("console overview", &page(0, 0, Vec::new())),
        sample("console overview", &page(3, 24, stops)),
    ]
}

fn alert(filling: &Filling<'_>, is_open: bool) -> AlertRow {
    AlertRow {
        path: "/alerts/alr_1".to_owned(),
        kind: Texts::of(filling.locale).console.attack_spray,
        label: filling.text.to_owned(),
        last: filling.when(),
        age: "3".to_owned(),
        attempts: 400,
        failures: 390,
        accounts: 380,
        entered: u32::from(is_open),
        due: is_open.then(|| due(filling)),
        taken_by: (!is_open).then(|| filling.text.to_owned()),
        is_open,
    }
}

fn alerts(filling: &Filling<'_>) -> Vec<Sampled> {
    let words = Texts::of(filling.locale).console;
    let list = |rows, href: Option<&str>| AlertsPage {
        f: filling.person("/alerts", words.alerts),
        choices: choices(),
        rows,
        first_href: href.map(str::to_owned),
        next_href: href.map(str::to_owned),
        export_href: href.map(str::to_owned),
    };
    let one = |csrf: Option<&str>, again: Option<&str>, errors: Errors| AlertPage {
        f: filling
            .person("/alerts/alr_1", words.attack_spray)
            .with(&errors),
        row: alert(filling, csrf.is_some()),
        id: "alr_1".to_owned(),
        first: filling.when(),
        raised: filling.when(),
        addresses: 3,
        strangers: 2,
        proved: 1,
        taken: again.map(|_| filling.when()),
        closed: again.map(|_| filling.when()),
        take: csrf.map(|csrf| (0, csrf.to_owned())),
        touched: match csrf {
            None => Vec::new(),
            Some(_) => [true, false]
                .map(|is_entered| TouchedRow {
                    reference: filling.text.to_owned(),
                    href: "/customers?reference=c".to_owned(),
                    how: words.tried,
                    is_entered,
                    at: filling.when(),
                })
                .into(),
        },
        csrf: csrf.map(str::to_owned),
        again_href: again.map(str::to_owned),
        responses: match csrf {
            None => Vec::new(),
            Some(_) => vec![("/alerts/alr_1/respond".to_owned(), words.closed)],
        },
        told: again.map(str::to_owned),
        ground: filling.text.to_owned(),
        campaign_href: csrf.map(|_| "/campaigns/new?alert=alr_1".to_owned()),
        network_href: csrf.map(|_| "/networks?alert=alr_1".to_owned()),
        errors,
    };
    let rows = [true, false].map(|open| alert(filling, open)).into();
    let wrong = Errors::one("ground", words.ground_wrong);
    let none = Errors::none;
    vec![
        sample("console alerts", &list(Vec::new(), None)),
        sample("console alerts", &list(rows, Some("/alerts?list=open"))),
        sample("console alert", &one(Some("token"), None, none())),
        sample("console alert", &one(None, Some("/prove"), none())),
        erring("console alert", &one(Some("token"), None, wrong)),
    ]
}

fn case(filling: &Filling<'_>, taken: Option<&str>) -> CaseRow {
    let words = Texts::of(filling.locale).console;
    CaseRow {
        path: "/cases/cas_1".to_owned(),
        place: 1,
        found: words.found_alarm,
        source: words.source_withdrawal,
        customer: filling.text.to_owned(),
        act: "confirm:withdraw".to_owned(),
        done: filling.when(),
        opened: filling.when(),
        age: "3".to_owned(),
        due: taken.is_none().then(|| due(filling)),
        taken_by: taken.map(str::to_owned),
        ending: taken.map(|_| words.end_fraud),
    }
}

fn cases(filling: &Filling<'_>) -> Vec<Sampled> {
    let words = Texts::of(filling.locale).console;
    let list = |rows, href: Option<&str>| CasesPage {
        f: filling.person("/cases", words.cases),
        choices: choices(),
        rows,
        first_href: href.map(str::to_owned),
        next_href: href.map(str::to_owned),
        export_href: href.map(str::to_owned),
    };
    let one = |taken: Option<&str>, errors: Errors| {
        let token = || taken.is_none().then(|| "token".to_owned());
        CasePage {
            f: filling
                .person("/cases/cas_1", words.found_alarm)
                .with(&errors),
            row: case(filling, taken),
            id: "cas_1".to_owned(),
            about: "dec_1".to_owned(),
            customer_href: "/customers?reference=c".to_owned(),
            revision: 3,
            opened_by: words.daily_look.to_owned(),
            taken: taken.map(|_| filling.when()),
            closed: taken.map(|by| (by.to_owned(), filling.when())),
            notes: match taken {
                None => Vec::new(),
                Some(by) => vec![NoteRow {
                    by: by.to_owned(),
                    at: filling.when(),
                    text: filling.text.to_owned(),
                }],
            },
            ends: CaseEnd::ALL
                .map(|end| (end.word(), words.end_fraud, end == CaseEnd::Fraud))
                .into(),
            tokens: CaseTokens {
                take: token(),
                note: token(),
                close: token(),
            },
            typed: Typed {
                note: filling.text.to_owned(),
                ground: filling.text.to_owned(),
                end: None,
            },
            errors,
        }
    };
    let mut wrong = Errors::one("note", words.note_wrong);
    wrong.add("end-fraud", words.end_wrong);
    wrong.add("ground", words.ground_wrong);
    let rows = [None, Some("sato")]
        .map(|taken| case(filling, taken))
        .into();
    vec![
        sample("console cases", &list(Vec::new(), None)),
        sample("console cases", &list(rows, Some("/cases?list=mine"))),
        sample("console case", &one(None, Errors::none())),
        sample("console case", &one(Some("sato"), Errors::none())),
        erring("console case", &one(None, wrong)),
    ]
}
