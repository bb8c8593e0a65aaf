//! The receiving side of SMTP (RFC 5321) as a state machine: lines in, replies out.
//!
//! It serves tests, so it knows the commands that a sender needs and no extension but SIZE,
//! 8BITMIME and PIPELINING; it relays nothing and asks for no name or password.
//!
//! **Invariant:** a mail is delivered only after its end was seen, with every recipient that was
//! accepted for it and no other.

/// Longest line, in bytes without its end (RFC 5321 section 4.5.3.1.6 asks for 998).
pub const LONGEST_LINE: usize = 4_096;
/// Largest mail, in bytes.
pub const LARGEST_MAIL: usize = 1 << 20;
/// Most recipients of one mail (RFC 5321 section 4.5.3.1.8 asks for 100).
const MOST_RECIPIENTS: usize = 100;

/// A mail, as it was handed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handed {
    /// Addresses of `RCPT TO`.
    pub recipients: Vec<String>,
    /// Header and body, lines ended by `\r\n`, dots unstuffed.
    pub data: Vec<u8>,
}

/// What follows from a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing to say.
    Listen,
    /// Say this.
    Reply(&'static str),
    /// Keep the mail, then say that it was taken.
    Deliver(Handed),
    /// Say this and close.
    Close(&'static str),
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Start,
    Greeted,
    From,
    To(Vec<String>),
    Data(Handed),
    /// Reading the rest of a mail that is too large.
    Overflow,
}

/// One conversation.
#[derive(Debug, Default)]
pub struct Dialogue(State);

/// The first line.
pub const GREETING: &str = "220 message-box.invalid ESMTP\r\n";
/// After a mail was kept.
pub const TAKEN: &str = "250 2.0.0 kept\r\n";
const HELLO: &str =
    "250-message-box.invalid\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 1048576\r\n";

impl Dialogue {
    /// Takes one line without its end.
    pub fn line(&mut self, line: &[u8]) -> Step {
        match &mut self.0 {
            State::Data(_) | State::Overflow => self.content(line),
            _ => self.command(&String::from_utf8_lossy(line)),
        }
    }

    fn content(&mut self, line: &[u8]) -> Step {
        if line == b"." {
            return match std::mem::replace(&mut self.0, State::Greeted) {
                State::Data(handed) => Step::Deliver(handed),
                _ => Step::Reply("552 5.3.4 too large\r\n"),
            };
        }
        let line = line.strip_prefix(b".").unwrap_or(line);
        if let State::Data(handed) = &mut self.0 {
            if handed.data.len() + line.len() + 2 > LARGEST_MAIL {
                self.0 = State::Overflow;
            } else {
                handed.data.extend_from_slice(line);
                handed.data.extend_from_slice(b"\r\n");
            }
        }
        Step::Listen
    }

    fn command(&mut self, line: &str) -> Step {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => self.greeted(HELLO),
            "HELO" => self.greeted("250 message-box.invalid\r\n"),
            "MAIL" => self.mail(rest),
            "RCPT" => self.recipient(rest),
            "DATA" => self.data(),
            "RSET" => {
                if !matches!(self.0, State::Start) {
                    self.0 = State::Greeted;
                }
                Step::Reply("250 2.0.0 ok\r\n")
            }
            "NOOP" => Step::Reply("250 2.0.0 ok\r\n"),
            "VRFY" => Step::Reply("252 2.0.0 send it and see\r\n"),
            "QUIT" => Step::Close("221 2.0.0 bye\r\n"),
            _ => Step::Reply("500 5.5.1 no such command\r\n"),
        }
    }

    fn greeted(&mut self, reply: &'static str) -> Step {
        self.0 = State::Greeted;
        Step::Reply(reply)
    }

    fn mail(&mut self, rest: &str) -> Step {
        match (&self.0, path(rest, "FROM:")) {
            (State::Greeted, Some(_)) => {
                self.0 = State::From;
                Step::Reply("250 2.1.0 ok\r\n")
            }
            (State::Greeted, None) => Step::Reply("501 5.1.7 give MAIL FROM:<address>\r\n"),
            _ => Step::Reply("503 5.5.1 not now\r\n"),
        }
    }

    fn recipient(&mut self, rest: &str) -> Step {
        let Some(address) = path(rest, "TO:").filter(|address| !address.is_empty()) else {
            return Step::Reply("501 5.1.3 give RCPT TO:<address>\r\n");
        };
        match &mut self.0 {
            State::From => {
                self.0 = State::To(vec![address]);
                Step::Reply("250 2.1.5 ok\r\n")
            }
            State::To(recipients) if recipients.len() < MOST_RECIPIENTS => {
                recipients.push(address);
                Step::Reply("250 2.1.5 ok\r\n")
            }
            State::To(_) => Step::Reply("452 4.5.3 too many recipients\r\n"),
            _ => Step::Reply("503 5.5.1 not now\r\n"),
        }
    }

    fn data(&mut self) -> Step {
        if let State::To(recipients) = &mut self.0 {
            let recipients = std::mem::take(recipients);
            self.0 = State::Data(Handed {
                recipients,
                data: Vec::new(),
            });
            Step::Reply("354 end with a line that holds one dot\r\n")
        } else {
            Step::Reply("503 5.5.1 not now\r\n")
        }
    }
}

