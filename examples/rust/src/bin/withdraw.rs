//! One withdrawal from beginning to end: `withdraw ORDER.json`.
//!
//! Address, id and credential come from the environment: `SEKISHO_URL`, `SEKISHO_APPLICATION` and
//! `SEKISHO_TOKEN`, for an argument can be read by everybody on the machine.

use std::env;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use sekisho_example::grant::{Grants, NotGood, SeenInMemory};
use sekisho_example::{Fault, Order, Sekisho, client};
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<()> {
    let (url, application) = (needed("SEKISHO_URL")?, needed("SEKISHO_APPLICATION")?);
    let token = needed("SEKISHO_TOKEN")?;
    let mut grants = Grants::new(client()?, &url, &application, SeenInMemory::default(), 30);
    let sekisho = Sekisho::new(client()?, url, application, token);
    let file = env::args().nth(1).context("usage: withdraw ORDER.json")?;
    let mut order: Order = serde_json::from_slice(&std::fs::read(file)?)?;
    order.nonce = fresh()?;

    let mut operation = sekisho.operate(&order, &fresh()?).await?;
    if let ("pending", Some(address)) = (operation.state.as_str(), &operation.confirm_uri) {
        // A web application answers with a redirect to this address.
        println!("confirm {address}");
        let pause = Duration::from_millis(200);
        operation = sekisho.wait(&operation.id, pause, 3_000).await?;
    }
    println!("state {}", operation.state);
    let ("confirmed", Some(grant)) = (operation.state.as_str(), operation.grant) else {
        bail!("there is no grant");
    };
    let mut altered = order.clone();
    if let Some(Value::String(value)) = altered.fields["amount"].get_mut("value") {
        value.push('0');
    }

    for what in [&altered, &order, &order] {
        println!("offline {}", offline(&mut grants, &grant, what).await?);
    }
    for what in [&altered, &order, &order] {
        println!("online {}", online(&sekisho, &grant, what).await?);
    }
    Ok(())
}

async fn offline(grants: &mut Grants<SeenInMemory>, grant: &str, order: &Order) -> Result<String> {
    match grants.verify(grant, order, now()?).await {
        Ok(claims) => Ok(format!("good {}", Value::from(claims))),
        Err(NotGood::Refused(reason)) => Ok(format!("refused {reason}")),
        Err(fault) => Err(fault.into()),
    }
}

async fn online(sekisho: &Sekisho, grant: &str, order: &Order) -> Result<String> {
    match sekisho.redeem(grant, order, &fresh()?).await {
        // Move the money here and at no other place.
        Ok(operation) => Ok(operation.state),
        Err(Fault::Problem(no)) => Ok(format!(
            "refused {} {}",
            no.status,
            no.reason.unwrap_or_default()
        )),
        Err(fault) => Err(fault.into()),
    }
}

fn needed(name: &str) -> Result<String> {
    env::var(name).with_context(|| format!("{name} is not set"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "an application is where chance comes from"
)]
fn fresh() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[expect(
    clippy::disallowed_methods,
    reason = "an application is where time comes from"
)]
fn now() -> Result<i64> {
    Ok(SystemTime::now()
        .duration_since(UNIX_EPOCH)?
        .as_secs()
        .try_into()?)
}
