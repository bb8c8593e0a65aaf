//! Length-prefixed joining of fields before they are hashed or authenticated.
//!
//! **Invariant:** two different lists of fields never give the same bytes.

/// Writes a field as its length (32 bits, big endian) followed by its bytes.
///
/// Fields longer than 4 GiB do not occur: every caller bounds its input far below that. The
/// length saturates rather than wraps, so that even such a field could not pass for a short one.
pub(crate) fn write_field(out: &mut impl FnMut(&[u8]), field: &[u8]) {
    let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
    out(&length.to_be_bytes());
    out(field);
}

/// The fields one after the other, each with its length before it.
pub(crate) fn join(fields: &[&[u8]]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(fields.iter().map(|field| field.len() + 4).sum());
    for field in fields {
        write_field(&mut |bytes| joined.extend_from_slice(bytes), field);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_boundary_changes_the_bytes() {
        assert_ne!(join(&[b"ab", b"c"]), join(&[b"a", b"bc"]));
        assert_ne!(join(&[b"ab"]), join(&[b"ab", b""]));
        assert_eq!(join(&[b"ab"]), [0, 0, 0, 2, b'a', b'b']);
    }
}
