//! Rules in the console, through its pages: a draft is written, checked, tried and kept, goes live
//! by a second person, and is taken back.

use axum::http::StatusCode;
use sekisho_core::known::{FRESH, StaffRole};
use sekisho_core::rules::{STANDARD, with_version};
use sekisho_world::passkey::Passkey;

use crate::browser::{Browser, after};
use crate::console::{Desk, enrolled, person, place, signed_in, wanted};
use crate::fixture::{Answer, Site};

const NEW: &str = "/rules/new";

/// The shipped rules under another version, with a rule that would refuse every first access.
fn document(version: &str) -> String {
    format!(
        "{}\n[[rule]]\nreason = \"rule_everybody\"\nwhen = 'customer.history >= 0'\n\
         verdict = \"refuse\"\ncase = \"<b>all</b>\"\ntext.ja = \"全員\"\ntext.en = \"All\"\n",
        with_version(STANDARD, version)
    )
}

async fn send(desk: &mut Desk<'_>, step: &str, document: &str) -> Answer {
    let csrf = desk.csrf("console_rules_new");
    // As browsers send it.
    let typed = document.replace('\n', "\r\n");
    let fields = [
        ("csrf", csrf.as_str()),
        ("step", step),
        ("document", &typed),
    ];
    desk.submit(NEW, &fields).await
}

/// Answers the form that asks for a passkey before a draft is kept.
async fn shown(desk: &mut Desk<'_>, page: &Answer, key: &mut Passkey, document: &str) -> Answer {
    let (challenge, _, ticket) = wanted(page, NEW);
    let credential = key.get(place(&challenge)).json();
    let fields = [
        ("ticket", ticket.as_str()),
        ("credential", &credential),
        ("step", "save"),
        ("document", document),
    ];
    desk.fill(page, NEW, &fields).await
}

fn to(answer: &Answer) -> Option<&str> {
    answer.header("location")
}

/// Whether a page has this text, as pages write it.
fn says(page: &Answer, text: &str) -> bool {
    let written = text
        .replace('&', "&#38;")
        .replace('<', "&#60;")
        .replace('>', "&#62;")
        .replace('"', "&#34;")
        .replace('\'', "&#39;");
    page.text.contains(&written)
}

#[tokio::test]
async fn a_draft_is_checked_and_tried_and_nothing_that_was_typed_is_lost() {
    let site = Site::new().await;
    Browser::of(&site).enter(&site).await;
    let claim = person(&site, "sato", &[StaffRole::RuleAuthor], None).await;
    let mut desk = Desk::of(&site);
    let mut key = enrolled(&mut desk, &claim, 7).await;
    signed_in(&mut desk, &mut key).await;

    let first = desk.open(NEW).await;
    assert!(says(&first, "version = \"mine.1\""), "{first:?}");
    assert!(first.text.contains("<code data-name>country.seen</code>"));
    let wrong = document("mine.1").replace("customer.history >= 0", "custmer.history >= 0");
    for step in ["check", "try", "save"] {
        let told = send(&mut desk, step, &wrong).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{step}");
        let line = wrong
            .lines()
            .position(|line| line.contains("custmer"))
            .unwrap()
            + 1;
        assert!(says(&told, &format!("line {line}, column 9")), "{told:?}");
        assert!(says(&told, "did you mean customer.history?"), "{step}");
        assert!(says(&told, "when = 'custmer.history >= 0'"), "{step}");
        assert!(says(&told, &wrong), "what was typed is still there");
    }
    let right = document("mine.1");
    let checked = send(&mut desk, "check", &right).await;
    assert_eq!(checked.status, StatusCode::OK, "{checked:?}");
    assert!(checked.text.contains("It is right.") && says(&checked, &right));
    assert!(!checked.text.contains("class=\"backtest\""));
    let tried = send(&mut desk, "try", &right).await;
    assert_eq!(tried.status, StatusCode::OK, "{tried:?}");
    assert!(tried.text.contains("rule_everybody") && tried.text.contains("<svg"));
    // Decisions name nobody, and lead somewhere for those alone who may see them.
    assert!(tried.text.contains("<code>dec_") && !tried.text.contains("href=\"/decisions/"));
    assert!(
        !desk.open("/rules").await.text.contains("mine.1"),
        "nothing is kept"
    );

    // The last passkey is too long ago: it is asked for on the page, with what was typed.
    site.clock.danger_move(FRESH);
    let asked = send(&mut desk, "save", &right).await;
    assert_eq!(asked.status, StatusCode::OK, "{asked:?}");
    assert!(says(&asked, &right) && asked.text.contains("data-passkey"));
    let mut other = Passkey::new([9; 32], "console.example.jp", b"nobody").unwrap();
    let refused = shown(&mut desk, &asked, &mut other, &right).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(says(&refused, &right) && !desk.open("/rules").await.text.contains("mine.1"));
    let kept = shown(&mut desk, &refused, &mut key, &right).await;
    assert_eq!(to(&kept), Some("/rules/mine.1?told=saved"), "{kept:?}");
    // The session went on under another cookie, and twice is once too many.
    let twice = send(&mut desk, "save", &right).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY, "{twice:?}");
    assert!(says(&twice, "There is a set of this version already") && says(&twice, &right));
    assert!(says(&desk.open(NEW).await, "version = \"mine.2\""));
    let on = desk.open("/rules/new?from=mine.1").await;
    assert!(says(&on, "<b>all</b>") && says(&on, "version = \"mine.2\""));
}

