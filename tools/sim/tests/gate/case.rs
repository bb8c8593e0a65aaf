//! Cases: opened once, their customers asked once, and what a person says closes them.

use sekisho_core::access::{Access, Act, OperationKind};
use sekisho_core::case::{Attempt, Telling};
use sekisho_core::claim::Work;
use sekisho_core::decision::Decision;
use sekisho_core::entry::{Actor, Entry};
use sekisho_core::id::{CustomerId, DecisionId};
use sekisho_core::known::{CaseEnd, CaseKnown, StaffRole, Worry};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::reason::Reason;
use sekisho_core::sighting::{Ending, Scope, Sighting, Trait, TraitKind};
use sekisho_core::sweep::{Finding, Look, Suspicion};
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::{Verdict, VerdictKind};
use sekisho_gate::{
    Body, CasesOpened, DailyLook, Gate, Record, Reported, StaffAnswer, StaffClaim, Sweep,
    SweepQuestion,
};
use sekisho_sim::installation::{Installation, visitor};
use sekisho_sim::sample::raw;
use sekisho_store::{CaseQuestion, Committal, Store};

use tokio_util::sync::CancellationToken;

use super::guess::entries;
use super::stop::{person, person_by};

const HOME: [u8; 4] = [203, 0, 113, 7];
const ELSEWHERE: [u8; 4] = [198, 51, 100, 66];

fn ground() -> Ground {
    Ground::parse("他社での資金流出、案件 2026-121").unwrap()
}

async fn customer(store: &Store, reference: &str) -> CustomerId {
    let reference = Reference::parse(reference).unwrap();
    store
        .customer_by_reference(&reference)
        .await
        .unwrap()
        .unwrap()
        .id
}

/// The customer did something at a place, and it ended well.
async fn landed(
    store: &Store,
    who: CustomerId,
    (act, place): (&str, [u8; 4]),
    at: Moment,
) -> DecisionId {
    let id = DecisionId(raw(7, u64::try_from(at.0).unwrap()));
    let act = match act {
        "sign_in" => Act::SignIn,
        kind => Act::Confirm(OperationKind::parse(kind).unwrap()),
    };
    let mut decision = Decision::of(Entry {
        id,
        at,
        act: act.clone(),
        actor: Actor::Customer,
        customer: Some(who),
        operation: None,
        verdict: Verdict::Allow,
        reasons: vec![Reason::Proved],
        policy: "test".to_owned(),
        facts: "{}".to_owned(),
    });
    let access = Access {
        decision: id,
        customer: who,
        at,
        act,
        ending: Ending::Success,
        verdict: VerdictKind::Allow,
        address: Some(std::net::IpAddr::from(place).into()),
        system: None,
        country: None,
        device: None,
        client: None,
        application: None,
    };
    let seen = |seen| Sighting {
        seen,
        customer: who,
        at,
        ending: Ending::Success,
        scope: Scope::Access,
    };
    decision.sightings = Trait::of_context(&access.context())
        .into_iter()
        .map(seen)
        .collect();
    decision.access = Some(access);
    assert_eq!(
        store.commit(&decision, &[]).await.unwrap(),
        Committal::Committed
    );
    id
}

/// A customer of forty days whose payout account was changed elsewhere two days before the gate's
/// day, where another customer was seen too, and whose money was sent from there on that day.
struct World {
    here: Installation,
    day: Moment,
    changed: DecisionId,
    sent: DecisionId,
}

