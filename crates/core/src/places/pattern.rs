//! The patterns of STIX 2.1 (section 9) that name addresses and nothing else:
//! `[ipv4-addr:value = '203.0.113.7' OR ipv6-addr:value ISSUBSET '2001:db8::/32']`,
//! `IN ('…', '…')`, and several of them with `OR` between.
//!
//! **Invariant:** a pattern of which any part is not understood names nothing: half of an `AND`
//! would name more than was meant.

use super::network::Network;

/// Bytes of the longest pattern that is read.
const LONGEST: usize = 65_536;

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Close,
    Comma,
    Leave,
    Equal,
    Open,
    Enter,
    Text(String),
    Word(String),
}

/// What a pattern names; `None` where it is of something else, or more than is understood.
pub(super) fn named(pattern: &str) -> Option<Vec<Network>> {
    if pattern.len() > LONGEST {
        return None;
    }
    let tokens = tokens(pattern)?;
    let mut reader = Reader {
        tokens: tokens.into_iter().peekable(),
        found: Vec::new(),
    };
    reader.observation()?;
    while reader.tokens.peek().is_some() {
        reader.word("OR")?;
        reader.observation()?;
    }
    Some(reader.found)
}

struct Reader<I: Iterator<Item = Token>> {
    tokens: std::iter::Peekable<I>,
    found: Vec<Network>,
}

impl<I: Iterator<Item = Token>> Reader<I> {
    fn take(&mut self, token: &Token) -> Option<()> {
        (self.tokens.next()? == *token).then_some(())
    }

    fn word(&mut self, wanted: &str) -> Option<()> {
        match self.tokens.next()? {
            Token::Word(word) if word.eq_ignore_ascii_case(wanted) => Some(()),
            _ => None,
        }
    }

    /// `[…]`, of comparisons with `OR` between.
    fn observation(&mut self) -> Option<()> {
        self.take(&Token::Enter)?;
        self.comparison()?;
        loop {
            match self.tokens.next()? {
                Token::Leave => return Some(()),
                Token::Word(word) if word.eq_ignore_ascii_case("OR") => self.comparison()?,
                _ => return None,
            }
        }
    }

    fn comparison(&mut self) -> Option<()> {
        let Token::Word(path) = self.tokens.next()? else {
            return None;
        };
        let four = match path.as_str() {
            "ipv4-addr:value" => true,
            "ipv6-addr:value" => false,
            _ => return None,
        };
        match self.tokens.next()? {
            Token::Equal => self.value(four),
            Token::Word(word) if word.eq_ignore_ascii_case("ISSUBSET") => self.value(four),
            Token::Word(word) if word.eq_ignore_ascii_case("IN") => {
                self.take(&Token::Open)?;
                loop {
                    self.value(four)?;
                    match self.tokens.next()? {
                        Token::Close => return Some(()),
                        Token::Comma => {}
                        _ => return None,
                    }
                }
            }
            _ => None,
        }
    }

    fn value(&mut self, four: bool) -> Option<()> {
        let Token::Text(text) = self.tokens.next()? else {
            return None;
        };
        let network = Network::parse(&text).ok()?;
        self.found.push(network);
        (network.is_four() == four).then_some(())
    }
}

fn tokens(pattern: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = pattern.trim_start();
    while let Some(letter) = rest.chars().next() {
        let one = |token: Token| (token, letter.len_utf8());
        let (token, length) = match letter {
            '[' => one(Token::Enter),
            ']' => one(Token::Leave),
            '(' => one(Token::Open),
            ')' => one(Token::Close),
            ',' => one(Token::Comma),
            '=' => (Token::Equal, if rest.starts_with("==") { 2 } else { 1 }),
            '\'' => {
                // No address has a quote or a backslash in it.
                let (text, _) = rest.get(1..)?.split_once('\'')?;
                (Token::Text(text.to_owned()), text.len() + 2)
            }
            _ => {
                let plain = |b: u8| b.is_ascii_alphanumeric() || b"-:._".contains(&b);
                let length = rest.bytes().take_while(|byte| plain(*byte)).count();
                let word = rest.get(..length).filter(|word| !word.is_empty())?;
                (Token::Word(word.to_owned()), length)
            }
        };
        tokens.push(token);
        rest = rest.get(length..)?.trim_start();
    }
    Some(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str) -> Option<Vec<String>> {
        let found = named(pattern)?;
        Some(found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn addresses_and_networks_are_read() {
        let of = |found: &[&str]| Some(found.iter().map(|one| (*one).to_owned()).collect());
        assert_eq!(
            read("[ipv4-addr:value = '203.0.113.7']"),
            of(&["203.0.113.7"])
        );
        assert_eq!(
            read("[ipv4-addr:value='198.51.100.0/24' OR ipv6-addr:value == '2001:db8::/32']"),
            of(&["198.51.100.0/24", "2001:db8::/32"])
        );
        assert_eq!(
            read(
                "[ipv4-addr:value IN ('203.0.113.7', '203.0.113.8')] OR [ipv4-addr:value ISSUBSET '198.51.100.0/24']"
            ),
            of(&["203.0.113.7", "203.0.113.8", "198.51.100.0/24"])
        );
    }

    #[test]
    fn what_is_not_understood_names_nothing() {
        for pattern in [
            "",
            "[]",
            "[ipv4-addr:value = '203.0.113.7'",
            "ipv4-addr:value = '203.0.113.7'",
            "[ipv4-addr:value = '203.0.113.7' AND domain-name:value = 'a.example']",
            "[ipv4-addr:value = '203.0.113.7'] AND [ipv4-addr:value = '203.0.113.8']",
            "[ipv4-addr:value = '203.0.113.7'] FOLLOWEDBY [ipv4-addr:value = '203.0.113.8']",
            "[ipv4-addr:value != '203.0.113.7']",
            "[NOT ipv4-addr:value = '203.0.113.7']",
            "[ipv4-addr:value LIKE '203.0.113.%']",
            "[network-traffic:dst_ref.value = '203.0.113.7']",
            "[ipv4-addr:value = '203.0.113.7' OR domain-name:value = 'a.example']",
            "[ipv4-addr:value = '2001:db8::1']",
            "[ipv4-addr:value = '203.0.113.7/24']",
            "[ipv4-addr:value = '203.0.113.7] OR",
            "[ipv4-addr:value IN ('203.0.113.7',)]",
            "[ipv4-addr:value = 'é']",
            "[é",
            "''''''",
            "[ipv4-addr:value = '203.0.113.7'] WITHIN 5 SECONDS",
        ] {
            assert_eq!(read(pattern), None, "{pattern}");
        }
        let long = format!(
            "[ipv4-addr:value IN ('1.1.1.1'{})]",
            ", '1.1.1.1'".repeat(9_000)
        );
        assert_eq!(read(&long), None);
    }
}
