//! Sightings: one row per (trait kind, trait value, customer), the structure that serves the live
//! decision, the retrospective sweep and the link graph.
//!
//! **Invariant:** a sighting never holds personal data in clear: accounts, phones and mail are
//! keyed indexes.

use serde::Serialize;

use crate::bytes::CounterKey;
use crate::context::{Address, Context, Country};
use crate::id::{CustomerId, DeviceId};
use crate::moment::Moment;

/// The kinds of traits. The numbers are stored: never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TraitKind {
    /// All accesses of the customer, whatever their traits.
    All = 0,
    /// The address.
    Address = 1,
    /// The /24 or /48 network.
    Network = 2,
    /// The autonomous system.
    System = 3,
    /// The device.
    Device = 4,
    /// The client family.
    Client = 5,
    /// A payout account.
    PayoutAccount = 6,
    /// A phone number.
    Phone = 7,
    /// The country.
    Country = 8,
}

impl TraitKind {
    /// The number as stored.
    #[must_use]
    pub const fn code(self) -> i64 {
        self as i64
    }

    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Address => "address",
            Self::Network => "network",
            Self::System => "system",
            Self::Device => "device",
            Self::Client => "client",
            Self::PayoutAccount => "payout_account",
            Self::Phone => "phone",
            Self::Country => "country",
        }
    }

    /// The kind of a stored number.
    #[must_use]
    pub const fn from_code(code: i64) -> Option<Self> {
        Some(match code {
            0 => Self::All,
            1 => Self::Address,
            2 => Self::Network,
            3 => Self::System,
            4 => Self::Device,
            5 => Self::Client,
            6 => Self::PayoutAccount,
            7 => Self::Phone,
            8 => Self::Country,
            _ => return None,
        })
    }
}

/// One trait of an access: a kind and sixteen bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Trait {
    /// The kind.
    pub kind: TraitKind,
    /// The value: an address, an id, a padded name or number, a keyed index.
    pub value: [u8; 16],
}

impl Trait {
    /// The trait that counts all accesses of a customer.
    pub const ALL: Self = Self {
        kind: TraitKind::All,
        value: [0; 16],
    };

    /// The address and its network.
    #[must_use]
    pub fn of_address(address: Address) -> [Self; 2] {
        [
            Self {
                kind: TraitKind::Address,
                value: address.bytes(),
            },
            Self {
                kind: TraitKind::Network,
                value: address.network(),
            },
        ]
    }

    /// A device.
    #[must_use]
    pub const fn of_device(device: DeviceId) -> Self {
        Self {
            kind: TraitKind::Device,
            value: device.0,
        }
    }

    /// A country.
    #[must_use]
    pub fn of_country(country: Country) -> Self {
        Self {
            kind: TraitKind::Country,
            value: padded(country.code()),
        }
    }

    /// An autonomous system.
    #[must_use]
    pub fn of_system(system: u32) -> Self {
        let mut value = [0; 16];
        value[..4].copy_from_slice(&system.to_be_bytes());
        Self {
            kind: TraitKind::System,
            value,
        }
    }

    /// A payout account, by its keyed index.
    #[must_use]
    pub const fn of_payout_account(index: [u8; 16]) -> Self {
        Self {
            kind: TraitKind::PayoutAccount,
            value: index,
        }
    }

    /// A phone, by the keyed hash under which it is claimed as a login.
    #[must_use]
    pub const fn of_phone(name: CounterKey) -> Self {
        Self {
            kind: TraitKind::Phone,
            value: name.0,
        }
    }

    /// All traits of a context, [`Trait::ALL`] first.
    #[must_use]
    pub fn of_context(context: &Context) -> Vec<Self> {
        let mut traits = Vec::with_capacity(8);
        traits.push(Self::ALL);
        traits.extend(
            context
                .address
                .iter()
                .flat_map(|address| Self::of_address(*address)),
        );
        traits.extend(context.place.system.map(Self::of_system));
        traits.extend(context.place.country.map(Self::of_country));
        traits.extend(context.device.map(Self::of_device));
        let client = context.client.map(|family| padded(&family.to_string()));
        traits.extend(client.map(|value| Self {
            kind: TraitKind::Client,
            value,
        }));
        traits
    }
}

impl Trait {
    /// The value as staff read it: an address, a network with its width, an id, a name; of what is
    /// only kept as a keyed index, its first four bytes in hexadecimal digits.
    #[must_use]
    pub fn text(&self) -> String {
        let address = Address::from_bytes(self.value);
        let [a, b, c, d, ..] = self.value;
        match self.kind {
            TraitKind::All => String::new(),
            TraitKind::Address => address.to_string(),
            TraitKind::Network if address.ip().is_ipv4() => format!("{address}/24"),
            TraitKind::Network => format!("{address}/48"),
            TraitKind::System => format!("AS{}", u32::from_be_bytes([a, b, c, d])),
            TraitKind::Device => DeviceId(self.value).to_string(),
            TraitKind::Client | TraitKind::Country => {
                let name = self.value.iter().take_while(|byte| **byte != 0);
                String::from_utf8_lossy(&name.copied().collect::<Vec<_>>()).into_owned()
            }
            TraitKind::PayoutAccount | TraitKind::Phone => {
                format!("{:08x}", u32::from_be_bytes([a, b, c, d]))
            }
        }
    }
}

/// The first sixteen bytes of `text`, padded with zeros.
fn padded(text: &str) -> [u8; 16] {
    let mut value = [0; 16];
    for (place, byte) in value.iter_mut().zip(text.bytes()) {
        *place = byte;
    }
    value
}

/// How an access ended, for the counters of a sighting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Proved and let through.
    Success,
    /// A proof was wrong, or the act was refused.
    Failure,
    /// More proof was asked; counted neither as success nor as failure.
    Pending,
}

/// One observation: this customer showed this trait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The trait.
    pub seen: Trait,
    /// Who showed it.
    pub customer: CustomerId,
    /// When.
    pub at: Moment,
    /// How it ended.
    pub ending: Ending,
    /// Whether a guarded operation was asked for.
    pub scope: Scope,
}

/// What an access was about, for the counters of a sighting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Signing in, looking.
    Access,
    /// A guarded operation.
    Guarded,
}
