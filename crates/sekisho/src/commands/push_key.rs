//! `sekisho push-key rotate` and `sekisho push-key list`.
//!
//! **Invariant:** private keys are never printed.

use super::{Ended, Failure};
use crate::arguments::PushKeyCommand;
use crate::installation::Installation;

/// Rotates or lists.
pub async fn run(here: &Installation, command: PushKeyCommand) -> Result<Ended, Failure> {
    match command {
        PushKeyCommand::Rotate => {
            let kid = here.gate.rotate_push_key().await?;
            println!(
                "{kid} is what phones know that are added from now on; the others keep theirs"
            );
        }
        PushKeyCommand::List => {
            for key in here.store.push_keys().await? {
                println!("{}  made {}", key.kid, key.created);
            }
        }
    }
    Ok(Ended::Done)
}
