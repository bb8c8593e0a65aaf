//! The console's lists: who sees them, and two responders on one case.

use sekisho_core::access::{Act, OperationKind};
use sekisho_core::attack::{Attack, AttackKind, Counts, Touch, Touched};
use sekisho_core::case::Attempt;
use sekisho_core::change::{AlertChange, CaseChange, CaseOpened, Change};
use sekisho_core::id::{AlertId, CaseId, DecisionId};
use sekisho_core::known::{CaseEnd, FRESH, StaffRole, Worry};
use sekisho_core::reason::Reason;
use sekisho_core::respond::Response;
use sekisho_core::sweep::Finding;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_gate::{AlertList, CaseList, Responded, StaffAnswer};
use sekisho_sim::sample::{self, raw};

use super::confirm::Story;
use super::guess::entries;
use super::staff_sign_in::{enrolled, signed_in};
use super::stop::{person, person_by};

const CASE: CaseId = CaseId([41; 16]);

/// A case of the story's customer, and an alert.
async fn found(story: &Story) {
    let store = story.here.place.store().await.unwrap();
    let reference = Reference::parse("C-1").unwrap();
    let customer = store.customer_by_reference(&reference).await.unwrap();
    let now = story.here.gate.now();
    let case = CaseOpened {
        id: CASE,
        customer: customer.unwrap().id,
        worry: Worry::Operation(Finding::Touched),
        about: DecisionId(raw(42, 1)),
        act: Act::Confirm(OperationKind::parse("withdraw").unwrap()),
        done: now,
        asked: false,
        by: None,
        at: now,
    };
    let attack = Attack {
        kind: AttackKind::Spray,
        value: [7; 16],
        label: "198.51.100.0/24".to_owned(),
        first: now,
        last: now,
        counts: Counts::default(),
        touched: Vec::new(),
        alone: [].into(),
        owners: 0,
    };
    let decision = sample::making(
        77,
        [
            Change::Case(CaseChange::Opened(Box::new(case))),
            Change::Alert(Box::new(AlertChange::Raised { attack, at: now })),
        ],
    );
    let landed = store.commit(&decision, &[]).await.unwrap();
    assert_eq!(landed, sekisho_store::Committal::Committed);
}

