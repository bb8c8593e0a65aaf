//! Judges the grants of examples/cases.json, made ready on standard input, one answer a line.

use anyhow::Result;
use sekisho_example::grant::{Grants, NotGood, SeenInMemory};
use sekisho_example::{Order, client};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Told {
    issuer: String,
    application: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    grant: String,
    order: Order,
    now: i64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let told: Told = serde_json::from_reader(std::io::stdin())?;
    // A pause would be right for a server and would let the cases wait.
    let seen = SeenInMemory::default();
    let mut grants = Grants::new(client()?, &told.issuer, &told.application, seen, 0);
    for case in told.cases {
        let refused = match grants.verify(&case.grant, &case.order, case.now).await {
            Ok(_) => None,
            Err(NotGood::Refused(reason)) => Some(reason),
            Err(fault) => return Err(fault.into()),
        };
        println!("{}", json!({"name": case.name, "refused": refused}));
    }
    Ok(())
}
