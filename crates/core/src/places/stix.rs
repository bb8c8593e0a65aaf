//! Threat indicators as a STIX 2.1 bundle, or what a TAXII server answers: one object with a member
//! `objects`.
//!
//! **Invariant:** objects are read one by one and only what is needed of them is kept, so a file
//! takes no more memory than it has bytes; what is no indicator of addresses is counted.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::indicators::{Building, Indicator, IndicatorFault};
use super::loose::Loose;
use super::pattern::named;
use super::source::Source;
use crate::moment::Moment;

/// What is read of any object.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Object {
    r#type: Loose,
    id: Loose,
    name: Loose,
    pattern: Loose,
    pattern_type: Loose,
    valid_from: Loose,
    valid_until: Loose,
    revoked: Loose,
    created_by_ref: Loose,
}

/// An object, which is never written as a list of its members.
struct Member(Object);

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct One;

        impl<'de> Visitor<'de> for One {
            type Value = Member;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Member, A::Error> {
                Object::deserialize(MapAccessDeserializer::new(map)).map(Member)
            }
        }

        deserializer.deserialize_map(One)
    }
}

/// The whole file.
#[derive(Deserialize)]
struct Bundle {
    objects: Objects,
}

/// What was found in `objects`.
#[derive(Default)]
struct Objects {
    building: Building,
    /// Who made what was found: places among `makers`.
    made_by: Vec<Option<u32>>,
    makers: HashMap<String, u32>,
    identities: HashMap<u32, Source>,
    full: bool,
}

impl Objects {
    fn maker(&mut self, reference: &str) -> u32 {
        let next = u32::try_from(self.makers.len()).unwrap_or(u32::MAX);
        *self.makers.entry(reference.to_owned()).or_insert(next)
    }

    fn add(&mut self, object: &Object) {
        match object.r#type.text() {
            Some("indicator") => self.indicator(object),
            Some("identity") => {
                if let (Some(id), Some(name)) = (object.id.text(), object.name.text()) {
                    let maker = self.maker(id);
                    self.identities
                        .extend(Source::of(name).map(|name| (maker, name)));
                }
            }
            _ => self.building.counts.other += 1,
        }
    }

    fn indicator(&mut self, object: &Object) {
        let counts = &mut self.building.counts;
        if object.revoked == Loose::Flag(true) {
            counts.revoked += 1;
            return;
        }
        let of_stix = object.pattern_type.text().is_none_or(|kind| kind == "stix");
        let networks = object.pattern.text().filter(|_| of_stix).and_then(named);
        let moment = |member: &Loose| match member {
            Loose::Other => Some(None),
            said => said.text().and_then(Moment::parse_rfc3339).map(Some),
        };
        let (Some(networks), Some(from), Some(until)) = (
            networks,
            moment(&object.valid_from),
            moment(&object.valid_until),
        ) else {
            counts.unknown += 1;
            return;
        };
        let maker = object.created_by_ref.text().map(|text| self.maker(text));
        for network in networks {
            let indicator = Indicator {
                network,
                from,
                until,
                source: object.name.text().and_then(Source::of),
            };
            self.full |= self.building.add(indicator).is_err();
            self.made_by.push(maker);
        }
    }
}

impl<'de> Deserialize<'de> for Objects {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;

        impl<'de> Visitor<'de> for Each {
            type Value = Objects;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of objects")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Objects, A::Error> {
                let mut objects = Objects::default();
                while let Some(Member(object)) = all.next_element()? {
                    objects.add(&object);
                    if objects.full {
                        return Err(A::Error::custom("more networks than are taken"));
                    }
                }
                Ok(objects)
            }
        }

        deserializer.deserialize_seq(Each)
    }
}

/// Reads a bundle; what has no name of its own is called `fallback`.
pub(super) fn read(text: &str, fallback: Option<Source>) -> Result<Building, IndicatorFault> {
    let read: Bundle = serde_json::from_str(text).map_err(|why| IndicatorFault::NoBundle {
        line: why.line(),
        why: match why.classify() {
            serde_json::error::Category::Data => "it is not as a bundle is written",
            _ => "it is no JSON",
        },
    })?;
    let Objects {
        mut building,
        made_by,
        identities,
        ..
    } = read.objects;
    for (indicator, maker) in building.all.iter_mut().zip(made_by) {
        let maker = maker.and_then(|maker| identities.get(&maker)).copied();
        indicator.source = joined(maker.or(fallback), indicator.source);
    }
    Ok(building)
}

/// `who: what`.
pub(super) fn joined(who: Option<Source>, what: Option<Source>) -> Option<Source> {
    match (who, what) {
        (Some(who), Some(what)) => Source::of(&format!("{who}: {what}")),
        (who, what) => who.or(what),
    }
}