/// The address of `FROM:<address> parameters`.
fn path(text: &str, keyword: &str) -> Option<String> {
    let head = text.get(..keyword.len())?;
    let rest = text.get(keyword.len()..)?.trim_start();
    let (address, _) = rest.strip_prefix('<')?.split_once('>')?;
    head.eq_ignore_ascii_case(keyword)
        .then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(dialogue: &mut Dialogue, lines: &[&str]) -> Vec<Step> {
        lines
            .iter()
            .map(|line| dialogue.line(line.as_bytes()))
            .collect()
    }

    fn code(step: &Step) -> &str {
        match step {
            Step::Reply(text) | Step::Close(text) => &text[..3],
            Step::Deliver(_) => "kept",
            Step::Listen => "",
        }
    }

    #[test]
    fn a_mail_is_handed_in_and_its_dots_are_unstuffed() {
        let lines = [
            "EHLO here",
            "mail from:<a@example.jp> BODY=8BITMIME",
            "RCPT TO:<b@example.jp>",
            "RCPT TO: <c@example.jp>",
            "DATA",
            "Subject: x",
            "",
            "..one dot",
            ".",
            "QUIT",
        ];
        let steps = say(&mut Dialogue::default(), &lines);
        let codes: Vec<_> = steps.iter().map(code).collect();
        assert_eq!(
            codes,
            ["250", "250", "250", "250", "354", "", "", "", "kept", "221"]
        );
        let expected = Handed {
            recipients: vec!["b@example.jp".into(), "c@example.jp".into()],
            data: b"Subject: x\r\n\r\n.one dot\r\n".to_vec(),
        };
        assert_eq!(steps[8], Step::Deliver(expected));
    }

    #[test]
    fn commands_out_of_order_are_refused() {
        let cases: [(&[&str], &str); 7] = [
            (&["MAIL FROM:<a@b.jp>"], "503"),
            (&["HELO x", "RCPT TO:<a@b.jp>"], "503"),
            (&["HELO x", "MAIL FROM:<>", "DATA"], "503"),
            (&["HELO x", "MAIL a@b.jp"], "501"),
            (&["HELO x", "MAIL FROM:<>", "RCPT TO:<>"], "501"),
            (
                &["HELO x", "MAIL FROM:<>", "RSET", "RCPT TO:<a@b.jp>"],
                "503",
            ),
            (&["STARTTLS"], "500"),
        ];
        for (lines, expected) in cases {
            let steps = say(&mut Dialogue::default(), lines);
            assert_eq!(steps.last().map(code), Some(expected), "{lines:?}");
        }
    }

    #[test]
    fn a_mail_that_is_too_large_is_read_and_refused_and_the_next_is_taken() {
        let mut dialogue = Dialogue::default();
        let begin = ["HELO x", "MAIL FROM:<>", "RCPT TO:<a@b.jp>", "DATA"];
        say(&mut dialogue, &begin);
        let line = "x".repeat(LONGEST_LINE);
        for _ in 0..=LARGEST_MAIL / LONGEST_LINE {
            assert_eq!(dialogue.line(line.as_bytes()), Step::Listen);
        }
        assert_eq!(code(&dialogue.line(b".")), "552");
        say(&mut dialogue, &begin[1..]);
        assert_eq!(code(&dialogue.line(b".")), "kept");
    }
}
