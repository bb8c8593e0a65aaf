//! What the policy says of transaction PINs.
//!
//! There is none unless the policy has a section for it, and it is asked for where an operation's
//! `require` names it.
//!
//! **Invariant:** an operation that asks for a transaction PIN belongs to a policy that lets
//! customers have one.

use serde::Deserialize;

use super::Policy;
use crate::verdict::Requirement;

/// Transaction PINs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinPolicy {
    /// What a PIN looks like.
    pub form: PinForm,
    /// Fewest characters.
    pub shortest: usize,
    /// Most characters.
    pub longest: usize,
}

/// What a transaction PIN looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PinForm {
    /// Digits alone, but none of those that everybody tries first.
    Digits,
    /// A password, of which `[password]` says everything but the length.
    Password,
}

impl PinPolicy {
    /// Whether the lengths are within bounds, and what they must be.
    fn bound(&self) -> (bool, &'static str, &'static str) {
        let (least, most) = match self.form {
            PinForm::Digits => (4, 8),
            PinForm::Password => (6, 256),
        };
        let fits = self.shortest >= least && self.shortest <= self.longest && self.longest <= most;
        (
            fits,
            "pin",
            "needs shortest and longest of 4 to 8 for digits, 6 to 256 for a password",
        )
    }
}

impl Policy {
    /// What is asked for, and where it may be asked for.
    pub(super) fn pin_bounds(&self) -> [(bool, &'static str, &'static str); 3] {
        let pin = Requirement::TransactionPin;
        let asked = self.operation.values().any(|spec| spec.asks(pin));
        let bound = self.pin.as_ref().map(PinPolicy::bound);
        [
            bound.unwrap_or((true, "pin", "")),
            (
                self.pin.is_some() || !asked,
                "operation",
                "asks for transaction_pin, so there has to be a section [pin]",
            ),
            (
                !self.security.require.contains(&pin),
                "security.require",
                "must not hold transaction_pin, which belongs to operations",
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(section: &str) -> Result<Policy, String> {
        let text = include_str!("jsda-2025.toml");
        Policy::parse(&format!("{section}\n{text}")).map_err(|why| why.to_string())
    }

    #[test]
    fn a_pin_has_a_length_that_its_form_allows() {
        let section = |form: &str, shortest: u8, longest: u16| {
            format!("pin = {{ form = \"{form}\", shortest = {shortest}, longest = {longest} }}")
        };
        for (form, shortest, longest, fits) in [
            ("digits", 4, 8, true),
            ("digits", 3, 8, false),
            ("digits", 6, 9, false),
            ("digits", 6, 5, false),
            ("password", 6, 16, true),
            ("password", 5, 16, false),
            ("password", 8, 257, false),
            ("figures", 4, 4, false),
        ] {
            let read = with(&section(form, shortest, longest));
            assert_eq!(read.is_ok(), fits, "{form} {shortest} {longest}: {read:?}");
        }
    }

    #[test]
    fn what_asks_for_a_pin_needs_one() {
        let text = include_str!("jsda-2025.toml");
        let asking = text.replace(
            "[\"confirmation\"]",
            "[\"confirmation\", \"transaction_pin\"]",
        );
        let why = Policy::parse(&asking).unwrap_err().to_string();
        assert!(why.contains("[pin]"), "{why}");
        let given = format!("pin = {{ form = \"digits\", shortest = 4, longest = 4 }}\n{asking}");
        assert!(Policy::parse(&given).is_ok());
        let proving = text.replace(
            "require = [\"second_factor\"]",
            "require = [\"transaction_pin\"]",
        );
        let why = Policy::parse(&proving).unwrap_err().to_string();
        assert!(why.contains("security.require"), "{why}");
    }
}
