//! A stage that does not get everything, or not in order, gives an error and no answer.

#![cfg(test)]
#![allow(
    clippy::unwrap_used,
    reason = "a test may; the lint sees only test functions, not what they share"
)]

use sekisho_archive::fault::Fault;
use sekisho_archive::stage::{Asked, ask, gather, judge, list, show};
use sekisho_archive::sweep::SweepQuestion;
use sekisho_core::access::OperationKind;
use sekisho_core::moment::Moment;
use sekisho_core::sighting::TraitKind;
use sekisho_core::sweep::Look;

const ROW: &str = concat!(
    r#"{"customer":"00000000000000000000000000000001","at":7,"#,
    r#""decision":"00000000000000000000000000000009","reference":"c-1","act":"withdraw","#,
    r#""ending":"success","verdict":"allow","address":"00000000000000000000ffffc0000201","#,
    r#""device":"0000000000000000000000000000000d","done":1}"#,
);
const ADDRESS: &str = "1-00000000000000000000ffffc0000201";
const SHOWN: &str = "00000000000000000000000000000002\t3\tsuccess\tsign_in\tc-2";

fn question() -> SweepQuestion {
    SweepQuestion {
        kinds: vec![OperationKind::parse("withdraw").unwrap()],
        from: Moment(0),
        until: Moment(100),
        application: None,
        traits: vec![TraitKind::Address, TraitKind::Device],
        look: Look::USUAL,
    }
}

fn ended(lines: &[&str]) -> String {
    let all: String = lines.iter().map(|line| format!("{line}\n")).collect();
    format!("{all}end {}\n", lines.len())
}

type Answer = Result<Vec<String>, Fault>;

fn told(of: impl FnOnce(&mut Vec<u8>) -> Result<(), Fault>) -> Answer {
    let mut to = Vec::new();
    of(&mut to)?;
    let text = String::from_utf8(to).unwrap();
    Ok(text.lines().map(str::to_owned).collect())
}

fn gathered(lines: &[&str]) -> Answer {
    told(|to| gather(&Look::USUAL, ended(lines).as_bytes(), to))
}

fn judged(lines: &[&str]) -> Answer {
    told(|to| judge((&question(), &[]), ended(lines).as_bytes(), to))
}

/// A procedure as it is listed, and who asks about its two places.
fn asks() -> (String, Vec<String>) {
    let listed = told(|to| list(&question(), ended(&[ROW]).as_bytes(), to)).unwrap();
    let asks = told(|to| ask(&question(), ended(&[&listed[0]]).as_bytes(), to)).unwrap();
    assert_eq!((listed.len(), asks.len()), (1, 2));
    (listed[0].clone(), asks)
}

#[test]
fn an_input_that_was_cut_off_anywhere_is_an_error() {
    let whole = ended(&[ROW, ROW]);
    let list = |input: &[u8]| told(|to| list(&question(), input, to));
    assert_eq!(list(whole.as_bytes()).unwrap().len(), 2);
    for at in 0..whole.len() {
        let cut = list(&whole.as_bytes()[..at]);
        assert!(matches!(cut, Err(Fault::Cut(_))), "cut at {at}");
    }
    let fewer = ended(&[ROW, ROW]).replacen(&format!("{ROW}\n"), "", 1);
    assert!(matches!(list(fewer.as_bytes()), Err(Fault::Cut(1))));
}

#[test]
fn what_is_asked_about_is_whole_as_well() {
    let lines = ended(&[ADDRESS]);
    let asked = Asked::read(lines.as_bytes()).unwrap();
    let row = format!("{SHOWN}\t00000000000000000000ffffc0000201\t");
    let shown = told(|to| show(&asked, ended(&[&row]).as_bytes(), to)).unwrap();
    assert_eq!(shown, [format!("{ADDRESS}\t3\t{SHOWN}")]);
    let cut = Asked::read(&lines.as_bytes()[..ADDRESS.len() + 1]);
    assert!(matches!(cut, Err(Fault::Cut(1))));
}

#[test]
fn a_place_out_of_its_order_or_unasked_is_an_error() {
    let (_, asks) = asks();
    let (address, device) = (asks[0].as_str(), asks[1].as_str());
    let shown = format!("{ADDRESS}\t3\t{SHOWN}");
    assert_eq!(gathered(&[address, &shown, device]).unwrap().len(), 2);
    for wrong in [
        vec![shown.as_str(), address],
        vec![address, &shown, address],
        vec![device, address],
        vec![shown.as_str()],
        vec!["1-xx\t1\t"],
        vec![ADDRESS],
    ] {
        let stage = gathered(&wrong);
        assert!(matches!(stage, Err(Fault::Stage { .. })), "{wrong:?}");
    }
}

#[test]
fn a_procedure_without_an_answer_of_each_place_is_an_error() {
    let (listed, asks) = asks();
    let answers = gathered(&[&asks[0], &asks[1]]).unwrap();
    let (one, two) = (answers[0].as_str(), answers[1].as_str());
    let found = judged(&[&listed, one, two]).unwrap();
    assert_eq!(found.len(), 1);
    assert!(found[0].contains(r#""finding":"new""#));
    for wrong in [
        vec![listed.as_str()],
        vec![&listed, one],
        vec![&listed, two],
        vec![&listed, two, one],
        vec![&listed, one, one, two],
        vec![one, two],
        vec![&listed, one, two, &listed],
    ] {
        assert!(judged(&wrong).is_err(), "{wrong:?}");
    }
}
