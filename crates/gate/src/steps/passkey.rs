//! What the acts share that are proved by a passkey: the prompt a page shows, and the proof of what
//! came back.
//!
//! **Invariant:** a prompt writes nothing, and an answer counts once, for what its prompt was made.

use sekisho_core::bytes::Digest;
use sekisho_core::confirm::PaymentAsked;
use sekisho_core::id::CustomerId;
use sekisho_core::known::{CustomerKnown, PasskeyKnown, Transport};
use sekisho_core::moment::Span;
use sekisho_core::passkey::Usable;
use sekisho_core::proof::{PasskeyProved, UserSeen};
use sekisho_seal::prove::{PasskeyAsked, prove_passkey};
use sekisho_seal::ticket::Ticket;
use sekisho_seal::webauthn::{
    AssertionKind, AssertionResponse, Framing, Identified, RelyingParty, UserVerification,
};

use crate::fault::Fault;
use crate::gate::Gate;

/// For how long a prompt may be answered: Web Authentication Level 3 section 15.1 recommends 5 to
/// 10 minutes where a user is verified.
const LIFE: Span = Span::minutes(10);

/// What a page hands to the browser so that a passkey signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyPrompt {
    /// Comes back with the answer.
    pub ticket: String,
    /// What is signed.
    pub challenge: [u8; 32],
    /// The domain whose passkeys are asked for.
    pub rp_id: String,
    /// The passkeys that will do; empty for any that the browser has.
    pub named: Vec<NamedPasskey>,
    /// Whom the authenticator has to see.
    pub user: UserSeen,
}

/// A passkey, as a browser is told which one is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPasskey {
    /// The authenticator's name for it.
    pub handle: Vec<u8>,
    /// How it is reached.
    pub transports: Vec<Transport>,
}

impl NamedPasskey {
    pub(crate) fn each(passkeys: &[PasskeyKnown]) -> Vec<Self> {
        let named = |known: &PasskeyKnown| Self {
            handle: known.handle.clone(),
            transports: known.transports.clone(),
        };
        passkeys.iter().map(named).collect()
    }
}

/// What `navigator.credentials.get` returned, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyAnswer {
    /// The ticket of the prompt.
    pub ticket: String,
    /// The authenticator's name for the passkey.
    pub handle: Vec<u8>,
    /// What the browser saw.
    pub client_data: Vec<u8>,
    /// What the authenticator says.
    pub authenticator_data: Vec<u8>,
    /// Its signature over both.
    pub signature: Vec<u8>,
    /// Whose passkey it says it is.
    pub user_handle: Option<Vec<u8>>,
}

/// Who has to have signed, and for what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signing<'a> {
    pub(crate) wanted: Wanted<'a>,
    /// The customer, once known; otherwise the passkey itself must say.
    pub(crate) customer: Option<CustomerId>,
    /// Whom the authenticator must have seen.
    pub(crate) user: UserSeen,
}

/// What is asked of WebAuthn's UV so that `user` is seen. Who shows more is told apart.
pub(crate) const fn verification(user: UserSeen) -> UserVerification {
    match user {
        UserSeen::Present => UserVerification::Preferred,
        UserSeen::Verified => UserVerification::Required,
    }
}

/// What a proof is wanted for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) bound: Digest,
    /// What the browser was asked to show, where it may have.
    pub(crate) payment: Option<&'a PaymentAsked>,
}

impl From<Digest> for Wanted<'_> {
    fn from(bound: Digest) -> Self {
        Self {
            bound,
            payment: None,
        }
    }
}

/// The relying party of an address: its origin and its domain.
pub(crate) fn relying_party(address: &str) -> RelyingParty {
    let (_, rest) = address.split_once("://").unwrap_or(("", address));
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let path = rest.len() - authority.len();
    RelyingParty {
        id: host.to_owned(),
        origins: vec![address[..address.len() - path].to_owned()],
        framing: Framing::Refuse,
    }
}

/// Whether a relying party is a domain, and no address.
pub(crate) fn has_domain(party: &RelyingParty) -> bool {
    let bare = party.id.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<std::net::IpAddr>().is_err()
}

impl Gate {
    /// The relying party of customers: the public address, its origin and its domain.
    pub(crate) fn relying_party(&self) -> RelyingParty {
        relying_party(self.issuer())
    }

