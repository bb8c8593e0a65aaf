//! `/links`: who shares an address, a device, a payout account or a phone with whom.
//!
//! **Invariant:** an address that is asked for is in no address of a page, and none is shown whole.

use std::net::IpAddr;

use askama::Template;
use axum::response::Response;
use sekisho_core::console::ConsoleAct;
use sekisho_core::context::Address;
use sekisho_core::id::{CustomerId, DeviceId};
use sekisho_core::known::CustomerState;
use sekisho_core::links::{LinkedPlace, Links, MOST_OPENED};
use sekisho_core::sighting::{Trait, TraitKind};
use sekisho_core::sweep::MOST_COUNTED;
use sekisho_core::text::Reference;
use sekisho_gate::StaffSession;

use super::frame::{ConsoleFrame, onward};
use super::list::done;
use super::picture::{HIGH, Line, Node, Picture, WIDE, coarse};
use super::posted::Posted;
use super::visit::Visit;
use crate::forms::Errors;
use crate::pages::Trouble;
use crate::texts::{LinkWords, When, fill};

const PATH: &str = "/links";
const FIND: &str = "console_links_find";

/// A box of the picture, with a link.
#[derive(Clone, Debug)]
pub struct Shape {
    pub x: usize,
    pub y: usize,
    pub href: String,
    pub label: String,
    pub below: String,
    pub said: String,
    /// How it is drawn: `person`, `open`, `frozen`, `place`, `crowd` or `reported`.
    pub look: &'static str,
}

/// A customer in the table.
#[derive(Clone, Debug)]
pub struct PersonRow {
    pub reference: String,
    pub href: String,
    pub frozen: bool,
    /// Opens what they share, too; `None` where it is open or there are as many as may be.
    pub open_href: Option<String>,
    /// Numbers of what they share.
    pub places: Vec<usize>,
}

/// A place in the table.
#[derive(Clone, Debug)]
pub struct PlaceRow {
    pub number: usize,
    pub kind: &'static str,
    pub value: String,
    pub people: String,
    pub crowd: bool,
    pub reported: bool,
    pub first: Option<When>,
    pub last: Option<When>,
    pub successes: i64,
    pub failures: i64,
}

/// A view: the picture and the tables beside it.
#[derive(Clone, Debug, Default)]
pub struct LinksShown {
    pub lines: Vec<Line>,
    pub shapes: Vec<Shape>,
    pub width: usize,
    pub height: usize,
    pub people: Vec<PersonRow>,
    pub places: Vec<PlaceRow>,
    pub left_out: Option<String>,
}

#[derive(Template)]
#[template(path = "console/links.html")]
pub struct LinksPage {
    pub f: ConsoleFrame,
    pub csrf: String,
    pub errors: Errors,
    pub shown: Option<LinksShown>,
    /// The page without what was opened beside the first.
    pub first_href: Option<String>,
}

impl LinksPage {
    /// Width of a box.
    pub const fn wide(&self) -> usize {
        WIDE
    }

    /// Height of a box.
    pub const fn high(&self) -> usize {
        HIGH
    }
}

const fn kind(kind: TraitKind, words: &LinkWords) -> &'static str {
    match kind {
        TraitKind::Device => words.device,
        TraitKind::PayoutAccount => words.payout_account,
        TraitKind::Phone => words.phone,
        _ => words.address,
    }
}

/// The address of the view of these customers.
fn href(of: &[CustomerId]) -> String {
    let of: Vec<_> = of.iter().map(ToString::to_string).collect();
    format!("{PATH}?of={}", of.join(","))
}

fn people_text(place: &LinkedPlace, words: &LinkWords) -> String {
    let number = match place.people > MOST_COUNTED {
        true => format!("{MOST_COUNTED}+"),
        false => place.people.to_string(),
    };
    fill(words.people, &[("number", &number)])
}

