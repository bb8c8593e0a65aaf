//! A flood of sign-ins: the pool is full, and nothing else is.

use sekisho_core::judge::Check;
use sekisho_core::proof::Method;
use sekisho_core::text::Reference;
use sekisho_core::verdict::VerdictKind;
use sekisho_gate::{Fault, HashPool, JudgeRequest, Judged, RequestContext, SignInAnswer};
use sekisho_sim::installation::{Installation, LOGIN, PASSWORD, typed, visitor};
use tokio::sync::oneshot;

/// How many there is room for: one hashes, three wait.
const ROOM: usize = 4;

/// Ten times as many as there is room for, from as many networks, while no hash comes to an end:
/// each that finds no room is told so at once, decisions of other acts go on as if nothing was, and
/// nobody's tries are used up by what was never looked at.
#[tokio::test(flavor = "multi_thread")]
async fn ten_times_what_there_is_room_for_stops_nothing_else() {
    let pool = HashPool::new(1, ROOM - 1);
    for here in Installation::each_with("jsda-2025", &pool).await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let caller = here.application("a").await.unwrap();
        // A hash that lasts until the test says so.
        let (end, ended) = oneshot::channel::<()>();
        let admitted = pool.enter(None).unwrap();
        let long = tokio::spawn(async move {
            admitted
                .run(move || ended.blocking_recv().is_ok())
                .await
                .unwrap()
        });
        let flood: Vec<_> = (0..10 * ROOM)
            .map(|number| {
                let gate = here.gate.clone();
                let from = visitor([198, 18, u8::try_from(number).unwrap(), 9]);
                tokio::spawn(async move { gate.sign_in(typed("no password", &from)).await })
            })
            .collect();
        // Those sent away are done although no hash ended; those let in are not.
        let away = 10 * ROOM - (ROOM - 1);
        while flood.iter().filter(|attempt| attempt.is_finished()).count() < away {
            tokio::task::yield_now().await;
        }
        let mut sent_away = 0;
        let mut waiting = Vec::new();
        for attempt in flood {
            if attempt.is_finished() {
                let refused = attempt.await.unwrap().unwrap_err();
                let Fault::Overloaded {
                    retry_after_seconds,
                } = refused
                else {
                    panic!("{refused:?}")
                };
                assert!((1..=60).contains(&retry_after_seconds));
                sent_away += 1;
            } else {
                waiting.push(attempt);
            }
        }
        assert_eq!((sent_away, waiting.len()), (away, ROOM - 1));

        for _ in 0..20 {
            let judged = here.gate.judge(request(&caller)).await.unwrap();
            let Judged::Decided(view) = judged else {
                panic!("{judged:?}")
            };
            assert_eq!(view.verdict, VerdictKind::StepUp);
        }
        end.send(()).unwrap();
        assert!(long.await.unwrap());
        for attempt in waiting {
            let answer = attempt.await.unwrap().unwrap();
            assert!(matches!(answer, SignInAnswer::Refused), "{answer:?}");
        }
        // Three tries were used of five, not forty: the owner is served.
        let home = visitor([203, 0, 113, 7]);
        let answer = here.gate.sign_in(typed(PASSWORD, &home)).await.unwrap();
        assert!(matches!(answer, SignInAnswer::StepUp { .. }), "{answer:?}");
    }
}

fn request(caller: &sekisho_gate::Caller) -> JudgeRequest {
    JudgeRequest {
        way: sekisho_core::known::Way::default(),
        application: caller.application,
        customer: Reference::parse("C-9").unwrap(),
        operation: None,
        context: RequestContext {
            address: Some([203, 0, 113, 7].into()),
            user_agent: None,
            device: None,
        },
        when: sekisho_gate::When::Now,
        verified: vec![Method::Password],
        check: Check::Passed,
        idempotency: None,
    }
}
