//! `timing`: whether the time of an answer tells an unknown name, a wrong password, a locked
//! account and a hash of another system apart.
//!
//! The figure is the largest distance between the distribution functions of two kinds of answer
//! (Kolmogorov and Smirnov's D): by how much whoever looks at one answer's time, and knows the best
//! threshold, is right more often than by tossing a coin, on a scale from 0 to 1. The baseline is
//! the distance that two samples of one and the same kind exceed once in a hundred times, and since
//! several pairs are compared, once in a hundred for all of them together (Bonferroni).
//!
//! **Invariant:** one answer at a time, the kinds in turn, so that whatever else the machine does
//! falls on all of them.

use std::time::Duration;

use anyhow::{Result, bail};
use secrecy::SecretString;
use sekisho_core::login::Login;
use sekisho_core::notice::Locale;
use sekisho_core::policy::Policy;
use sekisho_core::text::Reference;
use sekisho_gate::{Gate, HashPool, ImportLine, Imported, SignIn, SignInAnswer, Terminal, Visitor};

use crate::report::Report;
use crate::stopwatch::Stopwatch;
use crate::{Plan, machine, place};

/// The profile in which a password alone opens a session at a known place.
const PROFILE: &str = "jp-legacy";

/// A password and its hashes: argon2id at a tiny cost, from the reference implementation
/// (`src/test.c`), which the first sign-in renews at the shipped cost; and bcrypt at cost 10, as
/// another system has it.
const PASSWORD: &str = "password";
const TINY: &str = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ\
     $nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
const BCRYPT: &str = "$2b$10$abcdefghijklmnopqrstuuWnQ5DhT7GxQC8Aq8oRPkNJeqG7DF0wC";

/// Wrong tries at one account: one less than lock it.
const TRIES: usize = 4;

/// Wrong tries that lock one.
const LOCKING: usize = 6;

/// Answers of each kind, at least.
const LEAST: usize = 60;

/// A kind of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unknown,
    Wrong,
    Locked,
    Imported,
}

const KINDS: [Kind; 4] = [Kind::Unknown, Kind::Wrong, Kind::Locked, Kind::Imported];

/// Measures, first as it ships, then with a floor.
pub fn run(plan: &Plan) -> Result<Report> {
    let bare = samples(plan, Duration::ZERO)?;
    let dearest = bare.iter().map(|times| at(times, 0.99)).fold(0.0, f64::max);
    let floor = Duration::from_secs_f64(dearest * 1.2 / 1e3);
    let held = samples(plan, floor)?;
    let (own, all) = (farthest(&bare[..3]), farthest(&held));
    let (bound, wider) = (chance(&bare[..3]), chance(&held));
    let mut report = Report::new("timing", own, "advantage")
        .against(bound, own / bound)
        .below("advantage over chance", own / bound, 1.0)
        .below("with a floor, imported hashes too", all / wider, 1.0)
        .figure("imported_advantage", farthest(&bare))
        .figure("floored_advantage", all)
        .figure("floor_ms", floor.as_secs_f64() * 1e3)
        .with("answers_of_each_kind", bare.iter().map(Vec::len).min());
    for (kind, times) in KINDS.iter().zip(&bare) {
        let name = format!("{kind:?}_p50_ms").to_lowercase();
        report = report.figure(&name, at(times, 0.5));
    }
    Ok(report)
}

/// Times of answers in milliseconds, sorted, in the order of [`KINDS`].
fn samples(plan: &Plan, floor: Duration) -> Result<Vec<Vec<f64>>> {
    let runtime = crate::runtime(machine::cores())?;
    let folder = place::folder(&plan.folder)?;
    let store = runtime.block_on(place::store(&folder.path().join("timing.db")))?;
    let pool = HashPool::with_floor(machine::cores(), 16, floor);
    let gate = place::gate_with(store, Policy::profile(PROFILE)?, pool)?;
    let mut taken = vec![Vec::new(); KINDS.len()];
    let whole = Stopwatch::start();
    runtime.block_on(async {
        for _ in 0..LOCKING {
            prepare(&gate, Kind::Locked, 0).await?;
        }
        for round in 0.. {
            if round >= LEAST && whole.elapsed() >= plan.budget {
                return anyhow::Ok(());
            }
            for turn in 0..KINDS.len() {
                let index = (turn + round) % KINDS.len();
                let time = answered(&gate, KINDS[index], round).await?;
                taken[index].push(time.as_secs_f64() * 1e3);
            }
        }
        Ok(())
    })?;
    for times in &mut taken {
        times.sort_by(f64::total_cmp);
    }
    Ok(taken)
}

