//! Where everybody stands in the picture of the link view.
//!
//! Customers and places take turns in columns, each as many steps from the first as it takes; so a
//! line joins neighbouring columns alone, and the order of reading is the order of the keyboard.
//!
//! **Invariant:** the same view is drawn in the same way each time.

use std::collections::{BTreeMap, BTreeSet};

use sekisho_core::context::Address;
use sekisho_core::id::CustomerId;
use sekisho_core::links::Links;
use sekisho_core::sighting::{Trait, TraitKind};

/// Width and height of a box, and the steps from one to the next, in units of the picture.
pub const WIDE: usize = 176;
pub const HIGH: usize = 34;
const ACROSS: usize = 248;
const DOWN: usize = 44;
const EDGE: usize = 8;

/// A customer or a place, by its number in the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// A customer.
    Person(usize),
    /// A place.
    Place(usize),
}

/// A box in the picture: what it is, and its left upper corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stand {
    pub node: Node,
    pub x: usize,
    pub y: usize,
}

/// A line in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub from: (usize, usize),
    pub to: (usize, usize),
    /// Whether nothing ended well there.
    pub failed: bool,
}

/// The picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    pub stands: Vec<Stand>,
    pub lines: Vec<Line>,
    pub width: usize,
    pub height: usize,
}

/// Who is joined with what, and whether nothing ended well there.
type Joined = Vec<(usize, usize, bool)>;

impl Picture {
    /// The picture of a view.
    pub fn of(links: &Links) -> Self {
        let joined = joined(links);
        let columns = columns(links, &joined);
        let most = columns.iter().map(Vec::len).max().unwrap_or_default();
        let mut at = BTreeMap::new();
        let mut stands = Vec::new();
        for (column, nodes) in columns.iter().enumerate() {
            let space = (most - nodes.len()) * DOWN / 2;
            for (row, node) in nodes.iter().enumerate() {
                let (x, y) = (EDGE + column * ACROSS, EDGE + space + row * DOWN);
                at.insert(*node, (x, y));
                stands.push(Stand { node: *node, x, y });
            }
        }
        let line = |(person, place, failed): &(usize, usize, bool)| {
            let one = at.get(&Node::Person(*person))?;
            let other = at.get(&Node::Place(*place))?;
            let (left, right) = if one.0 < other.0 {
                (one, other)
            } else {
                (other, one)
            };
            Some(Line {
                from: (left.0 + WIDE, left.1 + HIGH / 2),
                to: (right.0, right.1 + HIGH / 2),
                failed: *failed,
            })
        };
        Self {
            lines: joined.iter().filter_map(line).collect(),
            width: (columns.len() * ACROSS + 2 * EDGE).saturating_sub(ACROSS - WIDE),
            height: most * DOWN + 2 * EDGE,
            stands,
        }
    }
}

fn joined(links: &Links) -> Joined {
    let people = links.people.iter().enumerate();
    let numbers: BTreeMap<CustomerId, usize> = people.map(|(at, one)| (one.id, at)).collect();
    let places = links.places.iter().enumerate();
    let joined = places.flat_map(|(place, one)| {
        let there = one.there.iter();
        let numbers = &numbers;
        there.filter_map(move |linked| {
            let person = numbers.get(&linked.customer.id)?;
            Some((*person, place, linked.seen.successes == 0))
        })
    });
    joined.collect()
}

