#![cfg(test)]
//! Every template, filled with samples in both languages, held to what must be true of every page.

mod backup_code;
mod cancel;
mod console;
mod contacts;
mod operation;
mod passkeys;
mod push;
mod recover;
mod restrict;
mod security;
mod set_pin;
mod stop;
mod totp;
mod trouble;

use std::collections::BTreeSet;

use askama::Template;
use sekisho_core::access::{Access, Act, OperationKind};
use sekisho_core::context::{Address, Country};
use sekisho_core::id::{CustomerId, DecisionId, DeviceId};
use sekisho_core::known::InteractionKind;
use sekisho_core::login::ChannelKind;
use sekisho_core::moment::Moment;
use sekisho_core::notice::Locale;
use sekisho_core::operation::OperationState;
use sekisho_core::password::{Examination, Step, Weakness};
use sekisho_core::policy::{PinForm, Policy};
use sekisho_core::reason::Reason;
use sekisho_core::sighting::Ending;
use sekisho_core::text::Line;
use sekisho_core::verdict::VerdictKind;
use sekisho_gate::{ConfirmWays, Conversation, PinWish, ShownOperation};

use super::account::AccountPage;
use super::code::CodePage;
use super::confirm::{ConfirmPage, Tokens};
use super::deal::Deal;
use super::frame::{Frame, Member};
use super::history::{EntriesPage, EntryReportPage};
use super::landing::LandingPage;
use super::new_password::{NewPassword, findings};
use super::passkey::Standing;
use super::report::{ReportDonePage, ReportPage};
use super::row::Row;
use super::sign_in::SignInPage;
use super::sign_out::{SignOutPage, SignedOutPage};
use super::sign_up::SignUpPage;
use crate::brand::{Brand, BrandSettings, Worded};
use crate::forms::Errors;
use crate::texts::{Texts, When};

/// The address of an application, the only one that may stand on a page.
const RETURN_TO: &str = "https://broker.example/back";

use passkeys::prompt;

/// One page: its name, whether it tells of an error, its text.
struct Sample {
    name: &'static str,
    erring: bool,
    html: String,
}

/// What the samples are filled with.
struct World {
    locale: Locale,
    text: String,
    policy: Policy,
}

impl World {
    fn new(locale: Locale, text: &str) -> Self {
        Self {
            locale,
            text: text.to_owned(),
            policy: Policy::profile("jp-legacy").unwrap(),
        }
    }

    fn brand(&self) -> Brand {
        let worded = |text: &str| Worded {
            en: text.to_owned(),
            ja: text.to_owned(),
        };
        let short: String = self.text.chars().take(60).collect();
        let settings = BrandSettings {
            name: worded(&short),
            support: worded(&self.text),
            colour: "#1f4e79".into(),
        };
        Brand::new(&settings, Some("<svg></svg>".into())).unwrap()
    }

    fn frame(&self, path: &str) -> Frame {
        Frame::branded(&self.brand(), "id.example.jp", (self.locale, (path, None)))
    }

    fn member(&self, path: &str) -> Frame {
        let mut frame = self.frame(path);
        frame.member = Some(Member {
            sign_out_csrf: "token".into(),
        });
        frame
    }

    fn texts(&self) -> Texts {
        Texts::of(self.locale)
    }

    fn row(&self, act: Act, verdict: VerdictKind, ending: Ending) -> Row {
        let access = Access {
            decision: DecisionId([1; 16]),
            customer: CustomerId([2; 16]),
            at: Moment::from_unix_seconds(1_795_219_200),
            act,
            ending,
            verdict,
            address: Some(Address::from(std::net::IpAddr::from([203, 0, 113, 7]))),
            system: Some(64500),
            country: Country::parse("JP"),
            device: Some(DeviceId([3; 16])),
            client: Line::parse("chrome/windows").ok(),
            application: None,
        };
        Row::of(&access, Some("1.dec_x"), &self.policy, self.locale)
    }

