//! The signing keys in use, read from the store and kept for a few seconds.
//!
//! **Invariant:** a token is signed with the newest key and accepted under every key that is still
//! published.

use std::sync::{Arc, RwLock};

use secrecy::SecretBox;
use sekisho_core::change::Change;
use sekisho_core::known::SigningKeyKnown;
use sekisho_core::moment::{Moment, Span};
use sekisho_seal::jwk::{Jwk, PublicKey, SigningKey};
use sekisho_seal::jws::{JwsRefusal, KeySet};

use crate::fault::Fault;
use crate::gate::Gate;
use crate::keys::Place;

/// For how long keys are used without a look at the store: the time in which every node signs with
/// a new one. What another node signed with it meanwhile is accepted ([`Gate::verified`]).
const FRESH: Span = Span::seconds(5);
/// For how long a former key stays published: longer than any token that it signed.
const PUBLISHED: Span = Span::hours(24);

/// The keys as last read.
#[derive(Debug)]
pub(crate) struct SigningKeys {
    /// Signs.
    pub(crate) current: SigningKey,
    /// Verifies.
    pub(crate) set: KeySet,
    /// The published set as JSON.
    pub(crate) jwks: String,
    read: Moment,
}

/// The cache of a node.
#[derive(Debug, Default)]
pub(crate) struct Signing(RwLock<Option<Arc<SigningKeys>>>);

impl Signing {
    fn cached(&self, now: Moment) -> Option<Arc<SigningKeys>> {
        let cached = self.0.read().ok()?.clone()?;
        (now.since(cached.read) < FRESH && cached.read <= now).then_some(cached)
    }

    fn keep(&self, keys: &Arc<SigningKeys>) {
        if let Ok(mut cached) = self.0.write() {
            *cached = Some(Arc::clone(keys));
        }
    }
}

impl Gate {
    /// The keys in use; makes the first one.
    pub(crate) async fn signing_keys(&self) -> Result<Arc<SigningKeys>, Fault> {
        let now = self.now();
        if let Some(cached) = self.signing().cached(now) {
            return Ok(cached);
        }
        self.reread_signing_keys(now).await
    }

    /// What `verify` makes of a statement; `None` if it is none of ours. It may name a key that
    /// another node made a moment ago: the store is asked before it is refused, which costs whoever
    /// made a name up no more than an unknown session does.
    pub(crate) async fn verified<T>(
        &self,
        verify: impl Fn(&KeySet) -> Result<T, JwsRefusal>,
    ) -> Result<Option<T>, Fault> {
        match verify(&self.signing_keys().await?.set) {
            Err(JwsRefusal::UnknownKey) => {
                let keys = self.reread_signing_keys(self.now()).await?;
                Ok(verify(&keys.set).ok())
            }
            judged => Ok(judged.ok()),
        }
    }

    async fn reread_signing_keys(&self, now: Moment) -> Result<Arc<SigningKeys>, Fault> {
        let mut known = self.store().signing_keys(now).await?;
        if !known.iter().any(|key| key.retires.is_none()) {
            // Somebody else made one meanwhile: that one will do.
            match self.rotate_signing_key().await {
                Ok(_) | Err(Fault::Contended { .. }) => {}
                Err(fault) => return Err(fault),
            }
            known = self.store().signing_keys(now).await?;
        }
        let keys = Arc::new(self.read_keys(&known, now)?);
        self.signing().keep(&keys);
        Ok(keys)
    }

    fn read_keys(&self, known: &[SigningKeyKnown], now: Moment) -> Result<SigningKeys, Fault> {
        let newest = known
            .iter()
            .filter(|key| key.retires.is_none())
            .max_by_key(|key| key.created);
        let newest = newest.ok_or(Fault::Internal {
            what: "there is no signing key",
        })?;
        let scalar = self
            .keys()
            .open_bytes(Place::Signing(&newest.kid), &newest.sealed)?;
        let published = |key: &&SigningKeyKnown| key.retires.is_none_or(|until| until > now);
        let public = known.iter().filter(published).filter_map(|key| {
            let jwk: Jwk = serde_json::from_str(&key.public).ok()?;
            PublicKey::from_jwk(&jwk).ok()
        });
        let set: KeySet = public.collect();
        let jwks = serde_json::to_string(&set.jwks()).unwrap_or_default();
        let current = SigningKey::import(&SecretBox::new(Box::new(scalar)))?;
        Ok(SigningKeys {
            current,
            set,
            jwks,
            read: now,
        })
    }

    /// Makes a new signing key; the former ones sign no more and stay published for a day.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn rotate_signing_key(&self) -> Result<String, Fault> {
        use secrecy::ExposeSecret as _;
        let now = self.now();
        let fresh = SigningKey::from_random(self.dice().bytes()?)?;
        let kid = fresh.kid().as_str().to_owned();
        let scalar = fresh.export();
        let sealed = self
            .keys()
            .seal(Place::Signing(&kid), scalar.expose_secret(), self.dice())?;
        let public = serde_json::to_string(&fresh.public().jwk()).map_err(|_| Fault::Internal {
            what: "a public key is not JSON",
        })?;
        let former = self.store().signing_keys(now).await?;
        let until = now.plus(PUBLISHED);
        let retired = former.into_iter().filter(|key| key.retires.is_none());
        let mut changes: Vec<_> = retired
            .map(|key| Change::SigningKeyRetired {
                kid: key.kid,
                until,
            })
            .collect();
        changes.push(Change::SigningKeyAdded {
            kid: kid.clone(),
            sealed,
            public,
            at: now,
        });
        self.administer(&kid, changes).await?;
        Ok(kid)
    }

    /// The published key set (RFC 7517).
    ///
    /// # Errors
    /// Those of the store.
    pub async fn jwks(&self) -> Result<String, Fault> {
        Ok(self.signing_keys().await?.jwks.clone())
    }
}