/// Each as many columns from the first it is joined with as it takes steps.
fn columns(links: &Links, joined: &Joined) -> Vec<Vec<Node>> {
    let neighbours = |node: &Node| -> Vec<Node> {
        let step = joined.iter().filter_map(|(person, place, _)| match node {
            Node::Person(one) => (one == person).then_some(Node::Place(*place)),
            Node::Place(one) => (one == place).then_some(Node::Person(*person)),
        });
        step.collect()
    };
    let first: Vec<_> = match links.opened.is_empty() {
        true => links
            .places
            .iter()
            .take(1)
            .map(|_| Node::Place(0))
            .collect(),
        false => (0..links.opened.len()).map(Node::Person).collect(),
    };
    let mut seen = BTreeSet::new();
    let mut columns: Vec<Vec<Node>> = Vec::new();
    for start in first {
        let mut reached = vec![start];
        let mut depth = 0;
        while !reached.is_empty() {
            reached.retain(|node| seen.insert(*node));
            // In the order of those they are joined with, so that few lines cross.
            let next = reached.iter().flat_map(neighbours).collect();
            match columns.get_mut(depth) {
                Some(column) => column.append(&mut reached),
                None => columns.push(reached),
            }
            reached = next;
            depth += 1;
        }
    }
    columns.retain(|column| !column.is_empty());
    columns
}

/// The place as people of the firm read it who were not told why: of an address its network.
pub fn coarse(place: &Trait) -> String {
    match place.kind {
        TraitKind::Address => {
            let [_, network] = Trait::of_address(Address::from_bytes(place.value));
            network.text()
        }
        TraitKind::Device => {
            let text = place.text();
            let from = text.len().saturating_sub(6);
            format!("…{}", text.get(from..).unwrap_or_default())
        }
        _ => place.text(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_core::known::{CustomerState, Seen};
    use sekisho_core::links::{Linked, LinkedCustomer, LinkedPlace};
    use sekisho_core::moment::Moment;
    use sekisho_core::text::Reference;

    fn person(number: u8) -> LinkedCustomer {
        LinkedCustomer {
            id: CustomerId([number; 16]),
            reference: Reference::parse(&format!("C-{number}")).unwrap(),
            state: CustomerState::Active,
        }
    }

    fn place(value: u8, there: &[u8]) -> LinkedPlace {
        let linked = |number: &u8| Linked {
            customer: person(*number),
            seen: Seen {
                first: Moment(0),
                first_success: None,
                last: Moment(0),
                successes: 0,
                failures: 1,
                guarded: 0,
            },
            reported: false,
        };
        LinkedPlace {
            place: Trait {
                kind: TraitKind::Device,
                value: [value; 16],
            },
            people: u32::try_from(there.len()).unwrap(),
            there: there.iter().map(linked).collect(),
        }
    }

    #[test]
    fn each_is_drawn_once_and_lines_join_neighbouring_columns() {
        let opened = vec![person(1), person(3), person(9)];
        let places = vec![place(1, &[1, 2]), place(2, &[2, 3]), place(3, &[3, 4])];
        let links = Links::of(opened, places);
        let picture = Picture::of(&links);
        let mut nodes: Vec<_> = picture.stands.iter().map(|stand| stand.node).collect();
        nodes.sort_unstable();
        nodes.dedup();
        assert_eq!(nodes.len(), links.people.len() + links.places.len());
        assert_eq!(nodes.len(), picture.stands.len(), "nobody twice");
        assert_eq!(picture.lines.len(), 6);
        for line in &picture.lines {
            assert_eq!(line.to.0 - line.from.0, ACROSS - WIDE, "{line:?}");
            assert!(line.failed);
        }
        for stand in &picture.stands {
            assert!(stand.x + WIDE <= picture.width && stand.y + HIGH <= picture.height);
        }
        let places: Vec<_> = picture
            .stands
            .iter()
            .map(|stand| (stand.x, stand.y))
            .collect();
        let mut distinct = places.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), places.len(), "nobody upon another");
        let alone = picture.stands.iter().filter(|stand| stand.x == EDGE);
        assert_eq!(alone.count(), 2, "the first, and who shares nothing");
    }

    #[test]
    fn a_view_of_a_place_begins_with_it_and_one_of_nobody_is_empty() {
        let picture = Picture::of(&Links::of(Vec::new(), vec![place(1, &[1, 2])]));
        let first = picture.stands.first().map(|stand| stand.node);
        assert_eq!(first, Some(Node::Place(0)));
        assert_eq!(picture.stands.len(), 3);
        assert_eq!(
            Picture::of(&Links::of(vec![person(1)], Vec::new()))
                .stands
                .len(),
            1
        );
    }
}
