//! `sekisho staff add`, `assign`, `disable`, `list` and `rotate`; and how a person of the firm
//! proves who they are to other commands.
//!
//! **Invariant:** a secret is printed once, when it is made, and never read from an argument.

use std::io::{self, BufRead as _, Read as _};
use std::path::Path;

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::known::{StaffName, StaffRole};
use sekisho_core::reason::Reason;
use sekisho_gate::{Gate, StaffAnswer, StaffClaim, Token};
use serde_json::json;

use super::{Ended, Failure, Misuse};
use crate::arguments::{By, Role, StaffCommand};

/// The variable that may hold a secret.
const VARIABLE: &str = "SEKISHO_STAFF_SECRET";
/// What is said to somebody who did not prove who they are.
pub const UNPROVED: &str = "no such person with this secret, or too many tries that were wrong";
/// More than any secret has, in bytes.
const LONGEST_SECRET: u64 = 1024;

/// Adds, assigns, disables, lists or rotates.
pub async fn run(gate: &Gate, command: StaffCommand) -> Result<Ended, Failure> {
    match command {
        StaffCommand::Add { name, roles, by } => {
            let name = named(&name)?;
            let by = by.said().as_ref().map(claimed).transpose()?;
            let (id, secret) = done(gate.add_staff(name, each(roles), by.as_ref()).await?)?;
            println!("id      {id}");
            shown(&secret);
        }
        StaffCommand::Assign { name, roles, by } => {
            let (name, roles) = (named(&name)?, each(roles));
            let by = by.said().as_ref().map(claimed).transpose()?;
            let words: Vec<_> = roles.iter().map(|role| role.word()).collect();
            done(gate.assign_staff(&name, roles.clone(), by.as_ref()).await?)?;
            println!("{name}  {}", words.join("+"));
        }
        StaffCommand::Disable { name, by } => {
            let name = named(&name)?;
            let by = by.said().as_ref().map(claimed).transpose()?;
            done(gate.disable_staff(&name, by.as_ref()).await?)?;
            println!("{name} may do nothing any more");
        }
        StaffCommand::List { json } => list(gate, json).await?,
        StaffCommand::Rotate { name, by } => {
            let name = named(&name)?;
            let by = by.said().as_ref().map(claimed).transpose()?;
            shown(&done(gate.rotate_staff(&name, by.as_ref()).await?)?);
        }
    }
    Ok(Ended::Done)
}

/// Each role once.
fn each(roles: Vec<Role>) -> Vec<StaffRole> {
    let mut roles: Vec<StaffRole> = roles.into_iter().map(Into::into).collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

async fn list(gate: &Gate, json: bool) -> Result<(), Failure> {
    let passkeys = gate.all_staff_passkeys().await?;
    for known in gate.all_staff().await? {
        let own = passkeys.iter().filter(|one| one.staff == known.id);
        let own: Vec<_> = own.collect();
        let roles: Vec<_> = known.roles.iter().map(|role| role.word()).collect();
        if json {
            let row = json!({
                "id": known.id,
                "name": known.name,
                "roles": roles,
                "created": known.created,
                "given": known.given,
                "agrees_from": known.seasoned(),
                "disabled": known.disabled,
                "passkeys": own.iter().map(|one| json!({
                    "id": one.id,
                    "name": one.name.as_str(),
                    "created": one.created,
                    "last": one.last,
                })).collect::<Vec<_>>(),
            });
            println!("{row}");
        } else {
            let state = match known.disabled {
                Some(at) => format!("disabled {at}"),
                None => format!("since {}", known.created),
            };
            println!("{}  {}  {}  {state}", known.id, known.name, roles.join("+"));
            if known.disabled.is_none() {
                let (given, from) = (known.given, known.seasoned());
                println!("    secret given {given}, one of two people from {from} on");
            }
            for one in own {
                let last = one
                    .last
                    .map_or_else(|| "never".to_owned(), |at| at.to_string());
                let (id, created) = (one.id, one.created);
                println!("    passkey {id} made {created}, last used {last}");
            }
        }
    }
    Ok(())
}

fn shown(secret: &Token) {
    println!("secret  {}", secret.text().expose_secret());
    println!("The secret is shown this once; only its keyed hash is kept.");
}

/// What was done, or the sentence why not.
pub fn done<T>(answer: StaffAnswer<T>) -> Result<T, Failure> {
    let text = match answer {
        StaffAnswer::Done(done) => return Ok(done),
        StaffAnswer::Refused(Reason::SamePerson) => {
            "another person of the firm answers for this: add --as with their name"
        }
        StaffAnswer::Refused(reason) => reason.sentence(),
        StaffAnswer::Unproved => UNPROVED,
    };
    Err(Misuse(text.to_owned()).into())
}

fn named(name: &str) -> Result<StaffName, Failure> {
    StaffName::parse(name).map_err(|why| Misuse(format!("the name {why}")).into())
}

/// The sentence why not; for a secret that is too young, with its date.
pub async fn why(gate: &Gate, reason: Reason, by: &By) -> Result<String, Failure> {
    let people = match reason {
        Reason::StaffFresh => gate.all_staff().await?,
        _ => return Ok(reason.sentence().to_owned()),
    };
    let found = people.iter().find(|known| known.name.as_str() == by.name);
    Ok(match found {
        Some(known) => format!(
            "this takes two people who each had their secret for a week: that of {} was given on \
             {} and counts from {} on",
            known.name,
            known.given,
            known.seasoned()
        ),
        None => reason.sentence().to_owned(),
    })
}

/// Who somebody says they are, with the secret from where it was put.
pub fn claimed(by: &By) -> Result<StaffClaim, Failure> {
    let name = named(&by.name)?;
    let variable = std::env::var(VARIABLE).ok();
    let text = match (&by.secret_file, variable) {
        (Some(file), _) if file == Path::new("-") => typed()?,
        (Some(file), _) => read(file)?,
        (None, Some(variable)) => SecretString::from(variable),
        (None, None) => typed()?,
    };
    Ok(StaffClaim { name, secret: text })
}

/// Whether the secret will be read from standard input.
pub fn from_input(by: &By) -> bool {
    match &by.secret_file {
        Some(file) => file == Path::new("-"),
        None => std::env::var(VARIABLE).is_err(),
    }
}

fn typed() -> Result<SecretString, Failure> {
    let mut line = String::new();
    let mut input = io::BufReader::new(io::stdin().take(LONGEST_SECRET));
    input
        .read_line(&mut line)
        .context("the secret cannot be read from standard input")?;
    Ok(line.into())
}

fn read(file: &Path) -> Result<SecretString, Failure> {
    let mut text = String::new();
    let opened =
        std::fs::File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    opened
        .take(LONGEST_SECRET)
        .read_to_string(&mut text)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(text.into())
}
