//! The gate itself: what it holds, and the one way by which a decision takes effect.
//!
//! **Invariant:** [`Gate::commit`] is the only caller of the store's commit, and it takes nothing
//! but decisions.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use sekisho_core::access::Act;
use sekisho_core::administer;
use sekisho_core::bytes::{Sealed, TokenHash};
use sekisho_core::change::Change;
use sekisho_core::decision::Decision;
use sekisho_core::id::{DecisionId, StaffId};
use sekisho_core::known::Grown;
use sekisho_core::moment::Moment;
use sekisho_core::notice::Carrier;
use sekisho_core::password::DenyList;
use sekisho_core::policy::Policy;
use sekisho_core::siem::{self, Way, Wording};
use sekisho_seal::token::{Token, TokenKind};
use sekisho_seal::webauthn::Anchors;
use sekisho_store::{Committal, Fault as StoreFault, Store};
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

use crate::acts::console_health::Kept;
use crate::acts::log::LogSeen;
use crate::acts::sweep::MOST_PROGRAMS;
use crate::clock::Clock;
use crate::delivery::Push;
use crate::dice::Dice;
use crate::fault::Fault;
use crate::hash_pool::HashPool;
use crate::keys::Keys;
use crate::places::{Own, Places};
use crate::readiness::Troubles;
use crate::signing::Signing;
use crate::steps::caller::Cached;
use crate::watch::Watch;

/// How often an act is decided anew when the state changed under it.
pub(crate) const ROUNDS: u8 = 8;

/// What a gate is made of.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The keys.
    pub keys: Arc<Keys>,
    /// The policy, with the rules that judge until others are taken up.
    pub policy: Arc<Policy>,
    /// Address files.
    pub places: Places,
    /// Passwords known to attackers.
    pub deny: DenyList,
    /// The `iss` of every token: the public URL without a slash at its end.
    pub issuer: String,
    /// The clock.
    pub clock: Clock,
    /// The dice.
    pub dice: Dice,
    /// The hash pool.
    pub pool: HashPool,
    /// The roots of makers of authenticators whose word on a model counts.
    pub anchors: Arc<Anchors>,
    /// The push services of phones; `None` where nothing is approved on phones.
    pub push: Option<Push>,
}

/// The gate: every act is a method. Cloning it is cheap.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    parts: Parts,
    policy: RwLock<(Option<i64>, Arc<Policy>)>,
    signing: Signing,
    callers: Mutex<HashMap<TokenHash, Cached>>,
    outbox: [Notify; 3],
    untold: Notify,
    sweeps: Arc<Semaphore>,
    campaigns: Semaphore,
    watch: Watch,
    outward: OnceLock<(Vec<Way>, Wording)>,
    troubles: Troubles,
    log: LogSeen,
    networks: RwLock<Arc<Own>>,
    kept: Kept,
    trials: Mutex<BTreeSet<StaffId>>,
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate")
            .field("issuer", &self.0.parts.issuer)
            .finish_non_exhaustive()
    }
}

