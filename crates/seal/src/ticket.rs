//! Tickets: what a page carries so that the challenge it shows a passkey need not be stored.
//!
//! A ticket holds the random bytes of a challenge and the moment until which it may be answered,
//! under a keyed tag that also covers what the challenge is bound to. The challenge itself is
//! [`crate::webauthn::bound_challenge`] of those bytes and of what it is bound to, so whoever keeps
//! the answer can show later what was signed without any key of ours. Asking writes nothing; that a
//! ticket is answered once is for the store.
//!
//! **Invariant:** a ticket opens only for what it was issued for, and says until when.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sekisho_core::bytes::Digest;
use sekisho_core::moment::Moment;
use sekisho_core::proof::Spent;

use crate::mac::MacKeys;
use crate::webauthn::bound_challenge;
use crate::{Fault, KeyRing, Purpose};

const NONCE: usize = 32;
const MOMENT: usize = 8;
const TAG: usize = 32;
/// Length of a ticket's text: 72 bytes in base64url.
const TEXT: usize = 96;

/// What a challenge is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    nonce: [u8; NONCE],
    bound: Digest,
    expires: Moment,
}

impl Ticket {
    /// A new one; `nonce` is random.
    #[must_use]
    pub const fn new(nonce: [u8; 32], bound: Digest, expires: Moment) -> Self {
        Self {
            nonce,
            bound,
            expires,
        }
    }

    /// What is to be signed.
    #[must_use]
    pub fn challenge(&self) -> [u8; 32] {
        bound_challenge(&self.nonce, &self.bound)
    }

    /// What it is bound to.
    #[must_use]
    pub const fn bound(&self) -> Digest {
        self.bound
    }

    /// What the store keeps once it was answered: not the nonce itself, which is in the page.
    #[must_use]
    pub fn spent(&self) -> Spent {
        Spent {
            nonce: Digest::of(&self.nonce),
            expires: self.expires,
        }
    }
}

/// Writes and reads tickets.
#[derive(Debug)]
pub struct TicketKeys(MacKeys);

impl TicketKeys {
    /// # Errors
    /// [`Fault::Derivation`], which would be a bug.
    pub fn new(ring: &KeyRing) -> Result<Self, Fault> {
        MacKeys::new(ring, Purpose::Ticket).map(Self)
    }

    /// The text for a hidden field, 96 characters of base64url.
    #[must_use]
    pub fn write(&self, ticket: &Ticket) -> String {
        let moment = ticket.expires.0.to_be_bytes();
        let tag = self.0.tag(&[&ticket.nonce, &moment, &ticket.bound.0]);
        let bytes = [&ticket.nonce[..], &moment, &tag].concat();
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The ticket of a text that was issued for `bound`. Whether it has expired or was answered
    /// before is for the rules and the store.
    #[must_use]
    pub fn read(&self, text: &str, bound: Digest) -> Option<Ticket> {
        if text.len() != TEXT {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, rest) = bytes.split_first_chunk::<NONCE>()?;
        let (moment, rest) = rest.split_first_chunk::<MOMENT>()?;
        let tag = rest.first_chunk::<TAG>()?;
        let known = self.0.check(&[nonce, moment, &bound.0], tag);
        known.matched().then(|| Ticket {
            nonce: *nonce,
            bound,
            expires: Moment(i64::from_be_bytes(*moment)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::ring;

    #[test]
    fn a_ticket_opens_only_for_what_it_was_issued_for() {
        let keys = TicketKeys::new(&ring(&[("a", 1)])).unwrap();
        let (mine, theirs) = (Digest::of(b"operation 1"), Digest::of(b"operation 2"));
        let ticket = Ticket::new([7; 32], mine, Moment(1_800_000_000_000_000));
        let text = keys.write(&ticket);
        assert_eq!(text.len(), TEXT);
        assert_eq!(keys.read(&text, mine), Some(ticket));
        assert_eq!(keys.read(&text, theirs), None);
        let other = TicketKeys::new(&ring(&[("b", 2)])).unwrap();
        assert_eq!(other.read(&text, mine), None);
    }

    #[test]
    fn a_ticket_with_any_other_letter_is_refused() {
        let keys = TicketKeys::new(&ring(&[("a", 1)])).unwrap();
        let bound = Digest::of(b"operation 1");
        let text = keys.write(&Ticket::new([7; 32], bound, Moment(1)));
        for place in 0..TEXT {
            let letter = if &text[place..=place] == "A" {
                "B"
            } else {
                "A"
            };
            let mut changed = text.clone();
            changed.replace_range(place..=place, letter);
            assert_eq!(keys.read(&changed, bound), None, "letter {place}");
        }
        for wrong in ["", "AAAA", &text[1..], &format!("{text}A"), &"é".repeat(48)] {
            assert_eq!(keys.read(wrong, bound), None, "{wrong}");
        }
    }

    #[test]
    fn the_challenge_differs_with_the_nonce_and_with_what_it_is_bound_to() {
        let ticket = |nonce, bound: &[u8]| {
            let ticket = Ticket::new([nonce; 32], Digest::of(bound), Moment(1));
            (ticket.challenge(), ticket.spent().nonce)
        };
        let (one, two, three) = (ticket(1, b"a"), ticket(2, b"a"), ticket(1, b"b"));
        assert_ne!(one.0, two.0);
        assert_ne!(one.0, three.0);
        assert_ne!(one.1, two.1);
    }
}
