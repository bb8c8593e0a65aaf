//! Samples of approvals on a phone.
//!
//! **Invariant:** a sample is filled as the page would be, hostile names included.

use sekisho_core::id::CredentialId;
use sekisho_core::moment::Moment;
use sekisho_core::policy::PinForm;
use sekisho_gate::{ApprovalAbout, PushState, ShownApproval, ShownApprover};

use super::{Sample, World, erring, sample};
use crate::forms::Errors;
use crate::pages::approve::{ApprovePage, AskedLine};
use crate::pages::approver::{Adding, ApproverLine, ApproverPage, Open};
use crate::pages::push::{Proceed, PushForm, PushPage};
use crate::pages::set_pin::PinField;

const THEN: Moment = Moment::from_unix_seconds(1_795_219_200);

impl World {
    pub(super) fn push_form(&self) -> PushForm {
        PushForm {
            action: "/code/push".into(),
            csrf: "token".into(),
            return_to: None,
        }
    }

    pub(super) fn push(&self) -> Vec<Sample> {
        let mut all = self.phones();
        all.extend(self.approvals());
        all.extend(self.waits());
        all
    }

    fn phones(&self) -> Vec<Sample> {
        let texts = self.texts();
        let line = |this, last| {
            let known = ShownApprover {
                id: CredentialId([1; 16]),
                this,
                name: Some(self.text.clone()).filter(|_| this),
                client: None,
                since: THEN,
                last,
            };
            ApproverLine::of(&known, "token".into(), self.locale)
        };
        let page = |rows, adding| ApproverPage {
            f: self.member("/security/push").headed(texts.push.title),
            told: Some(texts.push.added),
            rows,
            adding,
        };
        let open = Adding::Open(Open {
            key: "B".repeat(87),
            csrf: "token".into(),
            script: "/assets/push.js?v=1".into(),
        });
        let again = Adding::Again("/security/prove?return_to=%2Fsecurity%2Fpush".into());
        vec![
            sample("phones, none", &page(Vec::new(), open)),
            sample(
                "phones",
                &page(vec![line(true, Some(THEN)), line(false, None)], again),
            ),
            sample(
                "phones, strange",
                &page(Vec::new(), Adding::Closed(texts.push.strange)),
            ),
        ]
    }

    fn approvals(&self) -> Vec<Sample> {
        let asked = |about| {
            let shown = ShownApproval {
                about,
                place: self.text.clone(),
                asked: THEN,
            };
            let tokens = ("token".into(), "token".into());
            Some(AskedLine::of(&shown, "skn_x", tokens, self.locale))
        };
        let page =
            |asked, done, errors| ApprovePage::framed(self.frame("/approve"), asked, done, errors);
        let operation = ApprovalAbout::Operation {
            name: self.text.clone(),
            amount: Some("150,000 JPY".into()),
            payees: vec![self.text.clone(), self.text.clone()],
            texts: vec![(self.text.clone(), self.text.clone())],
        };
        let wrong = Errors::one("number", self.texts().push.wrong);
        vec![
            sample(
                "approve, operation",
                &page(asked(operation), false, Errors::none()),
            ),
            sample(
                "approve, sign-in",
                &page(asked(ApprovalAbout::SignIn), false, Errors::none()),
            ),
            erring(
                "approve, wrong",
                &page(asked(ApprovalAbout::Prove), false, wrong),
            ),
            sample("approve, done", &page(None, true, Errors::none())),
            sample("approve, nothing", &page(None, false, Errors::none())),
        ]
    }

    fn waits(&self) -> Vec<Sample> {
        let texts = self.texts();
        let way = |pin| {
            let proceed = Proceed {
                action: "/code/push/use".into(),
                csrf: "token".into(),
                return_to: Some("/security".into()),
                pin,
            };
            (proceed, "/code".to_owned())
        };
        let page = |state: PushState, way, errors| {
            PushPage::framed(self.frame("/code/push"), &state, way, errors)
        };
        let waits = PushState::Waits {
            number: "012345".into(),
            minutes: 10,
        };
        let pin = || PinField::beside("pin-push", PinForm::Digits, texts);
        let wrong = Errors::one("pin-push", texts.push.wrong);
        vec![
            sample("push, waits", &page(waits, way(None), Errors::none())),
            sample(
                "push, approved",
                &page(PushState::Approved, way(None), Errors::none()),
            ),
            erring(
                "push, pin",
                &page(PushState::Approved, way(Some(pin())), wrong),
            ),
            sample(
                "push, over",
                &page(PushState::Over, way(None), Errors::none()),
            ),
        ]
    }
}
