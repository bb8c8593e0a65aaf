//! What files say of addresses, judged live, recorded, and judged the same again.

use std::path::PathBuf;

use sekisho_core::known::StaffRole;
use sekisho_core::moment::Span;
use sekisho_core::places::Label;
use sekisho_core::proof::Method;
use sekisho_core::reason::Reason;
use sekisho_core::risk::Features;
use sekisho_core::risk::replay::Replay;
use sekisho_core::risk::travel::{Travel, Untold};
use sekisho_core::rules::RuleSet;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::VerdictKind;
use sekisho_gate::{
    AddressFiles, Caller, DecisionView, Gate, JudgeRequest, Places, StaffAnswer, StaffClaim, When,
};
use sekisho_sim::installation::Installation;
use tempfile::TempDir;

use super::judge::{asked, decided};
use super::stop::person;

/// Tokyo at 203.0.113.0/24, London at 198.51.100.128/25.
const MAP: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../crates/gate/src/places/testdata/one.mmdb"
);
const TOKYO: [u8; 4] = [203, 0, 113, 7];
const LONDON: [u8; 4] = [198, 51, 100, 200];

fn files(folder: &TempDir, lists: &[(Label, &str)], indicators: &str) -> AddressFiles {
    let written = |name: &str, text: &str| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    AddressFiles {
        maps: vec![PathBuf::from(MAP)],
        lists: lists
            .iter()
            .map(|(label, text)| (*label, written(label.word(), text)))
            .collect(),
        indicators: vec![written("npa.csv", indicators)],
    }
}

/// A sign-in of a customer, with proofs that let it through.
fn proved(caller: &Caller, customer: &str, address: [u8; 4]) -> JudgeRequest {
    let mut request = asked(caller);
    request.customer = Reference::parse(customer).unwrap();
    request.context.address = Some(address.into());
    request.verified = vec![Method::Password, Method::MailCode];
    request
}

/// The same with a password alone.
fn bare(caller: &Caller, customer: &str, address: [u8; 4]) -> JudgeRequest {
    JudgeRequest {
        verified: vec![Method::Password],
        ..proved(caller, customer, address)
    }
}

