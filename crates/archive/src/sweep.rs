//! The sweep over the archive: which procedures of a time were done from a place that was not the
//! customer's, and who else was seen there.
//!
//! Two passes: the first lists procedures and with them the places that are asked about; the second
//! goes once over the columns that say who was where. Row groups are shared out among threads, and
//! what each gathered is merged (`sekisho_core::sweep::Gathered`), as partitions of a cluster are.
//!
//! **Invariant:** what is answered is what the store's sweep answers that knows the same accesses,
//! in the same order, by the same functions of core.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;

use sekisho_core::access::{Act, OperationKind};
use sekisho_core::archive::{AccessRow, Cell, Cells, Kept, VoidedRow};
use sekisho_core::context::Address;
use sekisho_core::id::{ApplicationId, CustomerId, DeviceId};
use sekisho_core::moment::Moment;
use sekisho_core::sighting::{Ending, Scope, Trait, TraitKind};
use sekisho_core::sweep::{Gathered, Look, Procedure, Shown, Swept, places};
use sekisho_core::text::Reference;

use crate::fault::Fault;
use crate::folder::Folder;
use crate::part_reader::PartReader;

/// What is looked for.
#[derive(Clone, Debug)]
pub struct SweepQuestion {
    /// Kinds of operations.
    pub kinds: Vec<OperationKind>,
    /// From this moment on.
    pub from: Moment,
    /// Before this one.
    pub until: Moment,
    /// Of this application only.
    pub application: Option<ApplicationId>,
    /// Which traits of the procedure's place are compared.
    pub traits: Vec<TraitKind>,
    /// How others at a place are weighed.
    pub look: Look,
}

/// How much was read.
#[derive(Debug, Default)]
pub struct Effort {
    /// Row groups of which something was read.
    pub groups: AtomicU64,
    /// Rows of them.
    pub rows: AtomicU64,
}

