//! The sweep over the archive, against that of the store and against a loop over every access.
//!
//! **Invariant:** all three are told of the same accesses.

use super::sweeps::{CUSTOMERS, LOOK, Numbers, accessed, act, every, expected};
use super::*;
use sekisho_archive::append::append;
use sekisho_archive::folder::{Folder, Writing};
use sekisho_archive::part_reader::PartReader;
use sekisho_archive::stage::{self, Asked};
use sekisho_archive::sweep::{Effort, SweepQuestion, sweep};
use sekisho_core::access::{Access, Act, OperationKind};
use sekisho_core::archive::{Cells, Day, Kept, Part};
use sekisho_core::change::SightingsVoided;
use sekisho_core::id::{CustomerId, DecisionId};
use sekisho_core::moment::Span;
use sekisho_core::sighting::{Trait, TraitKind};
use sekisho_core::sweep::{Finding, PlaceKnown, Procedure, Swept, places};
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer};
use std::collections::BTreeSet;

const TRAITS: [TraitKind; 3] = [TraitKind::Address, TraitKind::Device, TraitKind::Network];

/// Everything that happens, and some of it is said to have been fraud before the last quarter.
async fn happened(store: &Store, seed: u64) -> Vec<Access> {
    apply(store, 900, [sample::application()]).await;
    for who in 1..=CUSTOMERS {
        apply(store, 900 + who, sample::newcomer(who).unwrap()).await;
    }
    let mut numbers = Numbers(seed);
    let mut all = Vec::new();
    for number in 2_000..2_400 {
        let mut decision = accessed(number, &mut numbers);
        if number == 2_300 && seed.is_multiple_of(2) {
            for (place, who) in [(3, 2), (77, 5), (150, 9)] {
                let one: &Access = &all[place];
                let void = SightingsVoided {
                    customer: customer(who),
                    traits: Trait::of_context(&one.context()),
                    since: one.at,
                    at: NOON.plus(Span::minutes(6_000)),
                };
                apply(store, 700 + who, [Change::SightingsVoided(void)]).await;
            }
        }
        if number >= 2_300 {
            let later = Span::minutes(10_000);
            decision.entry.at = decision.entry.at.plus(later);
            let access = decision.access.as_mut().unwrap();
            access.at = decision.entry.at;
            for seen in &mut decision.sightings {
                seen.at = decision.entry.at;
            }
        }
        land(store, &decision).await;
        all.extend(decision.access);
    }
    all
}

fn keep(to: &Writing, part: &Part, mut rows: Vec<Cells>) {
    rows.sort_by(|one, other| one.key(part.kept).cmp(other.key(part.kept)));
    let lines: String = rows.iter().map(|row| row.line(part.kept)).collect();
    append(to, part, lines.as_bytes()).unwrap();
}

/// The same accesses as files, dealt out over several parts, with what is voided.
async fn archived(store: &Store, to: &Writing) {
    let all = (DecisionId([0; 16]), DecisionId([0xff; 16]));
    let rows = store.accesses_after(all, 10_000).await.unwrap();
    let day = Day::of_decision(rows[0].access.decision);
    for part in 0..5 {
        let dealt = rows.iter().skip(part).step_by(5);
        let name = Part::new(Kept::Accesses, Some(day), &format!("{part}")).unwrap();
        keep(to, &name, dealt.map(|row| row.cells().unwrap()).collect());
    }
    let mut voided = Vec::new();
    for kind in TRAITS {
        let value = [0; 16];
        let first = (Trait { kind, value }, CustomerId([0; 16]));
        let page = store.voided_after(first, 10_000).await.unwrap();
        voided.extend(page.iter().map(|row| row.cells().unwrap()));
    }
    keep(to, &Part::voided(), voided);
}

/// What the store's sweep finds.
async fn hot(store: &Store, question: &SweepQuestion) -> Vec<Swept> {
    let mut all = Vec::new();
    for kind in &question.kinds {
        for act in [Act::Confirm(kind.clone()), Act::Operate(kind.clone())] {
            for one in every(store, &act, question.from, question.until).await {
                let mut known: Vec<PlaceKnown> = Vec::new();
                for place in places(&one.access, &question.traits) {
                    let asked = [(one.access.customer, place.value)];
                    let found = store.places(place.kind, &asked, &question.look);
                    known.extend(found.await.unwrap());
                }
                all.push(Swept::of(one, known, &question.look));
            }
        }
    }
    all
}

