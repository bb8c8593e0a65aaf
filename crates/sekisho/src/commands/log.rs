//! `sekisho log checkpoint`, `key`, `verify`, `prove`, `mend` and `export`. They work straight on
//! the database, so also when no server runs.
//!
//! **Invariant:** whatever is found wrong is said, and ends with a failure.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use sekisho_core::thaw::Ground;
use sekisho_gate::{Gate, LogChecked, LogFile, LogMend, LogWrong};
use sekisho_seal::note::{Checkpoint, VerifierKey};

use super::{Ended, Failure, Misuse};
use crate::arguments::LogCommand;
use crate::progress::Progress;

const NONE: &str = "nothing is logged yet: the log begins with the first decision";

/// Shows, checks, proves or writes out.
pub async fn run(gate: &Gate, command: LogCommand) -> Result<Ended, Failure> {
    let newest = async || gate.checkpoint().await?.ok_or_else(|| Failure::msg(NONE));
    match command {
        LogCommand::Checkpoint => print!("{}", newest().await?.0),
        LogCommand::Key => println!("{}", newest().await?.1),
        LogCommand::Verify { checkpoint } => {
            let (_, key) = newest().await?;
            let kept = checkpoint.map(|file| kept(&file, &key)).transpose()?;
            return verify(gate, kept.as_ref()).await;
        }
        LogCommand::Prove { decision, leaf } => {
            let Some((proof, data)) = gate.log_proof(decision).await? else {
                return Err(Misuse(format!("{decision} is not in the log")).into());
            };
            match leaf {
                true => println!("{data}"),
                false => print!("{proof}"),
            }
        }
        LogCommand::Mend { reason } => {
            let reason = Ground::parse(&reason);
            let reason = reason.map_err(|why| Misuse(format!("--reason {why}")))?;
            let mut progress = Progress::begin(None);
            let mended = gate.mend_log(&reason, |leaves| progress.tell(leaves, 0, "leaves"));
            match mended.await?.ok_or_else(|| Failure::msg(NONE))? {
                LogMend::Whole => println!("nothing is to be mended"),
                LogMend::Mended(size) => println!("the log goes on from {size} leaves"),
            }
        }
        LogCommand::Export { folder } => {
            let there = |path: &str| folder.join(path).exists() && !path.contains(".p/");
            let size = gate.export_log(there, |file| {
                write(&folder, &file).map_err(|why| sekisho_gate::Fault::Config {
                    what: format!("{}: {why}", folder.join(&file.path).display()),
                })
            });
            let size = size.await?.ok_or_else(|| Failure::msg(NONE))?;
            println!("{size} leaves are in {}", folder.display());
        }
    }
    Ok(Ended::Done)
}

fn kept(file: &Path, key: &VerifierKey) -> Result<Checkpoint, Failure> {
    let note = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let opened = key.open(&note);
    opened.map_err(|why| Misuse(format!("{}: {why}", file.display())).into())
}

async fn verify(gate: &Gate, kept: Option<&Checkpoint>) -> Result<Ended, Failure> {
    let mut progress = Progress::begin(None);
    let checked = gate.check_log(kept, |leaves| progress.tell(leaves, 0, "leaves"));
    let checked = checked.await?.ok_or_else(|| Failure::msg(NONE))?;
    let LogChecked {
        size,
        waiting,
        wrong,
        many,
    } = checked;
    for one in &wrong {
        println!("{}", told(one));
    }
    println!("{size} leaves; {waiting} decisions wait");
    match many {
        0 => Ok(Ended::Done),
        many => Err(Failure::msg(format!(
            "{many} things are wrong with the log"
        ))),
    }
}

fn told(wrong: &LogWrong) -> String {
    match wrong {
        LogWrong::Altered(id) => format!("{id} is another in the record than was logged"),
        LogWrong::Gone(id) => format!("{id} was logged and is not in the record"),
        LogWrong::Unsealed(id) => {
            format!("{id} was logged and nobody can say whether it is that one: its salt is gone")
        }
        LogWrong::Unlogged(id) => format!("{id} is in the record and was never logged"),
        LogWrong::Hole(place) => format!("the leaf at {place} is missing"),
        LogWrong::Tile(path) => format!("{path} is not what follows from the leaves"),
        LogWrong::Tree => "the leaves are not those that were signed".to_owned(),
        LogWrong::Shorter => {
            "there are fewer leaves than in the checkpoint that was kept".to_owned()
        }
        LogWrong::OtherBeginning => {
            "the first leaves are not those of the checkpoint that was kept".to_owned()
        }
    }
}

/// Whole or not at all: beside its place first, then moved there.
fn write(folder: &Path, file: &LogFile) -> std::io::Result<()> {
    let place = folder.join(&file.path);
    if let Some(parent) = place.parent() {
        fs::create_dir_all(parent)?;
    }
    let beside = place.with_extension("part");
    let mut out = fs::File::create(&beside)?;
    out.write_all(&file.bytes)?;
    out.sync_all()?;
    fs::rename(beside, place)
}
