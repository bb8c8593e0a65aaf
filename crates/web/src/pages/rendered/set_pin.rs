//! Samples of what is shown of the transaction PIN.
//!
//! **Invariant:** a sample is filled as the page would be.

use sekisho_core::moment::Moment;
use sekisho_core::policy::{PinForm, PinPolicy};
use sekisho_core::reason::Reason;
use sekisho_gate::PinView;

use super::{Sample, World, erring, sample};
use crate::forms::Errors;
use crate::pages::set_pin::{SetPinPage, Step, wrong};

impl World {
    pub(super) fn set_pin(&self) -> Vec<Sample> {
        let texts = self.texts();
        let rules = &self.policy.password;
        let view = |form, longest, there: bool| PinView {
            policy: PinPolicy {
                form,
                shortest: 6,
                longest,
            },
            since: there.then_some(Moment::from_unix_seconds(1_795_219_200)),
            held_hours: 24,
            settable: true,
        };
        let page = |view: &PinView, step: Step, errors: Errors| {
            let frame = self.member("/security/pin");
            SetPinPage::framed(frame, (view, rules), step, "token".into(), errors)
        };
        let (first, there) = (
            view(PinForm::Digits, 6, false),
            view(PinForm::Password, 16, true),
        );
        let mut old = first;
        old.settable = false;
        let mut told = page(
            &view(PinForm::Digits, 8, true),
            Step::Change,
            Errors::none(),
        );
        told.told = Some(self.text.clone());
        let mut errors = wrong(texts, (&first, rules), Reason::ALL);
        errors.add("current", self.text.clone());
        vec![
            sample(
                "set_pin, first",
                &page(&first, Step::Change, Errors::none()),
            ),
            sample("set_pin, told", &told),
            sample("set_pin", &page(&there, Step::Change, Errors::none())),
            erring("set_pin, wrong", &page(&there, Step::Change, errors)),
            sample(
                "set_pin, forgotten",
                &page(&there, Step::Forgotten, Errors::none()),
            ),
            sample("set_pin, again", &page(&old, Step::Change, Errors::none())),
        ]
    }
}
