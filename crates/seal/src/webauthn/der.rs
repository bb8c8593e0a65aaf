//! The few DER elements (ITU-T X.690) that are read outside a certificate's own structure.
//!
//! **Invariant:** definite minimal lengths only; what is returned borrows from the input.

/// One element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element<'a> {
    /// Class and form: the upper three bits of the first byte.
    pub class: u8,
    pub number: u32,
    pub content: &'a [u8],
}

pub(super) const UNIVERSAL: u8 = 0;
pub(super) const CONSTRUCTED: u8 = 0x20;
pub(super) const CONTEXT: u8 = 0xa0;

pub(super) const INTEGER: u32 = 2;
pub(super) const OCTET_STRING: u32 = 4;
pub(super) const ENUMERATED: u32 = 10;
pub(super) const SEQUENCE: u32 = 16;
pub(super) const SET: u32 = 17;

impl<'a> Element<'a> {
    /// The content, if this is an element of that class and number.
    pub(super) fn content_of(self, class: u8, number: u32) -> Option<&'a [u8]> {
        (self.class == class && self.number == number).then_some(self.content)
    }
}

/// The first element and what follows it.
pub(super) fn first(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (head, mut rest) = bytes.split_first()?;
    let mut number = u32::from(head & 0x1f);
    if number == 0x1f {
        number = 0;
        loop {
            let (byte, after) = rest.split_first()?;
            rest = after;
            if number == 0 && *byte == 0x80 || number >= 1 << 21 {
                return None;
            }
            number = number << 7 | u32::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                break;
            }
        }
        if number < 0x1f {
            return None;
        }
    }
    let (length, rest) = length(rest)?;
    let (content, rest) = rest.split_at_checked(length)?;
    let element = Element {
        class: head & 0xe0,
        number,
        content,
    };
    Some((element, rest))
}

fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (head, rest) = bytes.split_first()?;
    let width = match head {
        0..=0x7f => return Some((usize::from(*head), rest)),
        0x81..=0x83 => usize::from(head & 0x7f),
        _ => return None,
    };
    let (bytes, rest) = rest.split_at_checked(width)?;
    let length = bytes
        .iter()
        .fold(0usize, |sum, b| sum << 8 | usize::from(*b));
    let least = if width == 1 {
        0x80
    } else {
        1 << (8 * (width - 1))
    };
    (length >= least).then_some((length, rest))
}

/// The one element that is all of `bytes`.
pub(super) fn only(bytes: &[u8]) -> Option<Element<'_>> {
    match first(bytes)? {
        (element, []) => Some(element),
        _ => None,
    }
}

/// All elements of a content.
pub(super) fn all(mut bytes: &[u8]) -> Option<Vec<Element<'_>>> {
    let mut elements = Vec::new();
    while !bytes.is_empty() {
        let (element, rest) = first(bytes)?;
        elements.push(element);
        bytes = rest;
    }
    Some(elements)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn elements_and_long_numbers() {
        // [702] EXPLICIT INTEGER 0, the "origin" of an Android authorization list.
        let origin = only(&[0xbf, 0x85, 0x3e, 3, 2, 1, 0]).unwrap();
        assert_eq!((origin.class, origin.number), (CONTEXT, 702));
        let within = only(origin.content).unwrap();
        assert_eq!(within.content_of(UNIVERSAL, INTEGER), Some(&[0][..]));
        assert_eq!(within.content_of(UNIVERSAL, OCTET_STRING), None);
        let mut long = vec![4, 0x81, 0x80];
        long.extend([7; 128]);
        assert_eq!(only(&long).unwrap().content, [7; 128]);
        assert_eq!(all(&[5, 0, 5, 0]).unwrap().len(), 2);
    }

    #[test]
    fn what_is_not_der_is_refused() {
        for (what, bytes) in [
            ("empty", &[][..]),
            ("indefinite", &[0x30, 0x80, 0, 0]),
            ("longer than needed", &[4, 0x81, 1, 7]),
            ("cut off", &[4, 2, 7]),
            ("something after", &[4, 1, 7, 7]),
            ("long number for a short one", &[0xbf, 0x1e, 0]),
            ("number with leading zeros", &[0xbf, 0x80, 0x3e, 0]),
            ("four bytes of length", &[4, 0x84, 0, 0, 0, 1, 7]),
        ] {
            assert_eq!(only(bytes), None, "{what}");
        }
    }

    proptest! {
        #[test]
        fn nothing_random_panics(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = all(&bytes);
        }
    }
}
