//! Who the customers are: names, contacts and accounts, all invented and recognisably so.
//!
//! - Mail addresses are at `example.jp`, which the registry of `.jp` reserves for examples.
//! - Phone numbers have the shape of mobile numbers, in a range that is never given out: see
//!   [`Customer::phone`].
//! - Banks are invented; their codes lie in a block in which the writer knows of no bank.
//!
//! **Invariant:** no two customers of a world share reference, mail address, phone number or
//! payout account.

use crate::access::{DeviceRef, Payee};
use crate::agents::DeviceType;
use crate::calendar::days_from_civil;
use crate::config::WorldFault;
use crate::dice::{Dice, Purpose, Seed};
use crate::habits::Rhythm;
use crate::table::Table;

const NAMES: Table = Table {
    name: "names.tsv",
    text: include_str!("../data/names.tsv"),
};
const PLACES: Table = Table {
    name: "places.tsv",
    text: include_str!("../data/places.tsv"),
};

/// A customer of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Index in the world.
    pub index: u32,
    /// `C-000123`; seven digits from a million customers on.
    pub reference: String,
    /// An address at `example.jp`.
    pub mail: String,
    /// Eleven digits, `0900` and seven more. The numbering plan of Japan gives out mobile numbers
    /// as 0A0-CDE-FGHJK with C not 0, so none of these can ring; a validator that knows the plan
    /// (libphonenumber among them) calls them invalid for the same reason.
    pub phone: String,
    /// Family name.
    pub family: Name,
    /// Given name.
    pub given: Name,
    /// Year, month and day.
    pub birth: (u16, u8, u8),
    /// Where they live.
    pub home: Prefecture,
    /// Their provider at home, as [`Network::holder`](crate::Network::holder).
    pub provider: &'static str,
    /// Their machines; the index is that of [`DeviceRef::index`].
    pub devices: Vec<Device>,
    /// When they use the service.
    pub rhythm: Rhythm,
    /// Where money goes at the start of the period.
    pub payout: PayoutAccount,
}

/// One part of a name in the three ways in which Japanese forms ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// As written.
    pub kanji: &'static str,
    /// As read, in full-width katakana.
    pub kana: &'static str,
    /// In Latin letters.
    pub romaji: &'static str,
}

/// One of the 47.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefecture {
    /// 1 to 47, as in ISO 3166-2:JP.
    pub code: u8,
    /// As written.
    pub kanji: &'static str,
    /// In Latin letters.
    pub romaji: &'static str,
}

/// A machine of a customer's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// How accesses name it.
    pub token: DeviceRef,
    /// What it is.
    pub kind: DeviceType,
    /// First and last day of the period on which it is used (0 is the first of the world).
    pub days: core::ops::RangeInclusive<u32>,
}

/// A bank account in Japan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutAccount {
    /// Name of the (invented) bank.
    pub bank: &'static str,
    /// Four digits.
    pub bank_code: &'static str,
    /// Three digits.
    pub branch_code: String,
    /// Seven digits.
    pub number: String,
    /// Who holds it, in katakana, family name first.
    pub holder: String,
}

const BANKS: [(&str, &str, u32); 6] = [
    ("みほん銀行", "0911", 30),
    ("あさひな銀行", "0912", 22),
    ("東西ネット銀行", "0913", 20),
    ("しらかば信託銀行", "0914", 10),
    ("うみかぜ信用金庫", "0915", 10),
    ("つばめ銀行", "0916", 8),
];

/// The tables from which people are made.
#[derive(Debug, Clone)]
pub(crate) struct People {
    family: Vec<Name>,
    family_weights: Vec<u32>,
    given: Vec<Name>,
    given_weights: Vec<u32>,
    places: Vec<Prefecture>,
    place_weights: Vec<u32>,
}

/// The parts of a customer that do not follow from their habits.
pub(crate) struct Person {
    pub(crate) family: Name,
    pub(crate) given: Name,
    pub(crate) birth: (u16, u8, u8),
    pub(crate) home: Prefecture,
}

