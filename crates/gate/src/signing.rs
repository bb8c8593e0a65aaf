//! The signing keys in use, read from the store and kept for a few seconds.
//!
//! **Invariant:** a token is signed with a key that everybody can know by then, and accepted under
//! every key that is still published.

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

/// For how long keys are used without a look at the store.
const FRESH: Span = Span::seconds(5);
/// For how many seconds others may keep the published set (`Cache-Control`).
pub const JWKS_SECONDS: u16 = 300;
/// How old a key is when it begins to sign: by then every node has published it, and every set that
/// was kept from before is thrown away. The very first signs at once.
const SETTLED: Span = Span::seconds(JWKS_SECONDS as i64 + 60);
/// For how long a former key stays published: longer than it goes on to sign, and any token of it.
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
pub(crate) struct Signing {
    keys: RwLock<Option<Arc<SigningKeys>>>,
    /// Held while the store is asked about a key that is not known.
    asking: tokio::sync::Mutex<()>,
}

impl Signing {
    fn cached(&self, now: Moment) -> Option<Arc<SigningKeys>> {
        let cached = self.keys.read().ok()?.clone()?;
        (now.since(cached.read) < FRESH && cached.read <= now).then_some(cached)
    }

    fn keep(&self, keys: &Arc<SigningKeys>) {
        if let Ok(mut cached) = self.keys.write() {
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
        // Rare and long: it is no part of every act that signs something.
        Box::pin(self.reread_signing_keys(now)).await
    }

    /// What `verify` makes of a statement; `None` if it is none of ours. It may name the first key
    /// of all, which another node made a moment ago: the store is asked before it is refused. One
    /// look at a time is all that whoever makes names up gets out of it; who waits for one looks at
    /// what it found.
    pub(crate) async fn verified<T>(
        &self,
        verify: impl Fn(&KeySet) -> Result<T, JwsRefusal>,
    ) -> Result<Option<T>, Fault> {
        let known = self.signing_keys().await?;
        let judged = verify(&known.set);
        if !matches!(judged, Err(JwsRefusal::UnknownKey)) {
            return Ok(judged.ok());
        }
        let _asking = self.signing().asking.lock().await;
        let meanwhile = self.signing_keys().await?;
        if !Arc::ptr_eq(&known, &meanwhile) {
            return Ok(verify(&meanwhile.set).ok());
        }
        let keys = Box::pin(self.reread_signing_keys(self.now())).await?;
        Ok(verify(&keys.set).ok())
    }

    async fn reread_signing_keys(&self, now: Moment) -> Result<Arc<SigningKeys>, Fault> {
        let mut known = self.store().signing_keys(now).await?;
        if !known.iter().any(|key| key.retires.is_none()) {
            // Somebody else made one meanwhile: that one will do.
            match Box::pin(self.rotate_signing_key()).await {
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
        let signs = signing_key(known, now).ok_or(Fault::Internal {
            what: "there is no signing key",
        })?;
        let scalar = self
            .keys()
            .open_bytes(Place::Signing(&signs.kid), &signs.sealed)?;
        let published = |key: &&SigningKeyKnown| is_published(key, now);
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

    /// Makes a new signing key, which signs once everybody can know it ([`JWKS_SECONDS`] and a
    /// minute); the former ones sign until then and stay published for a day.
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

fn is_published(key: &SigningKeyKnown, now: Moment) -> bool {
    key.retires.is_none_or(|until| until > now)
}

/// The key that signs: the newest that is settled, or else the oldest, so that all who look at the
/// same keys choose the same.
#[must_use]
pub fn signing_key(known: &[SigningKeyKnown], now: Moment) -> Option<&SigningKeyKnown> {
    let age = |key: &&SigningKeyKnown| (key.created, key.kid.clone());
    let published = || known.iter().filter(|key| is_published(key, now));
    let settled = published().filter(|key| now.since(key.created) >= SETTLED);
    settled.max_by_key(age).or(published().min_by_key(age))
}

#[cfg(test)]
mod tests {
    use sekisho_core::bytes::Sealed;

    use super::*;

    const NOW: Moment = Moment(1_800_000_000_000_000);

    fn key(kid: &str, age: i64, retired: bool) -> SigningKeyKnown {
        let created = NOW.minus(Span::seconds(age));
        SigningKeyKnown {
            kid: kid.to_owned(),
            sealed: Sealed(Vec::new()),
            public: String::new(),
            created,
            retires: retired.then_some(NOW.plus(Span::hours(1))),
        }
    }

    #[test]
    fn a_key_signs_once_everybody_can_know_it_and_the_first_at_once() {
        let signs = |known: &[SigningKeyKnown]| signing_key(known, NOW).map(|key| key.kid.clone());
        let settled = SETTLED.as_seconds();
        assert_eq!(signs(&[]), None);
        assert_eq!(signs(&[key("first", 0, false)]).as_deref(), Some("first"));
        for (age, kid) in [(settled - 1, "old"), (settled, "new")] {
            let both = [key("old", 90_000, true), key("new", age, false)];
            assert_eq!(signs(&both).as_deref(), Some(kid), "{age}");
        }
        // Two that two nodes made at once, in whichever order they are read.
        let two = [key("b", 1, false), key("a", 1, false)];
        assert_eq!(signs(&two).as_deref(), Some("a"));
        let mut gone = key("old", 90_000, true);
        gone.retires = Some(NOW);
        let left = [gone, key("new", 1, false)];
        assert_eq!(
            signs(&left).as_deref(),
            Some("new"),
            "nothing else is published"
        );
    }
}
