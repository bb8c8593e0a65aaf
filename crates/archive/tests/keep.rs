//! Rows are kept, read back, verified and taken out, and whatever is changed from outside is named.

#![cfg(test)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may; the lint sees only test functions, not what they share"
)]

use std::fs;
use std::path::{Path, PathBuf};

use sekisho_archive::append::{Whole, append, append_whole};
use sekisho_archive::erase::{Erasure, erase};
use sekisho_archive::fault::Fault;
use sekisho_archive::folder::{Folder, Writing, digest_of};
use sekisho_archive::part_reader::PartReader;
use sekisho_archive::part_writer::GROUP;
use sekisho_archive::verify::{Wrong, verify};
use sekisho_core::access::{Access, Act};
use sekisho_core::archive::{AccessRow, Cells, Day, Done, Kept, Part, Receipt, Rows};
use sekisho_core::context::Address;
use sekisho_core::id::{CustomerId, DecisionId, DeviceId};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::sighting::Ending;
use sekisho_core::text::Reference;
use sekisho_core::verdict::VerdictKind;

fn day() -> Day {
    "2026-03-01".parse().unwrap()
}

fn customer(number: u64) -> CustomerId {
    let mut id = [7; 16];
    id[8..].copy_from_slice(&number.to_be_bytes());
    CustomerId(id)
}

/// One access of a customer; every fifth has neither address nor device.
fn row(number: u64) -> Cells {
    let mut decision = day().before_its_decisions().0;
    decision[8..].copy_from_slice(&(number * 7_919 % 1_000_003).to_be_bytes());
    let [.., a, b, c] = number.to_be_bytes();
    let known = !number.is_multiple_of(5);
    let address = Address::from(std::net::IpAddr::from([10, a, b, c]));
    let row = AccessRow {
        access: Access {
            decision: DecisionId(decision),
            customer: customer(number / 2),
            at: day()
                .begins()
                .plus(Span::seconds(i64::try_from(number).unwrap())),
            act: Act::SignIn,
            ending: Ending::Success,
            verdict: VerdictKind::Allow,
            address: known.then_some(address),
            system: known.then_some(64_500),
            country: None,
            device: known.then_some(DeviceId([a ^ b ^ c; 16])),
            client: None,
            application: None,
        },
        reference: Reference::parse(&format!("c-{}", number / 2)).unwrap(),
        done: Done::No,
    };
    row.cells().unwrap()
}

fn rows(count: u64) -> Vec<Cells> {
    (0..count).map(row).collect()
}

fn input(rows: &[Cells]) -> Vec<u8> {
    let lines: Vec<_> = rows.iter().map(|row| row.line(Kept::Accesses)).collect();
    lines.concat().into_bytes()
}

fn part() -> Part {
    Part::new(Kept::Accesses, Some(day()), "one").unwrap()
}

fn keep(root: &Path, part: &Part, rows: &[Cells]) -> Receipt {
    append(&Writing::open(root).unwrap(), part, &*input(rows)).unwrap()
}

fn read(root: &Path, part: &Part) -> Vec<Cells> {
    let path = Folder::open(root).unwrap().file_of(part);
    let mut rows = Vec::new();
    let reader = PartReader::open(part.kept, &path).unwrap();
    let read = reader.rows(|row| {
        rows.push(row);
        Ok(())
    });
    read.unwrap();
    rows
}

fn wrong(root: &Path) -> Vec<(String, String)> {
    let found = verify(&Folder::open(root).unwrap(), |_| {}).unwrap();
    named(found.wrong)
}

fn named(wrong: Vec<(PathBuf, Wrong)>) -> Vec<(String, String)> {
    let told = |(path, wrong): (PathBuf, Wrong)| (path.display().to_string(), wrong.to_string());
    wrong.into_iter().map(told).collect()
}

#[test]
fn what_was_kept_is_read_back_in_several_row_groups() {
    let folder = tempfile::tempdir().unwrap();
    let rows = rows(u64::try_from(GROUP).unwrap() + 10);
    let receipt = keep(folder.path(), &part(), &rows);
    assert!(receipt.is_of(&part(), &Rows::of(Kept::Accesses, &rows)));
    assert_eq!(read(folder.path(), &part()), rows);
    assert!(wrong(folder.path()).is_empty());
    let again = keep(folder.path(), &part(), &rows);
    assert_eq!(again, receipt, "the same rows are the same file");
}

