//! `sekisho judge`.
//!
//! **Invariant:** what is assumed of a log is an option with a default that is said.

use std::path::PathBuf;

use clap::Args;
use sekisho_core::id::ApplicationId;
use time::UtcOffset;

use crate::judge::formats::Format;
use crate::judge::formats::combined::Customer;
use crate::judge::output::Form;
use crate::judge::run::StepUps;

const JUDGE: &str = "\
Every attempt goes through the decision that a live one goes through, in the order of the log, on an
SQLite database of its own that is thrown away, or on the one that --database names. One verdict is
written for each attempt, and a summary to standard error. Lines that cannot be understood are told with
their number and the reason, and stop nothing. The log is of attempts that went through or did not by other
rules; where the policy wants one more proof, --step-ups says what is assumed.

Examples:
  sekisho judge --format openssh /var/log/auth.log --out csv > verdicts.csv
  zcat access.log.*.gz | sekisho judge --format combined --login-path /login - > verdicts.ndjson
  sekisho judge --format rba rba-dataset.csv --summary summary.json --policy jp-legacy > verdicts.ndjson";

/// `sekisho judge`
#[derive(Args, Debug)]
#[command(after_help = JUDGE)]
pub struct JudgeArguments {
    /// The log, or - for standard input
    pub file: PathBuf,
    /// What its lines are
    #[arg(long, value_enum)]
    pub format: Format,
    /// The form of the verdicts on standard output
    #[arg(long, value_enum, default_value_t = Form::Ndjson)]
    pub out: Form,
    /// Where the summary goes as JSON; nothing is overwritten
    #[arg(long, value_name = "FILE")]
    pub summary: Option<PathBuf>,
    /// Where lines that cannot be understood are told [default: standard error]
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// A shipped profile or a file, in place of the configured policy
    #[arg(long, value_name = "NAME|FILE")]
    pub policy: Option<String>,
    /// With --database: the application the log is of
    #[arg(long, value_name = "ID")]
    pub application: Option<ApplicationId>,
    /// What is taken for true of an attempt that went through and needs another proof by the policy
    #[arg(long, value_enum, default_value_t = StepUps::Met)]
    pub step_ups: StepUps,
    /// openssh: the year of the first line [default: so that it is not after the file's last
    /// change]
    #[arg(long)]
    pub year: Option<i32>,
    /// openssh, rba: what the log's clock is ahead of UTC [default: +00:00]
    #[arg(long, value_name = "±HH:MM", value_parser = offset, allow_hyphen_values = true)]
    pub utc_offset: Option<UtcOffset>,
    /// combined: who the customer of a line is
    #[arg(long, value_enum, default_value_t = Customer::User)]
    pub customer: Customer,
    /// combined: POST to a path that begins with this, answered with 401 or 403, is a failed
    /// sign-in
    #[arg(long, value_name = "PATH", default_value = "/login")]
    pub login_path: String,
}

fn offset(text: &str) -> Result<UtcOffset, String> {
    let form = time::macros::format_description!("[offset_hour sign:mandatory]:[offset_minute]");
    let parsed = UtcOffset::parse(text, form).ok();
    // No clock on earth is further off.
    parsed
        .filter(|offset| offset.whole_hours().abs() <= 14)
        .ok_or_else(|| "must be such as +09:00".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_have_a_sign() {
        assert_eq!(
            offset("+09:00"),
            UtcOffset::from_hms(9, 0, 0).map_err(|_| "".into())
        );
        assert_eq!(
            offset("-03:30"),
            UtcOffset::from_hms(-3, -30, 0).map_err(|_| "".into())
        );
        assert!(offset("9").is_err() && offset("+25:00").is_err());
    }
}
