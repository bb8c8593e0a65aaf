//! Finds the name that somebody probably meant.
//!
//! **Invariant:** only a name that is close is suggested; a far one would send people astray.

/// The candidate nearest to `given`, if one is near enough to be what was meant.
pub fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_lowercase();
    let scored = candidates.into_iter().map(|candidate| {
        let edits = strsim::normalized_damerau_levenshtein(&given, candidate);
        let beginning = strsim::jaro_winkler(&given, candidate);
        (edits, beginning, candidate)
    });
    scored
        .filter(|(edits, beginning, _)| *edits > 0.6 || *beginning > 0.75)
        .max_by(|left, right| (left.0 + left.1).total_cmp(&(right.0 + right.1)))
        .map(|(_, _, candidate)| candidate)
}

/// The end of a sentence about an unknown name: the nearest one, or all there are.
pub fn suggestion(given: &str, candidates: &[&str]) -> String {
    match nearest(given, candidates.iter().copied()) {
        Some(name) => format!("did you mean {name}?"),
        None => format!("there are {}", candidates.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        let names = ["listen", "public_url", "trusted_proxies"];
        assert_eq!(nearest("lisen", names), Some("listen"));
        assert_eq!(nearest("Trusted_Proxy", names), Some("trusted_proxies"));
        assert_eq!(nearest("colour", names), None);
        assert_eq!(
            suggestion("zzz", &names),
            "there are listen, public_url, trusted_proxies"
        );
    }
}
