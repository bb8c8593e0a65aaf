//! `sekisho siem …`: the way out for events, tried before anybody relies on it.
//!
//! **Invariant:** what is sent here is of nothing, says so, and is not recorded.

use crate::arguments::SiemCommand;
use crate::config::Config;
use crate::installation::{self, Installation};

use super::{Ended, Failure, Misuse};

/// Carries out a command.
pub async fn run(config: &Config, command: &SiemCommand) -> Result<Ended, Failure> {
    let SiemCommand::Check = command;
    let Some(siem) = &config.siem else {
        let text = "no way out is configured: [siem] has neither syslog nor file nor chat";
        return Err(Misuse(text.to_owned()).into());
    };
    let here = Installation::open(config).await?;
    if let Some(out) = installation::siem(siem, installation::host(&config.server.public_url))? {
        let sent = here.gate.test_siem(&out).await?;
        sent.map_err(Failure::msg)?;
    }
    match (&siem.syslog, &siem.file) {
        (Some(syslog), _) => {
            println!("{syslog} took an event of the activity test, read to the end and closed");
        }
        (None, Some(file)) => println!("{} has an event of the activity test", file.display()),
        (None, None) => {}
    }
    if let Some(chat) = installation::chat(siem)? {
        chat.test().await.map_err(Failure::msg)?;
        println!("the chat took a message that says it is a test");
    }
    Ok(Ended::Done)
}
