//! What the operator's address files say of an address (MaxMind format: AS number, country).
//!
//! **Invariant:** without a file, or when two files disagree, the answer is "unknown", never a
//! guess.

use std::net::IpAddr;
use std::path::Path;

use maxminddb::Reader;
use sekisho_core::context::{Country, Place};

use crate::fault::Fault;

/// The opened files.
#[derive(Debug, Default)]
pub struct Places(Vec<Reader<Vec<u8>>>);

impl Places {
    /// Reads every file into memory.
    ///
    /// # Errors
    /// [`Fault::Config`] that names the file that cannot be read.
    pub fn open<P: AsRef<Path>>(files: &[P]) -> Result<Self, Fault> {
        let open = |file: &P| {
            Reader::open_readfile(file).map_err(|why| Fault::Config {
                what: format!("address file {}: {why}", file.as_ref().display()),
            })
        };
        files.iter().map(open).collect::<Result<_, _>>().map(Self)
    }

    /// What the files say of `address`.
    #[must_use]
    pub fn of(&self, address: IpAddr) -> Place {
        let mut systems = Agreement::Silent;
        let mut countries = Agreement::Silent;
        for file in &self.0 {
            let Ok(found) = file.lookup(address) else {
                continue;
            };
            let number = |key: &str| found.decode_path::<u32>(&[key.into()]).ok().flatten();
            systems = systems.heard(number("autonomous_system_number"));
            let nested = found
                .decode_path::<String>(&["country".into(), "iso_code".into()])
                .ok()
                .flatten();
            let flat = || {
                found
                    .decode_path::<String>(&["country_code".into()])
                    .ok()
                    .flatten()
            };
            let code = nested.or_else(flat).and_then(|code| Country::parse(&code));
            countries = countries.heard(code);
        }
        Place {
            system: systems.settled(),
            country: countries.settled(),
        }
    }
}

/// What several files say of one thing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Agreement<T> {
    Silent,
    One(T),
    Torn,
}

impl<T: Copy + PartialEq> Agreement<T> {
    fn heard(self, said: Option<T>) -> Self {
        match (self, said) {
            (same, None) => same,
            (Self::Silent, Some(said)) => Self::One(said),
            (Self::One(before), Some(said)) if before == said => self,
            (Self::One(_) | Self::Torn, Some(_)) => Self::Torn,
        }
    }

    fn settled(self) -> Option<T> {
        match self {
            Self::One(said) => Some(said),
            Self::Silent | Self::Torn => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disagreement_is_unknown() {
        let silent = Agreement::<u32>::Silent;
        assert_eq!(
            silent.heard(None).heard(Some(1)).heard(Some(1)).settled(),
            Some(1)
        );
        assert_eq!(
            silent
                .heard(Some(1))
                .heard(Some(2))
                .heard(Some(1))
                .settled(),
            None
        );
        assert_eq!(silent.settled(), None);
        assert_eq!(
            Places::default().of(IpAddr::from([203, 0, 113, 1])),
            Place::default()
        );
    }
}
