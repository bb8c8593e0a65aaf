//! Rules and back-tests, filled with samples.
//!
//! **Invariant:** every optional part of a page is in one sample and missing in another.

use sekisho_core::risk::replay::Tally;
use sekisho_core::rules::names::SCORE_NAMES;

use super::{Filling, erring, sample};
use crate::backtest;
use crate::console::rules::version::{OtherLine, TrialPage, VersionPage};
use crate::console::rules::write::{FaultLine, WritePage, facts};
use crate::console::rules::{RuleLine, RulesPage, TrialPart};
use crate::forms::Errors;
use crate::texts::Texts;

type Sampled = (&'static str, bool, String);

pub(super) fn pages(filling: &Filling<'_>) -> Vec<Sampled> {
    let words = Texts::of(filling.locale).rules;
    let trial = |full: bool| TrialPage {
        f: filling.person("/rules/mine.2/trial", words.trial_title),
        version: filling.text.to_owned(),
        trial: tried(filling, full),
    };
    let wrong = Errors::one("document", words.fault);
    vec![
        sample("console rules", &list(filling, true)),
        sample("console rules", &list(filling, false)),
        sample("console rules version", &version(filling, true)),
        sample("console rules version", &version(filling, false)),
        sample("console rules trial", &trial(true)),
        sample("console rules trial", &trial(false)),
        sample("console rules new", &written(filling, true, Errors::none())),
        sample(
            "console rules new",
            &written(filling, false, Errors::none()),
        ),
        erring("console rules new", &written(filling, true, wrong)),
    ]
}

fn tried(filling: &Filling<'_>, full: bool) -> TrialPart {
    TrialPart {
        lead: filling.text.to_owned(),
        is_short: full,
        is_empty: !full,
        part: backtest::part(&Tally::default(), filling.locale, full),
    }
}

fn row(filling: &Filling<'_>, full: bool) -> RuleLine {
    let words = Texts::of(filling.locale).rules;
    let text = || filling.text.to_owned();
    RuleLine {
        version: text(),
        state: words.live,
        is_live: !full,
        by: if full { text() } else { String::new() },
        made: full.then(|| filling.when()),
        shadowed: full.then(|| filling.when()),
        approved: full.then(|| (text(), filling.when())),
        digest: "00".repeat(32),
    }
}

fn list(filling: &Filling<'_>, full: bool) -> RulesPage {
    let words = Texts::of(filling.locale).rules;
    RulesPage {
        f: filling.person("/rules", words.title),
        rows: vec![row(filling, full), row(filling, !full)],
        can_write: full,
        seen: 7,
        csrf: "token".to_owned(),
        can_roll_back: full,
        can_end_shadow: full,
        again_href: (!full).then_some("/prove?return_to=%2Frules"),
        told: full.then_some(words.told_back),
        errors: Errors::none(),
    }
}

fn fault(filling: &Filling<'_>, full: bool) -> FaultLine {
    let text = || {
        if full {
            filling.text.to_owned()
        } else {
            String::new()
        }
    };
    FaultLine {
        at: full.then(|| (3, text())),
        part: text(),
        quoted: text(),
        problem: filling.text.to_owned(),
    }
}

fn version(filling: &Filling<'_>, full: bool) -> VersionPage {
    let words = Texts::of(filling.locale).rules;
    let text = || filling.text.to_owned();
    let token = || full.then(|| "token".to_owned());
    let line = |(mark, word, class)| OtherLine {
        mark,
        word,
        class,
        number: 7,
        text: text(),
    };
    let place = [("-", words.gone, "gone"), ("+", words.new, "new")].map(line);
    VersionPage {
        f: filling.person("/rules/mine.2", filling.text),
        row: row(filling, full),
        document: text(),
        notes: vec![text(); usize::from(full)],
        faults: match full {
            true => Vec::new(),
            false => vec![fault(filling, true), fault(filling, false)],
        },
        against: text(),
        parts: full.then(|| vec![text()]),
        places: vec![place.to_vec(); 2],
        can_write: full,
        shadow_csrf: token(),
        approve_csrf: token(),
        again_href: (!full).then(|| "/prove?return_to=%2Frules".to_owned()),
        told: full.then_some(words.told_saved),
        saved_script: full.then(|| "/assets/rules.js?v=1".to_owned()),
        errors: Errors::none(),
    }
}

fn written(filling: &Filling<'_>, full: bool, errors: Errors) -> WritePage {
    let words = Texts::of(filling.locale).rules;
    let text = || filling.text.to_owned();
    WritePage {
        f: filling.person("/rules/new", words.write).with(&errors),
        csrf: "token".to_owned(),
        document: text(),
        faults: match errors.is_empty() {
            true => Vec::new(),
            false => vec![fault(filling, full)],
        },
        right: full.then(text),
        notes: vec![text(); usize::from(full)],
        trial: full.then(|| tried(filling, full)),
        again: full.then(|| filling.passkey("/rules/new")),
        facts: facts(),
        scores: &SCORE_NAMES,
        script: "/assets/rules.js?v=1".to_owned(),
        is_first: !full,
        errors,
    }
}
