//! Measures of an attempt that rules and scores look at: the hour of the week, the speed of a
//! journey, how far an amount lies from the customer's own, what a shared value says.
//!
//! **Invariant:** a measure of something unknown is unknown, never an innocent number.

use super::real::{arcsine, ln, sine_and_cosine};
use crate::moment::{Moment, Span};

/// The hour of the week at a place `east` of Greenwich's time: 0 is Monday from midnight to one.
#[must_use]
pub const fn hour_of_week(at: Moment, east: Span) -> u8 {
    let hours = at.plus(east).unix_seconds().div_euclid(3_600);
    // 1970-01-01 was a Thursday.
    (hours + 3 * 24).rem_euclid(7 * 24) as u8
}

/// Where an address is, as an address file says it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    latitude: f64,
    longitude: f64,
    radius_km: f64,
}

impl Spot {
    /// Degrees north and east, and the radius in kilometres within which it is said to lie. `None`
    /// for what is not on Earth.
    #[must_use]
    pub fn parse(latitude: f64, longitude: f64, radius_km: f64) -> Option<Self> {
        let there = (-90.0..=90.0).contains(&latitude)
            && (-180.0..=180.0).contains(&longitude)
            && (0.0..=20_100.0).contains(&radius_km);
        there.then_some(Self {
            latitude,
            longitude,
            radius_km,
        })
    }

    /// Kilometres between the middles, along a great circle of a sphere of the mean radius of
    /// Earth (6,371.0088 km, IUGG 1980); within 0.6 % of the ellipsoid.
    #[must_use]
    pub fn kilometres(&self, other: &Self) -> f64 {
        let point = |spot: &Self| {
            let (north, flat) = sine_and_cosine(spot.latitude);
            let (east, middle) = sine_and_cosine(spot.longitude);
            [flat * middle, flat * east, north]
        };
        let (one, two) = (point(self), point(other));
        let square: f64 = one.iter().zip(two).map(|(a, b)| (a - b) * (a - b)).sum();
        2.0 * 6_371.008_8 * arcsine(square.sqrt() / 2.0)
    }
}

/// What carried the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carriage {
    /// Lines and masts on the ground.
    Ground,
    /// A network on board of planes, whose address is where its ground station is.
    InFlight,
}

/// How fast somebody must have travelled between two accesses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Travel {
    /// One of the places is unknown, or there was no access before.
    Unknown,
    /// A network on board of a plane is one of the two: nothing can be said.
    Exempt,
    /// At least so many kilometres in an hour.
    Speed(f64),
}

/// Shortest time between two accesses that is believed: clocks differ and logs are late.
const SHORTEST: Span = Span::minutes(5);

/// The least speed that explains an access here `span` after one there: the distance between the
/// middles less both radii, in no less than five minutes.
#[must_use]
pub fn travel(
    there: Option<(Spot, Carriage)>,
    here: Option<(Spot, Carriage)>,
    span: Span,
) -> Travel {
    let (Some((there, left_by)), Some((here, came_by))) = (there, here) else {
        return Travel::Unknown;
    };
    if left_by == Carriage::InFlight || came_by == Carriage::InFlight {
        return Travel::Exempt;
    }
    let apart = there.kilometres(&here) - there.radius_km - here.radius_km;
    let hours = span.max(SHORTEST).0 as f64 / Span::hours(1).0 as f64;
    Travel::Speed(apart.max(0.0) / hours)
}

/// Whole hours since something was changed; unknown when it never was, or when nobody wrote it
/// down. 0 when the clock was set back since.
#[must_use]
pub fn hours_since(changed: Option<Moment>, now: Moment) -> Option<i64> {
    changed.map(|changed| now.since(changed).as_seconds() / 3_600)
}

/// Fewest amounts of the customer's own by which another is judged.
pub const FEWEST_AMOUNTS: usize = 5;

