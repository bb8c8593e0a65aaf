//! The sign-ins of a generated world.
//!
//! **Invariant:** nothing of the label reaches a value.

use std::collections::HashMap;

use sekisho_core::client_family::ClientFamily;
use sekisho_core::context::Address;
use sekisho_world::{Access, Act, Label, Outcome, Plan, Target, World};

use super::login::{Login, Truth, hashed, joined};

/// What an agent says, hashed once.
struct Agent {
    levels: [u64; 4],
    family: u64,
}

/// The sign-ins in order of time, each with the part of the period that is over.
pub fn logins(world: &World) -> impl Iterator<Item = (f64, Login)> + '_ {
    let agents: HashMap<_, Agent> = (0u16..)
        .zip(world.user_agents())
        .map(|(id, agent)| {
            let family = ClientFamily::of(&agent.text).to_string();
            let levels = [
                hashed(agent.text.as_bytes()),
                hashed(agent.browser.as_bytes()),
                hashed(agent.system.as_bytes()),
                hashed(agent.device.word().as_bytes()),
            ];
            let family = hashed(family.as_bytes());
            (id, Agent { levels, family })
        })
        .collect();
    let (start, days) = (world.config().start, world.config().days);
    let signs = world.accesses().filter(|access| access.act == Act::SignIn);
    signs.filter_map(move |access| {
        let agent = agents.get(&access.user_agent.0)?;
        let over = (access.moment - start) as f64 / (f64::from(days) * 86_400e6);
        Some((over, login(&access, agent)))
    })
}

fn login(access: &Access, agent: &Agent) -> Login {
    let address = Address::from(access.address);
    let [text, browser, platform, kind] = agent.levels;
    let values = [
        hashed(&address.bytes()),
        u64::from(access.network),
        hashed(access.country.letters().as_bytes()),
        text,
        browser,
        platform,
        kind,
    ];
    Login {
        moment: access.moment,
        customer: match access.target {
            Target::Customer(index) => u64::from(index),
            Target::Unknown(name) => joined(1, u64::from(name)),
        },
        values: values.map(Some),
        network: Some(hashed(&address.network())),
        family: agent.family,
        device: access.device.map(|device| device.token),
        well: access.outcome == Outcome::Succeed,
        truth: match access.label {
            Label::Genuine(circumstance) => Truth::Good(circumstance),
            Label::Attack {
                plan: plan @ (Plan::Stuffing | Plan::Spray),
                group,
                ..
            } => Truth::Mass(plan, group),
            Label::Attack { attacker, .. } => Truth::Entered(attacker),
        },
    }
}