#[tokio::test]
async fn a_document_may_be_long_and_no_longer() {
    let site = Site::new().await;
    let claim = person(&site, "sato", &[StaffRole::RuleAuthor], None).await;
    let mut desk = Desk::of(&site);
    let mut key = enrolled(&mut desk, &claim, 7).await;
    signed_in(&mut desk, &mut key).await;
    let of = |bytes: usize| {
        let text = document("mine.1");
        let comment = "# 関所\n".repeat((bytes - text.len()) / "# 関所\n".len());
        text + &comment
    };
    let long = send(&mut desk, "check", &of(260_000)).await;
    assert_eq!(long.status, StatusCode::OK);
    let longer = send(&mut desk, "check", &of(263_000)).await;
    assert_eq!(longer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(says(&longer, "262144 bytes at most"));
    let longest = send(&mut desk, "check", &"関".repeat(400_000)).await;
    assert_eq!(longest.status, StatusCode::PAYLOAD_TOO_LARGE);
    // Other forms are as short as ever.
    let csrf = desk.csrf("console_rules");
    let live = "x".repeat(20_000);
    let short = desk
        .submit("/rules", &[("csrf", &csrf), ("seen", &live)])
        .await;
    assert_ne!(short.status, StatusCode::UNPROCESSABLE_ENTITY, "{short:?}");
}

#[tokio::test]
async fn rules_go_live_by_two_people_who_saw_them_and_back_by_one() {
    let site = Site::new().await;
    Browser::of(&site).enter(&site).await;
    let both = [StaffRole::Operations, StaffRole::Approver];
    let sato = person(&site, "sato", &both, None).await;
    let tanaka = person(&site, "tanaka", &both, Some(&sato)).await;
    let (mut one, mut two) = (Desk::of(&site), Desk::of(&site));
    let mut key = enrolled(&mut one, &sato, 7).await;
    signed_in(&mut one, &mut key).await;
    let mut key = enrolled(&mut two, &tanaka, 8).await;
    signed_in(&mut two, &mut key).await;
    let kept = send(&mut one, "save", &document("mine.1")).await;
    assert_eq!(to(&kept), Some("/rules/mine.1?told=saved"), "{kept:?}");

    let page = one.open("/rules/mine.1").await;
    assert!(
        page.text.contains("draft") && says(&page, "<b>all</b>"),
        "{page:?}"
    );
    assert!(page.text.contains("<span class=\"unseen\">new</span>"));
    assert!(says(&page, "+ rule rule_everybody: refuse"));
    assert!(
        !page.text.contains("/rules/mine.1/approve"),
        "not from a draft"
    );
    let trial = one.open("/rules/mine.1/trial").await;
    assert!(trial.text.contains("href=\"/decisions/dec_"), "{trial:?}");
    let shadow = one.fill(&page, "/rules/mine.1/shadow", &[]).await;
    assert_eq!(to(&shadow), Some("/rules/mine.1?told=shadow"), "{shadow:?}");

    let approve = "/rules/mine.1/approve";
    let page = one.open("/rules/mine.1").await;
    let digest = after(&page.text, "name=\"digest\" value=\"");
    let own = one.fill(&page, approve, &[("digest", &digest)]).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(own.text.contains("another person has to agree"), "{own:?}");
    let page = two.open("/rules/mine.1").await;
    for unseen in ["", "00", &"0".repeat(64)] {
        let other = two.fill(&page, approve, &[("digest", unseen)]).await;
        assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{unseen}");
        assert!(other.text.contains("not what was shown to you"));
    }
    let live = two.fill(&page, approve, &[("digest", &digest)]).await;
    assert_eq!(to(&live), Some("/rules/mine.1?told=live"), "{live:?}");

    // Who looks at a page of before is told so, instead of taking back what they did not see.
    let list = one.open("/rules").await;
    let seen = after(&list.text, "name=\"seen\" value=\"");
    for act in ["roll_back", "end_shadow"] {
        let before = [("act", act), ("seen", "0")];
        let moved = one.fill(&list, "/rules", &before).await;
        assert_eq!(moved.status, StatusCode::UNPROCESSABLE_ENTITY, "{act}");
        assert!(moved.text.contains("than were shown"), "{moved:?}");
    }
    let back = [("act", "roll_back"), ("seen", seen.as_str())];
    let done = one.fill(&list, "/rules", &back).await;
    assert_eq!(to(&done), Some("/rules?told=back"), "{done:?}");
    let list = one.open("/rules?told=back").await;
    assert!(list.text.contains("was live") && !list.text.contains("value=\"roll_back\""));
    assert_eq!(
        one.open("/rules/mine.9").await.status,
        StatusCode::NOT_FOUND
    );
}
