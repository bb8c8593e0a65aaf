//! The catalogue of operations as a text file that a reviewer reads in the diff, and that there is
//! no way to a grant but through what that file says.
//!
//! The file is made from the profiles as they are written, not from what the crate makes of them;
//! what is expected of `operate` and `confirm` is read from the file. `SEKISHO_WRITE_TABLES=1 cargo
//! test -p sekisho-core --test catalogue` writes it anew.
//!
//! **Invariant:** whatever was proved, an operation that lacks one requirement of its line has no
//! grant.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may; the lint sees only test functions, not what they share"
)]

mod sample;
mod table;

use sample::{At, Factor, Session};
use sekisho_core::change::{Change, HoldChange};
use sekisho_core::decision::Decision;
use sekisho_core::policy::Policy;
use sekisho_core::proof::Method;
use sekisho_core::reason::Reason;
use sekisho_core::risk::Familiarity;
use sekisho_core::verdict::VerdictKind;
use table::{Line, PROFILES};

/// Whether `method` is worth `requirement`, said once more and by hand.
fn is_worth(method: Method, requirement: &str) -> bool {
    use Method::{
        BackupCode, Confirmation, MailCode, Passkey, Password, Push, SecurityKey, SmsCode,
        SyncedPasskey, Totp, TransactionPin,
    };
    let worth: &[Method] = match requirement {
        "bound_device" => &[],
        "confirmation" => &[Confirmation],
        "password" => &[Password, Passkey, SyncedPasskey],
        "phishing_resistant" => &[Passkey, SyncedPasskey, SecurityKey],
        "second_factor" => &[
            BackupCode,
            MailCode,
            SmsCode,
            Passkey,
            SyncedPasskey,
            SecurityKey,
            Totp,
            Push,
        ],
        "transaction_pin" => &[TransactionPin],
        other => panic!("the table says {other}"),
    };
    worth.contains(&method)
}

fn subsets<T: Copy>(of: &[T]) -> Vec<Vec<T>> {
    let chosen = |mask: usize| {
        let places = of.iter().enumerate();
        let within = places.filter(|(place, _)| mask >> place & 1 == 1);
        within.map(|(_, one)| *one).collect()
    };
    (0..1 << of.len()).map(chosen).collect()
}

fn has_grant(decision: &Decision) -> bool {
    decision.changes.iter().any(|change| match change {
        Change::OperationCreated(made) => made.grant.is_some(),
        Change::OperationMoved { grant, .. } => grant.is_some(),
        Change::Hold(held) => matches!(held.as_ref(), HoldChange::Held { .. }),
        _ => false,
    })
}

#[test]
fn the_catalogue_is_the_one_that_was_reviewed() {
    let made = table::made();
    if std::env::var_os("SEKISHO_WRITE_TABLES").is_some() {
        std::fs::write(table::FILE, &made).unwrap();
    }
    let kept = std::fs::read_to_string(table::FILE).unwrap_or_default();
    assert!(
        kept == made,
        "catalogue.txt is not what the profiles say: write it anew and read the difference"
    );
}

/// Whatever an application says that it verified.
#[test]
fn what_is_asked_for_has_no_grant_without_each_requirement_of_its_line() {
    let said = [
        Method::Password,
        Method::MailCode,
        Method::Passkey,
        Method::Totp,
        Method::Confirmation,
        Method::TransactionPin,
    ];
    let mut granted = 0;
    for Line {
        profile,
        kind,
        amount,
        require,
        ..
    } in table::read()
    {
        let policy = Policy::profile(&profile).unwrap();
        let at = At {
            policy: &policy,
            kind: &kind,
            amount: amount.as_ref(),
        };
        for verified in subsets(&said) {
            let decision = at.operate(&verified);
            // Nobody has confirmed what is only now asked for, and the PIN is typed with us.
            let here = |requirement: &str| {
                let elsewhere = ["confirmation", "transaction_pin"].contains(&requirement);
                !elsewhere && verified.iter().any(|one| is_worth(*one, requirement))
            };
            let missing: Vec<_> = require.iter().filter(|one| !here(one)).collect();
            let about = format!("{profile} {kind} {amount:?} {verified:?}");
            // Nothing goes through in a currency that the limits do not name.
            if decision.reasons().contains(&Reason::LimitEach) {
                let named = amount
                    .as_ref()
                    .is_some_and(|one| one.currency().code() == "JPY");
                assert!(!has_grant(&decision) && !named, "{about}");
                continue;
            }
            assert_eq!(has_grant(&decision), missing.is_empty(), "{about}");
            let asked = decision.verdict().requirements().iter();
            let asked: Vec<_> = asked.map(|one| one.word()).collect();
            assert_eq!(asked, missing, "{about}");
            granted += usize::from(missing.is_empty());
        }
    }
    assert!(
        granted > 0,
        "nothing was ever let through, so nothing was tried"
    );
}

/// Whatever the customer proves on the page, in whatever session.
#[test]
fn what_is_confirmed_has_each_requirement_of_its_line() {
    let opened = [Method::Password, Method::MailCode, Method::Passkey];
    let mut granted = 0;
    for Line {
        profile,
        kind,
        amount,
        require,
        ..
    } in table::read()
    {
        let policy = Policy::profile(&profile).unwrap();
        let at = At {
            policy: &policy,
            kind: &kind,
            amount: amount.as_ref(),
        };
        for session in subsets(&opened) {
            for factor in Factor::ALL {
                let tried = [None, Some(false), Some(true)].into_iter();
                let devices = [Familiarity::Known, Familiarity::Recent];
                for (pin, device) in tried.flat_map(|pin| devices.map(|one| (pin, one))) {
                    let session = Session {
                        methods: session.clone(),
                        pin,
                        device,
                    };
                    let decision = at.confirm(&session, factor);
                    // A passkey of the session was bound to no operation; that it was there counts
                    // for what asks for less.
                    let confirmed = factor.method().into_iter();
                    let mut held: Vec<_> = confirmed.clone().collect();
                    held.extend(confirmed.map(|_| Method::Confirmation));
                    held.extend((pin == Some(true)).then_some(Method::TransactionPin));
                    let met = |requirement: &String| {
                        if requirement == "bound_device" {
                            return device == Familiarity::Known;
                        }
                        let opened = session.methods.iter().copied();
                        let opened: Vec<_> = match requirement.as_str() {
                            "password" | "second_factor" => opened.collect(),
                            _ => Vec::new(),
                        };
                        held.iter()
                            .chain(&opened)
                            .any(|one| is_worth(*one, requirement))
                    };
                    let about = format!("{profile} {kind} {amount:?} {session:?} {factor:?}");
                    let whole = require.iter().all(met) && factor.method().is_some();
                    assert!(!has_grant(&decision) || whole, "{about}: {decision:?}");
                    let allowed = decision.verdict().kind() == VerdictKind::Allow;
                    assert_eq!(allowed, has_grant(&decision), "{about}");
                    granted += usize::from(allowed);
                }
            }
        }
    }
    assert!(
        granted > 0,
        "nothing was ever let through, so nothing was tried"
    );
}

/// A line of every profile and kind there is, and no other.
#[test]
fn every_kind_of_every_profile_has_its_lines() {
    let lines = table::read();
    for profile in PROFILES {
        for kind in Policy::profile(profile).unwrap().operation.keys() {
            let of = |line: &&Line| line.profile == profile && line.kind == kind.as_str();
            assert!(lines.iter().filter(of).count() > 0, "{profile} {kind:?}");
        }
    }
}
