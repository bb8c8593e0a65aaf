//! `sekisho signing-key rotate` and `sekisho signing-key list`.
//!
//! **Invariant:** private keys are never printed.

use super::{Ended, Failure};
use crate::arguments::SigningKeyCommand;
use crate::installation::Installation;

/// Rotates or lists.
pub async fn run(here: &Installation, command: SigningKeyCommand) -> Result<Ended, Failure> {
    match command {
        SigningKeyCommand::Rotate => {
            let kid = here.gate.rotate_signing_key().await?;
            println!("{kid} signs from now on; the former keys stay published while tokens live");
        }
        SigningKeyCommand::List => {
            let now = here.gate.now();
            for key in here.store.signing_keys(now).await? {
                let state = match key.retires {
                    None => "signs".to_owned(),
                    Some(at) => format!("published until {at}"),
                };
                println!("{}  made {}  {state}", key.kid, key.created);
            }
        }
    }
    Ok(Ended::Done)
}
