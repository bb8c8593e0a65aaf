//! How fast a customer would have had to travel from where they last were to where this attempt
//! comes from.
//!
//! The speed is the great-circle distance less both radii over the time between: what it must have
//! been at least, if the files are right. Where they cannot be asked, or what they say is not where
//! the person is, it is not known.
//!
//! **Invariant:** a pure function of what is passed in; whatever is unsure makes the speed lower or
//! unknown, never higher.

use serde::{Deserialize, Serialize};

use crate::context::{Accord, Place};
use crate::known::PreviousKnown;
use crate::moment::{Moment, Span};

/// The shortest time that is reckoned with: two attempts of one second from two lines of one person
/// (a phone and a computer) are apart by nothing that could be called a speed.
const LEAST: Span = Span::minutes(1);

/// How long ago the last place may be. Half way around the earth in this time is slower than a
/// car, and what lies between is bounded by what one customer does in it.
pub const LOOKS_BACK: Span = Span::days(7);

/// What can be said of the way from the last place to this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Travel {
    /// It took so much.
    Took {
        /// The distance less both radii.
        kilometres: i64,
        /// That distance over the time between.
        kilometres_per_hour: i64,
    },
    /// Nothing, for this reason.
    Unknown(Untold),
}

/// Why nothing can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Untold {
    /// One of both is an anonymiser, a rented server or a network that moves.
    Relayed,
    /// Files disagree where one of both is.
    Torn,
    /// No file has coordinates for one of both.
    Unplaced,
}

impl Travel {
    /// From `previous` to `here` until `at`; `None` where neither has a place, so that no file with
    /// coordinates is there.
    #[must_use]
    pub fn of(here: &Place, previous: &PreviousKnown, at: Moment) -> Option<Self> {
        let both = [here, &previous.place];
        let any = |test: fn(&Place) -> bool| both.into_iter().any(test);
        if !any(|place| place.circle.is_some() || place.accord == Accord::Torn) {
            return None;
        }
        if any(|place| place.listed.is_relay()) {
            return Some(Self::Unknown(Untold::Relayed));
        }
        if any(|place| place.accord == Accord::Torn) {
            return Some(Self::Unknown(Untold::Torn));
        }
        let (Some(now), Some(then)) = (here.circle, previous.place.circle) else {
            return Some(Self::Unknown(Untold::Unplaced));
        };
        let kilometres = now.apart(&then);
        let seconds = at.since(previous.at).max(LEAST).as_seconds();
        Some(Self::Took {
            kilometres,
            kilometres_per_hour: kilometres * 3_600 / seconds,
        })
    }

    /// Kilometres, if they can be told.
    #[must_use]
    pub const fn kilometres(&self) -> Option<i64> {
        match self {
            Self::Took { kilometres, .. } => Some(*kilometres),
            Self::Unknown(_) => None,
        }
    }

    /// Kilometres an hour, if they can be told.
    #[must_use]
    pub const fn speed(&self) -> Option<i64> {
        match self {
            Self::Took {
                kilometres_per_hour,
                ..
            } => Some(*kilometres_per_hour),
            Self::Unknown(_) => None,
        }
    }

    /// Why nothing can be told.
    #[must_use]
    pub const fn untold(&self) -> Option<Untold> {
        match self {
            Self::Took { .. } => None,
            Self::Unknown(untold) => Some(*untold),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Address;
    use crate::places::{Circle, Label};

    fn at(latitude: f64, longitude: f64, radius: u32) -> Place {
        Place {
            circle: Circle::of(latitude, longitude, Some(radius)),
            ..Place::default()
        }
    }

    fn before(place: Place, at: i64) -> PreviousKnown {
        PreviousKnown {
            at: Moment::from_unix_seconds(at),
            address: Address::from_bytes([0; 16]),
            place,
        }
    }

    fn of(here: Place, previous: Place, seconds: i64) -> Option<Travel> {
        Travel::of(
            &here,
            &before(previous, 0),
            Moment::from_unix_seconds(seconds),
        )
    }

    #[test]
    fn the_speed_is_what_it_was_at_least() {
        let (tokyo, london) = (at(35.68, 139.77, 20), at(51.51, -0.13, 30));
        let Some(Travel::Took {
            kilometres,
            kilometres_per_hour,
        }) = of(london, tokyo, 7_200)
        else {
            panic!("both places are known");
        };
        assert!((9_450..9_560).contains(&kilometres), "{kilometres}");
        assert_eq!(kilometres_per_hour, kilometres / 2);
        // Larger circles, or more time, never make it faster.
        let wider = of(at(51.51, -0.13, 800), tokyo, 7_200).and_then(|way| way.speed());
        assert!(wider < Some(kilometres_per_hour));
        let later = of(london, tokyo, 7_300).and_then(|way| way.speed());
        assert!(later < Some(kilometres_per_hour));
        // The phone and the computer of one second; a clock that was set back.
        for seconds in [0, 1, 60, -500] {
            let speed = of(london, tokyo, seconds).and_then(|way| way.speed());
            assert_eq!(speed, Some(kilometres * 60));
        }
        assert_eq!(of(tokyo, tokyo, 5).and_then(|way| way.speed()), Some(0));
    }

    #[test]
    fn what_is_unsure_is_not_told() {
        let (tokyo, nowhere) = (at(35.68, 139.77, 20), Place::default());
        let torn = Place {
            accord: Accord::Torn,
            ..Place::default()
        };
        assert_eq!(of(nowhere, nowhere, 60), None);
        let untold = |here, there| of(here, there, 60).and_then(|way| way.untold());
        for (one, why) in [(nowhere, Untold::Unplaced), (torn, Untold::Torn)] {
            assert_eq!(untold(tokyo, one), Some(why));
            assert_eq!(untold(one, tokyo), Some(why));
        }
        for label in [Label::Tor, Label::Vpn, Label::Hosting, Label::Moving] {
            let mut relayed = at(51.51, -0.13, 20);
            relayed.listed = relayed.listed.heard(label, true);
            assert_eq!(untold(tokyo, relayed), Some(Untold::Relayed));
            assert_eq!(untold(relayed, tokyo), Some(Untold::Relayed));
            relayed.listed = Default::default();
            relayed.listed = relayed.listed.heard(label, false).heard(Label::Allow, true);
            assert_eq!(untold(tokyo, relayed), None);
        }
    }

    #[test]
    fn what_was_recorded_is_read_back() {
        let all = [
            Travel::Took {
                kilometres: 9,
                kilometres_per_hour: 1_080,
            },
            Travel::Unknown(Untold::Torn),
        ];
        for way in all {
            let json = serde_json::to_string(&way).unwrap();
            assert_eq!(serde_json::from_str::<Travel>(&json).unwrap(), way);
        }
    }
}
