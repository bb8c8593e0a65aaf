//! What applications ask, taken from the seeded world: genuine customers at usual and new places,
//! wrong passwords, withdrawals, changes of the payout account, and attackers among them.
//!
//! **Invariant:** the same seed gives the same attempts in the same order.

use anyhow::Result;
use sekisho_core::access::OperationKind;
use sekisho_core::bytes::Digest;
use sekisho_core::client_family::ClientFamily;
use sekisho_core::context::{Address, Context, Country, Place, Terminal};
use sekisho_core::id::{ApplicationId, DeviceId};
use sekisho_core::judge::{Attempt, Check};
use sekisho_core::moment::Moment;
use sekisho_core::operation::Fields;
use sekisho_core::policy::Policy;
use sekisho_core::proof::Method;
use sekisho_core::text::Reference;
use sekisho_world::{Access, Act, Outcome, Payee, Target, World, WorldConfig};
use serde_json::{Value, json};

/// 1 October 2025 in Japan, in microseconds.
const BEGIN: i64 = 1_759_244_400_000_000;

/// The application of all attempts.
pub const APPLICATION: ApplicationId = ApplicationId(*b"the bench itself");

/// A world of `customers`.
pub fn world(customers: u32) -> Result<World> {
    Ok(World::new(WorldConfig::new(1, customers, BEGIN))?)
}

/// The attempts on customers of `world`, in order of time.
pub fn of<'a>(world: &'a World, policy: &'a Policy) -> impl Iterator<Item = Attempt> + 'a {
    let named = world.accesses().filter_map(|access| match access.target {
        Target::Customer(customer) => Some((customer, access)),
        Target::Unknown(_) => None,
    });
    named
        .zip(0u64..)
        .filter_map(|((customer, access), number)| {
            attempt(world, policy, customer, &access, number)
        })
}

/// The same with the access that each was made of, which says who it really was.
pub fn labelled<'a>(
    world: &'a World,
    policy: &'a Policy,
) -> impl Iterator<Item = (Attempt, Access)> + 'a {
    let named = world.accesses().filter_map(|access| match access.target {
        Target::Customer(customer) => Some((customer, access)),
        Target::Unknown(_) => None,
    });
    let numbered = named.zip(0u64..);
    numbered.filter_map(|((customer, access), number)| {
        Some((attempt(world, policy, customer, &access, number)?, access))
    })
}

fn attempt(
    world: &World,
    policy: &Policy,
    customer: u32,
    access: &Access,
    number: u64,
) -> Option<Attempt> {
    let operation = match operation(world, access) {
        Some((kind, fields)) => {
            let kind = OperationKind::parse(kind)?;
            let spec = policy.operation.get(&kind)?;
            Some((kind, Fields::parse(&fields, &spec.fields).ok()?))
        }
        None => None,
    };
    // An application asks before its second factor or after it; whoever stole a password never gets
    // past it.
    let before = number.is_multiple_of(3);
    let verified = match (access.label.is_genuine() && !before, &operation) {
        (false, _) => vec![Method::Password],
        (true, None) => vec![Method::Password, Method::MailCode],
        (true, Some(_)) => vec![Method::Password, Method::MailCode, Method::Confirmation],
    };
    let agent = world.user_agent(access.user_agent);
    let key = format!("bench-{number}");
    Some(Attempt {
        way: sekisho_core::known::Way::default(),
        application: APPLICATION,
        customer: Reference::parse(&format!("C-{customer:06}")).ok()?,
        operation,
        context: Context {
            address: Some(Address::from(access.address)),
            place: Place {
                system: Some(access.network),
                country: Country::parse(access.country.letters()),
                ..Place::default()
            },
            client: Some(ClientFamily::of(&agent.text)),
            device: access.device.map(|device| device_id(device.token)),
            terminal: Terminal::Own,
        },
        at: Moment(access.moment),
        verified,
        check: match access.outcome {
            Outcome::Succeed => Check::Passed,
            Outcome::MistakePassword | Outcome::MistakeName => Check::Failed,
        },
        idempotency: Some((key.clone(), Digest::of(key.as_bytes()))),
    })
}

/// The kind and the fields as an application sends them.
pub fn operation(world: &World, access: &Access) -> Option<(&'static str, Value)> {
    let account = |payee: Payee| {
        let account = world.payout_account(payee);
        json!({
            "account_type": "ordinary",
            "bank": account.bank_code,
            "branch": account.branch_code,
            "holder": account.holder,
            "number": account.number,
        })
    };
    match access.act {
        Act::Withdraw { payee, yen } => Some((
            "withdraw",
            json!({
                "amount": {"currency": "JPY", "value": yen.to_string()},
                "payee": account(payee),
            }),
        )),
        Act::ChangePayoutAccount { payee } => Some((
            "payout_account_change",
            json!({"payout_account": account(payee)}),
        )),
        Act::SignIn | Act::ResetPassword | Act::Trade { .. } | Act::ChangeContact => None,
    }
}

fn device_id(token: u64) -> DeviceId {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&token.to_be_bytes());
    DeviceId(id)
}