impl People {
    pub(crate) fn load() -> Result<Self, WorldFault> {
        let mut people = Self {
            family: Vec::new(),
            family_weights: Vec::new(),
            given: Vec::new(),
            given_weights: Vec::new(),
            places: Vec::new(),
            place_weights: Vec::new(),
        };
        for row in NAMES.rows::<5>()? {
            let [kind, kanji, kana, romaji, _] = row.cells;
            let weight = row.parse(4, "weight")?;
            let (names, weights) = match kind {
                "family" => (&mut people.family, &mut people.family_weights),
                "female" | "male" => (&mut people.given, &mut people.given_weights),
                _ => return Err(row.fault("kind of name")),
            };
            names.push(Name {
                kanji,
                kana,
                romaji,
            });
            weights.push(weight);
        }
        for row in PLACES.rows::<4>()? {
            let [_, kanji, romaji, _] = row.cells;
            people.places.push(Prefecture {
                code: row.parse(0, "code")?,
                kanji,
                romaji,
            });
            people.place_weights.push(row.parse(3, "weight")?);
        }
        Ok(people)
    }

    pub(crate) fn person(&self, seed: &Seed, customer: u32) -> Person {
        let dice = &mut seed.dice(Purpose::Person, customer, 0);
        let family = self.family[dice.weighted(&self.family_weights)];
        let given = self.given[dice.weighted(&self.given_weights)];
        let home = self.places[dice.weighted(&self.place_weights)];
        Person {
            family,
            given,
            birth: birth(dice),
            home,
        }
    }

    /// The account behind `payee`.
    pub(crate) fn payout_account(&self, seed: &Seed, payee: Payee) -> PayoutAccount {
        // Own accounts take even serials and mules odd ones, so that they never meet.
        let (serial, dice, holder) = match payee {
            Payee::Own { customer, revision } => {
                let person = self.person(seed, customer);
                let dice = seed.dice(Purpose::Payee, customer, u32::from(revision));
                let serial = (u64::from(customer) * 2 + u64::from(revision & 1)) * 2;
                (serial, dice, holder(person.family, person.given))
            }
            Payee::Mule { ring } => {
                let mut dice = seed.dice(Purpose::Payee, ring, u32::from(u16::MAX));
                let family = self.family[dice.weighted(&self.family_weights)];
                let given = self.given[dice.weighted(&self.given_weights)];
                (u64::from(ring) * 2 + 1, dice, holder(family, given))
            }
        };
        account(serial, dice, holder)
    }
}

fn holder(family: Name, given: Name) -> String {
    format!("{} {}", family.kana, given.kana)
}

/// Number and branch follow from the serial by a bijection of `0..10⁹`, so that no two accounts
/// agree in both.
fn account(serial: u64, mut dice: Dice, holder: String) -> PayoutAccount {
    let (bank, bank_code, _) = BANKS[dice.weighted(&BANKS.map(|b| b.2))];
    // 10⁹ = 2⁹ × 5⁹: any factor that ends in 1, 3, 7 or 9 is invertible.
    let spread = (serial * 618_033_989 + 271_828_183) % 1_000_000_000;
    PayoutAccount {
        bank,
        bank_code,
        branch_code: format!("{:03}", spread / 10_000_000),
        number: format!("{:07}", spread % 10_000_000),
        holder,
    }
}

/// Customers of 20 to 85 years in 2025, most of them between 35 and 65.
fn birth(dice: &mut Dice) -> (u16, u8, u8) {
    let age = 20 + (dice.below(33) + dice.below(33));
    let year = 2025 - age;
    let month = dice.between(1, 12);
    let (next_year, next_month) = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    let length = days_from_civil(i64::from(next_year), next_month, 1)
        - days_from_civil(i64::from(year), month, 1);
    (
        year as u16,
        month as u8,
        dice.between(1, length as u32) as u8,
    )
}

/// `C-000123`.
pub(crate) fn reference(index: u32) -> String {
    format!("C-{index:06}")
}

/// An address that carries the index, so that it is unique.
pub(crate) fn mail(person: &Person, index: u32) -> String {
    let lower = |name: Name| name.romaji.to_ascii_lowercase();
    format!(
        "{}.{}.{index}@example.jp",
        lower(person.given),
        lower(person.family)
    )
}

/// A bijection of the index onto seven digits behind `0900`.
pub(crate) fn phone(index: u32) -> String {
    let digits = (u64::from(index) * 7_654_321 + 1_234_567) % 10_000_000;
    format!("0900{digits:07}")
}