/// Does something with every file of accesses, on as many threads as there are cores; each thread
/// begins with what `begin` gives, and what they made is returned. A file is read by one thread:
/// two would share its offset.
fn each<T: Send>(
    folder: &Folder,
    begin: impl Fn() -> T + Sync,
    of: impl Fn(&mut T, &PartReader) -> Result<(), Fault> + Sync,
) -> Result<Vec<T>, Fault> {
    let parts = folder.files(Kept::Accesses)?;
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || -> Result<T, Fault> {
        let mut made = begin();
        while let Some(part) = parts.get(next.fetch_add(1, Ordering::Relaxed)) {
            if failed.load(Ordering::Relaxed) {
                break;
            }
            let reader = PartReader::open(Kept::Accesses, &folder.file_of(part));
            let done = reader.and_then(|reader| of(&mut made, &reader));
            done.inspect_err(|_| failed.store(true, Ordering::Relaxed))?;
        }
        Ok(made)
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let made: Vec<_> = thread::scope(|scope| {
        let begun: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        begun
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect()
    });
    let broken = || Fault::Misuse("a file cannot be parsed: run verify".to_owned());
    made.into_iter()
        .map(|made| made.unwrap_or_else(|_| Err(broken())))
        .collect()
}

/// Everything that stands for fraud.
fn voided(folder: &Folder) -> Result<Vec<VoidedRow>, Fault> {
    let mut found = Vec::new();
    for part in folder.files(Kept::Voided)? {
        let path = folder.file_of(&part);
        PartReader::open(Kept::Voided, &path)?.rows(|row| {
            let row = VoidedRow::of(&row).map_err(|why| Fault::unreadable(&path, why))?;
            found.push(row);
            Ok(())
        })?;
    }
    Ok(found)
}

/// Sweeps.
///
/// # Errors
/// Those of reading.
pub fn sweep(
    folder: &Folder,
    question: &SweepQuestion,
    effort: &mut Effort,
) -> Result<Vec<Swept>, Fault> {
    let procedures = procedures(folder, question)?;
    let asked: Vec<_> = procedures
        .iter()
        .flat_map(|one| {
            let customer = one.access.customer;
            let places = places(&one.access, &question.traits);
            places.into_iter().map(move |place| (place, customer))
        })
        .collect();
    let empty = Gathered::begin(asked, &voided(folder)?);
    let sought = Sought::of(&empty);
    let parts = each(
        folder,
        || empty.clone(),
        |gathered, reader| {
            (0..reader.groups()).try_for_each(|group| sought.gather(gathered, (reader, group)))
        },
    )?;
    *effort = sought.effort;
    let mut gathered = empty;
    for part in parts {
        gathered.merge(part);
    }
    let judged = |one: Procedure| {
        let customer = one.access.customer;
        let places = places(&one.access, &question.traits);
        let known = places
            .into_iter()
            .map(|place| gathered.known(place, customer, &question.look));
        let known = known.collect();
        Swept::of(one, known, &question.look)
    };
    Ok(procedures.into_iter().map(judged).collect())
}

impl SweepQuestion {
    /// The acts that are listed, each with its place in the order of the answers.
    #[must_use]
    pub fn acts(&self) -> BTreeMap<String, usize> {
        let both = |kind: &OperationKind| [Act::Confirm(kind.clone()), Act::Operate(kind.clone())];
        let acts = self.kinds.iter().flat_map(both).enumerate();
        acts.map(|(place, act)| (act.word(), place)).collect()
    }
}

/// What was done in the time, in the order of the acts asked, and of time within each.
fn procedures(folder: &Folder, question: &SweepQuestion) -> Result<Vec<Procedure>, Fault> {
    let acts = question.acts();
    let found = each(folder, Vec::new, |found, reader| {
        let asked = (question, &acts);
        (0..reader.groups()).try_for_each(|group| listed(found, reader, group, asked))
    })?;
    let mut found: Vec<(usize, Procedure)> = found.into_iter().flatten().collect();
    found.sort_by_key(|(act, one)| (*act, one.access.at, one.access.decision));
    Ok(found.into_iter().map(|(_, one)| one).collect())
}

fn listed(
    found: &mut Vec<(usize, Procedure)>,
    reader: &PartReader,
    group: usize,
    (question, acts): (&SweepQuestion, &BTreeMap<String, usize>),
) -> Result<(), Fault> {
    let (from, until) = (question.from.0, question.until.0);
    let within = |(first, last): (i64, i64)| first < until && last >= from;
    let done = |(_, last): (i64, i64)| last > 0;
    if !reader.range(group, "at").is_none_or(within)
        || !reader.range(group, "done").is_none_or(done)
    {
        return Ok(());
    }
    let columns = reader.columns(group, &["at", "done", "act"])?;
    let [at, done, act] = columns.as_slice() else {
        return Ok(());
    };
    let wanted: Vec<(usize, usize)> = (0..at.len())
        .filter(|row| done.number(*row) == Some(1))
        .filter(|row| at.number(*row).is_some_and(|at| at >= from && at < until))
        .filter_map(|row| Some((row, *acts.get(act.text(row)?)?)))
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = Kept::Accesses
        .columns()
        .iter()
        .map(|column| column.name)
        .collect();
    let columns = reader.columns(group, &names)?;
    for (row, place) in wanted {
        let cells: Vec<Cell> = columns.iter().map(|column| column.cell(row)).collect();
        let read = Cells::of(Kept::Accesses, cells).and_then(|cells| AccessRow::of(&cells));
        let AccessRow {
            access, reference, ..
        } = read.map_err(|why| Fault::unreadable(reader.path(), why))?;
        let whose = question.application;
        if whose.is_none() || access.application == whose {
            found.push((place, Procedure { access, reference }));
        }
    }
    Ok(())
}

/// How traits follow from the columns that say where somebody was.
pub(crate) fn traits_of(
    address: Option<[u8; 16]>,
    device: Option<[u8; 16]>,
) -> impl Iterator<Item = Trait> {
    let address = address.map(Address::from_bytes);
    let device = device.map(DeviceId).map(Trait::of_device);
    address
        .into_iter()
        .flat_map(Trait::of_address)
        .chain(device)
}

/// What the columns of a row say of a customer who was somewhere.
pub(crate) fn shown_by(customer: [u8; 16], at: i64, ending: &str, act: &str) -> Shown {
    Shown {
        customer: CustomerId(customer),
        at: Moment(at),
        ending: match ending {
            "success" => Ending::Success,
            "failure" => Ending::Failure,
            _ => Ending::Pending,
        },
        scope: match Act::parse(act) {
            Some(Act::Operate(_) | Act::Confirm(_)) => Scope::Guarded,
            _ => Scope::Access,
        },
    }
}

/// The values that are asked about.
struct Sought {
    addresses: Vec<[u8; 16]>,
    networks: Vec<[u8; 16]>,
    devices: Vec<[u8; 16]>,
    effort: Effort,
}

impl Sought {
    fn of(gathered: &Gathered) -> Self {
        Self {
            addresses: gathered.values(TraitKind::Address).collect(),
            networks: gathered.values(TraitKind::Network).collect(),
            devices: gathered.values(TraitKind::Device).collect(),
            effort: Effort::default(),
        }
    }

    /// Gathers what one row group says of the places.
    fn gather(
        &self,
        gathered: &mut Gathered,
        (reader, group): (&PartReader, usize),
    ) -> Result<(), Fault> {
        // Where networks are asked about, every address has to be looked at.
        let may = !self.networks.is_empty()
            || reader.may_hold(group, "address", &self.addresses)?
            || reader.may_hold(group, "device", &self.devices)?;
        if !may {
            return Ok(());
        }
        let columns = reader.columns(group, &["address", "device"])?;
        let [address, device] = columns.as_slice() else {
            return Ok(());
        };
        self.effort.groups.fetch_add(1, Ordering::Relaxed);
        let read = u64::try_from(address.len()).unwrap_or(u64::MAX);
        self.effort.rows.fetch_add(read, Ordering::Relaxed);
        let hits: Vec<(usize, Trait)> = (0..address.len())
            .flat_map(|row| {
                traits_of(address.bytes(row), device.bytes(row)).map(move |seen| (row, seen))
            })
            .filter(|(_, seen)| gathered.asks(seen))
            .collect();
        if hits.is_empty() {
            return Ok(());
        }
        let columns = reader.columns(group, &["customer", "at", "ending", "act", "reference"])?;
        let [customer, at, ending, act, reference] = columns.as_slice() else {
            return Ok(());
        };
        for (row, seen) in hits {
            let words = (ending.text(row), act.text(row));
            let (ending, act) = (words.0.unwrap_or_default(), words.1.unwrap_or_default());
            let shown = customer
                .bytes(row)
                .zip(at.number(row))
                .map(|(customer, at)| shown_by(customer, at, ending, act));
            let name = reference
                .text(row)
                .and_then(|text| Reference::parse(text).ok());
            let Some((shown, name)) = shown.zip(name) else {
                return Err(Fault::unreadable(
                    reader.path(),
                    "a row without its customer",
                ));
            };
            gathered.add(seen, &shown, || name);
        }
        Ok(())
    }
}
