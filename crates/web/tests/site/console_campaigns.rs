//! Campaigns through the console's pages: written, linted, shown, proposed by one person, started
//! by another, and stopped.

use axum::http::StatusCode;
use sekisho_core::known::StaffRole;

use crate::browser::after;
use crate::console::{Desk, enrolled, person, signed_in};
use crate::fixture::{Answer, CUSTOMER, Site};

const NEW: &str = "/campaigns/new";
const WARNING: [(&str, &str); 4] = [
    ("subject_ja", "偽のメールにご注意ください"),
    (
        "body_ja",
        "当社をかたるメールが確認されています。\r\nパスワードを入力しないでください。",
    ),
    ("subject_en", "Beware of fake messages"),
    (
        "body_en",
        "Never enter your password on a page that a mail opens.",
    ),
];

/// Two people at two desks: one proposes, one starts.
async fn two(site: &Site) -> [Desk<'_>; 2] {
    let sato = person(site, "sato", &[StaffRole::Operations], None).await;
    let approver = [StaffRole::Approver];
    let tanaka = person(site, "tanaka", &approver, Some(&sato)).await;
    let mut desks = [Desk::of(site), Desk::of(site)];
    for ((desk, claim), seed) in desks.iter_mut().zip([sato, tanaka]).zip([7, 8]) {
        let mut passkey = enrolled(desk, &claim, seed).await;
        signed_in(desk, &mut passkey).await;
    }
    desks
}

/// What the preview's form holds, but for its token.
fn held(preview: &Answer, fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let form = crate::visit::form_of(preview, NEW);
    let hidden = ["digest", "as_of"].map(|name| {
        let value = after(form, &format!("name=\"{name}\" value=\""));
        (name.to_owned(), value)
    });
    let typed = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    typed.chain(hidden).collect()
}

async fn fill(desk: &mut Desk<'_>, page: &Answer, pairs: &[(String, String)]) -> Answer {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    desk.fill(page, NEW, &pairs).await
}

/// A warning to the site's customer.
fn fields() -> Vec<(&'static str, &'static str)> {
    let mut fields = vec![
        ("kind", "phishing_warning"),
        ("chosen", "listed"),
        ("named", CUSTOMER),
        ("rate", "６０"),
    ];
    fields.extend(WARNING);
    fields
}

