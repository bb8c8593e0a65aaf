//! Password spray (T-02): a few common passwords over many accounts, from one network, with several
//! programs; one customer has such a password.
//!
//! **Invariant:** each account meets two passwords at most, so that none is locked.

use super::{Alerted, Drill, Needs};
use crate::run::Run;
use crate::score::Ended;

const TRY: &str = "sign in with a common password";
const HIT: &str = "sign in where it is the customer's";

const PASSWORDS: [&str; 2] = ["Password2026!", "Welcome123"];
/// Tries. 80 of a network in an hour are above its limit of 30 beyond the usual share
/// (`core::risk::pace`).
const TRIES: u32 = 80;
/// Addresses, all of one /24.
const ADDRESSES: u32 = 16;

pub const DRILL: Drill = Drill {
    title: "Password spray",
    hopes: "the few customers with a common password, unseen since no account is tried often",
    does: &[
        "80 sign-ins at the page from 16 addresses of one network with five programs: two common \
         passwords over as many customers as the target names",
        "one of them with the right password of a customer",
    ],
    alerts: &["spray", "stuffing", "list", "enumeration"],
    alerted: Alerted::Must,
    needs: Needs {
        customers: 4,
        messages: false,
        token: false,
    },
};

pub async fn play(run: &mut Run) -> anyhow::Result<()> {
    let people = run.people();
    let (tried, last) = people.split_at(people.len() - 1);
    let mut each = tried.iter().cycle();
    for n in 0..TRIES {
        let seat = run.neighbour(n % ADDRESSES);
        // Half of the names are those of a list, and nobody's here.
        let login = if n % 2 == 0 && n / 2 < u32::try_from(tried.len() * 2)? {
            each.next().map(|person| person.login.clone())
        } else {
            None
        };
        let login = login.unwrap_or_else(|| format!("spray-{}-{n}@example.jp", run.number()));
        let password = PASSWORDS[usize::from(n >= TRIES / 2)];
        let ended = run.sign_in(seat, &login, password).await?;
        run.score.count(TRY, ended);
    }
    for person in last {
        let seat = run.neighbour(1);
        let ended = run.sign_in(seat, &person.login, &person.password).await?;
        run.score.count(HIT, ended);
        if ended == Ended::Through {
            run.score.entered.insert(person.login.clone());
        }
    }
    let entered = run.score.through(HIT) + run.score.through(TRY);
    let what = "no account is entered by its password alone";
    run.score.demand(what, entered == 0);
    if entered > 0 {
        let got = format!("{entered} sessions by a common password alone");
        run.score.got.push(got);
    }
    Ok(())
}