/// Everything of a view in words.
pub(super) fn shown(
    visit: (&LinkWords, sekisho_core::notice::Locale),
    links: &Links,
) -> LinksShown {
    let (words, locale) = visit;
    let picture = Picture::of(links);
    let person = |at: usize| -> Option<PersonRow> {
        let one = links.people.get(at)?;
        let more = links.opened.len() < MOST_OPENED && !links.opened.contains(&one.id);
        let there = links.places.iter().enumerate();
        let there =
            there.filter(|(_, place)| place.there.iter().any(|is| is.customer.id == one.id));
        Some(PersonRow {
            reference: one.reference.as_str().to_owned(),
            href: format!("/customers/{}", one.id),
            frozen: one.state == CustomerState::Frozen,
            open_href: more.then(|| href(&[links.opened.as_slice(), &[one.id]].concat())),
            places: there.map(|(at, _)| at + 1).collect(),
        })
    };
    let place = |at: usize| -> Option<PlaceRow> {
        let one = links.places.get(at)?;
        let first = one.there.iter().map(|is| is.seen.first).min();
        let last = one.there.iter().map(|is| is.seen.last).max();
        Some(PlaceRow {
            number: at + 1,
            kind: kind(one.place.kind, words),
            value: coarse(&one.place),
            people: people_text(one, words),
            crowd: one.is_crowd(),
            reported: one.is_reported(),
            first: first.map(|at| When::of(at, locale)),
            last: last.map(|at| When::of(at, locale)),
            successes: one.there.iter().map(|is| is.seen.successes).sum(),
            failures: one.there.iter().map(|is| is.seen.failures).sum(),
        })
    };
    let shape = |stand: &super::picture::Stand| {
        let shape = match stand.node {
            Node::Person(at) => drawn_person(&person(at)?, words),
            Node::Place(at) => drawn_place(&place(at)?, words),
        };
        Some(Shape {
            x: stand.x,
            y: stand.y,
            ..shape
        })
    };
    LinksShown {
        shapes: picture.stands.iter().filter_map(shape).collect(),
        lines: picture.lines,
        width: picture.width,
        height: picture.height,
        people: (0..links.people.len()).filter_map(person).collect(),
        places: (0..links.places.len()).filter_map(place).collect(),
        left_out: (links.left_out > 0)
            .then(|| fill(words.left_out, &[("number", &links.left_out)])),
    }
}

fn drawn_person(row: &PersonRow, words: &LinkWords) -> Shape {
    let (look, below) = match (row.frozen, row.open_href.is_some()) {
        (true, _) => ("frozen", words.frozen),
        (false, true) => ("person", ""),
        (false, false) => ("open", ""),
    };
    let does = match row.open_href {
        Some(_) => words.open,
        None => words.customer_page,
    };
    Shape {
        x: 0,
        y: 0,
        href: row.open_href.clone().unwrap_or_else(|| row.href.clone()),
        label: row.reference.clone(),
        below: below.to_owned(),
        said: format!("{}: {} {below}", does, row.reference),
        look,
    }
}

fn drawn_place(row: &PlaceRow, words: &LinkWords) -> Shape {
    let look = match (row.reported, row.crowd) {
        (true, _) => "reported",
        (false, true) => "crowd",
        (false, false) => "place",
    };
    let label = format!("{} {}", row.number, row.value);
    let below = format!("{} · {}", row.kind, row.people);
    let reported = if row.reported { words.reported } else { "" };
    Shape {
        x: 0,
        y: 0,
        href: format!("#place-{}", row.number),
        // What is heard has what is seen in it.
        said: format!("{label} {below} {reported}"),
        label,
        below,
        look,
    }
}

fn page(visit: &Visit, session: &StaffSession, found: Option<&Links>, errors: Errors) -> LinksPage {
    let words = visit.texts().links;
    let several = found.filter(|links| links.opened.len() > 1);
    let first = several.and_then(|links| links.opened.first());
    LinksPage {
        f: ConsoleFrame::of_person(visit, session, words.title).with(&errors),
        csrf: visit.gate().csrf_token(visit.session_binding(), FIND),
        shown: found.map(|links| shown((words, visit.locale()), links)),
        first_href: first.map(|id| href(&[*id])),
        errors,
    }
}

pub async fn show(visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::LinksShow).await?;
    let Some(asked) = visit.asked("of") else {
        return Ok(visit.shown(&page(&visit, &session, None, Errors::none())));
    };
    let ids = asked.split(',').take(MOST_OPENED).map(str::parse);
    let mut of: Vec<CustomerId> = ids
        .collect::<Result<_, _>>()
        .map_err(|_| Trouble::NotFound)?;
    let mut seen = std::collections::BTreeSet::new();
    of.retain(|id| seen.insert(*id));
    let found = done(visit.gate().console_links(&session, &of).await?)?;
    let found = found.ok_or(Trouble::NotFound)?;
    Ok(visit.shown(&page(&visit, &session, Some(&found), Errors::none())))
}

pub async fn find(posted: Posted) -> Result<Response, Trouble> {
    let session = posted.visit.person(ConsoleAct::LinksShow).await?;
    posted.proves_session(FIND)?;
    let Posted { visit, form } = posted;
    let (gate, words) = (visit.gate(), visit.texts().links);
    let typed = form.text("what").trim();
    let place = typed.parse::<IpAddr>().ok().map(|address| {
        let [address, _] = Trait::of_address(Address::from(address));
        address
    });
    let device = typed.parse::<DeviceId>().ok().map(Trait::of_device);
    if let Some(place) = place.or(device) {
        let found = done(gate.console_links_at(&session, place).await?)?;
        if let Some(found) = found {
            return Ok(visit.shown(&page(&visit, &session, Some(&found), Errors::none())));
        }
    } else if let Ok(reference) = Reference::parse(typed)
        && let Some(id) = done(gate.console_find(&session, &reference).await?)?
    {
        return Ok(onward(&href(&[id])));
    }
    let wrong = match typed.is_empty() {
        true => words.find_wrong,
        false => words.find_none,
    };
    let errors = Errors::one("what", wrong);
    Ok(visit.again(&page(&visit, &session, None, errors)))
}