    /// Whether passkeys can be had at all: they belong to a domain, which an address is not (Web
    /// Authentication Level 3 section 5.1.2).
    pub(crate) fn has_domain(&self) -> bool {
        has_domain(&self.relying_party())
    }

    pub(crate) fn fresh_ticket(&self, bound: Digest) -> Result<Ticket, Fault> {
        let nonce = [self.dice().bytes::<16>()?, self.dice().bytes::<16>()?];
        let mut whole = [0; 32];
        whole.copy_from_slice(nonce.as_flattened());
        Ok(Ticket::new(whole, bound, self.now().plus(LIFE)))
    }

    /// A prompt for any passkey that the browser has, which proves who it is by itself.
    pub(crate) fn prompt_any(&self, bound: Digest) -> Result<PasskeyPrompt, Fault> {
        self.prompt(bound, &[], UserSeen::Verified)
    }

    fn prompt(
        &self,
        bound: Digest,
        passkeys: &[PasskeyKnown],
        user: UserSeen,
    ) -> Result<PasskeyPrompt, Fault> {
        let ticket = self.fresh_ticket(bound)?;
        Ok(PasskeyPrompt {
            ticket: self.keys().tickets.write(&ticket),
            challenge: ticket.challenge(),
            rp_id: self.relying_party().id,
            named: NamedPasskey::each(passkeys),
            user,
        })
    }

    /// The passkeys of a customer that will do here.
    pub(crate) async fn usable(&self, customer: CustomerId) -> Result<Usable, Fault> {
        Ok(self.usable_of(&self.store().passkeys(customer).await?))
    }

    /// Those of `all` that will do here.
    pub(crate) fn usable_of(&self, all: &[PasskeyKnown]) -> Usable {
        let party = self.relying_party();
        let domain = self.has_domain().then_some(party.id.as_str());
        Usable::of(all, domain, &self.policy())
    }

    /// A prompt for the customer's passkeys; `None` when none will do.
    pub(crate) fn prompt_if_any(
        &self,
        bound: Digest,
        passkeys: &Usable,
    ) -> Result<Option<PasskeyPrompt>, Fault> {
        let user = self.policy().passkey_user();
        let prompt = |passkeys: &Usable| self.prompt(bound, passkeys.all(), user);
        passkeys.any().then(|| prompt(passkeys)).transpose()
    }

    /// Whose passkey it is and the proof, if it signed what it was asked.
    pub(crate) async fn prove_answer(
        &self,
        answer: &PasskeyAnswer,
        signing: Signing<'_>,
    ) -> Result<Option<(CustomerKnown, PasskeyProved)>, Fault> {
        let Some((known, customer)) = self.store().passkey(&answer.handle).await? else {
            return Ok(None);
        };
        let other = signing.customer.is_some_and(|named| named != customer.id);
        if other || !self.usable_of(std::slice::from_ref(&known)).any() {
            return Ok(None);
        }
        let Some(ticket) = self.unspent(&answer.ticket, signing.wanted.bound).await? else {
            return Ok(None);
        };
        let asked = PasskeyAsked {
            ticket,
            kind: match signing.wanted.payment {
                Some(asked) => AssertionKind::Confirmation(asked),
                None => AssertionKind::Proof,
            },
            identified: match signing.customer {
                Some(_) => Identified::Beforehand,
                None => Identified::ByPasskey,
            },
            verification: verification(signing.user),
        };
        let response = AssertionResponse {
            credential_id: &answer.handle,
            client_data_json: &answer.client_data,
            authenticator_data: &answer.authenticator_data,
            signature: &answer.signature,
            user_handle: answer.user_handle.as_deref(),
        };
        let proved = prove_passkey(&self.relying_party(), &known, &asked, &response)?;
        let proved = proved.inspect_err(|refusal| {
            tracing::info!(refusal = refusal.word(), "a passkey's answer was refused");
        });
        Ok(proved.ok().map(|proof| (customer, proof)))
    }

    /// The ticket of a text, if it was issued for `bound` and not answered yet.
    pub(crate) async fn unspent(&self, text: &str, bound: Digest) -> Result<Option<Ticket>, Fault> {
        let Some(ticket) = self.keys().tickets.read(text, bound) else {
            return Ok(None);
        };
        let spent = self.store().is_spent(ticket.spent().nonce).await?;
        Ok(Some(ticket).filter(|_| !spent))
    }
}