#[test]
fn an_input_that_was_cut_off_keeps_nothing_and_a_folder_that_is_gone_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let all = rows(20);
    let receipt = keep(root, &part(), &all);
    let archive = Writing::open(root).unwrap();
    let sent = Rows::of(Kept::Accesses, &all);
    let whole = Whole {
        rows: sent.count,
        rows_sha256: sent.digest().to_string(),
        again: false,
    };
    let kept = append_whole(&archive, &part(), Some(&whole), &*input(&all)).unwrap();
    assert_eq!(kept, receipt);
    for cut in [&all[..0], &all[..19]] {
        let torn = append_whole(&archive, &part(), Some(&whole), &*input(cut));
        assert!(matches!(torn, Err(Fault::Torn(_))), "{torn:?}");
        assert_eq!(read(root, &part()), all);
    }
    let fewer = Rows::of(Kept::Accesses, &all[..19]);
    let fewer = Whole {
        rows: fewer.count,
        rows_sha256: fewer.digest().to_string(),
        again: true,
    };
    let other = append_whole(&archive, &part(), Some(&fewer), &*input(&all[..19]));
    assert!(matches!(other, Err(Fault::Fewer { .. })), "{other:?}");
    assert_eq!(read(root, &part()), all);
    // What a writer that was killed left behind goes with the next.
    let draft = archive.draft_of(&part()).unwrap();
    fs::write(&draft, b"rows of somebody").unwrap();
    drop(archive);
    drop(Writing::open(root).unwrap());
    assert!(!draft.exists() && wrong(root).is_empty());

    let gone = Writing::open(&root.join("not-mounted"));
    assert!(matches!(gone, Err(Fault::Misuse(_))), "{gone:?}");
}

#[cfg(unix)]
#[test]
fn nobody_else_reads_what_is_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    keep(folder.path(), &part(), &rows(2));
    let archive = Folder::open(folder.path()).unwrap();
    for file in [archive.file_of(&part()), archive.receipt_of(&part())] {
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o077;
        assert_eq!(
            (mode(&file), mode(file.parent().unwrap())),
            (0, 0),
            "{file:?}"
        );
    }
}

#[test]
fn row_groups_say_what_they_do_not_have() {
    let folder = tempfile::tempdir().unwrap();
    let most = u64::try_from(GROUP).unwrap();
    keep(folder.path(), &part(), &rows(most + 10));
    let path = Folder::open(folder.path()).unwrap().file_of(&part());
    let reader = PartReader::open(Kept::Accesses, &path).unwrap();
    assert_eq!(reader.groups(), 2);
    for number in [0, 2, most - 2] {
        let who = [customer(number / 2).0];
        assert!(reader.may_hold(0, "customer", &who).unwrap(), "{number}");
    }
    let strangers = (0..1_000u64).filter(|number| {
        let who = [customer(1 << 40 | number).0];
        reader.may_hold(0, "customer", &who).unwrap()
    });
    let wrongly = strangers.count();
    assert!(
        wrongly < 100,
        "{wrongly} of a thousand, where fifty are meant"
    );
    let (first, last) = reader.range(1, "at").unwrap();
    let expected = day()
        .begins()
        .plus(Span::seconds(i64::try_from(most).unwrap()));
    assert_eq!(Moment(first), expected);
    assert_eq!(Moment(last), expected.plus(Span::seconds(9)));
}

#[test]
fn a_changed_byte_a_missing_file_a_missing_day_and_a_stranger_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let other = Part::new(Kept::Accesses, Some(day()), "two").unwrap();
    keep(root, &part(), &rows(100));
    keep(root, &other, &rows(50));
    let archive = Folder::open(root).unwrap();
    let file = archive.file_of(&part());
    let whole = fs::read(&file).unwrap();
    for place in [4, whole.len() / 2, whole.len() - 9] {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        fs::write(&file, &changed).unwrap();
        let expected = (part().to_string(), Wrong::Changed.to_string());
        assert_eq!(wrong(root), [expected]);
    }
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(
        wrong(root),
        [(part().to_string(), Wrong::Changed.to_string())]
    );
    fs::write(&file, &whole).unwrap();
    assert!(wrong(root).is_empty());
    let receipt = fs::read_to_string(archive.receipt_of(&part())).unwrap();
    fs::write(
        archive.receipt_of(&part()),
        receipt.replace("\"rows\": 100", "\"rows\": 99"),
    )
    .unwrap();
    assert_eq!(
        wrong(root),
        [(part().to_string(), Wrong::OtherRows.to_string())]
    );
    fs::remove_file(archive.receipt_of(&part())).unwrap();
    assert_eq!(
        wrong(root),
        [(part().to_string(), Wrong::Unknown.to_string())]
    );
    fs::write(archive.receipt_of(&part()), receipt).unwrap();
    fs::remove_dir_all(root.join("accesses/day=2026-03-01")).unwrap();
    let missing = [part(), other].map(|part| (part.to_string(), Wrong::Missing.to_string()));
    assert_eq!(wrong(root), missing);
}

