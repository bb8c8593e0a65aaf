//! The customers of the world, imported as from another system.
//!
//! All of them have one password and share one cheap hash of it, so that seeding is quick; the
//! first sign-in replaces it by one of full cost, as for every imported hash.
//!
//! **Invariant:** every customer is added; one that is not is a mistake of the demo.

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sekisho_core::login::Login;
use sekisho_core::moment::Moment;
use sekisho_core::notice::Locale;
use sekisho_core::text::Reference;
use sekisho_gate::{Argon2Cost, Dice, Gate, ImportLine, Imported};
use sekisho_seal::password::bare_argon2id;
use sekisho_world::World;
use tokio::task::{JoinError, JoinSet};

use crate::cast::PASSWORD;

/// Imports that wait for their commit at once.
const IN_FLIGHT: usize = 256;
/// Memory of the shared hash, in KiB: far below what is safe for real passwords.
const MEMORY_KIB: u32 = 1_024;

/// Imports every customer of the world.
pub async fn import(gate: &Gate, world: &World, dice: &Dice) -> anyhow::Result<()> {
    let hash = shared_hash(dice)?;
    eprintln!(
        "importing {} customers, who share one password and one cheap hash of it",
        world.config().customers
    );
    let mut under_way = JoinSet::new();
    for customer in world.customers() {
        if under_way.len() == IN_FLIGHT {
            settled(under_way.join_next().await.context("an import is lost")?)?;
        }
        let line = ImportLine {
            reference: Reference::parse(&customer.reference)?,
            login: Login::parse(&customer.mail)?,
            hash: Some(hash.clone()),
            pin: None,
            verified: Some(Moment(world.config().start)),
            locale: Locale::Ja,
        };
        let gate = gate.clone();
        under_way.spawn(async move { gate.import(line).await });
    }
    while let Some(imported) = under_way.join_next().await {
        settled(imported)?;
    }
    Ok(())
}

fn settled(
    imported: Result<Result<Imported, sekisho_gate::Fault>, JoinError>,
) -> anyhow::Result<()> {
    match imported?? {
        Imported::Added(_) => Ok(()),
        Imported::BadPin(why) => bail!("the shared PIN cannot be imported: {why}"),
        Imported::BadHash(why) => bail!("the shared hash cannot be imported: {why}"),
        Imported::There => bail!("two customers of the world are one"),
    }
}

/// The password as another system would have it, in PHC form.
fn shared_hash(dice: &Dice) -> anyhow::Result<String> {
    let salt: [u8; 16] = dice.bytes()?;
    let cost = Argon2Cost::danger_below_floor(MEMORY_KIB, 1, 1)?;
    let output = bare_argon2id(cost, PASSWORD.as_bytes(), salt)?;
    Ok(format!(
        "$argon2id$v=19$m={MEMORY_KIB},t=1,p=1${}${}",
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(output)
    ))
}
