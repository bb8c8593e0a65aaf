//! Codes that people read, say and type: Crockford's base 32, which has no I, L, O, U and reads the
//! first three as 1, 1, 0.
//!
//! **Invariant:** every spelling a person may reasonably type of one code parses to one text.

use secrecy::SecretString;
use zeroize::Zeroizing;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// `LEN` letters from the lowest 5 · `LEN` bits, the lowest five first.
pub(crate) fn write<const LEN: usize>(bits: u128) -> SecretString {
    let letter = |place: usize| char::from(ALPHABET[(bits >> (place * 5)) as usize & 31]);
    (0..LEN).map(letter).collect::<String>().into()
}

/// Reads what was typed: letter case, spaces and whatever a keyboard may write for a hyphen do not
/// matter, the long vowel mark of a Japanese one included; I and L are 1, O is 0. Full-width forms
/// are narrowed by core before. `None` when it cannot be `LEN` letters.
pub(crate) fn parse<const LEN: usize>(typed: &str) -> Option<SecretString> {
    let mut normal = Zeroizing::new(String::with_capacity(LEN));
    for typed in typed.chars().filter(|typed| !separates(*typed)) {
        let letter = match typed.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            letter => letter,
        };
        if normal.len() == LEN || !letter.is_ascii() || !ALPHABET.contains(&(letter as u8)) {
            return None;
        }
        normal.push(letter);
    }
    (normal.len() == LEN).then(|| normal.as_str().into())
}

fn separates(typed: char) -> bool {
    let hyphen = matches!(
        typed,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}'
    );
    hyphen || typed.is_whitespace()
}
