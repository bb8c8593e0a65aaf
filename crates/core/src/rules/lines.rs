//! What is other between two documents, line by line, for whoever reads them side by side.
//!
//! **Invariant:** the lines that stayed and those that are gone are the first document, those that
//! stayed and those that are new the second; however long both are, the work is bounded.

/// Most pairs of lines that are compared. Beyond, what differs is shown as gone and as new as a
/// whole: two documents of 2,000 lines without one in common reach it (ours).
const MOST_PAIRS: usize = 4_000_000;

/// Of which document a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Of the first alone.
    Gone,
    /// Of the second alone.
    New,
    /// Of both.
    Same,
}

/// A line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Of which document.
    pub side: Side,
    /// Its number in the second document, or in the first where it is gone; counted from one.
    pub number: usize,
    /// What it says.
    pub text: &'a str,
}

/// What is other, in places of neighbouring lines with up to `around` lines before and behind;
/// nothing where both say the same.
#[must_use]
pub fn between<'a>(before: &'a str, after: &'a str, around: usize) -> Vec<Vec<Line<'a>>> {
    let all = compared(before, after);
    let other = |at: usize| all[at].side != Side::Same;
    let mut places: Vec<Vec<Line<'a>>> = Vec::new();
    let mut last = None;
    for at in 0..all.len() {
        let (from, to) = (at.saturating_sub(around), at.saturating_add(around + 1));
        if !(from..to.min(all.len())).any(other) {
            continue;
        }
        if last.is_none_or(|last| last + 1 != at) {
            places.push(Vec::new());
        }
        if let Some(place) = places.last_mut() {
            place.push(all[at]);
        }
        last = Some(at);
    }
    places
}

fn compared<'a>(before: &'a str, after: &'a str) -> Vec<Line<'a>> {
    let before: Vec<_> = before.lines().collect();
    let after: Vec<_> = after.lines().collect();
    let alike = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| {
        pairs.take_while(|(one, other)| one == other).count()
    };
    let head = alike(&mut before.iter().zip(&after));
    let (first, second) = (&before[head..], &after[head..]);
    let tail = alike(&mut first.iter().rev().zip(second.iter().rev()));
    let mut walk = Walk {
        lines: Vec::with_capacity(before.len().max(after.len())),
        numbers: (0, 0),
    };
    before[..head].iter().for_each(|text| walk.same(text));
    let first = &first[..first.len() - tail];
    let second = &second[..second.len() - tail];
    walk.middle(first, second);
    after[after.len() - tail..]
        .iter()
        .for_each(|text| walk.same(text));
    walk.lines
}

/// The lines so far, and how many there are of both documents.
struct Walk<'a> {
    lines: Vec<Line<'a>>,
    numbers: (usize, usize),
}

impl<'a> Walk<'a> {
    fn push(&mut self, side: Side, number: usize, text: &'a str) {
        self.lines.push(Line { side, number, text });
    }

    fn same(&mut self, text: &'a str) {
        self.numbers.0 += 1;
        self.numbers.1 += 1;
        self.push(Side::Same, self.numbers.1, text);
    }

    fn gone(&mut self, text: &'a str) {
        self.numbers.0 += 1;
        self.push(Side::Gone, self.numbers.0, text);
    }

    fn added(&mut self, text: &'a str) {
        self.numbers.1 += 1;
        self.push(Side::New, self.numbers.1, text);
    }

    /// What neither begins nor ends alike: as many lines as possible stay.
    fn middle(&mut self, first: &[&'a str], second: &[&'a str]) {
        let wide = second.len() + 1;
        if first.len().saturating_mul(second.len()) > MOST_PAIRS {
            first.iter().for_each(|text| self.gone(text));
            second.iter().for_each(|text| self.added(text));
            return;
        }
        // How many lines both have in common from here on.
        let mut common = vec![0_u16; (first.len() + 1) * wide];
        for one in (0..first.len()).rev() {
            for other in (0..second.len()).rev() {
                common[one * wide + other] = match first[one] == second[other] {
                    true => common[(one + 1) * wide + other + 1].saturating_add(1),
                    false => common[(one + 1) * wide + other].max(common[one * wide + other + 1]),
                };
            }
        }
        let (mut one, mut other) = (0, 0);
        while one < first.len() || other < second.len() {
            let (has, has_other) = (one < first.len(), other < second.len());
            if has && has_other && first[one] == second[other] {
                self.same(second[other]);
                (one, other) = (one + 1, other + 1);
            } else if has
                && (!has_other
                    || common[(one + 1) * wide + other] >= common[one * wide + other + 1])
            {
                self.gone(first[one]);
                one += 1;
            } else {
                self.added(second[other]);
                other += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(before: &str, after: &str, around: usize) -> Vec<String> {
        let mut told = Vec::new();
        for place in between(before, after, around) {
            told.push("@".to_owned());
            told.extend(place.iter().map(|line| {
                let mark = match line.side {
                    Side::Gone => '-',
                    Side::New => '+',
                    Side::Same => ' ',
                };
                format!("{mark}{} {}", line.number, line.text)
            }));
        }
        told
    }

    #[test]
    fn what_is_other_stands_among_its_neighbours() {
        let before = "a\nb\nc\nd\ne\nf\ng\nh\ni";
        let after = "a\nB\nc\nd\ne\nf\ng\ni\nj";
        assert_eq!(
            told(before, after, 1),
            [
                "@", " 1 a", "-2 b", "+2 B", " 3 c", "@", " 7 g", "-8 h", " 8 i", "+9 j"
            ]
        );
        assert!(told(before, before, 3).is_empty());
        assert_eq!(told("", "a", 3), ["@", "+1 a"]);
        assert_eq!(told("a", "", 3), ["@", "-1 a"]);
    }

    #[test]
    fn both_documents_are_found_again_in_what_is_told() {
        let many = |seed: usize| -> String {
            let lines = (0..60).map(|at| (at * seed % 7).to_string());
            lines.collect::<Vec<_>>().join("\n")
        };
        for (one, other) in [(3, 5), (1, 6), (2, 2), (4, 0)] {
            let (before, after) = (many(one), many(other));
            let all = compared(&before, &after);
            let of = |side| {
                let lines = all.iter().filter(|line| line.side != side);
                lines.map(|line| line.text).collect::<Vec<_>>().join("\n")
            };
            assert_eq!((of(Side::New), of(Side::Gone)), (before, after));
        }
    }

    #[test]
    fn what_has_too_many_lines_is_other_as_a_whole() {
        let many = |mark: &str| format!("{mark}\n").repeat(3_000);
        let (before, after) = (many("a"), many("b"));
        let places = between(&before, &after, 3);
        assert_eq!((places.len(), places[0].len()), (1, 6_000));
    }
}
