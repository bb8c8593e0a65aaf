//! Samples of the page of operations that wait.
//!
//! **Invariant:** each thing that an operation may wait for is shown.

use sekisho_core::id::OperationId;
use sekisho_core::moment::Moment;
use sekisho_gate::{WaitingOperation, Waits};

use super::super::cancel::{CancelPage, WaitingLine};
use super::{Sample, World, sample};

const AT: Moment = Moment::from_unix_seconds(1_795_219_200);

impl World {
    fn waiting(&self, waits: Waits) -> WaitingLine {
        let waiting = WaitingOperation {
            id: OperationId([4; 16]),
            name: self.text.clone(),
            application: self.text.clone(),
            amount: Some("150,000 JPY".into()),
            payee: Some(self.text.clone()),
            created: AT,
            waits,
        };
        WaitingLine::of(&waiting, "token".into(), self.locale)
    }

    pub(super) fn cancellations(&self) -> Vec<Sample> {
        let words = self.texts().cancel;
        let page = |operations: Vec<WaitingLine>| CancelPage {
            f: self.member("/operations").headed(words.title),
            told: Some(words.cancelled),
            operations,
        };
        let all = [
            Waits::Person(vec![words.person]),
            Waits::Time(AT, vec![words.held, words.pending]),
            Waits::Confirmation(AT),
            Waits::Application(AT),
        ];
        vec![
            sample("cancel", &page(all.map(|waits| self.waiting(waits)).into())),
            sample("cancel, none", &page(Vec::new())),
        ]
    }
}
