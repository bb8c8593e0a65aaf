//! `/networks`, `/networks/look`: whom a network meets, and putting it on the list.
//!
//! **Invariant:** a network is listed from a page that said how many customers it meets.

use axum::response::Response;
use sekisho_core::console::ConsoleAct;
use sekisho_core::context::Address;
use sekisho_core::id::AlertId;
use sekisho_core::known::{ListedAs, PeopleThere};
use sekisho_core::list_network::{NewListing, is_narrow};
use sekisho_core::moment::Span;
use sekisho_core::places::Network;
use sekisho_core::reason::Reason;
use sekisho_core::thaw::Ground;
use sekisho_gate::StaffAnswer;

use super::{LOOK, PATH, PreviewPart, listed_name, page};
use crate::console::frame::onward;
use crate::console::list::done;
use crate::console::posted::Posted;
use crate::console::visit::{Visit, refusal};
use crate::forms::{Errors, Form};
use crate::pages::Trouble;
use crate::texts::{NetworkWords, fill};

/// From so many customers on the page advises against refusing them.
const SHARED: u32 = 20;

/// For how long one may be listed, in hours.
const LIVES: [u16; 6] = [1, 4, 24, 72, 168, 720];

const fn life_name(hours: u16, words: &NetworkWords) -> &'static str {
    match hours {
        1 => words.hour,
        4 => words.hours_4,
        24 => words.day,
        72 => words.days_3,
        168 => words.days_7,
        _ => words.days_30,
    }
}

/// The token of a form is good for this network and what was shown of it alone.
fn make_name(network: Network, shown: u32) -> String {
    format!("console_network:{network}:{shown}")
}

fn network(text: &str, words: &NetworkWords) -> Result<Network, Errors> {
    match Network::parse(text.trim()) {
        Err(_) => Err(Errors::one("network", words.network_wrong)),
        Ok(network) if !is_narrow(network) => Err(Errors::one("network", words.network_wide)),
        Ok(network) => Ok(network),
    }
}

/// What was typed beside the network.
#[derive(Clone, Debug, Default)]
struct Wanted {
    listed: Option<ListedAs>,
    hours: Option<u16>,
    ground: String,
}

fn preview(
    visit: &Visit,
    (network, there): (Network, PeopleThere),
    (alert, wanted): (&str, Wanted),
) -> PreviewPart {
    let words = visit.texts().networks;
    let number = there.customers;
    let text = match there {
        PeopleThere { more: true, .. } => words.people_more,
        PeopleThere { customers: 0, .. } => words.nobody,
        PeopleThere { .. } => words.people,
    };
    let own = visit.address().map(Address::from);
    PreviewPart {
        heading: fill(words.preview, &[("network", &network)]),
        people: fill(text, &[("number", &number)]),
        is_shared: there.more || number >= SHARED,
        is_own: own.is_some_and(|address| network.holds(address)),
        csrf: visit
            .gate()
            .csrf_token(visit.session_binding(), &make_name(network, number)),
        network: network.to_string(),
        shown: number,
        alert: alert.to_owned(),
        listed: ListedAs::ALL
            .map(|one| {
                let (name, hint) = listed_name(one, words);
                (one.word(), name, hint, wanted.listed == Some(one))
            })
            .into(),
        lives: LIVES
            .map(|hours| (hours, life_name(hours, words), wanted.hours == Some(hours)))
            .into(),
        ground: wanted.ground,
    }
}

/// The alert that a form names, or nothing.
fn alert(form: &Form) -> Result<Option<AlertId>, Trouble> {
    match form.text("alert") {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| Trouble::NotFound),
    }
}

pub async fn look(posted: Posted) -> Result<Response, Trouble> {
    let session = posted.visit.person(ConsoleAct::NetworkList).await?;
    posted.proves_session(LOOK)?;
    let Posted { visit, form } = posted;
    let alert = alert(&form)?.map(|id| id.to_string()).unwrap_or_default();
    let typed = (form.text("network").to_owned(), alert.clone());
    match network(&typed.0, visit.texts().networks) {
        Err(errors) => Ok(visit.again(&page(&visit, &session, (typed, None, errors)).await?)),
        Ok(network) => {
            let there = done(visit.gate().console_people_in(&session, network).await?)?;
            let part = preview(&visit, (network, there), (&alert, Wanted::default()));
            let asked = (typed, Some(part), Errors::none());
            Ok(visit.shown(&page(&visit, &session, asked).await?))
        }
    }
}

/// The listing that a form wants, or what is wrong with it.
fn wanted(
    visit: &Visit,
    form: &Form,
    (network, shown): (Network, u32),
) -> Result<Result<NewListing, (Errors, Wanted)>, Trouble> {
    let words = visit.texts().networks;
    let typed = Wanted {
        listed: ListedAs::parse(form.text("listed")),
        hours: form
            .text("hours")
            .parse()
            .ok()
            .filter(|hours| LIVES.contains(hours)),
        ground: form.text("ground").to_owned(),
    };
    let mut errors = Errors::none();
    if typed.listed.is_none() {
        errors.add("listed-first", words.listed_wrong);
    }
    if typed.hours.is_none() {
        errors.add("hours", words.life_wrong);
    }
    let reason = Ground::parse(&typed.ground);
    if reason.is_err() {
        errors.add("ground", visit.texts().console.ground_wrong);
    }
    Ok(match (typed.listed, typed.hours, reason) {
        (Some(listed), Some(hours), Ok(reason)) => Ok(NewListing {
            network,
            listed,
            life: Span::hours(hours.into()),
            reason,
            alert: alert(form)?,
            shown,
        }),
        _ => Err((errors, typed)),
    })
}

pub async fn make(posted: Posted) -> Result<Response, Trouble> {
    let session = posted.visit.person(ConsoleAct::NetworkList).await?;
    let network = Network::parse(posted.form.text("network")).map_err(|_| Trouble::Malformed)?;
    let shown = posted.form.text("shown").parse();
    let shown: u32 = shown.map_err(|_| Trouble::Malformed)?;
    posted.proves_session(&make_name(network, shown))?;
    let Posted { visit, form } = posted;
    let words = visit.texts().networks;
    let (errors, typed) = match wanted(&visit, &form, (network, shown))? {
        Err(wrong) => wrong,
        Ok(new) => {
            let typed = Wanted {
                listed: Some(new.listed),
                hours: u16::try_from(new.life.as_seconds() / 3_600).ok(),
                ground: new.reason.as_str().to_owned(),
            };
            let by = (&session, ConsoleAct::NetworkList);
            match visit.gate().list_network(by, new).await? {
                StaffAnswer::Done(id) => return Ok(onward(&format!("{PATH}/{id}?told=made"))),
                StaffAnswer::Refused(Reason::ListingAltered) => {
                    (Errors::one("", words.altered), typed)
                }
                StaffAnswer::Refused(Reason::ListingMany) => (Errors::one("", words.many), typed),
                StaffAnswer::Refused(reason) => return Err(refusal(reason)),
                StaffAnswer::Unproved => return Err(Trouble::SignIn),
            }
        }
    };
    let there = done(visit.gate().console_people_in(&session, network).await?)?;
    let alert = form.text("alert").to_owned();
    let part = preview(&visit, (network, there), (&alert, typed));
    let asked = ((network.to_string(), alert), Some(part), errors);
    Ok(visit.again(&page(&visit, &session, asked).await?))
}