#[test]
fn what_is_not_in_order_or_of_another_day_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Writing::open(folder.path()).unwrap();
    let append = |bytes: &[u8]| append_to(&archive, &part(), bytes);
    let two = rows(2);
    let turned: Vec<_> = two.iter().rev().cloned().collect();
    assert!(matches!(append(&input(&turned)), Err(Fault::Order(2))));
    let twice = [two[0].clone(), two[0].clone()];
    assert!(matches!(append(&input(&twice)), Err(Fault::Order(2))));
    let other = Part::new(Kept::Accesses, Some(day().next()), "one").unwrap();
    let of_other = append_to(&archive, &other, &input(&two));
    assert!(matches!(of_other, Err(Fault::Day(1))));
    let mut broken = input(&two);
    broken.extend_from_slice(b"{}\n");
    assert!(matches!(append(&broken), Err(Fault::Line { line: 3, .. })));
    let long = vec![b' '; sekisho_archive::append::LONGEST + 1];
    assert!(matches!(append(&long), Err(Fault::Long { line: 1, .. })));
    assert!(archive.folder().files(Kept::Accesses).unwrap().is_empty());
    let left = fs::read_dir(folder.path().join("accesses/day=2026-03-01")).unwrap();
    assert_eq!(left.count(), 0, "no draft stays");
    assert!(matches!(
        Writing::open(folder.path()),
        Err(Fault::Locked(_))
    ));
}

fn append_to(archive: &Writing, part: &Part, bytes: &[u8]) -> Result<Receipt, Fault> {
    append(archive, part, bytes)
}

#[test]
fn an_interruption_between_a_file_and_its_receipt_is_finished_or_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let old = keep(root, &part(), &rows(10));
    let archive = Folder::open(root).unwrap();
    let (file, receipt) = (archive.file_of(&part()), archive.receipt_of(&part()));
    let (old_file, old_text) = (fs::read(&file).unwrap(), fs::read(&receipt).unwrap());
    let new = keep(root, &part(), &rows(20));
    let (new_file, new_text) = (fs::read(&file).unwrap(), fs::read(&receipt).unwrap());
    let awaited = receipt.with_extension("json.new");
    // The file has its name, the receipt not yet.
    fs::write(&receipt, &old_text).unwrap();
    fs::write(&awaited, &new_text).unwrap();
    assert!(wrong(root).is_empty(), "the receipt that waits counts");
    drop(Writing::open(root).unwrap());
    assert_eq!(archive.receipt(&part()).unwrap(), new);
    assert!(!awaited.exists());
    // Neither has.
    fs::write(&file, &old_file).unwrap();
    fs::write(&receipt, &old_text).unwrap();
    fs::write(&awaited, &new_text).unwrap();
    assert!(wrong(root).is_empty());
    drop(Writing::open(root).unwrap());
    assert_eq!(archive.receipt(&part()).unwrap(), old);
    assert!(!awaited.exists());
    // A receipt that was written in half.
    fs::write(&file, &new_file).unwrap();
    fs::write(&receipt, &new_text).unwrap();
    fs::write(&awaited, &new_text[..20]).unwrap();
    drop(Writing::open(root).unwrap());
    assert!(wrong(root).is_empty() && !awaited.exists());
}

#[test]
fn a_person_is_gone_and_everything_else_is_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let other = Part::new(Kept::Accesses, Some(day()), "two").unwrap();
    let (all, few) = (rows(100), rows(4));
    keep(root, &part(), &all);
    keep(root, &other, &few);
    let untouched = digest_of(&Folder::open(root).unwrap().file_of(&other)).unwrap();
    let archive = Writing::open(root).unwrap();
    let who = customer(30);
    let Erasure { done, left } = erase(&archive, who, |_| {}).unwrap();
    assert!(left.is_empty(), "{left:?}");
    let told: Vec<_> = done
        .iter()
        .map(|one| (one.part.clone(), one.rows))
        .collect();
    assert_eq!(told, [(part(), 2)]);
    let mut left = all.clone();
    left.drain(60..62);
    assert_eq!(read(root, &part()), left);
    let now = digest_of(&archive.folder().file_of(&other)).unwrap();
    assert_eq!(now, untouched);
    assert!(wrong(root).is_empty());
    assert!(erase(&archive, who, |_| {}).unwrap().done.is_empty());
    // What was changed from outside is not made good by a new receipt.
    let file = archive.folder().file_of(&part());
    let receipt = archive.folder().receipt(&part()).unwrap();
    keep_elsewhere(&file, &all);
    let found = erase(&archive, customer(31), |_| {}).unwrap();
    let changed = (part().to_string(), Wrong::Changed.to_string());
    assert_eq!((found.done.len(), named(found.left)), (0, vec![changed]));
    assert_eq!(archive.folder().receipt(&part()).unwrap(), receipt);
}