/// What a loop over every access finds; it knows nothing of what is voided.
fn naive(all: &[Access], swept: &[Swept], question: &SweepQuestion) -> Vec<Swept> {
    let judged = |one: &Procedure| {
        let places = places(&one.access, &question.traits);
        let known = places.into_iter().map(|place| expected(all, one, place));
        Swept::of(one.clone(), known.collect(), &question.look)
    };
    swept.iter().map(|one| judged(&one.procedure)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_archive_answers_what_the_store_and_a_loop_answer() {
    for seed in [1, 2, 3, 4] {
        for place in Place::each().await.unwrap() {
            compared(&place.store().await.unwrap(), seed).await;
        }
    }
}

/// What the sweep writes.
fn said(found: &[Swept]) -> String {
    found
        .iter()
        .map(|one| format!("{}\n", one.json()))
        .collect()
}

/// Does with lines what a cluster does: deals them out by their first cell, sorts each share, and
/// ends it.
fn dealt(lines: &str) -> Vec<String> {
    let mut shares = vec![Vec::new(); 3];
    for line in lines.lines() {
        let cell = line.split('\t').next().unwrap();
        let sum: usize = cell.bytes().map(usize::from).sum();
        shares[sum % 3].push(line);
    }
    let ended = |mut share: Vec<&str>| {
        share.sort_unstable();
        let lines: String = share.iter().map(|line| format!("{line}\n")).collect();
        format!("{lines}end {}\n", share.len())
    };
    shares.into_iter().map(ended).collect()
}

fn ended(lines: &str) -> String {
    format!("{lines}end {}\n", lines.lines().count())
}

/// The rows of a kind as `append` reads them.
fn rows(archive: &Folder, kept: Kept) -> String {
    let mut all = String::new();
    for part in archive.files(kept).unwrap() {
        let reader = PartReader::open(kept, &archive.file_of(&part)).unwrap();
        let mut add = |row: Cells| {
            all.push_str(&row.line(kept));
            Ok(())
        };
        reader.rows(&mut add).unwrap();
    }
    all
}

/// What `stage show` reads of the rows.
fn shown(rows: &str) -> String {
    let line = |row: &str| {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        let at = row["at"].to_string();
        let cell = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let (customer, [ending, act]) = (cell("customer"), ["ending", "act"].map(cell));
        let [reference, address, device] = ["reference", "address", "device"].map(cell);
        format!("{customer}\t{at}\t{ending}\t{act}\t{reference}\t{address}\t{device}\n")
    };
    rows.lines().map(line).collect()
}

/// The same in stages.
fn staged(archive: &Folder, question: &SweepQuestion) -> String {
    let run = |of: &mut dyn FnMut(&mut Vec<u8>)| {
        let mut to = Vec::new();
        of(&mut to);
        String::from_utf8(to).unwrap()
    };
    let accesses = rows(archive, Kept::Accesses);
    let input = ended(&accesses);
    let listed = run(&mut |to| stage::list(question, input.as_bytes(), to).unwrap());
    let input = ended(&listed);
    let mut asks = run(&mut |to| stage::ask(question, input.as_bytes(), to).unwrap());
    let places: BTreeSet<&str> = asks
        .lines()
        .filter_map(|line| line.split('\t').next())
        .collect();
    let places: String = places.iter().map(|place| format!("{place}\n")).collect();
    let asked = Asked::read(ended(&places).as_bytes()).unwrap();
    let (voided, shown) = (
        ended(&rows(archive, Kept::Voided)),
        ended(&shown(&accesses)),
    );
    asks += &run(&mut |to| stage::void(&asked, voided.as_bytes(), to).unwrap());
    asks += &run(&mut |to| stage::show(&asked, shown.as_bytes(), to).unwrap());
    let mut found = listed;
    for share in dealt(&asks) {
        found += &run(&mut |to| stage::gather(&question.look, share.as_bytes(), to).unwrap());
    }
    let mut told = String::new();
    for share in dealt(&found) {
        told += &run(&mut |to| stage::judge((question, &[]), share.as_bytes(), to).unwrap());
    }
    let mut told: Vec<&str> = told.lines().collect();
    told.sort_unstable();
    let answer = |line: &&str| format!("{}\n", line.split_once('\t').unwrap().1);
    told.iter().map(answer).collect()
}

async fn compared(store: &Store, seed: u64) {
    let all = happened(store, seed).await;
    let folder = tempfile::tempdir().unwrap();
    archived(store, &Writing::open(folder.path()).unwrap()).await;
    let archive = Folder::open(folder.path()).unwrap();
    for (from, traits) in [
        (500, &TRAITS[..]),
        (12_000, &TRAITS[..2]),
        (0, &TRAITS[2..]),
    ] {
        let question = SweepQuestion {
            kinds: vec![OperationKind::parse("withdraw").unwrap()],
            from: NOON.plus(Span::minutes(from)),
            until: NOON.plus(Span::minutes(14_500)),
            application: None,
            traits: traits.to_vec(),
            look: LOOK,
        };
        let mut effort = Effort::default();
        let found = sweep(&archive, &question, &mut effort).unwrap();
        assert!(found.len() >= 5, "{} are few", found.len());
        assert_eq!(
            found,
            hot(store, &question).await,
            "seed {seed}, from {from}"
        );
        assert_eq!(staged(&archive, &question), said(&found), "seed {seed}");
        let reported = found.iter().any(|one| one.finding == Finding::Reported);
        if seed.is_multiple_of(2) {
            assert!(reported || from > 0);
        } else {
            assert_eq!(found, naive(&all, &found, &question));
        }
        let acts = [act(0), act(1)];
        assert!(
            found
                .iter()
                .all(|one| acts.contains(&one.procedure.access.act))
        );
    }
}
