//! The console's templates, filled with samples.
//!
//! **Invariant:** each is held to what must be true of every page, in both languages, by the test
//! of customers' pages.

mod campaigns;
mod links;
mod lists;
mod networks;
mod rules;
mod work;

use askama::Template;
use sekisho_core::known::Backup;
use sekisho_core::moment::Moment;
use sekisho_core::notice::Locale;
use sekisho_gate::PasskeyPrompt;

use super::enrol::{EnrolPage, FirstPasskeyPage};
use super::frame::{ConsoleFrame, TroublePage, Who, role_name};
use super::passkeys::{Making, PasskeyRow, PasskeysPage};
use super::prove::ProvePage;
use super::sign_in::SignInPage;
use crate::brand::Brand;
use crate::forms::Errors;
use crate::pages::Trouble;
use crate::pages::passkey::{PasskeyForm, Standing};
use crate::texts::{Texts, When};

/// With what the samples are filled.
pub(crate) struct Filling<'a> {
    pub locale: Locale,
    pub brand: &'a Brand,
    pub text: &'a str,
    pub prompt: PasskeyPrompt,
}

impl Filling<'_> {
    fn frame(&self, path: &str, heading: &str) -> ConsoleFrame {
        let here = (self.locale, (path, None));
        ConsoleFrame::branded(self.brand, "console.example.jp", here).headed(heading)
    }

    fn person(&self, path: &str, heading: &str) -> ConsoleFrame {
        let words = Texts::of(self.locale).console;
        let roles = sekisho_core::known::StaffRole::ALL.map(|role| role_name(role, words));
        ConsoleFrame {
            who: Some(Who {
                name: "sato".to_owned(),
                roles: roles.join(", "),
                ends: self.when(),
                sign_out_csrf: "token".to_owned(),
            }),
            ..self.frame(path, heading)
        }
    }

    fn when(&self) -> When {
        When::of(Moment(1_795_219_200_000_000), self.locale)
    }

    fn passkey(&self, action: &str) -> PasskeyForm {
        let said = (Texts::of(self.locale).console.sign_in, Standing::Main);
        PasskeyForm::of(&self.prompt, action.to_owned(), "token".to_owned(), said)
    }

    fn making(&self, action: &'static str) -> Making {
        Making {
            action,
            options: "{}".to_owned(),
            csrf: "token".to_owned(),
            ticket: "ticket".to_owned(),
            script: "/assets/passkey.js?v=1".to_owned(),
        }
    }

    fn row(&self, csrf: Option<&str>) -> PasskeyRow {
        let words = Texts::of(self.locale).passkey;
        let kinds = [Backup::Bound, Backup::Copied];
        PasskeyRow {
            path: "/passkeys/crd_1".to_owned(),
            name: self.text.to_owned(),
            created: self.when(),
            last: csrf.map(|_| self.when()),
            kind: match kinds[0] {
                Backup::Bound => words.bound,
                Backup::Copied | Backup::Eligible => words.copied,
            },
            csrf: csrf.map(str::to_owned),
        }
    }

    fn own(&self) -> Vec<(&'static str, bool, String)> {
        let words = Texts::of(self.locale);
        let page = |making, again_href, errors: Errors| PasskeysPage {
            f: self.person("/passkeys", words.passkey.title).with(&errors),
            rows: vec![self.row(Some("token")), self.row(None)],
            making,
            again_href,
            told: Some(words.passkey.added),
            errors,
        };
        let wrong = Errors::one("name", words.passkey.name_wrong);
        let again = Some("/prove?return_to=%2Fpasskeys");
        vec![
            sample(
                "console passkeys",
                &page(Some(self.making("/passkeys")), None, Errors::none()),
            ),
            sample("console passkeys", &page(None, again, Errors::none())),
            erring(
                "console passkeys",
                &page(Some(self.making("/passkeys")), None, wrong),
            ),
        ]
    }

    /// Each page: its name, whether it tells of an error, its text.
    pub(crate) fn pages(&self) -> Vec<(&'static str, bool, String)> {
        let words = Texts::of(self.locale).console;
        let wrong = || Errors::one("secret", words.enrol_wrong);
        let sign_in = |passkey, errors: Errors| SignInPage {
            f: self.frame("/sign-in", words.sign_in_title).with(&errors),
            passkey,
            told: Some(words.enrolled),
            errors,
        };
        let enrol = |errors: Errors| EnrolPage {
            f: self.frame("/enrol", words.enrol_title).with(&errors),
            csrf: "token".to_owned(),
            name: self.text.to_owned(),
            errors,
        };
        let first = |making| FirstPasskeyPage {
            f: self.frame("/enrol/passkey", words.first_title),
            making,
            errors: Errors::none(),
        };
        let trouble = TroublePage::framed(self.person("/x", ""), Trouble::Role, None);
        let mut all = vec![
            sample(
                "console sign in",
                &sign_in(Some(self.passkey("/sign-in")), Errors::none()),
            ),
            sample("console sign in", &sign_in(None, Errors::none())),
            sample("console enrol", &enrol(Errors::none())),
            erring("console enrol", &enrol(wrong())),
            sample(
                "console first passkey",
                &first(Some(self.making("/enrol/passkey"))),
            ),
            sample("console first passkey", &first(None)),
            sample(
                "console prove",
                &ProvePage {
                    f: self.person("/prove", words.prove_title),
                    passkey: self.passkey("/prove"),
                    errors: Errors::none(),
                },
            ),
            erring("trouble", &trouble),
        ];
        all.extend(self.own());
        all.extend(campaigns::pages(self));
        all.extend(links::pages(self));
        all.extend(networks::pages(self));
        all.extend(lists::pages(self));
        all.extend(work::pages(self));
        all.extend(rules::pages(self));
        all
    }
}

fn sample(name: &'static str, page: &impl Template) -> (&'static str, bool, String) {
    (name, false, page.render().unwrap())
}

fn erring(name: &'static str, page: &impl Template) -> (&'static str, bool, String) {
    (name, true, page.render().unwrap())
}
