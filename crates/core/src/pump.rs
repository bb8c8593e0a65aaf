//! The guard against SMS pumping: whoever earns on text messages asks for codes to numbers of their
//! own, in rows, in countries where nobody is a customer.
//!
//! Nobody types those codes. So each code counts as unanswered, for its prefix and its country,
//! until it is used, and a used one makes up for several: where most are typed nothing ever stops,
//! and where hardly any is the guard closes long before the limits of a day.
//!
//! What only the customer's own acts bring (that somebody signed in, that money moved) is not held
//! back: otherwise whoever uses up the codes of a number silences its warnings too.
//!
//! **Invariant:** a text message that an outsider can ask for is counted for its number, its
//! prefix, its country, its price and for whether anybody will type it in the commit that takes it,
//! and handed over after that.

use crate::bytes::CounterKey;
use crate::change::{Change, CodeTexted};
use crate::guess::Counted;
use crate::id::NoticeId;
use crate::known::TriesKnown;
use crate::moment::{Moment, Span};
use crate::policy::TextPolicy;
use crate::reason::Reason;

/// A day.
const DAY: Span = Span::hours(24);

/// A counter as stored.
#[derive(Clone, Copy, Debug)]
pub struct Counter {
    /// Which.
    pub key: CounterKey,
    /// What is stored of it.
    pub tries: Option<TriesKnown>,
}

/// A text message that is to be handed over.
#[derive(Clone, Debug)]
pub struct Texting {
    /// The number, E.164.
    pub number: String,
    /// Parts that are paid for.
    pub parts: u16,
    /// Counters of the number, its prefix, its country, and of the money of all.
    pub counters: [Counter; 4],
    /// Counters of codes that nobody typed: of the prefix and of the country.
    pub unanswered: [Counter; 2],
}

/// Whether a message of this kind (its stored word) goes out because somebody asked who has proved
/// nothing, or only a password.
#[must_use]
pub fn is_guarded(template: &str) -> bool {
    matches!(
        template,
        "code" | "confirm_code" | "desk_code" | "sign_up_again"
    )
}

/// Parts that a text is sent in: 70 UTF-16 units in one, 67 in each of several; 160 and 153 of the
/// plain alphabet (3GPP TS 23.040, 23.038).
#[must_use]
pub fn parts(text: &str) -> u16 {
    let (one, each) = if text.is_ascii() {
        (160, 153)
    } else {
        (70, 67)
    };
    let units = text.encode_utf16().count();
    let parts = if units <= one {
        1
    } else {
        units.div_ceil(each)
    };
    u16::try_from(parts).unwrap_or(u16::MAX)
}

impl Texting {
    /// The changes that count it as the message `notice`, or why it is not sent.
    ///
    /// # Errors
    /// The limit that it would exceed.
    pub fn count(
        &self,
        notice: NoticeId,
        now: Moment,
        policy: &TextPolicy,
    ) -> Result<Vec<Change>, Reason> {
        let country = policy
            .country_of(&self.number)
            .ok_or(Reason::TextCountryClosed)?;
        let price = u64::from(country.price) * u64::from(self.parts);
        let affordable = u64::from(policy.budget_day).checked_div(price);
        // What is free is not counted; what costs more than a day may, is not sent.
        let affordable = affordable.map(|most| u16::try_from(most).unwrap_or(u16::MAX));
        let [number, prefix, land, money] = self.counters;
        let [prefix_unanswered, unanswered] = self.unanswered;
        let limits = [
            (number, Some(policy.number_day), Reason::TextNumberLimit),
            (prefix, Some(policy.prefix_day), Reason::TextPrefixLimit),
            (land, Some(country.day), Reason::TextCountryLimit),
            (money, affordable, Reason::TextBudget),
            (
                prefix_unanswered,
                Some(policy.prefix_unanswered),
                Reason::TextUnanswered,
            ),
            (unanswered, Some(country.unanswered), Reason::TextUnanswered),
        ];
        let mut changes = Vec::with_capacity(limits.len());
        for (counter, limit, reason) in limits {
            let Some(limit) = limit else { continue };
            let until = counter.tries.map(|tries| tries.locked_until);
            if limit == 0 || until.is_some_and(|until| until > now) {
                return Err(reason);
            }
            changes.push(Change::TryPaced {
                key: counter.key,
                counted: Counted::Text,
                limit,
                at: now,
                pause: pause(limit),
            });
        }
        let back = |limit| policy.back(pause(limit));
        changes.push(Change::CodeTexted(CodeTexted {
            notice,
            back: [
                (prefix_unanswered.key, back(policy.prefix_unanswered)),
                (unanswered.key, back(country.unanswered)),
            ],
        }));
        Ok(changes)
    }
}

