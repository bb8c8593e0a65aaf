//! Grants: what was confirmed may be carried out once, and nothing else.
//!
//! **Invariant:** every refusal is tried with a grant that is good otherwise.

use anyhow::Context as _;
use sekisho_browser::Seat;
use sekisho_browser::api::{Asked, Origin, Redeemed};
use serde_json::{Value, json};

use super::{Scene, Teller, genuine};
use crate::seed::payout;

const KIND: &str = "withdraw";
const WRITTEN: &str = "50,000";

fn fields(scene: &Scene, yen: &str) -> Value {
    json!({
        "amount": {"currency": "JPY", "value": yen},
        "payee": payout(&scene.player.customer.payout),
    })
}

pub fn origin(seat: &Seat, verified: &[&'static str]) -> Origin {
    Origin {
        address: seat.address.to_string(),
        user_agent: seat.user_agent.clone(),
        device: None,
        verified: verified.to_vec(),
    }
}

pub async fn play(teller: &mut Teller, scene: &mut Scene) -> anyhow::Result<()> {
    let fields_asked = fields(scene, "50000");
    let back = format!("{}/portfolio", teller.addresses.broker);
    let operation = teller
        .api
        .operate(&Asked {
            customer: &scene.player.customer.reference,
            kind: KIND,
            fields: &fields_asked,
            from: &origin(&scene.player.usual, &["password", "mail_code"]),
            order: "story-grants",
            return_uri: Some(&back),
        })
        .await?;
    let usual = operation.state == "pending" && !operation.decision.has("network_new");
    let what = "the application's own request waits for the customer; the place is the usual one";
    teller.step(
        what,
        usual,
        format!("{} ({})", operation.state, operation.decision.codes()),
    )?;
    let address = operation.confirm_uri.context("no confirmation page")?;
    let page = scene.browser.open(&address).await?;
    genuine::confirm(teller, scene, &page, &[WRITTEN]).await?;
    let confirmed = teller.api.operation(&operation.id).await?;
    let grant = confirmed.grant.clone();
    let came = &confirmed.state;
    teller.step("once confirmed, there is a grant", grant.is_some(), came)?;
    let grant = grant.unwrap_or_default();

    let altered = fields(scene, "500000");
    let redeemed = teller
        .api
        .redeem(&grant, KIND, &altered, "story-altered")
        .await?;
    refused(teller, "an altered amount is refused", &redeemed)?;
    let forged = forge(&grant);
    let redeemed = teller
        .api
        .redeem(&forged, KIND, &fields_asked, "story-forged")
        .await?;
    refused(teller, "an altered grant is refused", &redeemed)?;
    let redeemed = teller
        .api
        .redeem(&grant, KIND, &fields_asked, "story-good")
        .await?;
    let what = "the grant is redeemed for exactly what was confirmed";
    teller.step(what, redeemed == Redeemed::Good, format!("{redeemed:?}"))?;
    let redeemed = teller
        .api
        .redeem(&grant, KIND, &fields_asked, "story-again")
        .await?;
    refused(teller, "the same grant a second time is refused", &redeemed)
}

fn refused(teller: &mut Teller, what: &str, redeemed: &Redeemed) -> anyhow::Result<()> {
    let no = matches!(redeemed, Redeemed::Refused(_));
    teller.step(what, no, format!("{redeemed:?}"))
}

/// The same grant with one letter of its claims exchanged.
fn forge(grant: &str) -> String {
    let middle = grant.len() / 2;
    let mut letters: Vec<char> = grant.chars().collect();
    if let Some(letter) = letters.get_mut(middle) {
        *letter = if *letter == 'A' { 'B' } else { 'A' };
    }
    letters.into_iter().collect()
}
