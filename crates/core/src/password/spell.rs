//! How the letters of a password are compared with what guessers know: folded case, figures that
//! stand for letters, keyboards, words.
//!
//! The browser's gauge does the same with the same lists, so nothing here depends on a version of
//! Unicode.
//!
//! **Invariant:** folding keeps the number of characters, so positions mean the same before and
//! after.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Words of a guesser's first tries, the likeliest first: English, romaji, kana, kanji. Of our own
/// making.
pub const WORDS: &str = include_str!("words.txt");

/// Rows and columns of QWERTY and JIS keyboards and of the number pad, with and without shift, and
/// the rows of the kana keyboard.
pub const KEYBOARD: &str = include_str!("keyboard.txt");

/// Words by their letters, each with its rank from 1.
pub(super) static RANKS: LazyLock<HashMap<Vec<char>, u32>> = LazyLock::new(|| {
    let words = WORDS.lines().map(|word| word.chars().collect());
    words.zip(1..).collect()
});

/// The keyboard's lines, each followed by itself backwards.
pub(super) static LINES: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| {
    let both = |line: &str| [line.chars().collect(), line.chars().rev().collect()];
    KEYBOARD.lines().flat_map(both).collect()
});

/// ASCII letters small, katakana as hiragana.
pub(super) fn fold(letter: char) -> char {
    match letter {
        'A'..='Z' => letter.to_ascii_lowercase(),
        '\u{30a1}'..='\u{30f6}' => char::from_u32(letter as u32 - 0x60).unwrap_or(letter),
        _ => letter,
    }
}

/// The letter that a figure or symbol stands for.
pub(super) fn spelt(letter: char) -> char {
    match letter {
        '@' | '4' => 'a',
        '3' => 'e',
        '1' | '!' => 'i',
        '0' => 'o',
        '$' | '5' => 's',
        '7' => 't',
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_lists_are_folded_and_without_repetition() {
        for list in [WORDS, KEYBOARD] {
            let lines: Vec<_> = list.lines().collect();
            let unique: HashSet<_> = lines.iter().collect();
            assert_eq!(unique.len(), lines.len());
            for line in lines {
                assert!(line.chars().all(|letter| fold(letter) == letter), "{line}");
                assert!(line.chars().count() >= 2, "{line}");
            }
        }
    }

    #[test]
    fn katakana_meets_hiragana() {
        let folded: String = "サクラ・ＡbC".chars().map(fold).collect();
        assert_eq!(folded, "さくら・Ａbc");
    }
}
