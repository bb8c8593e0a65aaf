//! Opaque tokens: sessions, devices, interactions, authorization codes, API credentials,
//! secrets of applications.
//!
//! A token is 32 random bytes in base64url with a prefix that tells what it is, to people, to
//! secret scanners and to the parser. Only its SHA-256 is stored: 256 random bits cannot be
//! guessed, so neither salt nor a slow hash would add anything.
//!
//! **Invariant:** a token parses only as the kind it was minted for, and the stored hash covers the
//! prefix, so a token of one kind never passes for another.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sekisho_core::bytes::{Digest, TokenHash};
use zeroize::Zeroizing;

/// What a token opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    Session,
    Device,
    Interaction,
    OidcCode,
    ApiCredential,
    /// The client secret of an application that has one.
    ApplicationSecret,
    /// What opens a request on the phone that it was sent to.
    Push,
    /// What a person of the firm proves with.
    Staff,
    /// The session of a person of the firm in the console.
    StaffSession,
}

impl TokenKind {
    pub const ALL: [Self; 9] = [
        Self::Session,
        Self::Device,
        Self::Interaction,
        Self::OidcCode,
        Self::ApiCredential,
        Self::ApplicationSecret,
        Self::Push,
        Self::Staff,
        Self::StaffSession,
    ];

    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Session => "sks_",
            Self::Device => "skd_",
            Self::Interaction => "ski_",
            Self::OidcCode => "skc_",
            Self::ApiCredential => "ska_",
            Self::ApplicationSecret => "skp_",
            Self::Push => "skn_",
            Self::Staff => "skf_",
            Self::StaffSession => "skg_",
        }
    }
}

/// Characters of a token: 4 of prefix, 43 for 32 bytes.
pub const TOKEN_LEN: usize = 47;

/// A token in clear.
#[derive(Debug, Clone)]
pub struct Token {
    kind: TokenKind,
    text: SecretString,
}

impl Token {
    /// A new token from 32 fresh random bytes.
    #[must_use]
    pub fn mint(kind: TokenKind, random: [u8; 32]) -> Self {
        let random = Zeroizing::new(random);
        let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(*random));
        let text = format!("{}{}", kind.prefix(), *encoded).into();
        Self { kind, text }
    }

    /// Reads a token of the given kind; `None` for anything that [`Token::mint`] does not write.
    /// That it parses says nothing of whether it exists.
    #[must_use]
    pub fn parse(kind: TokenKind, text: &str) -> Option<Self> {
        if text.len() != TOKEN_LEN {
            return None;
        }
        let encoded = text.strip_prefix(kind.prefix())?;
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(encoded).ok()?);
        (bytes.len() == 32).then(|| Self {
            kind,
            text: text.into(),
        })
    }

    #[must_use]
    pub fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The text for the cookie or the client.
    #[must_use]
    pub fn text(&self) -> &SecretString {
        &self.text
    }

    /// SHA-256 of the text, prefix included. The database looks it up by equality: a timing
    /// difference there tells of a hash, which nobody can steer from the token's side.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Digest::of(self.text.expose_secret().as_bytes()).0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_parses_as_itself_alone() {
        for kind in TokenKind::ALL {
            let token = Token::mint(kind, [5; 32]);
            let text = token.text().expose_secret();
            assert_eq!(text.len(), TOKEN_LEN);
            for other in TokenKind::ALL {
                let parsed = Token::parse(other, text);
                assert_eq!(parsed.is_some(), other == kind, "{kind:?} as {other:?}");
            }
            assert_eq!(Token::parse(kind, text).unwrap().hash(), token.hash());
        }
    }

    #[test]
    fn kinds_with_the_same_bytes_have_different_hashes() {
        let hashes: std::collections::HashSet<TokenHash> = TokenKind::ALL
            .iter()
            .map(|kind| Token::mint(*kind, [5; 32]).hash())
            .collect();
        assert_eq!(hashes.len(), TokenKind::ALL.len());
    }

    #[test]
    fn what_was_not_minted_does_not_parse() {
        let text = Token::mint(TokenKind::Session, [5; 32])
            .text()
            .expose_secret()
            .to_owned();
        let wrong = [
            String::new(),
            text[..46].to_owned(),
            format!("{text}A"),
            format!("{}=", &text[..46]),
            format!("{}+", &text[..46]),
            // the last character's two spare bits set: another text for the same bytes
            format!("{}B", text.replace(&text[46..], "")),
            text.to_uppercase(),
            format!(" {}", &text[..46]),
            format!("sks_{}", "あ".repeat(14) + "a"),
        ];
        for wrong in wrong {
            assert!(
                Token::parse(TokenKind::Session, &wrong).is_none(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn debug_shows_no_token() {
        let token = Token::mint(TokenKind::Session, [5; 32]);
        assert!(!format!("{token:?}").contains("BQUF"));
    }
}
