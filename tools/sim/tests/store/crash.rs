//! `kill -9` in mid-commit: a child commits and says what was acknowledged; the parent kills it.
//!
//! **Invariant:** what was acknowledged is there after the crash, and nothing is there by half.

use super::*;
use sekisho_sim::place::{Contents, Place};
use sekisho_sim::sample::decision_id;
use sekisho_store::StoreConfig;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

/// Tells the child where to commit, and from which number on.
const URL: &str = "SEKISHO_SIM_CRASH_URL";
const FROM: &str = "SEKISHO_SIM_CRASH_FROM";

/// Not a test of its own: what the child process runs. Without the variables it has nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let (Ok(url), Ok(from)) = (std::env::var(URL), std::env::var(FROM)) else {
        return;
    };
    let store = Store::open(&StoreConfig::new(url)).await.unwrap();
    let from: u64 = from.parse().unwrap();
    let tasks: Vec<_> = (0..16u64)
        .map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                for step in 0.. {
                    let number = from + task + step * 16;
                    let committal = store
                        .commit(&sample::judged(number, number % 50), &[])
                        .await;
                    assert_eq!(committal.unwrap(), Committal::Committed);
                    // One write, so that lines of several tasks do not mix.
                    let line = format!("\nlanded {number}\n");
                    std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// Runs the child, kills it when it has said `enough` numbers, and returns all that it said.
fn run_and_kill(url: &str, from: u64, enough: usize) -> Vec<u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child", "--nocapture"])
        .env(URL, url)
        .env(FROM, from.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let mut landed = Vec::new();
    for line in lines {
        if let Some(number) = line.strip_prefix("landed ") {
            // The last line may be cut short by the kill; a shorter number was not said.
            landed.extend(number.parse::<u64>().ok().filter(|number| *number >= from));
        }
        if landed.len() == enough {
            child.kill().unwrap();
        }
    }
    assert!(
        !child.wait().unwrap().success(),
        "the child ended by itself"
    );
    landed
}

/// Each decision has one entry, one row of the history, and eight sightings counted.
fn assert_whole(contents: &Contents) {
    let entries = contents["entry"].len();
    assert_eq!(contents["access"].len(), entries);
    let columns = |row: &String| row.split('|').map(str::to_owned).collect::<Vec<_>>();
    let successes = contents["sighting"]
        .iter()
        .map(|row| columns(row)[5].parse::<usize>().unwrap());
    assert_eq!(successes.sum::<usize>(), entries * 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_and_nothing_is_half() {
    for place in Place::each().await.unwrap() {
        place.store().await.unwrap().close().await;
        let mut landed = Vec::new();
        for (round, enough) in [1, 17, 40, 103, 211, 5].into_iter().enumerate() {
            let from = u64::try_from(round).unwrap() * 1_000_000;
            landed.extend(run_and_kill(&place.config.url, 1_000_000 + from, enough));
            let store = place.store().await.unwrap();
            for number in &landed {
                let there = store.entry_exists(decision_id(*number)).await.unwrap();
                assert!(
                    there,
                    "{number} was acknowledged in or before round {round}"
                );
            }
            assert_whole(&place.contents(&store).await.unwrap());
            store.close().await;
        }
        assert!(landed.len() >= 300, "{}", landed.len());
    }
}
