//! Work in the console, through its pages: a customer is found, looked at and protected, and
//! operations are stopped by one person and let go by two.

use axum::http::StatusCode;
use sekisho_core::known::StaffRole;
use sekisho_core::notice::RespondEvent;
use sekisho_gate::Body;

use crate::browser::Browser;
use crate::console::{Desk, enrolled, person, signed_in};
use crate::fixture::{CUSTOMER, LOGIN, PASSWORD, Site};
use crate::visit::told;

/// A desk at which a person in one role has just come in.
async fn desk<'a>(site: &'a Site, role: StaffRole, name: &str) -> Desk<'a> {
    let claim = person(site, name, &[role], None).await;
    let mut desk = Desk::of(site);
    let mut passkey = enrolled(&mut desk, &claim, 7).await;
    signed_in(&mut desk, &mut passkey).await;
    desk
}

/// The page of the site's customer, found as people find it.
async fn found(desk: &mut Desk<'_>, what: &str) -> String {
    let page = desk.open("/customers").await;
    let answer = desk.fill(&page, "/customers", &[("what", what)]).await;
    answer.header("location").unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_customer_is_found_by_reference_or_login_and_shown_masked_until_it_is_said_why() {
    let site = Site::new().await;
    let mut owner = Browser::of(&site);
    owner.enter(&site).await;
    let mut desk = desk(&site, StaffRole::Operations, "sato").await;
    let path = found(&mut desk, CUSTOMER).await;
    assert!(path.starts_with("/customers/cus_"), "{path}");
    assert_eq!(found(&mut desk, LOGIN).await, path);
    let by_link = desk.open(&format!("/customers?reference={CUSTOMER}")).await;
    assert_eq!(by_link.header("location"), Some(path.as_str()));
    let page = desk.open("/customers").await;
    for nobody in ["nobody@example.jp", "C-nobody", "", "x y"] {
        let none = desk.fill(&page, "/customers", &[("what", nobody)]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY, "{nobody}");
        assert!(nobody.is_empty() || !none.text.contains(nobody), "{none:?}");
    }

    let page = desk.open(&path).await;
    assert_eq!(page.status, StatusCode::OK, "{page:?}");
    assert!(!page.text.contains(LOGIN) && page.text.contains(CUSTOMER));
    assert!(page.text.contains("0/24") && page.text.contains("/decisions/dec_"));
    let action = format!("{path}/reveal");
    let unsaid = desk
        .fill(&page, &action, &[("purpose", "a@b.example")])
        .await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!unsaid.text.contains(LOGIN));
    let said = [("purpose", "問い合わせ 2026-9")];
    let whole = desk.fill(&page, &action, &said).await;
    assert_eq!(whole.status, StatusCode::OK, "{whole:?}");
    assert!(whole.text.contains(LOGIN), "{whole:?}");
    assert!(!desk.open(&path).await.text.contains(LOGIN));

    let why = page.text.split("href=\"/decisions/").nth(1).unwrap();
    let why = format!("/decisions/{}", why.split('"').next().unwrap());
    let why = desk.open(&why).await;
    assert_eq!(why.status, StatusCode::OK, "{why:?}");
    assert!(why.text.contains("policy") || why.text.contains("Policy"));
}

