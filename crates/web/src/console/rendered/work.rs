//! Customers, held operations, stops, decisions and responses, filled with samples.
//!
//! **Invariant:** every optional part of a page is in one sample and missing in another.

use super::{Filling, erring, sample};
use crate::console::customers::{
    AccessRow, ChannelRow, CustomerPage, CustomerTokens, FindPage, OperationRow,
};
use crate::console::decisions::{DecisionPage, ReasonRow, RuleRow};
use crate::console::held::{HeldOnePage, HeldPage, HeldRow};
use crate::console::respond::RespondPage;
use crate::console::stops::{StopLine, StopsPage, Typed};
use crate::forms::Errors;
use crate::pages::messages::MessageLine;
use crate::texts::Texts;

type Sampled = (&'static str, bool, String);

pub(super) fn pages(filling: &Filling<'_>) -> Vec<Sampled> {
    let mut all = customers(filling);
    all.extend(held(filling));
    all.extend(stops(filling));
    all.extend(others(filling));
    all
}

fn channels(filling: &Filling<'_>, many: usize) -> Vec<ChannelRow> {
    let words = Texts::of(filling.locale).work;
    let text = || filling.text.to_owned();
    (0..many)
        .map(|_| ChannelRow {
            kind: words.login,
            value: text(),
            purpose: words.dedicated,
            verified: None,
        })
        .collect()
}

fn operations(filling: &Filling<'_>, many: usize) -> Vec<OperationRow> {
    let text = || filling.text.to_owned();
    (0..many)
        .map(|_| OperationRow {
            path: "/operations/opr_1".to_owned(),
            kind: text(),
            state: "held",
            amount: text(),
            payee: text(),
            created: filling.when(),
        })
        .collect()
}

fn messages(filling: &Filling<'_>, many: usize) -> Vec<MessageLine> {
    let words = Texts::of(filling.locale).work;
    let text = || filling.text.to_owned();
    (0..many)
        .map(|_| MessageLine {
            when: filling.when(),
            subject: words.messages,
            to: text(),
            state: words.yes,
            mark: "done",
        })
        .collect()
}

fn accesses(filling: &Filling<'_>, many: usize) -> Vec<AccessRow> {
    let words = Texts::of(filling.locale).work;
    let text = || filling.text.to_owned();
    (0..many)
        .map(|_| AccessRow {
            when: filling.when(),
            act: text(),
            ending: words.no,
            mark: "failed",
            place: text(),
            device: text(),
            why_href: "/decisions/dec_1".to_owned(),
        })
        .collect()
}

fn customer(filling: &Filling<'_>, full: bool, errors: Errors) -> CustomerPage {
    let words = Texts::of(filling.locale).work;
    let when = || full.then(|| filling.when());
    let text = || filling.text.to_owned();
    let token = || full.then(|| "token".to_owned());
    let some = |href: &str| full.then(|| href.to_owned());
    let many = usize::from(full);
    CustomerPage {
        f: filling
            .person("/customers/cus_1", filling.text)
            .with(&errors),
        path: "/customers/cus_1".to_owned(),
        id: "cus_1".to_owned(),
        is_frozen: full,
        doubted: full,
        since: filling.when(),
        contact_changed: when(),
        password: (Some(filling.when()), when()),
        passkeys: many,
        devices: many,
        sessions: many,
        channels: channels(filling, many),
        operations: operations(filling, many),
        messages: messages(filling, many),
        rows: accesses(filling, many),
        newest_href: some("/customers/cus_1"),
        older_href: some("/customers/cus_1?before=1"),
        revealed: false,
        tokens: CustomerTokens {
            reveal: token(),
            respond: token(),
        },
        again_href: (!full).then(|| "/prove?return_to=%2Fcustomers".to_owned()),
        choices: vec![
            (
                "end_sessions",
                words.end_sessions,
                words.end_sessions_hint,
                full,
            ),
            ("freeze", words.freeze, words.freeze_hint, false),
        ],
        ground: text(),
        told: full.then_some(words.respond_done),
        errors,
    }
}

fn customers(filling: &Filling<'_>) -> Vec<Sampled> {
    let words = Texts::of(filling.locale).work;
    let find = |errors: Errors| FindPage {
        f: filling.person("/customers", words.customers).with(&errors),
        csrf: "token".to_owned(),
        errors,
    };
    let mut wrong = Errors::one("purpose", words.find_wrong);
    wrong.add("response-first", words.respond_wrong);
    wrong.add("ground", words.find_wrong);
    vec![
        sample("console customers", &find(Errors::none())),
        erring(
            "console customers",
            &find(Errors::one("what", words.find_none)),
        ),
        sample("console customer", &customer(filling, true, Errors::none())),
        sample(
            "console customer",
            &customer(filling, false, Errors::none()),
        ),
        erring("console customer", &customer(filling, true, wrong)),
    ]
}

fn held_row(filling: &Filling<'_>, full: bool) -> HeldRow {
    HeldRow {
        path: "/operations/opr_1".to_owned(),
        id: "opr_1".to_owned(),
        kind: filling.text.to_owned(),
        customer: filling.text.to_owned(),
        customer_href: "/customers?reference=c".to_owned(),
        application: "app_1".to_owned(),
        amount: filling.text.to_owned(),
        payee: filling.text.to_owned(),
        created: filling.when(),
        due: full.then(|| (Texts::of(filling.locale).work.releases, filling.when())),
        reasons: vec!["A reason."; usize::from(full)],
        is_confirmed: full,
    }
}

fn held(filling: &Filling<'_>) -> Vec<Sampled> {
    let words = Texts::of(filling.locale).work;
    let list = |rows, href: Option<&str>| HeldPage {
        f: filling.person("/operations", words.held),
        rows,
        first_href: href.map(str::to_owned),
        next_href: href.map(str::to_owned),
    };
    let one = |full: bool, csrf: Option<&str>, again: Option<&str>, errors: Errors| HeldOnePage {
        f: filling
            .person("/operations/opr_1", filling.text)
            .with(&errors),
        row: held_row(filling, full),
        csrf: csrf.map(str::to_owned),
        again_href: again.map(str::to_owned),
        is_refused: full.then_some(false),
        ground: filling.text.to_owned(),
        errors,
    };
    let rows = vec![held_row(filling, true), held_row(filling, false)];
    let mut wrong = Errors::one("end-release", words.end_wrong);
    wrong.add("ground", words.find_wrong);
    let none = Errors::none;
    vec![
        sample("console held", &list(Vec::new(), None)),
        sample("console held", &list(rows, Some("/operations?list=held"))),
        sample("console held one", &one(true, Some("token"), None, none())),
        sample("console held one", &one(false, None, None, none())),
        sample("console held one", &one(true, None, Some("/prove"), none())),
        erring("console held one", &one(true, Some("token"), None, wrong)),
    ]
}

fn stops(filling: &Filling<'_>) -> Vec<Sampled> {
    let words = Texts::of(filling.locale).work;
    let text = || filling.text.to_owned();
    let row = |full: bool| StopLine {
        what: text(),
        reason: text(),
        message: text(),
        state: words.stands,
        stands: full,
        by: "sato".to_owned(),
        begins: filling.when(),
        ends: full.then(|| filling.when()),
        proposed: full.then(|| "suzuki".to_owned()),
        action: "/stops/stp_1/lift".to_owned(),
        lift: full.then(|| ("token".to_owned(), words.agree)),
    };
    let page = |rows, csrf: Option<&str>, errors: Errors| StopsPage {
        f: filling.person("/stops", words.stops).with(&errors),
        rows,
        csrf: csrf.map(str::to_owned),
        again_href: csrf.is_none().then_some("/prove?return_to=%2Fstops"),
        kinds: vec![("withdraw".to_owned(), text(), true)],
        left: vec![("app", words.yes, true), ("web", words.no, false)],
        typed: Typed {
            kind: "every".to_owned(),
            channel: text(),
            segment: text(),
            ground: text(),
            message_ja: text(),
            message_en: text(),
            hours: text(),
            left: Vec::new(),
        },
        told: csrf.map(|_| words.stop_done),
        errors,
    };
    let mut wrong = Errors::none();
    for field in [
        "kind",
        "channel",
        "segment",
        "message_ja",
        "message_en",
        "hours",
        "ground",
    ] {
        wrong.add(field, words.word_wrong);
    }
    let rows = || vec![row(true), row(false)];
    vec![
        sample("console stops", &page(Vec::new(), None, Errors::none())),
        sample(
            "console stops",
            &page(rows(), Some("token"), Errors::none()),
        ),
        erring("console stops", &page(rows(), Some("token"), wrong)),
    ]
}

fn decision(filling: &Filling<'_>, full: bool) -> DecisionPage {
    let words = Texts::of(filling.locale).work;
    let text = || filling.text.to_owned();
    let rule = |applies| RuleRow {
        reason: "device_new".to_owned(),
        text: text(),
        when: text(),
        truth: words.truth_yes,
        applies,
    };
    DecisionPage {
        f: filling.person("/decisions/dec_1", words.decision),
        id: "dec_1".to_owned(),
        at: filling.when(),
        act: text(),
        verdict: "step_up",
        actor: "customer",
        policy: "jsda-2025.8".to_owned(),
        customer_href: full.then(|| "/customers/cus_1".to_owned()),
        asks: vec!["passkey"; 2 * usize::from(full)],
        reasons: (0..usize::from(full))
            .map(|_| ReasonRow {
                code: "device_new".to_owned(),
                text: text(),
            })
            .collect(),
        rules: full.then(|| ("standard.4".to_owned(), vec![rule(true), rule(false)])),
        same: full,
        evidence: vec![(text(), text(), text()); usize::from(full)],
        facts: text(),
    }
}

fn others(filling: &Filling<'_>) -> Vec<Sampled> {
    let words = Texts::of(filling.locale).work;
    let text = || filling.text.to_owned();
    let respond = |many: usize, errors: Errors| RespondPage {
        f: filling
            .person("/alerts/alr_1/respond", words.preview)
            .with(&errors),
        alert_href: "/alerts/alr_1".to_owned(),
        what: words.freeze,
        hint: words.freeze_hint,
        response: "freeze",
        digest: "00".to_owned(),
        count: text(),
        is_nobody: many == 0,
        before: (many > 0).then(text),
        rows: vec![(text(), "/customers?reference=c".to_owned()); many],
        more: (many > 0).then(text),
        csrf: "token".to_owned(),
        ground: text(),
        errors,
    };
    let wrong = Errors::one("ground", words.find_wrong);
    vec![
        sample("console respond", &respond(0, Errors::none())),
        sample("console respond", &respond(2, Errors::none())),
        erring("console respond", &respond(2, wrong)),
        sample("console decision", &decision(filling, true)),
        sample("console decision", &decision(filling, false)),
    ]
}