impl World {
    async fn each() -> Vec<Self> {
        let mut all = Vec::new();
        for here in Installation::each("jsda-2025").await.unwrap() {
            here.customer("C-1", "taro@example.jp").await.unwrap();
            here.customer("C-2", "jiro@example.jp").await.unwrap();
            let store = here.place.store().await.unwrap();
            let (taro, jiro) = (customer(&store, "C-1").await, customer(&store, "C-2").await);
            let now = here.gate.now();
            let daily = here.gate.policy().daily;
            let (day, _) = sekisho_core::sweep::due(None, now, &daily).unwrap();
            let long = day.minus(Span::days(40));
            landed(&store, taro, ("sign_in", HOME), long).await;
            landed(
                &store,
                jiro,
                ("sign_in", ELSEWHERE),
                long.plus(Span::days(30)),
            )
            .await;
            let before = day.minus(Span::hours(2));
            let changed = landed(&store, taro, ("payout_account_change", ELSEWHERE), before).await;
            let at = day.plus(Span::hours(1));
            let sent = landed(&store, taro, ("withdraw", ELSEWHERE), at).await;
            // What the other one does at home is nobody's business.
            let home = day.plus(Span::hours(2));
            landed(
                &store,
                jiro,
                ("withdraw", ELSEWHERE),
                home.plus(Span::hours(9)),
            )
            .await;
            all.push(Self {
                here,
                day,
                changed,
                sent,
            });
        }
        all
    }

    async fn sweep(&self, by: &StaffClaim) -> Sweep {
        let question = SweepQuestion {
            kinds: vec![OperationKind::parse("payout_account_change").unwrap()],
            from: self.day.minus(Span::days(70)),
            until: self.here.gate.now(),
            application: None,
            traits: vec![TraitKind::Address],
            look: Look::USUAL,
            only: Vec::new(),
        };
        match self.here.gate.sweep(by, question, ground()).await.unwrap() {
            StaffAnswer::Done(sweep) => sweep,
            other => panic!("{other:?}"),
        }
    }

    /// The codes of the messages that ask.
    async fn asked(&self) -> Vec<String> {
        let messages = self.here.messages().await.unwrap();
        let asks = messages.iter().filter_map(|message| match &message.body {
            Body::Check(told) => Some(told.report.clone()),
            _ => None,
        });
        asks.collect()
    }
}

async fn opened(world: &World, by: &StaffClaim) -> CasesOpened {
    let mut sweep = world.sweep(by).await;
    let mut all = CasesOpened::default();
    while let Some(page) = sweep.next().await.unwrap() {
        let opening = sweep.open_cases(&page, &[Finding::Touched], Telling::Ask);
        all = all.and(opening.await.unwrap());
    }
    all
}

async fn daily(gate: &Gate) -> Result<Option<DailyLook>, sekisho_gate::Fault> {
    gate.look_daily(gate.now(), &CancellationToken::new()).await
}