/// The least spread that is believed of a customer's own amounts, as a logarithm: who always moved
/// the same sum may move a fifth more without standing out. An assumption.
const LEAST_SPREAD: f64 = 0.182_321_556_793_954_6;

/// How many spreads an amount lies above the middle of the customer's own, by orders of magnitude:
/// (ln amount − median) / spread, where the spread is 1.4826 times the median distance from the
/// median (which makes it the standard deviation of a normal distribution) and at least 0.18. A few
/// large amounts among `own` change it little. Below 0 for smaller amounts; unknown below five own
/// amounts, or for an amount that is none.
#[must_use]
pub fn amount_above_usual(amount: i64, own: &[i64]) -> Option<f64> {
    let logarithm = |amount: &i64| (*amount > 0).then(|| ln(*amount as f64));
    let mut usual: Vec<f64> = own.iter().filter_map(logarithm).collect();
    if usual.len() < FEWEST_AMOUNTS {
        return None;
    }
    let amount = logarithm(&amount)?;
    let middle = median(&mut usual);
    let mut apart: Vec<f64> = usual.iter().map(|value| (value - middle).abs()).collect();
    let spread = (1.482_6 * median(&mut apart)).max(LEAST_SPREAD);
    Some((amount - middle) / spread)
}

/// The median of what is not empty.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    match (values.get(half.wrapping_sub(1)), values.get(half)) {
        (Some(below), Some(above)) if values.len().is_multiple_of(2) => (below + above) / 2.0,
        (_, Some(middle)) => *middle,
        _ => 0.0,
    }
}

/// Who shares a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Nothing is known of it but how many customers there are.
    Plain,
    /// A service that signs in for its users from a few addresses.
    Aggregator,
}

