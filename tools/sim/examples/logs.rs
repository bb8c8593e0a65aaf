//! Writes logs of many sizes into a folder, as a server writes them and `sekisho log export` writes
//! them out, for verifiers that nobody here wrote.
//!
//! **Invariant:** what is written went through the gate and a real database.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use sekisho_core::id::DecisionId;
use sekisho_core::siem::{Way, is_event, waits};
use sekisho_gate::{Fault, LogFile};
use sekisho_sim::installation::Installation;
use sekisho_sim::sample;
use sekisho_store::Committal;

/// One, the sizes around a full tile, and one with three levels of tiles.
const SIZES: [u64; 5] = [1, 255, 256, 257, 70_000];
/// Decisions that are committed at once.
const AT_ONCE: u64 = 500;

#[tokio::main]
async fn main() -> Result<()> {
    let folder = std::env::args().nth(1).context("usage: logs FOLDER")?;
    let all = Installation::each("jsda-2025").await?;
    for (here, name) in all.iter().zip(["sqlite", "postgres"]) {
        let (mut made, mut logged) = (0, 0);
        for size in SIZES {
            made = decided(here, made, size - logged).await?;
            while here.gate.grow_log().await? > 0 {}
            let place = Path::new(&folder).join(format!("{name}-{size}"));
            logged = exported(here, &place).await?;
            ensure!(logged == size, "{logged} leaves and not {size}");
            eprintln!("{}: {size} leaves", place.display());
        }
    }
    Ok(())
}

/// Commits so many decisions that are logged, beginning behind those that were made.
async fn decided(here: &Installation, made: u64, count: u64) -> Result<u64> {
    let store = here.place.store().await?;
    let end = made + count;
    let mut next = made;
    while next < end {
        let some = next..end.min(next + AT_ONCE);
        next = some.end;
        let commits = some.map(|number| {
            let mut decision = waits(sample::making(number, []), &[Way::Log]);
            decision.entry.id = DecisionId(sample::raw(2, number));
            let store = store.clone();
            tokio::spawn(async move {
                ensure!(is_event(&decision.entry));
                Ok(store.commit(&decision, &[]).await?)
            })
        });
        for commit in commits.collect::<Vec<_>>() {
            let landed: Committal = commit.await??;
            ensure!(landed == Committal::Committed);
        }
    }
    Ok(end)
}

async fn exported(here: &Installation, folder: &Path) -> Result<u64> {
    let write = |LogFile { path, bytes }: LogFile| {
        let place = folder.join(path);
        let written = fs::create_dir_all(place.parent().unwrap_or(folder))
            .and_then(|()| fs::write(&place, bytes));
        written.map_err(|why| Fault::Config {
            what: format!("{}: {why}", place.display()),
        })
    };
    let size = here.gate.log_files(|_| false, write).await?;
    size.context("nothing is logged")
}
