//! `sekisho signing-key rotate` and `sekisho signing-key list`.
//!
//! **Invariant:** private keys are never printed.

use sekisho_gate::signing_key;

use super::{Ended, Failure};
use crate::arguments::SigningKeyCommand;
use crate::installation::Installation;

/// Rotates or lists.
pub async fn run(here: &Installation, command: SigningKeyCommand) -> Result<Ended, Failure> {
    match command {
        SigningKeyCommand::Rotate => {
            let kid = here.gate.rotate_signing_key().await?;
            println!(
                "{kid} is published now and signs in six minutes, or at once if it is the first; \
                 the former keys stay published while tokens live"
            );
        }
        SigningKeyCommand::List => {
            let now = here.gate.now();
            let keys = here.store.signing_keys(now).await?;
            let signs = signing_key(&keys, now).map(|key| &key.kid);
            for key in &keys {
                let signs = if signs == Some(&key.kid) {
                    "signs, "
                } else {
                    ""
                };
                let until = match key.retires {
                    None => "published".to_owned(),
                    Some(at) => format!("published until {at}"),
                };
                println!("{}  made {}  {signs}{until}", key.kid, key.created);
            }
        }
    }
    Ok(Ended::Done)
}
