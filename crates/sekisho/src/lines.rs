//! Lines of a file of any size, each within a bound.
//!
//! **Invariant:** memory is bounded by the longest line that is accepted; every line of the input
//! is answered, readable or not.

use std::io::{self, BufRead};

/// A line as it stands in the input.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: u64,
    /// The text without its end.
    pub text: Result<String, LineFault>,
}

/// Why a line cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// Longer than accepted.
    #[error("longer than {most} bytes")]
    Long {
        /// The bound.
        most: usize,
    },
    /// Not UTF-8.
    #[error("not UTF-8 at byte {at}")]
    NotUtf8 {
        /// Counted from 1.
        at: usize,
    },
}

/// Reads lines one after the other.
#[derive(Debug)]
pub struct Lines<R> {
    from: R,
    most: usize,
    number: u64,
    bytes_read: u64,
    buffer: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// Lines of at most `most` bytes.
    pub fn new(from: R, most: usize) -> Self {
        Self {
            from,
            most,
            number: 0,
            bytes_read: 0,
            buffer: Vec::new(),
        }
    }

    /// Bytes that were read so far.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// The next line; `None` at the end of the input.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub fn next_line(&mut self) -> io::Result<Option<Line>> {
        self.buffer.clear();
        let mut length = 0_usize;
        loop {
            let available = match self.from.fill_buf() {
                Ok(available) => available,
                Err(why) if why.kind() == io::ErrorKind::Interrupted => continue,
                Err(why) => return Err(why),
            };
            let end = available.iter().position(|byte| *byte == b'\n');
            let part = &available[..end.unwrap_or(available.len())];
            let room = (self.most + 2).saturating_sub(self.buffer.len());
            self.buffer.extend_from_slice(&part[..part.len().min(room)]);
            length = length.saturating_add(part.len());
            let used = end.map_or(available.len(), |at| at + 1);
            self.from.consume(used);
            self.bytes_read += u64::try_from(used).unwrap_or_default();
            if used == 0 && length == 0 {
                return Ok(None);
            }
            if end.is_some() || used == 0 {
                break;
            }
        }
        self.number += 1;
        let text = self.text(length);
        let number = self.number;
        Ok(Some(Line { number, text }))
    }

    fn text(&self, length: usize) -> Result<String, LineFault> {
        let bytes = self.buffer.as_slice();
        let mut bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        if length > bytes.len() + 1 || bytes.len() > self.most {
            return Err(LineFault::Long { most: self.most });
        }
        if self.number == 1 {
            // The mark that some editors put at the beginning of a file.
            bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(why) => Err(LineFault::NotUtf8 {
                at: why.valid_up_to() + 1,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::BufReader;

    fn read(input: &[u8], most: usize, buffer: usize) -> Vec<Line> {
        let mut lines = Lines::new(BufReader::with_capacity(buffer, input), most);
        let mut all = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            all.push(line);
        }
        assert_eq!(lines.bytes_read(), input.len() as u64);
        all
    }

    #[test]
    fn every_line_is_answered_readable_or_not() {
        let input = b"\xef\xbb\xbfone\r\n\nfive5\nsixsix\nab\xffcd\nlast";
        for buffer in 1..8 {
            let texts: Vec<_> = read(input, 5, buffer).into_iter().map(|l| l.text).collect();
            let long = Err(LineFault::Long { most: 5 });
            assert_eq!(
                texts[1..],
                [
                    Ok(String::new()),
                    Ok("five5".into()),
                    long.clone(),
                    Err(LineFault::NotUtf8 { at: 3 }),
                    Ok("last".into()),
                ]
            );
            assert_eq!(texts[0], long);
        }
        assert_eq!(read(input, 6, 64)[0].text, Ok("one".into()));
        assert_eq!(read(b"", 6, 64), []);
    }

    proptest! {
        #[test]
        fn numbers_count_up_and_no_line_is_lost(
            input in proptest::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..200),
            most in 1_usize..20,
            buffer in 1_usize..20,
        ) {
            let lines = read(&input, most, buffer);
            let ended = input.split(|byte| *byte == b'\n').count();
            let whole = input.is_empty() || input.ends_with(b"\n");
            let expected = if whole { ended - 1 } else { ended };
            prop_assert_eq!(lines.len(), expected);
            for (index, line) in lines.iter().enumerate() {
                prop_assert_eq!(line.number, index as u64 + 1);
                if let Ok(text) = &line.text {
                    prop_assert!(text.len() <= most);
                }
            }
        }
    }
}
