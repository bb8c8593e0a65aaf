//! A row of the feed as windows keep it, and the keys it is counted by.
//!
//! **Invariant:** a key that is not known is none, and never a value that many share.

use crate::access::Act;
use crate::attempt::{Account, Origin, Tried};
use crate::client_family::ClientFamily;
use crate::context::Address;
use crate::id::{CustomerId, DecisionId, DeviceId};
use crate::known::Strange;
use crate::moment::{Moment, Span};
use crate::risk::pace::{Pace, Window, Windows};
use crate::sighting::Ending;

/// What is counted by.
pub type Key = [u8; 16];

/// The windows of [`Windows`], by what and for how long they count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keyed {
    /// See [`Windows::address`].
    Address,
    /// See [`Windows::address_day`].
    AddressDay,
    /// See [`Windows::network`].
    Network,
    /// See [`Windows::crowd`].
    Crowd,
    /// See [`Windows::agent`].
    Agent,
    /// See [`Windows::account`].
    Account,
    /// See [`Windows::device`].
    Device,
}

impl Keyed {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Address,
        Self::AddressDay,
        Self::Network,
        Self::Crowd,
        Self::Agent,
        Self::Account,
        Self::Device,
    ];

    /// For how long it counts.
    #[must_use]
    pub const fn span(self) -> Span {
        match self {
            Self::Address => Span::minutes(10),
            Self::Network | Self::Account => Span::hours(1),
            Self::AddressDay | Self::Crowd | Self::Agent | Self::Device => Span::days(1),
        }
    }

    /// What says that there is too much under a key, so that it may be an attack; `None` where no
    /// attack goes by it.
    #[must_use]
    pub const fn attacked(self) -> Option<Pace> {
        Some(match self {
            Self::Agent => Pace::AgentFailures,
            Self::Crowd => Pace::CrowdFailures,
            Self::Network => Pace::NetworkFailures,
            Self::AddressDay => Pace::AddressDayAccounts,
            Self::Address => Pace::AddressAccounts,
            Self::Device => Pace::DeviceAccounts,
            Self::Account => return None,
        })
    }

    /// The key of an attempt. A host of IPv6 takes any address of its /64 and is counted by that.
    #[must_use]
    pub fn of(self, origin: &Origin) -> Option<Key> {
        let address = origin.context.address;
        match self {
            Self::Address | Self::AddressDay => address.map(|one| one.counted().bytes()),
            Self::Network => address.map(|one| one.network()),
            Self::Crowd => crowd(origin),
            Self::Agent => origin.agent,
            Self::Account => (origin.account != Account::NAMELESS).then(|| origin.account.key()),
            Self::Device => origin.device.map(|DeviceId(key)| key),
        }
    }

    /// Where its window stands.
    pub(super) const fn place(self, windows: &mut Windows) -> &mut Option<Window> {
        match self {
            Self::Address => &mut windows.address,
            Self::AddressDay => &mut windows.address_day,
            Self::Network => &mut windows.network,
            Self::Crowd => &mut windows.crowd,
            Self::Agent => &mut windows.agent,
            Self::Account => &mut windows.account,
            Self::Device => &mut windows.device,
        }
    }
}

/// Network operator and client family in one key.
fn crowd(origin: &Origin) -> Option<Key> {
    let (system, client) = (origin.context.place.system?, origin.context.client?);
    let mut key = [0; 16];
    key[..4].copy_from_slice(&system.to_be_bytes());
    key[4..8].copy_from_slice(&client.code().to_be_bytes());
    Some(key)
}

/// A row of the feed, as far as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Moment,
    decision: DecisionId,
    account: Key,
    address: Key,
    agent: Key,
    device: Key,
    crowd: u64,
    held: u16,
    /// How it ended.
    pub ending: Ending,
}

const CUSTOMER: u16 = 1;
const ADDRESS: u16 = 2;
const AGENT: u16 = 4;
const DEVICE: u16 = 8;
const SYSTEM: u16 = 16;
const MET: u16 = 32;
const CLIENT: u16 = 64;
const TWOFOLD: u16 = 128;
const BOUND: u16 = 256;

