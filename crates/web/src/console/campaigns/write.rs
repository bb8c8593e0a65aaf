//! `/campaigns/new`: what is to be sent to whom is typed, linted, shown, and proposed as shown.
//!
//! **Invariant:** nothing is proposed but what was shown with the same form; what was typed comes
//! back with every answer but the one that proposed it.

use askama::Template;
use axum::response::Response;
use sekisho_core::campaign::{
    CampaignText, Finding, MOST_DAYS, MOST_LISTED, MOST_RATE, Part, USUAL_RATE,
};
use sekisho_core::console::ConsoleAct;
use sekisho_core::known::{CampaignKind, CampaignSet, CampaignWanted, SETS};
use sekisho_core::moment::Moment;
use sekisho_core::text::{Reference, half_width};
use sekisho_core::thaw::Ground;
use sekisho_gate::{CampaignAnswer, CampaignDraft, CampaignPreview, StaffSession};

use super::{PATH, ReachLines, SampleLine, kind_name, samples, set_name, wrong};
use crate::console::frame::{ConsoleFrame, onward};
use crate::console::list::done;
use crate::console::posted::{Posted, PostedLong};
use crate::console::visit::Visit;
use crate::forms::{Errors, Form};
use crate::pages::Trouble;
use crate::texts::{CampaignWords, fill};

const FORM: &str = "console_campaigns_new";
/// Characters of a wrong line that are said again.
const QUOTED: usize = 40;

/// The fields of the parts of a text, in the order of [`Part::ALL`].
const PARTS: [&str; 4] = ["subject_ja", "body_ja", "subject_en", "body_en"];

/// What was typed and comes back with the form.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub kind: String,
    pub chosen: String,
    pub days: String,
    pub alert: String,
    pub named: String,
    pub parts: [String; 4],
    pub rate: String,
    pub as_of: String,
    pub ground: String,
}

#[derive(Template)]
#[template(path = "console/campaign_new.html")]
pub struct WritePage {
    pub f: ConsoleFrame,
    pub csrf: String,
    /// Word, name, whether it is chosen.
    pub kinds: Vec<(&'static str, &'static str, bool)>,
    pub sets: Vec<(&'static str, &'static str, bool)>,
    pub typed: Typed,
    pub errors: Errors,
}

#[derive(Template)]
#[template(path = "console/campaign_preview.html")]
pub struct PreviewPage {
    pub f: ConsoleFrame,
    pub csrf: String,
    pub kind: &'static str,
    pub set: String,
    pub rate: u16,
    pub reach: ReachLines,
    pub samples: Vec<SampleLine>,
    pub digest: String,
    pub typed: Typed,
    pub errors: Errors,
}

impl PreviewPage {
    /// What was typed as the reason.
    pub fn ground_typed(&self) -> &str {
        &self.typed.ground
    }
}

pub const fn set_label(word: &str, words: &CampaignWords) -> &'static str {
    match word.as_bytes() {
        b"alert" => words.set_alert,
        b"cases" => words.set_cases,
        b"listed" => words.set_listed,
        b"old_password" => words.set_old_password,
        _ => words.all,
    }
}

/// What to do about what is wrong with a text.
pub const fn advice(finding: Finding, words: &CampaignWords) -> &'static str {
    match finding {
        Finding::Empty => words.found_empty,
        Finding::Long => words.found_long,
        Finding::Hidden => words.found_hidden,
        Finding::Language => words.found_language,
        Finding::Markup => words.found_markup,
        Finding::Link => words.found_link,
        Finding::Mail => words.found_mail,
        Finding::Telephone => words.found_telephone,
        Finding::Secret => words.found_secret,
    }
}

fn page(visit: &Visit, session: &StaffSession, (typed, errors): (Typed, Errors)) -> WritePage {
    let words = visit.texts().campaign;
    let kinds = CampaignKind::ALL.map(|kind| {
        let word = kind.word();
        (word, kind_name(kind, words), typed.kind == word)
    });
    let sets = SETS.map(|word| (word, set_label(word, words), typed.chosen == word));
    WritePage {
        f: ConsoleFrame::of_person(visit, session, words.new).with(&errors),
        csrf: visit.gate().csrf_token(visit.session_binding(), FORM),
        kinds: kinds.into(),
        sets: sets.into(),
        typed,
        errors,
    }
}

pub async fn show(visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::CampaignPropose).await?;
    let typed = Typed {
        chosen: visit
            .asked("alert")
            .map(|_| "alert".to_owned())
            .unwrap_or_default(),
        alert: visit.asked("alert").unwrap_or_default(),
        rate: USUAL_RATE.to_string(),
        ..Typed::default()
    };
    Ok(visit.shown(&page(&visit, &session, (typed, Errors::none()))))
}

fn typed(form: &Form) -> Typed {
    let text = |name| form.text(name).trim().to_owned();
    Typed {
        kind: text("kind"),
        chosen: text("chosen"),
        days: text("days"),
        alert: text("alert"),
        named: text("named"),
        parts: PARTS.map(text),
        rate: text("rate"),
        as_of: text("as_of"),
        ground: text("ground"),
    }
}

/// A number from 1 to `most`, in digits of either width.
fn number(text: &str, most: u16) -> Option<u16> {
    let number = half_width(text).parse().ok();
    number.filter(|number| (1..=most).contains(number))
}

/// The references that were pasted, or the line that is none.
fn named(text: &str) -> Result<Vec<Reference>, String> {
    let lines = text.split(['\n', ',', ';']).map(str::trim);
    let mut all = Vec::new();
    for line in lines.filter(|line| !line.is_empty()) {
        let reference = Reference::parse(&half_width(line));
        let fits = reference.ok().filter(|_| all.len() < MOST_LISTED);
        all.push(fits.ok_or_else(|| line.chars().take(QUOTED).collect::<String>())?);
    }
    if all.is_empty() {
        Err(String::new())
    } else {
        Ok(all)
    }
}

