//! `sekisho remind passwords`.
//!
//! **Invariant:** running it again, or on two machines, tells nobody twice.

use sekisho_gate::{Gate, Reminding};

use super::{Ended, Failure, Misuse};
use crate::arguments::RemindCommand;
use crate::progress::Progress;
use crate::stop;

/// Tells the owners of old passwords.
pub async fn run(gate: &Gate, command: RemindCommand) -> Result<Ended, Failure> {
    let RemindCommand::Passwords { dry_run } = command;
    let reminding = if dry_run {
        Reminding::Counting
    } else {
        Reminding::Telling
    };
    let Some(mut reminders) = gate.reminders(reminding) else {
        let text = "the policy reminds nobody of old passwords (password.remind_after_days)";
        return Err(Misuse(text.to_owned()).into());
    };
    let stop = stop::on_signal()?;
    let mut progress = Progress::begin(None);
    while gate.remind(&mut reminders).await? {
        let spared = format!("{} of them spared", reminders.spared);
        progress.tell(reminders.told + reminders.spared, 0, &spared);
        if stop.is_cancelled() {
            break;
        }
    }
    progress.clear();
    let told = match reminding {
        Reminding::Counting => "would be told",
        Reminding::Telling => "were told",
    };
    println!(
        "{} customers {told} that their password is old; {} were told not long ago or are frozen",
        reminders.told, reminders.spared
    );
    if stop.is_cancelled() {
        anyhow::bail!("stopped as asked; run it again to go on");
    }
    Ok(Ended::Done)
}
