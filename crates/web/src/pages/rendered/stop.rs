//! Samples of operations, and of what is switched off.
//!
//! **Invariant:** a message of the operator's is shown as text, whatever it holds.

use sekisho_core::access::OperationKind;
use sekisho_core::id::StopId;
use sekisho_core::known::{Left, StopMessage};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::operation::OperationState;
use sekisho_core::text::Line;
use sekisho_gate::StopTold;

use super::{RETURN_TO, Sample, World, sample};
use crate::forms::Errors;
use crate::pages::confirm::{ConfirmPage, Tokens};
use crate::pages::deal::Deal;
use crate::pages::stop::StopLine;
use crate::pages::telephone_code::TelephoneCodePage;

const SINCE: Moment = Moment::from_unix_seconds(1_795_219_200);

impl World {
    fn told(&self, kind: Option<&str>, until: Option<Moment>) -> StopTold {
        let message = || Line::parse(&self.text).unwrap();
        StopTold {
            id: StopId([5; 16]),
            kind: kind.and_then(OperationKind::parse),
            channel: None,
            segment: None,
            message: StopMessage {
                ja: message(),
                en: message(),
            },
            left: match until {
                Some(_) => vec![Left::Desk, Left::Paper],
                None => Vec::new(),
            },
            since: SINCE,
            until,
        }
    }

    pub(super) fn stop_lines(&self) -> Vec<StopLine> {
        let told = [
            self.told(None, None),
            self.told(Some("withdraw"), Some(SINCE.plus(Span::hours(9)))),
            self.told(Some("gone_from_the_policy"), None),
        ];
        StopLine::each(&told, &self.policy, self.locale)
    }

    pub(super) fn stopped(&self) -> Vec<Sample> {
        let page = |state| {
            let mut shown = self.shown(state);
            shown.stop = Some(self.told(Some("withdraw"), None));
            let token = || "token".to_owned();
            let tokens = Tokens {
                send: token(),
                confirm: token(),
                decline: token(),
                passkey: token(),
                totp: token(),
            };
            let deal = Deal::of(&shown, self.locale);
            let frame = self.member("/confirm/x");
            let mut page = ConfirmPage::framed(frame, deal, tokens, Errors::none());
            page.stops = self.stop_lines();
            page
        };
        let telephone = |code| TelephoneCodePage {
            f: self
                .member("/security/telephone-code")
                .headed(self.texts().telephone_code.title),
            csrf: "token".into(),
            code,
        };
        vec![
            sample("telephone_code", &telephone(None)),
            sample(
                "telephone_code, shown",
                &telephone(Some(("123456".to_owned(), self.text.clone()))),
            ),
            sample("confirm, stopped", &page(OperationState::Pending)),
            sample("confirmed, stopped", &page(OperationState::Confirmed)),
        ]
    }
}

#[test]
fn nothing_but_the_way_back_can_be_pressed_while_it_is_stopped() {
    for locale in [
        sekisho_core::notice::Locale::Ja,
        sekisho_core::notice::Locale::En,
    ] {
        let world = World::new(locale, "<b>&");
        let pages = world.stopped();
        let html = &pages[2].html;
        assert!(!html.contains("/confirm/opr_"), "{html}");
        assert!(html.contains(RETURN_TO) && html.contains("stopped-title"));
        assert!(!html.contains("<b>"), "{html}");
    }
}