impl Gate {
    /// A gate of these parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let policy = RwLock::new((None, Arc::clone(&parts.policy)));
        Self(Arc::new(Inner {
            parts,
            policy,
            signing: Signing::default(),
            callers: Mutex::default(),
            outbox: [Notify::new(), Notify::new(), Notify::new()],
            untold: Notify::new(),
            sweeps: Arc::new(Semaphore::new(MOST_PROGRAMS)),
            campaigns: Semaphore::new(1),
            watch: Watch::default(),
            outward: OnceLock::new(),
            troubles: Troubles::default(),
            log: LogSeen::default(),
            networks: RwLock::default(),
            kept: Kept::default(),
            trials: Mutex::default(),
        }))
    }

    /// What whoever runs this node has to know.
    pub(crate) fn troubles(&self) -> &Troubles {
        &self.0.troubles
    }

    /// What this node saw of the log.
    pub(crate) fn log_seen(&self) -> &LogSeen {
        &self.0.log
    }

    /// What this node keeps for the overview.
    pub(crate) fn kept(&self) -> &Kept {
        &self.0.kept
    }

    /// The people for whom this node tries rules at the moment.
    pub(crate) fn trials(&self) -> MutexGuard<'_, BTreeSet<StaffId>> {
        self.0.trials.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The `iss` of every token.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.parts.issuer
    }

    /// The policy in force, with the rules that are.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        let held = self.0.policy.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&held.1)
    }

    /// The places for sweeps of programs.
    pub(crate) fn sweeps(&self) -> &Arc<Semaphore> {
        &self.0.sweeps
    }

    /// The one place on this node for counting everybody in the set of a campaign.
    pub(crate) async fn campaign_place(&self) -> Result<SemaphorePermit<'_>, Fault> {
        let place = self.0.campaigns.acquire().await;
        place.map_err(|_| Fault::Internal {
            what: "the place for counting is closed",
        })
    }

    /// Which change of the rules in force was taken up last; `None` before the first.
    pub(crate) fn rules_epoch(&self) -> Option<i64> {
        let held = self.0.policy.read().unwrap_or_else(PoisonError::into_inner);
        held.0
    }

    /// Judges by `policy` from now on.
    pub(crate) fn adopt_policy(&self, epoch: i64, policy: Policy) {
        let held = self.0.policy.write();
        let mut held = held.unwrap_or_else(PoisonError::into_inner);
        // The forest is no rule, and another may have been taken up meanwhile.
        let forest = held.1.forest.clone();
        *held = (Some(epoch), Arc::new(Policy { forest, ..policy }));
    }

    /// Tells what is rare by `forest` from now on.
    pub(crate) fn adopt_forest(&self, forest: Option<Grown>) {
        let held = self.0.policy.write();
        let mut held = held.unwrap_or_else(PoisonError::into_inner);
        let policy = Policy {
            forest,
            ..held.1.as_ref().clone()
        };
        held.1 = Arc::new(policy);
    }

    pub(crate) fn anchors(&self) -> &Anchors {
        &self.0.parts.anchors
    }

    /// From now on decisions wait to be told on these ways; said once, before anything is decided.
    pub fn tell_outside(&self, ways: Vec<Way>, wording: Wording) {
        // A second word changes nothing: what waits already waits for the first.
        let ways = ways.into_iter().chain([Way::Log]).collect();
        let _said = self.0.outward.set((ways, wording));
    }

    /// How events are written.
    pub(crate) fn wording(&self) -> Wording {
        let said = self.0.outward.get();
        said.map(|(_, wording)| wording.clone()).unwrap_or_default()
    }

    /// On which ways decisions are told. Into the log they are told always.
    pub(crate) fn outward(&self) -> &[Way] {
        let said = self.0.outward.get();
        said.map_or(&[Way::Log], |(ways, _)| ways)
    }

    /// Now, by gate's clock.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.0.parts.clock.now()
    }

    /// A token that holds forms of a visitor without a session together.
    ///
    /// # Errors
    /// When no random value can be had.
    pub fn fresh_visitor(&self) -> Result<Token, Fault> {
        self.token(TokenKind::Interaction)
    }

    /// The token of `form` for whoever holds the cookie `binding`.
    #[must_use]
    pub fn csrf_token(&self, binding: &str, form: &str) -> String {
        self.keys().csrf.token(&holder(binding), form)
    }

    /// Whether `given` is the token of `form` for whoever holds the cookie `binding`.
    #[must_use]
    pub fn csrf_check(&self, binding: &str, form: &str, given: &str) -> bool {
        self.keys()
            .csrf
            .check(&holder(binding), form, given)
            .matched()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.parts.store
    }

    pub(crate) fn keys(&self) -> &Arc<Keys> {
        &self.0.parts.keys
    }

    pub(crate) fn dice(&self) -> &Dice {
        &self.0.parts.dice
    }

    pub(crate) fn pool(&self) -> &HashPool {
        &self.0.parts.pool
    }

    pub(crate) fn push(&self) -> Option<&Push> {
        self.0.parts.push.as_ref()
    }

    /// The address files.
    #[must_use]
    pub fn address_files(&self) -> &Places {
        &self.0.parts.places
    }

    /// Where the networks are that people of the firm listed.
    pub(crate) fn networks_held(&self) -> &RwLock<Arc<Own>> {
        &self.0.networks
    }

    pub(crate) fn deny(&self) -> &DenyList {
        &self.0.parts.deny
    }

    pub(crate) fn watch(&self) -> &Watch {
        &self.0.watch
    }

    pub(crate) fn signing(&self) -> &Signing {
        &self.0.signing
    }

    pub(crate) fn callers(&self) -> &Mutex<HashMap<TokenHash, Cached>> {
        &self.0.callers
    }

    /// Woken when a message of this kind was queued.
    pub(crate) fn outbox(&self, kind: Carrier) -> &Notify {
        let [mail, push, sms] = &self.0.outbox;
        match kind {
            Carrier::Mail => mail,
            Carrier::Push => push,
            Carrier::Sms => sms,
        }
    }

    /// Woken when something of an operation was committed.
    pub(crate) fn untold(&self) -> &Notify {
        &self.0.untold
    }

    pub(crate) fn token(&self, kind: TokenKind) -> Result<Token, Fault> {
        Ok(Token::mint(kind, self.dice().bytes()?))
    }

    pub(crate) fn fresh_decision(&self, now: Moment) -> Result<DecisionId, Fault> {
        Ok(DecisionId(self.dice().id(now)?))
    }

    /// Makes a decision take effect: everything in one transaction. Answers the decision once it is
    /// durable, or `None` when the state it was decided on no longer stands and the act has to be
    /// decided anew.
    ///
    /// When the database's answer was lost, it is asked whether the entry landed. What opens or
    /// shows lands together with its leaf in the log, and not where that cannot be written.
    pub(crate) async fn commit(&self, decision: Decision) -> Result<Option<Decision>, Fault> {
        // Whoever decided reads what came of their own changes.
        let own = decision.changes.len();
        let mut decision = siem::waits(decision, self.outward());
        let sealed: Result<Vec<_>, _> = decision
            .notices
            .iter()
            .map(|notice| self.seal_notice(notice))
            .collect();
        let landed = self.land_logged(&mut decision, &sealed?).await?;
        let act = decision.entry.act.word();
        if !landed {
            metrics::counter!("sekisho_stale_commits_total", "act" => act).increment(1);
            return Ok(None);
        }
        let verdict = decision.verdict().kind().word();
        metrics::counter!("sekisho_decisions_total", "act" => act, "verdict" => verdict)
            .increment(1);
        crate::acts::signal::counted(&decision);
        if let Some(tried) = &decision.tried {
            self.watch().learn(tried);
        }
        self.watch().held(decision.entry.at, decision.reasons());
        for notice in &decision.notices {
            self.outbox(notice.to.kind).notify_one();
        }
        if decision.entry.operation.is_some() && decision.entry.act != Act::Tell {
            self.untold().notify_one();
        }
        decision.changes.truncate(own);
        Ok(Some(decision))
    }

    /// Commits; whether it landed.
    pub(crate) async fn land(&self, decision: &Decision, sealed: &[Sealed]) -> Result<bool, Fault> {
        match self.store().commit(decision, sealed).await {
            Ok(Committal::Committed) => Ok(true),
            Ok(Committal::Stale) => Ok(false),
            Err(StoreFault::Ambiguous { what }) => {
                match self.store().entry_exists(decision.entry.id).await? {
                    true => Ok(true),
                    false => Err(StoreFault::Unavailable { what }.into()),
                }
            }
            Err(fault) => Err(fault.into()),
        }
    }

    /// Carries out what a person at the machine asked for.
    ///
    /// # Errors
    /// [`Fault::Contended`] when it was done already or never existed.
    pub(crate) async fn administer(
        &self,
        subject: &str,
        changes: Vec<Change>,
    ) -> Result<(), Fault> {
        let now = self.now();
        let at = (self.fresh_decision(now)?, now);
        let decision = administer::decide(subject, changes, at, &self.policy());
        match self.commit(decision).await? {
            Some(_) => Ok(()),
            None => Err(Fault::Contended { rounds: 1 }),
        }
    }
}

/// Forms are bound to the hash of a cookie, whatever it holds.
fn holder(binding: &str) -> TokenHash {
    TokenHash(sekisho_core::bytes::Digest::of(binding.as_bytes()).0)
}
