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
    // Each way is tried, whatever became of the one before.
    let mut taken = true;
    if let Some(out) = installation::siem(siem, installation::host(&config.server.public_url))? {
        let way = match (&siem.syslog, &siem.file) {
            (None, Some(file)) => file.display().to_string(),
            (syslog, _) => syslog.clone().unwrap_or_default(),
        };
        let sent = here.gate.test_siem(&out).await?;
        taken &= told(&way, "an event of the activity test", sent);
    }
    if let Some(chat) = installation::chat(siem)? {
        let sent = chat.test().await;
        taken &= told("the chat", "a message that says it is a test", sent);
    }
    if taken {
        return Ok(Ended::Done);
    }
    Err(Failure::msg("a way does not take what is sent"))
}

/// Tells what became of one try, and says whether it was taken.
fn told(way: &str, what: &str, sent: Result<(), String>) -> bool {
    match &sent {
        Ok(()) => println!("{way} took {what}"),
        Err(why) => println!("{way}: {why}"),
    }
    sent.is_ok()
}
