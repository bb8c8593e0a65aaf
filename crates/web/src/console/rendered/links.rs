//! The link view, filled with samples.
//!
//! **Invariant:** every look of a box is in one sample, and a view of nothing in another.

use sekisho_core::id::CustomerId;
use sekisho_core::known::{CustomerState, Seen};
use sekisho_core::links::{Linked, LinkedCustomer, LinkedPlace, Links, MOST_LISTED};
use sekisho_core::moment::Moment;
use sekisho_core::sighting::{Trait, TraitKind};
use sekisho_core::text::Reference;

use super::{Filling, erring, sample};
use crate::console::links::{LinksPage, shown};
use crate::forms::Errors;
use crate::texts::Texts;

type Sampled = (&'static str, bool, String);

fn person(number: u8) -> LinkedCustomer {
    let text = format!("C-{number}");
    LinkedCustomer {
        id: CustomerId([number; 16]),
        reference: Reference::parse(&text).unwrap(),
        state: match number {
            3 => CustomerState::Frozen,
            _ => CustomerState::Active,
        },
    }
}

fn place(kind: TraitKind, people: u32, there: &[u8]) -> LinkedPlace {
    let at = Moment(1_795_219_200_000_000);
    let linked = |number: &u8| Linked {
        customer: person(*number),
        seen: Seen {
            first: at,
            first_success: None,
            last: at,
            successes: i64::from(*number) - 1,
            failures: 1,
            guarded: 0,
        },
        reported: kind == TraitKind::Device,
    };
    LinkedPlace {
        place: Trait {
            kind,
            value: [7; 16],
        },
        people,
        there: there.iter().map(linked).collect(),
    }
}

fn view() -> Links {
    let crowd = place(TraitKind::Phone, MOST_LISTED + 1, &[1]);
    let places = vec![
        place(TraitKind::Device, 2, &[1, 2]),
        place(TraitKind::PayoutAccount, 2, &[2, 3]),
        place(TraitKind::Address, 1_001, &[1]),
        crowd,
    ];
    Links::of(vec![person(1), person(2)], places)
}

pub(super) fn pages(filling: &Filling<'_>) -> Vec<Sampled> {
    let words = Texts::of(filling.locale).links;
    let page = |found: Option<Links>, errors: Errors| LinksPage {
        f: filling.person("/links", words.title).with(&errors),
        csrf: "token".to_owned(),
        shown: found.map(|links| shown((words, filling.locale), &links)),
        first_href: Some("/links?of=cus_1".to_owned()),
        errors,
    };
    let left_out = Links {
        left_out: 3,
        ..view()
    };
    let wrong = Errors::one("what", words.find_wrong);
    vec![
        sample("console links", &page(None, Errors::none())),
        sample("console links", &page(Some(view()), Errors::none())),
        sample("console links", &page(Some(left_out), Errors::none())),
        sample(
            "console links",
            &page(Some(Links::default()), Errors::none()),
        ),
        erring("console links", &page(None, wrong)),
    ]
}
