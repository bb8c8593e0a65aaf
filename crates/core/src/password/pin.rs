//! What stands against a transaction PIN of digits: those that a thief of a wallet tries first.
//!
//! The most used four-digit PINs are repeats, runs, pairs, years and days (Bonneau, Preibusch,
//! Anderson, "A birthday present every eleven wallets?", FC 2012; Markert et al., "This PIN can be
//! easily guessed", IEEE S&P 2020); NIST SP 800-63B-4 section 3.1.1.2 wants the whole compared with
//! a list. These rules are that list, and they grow with the length.
//!
//! **Invariant:** a PIN is compared whole and nowhere kept; a finding names a rule, never a digit.

use super::Person;
use crate::policy::PinPolicy;
use crate::reason::Reason;

/// Everything against `digits`, typed in half-width, as the PIN of `person`.
#[must_use]
pub fn examine_pin(digits: &str, person: &Person, policy: &PinPolicy) -> Vec<Reason> {
    let many = digits.len();
    let shaped = digits.bytes().all(|byte| byte.is_ascii_digit());
    if !shaped || many < policy.shortest || many > policy.longest {
        return vec![Reason::PinShape];
    }
    if is_trivial(digits) || is_day(digits) {
        return vec![Reason::PinTrivial];
    }
    if person.holds_digits(digits) {
        return vec![Reason::PasswordPersonal];
    }
    Vec::new()
}

/// Repeats of one, two or more digits, runs by one step, pairs, and what is the same from behind.
fn is_trivial(digits: &str) -> bool {
    let all: Vec<i16> = digits.bytes().map(|b| i16::from(b - b'0')).collect();
    let many = all.len();
    let repeats = (1..=many / 2).any(|block| {
        many.is_multiple_of(block) && all.chunks(block).all(|chunk| chunk == &all[..block])
    });
    // From 9 on to 0 and back, as on a row of keys.
    let step = |by: i16| {
        all.windows(2)
            .all(|two| (two[0] + by).rem_euclid(10) == two[1])
    };
    let runs = [1, -1, 2, -2].into_iter().any(step);
    let pairs = all.chunks(2).all(|two| two.len() == 2 && two[0] == two[1]);
    let mirrored = all.iter().eq(all.iter().rev());
    let column = [
        "2580", "0852", "1470", "0741", "3690", "0963", "1379", "7139",
    ];
    repeats || runs || pairs || mirrored || column.contains(&digits)
}

/// A year of somebody who is alive, or a whole date in the orders that are written.
fn is_day(digits: &str) -> bool {
    let number = |from: usize, to: usize| digits[from..to].parse::<u16>().unwrap_or(0);
    let year = |year: u16| (1920..=2039).contains(&year);
    let day = |month: u16, day: u16| (1..=12).contains(&month) && (1..=31).contains(&day);
    match digits.len() {
        4 => year(number(0, 4)),
        6 => {
            let (first, second, third) = (number(0, 2), number(2, 4), number(4, 6));
            day(second, third) || day(first, second) || day(second, first)
        }
        8 => {
            let ymd = year(number(0, 4)) && day(number(4, 6), number(6, 8));
            let last = year(number(4, 8));
            let (first, second) = (number(0, 2), number(2, 4));
            ymd || last && (day(first, second) || day(second, first))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::login::Login;
    use crate::password::BirthDate;
    use crate::policy::PinForm;

    const POLICY: PinPolicy = PinPolicy {
        form: PinForm::Digits,
        shortest: 4,
        longest: 8,
    };

    fn person() -> Person {
        let phone = Login::parse("090-8417-2963").unwrap();
        let born = BirthDate {
            year: 1985,
            month: 7,
            day: 24,
        };
        Person::of(&phone).born(born)
    }

    #[test]
    fn what_is_tried_first_is_refused_for_what_it_is() {
        for trivial in [
            "0000", "7777", "1234", "4321", "7890", "8901", "0987", "2468", "1357", "1212",
            "123123", "1122", "1331", "2580", "111111", "123456", "112233", "12341234", "98765",
            "1990", "2001", "850724", "240785", "19850724", "24071985",
        ] {
            let found = examine_pin(trivial, &person(), &POLICY);
            assert_eq!(found, [Reason::PinTrivial], "{trivial}");
        }
        for own in ["2963", "8417", "0724", "2407", "41729", "84172963", "9084"] {
            let found = examine_pin(own, &person(), &POLICY);
            assert_eq!(found, [Reason::PasswordPersonal], "{own}");
        }
        for shapeless in ["", "123", "123456789", "12a4", "１２３４", "-1234", "12 4"] {
            let found = examine_pin(shapeless, &person(), &POLICY);
            assert_eq!(found, [Reason::PinShape], "{shapeless}");
        }
    }

    #[test]
    fn most_pins_remain() {
        let nobody = Person::default();
        let free = |many: usize, of: u32| {
            let good = (0..of).filter(|number| {
                let digits = format!("{number:0many$}");
                examine_pin(&digits, &nobody, &POLICY).is_empty()
            });
            good.count()
        };
        // Of ten thousand and of a million: the rest would be guessed among the first.
        assert_eq!(free(4, 10_000), 9_556);
        assert!(free(6, 1_000_000) > 870_000);
        assert!(examine_pin("8302", &person(), &POLICY).is_empty());
        assert!(examine_pin("730291", &person(), &POLICY).is_empty());
    }
}