    fn entrance(&self) -> Vec<Sample> {
        let texts = self.texts();
        let mut wrong = Errors::one("", texts.sign_in.refused);
        wrong.add("login", texts.sign_in.login_missing);
        wrong.add("password", texts.sign_in.password_missing);
        let sign_in = |errors: Errors| SignInPage {
            f: self
                .frame("/sign-in")
                .headed(texts.sign_in.title)
                .with(&errors),
            csrf: "token".into(),
            return_to: format!("/x?{}", self.text),
            login: self.text.clone(),
            told: Some(texts.sign_in.needed),
            onward: Some(self.text.clone()),
            sign_up_href: "/sign-up".into(),
            shared: true,
            passkey: Some(self.signing(Standing::Filling)),
            errors,
        };
        let every = Reason::ALL;
        let mut unfit = findings(texts.password, &self.policy.password, every);
        unfit.add("login", texts.sign_up.bad_login);
        let found = Some(Examination {
            findings: every.to_vec(),
            gauge: Step::Low,
            weakness: Weakness::Word,
        });
        let sign_up = |errors: Errors, found: Option<Examination>| SignUpPage {
            f: self
                .frame("/sign-up")
                .headed(texts.sign_up.title)
                .with(&errors),
            csrf: "token".into(),
            return_to: "/account".into(),
            login: self.text.clone(),
            password: NewPassword::of(texts, &self.policy.password, found.as_ref()),
            sign_in_href: "/sign-in".into(),
            errors,
        };
        vec![
            sample("landing", &LandingPage::framed(self.frame("/"))),
            sample("sign_in", &sign_in(Errors::none())),
            erring("sign_in, wrong", &sign_in(wrong)),
            sample("sign_up", &sign_up(Errors::none(), None)),
            erring("sign_up, wrong", &sign_up(unfit, found)),
            sample(
                "code by mail",
                &self.code(ChannelKind::Mail, Errors::none()),
            ),
            erring(
                "code by sms, wrong",
                &self.code(ChannelKind::Sms, Errors::one("code", texts.code.wrong)),
            ),
            sample(
                "sign_out",
                &SignOutPage {
                    f: self.frame("/sign-out").headed(texts.sign_out.title),
                    csrf: "token".into(),
                },
            ),
            sample(
                "signed_out",
                &SignedOutPage {
                    f: self.frame("/signed-out").headed(texts.sign_out.done),
                },
            ),
        ]
    }

    fn code(&self, channel: ChannelKind, errors: Errors) -> CodePage {
        let conversation = Conversation {
            kind: InteractionKind::SignIn,
            masked: self.text.clone(),
            channel,
            return_to: "/account".into(),
            minutes: 10,
            resend_seconds: 30,
            passkey: None,
            totp: false,
            backup_code: false,
        };
        let tokens = ("token".into(), "token".into());
        let mut page = CodePage::framed(self.frame("/code"), &conversation, tokens, errors);
        page.passkey = Some(self.signing(Standing::Beside));
        page.app = Some(self.app_code());
        page.push = Some(self.push_form());
        page.backup = Some(self.backup_form());
        page.told = Some(self.text.clone());
        page
    }