#[test]
fn whoever_is_taken_out_is_told_which_files_may_still_hold_them() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let [swapped, gone, good] =
        ["a", "b", "c"].map(|name| Part::new(Kept::Accesses, Some(day()), name).unwrap());
    let all = rows(100);
    keep(root, &swapped, &all);
    keep(root, &gone, &all);
    keep(root, &good, &all);
    let archive = Writing::open(root).unwrap();
    // A file whose filters say truly that it does not hold the person; it is not what was kept.
    keep_elsewhere(&archive.folder().file_of(&swapped), &all[..10]);
    fs::remove_file(archive.folder().file_of(&gone)).unwrap();
    let stray = archive
        .folder()
        .file_of(&good)
        .with_file_name("rows.parquet");
    fs::copy(archive.folder().file_of(&good), stray).unwrap();
    let found = erase(&archive, customer(30), |_| {}).unwrap();
    assert_eq!(
        found.done.len(),
        1,
        "the others are gone through all the same"
    );
    assert_eq!(found.done[0].part, good);
    let stray = "accesses/day=2026-03-01/rows.parquet".to_owned();
    let expected = [
        (swapped.to_string(), Wrong::Changed.to_string()),
        (gone.to_string(), Wrong::Missing.to_string()),
        (stray, Wrong::Stranger.to_string()),
    ];
    assert_eq!(named(found.left), expected);
    assert_eq!(wrong(root), expected);
}

#[test]
fn rows_of_another_database_are_not_replaced_by_as_many() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let (one, more) = (rows(20), rows(21));
    keep(root, &part(), &one);
    let other = &more[1..];
    let sent = Rows::of(Kept::Accesses, other);
    let mut whole = Whole {
        rows: sent.count,
        rows_sha256: sent.digest().to_string(),
        again: false,
    };
    let archive = Writing::open(root).unwrap();
    let refused = append_whole(&archive, &part(), Some(&whole), &*input(other));
    assert!(matches!(refused, Err(Fault::Other { .. })), "{refused:?}");
    assert_eq!(read(root, &part()), one);
    // The same database, whose run was interrupted before it noted the part.
    whole.again = true;
    append_whole(&archive, &part(), Some(&whole), &*input(other)).unwrap();
    assert_eq!(read(root, &part()), other);
}

#[test]
fn what_cannot_be_read_is_not_taken_for_what_differs() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let none = verify(&Folder::open(root).unwrap(), |_| {});
    assert!(
        matches!(none, Err(Fault::Misuse(_))),
        "an empty folder: {none:?}"
    );
    keep(root, &part(), &rows(10));
    let archive = Folder::open(root).unwrap();
    let (file, receipt) = (archive.file_of(&part()), archive.receipt_of(&part()));
    let awaited = receipt.with_extension("json.new");
    fs::rename(&receipt, &awaited).unwrap();
    let aside = root.join("aside");
    fs::rename(&file, &aside).unwrap();
    // Reading a folder as a file fails as a disk does.
    fs::create_dir(&file).unwrap();
    let opened = Writing::open(root);
    assert!(matches!(opened, Err(Fault::Io { .. })), "{opened:?}");
    assert!(awaited.exists(), "the receipt that waits is still there");
    fs::remove_dir(&file).unwrap();
    fs::rename(&aside, &file).unwrap();
    drop(Writing::open(root).unwrap());
    assert!(receipt.exists() && wrong(root).is_empty());
}

#[test]
fn a_part_that_is_replaced_while_it_is_verified_is_not_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let other = Part::new(Kept::Accesses, Some(day()), "two").unwrap();
    keep(root, &part(), &rows(10));
    let found = verify(&Folder::open(root).unwrap(), |_| {
        // A run keeps more rows, and another part, after the folder was listed.
        keep(root, &part(), &rows(20));
        keep(root, &other, &rows(5));
    });
    let found = found.unwrap();
    assert!(found.wrong.is_empty(), "{:?}", found.wrong);
    assert_eq!((found.parts, found.rows), (1, 20));
}

/// Puts the file of other rows in the place of one.
fn keep_elsewhere(file: &Path, rows: &[Cells]) {
    let folder = tempfile::tempdir().unwrap();
    keep(folder.path(), &part(), rows);
    let made = Folder::open(folder.path()).unwrap().file_of(&part());
    fs::copy(made, file).unwrap();
}
