//! The pages of the security centre.
//!
//! **Invariant:** each of them is rendered with everything it can show.

use sekisho_core::client_family::ClientFamily;
use sekisho_core::context::{Address, Context, Country, Place, Terminal};
use sekisho_core::id::{ChannelId, SessionId};
use sekisho_core::known::{ChannelPurpose, NoticeState};
use sekisho_core::login::ChannelKind;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::password::{Examination, Step, Weakness};
use sekisho_core::reason::Reason;
use sekisho_gate::{Proving, Security, SentMessage, ShownChannel, ShownSession};

use super::passkeys::prompt;
use super::{Sample, World, erring, sample};
use crate::forms::{Errors, ReturnTo};
use crate::pages::change_password::ChangePasswordPage;
use crate::pages::end_session::{EndSessionPage, SessionLine};
use crate::pages::freeze::FreezePage;
use crate::pages::messages::{MessageLine, MessagesPage};
use crate::pages::new_password::{NewPassword, findings};
use crate::pages::prove::ProvePage;
use crate::pages::security::SecurityPage;

const SINCE: Moment = Moment::from_unix_seconds(1_795_219_200);

impl World {
    fn channel(&self, number: u8, kind: ChannelKind, verified: Option<Moment>) -> ShownChannel {
        ShownChannel {
            id: ChannelId([number; 16]),
            kind,
            purpose: ChannelPurpose::Login,
            masked: self.text.clone(),
            verified,
        }
    }

    fn session(&self, number: u8) -> SessionLine {
        let context = Context {
            address: Some(Address::from(std::net::IpAddr::from([203, 0, 113, number]))),
            place: Place {
                system: None,
                country: Country::parse("JP"),
                ..Place::default()
            },
            client: Some(ClientFamily::parse("chrome/windows")),
            device: None,
            terminal: Terminal::Own,
        };
        let session = ShownSession {
            id: SessionId([number; 16]),
            this: number == 1,
            context: (number < 3).then_some(context),
            since: SINCE,
            last: SINCE.plus(Span::hours(1)),
        };
        SessionLine::of(&session, "token".into(), self.locale)
    }

    /// One message of each kind, in each state.
    fn messages(&self) -> Vec<MessageLine> {
        let states = [NoticeState::Sent, NoticeState::Waiting, NoticeState::Dead];
        let kinds = ["code", "confirm_code", "frozen", "password_changed", "new"];
        let line = |(template, state): (&str, NoticeState)| {
            let message = SentMessage {
                at: SINCE,
                kind: sekisho_core::notice::Carrier::Mail,
                masked: Some(self.text.clone()),
                template: template.to_owned(),
                state,
            };
            MessageLine::of(&message, self.locale)
        };
        kinds
            .into_iter()
            .zip(states.into_iter().cycle())
            .map(line)
            .collect()
    }

    pub(super) fn security(&self) -> Vec<Sample> {
        let texts = self.texts();
        let known = |password_set| Security {
            password_set,
            password_old: password_set.is_some(),
            channels: vec![
                self.channel(1, ChannelKind::Mail, Some(SINCE)),
                self.channel(2, ChannelKind::Sms, None),
            ],
            sessions: 3,
            devices: 2,
        };
        let centre =
            |known: &Security| SecurityPage::framed(self.member("/security"), known, self.locale);
        let sessions = |many: u8| EndSessionPage {
            f: self
                .member("/security/sessions")
                .headed(texts.end_session.title),
            told: Some(texts.end_session.ended),
            sessions: (1..=many).map(|number| self.session(number)).collect(),
            others_csrf: "token".into(),
        };
        let mut all = vec![
            sample("security", &centre(&known(Some(SINCE)))),
            sample("security, no password", &centre(&known(None))),
            sample("end_session", &sessions(3)),
            sample("end_session, alone", &sessions(1)),
            sample(
                "freeze",
                &FreezePage {
                    f: self.member("/security/freeze").headed(texts.freeze.title),
                    csrf: "token".into(),
                },
            ),
        ];
        all.extend(self.cancellations());
        all
    }

    pub(super) fn changes(&self) -> Vec<Sample> {
        let texts = self.texts();
        let messages = |some: bool| MessagesPage {
            f: self
                .member("/security/messages")
                .headed(texts.messages.title),
            messages: if some { self.messages() } else { Vec::new() },
            newest: some,
            older_href: some.then(|| "/security/messages?before=1.ntc_x".to_owned()),
        };
        let policy = &self.policy.password;
        let found = Examination {
            findings: Reason::ALL.to_vec(),
            gauge: Step::Low,
            weakness: Weakness::Word,
        };
        let mut wrong = findings(texts.password, policy, &found.findings);
        wrong.add("current", texts.change_password.current_wrong);
        let password = |errors: Errors, found: Option<&Examination>| ChangePasswordPage {
            f: self
                .member("/security/password")
                .headed(texts.change_password.title)
                .with(&errors),
            csrf: "token".into(),
            password: NewPassword::of(texts, policy, found),
            errors,
        };
        let prove = |sent: Option<bool>, with: bool, errors: Errors| {
            let known = Proving {
                channel: sent.map(|_| self.channel(1, ChannelKind::Mail, Some(SINCE))),
                code_sent: sent == Some(true),
                minutes: 10,
                passkey: Some(prompt()).filter(|_| with),
                totp: with,
                backup_code: with,
            };
            let return_to = ReturnTo::parse_or_home("/security/password");
            let tokens = ["token"; 5].map(str::to_owned);
            let frame = self.member("/security/prove");
            ProvePage::framed(frame, &known, &return_to, tokens, errors)
        };
        vec![
            sample("messages", &messages(true)),
            sample("messages, none", &messages(false)),
            sample("change_password", &password(Errors::none(), None)),
            erring("change_password, wrong", &password(wrong, Some(&found))),
            sample(
                "prove, to be sent",
                &prove(Some(false), false, Errors::none()),
            ),
            sample("prove, sent", &prove(Some(true), true, Errors::none())),
            sample("prove, no way", &prove(None, false, Errors::none())),
            sample("prove, by passkey", &prove(None, true, Errors::none())),
            erring(
                "prove, wrong",
                &prove(Some(true), true, Errors::one("code", texts.code.wrong)),
            ),
        ]
    }
}
