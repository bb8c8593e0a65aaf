//! The brokerage's own books: who has what, and where it is paid out to.
//!
//! **Invariant:** cash is never below zero, and every movement leaves a booking.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sekisho_core::bytes::Digest;
use sekisho_core::moment::Moment;
use serde::Serialize;

/// A bank account, in the form in which the API takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Payout {
    /// `ordinary`, `current` or `savings`.
    pub account_type: String,
    /// Four digits.
    pub bank: String,
    /// Three digits.
    pub branch: String,
    /// In katakana.
    pub holder: String,
    /// Seven digits.
    pub number: String,
}

/// A security that somebody holds.
#[derive(Clone, Debug)]
pub struct Holding {
    /// Name in Japanese.
    pub name: &'static str,
    /// Name in English.
    pub english: &'static str,
    /// How many.
    pub units: i64,
    /// Value in yen.
    pub yen: i64,
}

/// A movement.
#[derive(Clone, Debug)]
pub struct Booking {
    /// When.
    pub at: Moment,
    /// How much left, in yen.
    pub yen: i64,
    /// Last digits of the account that it went to.
    pub to: String,
}

/// A customer's account.
#[derive(Clone, Debug)]
pub struct Account {
    /// The customer's name.
    pub name: String,
    /// Cash in yen.
    pub cash: i64,
    /// Where it is paid out to.
    pub payout: Option<Payout>,
    /// Securities.
    pub holdings: Vec<Holding>,
    /// Movements, oldest first.
    pub bookings: Vec<Booking>,
}

/// Names that exist nowhere, with the price of one unit in yen.
const SECURITIES: [(&str, &str, i64); 5] = [
    ("全世界株式インデックス", "World equity index", 23_410),
    ("あさひな製作所", "Asahina Works", 1_845),
    ("国内債券ファンド", "Domestic bond fund", 10_120),
    ("みなと海運", "Minato Shipping", 3_260),
    ("つばめ電機", "Tsubame Electric", 792),
];

/// All accounts; cloning is cheap.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<HashMap<String, Account>>>);

impl Ledger {
    /// Opens an account with cash and securities that follow from the customer's number.
    pub fn open(&self, customer: &str, name: String, payout: Option<Payout>) {
        let chance = Digest::of(customer.as_bytes()).0;
        let cash = 800_000 + i64::from(chance[0]) * 9_750;
        let holdings = SECURITIES.iter().zip(chance.iter().skip(1));
        let holdings = holdings.filter(|(_, chance)| **chance > 90);
        let holdings = holdings.map(|((name, english, price), chance)| {
            let units = i64::from(*chance / 4) * 10;
            Holding {
                name,
                english,
                units,
                yen: units * price / 10,
            }
        });
        let account = Account {
            name,
            cash,
            payout,
            holdings: holdings.collect(),
            bookings: Vec::new(),
        };
        self.with(|accounts| {
            accounts.entry(customer.to_owned()).or_insert(account);
        });
    }

    /// The customer's account. Whoever registered at Sekisho and is new here gets one.
    pub fn account(&self, customer: &str) -> Account {
        let known = self.with(|accounts| accounts.get(customer).cloned());
        known.unwrap_or_else(|| {
            self.open(customer, customer.to_owned(), None);
            self.account(customer)
        })
    }

    /// Books money out; `false` when there is not enough.
    #[must_use]
    pub fn withdraw(&self, customer: &str, yen: i64, to: &Payout, at: Moment) -> bool {
        self.with(|accounts| {
            let enough = |account: &&mut Account| account.cash >= yen;
            let Some(account) = accounts.get_mut(customer).filter(enough) else {
                return false;
            };
            account.cash -= yen;
            account.bookings.push(Booking {
                at,
                yen,
                to: to.masked(),
            });
            true
        })
    }

    /// Replaces the payout account.
    pub fn change_payout(&self, customer: &str, payout: Payout) {
        self.with(|accounts| {
            if let Some(account) = accounts.get_mut(customer) {
                account.payout = Some(payout);
            }
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut HashMap<String, Account>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Account {
    /// Cash and securities together, in yen.
    pub fn total(&self) -> i64 {
        self.cash + self.holdings.iter().map(|one| one.yen).sum::<i64>()
    }
}

impl Payout {
    /// The number with its last three digits alone.
    pub fn masked(&self) -> String {
        let shown = self.number.get(4..).unwrap_or_default();
        format!("****{shown}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_that_is_not_there() {
        let ledger = Ledger::default();
        let payout = Payout {
            account_type: "ordinary".into(),
            bank: "0911".into(),
            branch: "001".into(),
            holder: "ヒノデ ハナ".into(),
            number: "1234567".into(),
        };
        ledger.open("C-1", "日出 花".into(), Some(payout.clone()));
        let cash = ledger.account("C-1").cash;
        assert!(!ledger.withdraw("C-1", cash + 1, &payout, Moment(0)));
        assert!(!ledger.withdraw("C-2", 1, &payout, Moment(0)));
        assert!(ledger.withdraw("C-1", cash, &payout, Moment(0)));
        let account = ledger.account("C-1");
        assert_eq!((account.cash, account.bookings.len()), (0, 1));
        assert_eq!(account.bookings[0].to, "****567");
    }
}
