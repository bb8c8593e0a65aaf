//! How campaigns are called and shown: their kinds, sets, states, numbers and messages.
//!
//! **Invariant:** a sample is what is sent, rendered by what renders what is sent.

use sekisho_core::id::StaffId;
use sekisho_core::known::{
    CampaignKind, CampaignKnown, CampaignSet, CampaignState, CampaignWanted,
};
use sekisho_core::moment::Moment;
use sekisho_core::notice::Locale;
use sekisho_gate::{CampaignPreview, Names, Rendered, campaign_sample, render};

use crate::console::visit::Visit;
use crate::texts::{CampaignWords, fill};

/// A message as it is sent.
#[derive(Clone, Debug)]
pub struct SampleLine {
    pub lang: &'static str,
    pub language: &'static str,
    pub subject: String,
    pub body: String,
}

/// How many there are in a set.
#[derive(Clone, Debug)]
pub struct ReachLines {
    pub many: String,
    pub nobody: bool,
    pub mail: i64,
    pub sms: i64,
    pub nowhere: i64,
    pub unknown: i64,
}

impl ReachLines {
    pub fn of(preview: &CampaignPreview, words: &CampaignWords) -> Self {
        let reached = preview.reached;
        Self {
            many: fill(words.many, &[("count", &(reached.all - reached.nowhere))]),
            nobody: reached.all == reached.nowhere,
            mail: reached.mail,
            sms: reached.sms,
            nowhere: reached.nowhere,
            unknown: reached.unknown,
        }
    }
}

pub const fn kind_name(kind: CampaignKind, words: &CampaignWords) -> &'static str {
    match kind {
        CampaignKind::CheckContact => words.check_contact,
        CampaignKind::OldPassword => words.old_password,
        CampaignKind::PhishingWarning => words.phishing_warning,
    }
}

pub fn set_name(set: CampaignSet, words: &CampaignWords) -> String {
    match set {
        CampaignSet::All => words.all.to_owned(),
        CampaignSet::Alert(id) => fill(words.set_alert_of, &[("alert", &id)]),
        CampaignSet::Cases(days) => fill(words.set_cases_days, &[("days", &days)]),
        CampaignSet::Listed => words.set_listed.to_owned(),
        CampaignSet::OldPassword(days) => fill(words.set_old_password_days, &[("days", &days)]),
    }
}

pub fn state_name(known: &CampaignKnown, now: Moment, words: &CampaignWords) -> &'static str {
    match known.state {
        CampaignState::Proposed if !sekisho_core::campaign::is_startable(known, now) => {
            words.expired
        }
        CampaignState::Proposed => words.proposed,
        CampaignState::Running => words.running,
        CampaignState::Stopped => words.stopped,
        CampaignState::Finished => words.finished,
    }
}

pub fn named(id: StaffId, names: &Names) -> String {
    names
        .get(&id)
        .map_or_else(|| id.to_string(), ToString::to_string)
}

/// The message in both languages.
pub fn samples(visit: &Visit, wanted: &CampaignWanted) -> Vec<SampleLine> {
    let words = visit.texts().campaign;
    let sample = |(locale, language): (Locale, _)| {
        let brand = visit.app().brand.name(locale);
        let Rendered { subject, body } = render(&campaign_sample(wanted, locale), locale, brand);
        SampleLine {
            lang: locale.tag(),
            language,
            subject,
            body,
        }
    };
    let both = [(Locale::Ja, words.sample_ja), (Locale::En, words.sample_en)];
    both.into_iter().map(sample).collect()
}
