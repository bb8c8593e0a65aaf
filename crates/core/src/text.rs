//! Bounded text: what a person or an application wrote, cleaned so that it cannot deceive when
//! shown.
//!
//! **Invariant:** a [`Line`] is NFC, one line, without control, direction-override or invisible
//! characters, and within its bound.

use serde::Serialize;
use unicode_normalization::UnicodeNormalization as _;

/// One line of at most `MOST` characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Line<const MOST: usize>(String);

/// Why a text is not acceptable as a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// Nothing but white space.
    #[error("is empty")]
    Empty,
    /// A control, direction-override, invisible or unassigned character.
    #[error("contains a control, invisible or direction-changing character")]
    Hidden,
    /// Longer than allowed.
    #[error("is longer than {most} characters")]
    Long {
        /// The bound.
        most: usize,
    },
}

/// A name as a cell of a table: one that a spreadsheet would take for a formula gets an apostrophe
/// before it (OWASP, CSV injection). A number stays.
#[must_use]
pub fn harmless(name: &str) -> String {
    let formula = name.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula && name.parse::<i128>().is_err() {
        format!("'{name}")
    } else {
        name.to_owned()
    }
}

/// Characters that change how other characters are shown, or are not shown at all: Unicode TR36
/// section 2 and the `Default_Ignorable_Code_Point` ranges that matter in a payee's name.
#[must_use]
pub fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' | '\u{e000}'..='\u{f8ff}')
}

impl<const MOST: usize> Line<MOST> {
    /// Cleans and bounds `text`.
    ///
    /// # Errors
    /// Says what makes the text unacceptable.
    pub fn parse(text: &str) -> Result<Self, LineFault> {
        if text.len() > MOST.saturating_mul(8) {
            return Err(LineFault::Long { most: MOST });
        }
        let clean: String = text.trim().nfc().collect();
        if clean.is_empty() {
            return Err(LineFault::Empty);
        }
        if clean.chars().any(is_hidden) {
            return Err(LineFault::Hidden);
        }
        if clean.chars().count() > MOST {
            return Err(LineFault::Long { most: MOST });
        }
        Ok(Self(clean))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MOST: usize> std::fmt::Display for Line<MOST> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Full-width digits and letters as the ordinary ones, as a Japanese keyboard may send them (NFKC).
#[must_use]
pub fn half_width(text: &str) -> String {
    text.nfkc().collect()
}

/// How an application names a customer: its own customer number, never a mail address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Reference(String);

/// Why a text is not a customer reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a customer reference has 1 to 64 letters, digits, '.', '_', ':' or '-' (use your customer number, not a mail address)"
)]
pub struct NotAReference;

impl Reference {
    /// Accepts 1 to 64 characters of `[A-Za-z0-9._:-]`.
    ///
    /// # Errors
    /// Anything else, a mail address in particular: a reference is stored in clear.
    pub fn parse(text: &str) -> Result<Self, NotAReference> {
        let fits = (1..=64).contains(&text.len());
        let plain = text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b));
        if fits && plain {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAReference)
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payee_cannot_hide_letters() {
        assert_eq!(
            Line::<20>::parse("ヤマダ\u{202e}ウロタ"),
            Err(LineFault::Hidden)
        );
        assert_eq!(Line::<20>::parse("a\u{200b}b"), Err(LineFault::Hidden));
        assert_eq!(Line::<20>::parse("a\nb"), Err(LineFault::Hidden));
        assert_eq!(Line::<5>::parse("abcdef"), Err(LineFault::Long { most: 5 }));
        assert_eq!(Line::<5>::parse(" \u{3000} "), Err(LineFault::Empty));
        assert_eq!(Line::<5>::parse(" か\u{3099} ").unwrap().as_str(), "が");
    }

    #[test]
    fn a_reference_is_no_mail_address() {
        assert!(Reference::parse("C-000123").is_ok());
        assert_eq!(Reference::parse("taro@example.jp"), Err(NotAReference));
        assert_eq!(Reference::parse(""), Err(NotAReference));
    }
}
