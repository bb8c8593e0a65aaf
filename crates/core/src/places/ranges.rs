//! Many networks as sorted ranges without overlap, asked by halving.
//!
//! **Invariant:** an address is in the ranges exactly if it is in one of the networks.

use super::network::{Network, number};
use crate::context::Address;

/// Ranges of addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranges(Vec<(u128, u128)>);

impl Ranges {
    /// Those of `networks`; what overlaps or follows at once becomes one.
    #[must_use]
    pub fn of(networks: impl IntoIterator<Item = Network>) -> Self {
        let mut spans: Vec<_> = networks.into_iter().map(|one| one.span()).collect();
        spans.sort_unstable();
        let mut ranges: Vec<(u128, u128)> = Vec::new();
        for (first, last) in spans {
            match ranges.last_mut() {
                Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
                _ => ranges.push((first, last)),
            }
        }
        ranges.shrink_to_fit();
        Self(ranges)
    }

    /// Whether `address` is in one of them.
    #[must_use]
    pub fn hold(&self, address: Address) -> bool {
        let asked = number(address);
        let after = self.0.partition_point(|(first, _)| *first <= asked);
        let found = after.checked_sub(1).and_then(|place| self.0.get(place));
        found.is_some_and(|(_, last)| asked <= *last)
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look drawn.
    pub(crate) struct Dice(pub u64);

    impl Dice {
        fn draw(&mut self) -> u64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            self.0 >> 33
        }
    }

    /// Few bits, so that networks overlap, touch and hold each other, in both families.
    fn network(dice: &mut Dice) -> Network {
        let drawn = dice.draw();
        let text = if drawn & 1 == 0 {
            let (value, length) = ((drawn >> 1) as u32 & 0xff, (drawn >> 9) % 9);
            let kept = value & (0xff_u32 << (8 - length)) & 0xff;
            format!("203.0.113.{kept}/{}", 24 + length)
        } else {
            let (value, length) = ((drawn >> 1) as u32 & 0xff, (drawn >> 9) % 9);
            let kept = value & (0xff_u32 << (8 - length)) & 0xff;
            format!("2001:db8::{kept:x}/{}", 120 + length)
        };
        Network::parse(&text).unwrap()
    }

    #[test]
    fn ranges_say_what_a_loop_over_the_networks_says() {
        let mut dice = Dice(7);
        let (mut held, mut asked) = (0, 0);
        for round in 0..500 {
            let networks: Vec<_> = (0..round % 13).map(|_| network(&mut dice)).collect();
            let ranges = Ranges::of(networks.iter().copied());
            for last in 0..=255_u8 {
                for text in [format!("203.0.113.{last}"), format!("2001:db8::{last:x}")] {
                    let address = Address::from(text.parse::<std::net::IpAddr>().unwrap());
                    let naive = networks.iter().any(|network| network.holds(address));
                    assert_eq!(ranges.hold(address), naive, "{text} in {networks:?}");
                    (held, asked) = (held + u32::from(naive), asked + 1);
                }
            }
            for pair in ranges.0.windows(2) {
                assert!(pair[0].1 + 1 < pair[1].0, "{ranges:?}");
            }
        }
        assert!(
            held > asked / 10 && held < asked * 9 / 10,
            "{held} of {asked}"
        );
    }

    #[test]
    fn the_ends_of_the_space_are_in_it() {
        let all = ["ffff::/16", "0.0.0.0/0"].map(|text| Network::parse(text).unwrap());
        let ranges = Ranges::of(all);
        let of = |text: &str| Address::from(text.parse::<std::net::IpAddr>().unwrap());
        assert!(ranges.hold(of("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")));
        assert!(ranges.hold(of("255.255.255.255")) && ranges.hold(of("0.0.0.0")));
        assert!(!ranges.hold(of("::1")) && !Ranges::default().hold(of("::1")));
    }
}
