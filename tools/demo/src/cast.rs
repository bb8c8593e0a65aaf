//! Who plays in the story: two customers of the world with the places they are used to, and where
//! an attacker sits.
//!
//! **Invariant:** a customer of the story has a home line that the year made known, and was never
//! entered by an attacker of the world.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr};

use anyhow::Context as _;
use sekisho_browser::Seat;
use sekisho_world::{
    Access, Act, Circumstance, Customer, Label, Network, NetworkKind, Outcome, Target, World,
};

/// The password of every customer of the demo. Whoever makes a demo prints it.
pub const PASSWORD: &str = "hinode-asahi-2026";

/// Customers whom drills attack, where the world has so many who fit.
const DRILLED: usize = 60;

/// Accesses that a customer of the story has at least.
const LEAST_HISTORY: usize = 12;

/// A customer, and where they usually sit.
#[derive(Clone, Debug)]
pub struct Player {
    /// The customer.
    pub customer: Customer,
    /// The usual place.
    pub usual: Seat,
}

/// Everybody in the story.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Withdraws money.
    pub genuine: Player,
    /// Is attacked.
    pub victim: Player,
    /// Attacks.
    pub attacker: Seat,
    /// Are attacked by the drills, and play in no story.
    pub drilled: Vec<Player>,
}

impl Cast {
    /// Chooses the first two customers of the world who fit.
    pub fn of(world: &World) -> anyhow::Result<Self> {
        let entered = entered(world);
        let mut players = world
            .customers()
            .filter(|customer| !entered.contains(&customer.index))
            .filter_map(|customer| player(world, customer));
        let few = "the world has too few active customers for the story; ask for more";
        Ok(Self {
            genuine: players.next().context(few)?,
            victim: players.next().context(few)?,
            drilled: players.take(DRILLED).collect(),
            attacker: attacker(world).context("the world has no rented servers abroad")?,
        })
    }
}

/// Customers whom an attacker entered.
fn entered(world: &World) -> HashSet<u32> {
    let succeeded =
        |access: &Access| !access.label.is_genuine() && access.outcome == Outcome::Succeed;
    let customer = |access: Access| match access.target {
        Target::Customer(index) => Some(index),
        Target::Unknown(_) => None,
    };
    world
        .accesses()
        .filter(succeeded)
        .filter_map(customer)
        .collect()
}

fn player(world: &World, customer: Customer) -> Option<Player> {
    let history = world.history(customer.index);
    let changed = |access: &Access| matches!(access.act, Act::ChangePayoutAccount { .. });
    if history.len() < LEAST_HISTORY || history.iter().any(changed) {
        return None;
    }
    let home = |access: &&Access| {
        access.label == Label::Genuine(Circumstance::Usual)
            && access.outcome == Outcome::Succeed
            && access.act == Act::SignIn
            && access.address.is_ipv4()
            && network(world, access.address).is_some_and(|row| row.kind == NetworkKind::Fixed)
    };
    let last = history.iter().rev().find(home)?;
    let usual = Seat {
        address: last.address,
        user_agent: world.user_agent(last.user_agent).text.clone(),
    };
    Some(Player { customer, usual })
}

fn network(world: &World, address: IpAddr) -> Option<&Network> {
    world.networks().iter().find(|row| row.contains(address))
}

/// A rented server outside Japan, with a browser that is not of this world.
fn attacker(world: &World) -> Option<Seat> {
    let abroad = |row: &&Network| row.kind == NetworkKind::Hosting && row.country.letters() != "JP";
    let row = world.networks().iter().find(abroad)?;
    let address = Ipv4Addr::from(u32::from(row.first) | 0x0000_0025);
    let user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    Some(Seat {
        address: address.into(),
        user_agent: user_agent.to_owned(),
    })
}
