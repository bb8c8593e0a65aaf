//! `sekisho-drill NAME`: plays an attack against a test installation and scores it.
//!
//! **Invariant:** 0 is answered only when nothing got through that the drill says must not, 1 when
//! something did or the drill broke off, 2 when it was not begun.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{bail, ensure};
use clap::Parser;
use sekisho_drill::alerts::Watch;
use sekisho_drill::drills::Name;
use sekisho_drill::target::Target;
use sekisho_drill::{Settings, play};

/// Plays an attack against a test installation, from outside, and scores what was noticed.
#[derive(Clone, Debug, Parser)]
#[command(name = "sekisho-drill", version)]
struct Args {
    /// The drill.
    #[arg(value_enum)]
    name: Name,
    /// What is attacked: a file, or an address on this machine; the demo's without a word.
    #[arg(
        long,
        value_name = "FILE|URL",
        default_value = "http://127.0.0.1:8082/drill.json"
    )]
    target: String,
    /// An address of the target that is not on this machine, letter by letter: it is a test, and
    /// yours.
    #[arg(long, value_name = "URL")]
    i_own: Vec<String>,
    /// Attempts in a second at most.
    #[arg(long, default_value_t = 20.0)]
    rate: f64,
    /// Seconds for all steps at most.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    within: u64,
    /// Seconds after the last attempt in which an alert has to come.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    patience: u64,
    /// The number of the run: the same number plays from the same addresses again.
    #[arg(long)]
    number: Option<u32>,
    /// The command that runs `sekisho` for the installation, such as `sekisho --config test.toml`;
    /// it is asked for alerts, and reads the secret from SEKISHO_STAFF_SECRET.
    #[arg(long, value_name = "COMMAND", requires = "person")]
    sekisho: Option<String>,
    /// In whose name it is asked.
    #[arg(long = "as", id = "person", value_name = "NAME")]
    person: Option<String>,
    /// Play although nobody looks for alerts.
    #[arg(long, conflicts_with = "sekisho")]
    unwatched: bool,
    /// Say what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let (target, settings) = match prepare(&args).await {
        Ok(prepared) => prepared,
        Err(why) => {
            eprintln!("error: {why:#}");
            return ExitCode::from(2);
        }
    };
    announce(&args, &target, &settings);
    if args.dry_run {
        return ExitCode::SUCCESS;
    }
    let report = match play(args.name, &target, settings).await {
        Ok(report) => report,
        Err(why) => {
            eprintln!("error: {why:#}");
            return ExitCode::from(2);
        }
    };
    if args.json {
        match serde_json::to_string_pretty(&report) {
            Ok(text) => println!("{text}"),
            Err(why) => eprintln!("error: the report cannot be written: {why}"),
        }
    } else {
        print!("{}", report.markdown());
    }
    if report.passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn prepare(args: &Args) -> anyhow::Result<(Target, Settings)> {
    let target = Target::read(&args.target).await?;
    target.permit(&args.i_own)?;
    ensure!(
        args.rate > 0.0 && args.rate <= 1_000.0,
        "--rate is between 0 and 1000 a second"
    );
    let watch = match (&args.sekisho, &args.person, &target.alerts) {
        _ if args.unwatched => Watch::Nobody,
        (Some(program), Some(person), _) => Watch::sekisho(program, person),
        (_, _, Some(page)) => Watch::Page(page.clone()),
        _ => bail!("nobody looks for alerts: say --sekisho and --as, or --unwatched"),
    };
    let usual = Settings::usual(watch);
    let settings = Settings {
        rate: args.rate,
        bound: Duration::from_secs(args.within),
        patience: Duration::from_secs(args.patience),
        number: args.number.unwrap_or(usual.number),
        ..usual
    };
    Ok((target, settings))
}

/// Says what follows, before it does.
fn announce(args: &Args, target: &Target, settings: &Settings) {
    let drill = args.name.drill();
    eprintln!("{} against {}", drill.title, target.sekisho);
    for line in drill.does {
        eprintln!("  - {line}");
    }
    eprintln!(
        "  at most {} attempts a second, {} s in all; {} customers may be touched; run {}",
        settings.rate,
        settings.bound.as_secs(),
        target.customers.len(),
        settings.number
    );
}
