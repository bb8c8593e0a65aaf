//! A reader of the CBOR (RFC 8949) that authenticators write: the CTAP2 canonical subset.
//!
//! Definite lengths only, integers and lengths in their shortest form, no tags, no floats, text
//! keys and integer keys that do not repeat, at most four levels of containers (CTAP 2.1 §8). The
//! order of keys is not insisted on: once repetition is refused it cannot change a meaning, and
//! software authenticators in the field get it wrong. General libraries accept far more than this
//! subset, and what they accept beyond it is what two readers disagree about.
//!
//! **Invariant:** no input makes the reader panic, recurse beyond [`MAX_DEPTH`] or keep more than
//! [`MAX_ITEMS`] values; what it returns borrows from the input.

/// Containers within containers.
const MAX_DEPTH: usize = 4;
/// Values in one document. An attestation object with a long chain has about thirty.
const MAX_ITEMS: usize = 256;

/// Not CBOR of this subset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Integer(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Array(Vec<Value<'a>>),
    Map(Vec<(Value<'a>, Value<'a>)>),
    Bool(bool),
    Null,
}

impl<'a> Value<'a> {
    pub(super) fn bytes(&self) -> Option<&'a [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(integer) => Some(*integer),
            _ => None,
        }
    }

    pub(super) fn array(&self) -> Option<&[Value<'a>]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn map(&self) -> Option<&[(Value<'a>, Value<'a>)]> {
        match self {
            Self::Map(pairs) => Some(pairs),
            _ => None,
        }
    }

    /// The value under a text key.
    pub(super) fn member(&self, name: &str) -> Option<&Value<'a>> {
        let mut pairs = self.map()?.iter();
        pairs.find_map(|(key, value)| (key.text() == Some(name)).then_some(value))
    }

    /// The value under an integer key, as COSE uses them.
    pub(super) fn label(&self, label: i64) -> Option<&Value<'a>> {
        let mut pairs = self.map()?.iter();
        pairs.find_map(|(key, value)| (key.integer() == Some(label)).then_some(value))
    }
}

/// Reads one value that is all of `bytes`.
pub(super) fn read(bytes: &[u8]) -> Result<Value<'_>, Malformed> {
    match read_first(bytes)? {
        (value, []) => Ok(value),
        _ => Err(Malformed),
    }
}

/// Reads one value and returns it with what follows it.
pub(super) fn read_first(bytes: &[u8]) -> Result<(Value<'_>, &[u8]), Malformed> {
    let mut reader = Reader {
        rest: bytes,
        items: 0,
    };
    let value = reader.value(0)?;
    Ok((value, reader.rest))
}

