//! The pages of contacts and devices.
//!
//! **Invariant:** each of them is rendered with everything it can show.

use sekisho_core::client_family::ClientFamily;
use sekisho_core::id::DeviceId;
use sekisho_core::moment::Moment;
use sekisho_gate::ShownDevice;

use super::{Sample, World, erring, sample};
use crate::forms::Errors;
use crate::pages::change_contact::{ChangeContactPage, ContactsPage};
use crate::pages::forget_device::{DeviceLine, ForgetDevicePage};
use crate::pages::security::ChannelLine;
use crate::texts::fill;

const SINCE: Moment = Moment::from_unix_seconds(1_795_219_200);

impl World {
    fn device(&self, number: u8) -> DeviceLine {
        let device = ShownDevice {
            id: DeviceId([number; 16]),
            this: number == 1,
            name: (number == 1).then(|| self.text.chars().take(40).collect()),
            client: (number < 3).then(|| ClientFamily::parse("safari/iphone")),
            since: SINCE,
            last: SINCE,
        };
        let tokens = ("token".into(), "token".into());
        DeviceLine::of(&device, tokens, self.locale)
    }

    pub(super) fn contacts(&self) -> Vec<Sample> {
        let texts = self.texts();
        let words = texts.change_contact;
        let hold = || fill(words.hold, &[("hours", &24)]);
        let line = || ChannelLine {
            kind: texts.security.mail,
            masked: self.text.clone(),
            standing: self.text.clone(),
        };
        let list = |dedicated| ContactsPage {
            f: self.member("/security/contact").headed(words.title),
            told: Some(words.changed),
            hold: hold(),
            channels: vec![(line(), "/security/contact/chn_x".into())],
            dedicated,
        };
        let change = |errors: Errors| ChangeContactPage {
            f: self
                .member("/security/contact/new")
                .headed(words.add_title)
                .with(&errors),
            csrf: "token".into(),
            action: "/security/contact/new".into(),
            lead: words.add_lead,
            hold: hold(),
            current_label: fill(words.current, &[("masked", &self.text)]),
            wanted_label: words.wanted,
            wanted: self.text.clone(),
            errors,
        };
        let mut wrong = Errors::one("current", words.current_wrong);
        wrong.add("wanted", words.wanted_bad);
        let devices = |many: u8| ForgetDevicePage {
            f: self
                .member("/security/devices")
                .headed(texts.forget_device.title),
            told: Some(texts.forget_device.named),
            devices: (1..=many).map(|number| self.device(number)).collect(),
        };
        vec![
            sample("contacts", &list(false)),
            sample("contacts, dedicated", &list(true)),
            sample("change_contact", &change(Errors::none())),
            erring("change_contact, wrong", &change(wrong)),
            sample("forget_device", &devices(3)),
            sample("forget_device, none", &devices(0)),
        ]
    }
}
