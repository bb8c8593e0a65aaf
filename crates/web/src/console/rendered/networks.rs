//! Networks on the firm's own list, filled with samples.
//!
//! **Invariant:** every optional part of a page is in one sample and missing in another.

use super::{Filling, erring, sample};
use crate::console::networks::{NetworkLine, NetworkPage, NetworksPage, PreviewPart};
use crate::forms::Errors;
use crate::texts::Texts;

type Sampled = (&'static str, bool, String);

fn line(filling: &Filling<'_>, stands: bool) -> NetworkLine {
    let words = Texts::of(filling.locale).networks;
    let text = || filling.text.to_owned();
    NetworkLine {
        path: "/networks/lst_1".to_owned(),
        network: "203.0.113.0/24".to_owned(),
        listed: words.deny,
        state: if stands { words.stands } else { words.ended },
        stands,
        reason: text(),
        by: text(),
        made: filling.when(),
        ends: filling.when(),
        ended: (!stands).then(|| (text(), filling.when())),
        alert_href: stands.then(|| "/alerts/alr_1".to_owned()),
    }
}

fn preview(filling: &Filling<'_>, many: bool) -> PreviewPart {
    let words = Texts::of(filling.locale).networks;
    PreviewPart {
        heading: words.preview.to_owned(),
        people: words.people.to_owned(),
        is_shared: many,
        is_own: many,
        csrf: "token".to_owned(),
        network: "203.0.113.0/24".to_owned(),
        shown: 3,
        alert: String::new(),
        listed: vec![
            ("ask", words.ask, words.ask_hint, many),
            ("deny", words.deny, words.deny_hint, false),
        ],
        lives: vec![(1, words.hour, many), (24, words.day, false)],
        ground: filling.text.to_owned(),
    }
}

pub(super) fn pages(filling: &Filling<'_>) -> Vec<Sampled> {
    let words = Texts::of(filling.locale).networks;
    let page = |preview: Option<PreviewPart>, errors: Errors| NetworksPage {
        f: filling.person("/networks", words.title).with(&errors),
        rows: match preview {
            Some(_) => vec![line(filling, true), line(filling, false)],
            None => Vec::new(),
        },
        older: preview.as_ref().map(|_| words.older.to_owned()),
        csrf: preview.as_ref().map(|_| "token".to_owned()),
        again_href: preview
            .is_none()
            .then(|| "/prove?return_to=%2Fnetworks".to_owned()),
        typed: (filling.text.to_owned(), String::new()),
        told: preview.is_none().then(|| words.of_alert.to_owned()),
        preview,
        errors,
    };
    let one = |stands, csrf: Option<&str>, errors: Errors| NetworkPage {
        f: filling
            .person("/networks/lst_1", "203.0.113.0/24")
            .with(&errors),
        row: line(filling, stands),
        csrf: csrf.map(str::to_owned),
        again_href: (stands && csrf.is_none())
            .then(|| "/prove?return_to=%2Fnetworks%2Flst_1".to_owned()),
        told: stands.then_some(words.made),
        ground: filling.text.to_owned(),
        errors,
    };
    let mut wrong = Errors::one("network", words.network_wrong);
    wrong.add("listed-first", words.listed_wrong);
    wrong.add("hours", words.life_wrong);
    wrong.add("ground", words.altered);
    let ground = || Errors::one("ground", words.end_over);
    vec![
        sample("console networks", &page(None, Errors::none())),
        sample(
            "console networks",
            &page(Some(preview(filling, true)), Errors::none()),
        ),
        erring(
            "console networks",
            &page(Some(preview(filling, false)), wrong),
        ),
        sample("console network", &one(true, Some("token"), Errors::none())),
        sample("console network", &one(true, None, Errors::none())),
        sample("console network", &one(false, None, Errors::none())),
        erring("console network", &one(true, Some("token"), ground())),
    ]
}