fn refused<T>(answer: &StaffAnswer<T>, reason: Reason) -> bool {
    matches!(answer, StaffAnswer::Refused(said) if *said == reason)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_responders_the_second_is_shown_what_the_first_did_and_both_notes_stay() {
    for story in Story::each().await {
        found(&story).await;
        let gate = &story.here.gate;
        let responder = &[StaffRole::Operations];
        let sato = person(gate, "sato", responder).await;
        let tanaka = person_by(gate, &sato, ("tanaka", responder)).await;
        let (one, _) = signed_in(gate, &mut enrolled(gate, &sato, 7).await).await;
        let (two, _) = signed_in(gate, &mut enrolled(gate, &tanaka, 8).await).await;
        let ground = Ground::parse("console").unwrap();
        let StaffAnswer::Done(Some((shown, ..))) = gate.console_case(&one, CASE).await.unwrap()
        else {
            panic!("a case")
        };
        let take = (CASE, shown.revision, Attempt::Take);
        let taken = gate.console_change_case(&one, take, &ground).await.unwrap();
        assert!(matches!(taken, StaffAnswer::Done(())));
        for attempt in [Attempt::Take, Attempt::Close(CaseEnd::Genuine)] {
            let late = (CASE, shown.revision, attempt);
            let late = gate.console_change_case(&two, late, &ground).await.unwrap();
            assert!(refused(&late, Reason::CaseAltered), "{late:?}");
        }
        for (session, text) in [(&one, "電話した <b>"), (&two, "=1+1")] {
            let noted = gate.console_note(session, CASE, text).await.unwrap();
            assert!(matches!(noted, StaffAnswer::Done(())));
            story.here.pass(sekisho_core::moment::Span::seconds(1));
        }
        let StaffAnswer::Done(Some((shown, notes, _))) =
            gate.console_case(&two, CASE).await.unwrap()
        else {
            panic!("a case")
        };
        let texts: Vec<_> = notes.iter().map(|note| note.text.as_str()).collect();
        assert_eq!(texts, ["電話した <b>", "=1+1"]);
        let close = (CASE, shown.revision, Attempt::Close(CaseEnd::Fraud));
        let closed = gate
            .console_change_case(&two, close, &ground)
            .await
            .unwrap();
        assert!(matches!(closed, StaffAnswer::Done(())));
        let late = gate.console_note(&one, CASE, "late").await.unwrap();
        assert!(refused(&late, Reason::CaseClosed));
        assert!(entries(&story.here, "look", "case_show").await >= 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_look_reads_nothing_and_the_wish_is_in_the_record() {
    for story in Story::each().await {
        found(&story).await;
        let gate = &story.here.gate;
        let sato = person(gate, "sato", &[StaffRole::Operations]).await;
        let desk = person_by(gate, &sato, ("suzuki", &[StaffRole::Desk])).await;
        let (desk, _) = signed_in(gate, &mut enrolled(gate, &desk, 8).await).await;
        let cases = gate
            .console_cases(&desk, CaseList::Waiting, None)
            .await
            .unwrap();
        assert!(refused(&cases, Reason::StaffRole));
        let one = gate.console_case(&desk, CASE).await.unwrap();
        assert!(refused(&one, Reason::StaffRole));
        assert!(entries(&story.here, "look", "staff_role").await >= 2);
        let overview = gate.overview(&desk).await.unwrap();
        let StaffAnswer::Done(overview) = overview else {
            panic!("everybody sees the overview")
        };
        assert_eq!((overview.waiting.alerts, overview.waiting.cases), (1, 1));
        assert_eq!(overview.hours.len(), 24);
        let (sato, _) = signed_in(gate, &mut enrolled(gate, &sato, 7).await).await;
        let listed = gate
            .console_alerts(&sato, AlertList::Open, None)
            .await
            .unwrap();
        let StaffAnswer::Done((listed, _)) = listed else {
            panic!("alerts")
        };
        let id = listed.rows[0].id;
        let ground = Ground::parse("案件 2026-1").unwrap();
        story.here.pass(FRESH);
        let stale = gate.console_close_alert(&sato, id, &ground).await.unwrap();
        assert!(refused(&stale, Reason::ProofStale));
        assert!(refused(
            &gate.export_cases(&sato, CaseList::All).await.unwrap(),
            Reason::ProofStale
        ));
    }
}

/// An attack that entered the account of the story's customer.
async fn entered(story: &Story) -> AlertId {
    let store = story.here.place.store().await.unwrap();
    let reference = Reference::parse("C-1").unwrap();
    let customer = store.customer_by_reference(&reference).await.unwrap();
    let now = story.here.gate.now();
    let attack = Attack {
        kind: AttackKind::List,
        value: [8; 16],
        label: "198.51.100.9".to_owned(),
        first: now,
        last: now,
        counts: Counts {
            entered: 1,
            ..Counts::default()
        },
        touched: vec![Touched {
            customer: customer.unwrap().id,
            how: Touch::Entered,
            at: now,
            last: now,
        }],
        alone: [].into(),
        owners: 0,
    };
    let id = attack.id();
    let raised = AlertChange::Raised { attack, at: now };
    let decision = sample::making(78, [Change::Alert(Box::new(raised))]);
    let landed = store.commit(&decision, &[]).await.unwrap();
    assert_eq!(landed, sekisho_store::Committal::Committed);
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_to_all_is_given_to_those_who_were_shown_and_once() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let alert = entered(&story).await;
        let sato = person(gate, "sato", &[StaffRole::Operations]).await;
        let seer = person_by(gate, &sato, ("suzuki", &[StaffRole::Monitor])).await;
        let (sato, _) = signed_in(gate, &mut enrolled(gate, &sato, 7).await).await;
        let (seer, _) = signed_in(gate, &mut enrolled(gate, &seer, 8).await).await;
        let about = (alert, Response::Freeze);
        let ground = Ground::parse("案件 2026-1").unwrap();
        let not = gate.response_preview(&seer, about).await.unwrap();
        assert!(refused(&not, Reason::StaffRole));
        let StaffAnswer::Done(Some(shown)) = gate.response_preview(&sato, about).await.unwrap()
        else {
            panic!("a preview")
        };
        assert_eq!((shown.rows.len(), shown.before), (1, 0));
        let digest = shown.digest.to_string();
        // Another response, or others, than were shown: nothing is done.
        for (response, agreed) in [
            (Response::EndSessions, digest.as_str()),
            (Response::Freeze, ""),
        ] {
            let asked = (alert, response, agreed);
            let altered = gate.respond_all(&sato, asked, &ground).await.unwrap();
            assert!(matches!(altered, StaffAnswer::Done(Responded::Altered(_))));
        }
        let asked = (alert, Response::Freeze, digest.as_str());
        let not = gate.respond_all(&seer, asked, &ground).await.unwrap();
        assert!(refused(&not, Reason::StaffRole));
        let done = gate.respond_all(&sato, asked, &ground).await.unwrap();
        let StaffAnswer::Done(Responded::Done { done, before }) = done else {
            panic!("{done:?}")
        };
        assert_eq!((done, before), (1, 0));
        let again = gate.respond_all(&sato, asked, &ground).await.unwrap();
        let StaffAnswer::Done(Responded::Altered(left)) = again else {
            panic!("{again:?}")
        };
        assert_eq!((left.rows.len(), left.before), (0, 1));
        story.here.pass(FRESH);
        let stale = gate.respond_all(&sato, asked, &ground).await.unwrap();
        assert!(refused(&stale, Reason::ProofStale));
        assert_eq!(entries(&story.here, "respond", "responded").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_taken_as_it_was_shown_and_what_nobody_takes_is_overdue() {
    for story in Story::each().await {
        found(&story).await;
        let gate = &story.here.gate;
        let responder = &[StaffRole::Operations];
        let sato = person(gate, "sato", responder).await;
        let tanaka = person_by(gate, &sato, ("tanaka", responder)).await;
        let mori = person_by(gate, &sato, ("mori", &[StaffRole::Monitor])).await;
        let overdue = async |session| match gate.overview(session).await.unwrap() {
            StaffAnswer::Done(overview) => (overview.overdue.alerts, overview.overdue.cases),
            other => panic!("{other:?}"),
        };
        let (monitor, _) = signed_in(gate, &mut enrolled(gate, &mori, 9).await).await;
        assert_eq!(overdue(&monitor).await, (0, 0));
        story.here.pass(sekisho_core::moment::Span::hours(9));
        let (one, _) = signed_in(gate, &mut enrolled(gate, &sato, 7).await).await;
        let (two, _) = signed_in(gate, &mut enrolled(gate, &tanaka, 8).await).await;
        assert_eq!(overdue(&one).await, (1, 1));
        let listed = gate.console_alerts(&one, AlertList::Open, None).await;
        let StaffAnswer::Done((listed, _)) = listed.unwrap() else {
            panic!("alerts")
        };
        let id = listed.rows[0].id;
        let take = |session, seen| gate.take_alert(session, (id, seen));
        assert!(matches!(
            take(&one, None).await.unwrap(),
            StaffAnswer::Done(true)
        ));
        let late = take(&two, None).await.unwrap();
        assert!(refused(&late, Reason::AlertAltered), "{late:?}");
        let StaffAnswer::Done(Some((shown, ..))) = gate.console_alert(&two, id).await.unwrap()
        else {
            panic!("an alert")
        };
        let since = shown.taken.map(|(_, since)| since);
        assert!(matches!(
            take(&two, since).await.unwrap(),
            StaffAnswer::Done(true)
        ));
        assert_eq!(overdue(&one).await, (0, 1));
        let gone = gate
            .take_alert(&one, (AlertId([9; 16]), None))
            .await
            .unwrap();
        assert!(matches!(gone, StaffAnswer::Done(false)));
        let again = take(&monitor, None).await.unwrap();
        assert!(
            refused(&again, Reason::SessionMissing),
            "its session is over"
        );
        // Two took it, and one came too late.
        assert_eq!(entries(&story.here, "alert", "taken").await, 3);
    }
}