async fn listed(gate: &Gate, by: &StaffClaim, asked: CaseQuestion) -> Vec<CaseKnown> {
    match gate.cases(by, (&asked, 10), ground()).await.unwrap() {
        StaffAnswer::Done(cases) => cases,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_opened_once_and_its_customer_asked_once_however_many_sweep() {
    for world in World::each().await {
        let by = person(&world.here.gate, "sato", &[StaffRole::Operations]).await;
        let (one, other) = tokio::join!(opened(&world, &by), opened(&world, &by));
        let all = one.and(other);
        assert_eq!(
            (all.opened, all.already, all.messages),
            (1, 1, 1),
            "{all:?}"
        );
        assert_eq!(opened(&world, &by).await.already, 1);
        let codes = world.asked().await;
        let [code] = codes.as_slice() else {
            panic!("one message: {codes:?}");
        };
        let cases = listed(&world.here.gate, &by, CaseQuestion::Waiting).await;
        let [case] = cases.as_slice() else {
            panic!("one case: {cases:?}");
        };
        assert_eq!(case.about, world.changed);
        assert_eq!(case.customer.as_str(), "C-1");
        assert_eq!(case.worry, Worry::Operation(Finding::Touched));
        assert!(case.opened_by.is_some());
        // The code freezes the account as any other does.
        let from = visitor(HOME);
        let said = world.here.gate.report_code(code, &from).await.unwrap();
        assert_eq!(said, Reported::Frozen);
        let mine = CaseQuestion::Of(Reference::parse("C-1").unwrap());
        assert_eq!(listed(&world.here.gate, &by, mine).await.len(), 1);
        let nobody = CaseQuestion::Of(Reference::parse("C-2").unwrap());
        assert!(listed(&world.here.gate, &by, nobody).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_opens_a_case_in_silence_keeps_nobody_from_asking() {
    for world in World::each().await {
        let by = person(&world.here.gate, "sato", &[StaffRole::Operations]).await;
        let mut sweep = world.sweep(&by).await;
        let page = sweep.next().await.unwrap().unwrap();
        let page = if page.is_empty() {
            sweep.next().await.unwrap().unwrap()
        } else {
            page
        };
        let silent = sweep.open_cases(&page, &[Finding::Touched], Telling::Silent);
        let silent = silent.await.unwrap();
        assert_eq!((silent.opened, silent.messages), (1, 0));
        assert!(world.asked().await.is_empty());
        let asked = opened(&world, &by).await;
        assert_eq!((asked.opened, asked.already, asked.messages), (0, 1, 1));
        let again = opened(&world, &by).await;
        assert_eq!((again.already, again.messages), (1, 0));
        assert_eq!(world.asked().await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_close_a_case_one_does_and_nobody_else_may() {
    for world in World::each().await {
        let gate = world.here.gate.clone();
        let sato = person(&gate, "sato", &[StaffRole::Operations]).await;
        let tanaka = person_by(&gate, &sato, ("tanaka", &[StaffRole::Operations])).await;
        let desk = person_by(&gate, &sato, ("desk", &[StaffRole::Desk])).await;
        opened(&world, &sato).await;
        let id = listed(&gate, &sato, CaseQuestion::Waiting).await[0].id;
        let why = ground();
        let say = |by, attempt| {
            let (gate, why) = (gate.clone(), why.clone());
            async move { gate.change_case(by, (id, attempt), &why).await.unwrap() }
        };
        let refused = say(&desk, Attempt::Close(CaseEnd::Genuine)).await;
        assert!(matches!(refused, StaffAnswer::Refused(Reason::StaffRole)));
        let mine = say(&sato, Attempt::Close(CaseEnd::Genuine)).await;
        assert!(matches!(mine, StaffAnswer::Refused(Reason::SamePerson)));
        assert!(matches!(
            say(&tanaka, Attempt::Take).await,
            StaffAnswer::Done(())
        ));
        let (one, other) = tokio::join!(
            say(&sato, Attempt::Close(CaseEnd::Fraud)),
            say(&tanaka, Attempt::Close(CaseEnd::Genuine)),
        );
        let done = |answer: &StaffAnswer<()>| matches!(answer, StaffAnswer::Done(()));
        let closed =
            |answer: &StaffAnswer<()>| matches!(answer, StaffAnswer::Refused(Reason::CaseClosed));
        assert!(
            done(&one) && closed(&other) || done(&other) && closed(&one),
            "{one:?} {other:?}"
        );
        assert!(listed(&gate, &sato, CaseQuestion::Waiting).await.is_empty());
        let since = CaseQuestion::Since(world.day.minus(Span::days(1)));
        let case = listed(&gate, &sato, since).await.remove(0);
        let (.., end) = case.closed.unwrap();
        assert_eq!(end == CaseEnd::Fraud, done(&one));
        assert!(case.taken.is_some());
        let refused = gate
            .cases(&desk, (&CaseQuestion::Waiting, 10), ground())
            .await;
        assert!(matches!(
            refused.unwrap(),
            StaffAnswer::Refused(Reason::StaffRole)
        ));
        assert_eq!(entries(&world.here, "case", "case_closed").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_case_was_is_the_outcome_of_what_was_decided() {
    for (end, said) in [
        (CaseEnd::Fraud, Some("confirmed_fraud")),
        (CaseEnd::Genuine, Some("confirmed_genuine")),
        (CaseEnd::Unclear, None),
    ] {
        for world in World::each().await {
            let gate = world.here.gate.clone();
            let sato = person(&gate, "sato", &[StaffRole::Operations]).await;
            let tanaka = person_by(&gate, &sato, ("tanaka", &[StaffRole::Operations])).await;
            opened(&world, &sato).await;
            let id = listed(&gate, &sato, CaseQuestion::Waiting).await[0].id;
            let place = &world.here.place;
            let store = place.store().await.unwrap();
            let before = place.contents(&store).await.unwrap();
            let close = (id, Attempt::Close(end));
            let closed = gate.change_case(&tanaka, close, &ground()).await.unwrap();
            assert!(matches!(closed, StaffAnswer::Done(())), "{end:?}");
            let after = place.contents(&store).await.unwrap();
            let rows: Vec<_> = after["outcome"].iter().collect();
            match said {
                Some(said) => assert!(rows.len() == 1 && rows[0].contains(said), "{rows:?}"),
                None => assert!(rows.is_empty(), "{rows:?}"),
            }
            // A thief's place is not the customer's any more; nothing else is forgotten.
            let unlike = before["sighting"] != after["sighting"];
            assert_eq!(unlike, end == CaseEnd::Fraud, "{end:?}");
            let (found, _) = store.judged_in(world.changed).await.unwrap().unwrap();
            assert_eq!(found, world.changed);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_day_is_looked_at_once_by_whichever_node_and_missed_ones_are_made_up_for() {
    for world in World::each().await {
        let gate = world.here.gate.clone();
        let other = world.here.another_node().await.unwrap();
        super::evidence::claimed(&world.here, Work::DailyLook).await;
        assert_eq!(daily(&gate).await.unwrap(), None, "another node is at it");
        world.here.pass(Work::DailyLook.span());
        let (one, two) = tokio::join!(daily(&gate), daily(&other));
        let looks = [one.unwrap(), two.unwrap()];
        let first = looks.iter().flatten().next().expect("the day is due");
        assert_eq!(
            (first.from, first.until),
            (world.day, world.day.plus(Span::days(1)))
        );
        assert_eq!(first.found.iter().sum::<u64>(), 2);
        let alarms = Suspicion::ALL.iter().zip(first.found);
        let alarms: u64 = alarms
            .filter(|(one, _)| **one == Suspicion::Alarm)
            .map(|(_, count)| count)
            .sum();
        assert_eq!(alarms, 1);
        assert_eq!(world.asked().await.len(), 1, "asked once, by two nodes");
        assert_eq!(daily(&gate).await.unwrap(), None, "no other day is over");
        let by = person(&gate, "sato", &[StaffRole::Operations]).await;
        let case = listed(&gate, &by, CaseQuestion::Waiting).await.remove(0);
        assert_eq!(case.about, world.sent);
        assert_eq!(case.opened_by, None);
        assert_eq!(case.worry, Worry::Withdrawal(Suspicion::Alarm));
        world.here.pass(Span::days(3));
        for day in 1..=3 {
            let look = daily(&gate).await.unwrap().expect("a day was missed");
            assert_eq!(look.from, world.day.plus(Span::days(day)));
        }
        assert_eq!(daily(&gate).await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_signed_for_whoever_may_and_read_after_its_key_was_rotated() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let gate = here.gate.clone();
        let sato = person(&gate, "sato", &[StaffRole::Operations]).await;
        let desk = person_by(&gate, &sato, ("desk", &[StaffRole::Desk])).await;
        let report = serde_json::json!({ "summary": { "operations": 3 }, "files": {} });
        let refused = gate.sign_incident(&desk, &report, ground()).await.unwrap();
        assert!(matches!(refused, StaffAnswer::Refused(Reason::StaffRole)));
        let signed = match gate.sign_incident(&sato, &report, ground()).await.unwrap() {
            StaffAnswer::Done(signed) => signed,
            other => panic!("{other:?}"),
        };
        gate.rotate_signing_key().await.unwrap();
        here.pass(Span::days(400));
        let read = gate.read_incident(&signed).await.unwrap().unwrap();
        assert_eq!(read.report["summary"], report["summary"]);
        assert_eq!(read.report["iss"], gate.issuer());
        assert_eq!(read.record, Record::Has);
        let mut changed = signed.clone();
        let last = changed.pop().unwrap();
        changed.push(if last == 'A' { 'Q' } else { 'A' });
        assert!(gate.read_incident(&changed).await.unwrap().is_err());
    }
}
