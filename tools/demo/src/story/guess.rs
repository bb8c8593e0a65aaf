//! A thief who has the password and nothing else.
//!
//! **Invariant:** the thief never types the right code while a try is left.

use anyhow::Context as _;
use sekisho_browser::api::Question;

use super::{Scene, Teller, grants, wrong};

/// Tries that the default policy admits.
pub const LIMIT: u32 = 5;

pub async fn play(teller: &mut Teller, scene: &mut Scene) -> anyhow::Result<()> {
    judged(teller, scene).await?;
    let page = teller.give_password(scene).await?;
    let asks = page.has("one-time-code");
    teller.step(
        "the stolen password alone opens nothing: a code is asked for",
        asks,
        page.told(),
    )?;
    let mail = scene.inbox.next("認証コード").await?;
    let right = mail.code().context("a mail without its code")?;
    let mut page = page;
    for n in 1..LIMIT {
        page = scene
            .browser
            .submit(&page, &[("one-time-code", &wrong(&right, n))])
            .await?;
        let again = page.has("one-time-code");
        let what = format!("guess {n} of {LIMIT} is wrong");
        teller.step(&what, again, page.told())?;
    }
    let guess = wrong(&right, LIMIT);
    page = scene
        .browser
        .submit(&page, &[("one-time-code", &guess)])
        .await?;
    let over = !page.has("one-time-code") && page.is_at(&teller.addresses.sekisho);
    teller.step("after the last guess it is over", over, page.told())?;
    let told = scene.inbox.next("認証の失敗が続きました").await?;
    teller.step(
        "the customer is told by mail",
        told.code().is_none(),
        &told.subject,
    )?;

    let page = teller.give_password(scene).await?;
    if page.has("one-time-code") {
        let mail = scene.inbox.next("認証コード").await?;
        let right = mail.code().context("a mail without its code")?;
        let page = scene
            .browser
            .submit(&page, &[("one-time-code", &right)])
            .await?;
        let out = page.is_at(&teller.addresses.sekisho);
        teller.step(
            "beginning again, even the right code is refused now",
            out,
            page.told(),
        )?;
    }
    let address = format!("{}/portfolio", teller.addresses.broker);
    let page = scene.browser.open(&address).await?;
    let out = page.url.path() == "/";
    teller.step("the brokerage shows the thief nothing", out, page.told())
}

/// What an application with a login of its own is told about the two places.
async fn judged(teller: &mut Teller, scene: &Scene) -> anyhow::Result<()> {
    let player = &scene.player;
    for (seat, strange, what) in [
        (
            &player.usual,
            false,
            "asked about the usual place, the decision API finds nothing new",
        ),
        (
            scene.browser.seat(),
            true,
            "asked about the thief's, it wants a second factor: network and country are new",
        ),
    ] {
        let question = Question {
            customer: &player.customer.reference,
            from: &grants::origin(seat, &["password"]),
        };
        let decision = teller.api.judge(&question).await?;
        let holds = decision.verdict == "step_up"
            && decision.has("network_new") == strange
            && decision.has("country_new") == strange;
        teller.step(
            what,
            holds,
            format!("{} ({})", decision.verdict, decision.codes()),
        )?;
    }
    Ok(())
}
