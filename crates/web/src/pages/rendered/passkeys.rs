//! Samples of what is shown of passkeys.
//!
//! **Invariant:** a sample is filled as the page would be, hostile names included.

use sekisho_core::moment::Moment;
use sekisho_core::notice::Locale;
use sekisho_gate::PasskeyPrompt;

use super::{Sample, World, erring, sample};
use crate::forms::Errors;
use crate::pages::passkey::{PasskeyForm, Standing};
use crate::pages::passkeys::{Making, PasskeyRow, PasskeysPage, RowTokens};
use crate::texts::When;

pub(super) fn prompt() -> PasskeyPrompt {
    PasskeyPrompt {
        user: sekisho_core::proof::UserSeen::Verified,
        ticket: "ticket".into(),
        challenge: [1; 32],
        rp_id: "id.example.jp".into(),
        named: vec![sekisho_gate::NamedPasskey {
            handle: vec![1, 2],
            transports: Vec::new(),
        }],
    }
}

impl World {
    pub(super) fn signing(&self, standing: Standing) -> PasskeyForm {
        let said = (self.texts().passkey.sign_in, standing);
        let mut form = PasskeyForm::of(&prompt(), "/sign-in/passkey".into(), "token".into(), said);
        form.return_to = Some(format!("/x?{}", self.text));
        form
    }

    pub(super) fn passkeys(&self) -> Vec<Sample> {
        let texts = self.texts();
        let when = || When::of(Moment::from_unix_seconds(1_795_219_200), self.locale);
        let tokens = RowTokens {
            name: "token".into(),
            remove: "token".into(),
        };
        let row = |csrf| PasskeyRow {
            id: "crd_x".into(),
            path: "/security/passkeys/crd_x".into(),
            name: self.text.clone(),
            created: when(),
            last: Some(when()).filter(|_| self.locale == Locale::Ja),
            kind: texts.passkey.copied,
            csrf,
        };
        let page = |errors: Errors, making: Option<Making>, rows| PasskeysPage {
            f: self
                .member("/security/passkeys")
                .headed(texts.passkey.title)
                .with(&errors),
            rows,
            locks: Some("24".to_owned()),
            again_href: making.is_none().then(|| "/sign-in?told=again".into()),
            making,
            closed: texts.passkey.full,
            told: Some(texts.passkey.added).filter(|_| errors.is_empty()),
            errors,
        };
        let making = || {
            Some(Making {
                options: format!("{{\"name\":\"{}\"}}", self.text.replace('"', "")),
                csrf: "token".into(),
                ticket: "ticket".into(),
                script: "/assets/passkey.js?1".into(),
            })
        };
        let wrong = Errors::one("name", texts.passkey.name_wrong);
        vec![
            sample("passkeys, none", &page(Errors::none(), making(), vec![])),
            sample(
                "passkeys",
                &page(Errors::none(), making(), vec![row(Some(tokens))]),
            ),
            sample(
                "passkeys, again",
                &page(Errors::none(), None, vec![row(None)]),
            ),
            erring("passkeys, wrong", &page(wrong, making(), vec![row(None)])),
        ]
    }
}