impl Event {
    pub(super) fn of(tried: &Tried) -> Self {
        let origin = &tried.origin;
        let mut held = 0;
        let mut keep = |bit: u16, key: Option<Key>| {
            held |= if key.is_some() { bit } else { 0 };
            key.unwrap_or_default()
        };
        let customer = origin.account.customer();
        keep(CUSTOMER, customer.map(|CustomerId(key)| key));
        let met = (origin.met == Strange::Known).then_some(Key::default());
        keep(MET, met);
        let twofold = matches!(tried.act, Act::StepUp | Act::Outcome);
        keep(TWOFOLD, twofold.then_some(Key::default()));
        let bound = tried.act == Act::Prove;
        keep(BOUND, bound.then_some(Key::default()));
        let (system, client) = (origin.context.place.system, origin.context.client);
        let known = |known: bool| known.then(Key::default);
        keep(SYSTEM, known(system.is_some()));
        keep(CLIENT, known(client.is_some()));
        let (system, client) = (system.unwrap_or_default(), client.map(|one| one.code()));
        Self {
            at: tried.at,
            decision: tried.decision,
            account: origin.account.key(),
            address: keep(ADDRESS, tried.address().map(|one| one.bytes())),
            agent: keep(AGENT, origin.agent),
            device: keep(DEVICE, origin.device.map(|DeviceId(key)| key)),
            crowd: u64::from(system) << 32 | u64::from(client.unwrap_or_default()),
            held,
            ending: tried.ending,
        }
    }

    /// Its place in the feed.
    #[must_use]
    pub const fn place(&self) -> (Moment, DecisionId) {
        (self.at, self.decision)
    }

    const fn has(&self, bit: u16) -> bool {
        self.held & bit != 0
    }

    /// Whether the device was the customer's before.
    #[must_use]
    pub const fn met(&self) -> bool {
        self.has(MET)
    }

    /// Whether a second proof was asked for as well.
    #[must_use]
    pub const fn is_twofold(&self) -> bool {
        self.has(TWOFOLD)
    }

    /// Whether what was given cannot be typed elsewhere: a passkey or a security key.
    #[must_use]
    pub const fn is_bound(&self) -> bool {
        self.has(BOUND)
    }

    /// Whose sign-in it was.
    #[must_use]
    pub const fn account(&self) -> Account {
        match self.has(CUSTOMER) {
            true => Account::Customer(CustomerId(self.account)),
            false => Account::Nobody(self.account),
        }
    }

    /// The address.
    #[must_use]
    pub fn address(&self) -> Option<Address> {
        self.has(ADDRESS).then(|| Address::from_bytes(self.address))
    }

    /// The network operator.
    #[must_use]
    pub fn system(&self) -> Option<u32> {
        self.has(SYSTEM).then_some((self.crowd >> 32) as u32)
    }

    /// The family of the program.
    #[must_use]
    pub fn client(&self) -> Option<ClientFamily> {
        let code = self.crowd as u32;
        self.has(CLIENT).then(|| ClientFamily::from_code(code))
    }

    /// The key by which it is counted.
    #[must_use]
    pub fn key(&self, keyed: Keyed) -> Option<Key> {
        match keyed {
            Keyed::Address | Keyed::AddressDay => self.address().map(|one| one.counted().bytes()),
            Keyed::Network => self.address().map(|one| one.network()),
            Keyed::Crowd => (self.has(SYSTEM) && self.has(CLIENT)).then(|| {
                let mut key = [0; 16];
                key[..8].copy_from_slice(&self.crowd.to_be_bytes());
                key
            }),
            Keyed::Agent => self.has(AGENT).then_some(self.agent),
            Keyed::Account => (self.account() != Account::NAMELESS).then_some(self.account),
            Keyed::Device => self.has(DEVICE).then_some(self.device),
        }
    }
}
