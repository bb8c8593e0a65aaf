//! Maps in MaxMind's format, in the layouts of GeoIP2 and GeoLite2 (City, Country, ASN), DB-IP and
//! IPinfo.
//!
//! **Invariant:** of a record that cannot be read nothing is known; it never stops an attempt.

use std::fmt;
use std::net::IpAddr;

use maxminddb::Reader;
use sekisho_core::context::Country;
use sekisho_core::moment::Moment;
use sekisho_core::places::Circle;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// An opened map.
pub(super) struct Map(Reader<Vec<u8>>);

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Map")
            .field(&self.0.metadata().database_type)
            .finish()
    }
}

/// What one map says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct MapSaid {
    pub system: Option<u32>,
    pub country: Option<Country>,
    pub circle: Option<Circle>,
}

impl Map {
    pub fn read(bytes: Vec<u8>) -> Result<Self, String> {
        Reader::from_source(bytes)
            .map(Self)
            .map_err(|why| why.to_string())
    }

    /// Of how many nodes its tree is.
    pub fn nodes(&self) -> u64 {
        u64::from(self.0.metadata().node_count)
    }

    /// When it was made.
    pub fn built(&self) -> Option<Moment> {
        let seconds = i64::try_from(self.0.metadata().build_epoch).ok()?;
        (seconds > 0).then(|| Moment::from_unix_seconds(seconds))
    }

    pub fn of(&self, address: IpAddr) -> MapSaid {
        let found = self.0.lookup(address).ok();
        let record = found.and_then(|found| found.decode::<Record>().ok().flatten());
        record.map(|record| record.said()).unwrap_or_default()
    }
}

/// Every member that a layout has for what is looked for; the others are passed over.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Record {
    autonomous_system_number: Member,
    /// IPinfo: `AS64496`.
    asn: Member,
    /// GeoIP2 and DB-IP: an object; IPinfo: two letters.
    country: Member,
    country_code: Member,
    /// GeoIP2 and DB-IP.
    location: Member,
    /// Flat layouts, as numbers or as texts.
    latitude: Member,
    longitude: Member,
    lat: Member,
    lng: Member,
    accuracy_radius: Member,
    radius: Member,
}

/// The members of `country` and `location` that are looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Inside {
    iso_code: Plain,
    latitude: Plain,
    longitude: Plain,
    accuracy_radius: Plain,
}

#[derive(Debug, Default)]
enum Plain {
    Number(f64),
    #[default]
    Other,
    Text(String),
}

#[derive(Debug, Default)]
enum Member {
    Inside(Box<Inside>),
    #[default]
    None,
    Plain(Plain),
}

impl Plain {
    fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Other => None,
        }
        .filter(|number| number.is_finite())
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) | Self::Other => None,
        }
    }
}

impl Member {
    const fn inside(&self) -> Option<&Inside> {
        match self {
            Self::Inside(inside) => Some(inside),
            Self::None | Self::Plain(_) => None,
        }
    }

    const fn plain(&self) -> Option<&Plain> {
        match self {
            Self::Plain(plain) => Some(plain),
            Self::None | Self::Inside(_) => None,
        }
    }

    fn number(&self) -> Option<f64> {
        self.plain()?.number()
    }

    fn text(&self) -> Option<&str> {
        self.plain()?.text()
    }
}

impl Record {
    fn said(&self) -> MapSaid {
        MapSaid {
            system: self.system(),
            country: self.country(),
            circle: self.circle(),
        }
    }

    fn system(&self) -> Option<u32> {
        let number = |number: f64| (number > 0.0 && number < 4_294_967_296.0).then_some(number);
        let plain = self.autonomous_system_number.number().and_then(number);
        let written = || self.asn.text()?.strip_prefix("AS")?.parse().ok();
        plain.map(|number| number as u32).or_else(written)
    }

    fn country(&self) -> Option<Country> {
        let inside = self
            .country
            .inside()
            .and_then(|inside| inside.iso_code.text());
        let flat = self.country_code.text().or(self.country.text());
        Country::parse(inside.or(flat)?)
    }

    fn circle(&self) -> Option<Circle> {
        let radius = |said: Option<f64>| {
            let said = said.filter(|radius| (0.0..20_038.0).contains(radius));
            said.map(|radius| radius.ceil() as u32)
        };
        if let Some(inside) = self.location.inside() {
            let (latitude, longitude) = (inside.latitude.number()?, inside.longitude.number()?);
            return Circle::of(latitude, longitude, radius(inside.accuracy_radius.number()));
        }
        let latitude = self.latitude.number().or(self.lat.number())?;
        let longitude = self.longitude.number().or(self.lng.number())?;
        let said = self.accuracy_radius.number().or(self.radius.number());
        Circle::of(latitude, longitude, radius(said))
    }
}

/// Reads whatever stands there.
struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Member, E> {
        Ok(Member::None)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Member, E> {
        Ok(Member::Plain(Plain::Number(number as f64)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Member, E> {
        Ok(Member::Plain(Plain::Number(number as f64)))
    }

    fn visit_u128<E>(self, _: u128) -> Result<Member, E> {
        Ok(Member::None)
    }

    fn visit_f64<E>(self, number: f64) -> Result<Member, E> {
        Ok(Member::Plain(Plain::Number(number)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Member, E> {
        Ok(Member::Plain(Plain::Text(text.to_owned())))
    }

    fn visit_bytes<E>(self, _: &[u8]) -> Result<Member, E> {
        Ok(Member::None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Member, A::Error> {
        while all.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Member::None)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Member, A::Error> {
        let inside = Inside::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Member::Inside(Box::new(inside)))
    }
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

/// As [`Any`], but an object is passed over.
struct Flat;

impl<'de> Visitor<'de> for Flat {
    type Value = Plain;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Plain, E> {
        Ok(Plain::Other)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Plain, E> {
        Ok(Plain::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Plain, E> {
        Ok(Plain::Number(number as f64))
    }

    fn visit_u128<E>(self, _: u128) -> Result<Plain, E> {
        Ok(Plain::Other)
    }

    fn visit_f64<E>(self, number: f64) -> Result<Plain, E> {
        Ok(Plain::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Plain, E> {
        Ok(Plain::Text(text.to_owned()))
    }

    fn visit_bytes<E>(self, _: &[u8]) -> Result<Plain, E> {
        Ok(Plain::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Plain, A::Error> {
        while all.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Plain::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut all: A) -> Result<Plain, A::Error> {
        while all.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Plain::Other)
    }
}

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Flat)
    }
}
