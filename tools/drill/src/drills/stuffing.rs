//! Credential stuffing (T-01, T-73): a list from elsewhere, each pair once, each from an address of
//! its own in thirty networks, by one program; three pairs fit.
//!
//! **Invariant:** each account is tried once.

use super::{Alerted, Drill, Needs};
use crate::run::Run;
use crate::score::Ended;

const TRY: &str = "sign in with a pair of the list";
const HIT: &str = "sign in with a pair that fits";

/// Pairs of the list. 180 failures of one program are above the limit of 100 beyond the usual share
/// (`core::risk::pace`), with a margin for what else this program does.
const PAIRS: u32 = 180;
/// Networks it comes from, with six addresses each; a program counts from eleven addresses on.
const NETWORKS: u32 = 30;
/// Customers whose pair fits.
const HITS: u32 = 3;

pub const DRILL: Drill = Drill {
    title: "Credential stuffing",
    hopes: "sessions of customers who use one password everywhere",
    does: &[
        "180 sign-ins at the page, each with another name and from another address, in 30 networks, \
         with one program",
        "three of them with the right password of a customer",
    ],
    alerts: &["stuffing", "list", "spray", "enumeration"],
    alerted: Alerted::Must,
    needs: Needs {
        customers: 3,
        messages: false,
        token: false,
    },
};

pub async fn play(run: &mut Run) -> anyhow::Result<()> {
    let people = run.people();
    let fits = |n: u32| n % (PAIRS / HITS) == PAIRS / HITS / 2;
    let mut hits = people.iter().take(3);
    // A third of the list is of customers, who have other passwords here.
    let mut others = people.iter().skip(3);
    for n in 0..PAIRS {
        let seat = run.program(n % NETWORKS, n / NETWORKS);
        let wrong = format!("Stolen-{}-{n}", run.number());
        let hit = if fits(n) { hits.next() } else { None };
        if let Some(person) = hit {
            let login = person.login.clone();
            let ended = run.sign_in(seat, &login, &person.password).await?;
            run.score.count(HIT, ended);
            if ended == Ended::Through {
                run.score.entered.insert(login);
            }
            continue;
        }
        let known = if n % 3 == 0 { others.next() } else { None };
        let login = known.map_or_else(
            || format!("list-{}-{n}@example.jp", run.number()),
            |person| person.login.clone(),
        );
        let ended = run.sign_in(seat, &login, &wrong).await?;
        run.score.count(TRY, ended);
    }
    let entered = run.score.through(HIT) + run.score.through(TRY);
    let what = "no account is entered by its password alone";
    run.score.demand(what, entered == 0);
    if entered > 0 {
        let got = format!("{entered} sessions by a password alone, from places never seen before");
        run.score.got.push(got);
    }
    Ok(())
}