/// What was typed as the words of a warning, or what is wrong with them.
fn own_words(visit: &Visit, typed: &Typed, errors: &mut Errors) -> Option<CampaignText> {
    let words = visit.texts().campaign;
    let host = visit.gate().campaign_host();
    let parts = typed.parts.each_ref().map(String::as_str);
    match CampaignText::parse(parts, host.as_deref()) {
        Ok(text) => Some(text),
        Err(found) => {
            for (part, field) in Part::ALL.into_iter().zip(PARTS) {
                let own = found.iter().filter(|(of, _)| *of == part);
                let said: Vec<_> = own.map(|(_, one)| advice(*one, words)).collect();
                if !said.is_empty() {
                    errors.add(field, said.join(" "));
                }
            }
            None
        }
    }
}

/// What was typed, or what is wrong with it.
fn drafted(visit: &Visit, typed: &Typed) -> Result<CampaignDraft, Errors> {
    let (words, mut errors) = (visit.texts().campaign, Errors::none());
    let kind = CampaignKind::parse(&typed.kind);
    if kind.is_none() {
        errors.add("kind", words.kind_wrong);
    }
    let text = match kind {
        Some(CampaignKind::PhishingWarning) => own_words(visit, typed, &mut errors),
        _ => None,
    };
    let (days, alert) = (number(&typed.days, MOST_DAYS), typed.alert.parse().ok());
    let set = CampaignSet::parse(&typed.chosen, days, alert);
    let mut listed = Vec::new();
    match (set, typed.chosen.as_str()) {
        (Some(CampaignSet::Listed), _) => match named(&typed.named) {
            Ok(named) => listed = named,
            Err(line) => errors.add("named", fill(words.named_wrong, &[("line", &line)])),
        },
        (Some(_), _) => {}
        (None, "cases" | "old_password") => errors.add("days", words.days_wrong),
        (None, "alert") => errors.add("alert", words.alert_wrong),
        (None, _) => errors.add("chosen", words.chosen_wrong),
    }
    let rate = number(&typed.rate, MOST_RATE);
    if rate.is_none() {
        errors.add("rate", words.rate_wrong);
    }
    let as_of = typed.as_of.parse().ok().map(Moment);
    match (kind, set, rate) {
        (Some(kind), Some(set), Some(rate)) if errors.is_empty() => Ok(CampaignDraft {
            wanted: CampaignWanted {
                kind,
                text,
                set,
                as_of: as_of.unwrap_or_else(|| visit.gate().now()),
                rate,
            },
            named: listed,
        }),
        _ => Err(errors),
    }
}

fn previewed(
    visit: &Visit,
    session: &StaffSession,
    preview: &CampaignPreview,
    (typed, errors): (Typed, Errors),
) -> PreviewPage {
    let words = visit.texts().campaign;
    let wanted = &preview.wanted;
    PreviewPage {
        f: ConsoleFrame::of_person(visit, session, words.preview).with(&errors),
        csrf: visit.gate().csrf_token(visit.session_binding(), FORM),
        kind: kind_name(wanted.kind, words),
        set: set_name(wanted.set, words),
        rate: wanted.rate,
        reach: ReachLines::of(preview, words),
        samples: samples(visit, wanted),
        digest: preview.agreement(),
        typed: Typed {
            as_of: wanted.as_of.0.to_string(),
            ..typed
        },
        errors,
    }
}

pub async fn submit(PostedLong(posted): PostedLong) -> Result<Response, Trouble> {
    let session = posted.visit.person(ConsoleAct::CampaignPropose).await?;
    posted.proves_session(FORM)?;
    let Posted { visit, form } = posted;
    let typed = typed(&form);
    let draft = match drafted(&visit, &typed) {
        Ok(draft) => draft,
        Err(errors) => return Ok(visit.again(&page(&visit, &session, (typed, errors)))),
    };
    let ground = match form.text("step") {
        "propose" => Ground::parse(&typed.ground),
        "change" => return Ok(visit.shown(&page(&visit, &session, (typed, Errors::none())))),
        _ => {
            let found = done(visit.gate().campaign_preview(&session, &draft).await?)?;
            let asked = (typed, Errors::none());
            return Ok(visit.shown(&previewed(&visit, &session, &found, asked)));
        }
    };
    let Ok(ground) = ground else {
        let found = done(visit.gate().campaign_preview(&session, &draft).await?)?;
        let errors = Errors::one("ground", visit.texts().console.ground_wrong);
        return Ok(visit.again(&previewed(&visit, &session, &found, (typed, errors))));
    };
    let by = (&session, ConsoleAct::CampaignPropose);
    let shown = (&draft, form.text("digest"));
    let words = visit.texts().campaign;
    match visit.gate().propose_campaign(by, shown, ground).await? {
        CampaignAnswer::Done(id) => Ok(onward(&format!("{PATH}/{id}?told=proposed"))),
        CampaignAnswer::Altered(found) => {
            let asked = (typed, Errors::one("", words.altered));
            Ok(visit.again(&previewed(&visit, &session, &found, asked)))
        }
        CampaignAnswer::Refused(reason) => {
            let errors = Errors::one("", wrong(reason, words)?);
            Ok(visit.again(&page(&visit, &session, (typed, errors))))
        }
        CampaignAnswer::Unknown => Err(Trouble::NotFound),
        CampaignAnswer::Unproved => Err(Trouble::SignIn),
    }
}
