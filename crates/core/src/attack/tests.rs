//! What the windows show of attacks and of honest crowds.

use super::*;
use crate::access::Act;
use crate::attempt::{Account, Origin, Tried};
use crate::client_family::ClientFamily;
use crate::context::{Address, Context, Place, Terminal};
use crate::id::DeviceId;
use crate::known::Strange;
use crate::moment::Span;
use crate::risk::pace::Limits;
use crate::risk::windows::{Copied, Copying, Kept, MOST};
use crate::sample::NOW;
use crate::sighting::Ending;

const CHROME: [u8; 16] = [1; 16];
const SCRIPT: [u8; 16] = [2; 16];

struct World {
    kept: Kept,
    at: Moment,
    number: u64,
    act: Act,
}

fn id(number: u64) -> [u8; 16] {
    u128::from(number).to_be_bytes()
}

fn customer(number: u64) -> Account {
    Account::Customer(CustomerId(id(number)))
}

fn nobody(number: u64) -> Account {
    Account::Nobody(id(number + 1_000_000))
}

impl World {
    fn new() -> Self {
        Self {
            kept: Kept::new(MOST),
            at: NOW,
            number: 0,
            act: Act::SignIn,
        }
    }

    fn tries(&mut self, account: Account, address: u32, agent: [u8; 16], ending: Ending) {
        self.tries_on(account, address, (agent, None), ending);
    }

    /// Gets in by a password and something else.
    fn proves_twice(&mut self, account: Account, address: u32, agent: [u8; 16]) {
        self.tries(account, address, agent, Ending::Pending);
        self.act = Act::StepUp;
        self.tries(account, address, agent, Ending::Success);
        self.act = Act::SignIn;
    }

    fn tries_on(
        &mut self,
        account: Account,
        address: u32,
        (agent, device): ([u8; 16], Option<DeviceId>),
        ending: Ending,
    ) {
        self.number += 1;
        let system = if agent == CHROME { 17_676 } else { 64_500 };
        let context = Context {
            address: Some(Address::from(std::net::IpAddr::from(address.to_be_bytes()))),
            place: Place {
                system: Some(system),
                country: None,
                ..Place::default()
            },
            client: Some(ClientFamily::parse("chrome/android")),
            device: None,
            terminal: Terminal::Own,
        };
        let tried = Tried {
            decision: DecisionId(id(self.number)),
            at: self.at,
            act: self.act.clone(),
            origin: Origin {
                account,
                context,
                device,
                met: match device {
                    Some(DeviceId([9, ..])) => Strange::Known,
                    _ => Strange::New,
                },
                agent: Some(agent),
                application: None,
            },
            ending,
        };
        assert!(self.kept.learn(&tried));
    }

    fn pass(&mut self, millis: i64) {
        self.at = self.at.plus(Span(millis * 1_000));
        self.kept.advance(self.at);
    }

    fn found(&self) -> Vec<Attack> {
        let mut copied = Copied::default();
        while self.kept.copy(&mut copied, 1_000) == Copying::Goes {}
        found(&copied, &Limits::SHIPPED)
    }

    fn only(&self) -> Attack {
        let mut found = self.found();
        let kinds: Vec<_> = found.iter().map(|one| (one.kind, &one.label)).collect();
        assert_eq!(found.len(), 1, "{kinds:?}");
        found.remove(0)
    }
}

/// A device on which its owner got in before.
const OWN: DeviceId = DeviceId([9; 16]);

/// The same, one of many.
fn own(number: u64) -> DeviceId {
    let mut own = id(number);
    own[0] = 9;
    DeviceId(own)
}

#[test]
fn ten_thousand_addresses_with_one_program_are_one_attack() {
    let mut world = World::new();
    for number in 0..10_000_u64 {
        let account = if number % 3 == 0 {
            customer(number)
        } else {
            nobody(number)
        };
        let ending = match number {
            3_000 | 6_000 => Ending::Success,
            9_000 => Ending::Pending,
            _ => Ending::Failure,
        };
        world.tries(account, 0x0b00_0000 + number as u32 * 257, SCRIPT, ending);
        // Meanwhile honest people sign in elsewhere, with a program of their own.
        let mistyped = number % 9 == 0;
        let ending = if mistyped {
            Ending::Failure
        } else {
            Ending::Success
        };
        let device = (CHROME, Some(own(number)));
        world.tries_on(
            customer(50_000 + number),
            0x7000_0000 + number as u32,
            device,
            ending,
        );
        world.pass(100);
    }
    let attack = world.only();
    assert_eq!((attack.kind, attack.value), (AttackKind::Stuffing, SCRIPT));
    assert_eq!(attack.label, "chrome/android 02020202");
    let Counts {
        attempts,
        failures,
        accounts,
        addresses,
        proved,
        entered,
        ..
    } = attack.counts;
    assert_eq!((attempts, failures, accounts), (10_000, 9_997, 10_000));
    assert_eq!((addresses, proved, entered), (10_000, 1, 2));
    assert_eq!(attack.touched.len(), MOST_NAMED);
    let first: Vec<_> = attack.touched.iter().take(4).map(|one| one.how).collect();
    assert_eq!(
        first,
        [Touch::Entered, Touch::Entered, Touch::Proved, Touch::Tried]
    );
    assert_eq!(severity(attack.kind, &attack.counts), Severity::High);
}

