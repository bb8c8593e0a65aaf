//! `sekisho outbox list`, `show` and `resend`: messages that wait, were sent or were given up.
//!
//! **Invariant:** destination and text of a message are sealed and stay so; what is printed names
//! no customer but by id.

use sekisho_core::known::{NoticeKnown, NoticeState};
use serde_json::{Value, json};

use super::{Ended, Failure, Misuse};
use crate::arguments::OutboxCommand;
use crate::installation::Installation;

/// Messages taken at once when all dead ones are sent again.
const AT_ONCE: u32 = 500;

/// Lists, shows or sends again.
pub async fn run(here: &Installation, command: OutboxCommand) -> Result<Ended, Failure> {
    match command {
        OutboxCommand::List { state, most, json } => {
            if !json {
                let counts = here.gate.notice_counts().await?;
                println!("# {} given up, {} waiting", counts.dead, counts.waiting);
            }
            for notice in here.gate.notices(state.into(), most).await? {
                print(&notice, json);
            }
            Ok(Ended::Done)
        }
        OutboxCommand::Show { id } => match here.store.notice(id).await? {
            Some(notice) => {
                println!("{:#}", row(&notice));
                Ok(Ended::Done)
            }
            None => Err(Misuse(format!("there is no message {id}")).into()),
        },
        OutboxCommand::Resend { id: Some(id), .. } => {
            if !here.gate.resend_notice(id).await? {
                return Err(Misuse(format!(
                    "{id} is no message that was given up and is still of use"
                ))
                .into());
            }
            println!("{id} waits for its next try");
            Ok(Ended::Done)
        }
        OutboxCommand::Resend { id: None, .. } => resend_all(here).await,
    }
}

/// Lets every dead message wait again. One that another operator took in the meantime is passed
/// over.
async fn resend_all(here: &Installation) -> Result<Ended, Failure> {
    let mut resent = 0_u64;
    loop {
        let dead = here.gate.notices(NoticeState::Dead, AT_ONCE).await?;
        let mut moved = false;
        for notice in &dead {
            if here.gate.resend_notice(notice.id).await? {
                resent += 1;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    println!("{resent} messages wait for their next try");
    Ok(Ended::Done)
}

fn print(notice: &NoticeKnown, json: bool) {
    if json {
        println!("{}", row(notice));
    } else {
        let customer = notice.customer.map(|id| id.to_string());
        println!(
            "{}  {}  {}  {}  tries {}  {}  {}",
            notice.id,
            notice.created,
            notice.kind.word(),
            notice.template,
            notice.tries,
            customer.as_deref().unwrap_or("no customer yet"),
            notice.last_error.as_deref().unwrap_or_default(),
        );
    }
}

fn row(notice: &NoticeKnown) -> Value {
    json!({
        "id": notice.id,
        "state": notice.state,
        "channel": notice.kind,
        "template": notice.template,
        "locale": notice.locale.tag(),
        "customer": notice.customer,
        "created": notice.created,
        "expires": notice.expires,
        "tries": notice.tries,
        "last_error": notice.last_error,
    })
}
