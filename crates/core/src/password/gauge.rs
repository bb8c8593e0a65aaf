//! How hard a password is to guess, in four steps.
//!
//! The cheapest way to spell the password out of what guessers try: words, keyboard runs,
//! sequences, repeats of what came before, dates, the customer's own data, and single characters
//! where nothing else fits. What a way costs is counted in tenths of a bit, in whole numbers only,
//! so that `crates/web/assets/gauge.js` gives the same answer to the digit; `tests/passwords.txt`
//! is the table on which both are held together.
//!
//! **Invariant:** more characters at the end never make the estimate lower by more than a way to
//! spell them gives.

use super::spell::{LINES, RANKS, fold, spelt};

/// Most characters that are looked at: what is beyond costs nothing, since nobody is told to make
/// a longer one stronger.
const MOST: usize = 128;
/// Longest word of the list, and shortest one that is looked for in ASCII and elsewhere.
const LONGEST_WORD: usize = 16;
/// What choosing another kind of piece costs: one bit.
const CHOICE: u32 = 10;
/// The least of each step above the lowest, in tenths of a bit. A guesser at the door has at most
/// 100 tries (NIST SP 800-63B-4 section 3.2.2), so the steps are about a stolen table: at 10 000
/// guesses a second with our hash and its pepper, 27 bits are four hours, 35 bits 40 days, 50 bits
/// 3 600 years.
const STEPS: [u32; 3] = [270, 350, 500];

/// The four steps: 低, 中低, 中, 高.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// 低: guessed at once.
    Low,
    /// 中低: guessed from a stolen table in days.
    MediumLow,
    /// 中: worth nobody's while today.
    Medium,
    /// 高: out of reach.
    High,
}

impl Step {
    /// All, the lowest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::MediumLow, Self::Medium, Self::High];

    /// The word in tables and in the page's attributes.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::MediumLow => "medium_low",
        }
    }

    fn of(tenths: u32) -> Self {
        let reached = STEPS.iter().filter(|least| tenths >= **least).count();
        Self::ALL.get(reached).copied().unwrap_or(Self::High)
    }
}

/// What makes a password easy to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weakness {
    /// Mostly a date.
    Date,
    /// Mostly neighbouring keys.
    Keyboard,
    /// Nothing in particular.
    None,
    /// Mostly what is known of the customer.
    Personal,
    /// Mostly the same again.
    Repeat,
    /// Mostly letters or figures in their order.
    Sequence,
    /// Nothing but its length.
    Short,
    /// Mostly well-known words.
    Word,
}

impl Weakness {
    /// All there are.
    pub const ALL: [Self; 8] = [
        Self::Date,
        Self::Keyboard,
        Self::None,
        Self::Personal,
        Self::Repeat,
        Self::Sequence,
        Self::Short,
        Self::Word,
    ];

    /// The word in tables and in the page's attributes.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Keyboard => "keyboard",
            Self::None => "none",
            Self::Personal => "personal",
            Self::Repeat => "repeat",
            Self::Sequence => "sequence",
            Self::Short => "short",
            Self::Word => "word",
        }
    }
}

/// How hard a password is to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Tenths of a bit: ten times the logarithm to base 2 of the guesses.
    pub tenths: u32,
    /// On which step that is.
    pub step: Step,
    /// Why it is not higher.
    pub weakness: Weakness,
}

/// The estimate for `password`, normalised, where `own` is what is known of the customer, folded.
#[must_use]
pub fn estimate(password: &str, own: &[String]) -> Estimate {
    let typed: Vec<char> = password.chars().take(MOST).collect();
    let folded: Vec<char> = typed.iter().copied().map(fold).collect();
    let own: Vec<Vec<char>> = own.iter().map(|word| word.chars().collect()).collect();
    let text = Text {
        single: single(&typed),
        typed: &typed,
        folded: &folded,
    };
    let mut ways = Ways::over(typed.len());
    for from in 0..typed.len() {
        ways.reach(from, 1, text.single, Weakness::None);
        text.own(from, &own, &mut ways);
        text.words(from, &mut ways);
        text.sequence(from, &mut ways);
        text.keyboard(from, &mut ways);
        text.repeats(from, &mut ways);
        text.dates(from, &mut ways);
    }
    let tenths = ways.cheapest();
    let step = Step::of(tenths);
    Estimate {
        tenths,
        step,
        weakness: ways.weakness(step),
    }
}

/// Ten times the logarithm to base 2, by straight lines between the powers: at most 0.09 bits low.
fn tenths_of(number: u32) -> u32 {
    let whole = number.max(1).ilog2();
    let power = 1_u32 << whole;
    10 * whole + 10 * (number.max(1) - power) / power
}

