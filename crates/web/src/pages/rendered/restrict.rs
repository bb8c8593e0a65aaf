//! The page of limits and choices.
//!
//! **Invariant:** it is rendered with what counts, what waits, and what was wrong.

use sekisho_core::access::OperationKind;
use sekisho_core::known::OwnLimit;
use sekisho_core::moment::Moment;
use sekisho_core::money::Currency;
use sekisho_core::policy::Choice;
use sekisho_core::verdict::Requirement;
use sekisho_gate::{Restrictions, ShownChoice, ShownLimit};

use super::{Sample, World, erring, sample};
use crate::forms::Errors;
use crate::pages::restrict::RestrictPage;

const FROM: Moment = Moment::from_unix_seconds(1_795_219_200);

impl World {
    fn restrictions(&self, settable: bool) -> Restrictions {
        let own = |each, day| OwnLimit { each, day };
        let limit = |kind: &str, next| ShownLimit {
            kind: OperationKind::parse(kind).unwrap(),
            name: self.text.clone(),
            currency: Currency::parse("JPY").unwrap(),
            most: own(Some(10_000_000), None),
            now: own(Some(0), Some(500_000)),
            next,
        };
        let asked = |one| Choice::Ask(one);
        Restrictions {
            limits: vec![
                limit("withdraw", Some((own(Some(90_000), None), FROM))),
                limit("transfer", None),
            ],
            choices: vec![ShownChoice {
                kind: OperationKind::parse("withdraw").unwrap(),
                name: self.text.clone(),
                offered: vec![
                    Choice::None,
                    asked(Requirement::BoundDevice),
                    asked(Requirement::Confirmation),
                    asked(Requirement::PhishingResistant),
                    asked(Requirement::SecondFactor),
                    asked(Requirement::TransactionPin),
                ],
                now: Some(asked(Requirement::SecondFactor)),
                next: Some((Some(Choice::None), FROM)),
            }],
            hours: 24,
            settable,
        }
    }

    pub(super) fn restrict(&self) -> Vec<Sample> {
        let words = self.texts().restrict;
        let page = |settable, errors| {
            let frame = self.member("/security/limits");
            let tokens = ["token"; 3].map(str::to_owned);
            RestrictPage::framed(frame, &self.restrictions(settable), tokens, errors)
        };
        let mut told = page(true, Errors::none());
        told.told = Some(words.done);
        let mut errors = Errors::none();
        errors.add_to("each-withdraw-jpy".to_owned(), words.above);
        errors.add_to("day-transfer-jpy".to_owned(), words.shape);
        vec![
            sample("restrict, told", &told),
            sample("restrict, to be proved first", &page(false, Errors::none())),
            erring("restrict, wrong", &page(true, errors)),
        ]
    }
}
