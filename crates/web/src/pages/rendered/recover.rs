//! The pages on which customers get back what they lost.
//!
//! **Invariant:** each of them is rendered with everything it can show.

use sekisho_core::known::RecoveryKind;
use sekisho_core::moment::Moment;
use sekisho_core::password::{Examination, Step, Weakness};
use sekisho_core::reason::Reason;
use sekisho_gate::{Security, ShownRecovery};

use super::{Sample, Standing, World, erring, sample};
use crate::forms::Errors;
use crate::pages::new_password::{NewPassword, findings};
use crate::pages::recover::{RecoverCodePage, RecoverPage};
use crate::pages::recover_password::{ChoosePage, RecoveryLine};
use crate::pages::recover_waiting::RecoverWaitingPage;
use crate::pages::security::SecurityPage;
use crate::texts::{When, fill};

const SINCE: Moment = Moment::from_unix_seconds(1_795_219_200);
const KINDS: [RecoveryKind; 3] = [
    RecoveryKind::Passkey,
    RecoveryKind::Password,
    RecoveryKind::Thaw,
];

impl World {
    fn recovering(&self, kind: RecoveryKind, errors: Errors) -> RecoverPage {
        let frame = self.frame("/recover");
        let mut page = RecoverPage::framed(frame, kind, 24);
        page.f = page.f.with(&errors);
        page.login = self.text.clone();
        page.csrf = "token".into();
        page.passkey = (kind == RecoveryKind::Thaw).then(|| self.signing(Standing::Main));
        let told = errors.is_empty().then_some(self.texts().recover.told_over);
        page.told = told;
        page.errors = errors;
        page
    }

    fn recovery_codes(&self, kind: RecoveryKind, errors: Errors) -> RecoverCodePage {
        let frame = self.frame("/recover/codes");
        let mut page = RecoverCodePage::framed(frame, kind, 10, errors);
        page.csrf = "token".into();
        page.backup = (kind == RecoveryKind::Passkey).then(|| self.backup_form());
        page
    }

    fn choosing(&self, wrong: bool) -> ChoosePage {
        let (texts, policy) = (self.texts(), &self.policy.password);
        let found = Examination {
            findings: Reason::ALL.to_vec(),
            gauge: Step::Low,
            weakness: Weakness::Word,
        };
        let found = Some(&found).filter(|_| wrong);
        let errors = found.map(|found| findings(texts.password, policy, &found.findings));
        let errors = errors.unwrap_or_default();
        let frame = self.frame("/recover/password");
        ChoosePage {
            f: frame.headed(texts.recover.choose_title).with(&errors),
            csrf: "token".into(),
            password: NewPassword::of(texts, policy, found),
            errors,
        }
    }

    fn in_course(&self) -> SecurityPage {
        let known = Security {
            password_set: None,
            password_old: false,
            channels: Vec::new(),
            sessions: 1,
            devices: 1,
        };
        let line = |kind| {
            let shown = ShownRecovery {
                kind,
                begun: SINCE,
                due: SINCE,
            };
            RecoveryLine::of(&shown, "token".into(), self.locale)
        };
        let frame = self.member("/security");
        let mut page = SecurityPage::framed(frame, &known, self.locale);
        page.recoveries = KINDS.map(line).into();
        page
    }

    pub(super) fn recovery(&self) -> Vec<Sample> {
        let words = self.texts().recover;
        let when = When::of(SINCE, self.locale).text;
        let waiting = RecoverWaitingPage {
            f: self.frame("/recover/waiting").headed(words.waiting_title),
            until: fill(words.waiting_text, &[("when", &when)]),
            next: fill(words.waiting_next, &[("hours", &48)]),
        };
        let mut all = vec![
            sample("recover_waiting", &waiting),
            sample("recover_choose", &self.choosing(false)),
            erring("recover_choose, wrong", &self.choosing(true)),
            sample("security, in course", &self.in_course()),
        ];
        for kind in KINDS {
            let wrong = || Errors::one("login", words.login_missing);
            let code = || Errors::one("code", words.code_wrong);
            all.extend([
                sample("recover", &self.recovering(kind, Errors::none())),
                erring("recover, wrong", &self.recovering(kind, wrong())),
                sample("recover_code", &self.recovery_codes(kind, Errors::none())),
                erring("recover_code, wrong", &self.recovery_codes(kind, code())),
            ]);
        }
        all
    }
}