/// How much two customers have to do with each other who both showed a value that `customers` in
/// all showed: 1 / log₂(customers), so 1 for two and a tenth for a thousand behind a carrier's
/// translator; nothing for one alone, and nothing behind an aggregator.
#[must_use]
pub fn link_weight(customers: u64, sharing: Sharing) -> f64 {
    const LN_2: f64 = std::f64::consts::LN_2;
    match sharing {
        Sharing::Aggregator => 0.0,
        Sharing::Plain if customers < 2 => 0.0,
        Sharing::Plain => (LN_2 / ln(customers as f64)).min(1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::chance::Chance;

    const JAPAN: Span = Span::hours(9);

    #[test]
    fn hours_of_the_week_begin_on_monday() {
        let hour = |text: &str| hour_of_week(Moment::parse_rfc3339(text).unwrap(), JAPAN);
        assert_eq!(hour("2026-11-23T00:00:00+09:00"), 0);
        assert_eq!(hour("2026-11-22T23:59:59+09:00"), 167);
        assert_eq!(hour("2026-11-25T13:30:00+09:00"), 2 * 24 + 13);
        assert_eq!(hour("1969-12-31T09:00:00+09:00"), 2 * 24 + 9);
    }

    fn spot(latitude: f64, longitude: f64, radius_km: f64) -> Option<(Spot, Carriage)> {
        Some((
            Spot::parse(latitude, longitude, radius_km)?,
            Carriage::Ground,
        ))
    }

    #[test]
    fn speeds_are_those_of_a_map() {
        // Haneda to London Heathrow: 9,590 km by published great-circle tables.
        let (tokyo, london) = (
            spot(35.552_3, 139.779_7, 0.0),
            spot(51.470_6, -0.461_9, 0.0),
        );
        let Travel::Speed(speed) = travel(tokyo, london, Span::hours(10)) else {
            panic!("unknown")
        };
        assert!((speed - 959.0).abs() < 10.0, "{speed}");
        let near = travel(spot(35.6, 139.7, 50.0), spot(35.4, 139.4, 20.0), Span(0));
        assert_eq!(near, Travel::Speed(0.0));
        let plane = london.map(|(spot, _)| (spot, Carriage::InFlight));
        assert_eq!(travel(tokyo, plane, Span(0)), Travel::Exempt);
        assert_eq!(travel(tokyo, None, Span(0)), Travel::Unknown);
        assert_eq!(Spot::parse(91.0, 0.0, 0.0), None);
        assert_eq!(Spot::parse(0.0, f64::NAN, 0.0), None);
    }

    #[test]
    fn distances_are_distances() {
        let mut chance = Chance::new(1);
        let mut any = || {
            let (north, east) = (chance.unit() * 180.0 - 90.0, chance.unit() * 360.0 - 180.0);
            Spot::parse(north, east, 0.0).unwrap()
        };
        for _ in 0..2_000 {
            let (a, b, c) = (any(), any(), any());
            let direct = a.kilometres(&b);
            assert!((0.0..=20_016.0).contains(&direct), "{direct}");
            assert!((direct - b.kilometres(&a)).abs() < 1e-9);
            assert!(direct <= a.kilometres(&c) + c.kilometres(&b) + 1e-6);
            assert!(a.kilometres(&a) < 1e-9);
        }
    }

    #[test]
    fn wider_radii_and_longer_times_are_never_faster() {
        let mut chance = Chance::new(2);
        let speed = |radius: f64, minutes: i64| {
            let far = spot(51.0, 0.0, radius);
            match travel(spot(35.0, 139.0, 10.0), far, Span::minutes(minutes)) {
                Travel::Speed(speed) => speed,
                other => panic!("{other:?}"),
            }
        };
        for _ in 0..500 {
            let radius = chance.unit() * 10_000.0;
            let minutes = chance.below(5_000) as i64;
            assert!(speed(radius + 100.0, minutes) <= speed(radius, minutes));
            assert!(speed(radius, minutes + 30) <= speed(radius, minutes));
        }
    }

    #[test]
    fn amounts_are_judged_by_their_order_of_magnitude() {
        let own = [10_000, 12_000, 9_000, 30_000, 11_000];
        assert_eq!(amount_above_usual(10_000, &own[..4]), None);
        assert_eq!(amount_above_usual(0, &own), None);
        let usual = amount_above_usual(11_000, &own).unwrap();
        assert_eq!(usual, 0.0);
        let large = amount_above_usual(3_000_000, &own).unwrap();
        assert!(large > 20.0, "{large}");
        // One theft among the own amounts does not make the next one usual.
        let robbed = [10_000, 12_000, 9_000, 30_000, 11_000, 3_000_000];
        assert!(amount_above_usual(3_000_000, &robbed).unwrap() > 10.0);
        let same = [50_000; 9];
        assert_eq!(amount_above_usual(50_000, &same), Some(0.0));
        assert!(amount_above_usual(60_000, &same).unwrap() < 1.01);
        let mut before = f64::NEG_INFINITY;
        for amount in (1..200).map(|step| step * 5_000) {
            let now = amount_above_usual(amount, &own).unwrap();
            assert!(now > before, "{amount}");
            before = now;
        }
    }

    #[test]
    fn the_more_share_a_value_the_less_it_says() {
        assert_eq!(link_weight(1, Sharing::Plain), 0.0);
        assert_eq!(link_weight(2, Sharing::Plain), 1.0);
        assert!((link_weight(1_024, Sharing::Plain) - 0.1).abs() < 1e-12);
        let mut before = 1.0;
        for customers in 2..5_000 {
            let now = link_weight(customers, Sharing::Plain);
            assert!(now > 0.0 && now <= before);
            before = now;
        }
        assert_eq!(link_weight(3, Sharing::Aggregator), 0.0);
    }

    #[test]
    fn hours_since_a_change_are_whole_and_never_below_zero() {
        let now = Moment::from_unix_seconds(100_000);
        assert_eq!(hours_since(None, now), None);
        assert_eq!(
            hours_since(Some(now.minus(Span::minutes(150))), now),
            Some(2)
        );
        assert_eq!(hours_since(Some(now.plus(Span::hours(1))), now), Some(0));
    }
}
