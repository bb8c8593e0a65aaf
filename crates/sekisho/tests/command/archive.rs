//! `sekisho archive run` with the real `sekisho-archive`.

use std::path::{Path, PathBuf};
use std::process::Command;

use sekisho_core::access::{Access, Act};
use sekisho_core::archive::Day;
use sekisho_core::change::Change;
use sekisho_core::decision::Decision;
use sekisho_core::entry::{Actor, Entry};
use sekisho_core::id::{CustomerId, DecisionId};
use sekisho_core::notice::Locale;
use sekisho_core::sighting::Ending;
use sekisho_core::text::Reference;
use sekisho_core::verdict::{Verdict, VerdictKind};
use sekisho_store::{Committal, Store, StoreConfig};
use serde_json::Value;

use crate::place::{Place, Run};
use crate::stop::{by, secret};

const DAYS: [&str; 3] = ["2025-03-01", "2025-03-02", "2025-03-03"];
const ACCESSES: u8 = 3;

/// The other program, beside the one that is tried; it is built where only some tests are.
fn program() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_sekisho")).with_file_name("sekisho-archive");
    if !program.exists() {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--locked", "--workspace", "--bin"]);
        let built = build.arg("sekisho-archive").status().unwrap();
        assert!(built.success() && program.exists(), "{}", program.display());
    }
    program
}

/// An access of a day that is long over; the first one makes the customer.
fn accessed(day: Day, number: u8) -> Decision {
    let mut id = day.before_its_decisions();
    id.0[15] = number;
    let (customer, at) = (CustomerId([1; 16]), day.begins());
    let entry = Entry {
        id,
        at,
        act: Act::SignIn,
        actor: Actor::Customer,
        customer: Some(customer),
        operation: None,
        verdict: Verdict::Allow,
        reasons: Vec::new(),
        policy: "test".to_owned(),
        facts: "{}".to_owned(),
    };
    let access = Access {
        decision: id,
        customer,
        at,
        act: Act::SignIn,
        ending: Ending::Success,
        verdict: VerdictKind::Allow,
        address: None,
        system: None,
        country: None,
        device: None,
        client: None,
        application: None,
    };
    let mut decision = Decision::of(entry);
    decision.access = Some(access);
    decision
}

fn landed(place: &Place) {
    let file = format!("sqlite:{}", place.path("sekisho.db").display());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&StoreConfig::new(file)).await.unwrap();
        for day in DAYS {
            for number in 1..=ACCESSES {
                let mut decision = accessed(day.parse().unwrap(), number);
                let at = decision.entry.at;
                if (day, number) == (DAYS[0], 1) {
                    decision = decision.with([Change::CustomerCreated {
                        id: CustomerId([1; 16]),
                        reference: Reference::parse("C-1").unwrap(),
                        locale: Locale::Ja,
                        at,
                    }]);
                }
                let landed = store.commit(&decision, &[]).await.unwrap();
                assert_eq!(landed, Committal::Committed);
            }
        }
        store.close().await;
    });
}

fn told(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap()
}

/// The file of the first part of a day.
fn part_of(day: &str) -> String {
    let day: Day = day.parse().unwrap();
    let after = match DAYS[0].parse::<Day>().unwrap() == day {
        true => DecisionId([0; 16]),
        false => day.before_its_decisions(),
    };
    let name = u128::from_be_bytes(after.0);
    format!("accesses/day={day}/part-{name:032x}.parquet")
}

/// And what lies beside the receipts is for this account alone.
fn nothing_is_being_sent(place: &Place) {
    let receipts = std::fs::read_dir(place.path("archive/_receipts")).unwrap();
    for entry in receipts.map(|entry| entry.unwrap()) {
        let name = entry.file_name().into_string().unwrap();
        assert!(
            !name.starts_with("sending"),
            "no part is being sent: {name}"
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = entry.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{name}");
        }
    }
}

#[test]
fn a_part_that_is_damaged_keeps_its_rows_here_and_does_not_stop_the_others() {
    let program = program();
    let place = Place::ready();
    let sato = secret(
        &place
            .run(&["staff", "add", "sato", "--role", "operations"])
            .done(),
    );
    landed(&place);
    std::fs::create_dir(place.path("archive")).unwrap();
    let archive = |more: &[&str]| {
        let run = ["archive", "run", "--to", "archive", "--older-than", "100"];
        let who = ["--as", "sato", "--reason", "月次の保管", "--json"];
        by(&place, &sato, &[&run[..], &who[..], more].concat())
    };
    let verified = || {
        let mut verify = Command::new(&program);
        verify.arg("verify").arg(place.path("archive"));
        Run::from(verify.output().unwrap())
    };
    assert_eq!(verified().code, 2, "there is nothing yet");

    let copied = archive(&["--keep"]);
    assert_eq!(copied.code, 0, "{copied:?}");
    let copied = told(&copied);
    assert_eq!(
        (&copied["removed"], &copied["wrong"]),
        (&0.into(), &Value::Array(Vec::new()))
    );
    verified().done();
    nothing_is_being_sent(&place);

    let damaged = place.path("archive").join(part_of(DAYS[0]));
    let whole = std::fs::read(&damaged).unwrap();
    std::fs::write(&damaged, &whole[..whole.len() / 2]).unwrap();
    let voided = place.path("archive/voided/part-all.parquet");
    std::fs::remove_file(&voided).unwrap();
    let ran = archive(&[]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(
        told(&ran)["removed"],
        2 * ACCESSES,
        "those of the other days"
    );
    assert_eq!(told(&ran)["wrong"], Value::from(vec![part_of(DAYS[0])]));
    assert!(
        ran.err.contains("1 parts are not as they should be"),
        "{}",
        ran.err
    );
    assert!(voided.exists(), "what is voided is written all the same");
    assert_eq!(verified().code, 3);

    std::fs::write(&damaged, &whole).unwrap();
    let mended = archive(&[]);
    assert_eq!(mended.code, 0, "{mended:?}");
    assert_eq!(told(&mended)["removed"], ACCESSES);
    verified().done();
    let again = told(&archive(&[]));
    assert_eq!(
        (&again["removed"], &again["parts"]),
        (&0.into(), &1.into()),
        "{again}"
    );
}
