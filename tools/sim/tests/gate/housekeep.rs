//! Housekeeping: what expired goes, what matters stays.

use secrecy::ExposeSecret as _;
use sekisho_core::moment::Span;
use sekisho_sim::installation::{Installation, LOGIN, PASSWORD, anywhere, typed, visitor};

#[tokio::test(flavor = "multi_thread")]
async fn what_expired_goes_and_the_record_stays() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        here.customer("C-1", LOGIN).await.unwrap();
        let home = visitor([203, 0, 113, 7]);
        let opened = here.signed_in(&home).await.unwrap();
        here.gate.sign_in(typed(PASSWORD, &home)).await.unwrap();
        let store = here.place.store().await.unwrap();
        let before = here.place.contents(&store).await.unwrap();
        here.gate.remove_expired().await.unwrap();
        let same = here.place.contents(&store).await.unwrap();
        for table in ["session", "interaction", "challenge", "report_code"] {
            assert!(!before[table].is_empty(), "{table}");
            assert_eq!(
                before[table], same[table],
                "{table}: nothing is removed before its time"
            );
        }
        here.pass(Span::days(5));
        here.gate.remove_expired().await.unwrap();
        let after = here.place.contents(&store).await.unwrap();
        for table in ["session", "interaction", "challenge", "report_code"] {
            assert!(after[table].is_empty(), "{table}");
        }
        for table in [
            "access",
            "sighting",
            "notice",
            "customer",
            "channel",
            "credential",
        ] {
            assert_eq!(before[table], after[table], "{table}");
        }
        assert!(after["entry"].len() > before["entry"].len());
        here.pass(Span::days(31));
        here.gate.remove_expired().await.unwrap();
        let later = here.place.contents(&store).await.unwrap();
        assert!(!before["guess"].is_empty() && later["guess"].is_empty());
        let cookie = opened.session.text().expose_secret();
        assert!(
            here.gate
                .session(cookie, &anywhere())
                .await
                .unwrap()
                .is_none()
        );
    }
}
