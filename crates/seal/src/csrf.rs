//! Form tokens against cross-site request forgery.
//!
//! The token is a keyed tag over whom the page was shown to and which form it is, so nothing needs
//! to be stored and two tabs do not disturb each other. It accompanies `SameSite` cookies and the
//! check of `Origin`; it does not replace them.
//!
//! **Invariant:** a token is accepted only with the session or interaction and the form that it was
//! made for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use sekisho_core::bytes::TokenHash;

use crate::mac::MacKeys;
use crate::{Check, Fault, KeyRing, Purpose};

/// Makes and checks form tokens.
#[derive(Debug)]
pub struct CsrfKeys(MacKeys);

impl CsrfKeys {
    /// # Errors
    /// [`Fault::Derivation`], which would be a bug.
    pub fn new(ring: &KeyRing) -> Result<Self, Fault> {
        MacKeys::new(ring, Purpose::Csrf).map(Self)
    }

    /// The hidden field's value, 43 characters of base64url. `holder` is the hash of the session's
    /// or interaction's token, `form` the form's name.
    #[must_use]
    pub fn token(&self, holder: &TokenHash, form: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.0.tag(&[&holder.0, form.as_bytes()]))
    }

    /// Whether `claimed` is the token for this holder and form.
    pub fn check(&self, holder: &TokenHash, form: &str, claimed: &str) -> Check {
        if claimed.len() != 43 {
            return Check::Mismatch;
        }
        match URL_SAFE_NO_PAD.decode(claimed) {
            Ok(tag) => self.0.check(&[&holder.0, form.as_bytes()], &tag),
            Err(_) => Check::Mismatch,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::ring;

    #[test]
    fn a_token_holds_for_its_session_and_form_only() {
        let keys = CsrfKeys::new(&ring(&[("a", 1)])).unwrap();
        let (mine, theirs) = (TokenHash([1; 32]), TokenHash([2; 32]));
        let token = keys.token(&mine, "withdraw");
        assert_eq!(token.len(), 43);
        assert_eq!(keys.check(&mine, "withdraw", &token), Check::Match);
        assert_eq!(keys.check(&theirs, "withdraw", &token), Check::Mismatch);
        assert_eq!(keys.check(&mine, "sign_in", &token), Check::Mismatch);
        for wrong in ["", "x", &token[..42], &format!("{token}="), &"é".repeat(21)] {
            assert_eq!(
                keys.check(&mine, "withdraw", wrong),
                Check::Mismatch,
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_page_opened_before_a_rotation_still_submits() {
        let before = CsrfKeys::new(&ring(&[("a", 1)])).unwrap();
        let after = CsrfKeys::new(&ring(&[("b", 2), ("a", 1)])).unwrap();
        let token = before.token(&TokenHash([1; 32]), "withdraw");
        assert_eq!(
            after.check(&TokenHash([1; 32]), "withdraw", &token),
            Check::Match
        );
    }
}