/// One more for each of these, of `limit` a day.
fn pause(limit: u16) -> Span {
    Span(DAY.0 / i64::from(limit.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use crate::sample::NOW;

    const ID: NoticeId = NoticeId([9; 16]);

    fn texting(number: &str) -> Texting {
        Texting {
            number: number.to_owned(),
            parts: 2,
            counters: [1, 2, 3, 4].map(counter),
            unanswered: [5, 6].map(counter),
        }
    }

    fn counter(number: u8) -> Counter {
        Counter {
            key: CounterKey([number; 16]),
            tries: None,
        }
    }

    #[test]
    fn a_code_that_is_typed_makes_up_for_as_many_as_the_policy_says() {
        let mut policy = Policy::profile(Policy::DEFAULT).unwrap().text;
        for (percent, many) in [(100, 1), (50, 2), (20, 5)] {
            policy.answered_percent = percent;
            let counted = texting("+819012345678").count(ID, NOW, &policy).unwrap();
            let paced: Vec<_> = counted
                .iter()
                .filter_map(|change| match change {
                    Change::TryPaced { key, pause, .. } => Some((*key, Span(pause.0 * many))),
                    _ => None,
                })
                .collect();
            let Some(Change::CodeTexted(texted)) = counted.last() else {
                panic!("{counted:?}")
            };
            assert_eq!(texted.back[..], paced[4..], "{percent} %");
        }
    }

    #[test]
    fn where_too_few_are_typed_none_is_sent() {
        let policy = Policy::profile(Policy::DEFAULT).unwrap().text;
        for which in [0, 1] {
            let mut texting = texting("+819012345678");
            texting.unanswered[which].tries = Some(TriesKnown {
                tries: 1,
                total: 9,
                last: NOW,
                locked_until: NOW.plus(Span::seconds(1)),
            });
            let refused = texting.count(ID, NOW, &policy);
            assert_eq!(refused, Err(Reason::TextUnanswered));
        }
    }

    #[test]
    fn only_mobile_numbers_of_listed_countries_get_text_messages() {
        let policy = Policy::profile(Policy::DEFAULT).unwrap().text;
        for number in ["+819012345678", "+818012345678", "+817012345678"] {
            assert_eq!(texting(number).count(ID, NOW, &policy).unwrap().len(), 7);
        }
        for number in [
            "+81312345678",
            "+810990512345",
            "+12025550123",
            "+94771234567",
        ] {
            let refused = texting(number).count(ID, NOW, &policy);
            assert_eq!(refused, Err(Reason::TextCountryClosed), "{number}");
        }
        let mut open = policy;
        for (name, code) in [("North America", "1"), ("Jamaica", "1876")] {
            let mut country = open.country["JP"].clone();
            country.code = code.to_owned();
            country.then.clear();
            open.country.insert(name.to_owned(), country);
        }
        open.country.get_mut("Jamaica").unwrap().then = vec!["999".to_owned()];
        assert!(texting("+12025550123").count(ID, NOW, &open).is_ok());
        assert!(
            texting("+18765550123").count(ID, NOW, &open).is_err(),
            "the longer code decides"
        );
    }

    #[test]
    fn each_limit_stops_by_its_own_name_and_nothing_is_counted_then() {
        let policy = Policy::profile(Policy::DEFAULT).unwrap().text;
        let reasons = [
            Reason::TextNumberLimit,
            Reason::TextPrefixLimit,
            Reason::TextCountryLimit,
            Reason::TextBudget,
        ];
        for (at, reason) in reasons.into_iter().enumerate() {
            let mut full = texting("+819012345678");
            full.counters[at].tries = Some(TriesKnown {
                tries: 1,
                total: 9,
                last: NOW,
                locked_until: NOW.plus(Span::seconds(1)),
            });
            assert_eq!(full.count(ID, NOW, &policy), Err(reason));
            assert!(full.count(ID, NOW.plus(Span::seconds(1)), &policy).is_ok());
        }
    }

    #[test]
    fn a_long_text_costs_its_parts() {
        assert_eq!(
            ["a".repeat(160), "a".repeat(161)].map(|text| parts(&text)),
            [1, 2]
        );
        assert_eq!(
            ["あ".repeat(70), "あ".repeat(71), "あ".repeat(135)].map(|text| parts(&text)),
            [1, 2, 3]
        );
        let policy = Policy::profile(Policy::DEFAULT).unwrap().text;
        let pause = |parts| {
            let mut texting = texting("+819012345678");
            texting.parts = parts;
            match texting.count(ID, NOW, &policy).unwrap()[3] {
                Change::TryPaced { pause, .. } => pause.0,
                _ => panic!("the money is counted last"),
            }
        };
        assert!(pause(4) >= 4 * pause(1) && pause(4) <= 4 * pause(1) + 10);
        let mut dear = texting("+819012345678");
        dear.parts = u16::MAX;
        assert_eq!(dear.count(ID, NOW, &policy), Err(Reason::TextBudget));
    }
}