#[test]
fn the_morning_behind_a_carriers_translator_is_no_attack() {
    let mut world = World::new();
    for number in 0..4_000_u64 {
        // One in seven mistypes, and tries again.
        if number % 7 == 0 {
            world.tries(customer(number), 0x7100_0001, CHROME, Ending::Failure);
        }
        let device = (CHROME, (number % 5 > 0).then_some(OWN));
        world.tries_on(customer(number), 0x7100_0001, device, Ending::Success);
        world.pass(900);
    }
    assert_eq!(world.found(), []);
}

#[test]
fn a_list_from_one_address_names_whom_it_touched_and_entered() {
    let mut world = World::new();
    for number in 0..60_u64 {
        let ending = if number % 20 == 19 {
            Ending::Success
        } else {
            Ending::Failure
        };
        world.tries(customer(number), 0xc633_6409, SCRIPT, ending);
        world.pass(1_000);
    }
    // Somebody who lives there, on a device of their own.
    world.tries_on(
        customer(500),
        0xc633_6409,
        (CHROME, Some(OWN)),
        Ending::Success,
    );
    let attack = world.only();
    assert_eq!(
        (attack.kind, attack.label.as_str()),
        (AttackKind::List, "198.51.100.9")
    );
    assert_eq!((attack.counts.failures, attack.counts.entered), (57, 3));
    let entered: Vec<_> = attack
        .touched
        .iter()
        .take(3)
        .map(|one| one.customer)
        .collect();
    assert_eq!(entered, [19, 39, 59].map(|number| CustomerId(id(number))));
    assert!(
        attack
            .touched
            .iter()
            .all(|one| one.customer != CustomerId(id(500)))
    );
    assert_eq!((attack.first, attack.id()), (NOW, world.only().id()));
}

#[test]
fn every_other_kind_goes_by_what_it_has_in_common() {
    // One network, its addresses in turn, a try each; a program that everybody has.
    let mut spray = World::new();
    for number in 0..3_000_u64 {
        spray.tries_on(
            customer(9_000 + number),
            0x7200_0000 + number as u32 * 300,
            (CHROME, Some(OWN)),
            Ending::Success,
        );
    }
    for number in 0..60_u64 {
        spray.tries(
            customer(number),
            0xc633_6400 + (number % 9) as u32,
            CHROME,
            Ending::Failure,
        );
        spray.pass(10_000);
    }
    let found = spray.only();
    assert_eq!(
        (found.kind, found.label.as_str()),
        (AttackKind::Spray, "198.51.100.0/24")
    );

    let mut names = World::new();
    for number in 0..40_u64 {
        names.tries(nobody(number), 0xc633_6409, SCRIPT, Ending::Failure);
    }
    assert_eq!(names.only().kind, AttackKind::Enumeration);

    let mut device = World::new();
    for number in 0..4_u64 {
        let on = (SCRIPT, Some(DeviceId([7; 16])));
        device.tries_on(
            customer(number),
            0x0a00_0000 + number as u32 * 999,
            on,
            Ending::Failure,
        );
    }
    assert_eq!(device.only().kind, AttackKind::Device);

    // A program of which little fails by itself, and an operator of which much suddenly does.
    let mut turned = World::new();
    for number in 0..400_u64 {
        let at = 0x7300_0000 + number as u32 * 999;
        turned.tries_on(customer(number), at, (CHROME, Some(OWN)), Ending::Success);
        turned.pass(60_000);
    }
    turned.pass(3_600_000);
    for number in 0..80_u64 {
        let ending = if number % 4 == 0 {
            Ending::Success
        } else {
            Ending::Failure
        };
        let at = 0x7400_0000 + number as u32 * 999;
        turned.tries(customer(number), at, CHROME, ending);
        turned.pass(1_000);
    }
    let found = turned.only();
    assert_eq!(
        (found.kind, found.label.as_str()),
        (AttackKind::Turned, "AS17676")
    );
    assert_eq!((found.counts.attempts, found.counts.failures), (80, 60));
    // An alert that was closed opens again by a failure, not by the mere time.
    turned.pass(60_000);
    assert_eq!(turned.only().last, found.last);
}

