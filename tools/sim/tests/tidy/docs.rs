//! Modules say what they are for, and those of the product what they never let happen.

use crate::source::{Finding, Source};

const INVARIANT: &str = "**Invariant:**";

pub fn modules(source: &Source) -> Vec<Finding> {
    let Some(package) = source.package() else {
        return Vec::new();
    };
    let in_src = source.path[package.len()..].starts_with("/src/");
    if !source.is_rust() || !in_src || source.is_test_file() {
        return Vec::new();
    }
    let header: Vec<&str> = source
        .text
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .collect();
    if header.is_empty() {
        return vec![source.finding(0, "opens without saying what it is for (//!)")];
    }
    let invariants = header.join("\n").matches(INVARIANT).count();
    if package.starts_with("crates/") && invariants != 1 {
        let text = format!("has {invariants} {INVARIANT} sentences in its opening, not one");
        return vec![source.finding(0, text)];
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_without_its_opening_is_found() {
        let of = |path: &str, text: &str| modules(&Source::new(path, text)).len();
        let good = "//! Masks.\n//!\n//! **Invariant:** shows two digits at most.\n\nfn f() {}\n";
        assert_eq!(of("crates/core/src/mask.rs", good), 0);
        assert_eq!(of("crates/core/src/mask.rs", "fn f() {}\n"), 1);
        assert_eq!(of("crates/core/src/mask.rs", "//! Masks.\n"), 1);
        assert_eq!(
            of("crates/core/src/mask.rs", &format!("{good}//! {INVARIANT}")),
            0
        );
        assert_eq!(
            of(
                "crates/core/src/mask.rs",
                &format!("//! {INVARIANT} a.\n{good}")
            ),
            1
        );
        assert_eq!(of("tools/demo/src/main.rs", "//! The demo.\n"), 0);
        assert_eq!(of("tools/demo/src/main.rs", "fn main() {}\n"), 1);
        assert_eq!(of("tools/sim/tests/x.rs", "fn main() {}\n"), 0);
    }
}