#[tokio::test]
async fn what_is_typed_is_held_to_the_lint_and_comes_back() {
    let site = Site::new().await;
    let [mut sato, _] = two(&site).await;
    let page = sato.open(NEW).await;
    assert_eq!(page.status, StatusCode::OK, "{page:?}");
    let kept = WARNING[1].1.split('\r').next().unwrap();
    for (field, hostile) in [
        ("body_en", "See ｈｔｔｐ：／／hinode.example now"),
        ("body_ja", "くわしくはhinode.exampleをご覧ください。"),
        ("subject_en", "Enter your password"),
        ("subject_ja", "Bеware"),
    ] {
        let mut wrong = fields();
        for (name, value) in &mut wrong {
            if *name == field {
                *value = hostile;
            }
        }
        let answer = sato.fill(&page, NEW, &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{hostile}");
        assert!(answer.text.contains(&format!("id=\"{field}-error\"")));
        assert!(answer.text.contains(kept) || field == "body_ja");
    }
    let nothing = sato.fill(&page, NEW, &[]).await;
    for field in ["kind", "chosen", "rate"] {
        let error = format!("id=\"{field}-error\"");
        assert!(nothing.text.contains(&error), "{field}");
    }
}

/// Proposes what was shown; answers the page of the campaign.
async fn proposed(sato: &mut Desk<'_>) -> String {
    let page = sato.open(NEW).await;
    let shown = sato.fill(&page, NEW, &fields()).await;
    assert_eq!(shown.status, StatusCode::OK, "{shown:?}");
    for part in [
        "It goes to 1 customers.",
        "Beware of fake messages – ",
        "偽のメールにご注意ください",
    ] {
        assert!(shown.text.contains(part), "{part} in {shown:?}");
    }
    assert!(!shown.text.contains("cus_"), "nobody is named by id");
    let mut all = held(&shown, &fields());
    all.push(("step".into(), "propose".into()));
    let unsaid = fill(sato, &shown, &all).await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsaid.text.contains("id=\"ground-error\""));
    all.push(("ground".into(), "偽メール 2026-9".into()));
    let mut other = all.clone();
    for (name, value) in &mut other {
        if name == "rate" {
            *value = "61".into();
        }
    }
    let altered = fill(sato, &shown, &other).await;
    assert_eq!(altered.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(altered.text.contains("Nothing was done"), "{altered:?}");
    let made = fill(sato, &shown, &all).await;
    let to = made.header("location").unwrap();
    assert!(to.starts_with("/campaigns/cmp_") && to.ends_with("?told=proposed"));
    to.split('?').next().unwrap().to_owned()
}

#[tokio::test]
async fn one_proposes_what_was_shown_another_starts_it_and_either_stops_it() {
    let site = Site::new().await;
    let [mut sato, mut tanaka] = two(&site).await;
    let path = &proposed(&mut sato).await;
    let (start, stop) = (format!("{path}/start"), format!("{path}/stop"));
    let own = sato.open(path).await;
    assert!(!own.text.contains(&start), "not by themselves");
    let page = tanaka.open(path).await;
    assert!(page.text.contains("偽メール 2026-9"), "{page:?}");
    let stale = tanaka.fill(&page, &start, &[("digest", "0")]).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    let digest = crate::visit::form_of(&page, &start);
    let digest = after(digest, "name=\"digest\" value=\"");
    let forged = [("digest", digest.as_str()), ("csrf", "x")];
    let forged = tanaka.submit(&start, &forged).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "{forged:?}");
    let digest = [("digest", digest.as_str())];
    let started = tanaka.fill(&page, &start, &digest).await;
    let to = started.header("location").unwrap();
    assert!(to.ends_with("?told=started"), "{started:?}");
    assert_eq!(site.gate.take_turns().await.unwrap().sent, 1);

    let page = sato.open(path).await;
    let unsaid = sato.fill(&page, &stop, &[]).await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    let stopped = sato.fill(&page, &stop, &[("ground", "誤り")]).await;
    let to = stopped.header("location").unwrap();
    assert!(to.ends_with("?told=stopped"), "{stopped:?}");
    let page = sato.open(path).await;
    assert!(page.text.contains("誤り") && page.text.contains("Stopped"));
    let list = sato.open("/campaigns").await;
    assert!(list.text.contains(path), "{list:?}");
    let file = sato.open("/campaigns.csv").await;
    assert!(file.text.contains("2026-9") && file.text.starts_with('\u{feff}'));
}

#[tokio::test]
async fn who_is_nobody_is_said_and_a_long_list_is_read() {
    let site = Site::new().await;
    let [mut sato, _] = two(&site).await;
    let page = sato.open(NEW).await;
    let lines = |many: usize| {
        let lines = (0..many).map(|number| format!("CUSTOMER-{number:040}\r\n"));
        lines.chain([CUSTOMER.to_owned()]).collect::<String>()
    };
    let asked = |named: &str| {
        [
            ("kind", "check_contact"),
            ("chosen", "listed"),
            ("rate", "600"),
            ("named", named),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let shown = fill(&mut sato, &page, &asked(&lines(9_999))).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text.contains("<strong>9999</strong>"));
    for wrong in [lines(10_000), "a@b.example".to_owned(), String::new()] {
        let answer = fill(&mut sato, &page, &asked(&wrong)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains("id=\"named-error\""));
    }
    let nobody = fill(&mut sato, &page, &asked("C-nobody")).await;
    assert_eq!(nobody.status, StatusCode::OK);
    assert!(
        nobody.text.contains("nobody whom it would reach"),
        "{nobody:?}"
    );
}