#[test]
fn many_tries_at_one_account_are_left_to_its_lock() {
    let mut world = World::new();
    for number in 0..400 {
        world.tries(
            customer(1),
            0x0c00_0000 + number * 1_000,
            SCRIPT,
            Ending::Failure,
        );
    }
    assert_eq!(world.found(), []);
}

#[test]
fn who_was_entered_is_frozen_where_the_policy_says_so_and_where_they_are_few() {
    let touched = |number, how| Touched::first(CustomerId(id(number)), how, NOW);
    let mut attack = Attack {
        touched: vec![touched(1, Touch::Entered), touched(2, Touch::Proved)],
        alone: [CustomerId(id(1))].into(),
        ..Attack::pumping(Reason::TextBudget, 1, (NOW, NOW))
    };
    let mut policy = crate::sample::policy();
    for (entered, accounts, then, expected) in [
        (1, 10, EnteredPolicy::Freeze, 1),
        (1, 9, EnteredPolicy::Freeze, 0),
        (1, 10, EnteredPolicy::Note, 0),
    ] {
        (attack.counts.entered, attack.counts.accounts) = (entered, accounts);
        policy.attack.entered = then;
        let frozen: Vec<_> = attack.frozen(&policy).map(|one| one.customer).collect();
        assert_eq!(frozen, vec![CustomerId(id(1)); expected]);
    }
    let shipped = Policy::profile("jsda-2025").unwrap();
    assert_eq!(shipped.attack.entered, EnteredPolicy::Note);
}

#[test]
fn whoever_gave_a_second_proof_was_entered_but_is_not_frozen_by_itself() {
    let mut policy = crate::sample::policy();
    policy.attack.entered = EnteredPolicy::Freeze;
    let mut world = World::new();
    for number in 0..40_u64 {
        world.tries(customer(number), 0xc633_6409, SCRIPT, Ending::Failure);
    }
    world.proves_twice(customer(500), 0xc633_6409, SCRIPT);
    world.tries(customer(501), 0xc633_6409, SCRIPT, Ending::Success);
    // Only asked so far.
    world.tries(customer(502), 0xc633_6409, SCRIPT, Ending::Pending);
    // A passkey is nobody's but its owner's.
    world.act = Act::Prove;
    world.tries(customer(503), 0xc633_6409, SCRIPT, Ending::Success);
    let attack = world.only();
    assert_eq!((attack.counts.proved, attack.counts.entered), (1, 2));
    let frozen: Vec<_> = attack.frozen(&policy).map(|one| one.customer).collect();
    assert_eq!(frozen, [CustomerId(id(501))]);
    // Once with the password alone is enough.
    world.act = Act::SignIn;
    world.tries(customer(500), 0xc633_6409, SCRIPT, Ending::Success);
    assert_eq!(world.only().frozen(&policy).count(), 2);
}

#[test]
fn a_program_that_customers_use_at_home_freezes_nobody() {
    let mut policy = crate::sample::policy();
    policy.attack.entered = EnteredPolicy::Freeze;
    for (owners, expected) in [(0, 1), (1, 0)] {
        let mut world = World::new();
        for number in 0..200_u64 {
            let from = 0x0b00_0000 + number as u32 * 65_537;
            world.tries(customer(number), from, SCRIPT, Ending::Failure);
            world.pass(1_000);
        }
        world.tries(customer(500), 0x7000_0000, SCRIPT, Ending::Success);
        for number in 0..owners {
            let at_home = (SCRIPT, Some(own(number)));
            let from = 0x7100_0000 + number as u32;
            world.tries_on(customer(900 + number), from, at_home, Ending::Success);
        }
        let attack = world.only();
        assert_eq!(attack.kind, AttackKind::Stuffing);
        assert_eq!((attack.counts.entered, attack.owners), (1, owners as u32));
        assert_eq!(attack.frozen(&policy).count(), expected);
    }
}

#[test]
fn who_was_nobody_when_first_named_stays_so_until_they_prove_something() {
    let mut world = World::new();
    for number in 0..40_u64 {
        let key = Account::Nobody(id(number));
        world.tries(key, 0xc633_6409, SCRIPT, Ending::Failure);
        world.tries(customer(number), 0xc633_6409, SCRIPT, Ending::Failure);
    }
    let attack = world.only();
    assert_eq!((attack.counts.strangers, attack.touched.len()), (40, 0));
    assert_eq!(attack.kind, AttackKind::Enumeration);
    world.tries(customer(7), 0xc633_6409, SCRIPT, Ending::Success);
    let attack = world.only();
    assert_eq!((attack.counts.strangers, attack.counts.entered), (39, 1));
    assert_eq!(attack.touched.len(), 1);
}

