//! Reminders of old passwords: one each, however often and wherever it is begun.

use sekisho_core::moment::Span;
use sekisho_gate::Reminding;
use sekisho_sim::installation::{Installation, LOGIN};

/// Reminds everybody; how many were told and spared.
async fn run(here: &Installation, reminding: Reminding) -> (u64, u64) {
    let mut reminders = here.gate.reminders(reminding).unwrap();
    while here.gate.remind(&mut reminders).await.unwrap() {}
    (reminders.told, reminders.spared)
}

async fn messages(here: &Installation) -> usize {
    let store = here.place.store().await.unwrap();
    here.place.contents(&store).await.unwrap()["notice"].len()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_is_told_once_in_its_time() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        for number in 2..=300 {
            let (reference, mail) = (format!("C-{number}"), format!("c{number}@example.jp"));
            here.customer(&reference, &mail).await.unwrap();
        }
        assert_eq!(run(&here, Reminding::Telling).await, (0, 0), "none is old");
        here.pass(Span::days(181));
        let before = messages(&here).await;
        assert_eq!(run(&here, Reminding::Counting).await, (300, 0));
        assert_eq!(messages(&here).await, before, "counting tells nobody");
        let (one, other) = tokio::join!(
            run(&here, Reminding::Telling),
            run(&here, Reminding::Telling)
        );
        assert_eq!((one.0 + other.0, one.1 + other.1), (300, 300));
        assert_eq!(messages(&here).await, before + 300);
        here.gate.remove_expired().await.unwrap();
        here.pass(Span::days(179));
        here.gate.remove_expired().await.unwrap();
        assert_eq!(run(&here, Reminding::Telling).await, (0, 300));
        here.pass(Span::days(2));
        assert_eq!(run(&here, Reminding::Telling).await, (300, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_without_reminders_reminds_nobody() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        assert!(here.gate.reminders(Reminding::Telling).is_none());
    }
}