/// What one character costs where nothing else fits: the size of the alphabet that occurs.
fn single(typed: &[char]) -> u32 {
    let has = |test: fn(char) -> bool| typed.iter().copied().any(test);
    type Kind = (fn(char) -> bool, u32);
    let kinds: [Kind; 6] = [
        (|c| c.is_ascii_digit(), 10),
        (|c| c.is_ascii_lowercase(), 26),
        (|c| c.is_ascii_uppercase(), 26),
        (|c| c.is_ascii() && !c.is_ascii_alphanumeric(), 33),
        (|c| matches!(c, '\u{3040}'..='\u{30ff}'), 83),
        // As many as are taught at school, whatever the script.
        (
            |c| !c.is_ascii() && !matches!(c, '\u{3040}'..='\u{30ff}'),
            2136,
        ),
    ];
    let held = kinds.iter().filter(|(test, _)| has(*test));
    tenths_of(held.map(|(_, size)| size).sum())
}

/// The cheapest way to each place, and its last piece.
struct Ways {
    cost: Vec<u32>,
    last: Vec<(usize, Weakness)>,
}

impl Ways {
    fn over(length: usize) -> Self {
        let mut cost = vec![u32::MAX; length + 1];
        cost[0] = 0;
        Self {
            cost,
            last: vec![(0, Weakness::None); length + 1],
        }
    }

    /// A piece of `length` characters from `from` that costs `tenths`.
    fn reach(&mut self, from: usize, length: usize, tenths: u32, kind: Weakness) {
        let chosen = if kind == Weakness::None { 0 } else { CHOICE };
        let cost = self.cost[from].saturating_add(tenths + chosen);
        let to = from + length;
        if cost < self.cost[to] {
            self.cost[to] = cost;
            self.last[to] = (from, kind);
        }
    }

    fn cheapest(&self) -> u32 {
        self.cost.last().copied().unwrap_or_default()
    }

    /// The kind that covers most of the cheapest way, if it covers half of it.
    fn weakness(&self, step: Step) -> Weakness {
        let length = self.last.len() - 1;
        let mut covered = [0_usize; Weakness::ALL.len()];
        let mut at = length;
        while at > 0 {
            let (from, kind) = self.last[at];
            covered[kind as usize] += at - from;
            at = from;
        }
        let mut most = Weakness::None;
        for kind in Weakness::ALL {
            let more = most == Weakness::None || covered[kind as usize] > covered[most as usize];
            if kind != Weakness::None && covered[kind as usize] > 0 && more {
                most = kind;
            }
        }
        if most != Weakness::None && covered[most as usize] * 2 >= length && step < Step::High {
            most
        } else if step < Step::High {
            Weakness::Short
        } else {
            Weakness::None
        }
    }
}

/// A password being spelt.
struct Text<'a> {
    typed: &'a [char],
    folded: &'a [char],
    single: u32,
}

