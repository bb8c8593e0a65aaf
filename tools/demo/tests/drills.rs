//! The drills against a demo that runs beside the test, as anybody plays them: over HTTP.

#![cfg(test)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may; the lint sees only test functions, not what they share"
)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sekisho_browser::{Browser, Seat, html, http};
use sekisho_drill::alerts::Watch;
use sekisho_drill::drills::{ALL, Name};
use sekisho_drill::report::Report;
use sekisho_drill::score::Step;
use sekisho_drill::target::Target;
use sekisho_drill::{Settings, play};
use serde_json::Value;

/// A demo of its own; it ends with the test.
struct Demo {
    child: Child,
    messages: String,
    _folder: tempfile::TempDir,
}

impl Demo {
    async fn begin(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let told = folder.path().join("told.json");
        let mut child = Command::new(env!("CARGO_BIN_EXE_sekisho-demo"))
            .args(["--customers", "400", "--serve-json"])
            .arg(&told)
            .args(more)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = said(&told, &mut child).await;
        Self {
            child,
            messages: said["messages"].as_str().unwrap().to_owned(),
            _folder: folder,
        }
    }

    async fn plays(&self, name: Name) -> Report {
        let target = format!("{}/drill.json", self.messages);
        let target = Target::read(&target).await.unwrap();
        target.permit(&[]).unwrap();
        let watch = Watch::Page(target.alerts.clone().unwrap());
        // Ten seconds: the demo looks for attacks every five.
        let settings = Settings {
            rate: 100.0,
            patience: Duration::from_secs(10),
            ..Settings::usual(watch)
        };
        play(name, &target, settings).await.unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// Waits for the demo, which writes the file when everything answers.
async fn said(file: &Path, child: &mut Child) -> Value {
    for _ in 0..20_000 {
        if let Ok(text) = std::fs::read_to_string(file) {
            return serde_json::from_str(&text).unwrap();
        }
        assert!(child.try_wait().unwrap().is_none(), "the demo ended");
        tokio::time::sleep(Duration::from_millis(9)).await;
    }
    panic!("no demo after three minutes")
}

fn through(report: &Report) -> u32 {
    report.steps.iter().map(|step| step.through).sum()
}

/// How often each step was sent, refused, asked for more, held and let through.
fn scores(report: &Report) -> Vec<[u32; 5]> {
    let row = |step: &Step| {
        [
            step.sent,
            step.refused,
            step.stepped_up,
            step.held,
            step.through,
        ]
    };
    report.steps.iter().map(row).collect()
}

fn unmet(report: &Report) -> Vec<&str> {
    let unmet = report.demands.iter().filter(|demand| !demand.met);
    unmet.map(|demand| demand.what.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_scores_as_it_should() {
    let demo = Demo::begin(&[]).await;
    a_hijacker_with_every_code_changes_one_account_and_moves_no_money(&demo).await;
    a_copied_cookie_opens_nothing(&demo).await;
    lists_and_sprays_enter_nobody_and_are_found_while_they_go_on(&demo).await;
    a_swapped_number_and_a_row_of_numbers_get_no_money(&demo).await;
    a_button_plays_one_drill_at_a_time(&demo).await;
}

async fn a_swapped_number_and_a_row_of_numbers_get_no_money(demo: &Demo) {
    let report = demo.plays(Name::SimSwap).await;
    let said = report.markdown();
    assert!(report.passed, "{said}");
    // The owner's own sign-in, the thief's; what moves money waits, and a new password takes more.
    let score = [
        [1, 0, 0, 0, 1],
        [1, 0, 0, 0, 1],
        [1, 0, 0, 1, 0],
        [1, 0, 0, 1, 0],
        [1, 0, 1, 0, 0],
    ];
    assert_eq!(scores(&report), score, "{said}");
    let report = demo.plays(Name::Pumping).await;
    let said = report.markdown();
    assert!(report.passed, "{said}");
    assert_eq!(report.told.get("SMS"), Some(&50), "{said}");
}

async fn a_button_plays_one_drill_at_a_time(demo: &Demo) {
    let seat = Seat {
        address: "127.0.0.1".parse().unwrap(),
        user_agent: "test".to_owned(),
    };
    let mut browser = Browser::new(http().unwrap(), seat);
    let address = format!("{}/drills", demo.messages);
    let first = browser.open(&address).await.unwrap();
    for name in ALL {
        assert!(first.html.contains(&format!("/drills/{}\"", name.word())));
    }
    let button = format!("/drills/{}", Name::InsiderExport.word());
    let mut page = browser.press(&first, &button).await.unwrap();
    assert!(page.html.contains("行っています"), "{}", page.told());
    // The form of the page before it, while one is played: nothing else begins.
    browser.press(&first, "/drills/spray").await.unwrap();
    while page.html.contains("行っています") {
        tokio::time::sleep(Duration::from_millis(9)).await;
        page = browser.open(&address).await.unwrap();
    }
    let said = html::attribute(&page.html, "data-drill");
    assert_eq!(said.as_deref(), Some("insider-export"), "{}", page.told());
    let passed = html::attribute(&page.html, "data-passed");
    assert_eq!(passed.as_deref(), Some("true"), "{}", page.told());

    let mut forged = first.clone();
    let csrf = html::forms(&first.html)[0].inputs[0].value.clone();
    forged.html = forged
        .html
        .replace(&csrf, "0123456789abcdef0123456789abcdef");
    let refused = browser.press(&forged, "/drills/spray").await.unwrap();
    assert_eq!(refused.status, 404);
}

async fn lists_and_sprays_enter_nobody_and_are_found_while_they_go_on(demo: &Demo) {
    for (name, hits) in [(Name::Stuffing, 3), (Name::Spray, 1)] {
        let report = demo.plays(name).await;
        let said = report.markdown();
        assert!(report.passed, "{said}");
        assert_eq!((through(&report), report.entered.len()), (0, 0), "{said}");
        let stepped: u32 = report.steps.iter().map(|step| step.stepped_up).sum();
        assert_eq!(stepped, hits, "{said}");
        assert!(report.first_alert_seconds.is_some(), "{said}");
    }
}

async fn a_hijacker_with_every_code_changes_one_account_and_moves_no_money(demo: &Demo) {
    let report = demo.plays(Name::PayoutHijack).await;
    let said = report.markdown();
    assert!(report.passed, "{said}");
    // In, changed, withdrawn, and once more after the customer said that it was not them. The first
    // change goes through: its customer gave the code away. The account is then somebody's already.
    let score = [
        [3, 0, 0, 0, 3],
        [3, 0, 0, 2, 1],
        [3, 0, 0, 3, 0],
        [1, 1, 0, 0, 0],
    ];
    assert_eq!(scores(&report), score, "{said}");
    // The second and the third customer wait for a person, so nobody registers the account a third
    // time, and the kind of alert that counts registrations does not come.
    assert_eq!(report.first_alert_seconds, None, "{said}");
}

async fn a_copied_cookie_opens_nothing(demo: &Demo) {
    let report = demo.plays(Name::SessionTheft).await;
    let said = report.markdown();
    let score = [
        [1, 0, 0, 0, 1],
        [4, 4, 0, 0, 0],
        [1, 1, 0, 0, 0],
        [1, 1, 0, 0, 0],
        [1, 0, 1, 0, 0],
        [1, 0, 0, 1, 0],
    ];
    assert_eq!(scores(&report), score, "{said}");
    assert!(unmet(&report).is_empty() && report.passed, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_is_not_passed_where_nobody_looks_for_attacks() {
    let demo = Demo::begin(&["--danger-unwatched"]).await;
    let target = format!("{}/drill.json", demo.messages);
    let target = Target::read(&target).await.unwrap();
    let settings = Settings {
        rate: 100.0,
        patience: Duration::from_secs(12),
        ..Settings::usual(Watch::Page(target.alerts.clone().unwrap()))
    };
    let report = play(Name::Stuffing, &target, settings).await.unwrap();
    assert_eq!(unmet(&report), ["an alert within 12 s of the last attempt"]);
    assert!(!report.passed && report.alerts.is_empty());
}