/// How long one wrong answer takes, after whatever it needs was prepared.
async fn answered(gate: &Gate, kind: Kind, round: usize) -> Result<Duration> {
    if kind != Kind::Locked && round.is_multiple_of(TRIES) {
        prepare(gate, kind, round / TRIES).await?;
    }
    let login = match kind {
        Kind::Locked => login(kind, 0),
        Kind::Unknown => login(kind, round),
        Kind::Imported | Kind::Wrong => login(kind, round / TRIES),
    };
    let one = Stopwatch::start();
    let answer = sign_in(gate, &login, "not the password").await?;
    let time = one.elapsed();
    match answer {
        SignInAnswer::Refused => Ok(time),
        other => bail!("a wrong password was answered with {other:?}"),
    }
}

async fn prepare(gate: &Gate, kind: Kind, number: usize) -> Result<()> {
    let login = login(kind, number);
    let hash = match kind {
        Kind::Unknown => return Ok(()),
        Kind::Imported => BCRYPT,
        Kind::Locked | Kind::Wrong => TINY,
    };
    let line = ImportLine {
        reference: Reference::parse(&login.replace('@', "."))?,
        login: Login::parse(&login)?,
        hash: Some(hash.to_owned()),
        pin: None,
        verified: Some(gate.now()),
        locale: Locale::Ja,
    };
    let new = matches!(gate.import(line).await?, Imported::Added(_));
    match kind {
        Kind::Locked if !new => {
            sign_in(gate, &login, "not the password").await?;
        }
        Kind::Locked | Kind::Wrong => {
            sign_in(gate, &login, PASSWORD).await?;
        }
        Kind::Imported | Kind::Unknown => {}
    }
    Ok(())
}

async fn sign_in(gate: &Gate, login: &str, password: &str) -> Result<SignInAnswer> {
    let typed = SignIn {
        login: login.to_owned(),
        password: SecretString::from(password),
        return_to: "/".to_owned(),
        visitor: Visitor {
            address: Some([100, 64, 1, 7].into()),
            user_agent: "Mozilla/5.0".to_owned(),
            device: None,
            terminal: Terminal::Own,
            locale: Locale::Ja,
        },
    };
    Ok(gate.sign_in(typed).await?)
}

/// Names of one length, so that nothing but their kind differs.
fn login(kind: Kind, number: usize) -> String {
    let letter = match kind {
        Kind::Unknown => 'u',
        Kind::Wrong => 'w',
        Kind::Locked => 'l',
        Kind::Imported => 'i',
    };
    format!("{letter}{number:06}@example.jp")
}

/// The largest distance of any two.
fn farthest(kinds: &[Vec<f64>]) -> f64 {
    pairs(kinds)
        .map(|(a, b)| distance(a, b))
        .fold(0.0, f64::max)
}

/// What the largest distance exceeds by chance once in a hundred times: √(ln(2/α)/2) √((n+m)/nm).
fn chance(kinds: &[Vec<f64>]) -> f64 {
    let alpha = 0.01 / pairs(kinds).count() as f64;
    let factor = ((2.0 / alpha).ln() / 2.0).sqrt();
    let spread = |(a, b): (&Vec<f64>, &Vec<f64>)| {
        let (n, m) = (a.len() as f64, b.len() as f64);
        ((n + m) / (n * m)).sqrt()
    };
    factor * pairs(kinds).map(spread).fold(0.0, f64::max)
}

fn pairs(kinds: &[Vec<f64>]) -> impl Iterator<Item = (&Vec<f64>, &Vec<f64>)> {
    let later = move |(index, first)| kinds[index + 1..].iter().map(move |second| (first, second));
    kinds.iter().enumerate().flat_map(later)
}

/// Kolmogorov and Smirnov's D of two sorted samples.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    let below = |times: &[f64], bound: f64| {
        times.partition_point(|time| *time <= bound) as f64 / times.len() as f64
    };
    a.iter()
        .chain(b)
        .map(|bound| (below(a, *bound) - below(b, *bound)).abs())
        .fold(0.0, f64::max)
}

/// The time within which this part of a sorted sample lies.
fn at(times: &[f64], part: f64) -> f64 {
    let index = (times.len() as f64 * part) as usize;
    times
        .get(index.min(times.len() - 1))
        .copied()
        .unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_is_nothing_for_one_kind_and_all_for_two() {
        let slow: Vec<f64> = (0..100).map(f64::from).collect();
        let later: Vec<f64> = slow.iter().map(|time| time + 100.0).collect();
        let half: Vec<f64> = slow.iter().map(|time| time + 50.0).collect();
        assert!(distance(&slow, &slow) < 1e-9);
        assert!((distance(&slow, &later) - 1.0).abs() < 1e-9);
        assert!((distance(&slow, &half) - 0.5).abs() < 1e-9);
        // Two samples of 100: 1.628 √(2/100) at one in a hundred, as the tables have it.
        assert!((chance(&[slow.clone(), slow]) - 0.230).abs() < 1e-3);
    }
}
