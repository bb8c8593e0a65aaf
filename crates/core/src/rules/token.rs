//! From text to tokens, as the specification of CEL (section "Syntax") has them.
//!
//! **Invariant:** reading takes time proportional to the text, of which there is at most
//! [`MOST_BYTES`], and ends after [`MOST_TOKENS`].

use super::fault::{RuleFault, Spot};

/// Longest expression in bytes.
pub const MOST_BYTES: usize = 4_000;
/// Most tokens of an expression.
pub const MOST_TOKENS: usize = 800;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// The end.
    End,
    /// A number with a point or an exponent.
    Real(f64),
    /// An operator or a bracket.
    Sign(&'static str),
    /// A text, unescaped.
    Text(String),
    /// A whole number without its sign.
    Whole(u64),
    /// A name or a word of the language.
    Word(String),
}

/// The signs, longer ones first.
const SIGNS: [&str; 22] = [
    "||", "&&", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", "(", ")",
    "[", "]", ",", ".",
];

/// Reads `source`.
///
/// # Errors
/// What cannot be read, and what is part of CEL but not of this.
pub fn tokens(source: &str) -> Result<Vec<(Token, Spot)>, RuleFault> {
    if source.len() > MOST_BYTES {
        let problem = format!("an expression has {MOST_BYTES} bytes at most; use names of `[is]`");
        return Err(RuleFault::at(Spot::default(), problem));
    }
    let mut reader = Reader {
        rest: source,
        spot: Spot::default(),
    };
    let mut all = Vec::new();
    loop {
        reader.skip();
        let spot = reader.spot;
        let token = reader.token()?;
        let end = token == Token::End;
        all.push((token, spot));
        if end {
            return Ok(all);
        }
        if all.len() > MOST_TOKENS {
            let problem = format!("an expression has {MOST_TOKENS} tokens at most; use `[is]`");
            return Err(RuleFault::at(spot, problem));
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
    spot: Spot,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.rest = &self.rest[next.len_utf8()..];
        if next == '\n' {
            self.spot.line += 1;
            self.spot.column = 1;
        } else {
            self.spot.column += 1;
        }
        Some(next)
    }

    fn taken(&mut self, fits: impl Fn(char) -> bool) -> String {
        let mut text = String::new();
        while let Some(next) = self.peek().filter(|next| fits(*next)) {
            text.push(next);
            self.take();
        }
        text
    }

    fn fault(&self, problem: impl Into<String>) -> RuleFault {
        RuleFault::at(self.spot, problem)
    }

    fn skip(&mut self) {
        loop {
            self.taken(|next| matches!(next, ' ' | '\t' | '\n' | '\r' | '\u{c}'));
            if !self.rest.starts_with("//") {
                return;
            }
            self.taken(|next| next != '\n');
        }
    }

    fn token(&mut self) -> Result<Token, RuleFault> {
        let Some(next) = self.peek() else {
            return Ok(Token::End);
        };
        let after = self.rest[next.len_utf8()..].chars().next();
        let digit = |next: Option<char>| next.is_some_and(|next| next.is_ascii_digit());
        match next {
            '0'..='9' => self.number(),
            '.' if digit(after) => self.number(),
            '"' | '\'' => self.text(next, false),
            'r' | 'R' if matches!(after, Some('"' | '\'')) => {
                self.take();
                self.text(after.unwrap_or('"'), true)
            }
            'b' | 'B' if matches!(after, Some('"' | '\'')) => {
                Err(self.fault("bytes are not part of the language of rules; write a text"))
            }
            'a'..='z' | 'A'..='Z' | '_' => Ok(Token::Word(
                self.taken(|next| next.is_ascii_alphanumeric() || next == '_'),
            )),
            _ => self.sign(next),
        }
    }

    fn sign(&mut self, next: char) -> Result<Token, RuleFault> {
        let found = SIGNS.iter().find(|sign| self.rest.starts_with(**sign));
        let Some(sign) = found else {
            let advice = match next {
                '&' => "; write && for “and”",
                '|' => "; write || for “or”",
                '=' => "; write == for “is”",
                '{' | '}' => "; there are no maps",
                '“' | '”' | '‘' | '’' => "; write \" around a text",
                _ => "",
            };
            return Err(self.fault(format!("{next:?} means nothing here{advice}")));
        };
        for _ in 0..sign.len() {
            self.take();
        }
        Ok(Token::Sign(sign))
    }

    fn number(&mut self) -> Result<Token, RuleFault> {
        let spot = self.spot;
        let fault = |problem: &str| RuleFault::at(spot, problem);
        if self.rest.starts_with("0x") || self.rest.starts_with("0X") {
            self.take();
            self.take();
            let digits = self.taken(|next| next.is_ascii_hexdigit());
            self.ends()?;
            let whole = u64::from_str_radix(&digits, 16);
            return whole
                .map(Token::Whole)
                .map_err(|_| fault("0x is followed by 1 to 16 hexadecimal digits"));
        }
        let mut text = self.taken(|next| next.is_ascii_digit());
        let mut real = false;
        let mut after = self.rest.chars();
        let dot = after.next() == Some('.') && after.next().is_some_and(|c| c.is_ascii_digit());
        if dot {
            real = true;
            self.take();
            text.push('.');
            text += &self.taken(|next| next.is_ascii_digit());
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            real = true;
            self.take();
            text.push('e');
            if let Some(sign) = self.peek().filter(|next| matches!(next, '+' | '-')) {
                text.push(sign);
                self.take();
            }
            text += &self.taken(|next| next.is_ascii_digit());
        }
        self.ends()?;
        if real {
            let read = text.parse().ok().filter(|real: &f64| real.is_finite());
            return read
                .map(Token::Real)
                .ok_or_else(|| fault("this is no number that can be held"));
        }
        text.parse()
            .map(Token::Whole)
            .map_err(|_| fault("whole numbers go up to 9223372036854775807"))
    }

    /// A number is not followed by letters.
    fn ends(&self) -> Result<(), RuleFault> {
        match self.peek() {
            Some('u' | 'U') => {
                Err(self.fault("unsigned numbers are not part of this; leave the u"))
            }
            Some(next) if next.is_ascii_alphanumeric() || next == '_' => Err(self.fault(
                "a number is not followed by a letter; durations are \
                     duration(\"24h\")",
            )),
            _ => Ok(()),
        }
    }

    fn text(&mut self, quote: char, raw: bool) -> Result<Token, RuleFault> {
        let start = self.spot;
        let thrice = [quote; 3].iter().collect::<String>();
        if self.rest.starts_with(&thrice) {
            return Err(self.fault("texts of several lines are not part of this; write one quote"));
        }
        self.take();
        let mut text = String::new();
        loop {
            match self.take() {
                None | Some('\n' | '\r') => {
                    let problem = format!("the text that begins here needs a closing {quote}");
                    return Err(RuleFault::at(start, problem));
                }
                Some(next) if next == quote => return Ok(Token::Text(text)),
                Some('\\') if !raw => text.push(self.escape()?),
                Some(next) => text.push(next),
            }
        }
    }

    fn escape(&mut self) -> Result<char, RuleFault> {
        let fault = self.fault("no such escape; write \\\\ for one backslash");
        let plain = match self.take() {
            Some(same @ ('\\' | '"' | '\'' | '`' | '?')) => same,
            Some('a') => '\u{7}',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('v') => '\u{b}',
            Some('x' | 'X') => return self.code((2, 16), 0),
            Some('u') => return self.code((4, 16), 0),
            Some('U') => return self.code((8, 16), 0),
            Some(first @ '0'..='3') => return self.code((2, 8), first as u32 - '0' as u32),
            _ => return Err(fault),
        };
        Ok(plain)
    }

    /// A character by `count` digits to the base `radix`.
    fn code(&mut self, (count, radix): (u8, u32), first: u32) -> Result<char, RuleFault> {
        let fault = self.fault(format!(
            "an escape like this has {count} digits of a character"
        ));
        let mut code = first;
        for _ in 0..count {
            let digit = self.peek().and_then(|next| next.to_digit(radix));
            let Some(digit) = digit else {
                return Err(fault);
            };
            self.take();
            code = code.saturating_mul(radix).saturating_add(digit);
        }
        char::from_u32(code).ok_or(fault)
    }
}