struct Reader<'a> {
    rest: &'a [u8],
    items: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, many: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(many).ok_or(Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    /// The argument of a head (RFC 8949 §3), refused when a shorter form would do (§4.2.1).
    fn argument(&mut self, additional: u8) -> Result<u64, Malformed> {
        let (width, least) = match additional {
            0..=23 => return Ok(u64::from(additional)),
            24 => (1, 24),
            25 => (2, 0x100),
            26 => (4, 0x1_0000),
            27 => (8, 0x1_0000_0000),
            _ => return Err(Malformed),
        };
        let bytes = self.take(width)?.iter();
        let argument = bytes.fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
        if argument < least {
            return Err(Malformed);
        }
        Ok(argument)
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>, Malformed> {
        self.items += 1;
        if self.items > MAX_ITEMS {
            return Err(Malformed);
        }
        let head = self.take(1)?[0];
        let (major, additional) = (head >> 5, head & 31);
        if major == 7 {
            return match additional {
                20 => Ok(Value::Bool(false)),
                21 => Ok(Value::Bool(true)),
                22 => Ok(Value::Null),
                _ => Err(Malformed),
            };
        }
        let argument = self.argument(additional)?;
        let number = i64::try_from(argument).map_err(|_| Malformed)?;
        let length = usize::try_from(argument).map_err(|_| Malformed)?;
        match major {
            0 => Ok(Value::Integer(number)),
            1 => Ok(Value::Integer(-1 - number)),
            2 => self.take(length).map(Value::Bytes),
            3 => {
                let text = std::str::from_utf8(self.take(length)?);
                text.map(Value::Text).map_err(|_| Malformed)
            }
            4 => self.items(length, depth).map(Value::Array),
            5 => self.pairs(length, depth).map(Value::Map),
            _ => Err(Malformed),
        }
    }

    /// Nothing is reserved for what is only announced: each item is counted as it is read.
    fn items(&mut self, many: usize, depth: usize) -> Result<Vec<Value<'a>>, Malformed> {
        if depth >= MAX_DEPTH || many > MAX_ITEMS {
            return Err(Malformed);
        }
        (0..many).map(|_| self.value(depth + 1)).collect()
    }

    fn pairs(
        &mut self,
        many: usize,
        depth: usize,
    ) -> Result<Vec<(Value<'a>, Value<'a>)>, Malformed> {
        if depth >= MAX_DEPTH || many > MAX_ITEMS {
            return Err(Malformed);
        }
        let mut pairs: Vec<(Value<'a>, Value<'a>)> = Vec::new();
        for _ in 0..many {
            let key = self.value(depth + 1)?;
            if !matches!(key, Value::Integer(_) | Value::Text(_))
                || pairs.iter().any(|(known, _)| *known == key)
            {
                return Err(Malformed);
            }
            pairs.push((key, self.value(depth + 1)?));
        }
        Ok(pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_examples_of_rfc_8949_within_the_subset() {
        // RFC 8949 appendix A.
        assert_eq!(read(&[0x18, 0x64]), Ok(Value::Integer(100)));
        assert_eq!(read(&[0x39, 0x03, 0xe7]), Ok(Value::Integer(-1000)));
        assert_eq!(read(&[0x44, 1, 2, 3, 4]), Ok(Value::Bytes(&[1, 2, 3, 4])));
        assert_eq!(read(b"\x64IETF"), Ok(Value::Text("IETF")));
        assert_eq!(read(&[0xf4]), Ok(Value::Bool(false)));
        assert_eq!(read(&[0xf6]), Ok(Value::Null));
        let map = read(&[0xa2, 0x61, 0x61, 1, 0x61, 0x62, 0x82, 2, 3]).unwrap();
        assert_eq!(map.member("a"), Some(&Value::Integer(1)));
        assert_eq!(map.member("b").unwrap().array().unwrap().len(), 2);
        assert_eq!(map.label(1), None);
    }

    #[test]
    fn what_two_readers_might_read_differently_is_refused() {
        for (what, bytes) in [
            ("empty", &[][..]),
            ("a longer form than needed", &[0x18, 0x17]),
            ("a longer length than needed", &[0x59, 0, 1, 0]),
            ("indefinite bytes", &[0x5f, 0x41, 0, 0xff]),
            ("indefinite map", &[0xbf, 0xff]),
            ("a tag", &[0xc1, 0]),
            ("a float", &[0xf9, 0x3c, 0]),
            ("undefined", &[0xf7]),
            ("a reserved head", &[0x1c]),
            ("a repeated key", &[0xa2, 1, 1, 1, 2]),
            ("a key of bytes", &[0xa1, 0x41, 1, 1]),
            ("text that is not UTF-8", &[0x61, 0xff]),
            ("something after the end", &[1, 1]),
            ("cut off", &[0x82, 1]),
            ("five levels", &[0x81, 0x81, 0x81, 0x81, 0x81, 0]),
            ("2^63", &[0x1b, 0x80, 0, 0, 0, 0, 0, 0, 0]),
            (
                "a length beyond memory",
                &[0x5b, 0x7f, 255, 255, 255, 255, 255, 255, 255],
            ),
            (
                "an array beyond memory",
                &[0x9b, 0x7f, 255, 255, 255, 255, 255, 255, 255],
            ),
        ] {
            assert_eq!(read(bytes), Err(Malformed), "{what}");
        }
        assert!(read(&[0x81, 0x81, 0x81, 0x81, 0]).is_ok(), "four levels");
        let mut wide = vec![0x99, 0, 255];
        wide.extend([0; 255]);
        assert_eq!(read(&wide), Err(Malformed), "255 in a longer form");
        wide.splice(0..3, [0x98, 255]);
        assert!(read(&wide).is_ok(), "256 values");
        wide.splice(0..2, [0x99, 1, 0]);
        wide.push(0);
        assert_eq!(read(&wide), Err(Malformed), "257 values");
    }

    proptest! {
        #[test]
        fn nothing_random_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            if let Ok((_, rest)) = read_first(&bytes) {
                prop_assert!(rest.len() < bytes.len());
            }
        }

        #[test]
        fn containers_all_the_way_down_end(
            heads in proptest::collection::vec(
                prop::sample::select(vec![0x81u8, 0xa1, 0x9b, 0xbb, 0x98, 0xff, 0x00]),
                1..2000,
            )
        ) {
            let _ = read(&heads);
        }
    }
}