#[tokio::test]
async fn a_reset_password_opens_nothing_and_is_not_chosen_again() {
    let site = Site::new().await;
    let mut owner = Browser::of(&site);
    owner.enter(&site).await;
    let mut desk = desk(&site, StaffRole::Operations, "sato").await;
    let path = found(&mut desk, CUSTOMER).await;
    let action = format!("{path}/respond");
    let page = desk.open(&path).await;
    let nothing = desk.fill(&page, &action, &[("ground", "")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(owner.open("/account").await.status, StatusCode::OK);

    let fields = [("response", "reset_password"), ("ground", "案件 2026-9")];
    let done = desk.fill(&page, &action, &fields).await;
    assert_eq!(
        done.header("location"),
        Some(format!("{path}?told=done").as_str()),
        "{done:?}"
    );
    let out = owner.open("/account").await;
    assert_eq!(out.header("location"), Some("/sign-in?told=needed"));
    let messages = told(&site).await;
    let reset = RespondEvent::PasswordReset;
    assert!(
        messages
            .iter()
            .any(|body| matches!(body, Body::Responded { event } if *event == reset))
    );
    let page = owner.open("/sign-in").await;
    let mut said = Vec::new();
    for password in [PASSWORD, "never this one 7"] {
        let typed = [("login", LOGIN), ("password", password)];
        let refused = owner.fill(&page, "/sign-in", &typed).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{refused:?}"
        );
        let errors = refused.text.split("class=\"errors\"").nth(1).unwrap();
        said.push(errors.split("</div>").next().unwrap().to_owned());
    }
    assert_eq!(said[0], said[1], "a reset password reads as a wrong one");

    let page = desk.open(&path).await;
    assert!(page.text.contains(">reset</strong>"), "{page:?}");
    assert!(
        !page.text.contains("value=\"reset_password\""),
        "it is done"
    );
    let again = desk.fill(&page, &action, &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{again:?}");
    let freeze = [("response", "freeze"), ("ground", "案件 2026-9")];
    let frozen = desk.fill(&page, &action, &freeze).await;
    assert_eq!(frozen.status, StatusCode::SEE_OTHER, "{frozen:?}");
    assert!(desk.open(&path).await.text.contains("frozen"));
}

#[tokio::test]
async fn one_person_stops_and_alone_lets_nothing_go() {
    let site = Site::new().await;
    let mut desk = desk(&site, StaffRole::Operations, "sato").await;
    let page = desk.open("/stops").await;
    let wrong = [("kind", "none_such"), ("hours", "0"), ("channel", "WEB")];
    let wrong = desk.fill(&page, "/stops", &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in [
        "kind",
        "hours",
        "channel",
        "ground",
        "message_ja",
        "message_en",
    ] {
        assert!(
            wrong.text.contains(&format!("id=\"{field}-error\"")),
            "{field}"
        );
    }
    let right = [
        ("kind", "every"),
        ("ground", "他社事案 2026-9"),
        ("message_ja", "ただいま停止しています <b>"),
        ("message_en", "Stopped for now"),
        ("left-desk", "1"),
        ("hours", "12"),
    ];
    let made = desk.fill(&page, "/stops", &right).await;
    assert_eq!(
        made.header("location"),
        Some("/stops?told=stopped"),
        "{made:?}"
    );
    let page = desk.open("/stops?told=stopped").await;
    assert!(page.text.contains("2026-9") && page.text.contains("Stopped for now"));
    let action = page.text.split("action=\"/stops/").nth(1).unwrap();
    let action = format!("/stops/{}", action.split('"').next().unwrap());
    let lifted = desk.fill(&page, &action, &[]).await;
    assert_eq!(
        lifted.header("location"),
        Some("/stops?told=proposed"),
        "{lifted:?}"
    );
    let alone = desk.fill(&page, &action, &[]).await;
    assert_eq!(alone.status, StatusCode::UNPROCESSABLE_ENTITY, "{alone:?}");
    assert!(alone.text.contains("another person has to agree"));
    let overview = desk.open("/").await;
    assert!(overview.text.contains("everything"), "it still stands");
}

#[tokio::test]
async fn a_network_is_listed_after_a_look_and_ended() {
    let site = Site::new().await;
    let mut desk = desk(&site, StaffRole::Operations, "sato").await;
    let page = desk.open("/networks").await;
    for wrong in ["example.jp", "203.0.113.7/24", "203.0.0.0/15", ""] {
        let typed = [("network", wrong)];
        let again = desk.fill(&page, "/networks/look", &typed).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(again.text.contains("id=\"network-error\""), "{wrong}");
    }
    let network = [("network", " 198.51.100.0/24 ")];
    let look = desk.fill(&page, "/networks/look", &network).await;
    assert_eq!(look.status, StatusCode::OK, "{look:?}");
    assert!(
        look.text.contains("No customer was ever let in"),
        "{look:?}"
    );
    let shown = [("network", "198.51.100.0/24"), ("shown", "0")];
    let nothing = desk.fill(&look, "/networks", &shown).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["listed", "hours", "ground"] {
        let error = format!("id=\"{field}-error\"");
        assert!(nothing.text.contains(&error), "{field}: {nothing:?}");
    }
    let right = [
        ("shown", "0"),
        ("listed", "deny"),
        ("hours", "4"),
        ("ground", "列挙攻撃 <b> 案件 7"),
    ];
    // A token is good for what was shown alone.
    let other = [&right[..], &[("network", "203.0.113.0/24")]].concat();
    let forged = desk.fill(&look, "/networks", &other).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "{forged:?}");
    let right = [&right[..], &shown[..1]].concat();
    let made = desk.fill(&look, "/networks", &right).await;
    let path = made.header("location").unwrap().to_owned();
    let path = path.split('?').next().unwrap().to_owned();
    let one = desk.open(&path).await;
    assert!(one.text.contains("198.51.100.0/24") && one.text.contains("&#60;b&#62;"));
    let list = desk.open("/networks").await;
    assert!(list.text.contains(&path), "{list:?}");
    let end = format!("{path}/end");
    let unsaid = desk.fill(&one, &end, &[]).await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    let ended = desk.fill(&one, &end, &[("ground", "終息")]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER, "{ended:?}");
    let again = desk.fill(&one, &end, &[("ground", "終息")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{again:?}");
    let over = desk.open(&path).await;
    assert!(!over.text.contains("<form class=\"card\""), "{over:?}");
}

#[tokio::test]
async fn everybody_reads_how_it_goes_in_words_and_no_customer_in_it() {
    let site = Site::new().await;
    let mut owner = Browser::of(&site);
    owner.enter(&site).await;
    let mut desk = desk(&site, StaffRole::Desk, "suzuki").await;
    for path in ["/", "/overview/live"] {
        let page = desk.open(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let row = page.text.split("Event stream (SIEM)").nth(1).unwrap();
        let row = row.split("</tr>").next().unwrap();
        assert!(row.contains("not set up"), "{row}");
        let row = page.text.split(">Mail<").nth(1).unwrap();
        let row = row.split("</tr>").next().unwrap();
        assert!(row.contains("in order"), "{row}");
        // The site has no address files: all of it is from nobody knows where.
        assert!(page.text.contains(">unknown<"), "{path}");
        assert!(page.text.contains("Counts all"), "{path}");
        for hidden in [LOGIN, CUSTOMER] {
            assert!(!page.text.contains(hidden), "{path}");
        }
    }
}
