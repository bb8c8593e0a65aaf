//! Rows are the same after any way that they take.

use super::*;
use crate::access::{Access, Act};
use crate::context::{Address, Country};
use crate::entry::{Actor, Entry};
use crate::id::{ApplicationId, CustomerId, DecisionId, DeviceId};
use crate::moment::{Moment, Span};
use crate::reason::Reason;
use crate::risk::replay::Truth;
use crate::sighting::{Ending, Trait, TraitKind};
use crate::text::{Line, Reference};
use crate::verdict::{Requirement, Verdict, VerdictKind};

fn access() -> AccessRow {
    AccessRow {
        access: Access {
            decision: DecisionId([1; 16]),
            customer: CustomerId([2; 16]),
            at: Moment(1_772_323_200_000_001),
            act: Act::parse("confirm:withdraw").unwrap(),
            ending: Ending::Pending,
            verdict: VerdictKind::StepUp,
            address: Some(Address::from(std::net::IpAddr::from([192, 0, 2, 9]))),
            system: Some(u32::MAX),
            country: Country::parse("JP"),
            device: Some(DeviceId([3; 16])),
            client: Line::parse("chrome/windows").ok(),
            application: Some(ApplicationId([4; 16])),
        },
        reference: Reference::parse("c-1").unwrap(),
        done: Done::Yes,
    }
}

fn decision() -> DecisionRow {
    DecisionRow {
        entry: Entry {
            id: DecisionId([1; 16]),
            at: Moment(5),
            act: Act::SignIn,
            actor: Actor::Application(ApplicationId([7; 16])),
            customer: None,
            operation: None,
            verdict: Verdict::StepUp(vec![Requirement::SecondFactor]),
            reasons: vec![Reason::AddressNew, Reason::FirstAccess],
            policy: "jsda-2025.9".to_owned(),
            facts: "{\"address\":\"a\\u2028\\\"\"}".to_owned(),
        },
        truth: Some(Truth::Fraud),
    }
}

#[test]
fn a_row_is_the_same_after_cells_and_after_its_line() {
    let bare = AccessRow {
        access: Access {
            address: None,
            system: None,
            country: None,
            device: None,
            client: None,
            application: None,
            ..access().access
        },
        ..access()
    };
    for row in [access(), bare] {
        let cells = row.cells().unwrap();
        let again = Cells::parse(Kept::Accesses, &cells.line(Kept::Accesses)).unwrap();
        assert_eq!(again, cells);
        assert_eq!(AccessRow::of(&again).unwrap(), row);
    }
    let cells = decision().cells().unwrap();
    let again = Cells::parse(Kept::Decisions, &cells.line(Kept::Decisions)).unwrap();
    assert_eq!(DecisionRow::of(&again).unwrap(), decision());
    let voided = VoidedRow {
        customer: CustomerId([2; 16]),
        reference: Reference::parse("c-1").unwrap(),
        seen: Trait {
            kind: TraitKind::Network,
            value: [5; 16],
        },
        shown: (Moment(-1), Moment(2)),
        at: Moment(3),
    };
    let cells = voided.cells().unwrap();
    let again = Cells::parse(Kept::Voided, &cells.line(Kept::Voided)).unwrap();
    assert_eq!(VoidedRow::of(&again).unwrap(), voided);
}

#[test]
fn what_is_no_row_is_refused() {
    let line = access().cells().unwrap().line(Kept::Accesses);
    let customer = "02".repeat(16);
    for (what, with) in [
        (customer.as_str(), "02"),
        (customer.as_str(), "+2020202020202020202020202020202"),
        ("\"at\":1772323200000001", "\"at\":1.5"),
        ("\"at\":1772323200000001", "\"at\":\"now\""),
        ("\"act\":", "\"acts\":"),
        ("\"reference\":\"c-1\"", "\"reference\":null"),
        ("{", "[{"),
    ] {
        let changed = line.replace(what, with);
        assert_ne!(changed, line);
        assert!(Cells::parse(Kept::Accesses, &changed).is_err(), "{with}");
    }
    let another = line.replace("pending", "perhaps");
    let cells = Cells::parse(Kept::Accesses, &another).unwrap();
    assert!(AccessRow::of(&cells).is_err());
    assert!(Cells::of(Kept::Accesses, vec![Cell::Nothing]).is_err());
    let mut more = access().cells().unwrap().cells().to_vec();
    more.push(Cell::Nothing);
    assert!(Cells::of(Kept::Accesses, more).is_err());
}

#[test]
fn a_day_is_that_of_a_decision() {
    let day: Day = "2026-03-01".parse().unwrap();
    assert_eq!(day.to_string(), "2026-03-01");
    assert_eq!(day.begins().to_string(), "2026-03-01T00:00:00Z");
    assert_eq!(Day::of(day.begins()), day);
    assert_eq!(Day::of(day.next().begins().minus(Span(1))), day);
    let before = day.before_its_decisions();
    assert_eq!(Day::of_decision(before), day);
    let mut last = day.next().before_its_decisions();
    last.0 = (u128::from_be_bytes(last.0) - 1).to_be_bytes();
    assert_eq!(Day::of_decision(last), day);
    for wrong in [
        "2026-3-1",
        "2026-02-29",
        "1969-12-31",
        "2026-03-01-",
        "",
        "+026-03-01",
    ] {
        assert!(wrong.parse::<Day>().is_err(), "{wrong}");
    }
    assert_eq!(
        Day::of_decision(DecisionId([0xff; 16])).to_string(),
        "9999-12-31"
    );
}

#[test]
fn a_receipt_is_of_its_part_and_rows() {
    let day: Day = "2026-03-01".parse().unwrap();
    let part = Part::after(Kept::Accesses, day, DecisionId([0; 16]));
    let path = "accesses/day=2026-03-01/part-00000000000000000000000000000000.parquet";
    assert_eq!(part.to_string(), path);
    let rows = Rows::of(Kept::Accesses, &[access().cells().unwrap()]);
    let receipt = Receipt {
        kept: Kept::Accesses,
        day: Some(day),
        part: part.name().to_owned(),
        rows: 1,
        rows_sha256: rows.digest().to_string(),
        bytes: 1,
        file_sha256: String::new(),
    };
    assert!(receipt.is_of(&part, &rows));
    assert!(!receipt.is_of(&part, &Rows::default()));
    assert!(!receipt.is_of(&Part::voided(), &rows));
    assert!(Part::new(Kept::Accesses, Some(day), "../x").is_err());
    assert!(Part::new(Kept::Accesses, None, "x").is_err());
    assert!(Part::new(Kept::Voided, Some(day), "x").is_err());
}

#[test]
fn a_part_is_full_by_its_rows_or_by_their_length() {
    let row = decision().cells().unwrap();
    let room = |rows, bytes| Room { rows, bytes };
    let fits = |mut room: Room| (1..100).take_while(|_| room.take(&row)).count() + 1;
    assert_eq!(fits(room(3, usize::MAX)), 3);
    let mut long = decision();
    long.entry.facts = format!("{{\"address\":\"{}\"}}", "x".repeat(10_000));
    let long = long.cells().unwrap();
    let mut three = room(usize::MAX, 25_000);
    let took: Vec<_> = (0..3).map(|_| three.take(&long)).collect();
    assert_eq!(took, [true, true, false]);
    assert!(
        !room(9, 1).take(&long),
        "one goes in at least, and none after it"
    );
}