impl Text<'_> {
    fn own(&self, from: usize, own: &[Vec<char>], ways: &mut Ways) {
        for word in own {
            if self.folded[from..].starts_with(word) {
                ways.reach(from, word.len(), 0, Weakness::Personal);
            }
        }
    }

    fn words(&self, from: usize, ways: &mut Ways) {
        let most = LONGEST_WORD.min(self.folded.len() - from);
        for length in 2..=most {
            let piece = &self.folded[from..from + length];
            let plain: Vec<char> = piece.iter().copied().map(spelt).collect();
            for (word, figures) in [(piece, 0), (&plain[..], CHOICE)] {
                if let Some(rank) = RANKS.get(word) {
                    let cost = tenths_of(*rank) + figures + self.capitals(from, length);
                    ways.reach(from, length, cost, Weakness::Word);
                }
            }
        }
    }

    /// A capital at the beginning, or all of them, is one more try in two; otherwise each is.
    fn capitals(&self, from: usize, length: usize) -> u32 {
        let piece = &self.typed[from..from + length];
        let count = piece.iter().filter(|c| c.is_ascii_uppercase()).count();
        let first = piece[0].is_ascii_uppercase();
        match count {
            0 => 0,
            1 if first => 10,
            all if all == length => 10,
            some => 10 * u32::try_from(some).unwrap_or(u32::MAX / 10),
        }
    }

    fn sequence(&self, from: usize, ways: &mut Ways) {
        let code = |at: usize| i64::from(u32::from(self.folded[at]));
        let Some(second) = self.folded.get(from + 1).map(|_| code(from + 1)) else {
            return;
        };
        let step = second - code(from);
        // Kana stand two apart: each has a small or a voiced companion.
        if !matches!(step, 1 | -1 | 2 | -2) || (step.abs() == 2 && code(from) < 0x3040) {
            return;
        }
        let mut length = 2;
        while from + length < self.folded.len()
            && code(from + length) - code(from + length - 1) == step
        {
            length += 1;
            let first = self.folded[from];
            let start = match first {
                'a' | 'z' | '0' | '1' | '9' | 'あ' => 10,
                _ if first.is_ascii_digit() => 33,
                _ => 47,
            };
            let down = if step < 0 { 10 } else { 0 };
            ways.reach(
                from,
                length,
                start + down + count_of(length),
                Weakness::Sequence,
            );
        }
    }

    fn keyboard(&self, from: usize, ways: &mut Ways) {
        for line in LINES.iter() {
            for at in (0..line.len()).filter(|at| line[*at] == self.folded[from]) {
                let pairs = line[at..].iter().zip(&self.folded[from..]);
                let run = pairs.take_while(|(key, letter)| key == letter).count();
                for length in 3..=run {
                    let start = if at == 0 { 40 } else { 60 };
                    ways.reach(from, length, start + count_of(length), Weakness::Keyboard);
                }
            }
        }
    }

    /// The same as some characters before, from there on.
    fn repeats(&self, from: usize, ways: &mut Ways) {
        for back in 1..=from {
            let rest = self.folded[from..].iter().zip(&self.folded[from - back..]);
            let run = rest.take_while(|(now, then)| now == then).count();
            let least = if back == 1 { 2 } else { 3 };
            if run >= least {
                let back = u32::try_from(back).unwrap_or(u32::MAX);
                let cost = tenths_of(back) + count_of(run);
                ways.reach(from, run, cost, Weakness::Repeat);
            }
        }
    }

    /// `1980-05-17`, `17/05/1980`: the eight digits of a date with the same mark twice.
    fn dotted(&self, from: usize, ways: &mut Ways) {
        let Some(piece) = self.folded.get(from..from + 10) else {
            return;
        };
        for (first, second) in [(4, 7), (2, 5)] {
            let marked = matches!(piece[first], '-' | '.' | '/') && piece[first] == piece[second];
            let figures = piece.iter().enumerate();
            let figures: Vec<char> = figures
                .filter(|(at, _)| *at != first && *at != second)
                .map(|(_, letter)| *letter)
                .collect();
            if marked && is_day(&digits_of(&figures)) {
                ways.reach(from, 10, 177, Weakness::Date);
            }
        }
    }

    fn dates(&self, from: usize, ways: &mut Ways) {
        let digits = digits_of(&self.folded[from..]);
        // 150 years, 366 days, 100 short years, and their products.
        if is_year(&digits, 0) {
            ways.reach(from, 4, 72, Weakness::Date);
        }
        if is_month_and_day(&digits, 0) {
            ways.reach(from, 4, 85, Weakness::Date);
        }
        let short = is_month_and_day(&digits, 2) || is_month_and_day(&digits, 0);
        if digits.len() >= 6 && short {
            ways.reach(from, 6, 151, Weakness::Date);
        }
        if is_day(&digits) {
            ways.reach(from, 8, 157, Weakness::Date);
        }
        self.dotted(from, ways);
    }
}

/// The digits that `letters` begins with, eight at most.
fn digits_of(letters: &[char]) -> Vec<u32> {
    let digits = letters.iter().take(8);
    digits.map_while(|letter| letter.to_digit(10)).collect()
}

fn number(digits: &[u32], at: usize, length: usize) -> Option<u32> {
    let slice = digits.get(at..at + length)?;
    Some(slice.iter().fold(0, |sum, digit| sum * 10 + digit))
}

fn is_year(digits: &[u32], at: usize) -> bool {
    number(digits, at, 4).is_some_and(|year| (1900..2050).contains(&year))
}

fn is_month_and_day(digits: &[u32], at: usize) -> bool {
    let within = |at, most| number(digits, at, 2).is_some_and(|two| (1..=most).contains(&two));
    (within(at, 12) && within(at + 2, 31)) || (within(at, 31) && within(at + 2, 12))
}

/// Eight digits: a year, then month and day, or the other way round.
fn is_day(digits: &[u32]) -> bool {
    digits.len() == 8
        && ((is_year(digits, 0) && is_month_and_day(digits, 4))
            || (is_month_and_day(digits, 0) && is_year(digits, 4)))
}

fn count_of(length: usize) -> u32 {
    tenths_of(u32::try_from(length).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_near_and_never_above() {
        for number in 1..10_000_u32 {
            let exact = 10.0 * f64::from(number).log2();
            let ours = f64::from(tenths_of(number));
            assert!(ours <= exact + 1e-9 && ours > exact - 2.0, "{number}");
        }
    }

    #[test]
    fn a_longest_password_is_looked_at_in_bounded_time_and_cannot_overflow() {
        for text in ["a".repeat(1024), "0123456789".repeat(100), "あ".repeat(300)] {
            assert_eq!(estimate(&text, &[]).step, Step::Low);
        }
        assert_eq!(estimate("", &[]).tenths, 0);
    }

    #[test]
    fn the_kinds_are_in_the_order_of_their_numbers() {
        for (at, kind) in Weakness::ALL.iter().enumerate() {
            assert_eq!(*kind as usize, at);
        }
    }
}