async fn recorded(gate: &Gate, sato: &StaffClaim, view: &DecisionView) -> (Features, bool) {
    let ground = Ground::parse("案件 2026-151").unwrap();
    let found = gate.explain(sato, view.id, ground).await.unwrap();
    let StaffAnswer::Done(Some(found)) = found else {
        panic!("an explanation")
    };
    (Replay::of(&found.entry).unwrap().features, found.same)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_have_travelled_is_asked_and_the_record_says_the_same_again() {
    let folder = tempfile::tempdir().unwrap();
    let places = Places::open(&files(&folder, &[], "")).unwrap();
    for here in Installation::each_placing("jp-legacy", &places)
        .await
        .unwrap()
    {
        let caller = here.application("a").await.unwrap();
        let sato = person(&here.gate, "sato", &[StaffRole::Operations]).await;
        let begin = here.gate.now();
        decided(&here.gate, proved(&caller, "C-1", TOKYO)).await;
        here.pass(Span::hours(2));
        let far = decided(&here.gate, bare(&caller, "C-1", LONDON)).await;
        assert_eq!(far.verdict, VerdictKind::StepUp);
        assert!(
            far.reasons.contains(&Reason::TravelTooFast),
            "{:?}",
            far.reasons
        );
        let (features, same) = recorded(&here.gate, &sato, &far).await;
        let Some(Travel::Took {
            kilometres,
            kilometres_per_hour,
        }) = features.travel
        else {
            panic!("{features:?}")
        };
        assert!((9_300..9_400).contains(&kilometres), "{kilometres}");
        assert_eq!((kilometres_per_hour, same), (kilometres / 2, true));
        // What did not end well is no place where the customer was.
        let home = decided(&here.gate, proved(&caller, "C-1", TOKYO)).await;
        assert!(!home.reasons.contains(&Reason::TravelTooFast));
        // A day later it can be: other reasons remain, this one does not.
        here.pass(Span::hours(24));
        let slow = decided(&here.gate, bare(&caller, "C-1", LONDON)).await;
        assert!(!slow.reasons.contains(&Reason::TravelTooFast));
        assert!(slow.reasons.contains(&Reason::CountryNew));
        // Once the customer was in both places, going to and fro asks nothing: it is no device of
        // theirs, but the network is.
        decided(&here.gate, proved(&caller, "C-1", LONDON)).await;
        let again = decided(&here.gate, bare(&caller, "C-1", TOKYO)).await;
        assert!(!again.reasons.contains(&Reason::TravelTooFast));
        let (features, _) = recorded(&here.gate, &sato, &again).await;
        assert!(features.travel.unwrap().speed() > Some(1_000));
        // Nothing said of the place before, nothing said of the way.
        let unplaced = decided(&here.gate, proved(&caller, "C-1", [192, 0, 2, 1])).await;
        assert!(unplaced.reasons.contains(&Reason::TravelUntold));
        let (features, _) = recorded(&here.gate, &sato, &unplaced).await;
        assert_eq!(features.travel.unwrap().untold(), Some(Untold::Unplaced));
        // Every verdict of then comes out again of what was recorded.
        let until = here.gate.now().plus(Span::hours(1));
        let rules = RuleSet::standard();
        let tally = here
            .gate
            .back_test(&rules, (begin, until), |_| ())
            .await
            .unwrap();
        assert_eq!((tally.judged(), tally.turns.is_empty()), (7, true));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_ask_refuse_and_are_lifted() {
    let folder = tempfile::tempdir().unwrap();
    let lists = [
        (Label::Tor, "192.0.2.1\n192.0.2.2\n192.0.2.3\n"),
        (Label::Deny, "192.0.2.3\n192.0.2.9\n"),
        (Label::Allow, "192.0.2.2\n192.0.2.3\n"),
    ];
    let indicators = "192.0.2.2,2026-11-22,NPA,phishing\n192.0.2.66,2026-11-22,NPA,phishing\n";
    let places = Places::open(&files(&folder, &lists, indicators)).unwrap();
    for here in Installation::each_placing("jp-legacy", &places)
        .await
        .unwrap()
    {
        let caller = here.application("a").await.unwrap();
        let sato = person(&here.gate, "sato", &[StaffRole::Operations]).await;
        decided(&here.gate, proved(&caller, "C-1", [192, 0, 2, 200])).await;
        let asked =
            async |last: u8| decided(&here.gate, bare(&caller, "C-1", [192, 0, 2, last])).await;
        // The network is the customer's: nothing but lists speaks against these.
        let exit = asked(1).await;
        assert_eq!(exit.verdict, VerdictKind::StepUp);
        let of_lists = |view: &DecisionView| {
            let mut reasons = view.reasons.clone();
            reasons.retain(|reason| reason.code().starts_with("address_"));
            reasons
        };
        assert_eq!(of_lists(&exit), [Reason::AddressTor]);
        let vouched = asked(2).await;
        assert_eq!(
            (vouched.verdict, of_lists(&vouched)),
            (VerdictKind::Allow, Vec::new())
        );
        for last in [3, 9] {
            let denied = asked(last).await;
            assert_eq!(denied.verdict, VerdictKind::Refuse);
            assert!(denied.reasons.contains(&Reason::AddressDenied));
        }
        // What the policy always asks is asked of those the firm vouches for, too.
        let mut nothing = bare(&caller, "C-2", [192, 0, 2, 2]);
        nothing.verified = Vec::new();
        let first = decided(&here.gate, nothing).await;
        assert!(first.reasons.contains(&Reason::FirstAccess));
        // An indicator counts until its end, by the clock, and names its source.
        let named = asked(66).await;
        assert_eq!(of_lists(&named), [Reason::AddressIndicator]);
        let (features, same) = recorded(&here.gate, &sato, &named).await;
        assert_eq!(features.listed.source.unwrap().words(), "NPA: phishing");
        assert!(same);
        here.pass(Span::days(2));
        let over = asked(66).await;
        assert_eq!(
            (over.verdict, of_lists(&over)),
            (VerdictKind::Allow, Vec::new())
        );
        // A line of a log is judged by what counted then.
        let mut then = bare(&caller, "C-1", [192, 0, 2, 66]);
        then.when = When::Recorded(here.gate.now().minus(Span::days(1)));
        let then = decided(&here.gate, then).await;
        assert_eq!(of_lists(&then), [Reason::AddressIndicator]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_moved_in_judges_the_next_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let named = files(&folder, &[(Label::Deny, "192.0.2.9\n")], "");
    for here in Installation::each_placing("jp-legacy", &Places::open(&named).unwrap())
        .await
        .unwrap()
    {
        let caller = here.application("a").await.unwrap();
        let asked = async |last: u8| {
            let view = decided(&here.gate, proved(&caller, "C-1", [192, 0, 2, last])).await;
            view.verdict
        };
        assert_eq!(
            (asked(9).await, asked(8).await),
            (VerdictKind::Refuse, VerdictKind::Allow)
        );
        let put = |text: &str| {
            let next = folder.path().join("next");
            std::fs::write(&next, text).unwrap();
            std::fs::rename(next, folder.path().join("deny")).unwrap();
        };
        put("192.0.2.8\n");
        for _ in 0..2 {
            here.gate.look_at_places().await;
        }
        assert_eq!(
            (asked(9).await, asked(8).await),
            (VerdictKind::Allow, VerdictKind::Refuse)
        );
        put("everybody\n");
        for _ in 0..2 {
            here.gate.look_at_places().await;
        }
        assert_eq!(
            (asked(9).await, asked(8).await),
            (VerdictKind::Allow, VerdictKind::Refuse)
        );
        put("192.0.2.9\n");
        for _ in 0..2 {
            here.gate.look_at_places().await;
        }
    }
}