    fn watch(&self) -> Vec<Sample> {
        let texts = self.texts();
        let withdraw = || OperationKind::parse("withdraw").unwrap();
        let rows = vec![
            self.row(Act::SignIn, VerdictKind::Refuse, Ending::Failure),
            self.row(Act::StepUp, VerdictKind::Allow, Ending::Success),
            self.row(Act::Operate(withdraw()), VerdictKind::Hold, Ending::Pending),
            self.row(
                Act::Confirm(withdraw()),
                VerdictKind::StepUp,
                Ending::Pending,
            ),
        ];
        let report = |errors: Errors| ReportPage {
            f: self
                .frame("/report")
                .headed(texts.report.title)
                .with(&errors),
            csrf: "token".into(),
            code: self.text.clone(),
            errors,
        };
        let when = When::of(Moment::from_unix_seconds(1_795_219_200), self.locale);
        let account = |last: Option<Row>| AccountPage {
            f: self.member("/account").headed(texts.account.title),
            reference: self.text.clone(),
            proved: when.clone(),
            stops: self.stop_lines(),
            last,
        };
        let entries = |rows: Vec<Row>| EntriesPage {
            f: self.member("/history").headed(texts.history.title),
            rows,
            newest: true,
            older_href: Some("/history?before=1.dec_x".into()),
        };
        vec![
            sample("account", &account(rows.first().cloned())),
            sample("account, first time", &account(None)),
            sample("history, empty", &entries(Vec::new())),
            sample(
                "history_report",
                &EntryReportPage {
                    f: self.member("/history").headed(texts.report.title),
                    row: rows[0].clone(),
                    action: rows[0].report_href.clone(),
                    back_href: "/history".into(),
                    csrf: "token".into(),
                },
            ),
            sample("history", &entries(rows)),
            sample("report", &report(Errors::none())),
            erring(
                "report, wrong",
                &report(Errors::one("code", texts.report.unknown)),
            ),
            sample(
                "report_done",
                &ReportDonePage {
                    f: self.frame("/report/done").headed(texts.report.done),
                },
            ),
        ]
    }

    fn confirmations(&self) -> Vec<Sample> {
        let page = |shown: &ShownOperation, errors: Errors| {
            let tokens = Tokens {
                send: "token".into(),
                confirm: "token".into(),
                decline: "token".into(),
                passkey: "token".into(),
                totp: "token".into(),
            };
            let deal = Deal::of(shown, self.locale);
            ConfirmPage::framed(self.member("/confirm/opr_x"), deal, tokens, errors)
        };
        let pending = self.shown(OperationState::Pending);
        let mut sent = pending.clone();
        sent.code_sent = true;
        let mut mute = pending.clone();
        mute.ways = ConfirmWays::None;
        let mut either = sent.clone();
        either.ways = ConfirmWays::Either(self.text.clone(), prompt());
        either.totp = true;
        let mut passkey = pending.clone();
        passkey.ways = ConfirmWays::Passkey(prompt());
        let mut enrol = pending.clone();
        enrol.ways = ConfirmWays::Enrol;
        let mut other = pending.clone();
        other.ways = ConfirmWays::EnrolOther;
        let mut account = pending.clone();
        account.amount = None;
        let mut over = pending.clone();
        over.over = true;
        let mut pin = either.clone();
        pin.pin = PinWish::Asked(PinForm::Digits);
        let mut unset = either.clone();
        unset.pin = PinWish::Unset(PinForm::Password);
        let mut wrong_pin = Errors::one("pin", self.text.clone());
        wrong_pin.add("pin-app", self.text.clone());
        wrong_pin.add("pin-passkey", self.text.clone());
        let wrong = Errors::one("code", self.texts().code.wrong);
        let mut samples = vec![
            sample("confirm, either with a pin", &page(&pin, Errors::none())),
            sample("confirm, either but no pin", &page(&unset, Errors::none())),
            erring("confirm, wrong pin", &page(&pin, wrong_pin)),
            sample("confirm, to be sent", &page(&pending, Errors::none())),
            sample("confirm, sent", &page(&sent, Errors::none())),
            erring("confirm, wrong", &page(&sent, wrong)),
            sample("confirm, no channel", &page(&mute, Errors::none())),
            sample("confirm, either", &page(&either, Errors::none())),
            sample("confirm, passkey", &page(&passkey, Errors::none())),
            sample("confirm, enrol", &page(&enrol, Errors::none())),
            sample("confirm, enrol another", &page(&other, Errors::none())),
            sample("confirm, account", &page(&account, Errors::none())),
            sample("confirm, over", &page(&over, Errors::none())),
        ];
        let settled = [
            ("confirm, confirmed", OperationState::Confirmed),
            ("confirm, held", OperationState::Held),
            ("confirm, redeemed", OperationState::Redeemed),
            ("confirm, refused", OperationState::Refused),
        ];
        for (name, state) in settled {
            samples.push(sample(name, &page(&self.shown(state), Errors::none())));
        }
        samples
    }

