//! The shares and counts that the documentation promises, within stated intervals.
//!
//! **Invariant:** every interval is wider than the spread between seeds and narrower than the claim
//! it stands for.

use std::collections::{HashMap, HashSet};

use sekisho_world::{
    Access, Act, Attacker, Circumstance, DeviceType, Label, Outcome, Plan, Profile, Target, World,
    WorldConfig,
};

/// 2025-10-01 00:00 in Japan.
const START: i64 = 1_759_244_400_000_000;

#[expect(clippy::unwrap_used, reason = "a helper of tests")]
fn world(profile: Profile, customers: u32) -> World {
    World::new(WorldConfig::new(11, customers, START).with_profile(profile)).unwrap()
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[track_caller]
fn within(what: &str, value: f64, low: f64, high: f64) {
    assert!(
        (low..=high).contains(&value),
        "{what}: {value} outside {low}..={high}"
    );
}

#[test]
fn the_rba_profile_follows_the_attempts_per_user() {
    let world = world(Profile::Rba, 6_000);
    let mut per_customer = HashMap::<u32, u32>::new();
    let (mut wrong, mut all, mut mobile) = (0, 0, 0);
    for access in world
        .accesses()
        .filter(|a| a.label.is_genuine() && a.act == Act::SignIn)
    {
        let Target::Customer(customer) = access.target else {
            panic!("genuine, yet unknown")
        };
        *per_customer.entry(customer).or_default() += 1;
        all += 1;
        wrong += usize::from(access.outcome == Outcome::MistakePassword);
        let device = world.user_agent(access.user_agent).device;
        mobile += usize::from(device == DeviceType::Mobile);
    }
    let mut counts: Vec<u32> = per_customer.into_values().collect();
    counts.sort_unstable();
    let rank = |part: f64| f64::from(counts[(counts.len() as f64 * part) as usize]);
    within("median", rank(0.5), 2.0, 2.0);
    within("90 %", rank(0.9), 8.0, 10.0);
    within("99 %", rank(0.99), 24.0, 32.0);
    let once = counts.iter().filter(|n| **n == 1).count();
    within("once", share(once, counts.len()), 0.37, 0.425);
    within("mean", share(all, counts.len()), 3.7, 4.3);
    // 1 − 12,541,442 / (31,269,264 − 14,025,899): failures among known users.
    within("failures", share(wrong, all), 0.25, 0.295);
    let mut countries = HashMap::<_, usize>::new();
    for access in world.accesses().filter(|a| a.label.is_genuine()) {
        *countries.entry(access.country).or_default() += 1;
    }
    let total = countries.values().sum();
    let mut counts: Vec<usize> = countries.values().copied().collect();
    counts.sort_unstable_by(|one, other| other.cmp(one));
    // Norway 42.3 %, the United States 27.8 %, then none above 6 % there: ours fall off slower.
    within("largest country", share(counts[0], total), 0.39, 0.46);
    within("second country", share(counts[1], total), 0.15, 0.20);
    within("third country", share(counts[2], total), 0.05, 0.11);
    // 19.64 of the 28.37 M rows that come from a phone, a computer or a tablet.
    within("mobile", share(mobile, all), 0.66, 0.73);
}

#[test]
fn the_broker_profile_has_the_size_of_the_sweep() {
    let world = world(Profile::Broker, 6_000);
    let all: Vec<Access> = world.accesses().collect();
    // 31.3 M accesses and 3.3 M addresses over 1.8 M customers.
    within("accesses a customer", share(all.len(), 6_000), 15.9, 18.9);
    let addresses: HashSet<_> = all.iter().map(|a| a.address).collect();
    within(
        "addresses a customer",
        share(addresses.len(), 6_000),
        1.2,
        2.4,
    );
    let changes = all
        .iter()
        .filter(|a| a.label.is_genuine() && matches!(a.act, Act::ChangePayoutAccount { .. }))
        .count();
    // 10,005 in 78 days of 365 over 1.8 M customers.
    within("payout changes", share(changes, 6_000), 0.020, 0.032);
    let attacks = all.iter().filter(|a| !a.label.is_genuine()).count();
    within("attack rows", share(attacks, all.len()), 0.085, 0.113);
}

#[test]
fn every_kind_of_attack_and_of_hard_negative_is_there() {
    let world = world(Profile::Broker, 2_000);
    let mut circumstances = HashMap::<Circumstance, usize>::new();
    let mut attacks = HashSet::new();
    for access in world.accesses() {
        match access.label {
            Label::Genuine(circumstance) => *circumstances.entry(circumstance).or_default() += 1,
            Label::Attack { attacker, plan, .. } => drop(attacks.insert((attacker, plan))),
        }
    }
    for (circumstance, least) in [
        (Circumstance::Usual, 20_000),
        (Circumstance::ForgottenPassword, 500),
        (Circumstance::Travel, 80),
        (Circumstance::NewPhone, 200),
        (Circumstance::InFlight, 5),
        (Circumstance::Aggregator, 300),
    ] {
        let count = circumstances.get(&circumstance).copied().unwrap_or(0);
        assert!(count >= least, "{circumstance:?}: {count}");
    }
    for attacker in [
        Attacker::Naive,
        Attacker::Vpn,
        Attacker::Targeted,
        Attacker::VeryTargeted,
    ] {
        assert!(
            attacks.contains(&(attacker, Plan::PayoutHijack)),
            "{attacker:?}"
        );
    }
    assert!(attacks.iter().any(|a| a.1 == Plan::Stuffing));
    assert!(attacks.iter().any(|a| a.1 == Plan::Spray));
}

#[test]
fn a_hijack_changes_the_account_first_and_withdraws_to_it_later() {
    let world = world(Profile::Broker, 20_000);
    let mut changed = HashMap::new();
    let mut withdrawn = 0;
    for access in world.accesses() {
        let Label::Attack {
            plan: Plan::PayoutHijack,
            group,
            ..
        } = access.label
        else {
            continue;
        };
        match access.act {
            Act::ChangePayoutAccount { payee } => {
                changed.insert((access.target, group), (payee, access.moment));
            }
            Act::Withdraw { payee, .. } => {
                let (to, moment) = changed[&(access.target, group)];
                assert_eq!(to, payee);
                let days = (access.moment - moment) as f64 / 86_400e6;
                within("days until the withdrawal", days, 1.0, 3.1);
                withdrawn += 1;
            }
            _ => {}
        }
    }
    assert!(withdrawn >= 3, "{withdrawn} of {} changes", changed.len());
}

#[test]
fn phones_share_addresses_and_homes_do_not() {
    let world = world(Profile::Broker, 20_000);
    let mut users = HashMap::<_, HashSet<Target>>::new();
    for access in world.accesses().filter(|a| a.label.is_genuine()) {
        users
            .entry(access.address)
            .or_default()
            .insert(access.target);
    }
    let served = |low: usize, high: usize| {
        users
            .values()
            .filter(|u| (low..high).contains(&u.len()))
            .count()
    };
    within(
        "addresses of one customer",
        share(served(1, 2), users.len()),
        0.9,
        0.995,
    );
    assert!(served(100, 1_000) >= 50, "{}", served(100, 1_000));
    // Two aggregators with six addresses each serve 6 % of the customers.
    let most = users.values().map(HashSet::len).max().unwrap_or(0);
    within(
        "customers behind the busiest address",
        most as f64,
        150.0,
        1_500.0,
    );
}