#[test]
fn tries_that_are_wasted_on_one_account_hide_no_list() {
    for junk in [1, 3, 9] {
        let mut world = World::new();
        for number in 0..300_u64 {
            let from = 0x0b00_0000 + number as u32 * 65_537;
            world.tries(customer(number), from, SCRIPT, Ending::Failure);
            (0..junk).for_each(|_| world.tries(nobody(0), from, SCRIPT, Ending::Failure));
            world.pass(1_000);
        }
        let found = world.found();
        let all = found.iter().find(|one| one.value == SCRIPT);
        let all = all.unwrap_or_else(|| panic!("{junk}: {found:?}"));
        assert_eq!((all.kind, all.counts.accounts), (AttackKind::Stuffing, 301));
    }
}

#[test]
fn whoever_is_entered_again_is_touched_later_and_every_one_of_them_is_kept() {
    let mut world = World::new();
    let many = MOST_NAMED as u64 + 50;
    world.tries(customer(9_999), 0xc633_6409, SCRIPT, Ending::Failure);
    for number in 0..many {
        world.tries(customer(number), 0xc633_6409, SCRIPT, Ending::Success);
    }
    let again = world.at.plus(Span::seconds(5));
    world.pass(5_000);
    world.tries(customer(7), 0xc633_6409, SCRIPT, Ending::Success);
    for number in 0..2_000 {
        world.tries(
            customer(10_000 + number),
            0xc633_6409,
            SCRIPT,
            Ending::Failure,
        );
    }
    let attack = world.only();
    assert_eq!(u64::from(attack.counts.entered), many);
    let entered = attack
        .touched
        .iter()
        .filter(|one| one.how == Touch::Entered);
    assert_eq!(entered.count() as u64, many, "more than an alert names");
    let seven = attack
        .touched
        .iter()
        .find(|one| one.customer == CustomerId(id(7)));
    let seven = seven.unwrap();
    assert_eq!((seven.at, seven.last), (NOW, again));
    let at = (DecisionId([1; 16]), NOW);
    let decision = decide(attack, at, &crate::sample::policy());
    let Some(Change::Alert(change)) = decision.changes.first() else {
        panic!("an alert")
    };
    let AlertChange::Raised { attack, .. } = change.as_ref() else {
        panic!("an alert")
    };
    assert_eq!(attack.touched.len(), MOST_NAMED);
}

#[test]
fn noise_does_not_drown_what_got_in() {
    let noisy = |number: u8| Attack {
        kind: AttackKind::List,
        value: [number; 16],
        counts: Counts {
            failures: 1_000,
            ..Counts::default()
        },
        ..Attack::pumping(Reason::TextBudget, 1, (NOW, NOW))
    };
    let mut quiet = noisy(200);
    (quiet.counts.failures, quiet.counts.proved) = (9, 1);
    let pumping = Attack::pumping(Reason::TextBudget, 20, (NOW, NOW));
    let all = (0..150).map(noisy).chain([quiet.clone(), pumping.clone()]);
    let worst = worst(all.collect());
    assert_eq!(worst.len(), 100);
    assert_eq!(worst[..2], [pumping, quiet]);
}

#[test]
fn who_is_frozen_already_is_settled_without_a_message() {
    let mut customer = crate::sample::customer(1);
    let channels = crate::sample::channels();
    let fresh = (DecisionId([1; 16]), crate::id::NoticeId([2; 16]), NOW);
    let touched = (AlertId([3; 16]), NOW);
    for (state, reasons) in [
        (CustomerState::Active, vec![Reason::AttackEntered]),
        (CustomerState::Frozen, Vec::new()),
    ] {
        customer.state = state;
        let known = (&customer, channels.as_slice());
        let decision = decide_freeze(touched, known, fresh, &crate::sample::policy());
        assert_eq!(decision.entry.reasons, reasons);
        assert_eq!(decision.notices.is_empty(), reasons.is_empty());
        let Some(Change::Alert(settled)) = decision.changes.first() else {
            panic!("{:?}", decision.changes)
        };
        assert!(matches!(
            settled.as_ref(),
            AlertChange::Settled { touched: NOW, .. }
        ));
        assert!(decision.changes.len() > 1, "and it rests on the customer");
    }
}
