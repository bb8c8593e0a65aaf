//! What the tests of pages share: forms sent as their page offers them, codes read from messages.

use axum::http::StatusCode;
use sekisho_core::known::NoticeState;
use sekisho_core::moment::Span;
use sekisho_gate::Body;

use crate::browser::{Browser, after};
use crate::fixture::{Answer, LOGIN, PASSWORD, Site};
use crate::v1::withdrawal;

/// The part of a page that is the form with this action.
pub fn form_of<'a>(page: &'a Answer, action: &str) -> &'a str {
    let found = [
        format!("action=\"{action}\""),
        format!("action=\"{action}?"),
    ];
    let found = found.iter().find_map(|mark| page.text.split_once(mark));
    let (_, form) = found.unwrap_or_else(|| panic!("no form {action} in {page:?}"));
    form.split("</form>").next().unwrap()
}

impl Browser<'_> {
    /// Sends the form with this action as the page offers it, with what is typed into it.
    pub async fn fill(&mut self, page: &Answer, action: &str, typed: &[(&str, &str)]) -> Answer {
        let asking = format!("action=\"{action}?");
        let whole = match page.text.contains(&asking) {
            true => format!("{action}?{}", after(&page.text, &asking)),
            false => action.to_owned(),
        };
        let csrf = after(form_of(page, action), "name=\"csrf\" value=\"");
        let mut fields = vec![("csrf", csrf.as_str())];
        fields.extend(typed);
        self.submit(&whole, &fields).await
    }

    /// Signs in with password and code; ends on the account's home.
    pub async fn sign_in_with_code(&mut self, site: &Site) -> Answer {
        let page = self.open("/sign-in").await;
        let typed = [("login", LOGIN), ("password", PASSWORD)];
        let sent = self.fill(&page, "/sign-in", &typed).await;
        assert_eq!(sent.header("location"), Some("/code"), "{sent:?}");
        let page = self.open("/code").await;
        let code = code(site).await;
        let opened = self.fill(&page, "/code", &[("code", &code)]).await;
        assert_eq!(opened.header("location"), Some("/account"), "{opened:?}");
        self.open("/account").await
    }

    /// Signs in, with a code if one is asked; ends on the account's home.
    pub async fn enter(&mut self, site: &Site) {
        let page = self.open("/sign-in").await;
        let typed = [("login", LOGIN), ("password", PASSWORD)];
        let mut answer = self.fill(&page, "/sign-in", &typed).await;
        if answer.header("location") == Some("/code") {
            let page = self.open("/code").await;
            let code = code(site).await;
            answer = self.fill(&page, "/code", &[("code", &code)]).await;
        }
        assert_eq!(answer.header("location"), Some("/account"), "{answer:?}");
        // What is told next is told later.
        site.clock.danger_move(Span::seconds(1));
    }

    /// Registers somebody new; ends on the account's home.
    pub async fn sign_up(&mut self, site: &Site, login: &str) {
        let page = self.open("/sign-up").await;
        let typed = [("login", login), ("password", PASSWORD)];
        let sent = self.fill(&page, "/sign-up", &typed).await;
        assert_eq!(sent.header("location"), Some("/code"), "{sent:?}");
        let page = self.open("/code").await;
        let code = code(site).await;
        let opened = self.fill(&page, "/code", &[("code", &code)]).await;
        assert_eq!(opened.header("location"), Some("/account"), "{opened:?}");
        // What is told next is told later.
        site.clock.danger_move(Span::seconds(1));
    }
}

/// Everything that was told so far, oldest first.
pub async fn told(site: &Site) -> Vec<Body> {
    let waiting = site.gate.notices(NoticeState::Waiting, 1000).await.unwrap();
    let open = |notice| site.gate.danger_open_notice(notice).unwrap().body;
    waiting.iter().map(open).collect()
}

/// The newest one-time code.
pub async fn code(site: &Site) -> String {
    let told = told(site).await;
    let found = told.into_iter().rev().find_map(|body| match body {
        Body::Code { code, .. } | Body::ConfirmCode { code, .. } => Some(code),
        _ => None,
    });
    found.unwrap()
}

/// The newest report code.
pub async fn report_code(site: &Site) -> String {
    let told = told(site).await;
    let found = told.into_iter().rev().find_map(|body| match body {
        Body::SignedIn { report, .. } => Some(report),
        Body::Operation(told) => Some(told.report),
        _ => None,
    });
    found.unwrap()
}

/// The path of the page that confirms a withdrawal.
pub async fn asked(site: &Site) -> String {
    let token = Some(site.broker.operations.as_str());
    let mut body = withdrawal();
    body["return_uri"] = "https://broker.example/done?a=b".into();
    let answer = site.post("/v1/operations", token, &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    format!("/confirm/{id}")
}
