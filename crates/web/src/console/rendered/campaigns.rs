//! Campaigns, filled with samples.
//!
//! **Invariant:** every optional part of a page is in one sample and missing in another.

use sekisho_core::campaign::Finding;
use sekisho_core::known::{CampaignKind, CampaignSet, SETS};
use sekisho_gate::CampaignMessages;

use super::{Filling, erring, sample};
use crate::console::campaigns::write::{PreviewPage, Typed, WritePage, advice, set_label};
use crate::console::campaigns::{
    CampaignPage, CampaignRow, CampaignTokens, CampaignsPage, ReachLines, SampleLine, kind_name,
    set_name,
};
use crate::forms::Errors;
use crate::texts::Texts;

type Sampled = (&'static str, bool, String);

const FINDINGS: [Finding; 9] = [
    Finding::Empty,
    Finding::Long,
    Finding::Hidden,
    Finding::Language,
    Finding::Markup,
    Finding::Link,
    Finding::Mail,
    Finding::Telephone,
    Finding::Secret,
];

pub(super) fn pages(filling: &Filling<'_>) -> Vec<Sampled> {
    let mut all = listed(filling);
    all.extend(one(filling));
    all.extend(written(filling));
    all
}

fn row(filling: &Filling<'_>) -> CampaignRow {
    let words = Texts::of(filling.locale).campaign;
    CampaignRow {
        path: "/campaigns/cmp_1".to_owned(),
        kind: kind_name(CampaignKind::PhishingWarning, words),
        set: set_name(CampaignSet::OldPassword(365), words),
        state: words.running,
        by: "sato".to_owned(),
        proposed: filling.when(),
        counted: 1_800_000,
        sent: 12_345,
        skipped: 67,
        waiting: 1_787_588,
    }
}

fn listed(filling: &Filling<'_>) -> Vec<Sampled> {
    let words = Texts::of(filling.locale).campaign;
    let page = |rows, full: bool| CampaignsPage {
        f: filling.person("/campaigns", words.title),
        rows,
        may_write: full,
        first_href: full.then(|| "/campaigns".to_owned()),
        next_href: full.then(|| "/campaigns?after=1".to_owned()),
        export_href: full.then(|| "/campaigns.csv".to_owned()),
    };
    vec![
        sample("console campaigns", &page(Vec::new(), false)),
        sample("console campaigns", &page(vec![row(filling)], true)),
    ]
}

fn samples(filling: &Filling<'_>) -> Vec<SampleLine> {
    let words = Texts::of(filling.locale).campaign;
    let line = |(lang, language)| SampleLine {
        lang,
        language,
        subject: filling.text.to_owned(),
        body: format!("{}\n\n{}", filling.text, filling.text),
    };
    let both = [("ja", words.sample_ja), ("en", words.sample_en)];
    both.into_iter().map(line).collect()
}

fn reach(filling: &Filling<'_>, nobody: bool) -> ReachLines {
    ReachLines {
        many: Texts::of(filling.locale).campaign.many.to_owned(),
        nobody,
        mail: 3,
        sms: 2,
        nowhere: 1,
        unknown: i64::from(!nobody),
    }
}

fn one(filling: &Filling<'_>) -> Vec<Sampled> {
    let words = Texts::of(filling.locale).campaign;
    let text = || filling.text.to_owned();
    let page = |full: bool, errors: Errors| CampaignPage {
        f: filling
            .person("/campaigns/cmp_1", words.title)
            .with(&errors),
        row: row(filling),
        id: "cmp_1".to_owned(),
        rate: 600,
        unknown: i64::from(full),
        reason: text(),
        reach: full.then(|| reach(filling, false)),
        messages: CampaignMessages::default(),
        started: full.then(|| (text(), filling.when())),
        stopped: full.then(|| (text(), filling.when(), text())),
        finished: full.then(|| filling.when()),
        samples: samples(filling),
        tokens: CampaignTokens {
            start: full.then(|| ("token".to_owned(), "digest".to_owned())),
            stop: full.then(|| "token".to_owned()),
            again_href: (!full).then(|| "/prove?return_to=%2Fcampaigns".to_owned()),
        },
        ground: text(),
        told: full.then_some(words.proposed_told),
        errors,
    };
    let console = Texts::of(filling.locale).console;
    let wrong = Errors::one("ground", console.ground_wrong);
    vec![
        sample("console campaign", &page(false, Errors::none())),
        sample("console campaign", &page(true, Errors::none())),
        erring("console campaign", &page(true, wrong)),
    ]
}

fn typed(filling: &Filling<'_>) -> Typed {
    let text = || filling.text.to_owned();
    Typed {
        kind: "check_contact".to_owned(),
        chosen: "listed".to_owned(),
        days: text(),
        alert: text(),
        named: text(),
        parts: std::array::from_fn(|_| text()),
        rate: text(),
        as_of: text(),
        ground: text(),
    }
}

fn written(filling: &Filling<'_>) -> Vec<Sampled> {
    let texts = Texts::of(filling.locale);
    let words = texts.campaign;
    let write = |errors: Errors| WritePage {
        f: filling.person("/campaigns/new", words.new).with(&errors),
        csrf: "token".to_owned(),
        kinds: CampaignKind::ALL
            .map(|kind| (kind.word(), kind_name(kind, words), true))
            .into(),
        sets: SETS
            .map(|word| (word, set_label(word, words), word == "listed"))
            .into(),
        typed: typed(filling),
        errors,
    };
    let preview = |nobody: bool, errors: Errors| PreviewPage {
        f: filling
            .person("/campaigns/new", words.preview)
            .with(&errors),
        csrf: "token".to_owned(),
        kind: kind_name(CampaignKind::CheckContact, words),
        set: set_name(CampaignSet::Listed, words),
        rate: 600,
        reach: reach(filling, nobody),
        samples: samples(filling),
        digest: "digest".to_owned(),
        typed: typed(filling),
        errors,
    };
    let mut wrong = Errors::none();
    for field in ["kind", "chosen", "days", "alert", "named", "rate"] {
        wrong.add(field, words.kind_wrong);
    }
    for (field, some) in ["subject_ja", "body_ja", "subject_en", "body_en"]
        .into_iter()
        .zip(FINDINGS.chunks(3).cycle())
    {
        let said: Vec<_> = some.iter().map(|one| advice(*one, words)).collect();
        wrong.add(field, said.join(" "));
    }
    let unsaid = Errors::one("ground", texts.console.ground_wrong);
    vec![
        sample("console campaign new", &write(Errors::none())),
        erring("console campaign new", &write(wrong)),
        sample("console campaign preview", &preview(false, Errors::none())),
        sample("console campaign preview", &preview(true, Errors::none())),
        erring("console campaign preview", &preview(false, unsaid)),
    ]
}
