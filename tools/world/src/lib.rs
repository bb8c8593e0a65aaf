//! A seeded world to try Sekisho on: customers, attackers and a year of accesses.
//!
//! Pure: no clock, no file, no network, nothing of the product. The same configuration gives the
//! same world on every machine (integers and the four basic operations only), as an iterator in
//! order of time that holds one day at once, so 31 million accesses need no more memory than one
//! busy day of them.
//!
//! ```
//! use sekisho_world::{World, WorldConfig};
//!
//! // 1 October 2025 in Japan.
//! let world = World::new(WorldConfig::new(1, 200, 1_759_244_400_000_000))?;
//! let strange = world.accesses().filter(|access| !access.label.is_genuine()).count();
//! assert!(strange > 0);
//! # Ok::<(), sekisho_world::WorldFault>(())
//! ```
//!
//! What follows real figures and what does not is said at [`Profile`] and [`Shares`]; the address
//! ranges say it row by row in `data/networks.tsv`. Not followed from the RBA data set: its bucket
//! of unknown names (44.9 % of all rows), which countries they are (42 % live in Japan as 42 %
//! there live in Norway), its attack label (a blocklist: 26 % of those rows succeed), its
//! artificial values (10/8 addresses, invented AS numbers, round-trip times). Nothing measured on
//! this world is a result on real customers.
//!
//! **Invariant:** labels are carried beside the accesses for scoring and influence nothing else.

mod access;
mod agents;
mod calendar;
mod campaign;
mod config;
mod customer;
mod dice;
mod habits;
mod networks;
pub mod passkey;
mod rba;
mod ring;
mod session;
mod table;
mod world;

pub use access::{
    Access, Act, Attacker, Circumstance, DeviceRef, Label, Outcome, Payee, Plan, Target,
};
pub use agents::{DeviceType, UserAgent, UserAgentId};
pub use config::{Profile, Shares, WorldConfig, WorldFault};
pub use customer::{Customer, Device, Name, PayoutAccount, Prefecture};
pub use habits::Rhythm;
pub use networks::{Country, Network, NetworkKind};
pub use rba::{RBA_HEADER, RbaRow};
pub use world::{Accesses, World};