    fn pages(&self) -> Vec<Sample> {
        [
            self.entrance(),
            self.watch(),
            self.security(),
            self.changes(),
            self.contacts(),
            self.confirmations(),
            self.passkeys(),
            self.restrict(),
            self.set_pin(),
            self.recovery(),
            self.push(),
            self.stopped(),
            self.totp(),
            self.backup_codes(),
            self.troubles(),
            self.console(),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

fn sample(name: &'static str, page: &impl Template) -> Sample {
    Sample {
        name,
        erring: false,
        html: page.render().unwrap(),
    }
}

fn erring(name: &'static str, page: &impl Template) -> Sample {
    Sample {
        erring: true,
        ..sample(name, page)
    }
}

fn everywhere(look: impl Fn(&World, &Sample)) {
    for locale in [Locale::Ja, Locale::En] {
        let world = World::new(locale, "ひので証券 & Sons");
        for sample in world.pages() {
            look(&world, &sample);
        }
    }
}

/// Every tag with its attributes, `<` and `>` left out.
fn tags(html: &str) -> Vec<&str> {
    html.split('<')
        .skip(1)
        .filter_map(|part| part.split_once('>').map(|(tag, _)| tag))
        .collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = tag.split_once(&format!(" {name}=\""))?;
    after.split_once('"').map(|(value, _)| value)
}

fn ids(html: &str) -> Vec<&str> {
    let found = tags(html).into_iter();
    found.filter_map(|tag| attribute(tag, "id")).collect()
}

#[test]
fn a_page_has_its_language_one_heading_and_a_title_that_tells_of_errors() {
    everywhere(|world, Sample { name, erring, html }| {
        assert!(html.contains(&format!("<html lang=\"{}\">", world.locale.tag())));
        assert_eq!(html.matches("<h1>").count(), 1, "{name}");
        assert!(!html.contains("<h1></h1>"), "{name}");
        let sign = match world.locale {
            Locale::En => "<title>Error: ",
            Locale::Ja => "<title>エラー: ",
        };
        assert_eq!(html.contains(sign), *erring, "{name}");
        for landmark in ["<header", "<main id=\"main\"", "<footer", "href=\"#main\""] {
            assert_eq!(html.matches(landmark).count(), 1, "{name} {landmark}");
        }
    });
}

#[test]
fn nothing_comes_from_elsewhere_and_nothing_is_inline() {
    everywhere(|_, Sample { name, html, .. }| {
        let html = html.replace(RETURN_TO, "");
        for sign in ["http:", "https:", "href=\"//", "src=\"//", "javascript:"] {
            assert!(!html.contains(sign), "{name} {sign}");
        }
        for tag in tags(&html) {
            assert!(!tag.starts_with("style"), "{name} {tag}");
            assert!(!tag.contains(" style="), "{name} {tag}");
            assert!(!tag.contains(" on"), "{name} {tag}");
            let script = tag.starts_with("script");
            assert!(!script || attribute(tag, "src").is_some(), "{name} {tag}");
        }
    });
}

#[test]
fn every_form_posts_a_token() {
    everywhere(|_, Sample { name, html, .. }| {
        for form in html.split("<form ").skip(1) {
            let (form, _) = form.split_once("</form>").unwrap();
            assert!(
                form.starts_with("class=\"card\" method=\"post\"")
                    || form.starts_with("method=\"post\""),
                "{name}"
            );
            assert!(
                form.contains("<input type=\"hidden\" name=\"csrf\" value=\"token\">"),
                "{name}"
            );
            assert!(form.contains("type=\"submit\""), "{name}");
        }
    });
}

#[test]
fn every_field_has_a_label_and_a_purpose() {
    everywhere(|_, Sample { name, html, .. }| {
        let visible = |tag: &&str| tag.starts_with("input ") && !tag.contains("type=\"hidden\"");
        for tag in tags(html).into_iter().filter(visible) {
            let id = attribute(tag, "id").unwrap();
            assert!(
                html.contains(&format!("<label for=\"{id}\">")),
                "{name} {id}"
            );
            // A box to tick, or one of several, is filled in by nobody else.
            let ticked = ["checkbox", "radio"].map(|kind| format!("type=\"{kind}\""));
            let ticked = ticked.iter().any(|kind| tag.contains(kind));
            assert!(
                ticked || attribute(tag, "autocomplete").is_some(),
                "{name} {id}"
            );
            if tag.contains("type=\"password\"") {
                assert_eq!(attribute(tag, "value"), None, "{name}");
            }
        }
    });
}

#[test]
fn what_is_referred_to_is_there_once() {
    everywhere(|_, Sample { name, html, .. }| {
        let ids = ids(html);
        let unique: BTreeSet<_> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "{name} {ids:?}");
        for tag in tags(html) {
            let named = [
                "aria-describedby",
                "aria-labelledby",
                "aria-controls",
                "for",
            ];
            let named = named.iter().filter_map(|name| attribute(tag, name));
            let link = attribute(tag, "href").and_then(|href| href.strip_prefix('#'));
            for id in named.flat_map(str::split_whitespace).chain(link) {
                assert!(unique.contains(&id), "{name} {id}");
            }
        }
    });
}

#[test]
fn an_error_stands_beside_its_field_and_in_a_summary_that_gets_the_focus() {
    everywhere(|_, Sample { name, erring, html }| {
        if *erring && *name != "trouble" {
            assert!(
                html.contains("role=\"alert\" tabindex=\"-1\" autofocus"),
                "{name}"
            );
            let invalid = html.matches("aria-invalid=\"true\"").count();
            assert_eq!(html.matches("class=\"wrong\"").count(), invalid, "{name}");
            assert!(invalid > 0, "{name}");
        } else {
            assert!(!html.contains("aria-invalid"), "{name}");
        }
    });
}

#[test]
fn hostile_names_stay_names() {
    let hostile = "\"><script>alert(1)</script><img src=x onerror='alert(1)'>";
    for locale in [Locale::Ja, Locale::En] {
        for Sample { name, html, .. } in World::new(locale, hostile).pages() {
            assert!(
                !html.contains("<script>") && !html.contains("<img src=x"),
                "{name}"
            );
            assert!(html.contains("&#60;script&#62;"), "{name}");
        }
    }
}

#[test]
fn a_confirmation_shows_amount_and_payee_largest() {
    for (locale, amount) in [(Locale::Ja, "150,000円"), (Locale::En, "150,000 JPY")] {
        let world = World::new(locale, "ヤマダ タロウ");
        let deal = Deal::of(&world.shown(OperationState::Pending), locale);
        assert_eq!(deal.amount.as_deref(), Some(amount));
        for Sample { name, html, .. } in world.confirmations() {
            assert!(
                html.contains("<dd class=\"largest\">ヤマダ タロウ</dd>"),
                "{name}"
            );
            let largest = format!("<dd class=\"largest\">{amount}</dd>");
            assert_eq!(
                html.contains(&largest),
                name != "confirm, account",
                "{name}"
            );
        }
    }
}

#[test]
fn an_operation_that_is_settled_has_no_form_left() {
    let world = World::new(Locale::En, "Broker");
    for Sample { name, html, .. } in world.confirmations() {
        let open = [
            "sent", "wrong", "channel", "account", "either", "passkey", "enrol",
        ];
        let open = open.iter().any(|word| name.contains(word));
        assert_eq!(html.contains("/decline\""), open, "{name}");
        let without = ["to be sent", "no channel", "but no pin"];
        let without = without.iter().any(|words| name.contains(words));
        let proving = ["sent", "wrong", "either"]
            .iter()
            .any(|word| name.contains(word));
        let proving = proving && !without;
        assert_eq!(html.contains("one-time-code"), proving, "{name}");
    }
}
