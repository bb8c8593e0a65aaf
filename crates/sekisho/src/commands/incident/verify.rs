//! `sekisho incident verify`.
//!
//! **Invariant:** a file is called unchanged only if the signed report names its digest; a report
//! that the record does not know is never passed over in silence.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use sekisho_core::bytes::Digest;
use sekisho_gate::{Gate, Incident, Record};
use sha2::{Digest as _, Sha256};

use super::SIGNED;
use crate::commands::{Ended, Failure, Misuse};

/// Longer than any report of ours.
const LONGEST: u64 = 1 << 20;

/// Checks the signature, and each file beside it.
pub async fn run(gate: &Gate, folder: &Path) -> Result<Ended, Failure> {
    let mut signed = String::new();
    let path = folder.join(SIGNED);
    let file = File::open(&path).with_context(|| format!("{}", path.display()))?;
    file.take(LONGEST).read_to_string(&mut signed)?;
    let Incident { report, record } = gate
        .read_incident(signed.trim())
        .await?
        .map_err(|why| Misuse(format!("{SIGNED} is no report of this installation: {why}")))?;
    println!("{SIGNED} was signed by {}", report["iss"]);
    let files = report["files"].as_object().cloned().unwrap_or_default();
    let mut ended = match record {
        Record::Has => Ended::Done,
        Record::Lacks => {
            println!("the record of this installation does NOT have {SIGNED}");
            Ended::SomeRefused
        }
    };
    for (name, digest) in files {
        // A name of ours has no separator; nothing outside the folder is read.
        let plain = Path::new(&name)
            .file_name()
            .is_some_and(|last| last == name.as_str());
        let now = if plain { of(&folder.join(&name)) } else { None };
        let says = match now {
            None => "is not there",
            Some(now) if digest.as_str() == Some(now.as_str()) => "is unchanged",
            Some(_) => "was CHANGED",
        };
        if says != "is unchanged" {
            ended = Ended::SomeRefused;
        }
        println!("{name} {says}");
    }
    Ok(ended)
}

fn of(path: &Path) -> Option<String> {
    // No link leads elsewhere, and nothing that is no file is waited for.
    std::fs::symlink_metadata(path)
        .ok()?
        .is_file()
        .then_some(())?;
    let (mut file, mut digest) = (File::open(path).ok()?, Sha256::new());
    let mut part = [0; 1 << 13];
    loop {
        match file.read(&mut part).ok()? {
            0 => break,
            read => digest.update(part.get(..read)?),
        }
    }
    Some(Digest(digest.finalize().into()).to_string())
}
