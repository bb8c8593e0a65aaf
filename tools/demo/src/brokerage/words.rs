//! The languages of the brokerage's pages: both texts stand side by side where they are used.
//!
//! **Invariant:** a figure reads the same in both languages.

use super::visits::Language;

/// The language of a page, for its template.
#[derive(Clone, Copy, Debug)]
pub struct Words(pub Language);

impl Words {
    /// One of two texts.
    pub const fn say<'a>(&self, ja: &'a str, en: &'a str) -> &'a str {
        match self.0 {
            Language::Ja => ja,
            Language::En => en,
        }
    }

    /// `ja` or `en`.
    pub const fn tag(&self) -> &'static str {
        self.0.tag()
    }

    /// The other language's tag.
    pub const fn other(&self) -> &'static str {
        self.say("en", "ja")
    }

    /// An amount: `¥1,234,567`.
    #[expect(clippy::unused_self, reason = "templates call it beside the others")]
    pub fn yen(&self, yen: &i64) -> String {
        format!("¥{}", grouped(*yen))
    }
}

/// Digits in groups of three.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn digits_stand_in_groups_of_three() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
            (-100_000, "-100,000"),
        ];
        for (number, text) in cases {
            assert_eq!(grouped(number), text);
        }
    }
}
