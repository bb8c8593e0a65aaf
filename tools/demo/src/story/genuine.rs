//! The genuine customer: signs in by password and code, withdraws, confirms exactly that.
//!
//! **Invariant:** the ledger is read before and after, by the pages the customer sees.

use anyhow::Context as _;

use sekisho_browser::{Page, html};

use super::{Scene, Teller};

/// How much is withdrawn, in yen, and how pages write it.
const YEN: i64 = 120_000;
const WRITTEN: &str = "120,000";

pub async fn play(teller: &mut Teller, scene: &mut Scene) -> anyhow::Result<()> {
    let portfolio = sign_in(teller, scene).await?;
    let before = cash(&portfolio)?;
    let form = scene.browser.click(&portfolio, "出金").await?;
    let page = scene.browser.submit(&form, &[("amount", "120000")]).await?;
    let holder = scene.player.customer.payout.holder.clone();
    let shown = page.is_at(&teller.addresses.sekisho)
        && page.text().contains(WRITTEN)
        && page.text().contains(&holder);
    let what = format!("the confirmation page shows ¥{WRITTEN} and the payee {holder}");
    teller.step(&what, shown, page.told())?;

    let done = confirm(teller, scene, &page, &[WRITTEN, &holder]).await?;
    let stage = html::attribute(&done.html, "data-stage");
    let carried = done.is_at(&teller.addresses.broker) && stage.as_deref() == Some("done");
    let what = "the code confirms it, the brokerage redeems the grant and says it is done";
    teller.step(what, carried, done.told())?;

    let told = scene.inbox.next("受け付けました").await?;
    let what = "the customer is told by mail, with a code to say \"this was not me\"";
    teller.step(what, told.report().is_some(), &told.subject)?;
    let address = format!("{}/portfolio", teller.addresses.broker);
    let after = cash(&scene.browser.open(&address).await?)?;
    let what = format!("the ledger has ¥{WRITTEN} less");
    teller.step(
        &what,
        before - after == YEN,
        format!("{before}, then {after}"),
    )
}

/// Signs in with the code from the mail.
async fn sign_in(teller: &mut Teller, scene: &mut Scene) -> anyhow::Result<Page> {
    let page = teller.give_password(scene).await?;
    let asks = page.has("one-time-code") && page.is_at(&teller.addresses.sekisho);
    teller.step("the right password is asked for a code", asks, page.told())?;
    let mail = scene.inbox.next("認証コード").await?;
    let code = mail.code().context("a mail without its code")?;
    let page = scene
        .browser
        .submit(&page, &[("one-time-code", &code)])
        .await?;
    let there = page.url.path() == "/portfolio" && page.is_at(&teller.addresses.broker);
    let what = "the code from the mail signs in: OpenID Connect ends at the portfolio";
    teller.step(what, there, page.told())?;
    let told = scene.inbox.next("ログインのお知らせ").await?;
    teller.step(
        "a mail tells of the sign-in",
        told.report().is_some(),
        &told.subject,
    )?;
    Ok(page)
}

/// Has a code sent for what the page shows, checks that the mail says the same, and types it.
pub async fn confirm(
    teller: &mut Teller,
    scene: &mut Scene,
    page: &Page,
    says: &[&str],
) -> anyhow::Result<Page> {
    let asking = scene.browser.press(page, "/code").await?;
    let mail = scene.inbox.next("確認コード").await?;
    let same = says.iter().all(|words| mail.body.contains(words));
    let what = "the mail with the code says the same amount and payee";
    teller.step(what, same, &mail.body)?;
    let code = mail.code().context("a mail without its code")?;
    scene
        .browser
        .submit(&asking, &[("one-time-code", &code)])
        .await
}

fn cash(page: &Page) -> anyhow::Result<i64> {
    let value = html::value(&page.html, "cash");
    let value = value.with_context(|| format!("no cash on {}", page.told()))?;
    Ok(value.parse()?)
}
