//! A hijacker who has the password and was told the sign-in code, wants the payout account; and the
//! customer who stops everything.
//!
//! **Invariant:** the hijacker never learns the code that confirms the change: the mail that brings
//! it says what it is for.

use anyhow::Context as _;
use sekisho_browser::{Page, html};

use super::guess::LIMIT;
use super::{Scene, Teller, wrong};

const HOLDER: &str = "カラス クロウ";

/// Tries the hijack; answers the report code of the mail that tells the customer.
pub async fn play(teller: &mut Teller, scene: &mut Scene) -> anyhow::Result<String> {
    let page = teller.give_password(scene).await?;
    let mail = scene.inbox.next("認証コード").await?;
    let code = mail.code().context("a mail without its code")?;
    let page = scene
        .browser
        .submit(&page, &[("one-time-code", &code)])
        .await?;
    let inside = page.url.path() == "/portfolio";
    teller.step(
        "with the code told on the telephone the hijacker is in",
        inside,
        page.told(),
    )?;
    let told = scene.inbox.next("ログインのお知らせ").await?;
    let said = told.report().is_some() && told.body.contains("場所");
    teller.step(
        "the customer is told where from, with a report code",
        said,
        &told.body,
    )?;

    let before = html::value(&page.html, "payout");
    let form = scene.browser.click(&page, "出金先口座").await?;
    let typed = [
        ("bank", "0919"),
        ("branch", "404"),
        ("account_type", "ordinary"),
        ("number", "9876543"),
        ("holder", HOLDER),
    ];
    let page = scene.browser.submit(&form, &typed).await?;
    let shown = page.is_at(&teller.addresses.sekisho) && page.text().contains(HOLDER);
    teller.step(
        "the change of the payout account has to be confirmed",
        shown,
        page.told(),
    )?;
    let operation = page
        .url
        .path()
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    guess(teller, scene, &page).await?;

    let kept = teller.api.operation(&operation).await?;
    let refused = kept.state == "refused" && kept.grant.is_none();
    teller.step(
        "the change is refused, and there is no grant for it",
        refused,
        &kept.state,
    )?;
    let address = format!("{}/portfolio", teller.addresses.broker);
    let after = scene.browser.open(&address).await?;
    let same = before.is_some() && html::value(&after.html, "payout") == before;
    teller.step(
        "the payout account is the same as before",
        same,
        after.told(),
    )?;
    let told = scene.inbox.next("出金先口座の変更を止めました").await?;
    let report = told.report();
    let what = "the customer is told by mail what was stopped, with a report code";
    teller.step(what, report.is_some(), &told.body)?;
    report.context("a mail without its report code")
}

/// Guesses the confirmation code until there is no try left.
async fn guess(teller: &mut Teller, scene: &mut Scene, page: &Page) -> anyhow::Result<()> {
    let mut page = scene.browser.press(page, "/code").await?;
    let mail = scene.inbox.next("確認コード").await?;
    let warned = mail.body.contains(HOLDER);
    let what = format!("the code goes to the customer, in a mail that names {HOLDER}");
    teller.step(&what, warned, &mail.body)?;
    let right = mail.code().context("a mail without its code")?;
    for n in 1..=LIMIT {
        page = scene
            .browser
            .submit(&page, &[("one-time-code", &wrong(&right, n))])
            .await?;
    }
    let closed = !page.has("one-time-code");
    let what = format!("after {LIMIT} guesses the confirmation is closed");
    teller.step(&what, closed, page.told())
}

/// The customer types the report code, and everything stops.
pub async fn report(
    teller: &mut Teller,
    victim: &mut Scene,
    hijacker: &mut Scene,
    code: &str,
) -> anyhow::Result<()> {
    let address = format!("{}/report", teller.addresses.sekisho);
    let page = victim.browser.open(&address).await?;
    let page = victim.browser.submit(&page, &[("code", code)]).await?;
    let done = page.url.path() == "/report/done";
    teller.step(
        "the customer types the report code: the account is frozen",
        done,
        page.told(),
    )?;
    let told = victim.inbox.next("口座を凍結しました").await?;
    teller.step("a mail says so", told.code().is_none(), &told.subject)?;

    let account = format!("{}/account", teller.addresses.sekisho);
    let page = hijacker.browser.open(&account).await?;
    let out = page.has("current-password");
    teller.step("the hijacker's session has ended", out, page.told())?;
    let form = format!("{}/withdraw", teller.addresses.broker);
    let form = hijacker.browser.open(&form).await?;
    let page = hijacker
        .browser
        .submit(&form, &[("amount", "1000")])
        .await?;
    let stage = html::attribute(&page.html, "data-stage");
    let what = "a withdrawal in what is left of the brokerage's own session is refused";
    teller.step(what, stage.as_deref() == Some("stopped"), page.told())?;
    for (who, scene) in [("the hijacker", hijacker), ("the customer", &mut *victim)] {
        let page = sign_in_again(teller, scene).await?;
        let out = page.is_at(&teller.addresses.sekisho) && page.has("current-password");
        let what = format!("{who} cannot sign in with the right password");
        teller.step(&what, out, page.told())?;
    }
    let page = victim.browser.open(&address).await?;
    let page = victim.browser.submit(&page, &[("code", code)]).await?;
    let used = page.url.path() != "/report/done";
    teller.step("the report code works once", used, page.told())
}

async fn sign_in_again(teller: &Teller, scene: &mut Scene) -> anyhow::Result<Page> {
    let login = format!("{}/login", teller.addresses.broker);
    let page = scene.browser.open(&login).await?;
    let mail = scene.player.customer.mail.clone();
    let typed = [
        ("username", mail.as_str()),
        ("current-password", crate::cast::PASSWORD),
    ];
    scene.browser.submit(&page, &typed).await
}
