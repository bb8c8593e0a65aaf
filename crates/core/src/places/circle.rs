//! Where an address is thought to be: a point, and how far from it the line may really be.
//!
//! **Invariant:** whole numbers, so that what is compared is the same everywhere; a circle that
//! stands for several holds all of them.

use serde::{Deserialize, Serialize};

/// The mean radius of the Earth in kilometres (IUGG; Moritz 2000, R1).
const EARTH: f64 = 6_371.008_8;
/// Parts of a degree that are kept: 0.0001° is about 11 m, far below any radius.
const PARTS: f64 = 10_000.0;

/// A point on the Earth and a radius.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circle {
    /// Ten thousandths of a degree, north positive.
    latitude: i32,
    /// Ten thousandths of a degree, east positive.
    longitude: i32,
    /// Kilometres.
    radius: u32,
}

impl Circle {
    /// The radius of a place whose file names none, in kilometres: wide enough for a neighbouring
    /// city (docs/decisions/0036).
    pub const UNSAID: u32 = 200;

    /// From degrees and kilometres. `None` for what is no place on the Earth, and for 0° 0°, which
    /// some files write where they know nothing.
    #[must_use]
    pub fn of(latitude: f64, longitude: f64, radius: Option<u32>) -> Option<Self> {
        let inside = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        let nowhere = latitude == 0.0 && longitude == 0.0;
        (inside && !nowhere).then(|| Self {
            latitude: (latitude * PARTS).round() as i32,
            longitude: (longitude * PARTS).round() as i32,
            radius: radius.filter(|radius| *radius > 0).unwrap_or(Self::UNSAID),
        })
    }

    /// Degrees north and east, and kilometres.
    #[must_use]
    pub fn degrees(&self) -> (f64, f64, u32) {
        let of = |parts: i32| f64::from(parts) / PARTS;
        (of(self.latitude), of(self.longitude), self.radius)
    }

    /// The great-circle distance between the centres in kilometres (haversine).
    fn between(&self, other: &Self) -> f64 {
        let (north, east, _) = self.degrees();
        let (there_north, there_east, _) = other.degrees();
        let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
        let narrowing = north.to_radians().cos() * there_north.to_radians().cos();
        let chord = half(north, there_north) + narrowing * half(east, there_east);
        2.0 * EARTH * chord.sqrt().min(1.0).asin()
    }

    /// How far apart two lines are at least, in whole kilometres: the distance less both radii.
    #[must_use]
    pub fn apart(&self, other: &Self) -> i64 {
        let radii = f64::from(self.radius) + f64::from(other.radius);
        (self.between(other) - radii).max(0.0).floor() as i64
    }

    /// A circle that holds both; `None` where they have nothing in common, so that one of them is
    /// wrong.
    #[must_use]
    pub fn agreed(self, other: Self) -> Option<Self> {
        let between = self.between(&other);
        if between > f64::from(self.radius) + f64::from(other.radius) {
            return None;
        }
        let reach = between.ceil() as u32 + other.radius;
        Some(Self {
            radius: self.radius.max(reach),
            ..self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(latitude: f64, longitude: f64, radius: u32) -> Circle {
        Circle::of(latitude, longitude, Some(radius)).unwrap()
    }

    /// Distances between airports as published by others, to half a percent, which is what an
    /// Earth that is no sphere makes of it.
    #[test]
    fn distances_are_those_of_the_earth() {
        let known = [
            ((35.5523, 139.7797), (34.4347, 135.2440), 431),
            ((35.7647, 140.3864), (51.4706, -0.4619), 9_593),
            ((-33.9461, 151.1772), (40.6398, -73.7789), 16_014),
            ((64.13, -21.94), (64.13, -21.94), 0),
        ];
        for (from, to, kilometres) in known {
            let (from, to) = (at(from.0, from.1, 1), at(to.0, to.1, 1));
            let found = from.apart(&to);
            let off = (found - (kilometres - 2).max(0)).abs();
            assert!(off * 200 <= kilometres.max(200), "{found} {kilometres}");
            assert_eq!(found, to.apart(&from));
        }
        // Half around the world, where a sine beyond one would be no number.
        assert_eq!(at(10.0, 10.0, 1).apart(&at(-10.0, -170.0, 1)), 20_013);
    }

    #[test]
    fn both_radii_are_taken_off() {
        let (tokyo, osaka) = (at(35.68, 139.77, 100), at(34.69, 135.50, 250));
        let (near, far) = (at(35.68, 139.77, 1), at(34.69, 135.50, 1));
        assert_eq!(near.apart(&far) - tokyo.apart(&osaka), 348);
        assert_eq!(at(35.68, 139.77, 300).apart(&osaka), 0);
    }

    #[test]
    fn what_is_no_place_is_none() {
        for (latitude, longitude) in [(0.0, 0.0), (91.0, 1.0), (1.0, 181.0), (f64::NAN, 1.0)] {
            assert_eq!(Circle::of(latitude, longitude, None), None);
        }
        let unsaid = Circle::of(1.0, 1.0, Some(0)).unwrap();
        assert_eq!(unsaid.degrees().2, Circle::UNSAID);
    }

    #[test]
    fn files_that_agree_make_a_circle_that_holds_both() {
        let (one, other) = (at(35.68, 139.77, 50), at(35.44, 139.64, 20));
        let both = one.agreed(other).unwrap();
        let far = at(34.69, 135.50, 1);
        assert!(both.apart(&far) <= one.apart(&far));
        assert!(both.apart(&far) <= other.apart(&far));
        assert_eq!(one.agreed(far), None);
    }
}
