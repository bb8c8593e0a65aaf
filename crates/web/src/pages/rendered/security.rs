//! The pages of the security centre.
//!
//! **Invariant:** each of them is rendered with everything it can show.

use sekisho_core::client_family::ClientFamily;
use sekisho_core::context::{Address, Context, Country, Place};
use sekisho_core::id::{ChannelId, SessionId};
use sekisho_core::login::ChannelKind;
use sekisho_core::moment::{Moment, Span};
use sekisho_gate::{Security, ShownChannel, ShownSession};

use super::{Sample, World, sample};
use crate::pages::end_session::{EndSessionPage, SessionLine};
use crate::pages::freeze::FreezePage;
use crate::pages::security::SecurityPage;

const SINCE: Moment = Moment::from_unix_seconds(1_795_219_200);

impl World {
    fn channel(&self, number: u8, kind: ChannelKind, verified: Option<Moment>) -> ShownChannel {
        ShownChannel {
            id: ChannelId([number; 16]),
            kind,
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
            },
            client: Some(ClientFamily::parse("chrome/windows")),
            device: None,
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

    pub(super) fn security(&self) -> Vec<Sample> {
        let texts = self.texts();
        let known = |password_set| Security {
            password_set,
            channels: vec![
                self.channel(1, ChannelKind::Mail, Some(SINCE)),
                self.channel(2, ChannelKind::Sms, None),
            ],
            sessions: 3,
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
        vec![
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
        ]
    }
}
