//! The folder that a demo lives in: key file, database, and a note of what was done.
//!
//! **Invariant:** only files that a demo made are ever removed, and a folder is used again only
//! when it was filled to the end with the same world.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use secrecy::{ExposeSecret as _, SecretString};
use sekisho_gate::Dice;
use sekisho_seal::{KeyRing, Kid};
use sekisho_world::WorldConfig;
use serde::{Deserialize, Serialize};

use crate::address_file;

const NOTE: &str = "sekisho-demo.json";
/// The secret of the person who watches over the demo's customers.
const SECRET: &str = "staff";
const OURS: [&str; 7] = [
    NOTE,
    SECRET,
    "keys",
    address_file::NAME,
    "sekisho.db",
    "sekisho.db-wal",
    "sekisho.db-shm",
];

/// What a filled folder holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Seed of the world.
    pub seed: u64,
    /// Its customers.
    pub customers: u32,
    /// Its first moment, microseconds since the epoch.
    pub start: i64,
}

impl Note {
    /// The configuration of the world that the folder holds.
    pub fn config(&self) -> WorldConfig {
        WorldConfig::new(self.seed, self.customers, self.start)
    }
}

/// A folder.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Removes a folder of the system's temporary files at the end.
    _passing: Option<tempfile::TempDir>,
}

impl Folder {
    /// The given folder, made if it is absent, or one that goes away with the process.
    pub fn open(given: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = given else {
            let passing = tempfile::Builder::new().prefix("sekisho-demo-").tempdir()?;
            return Ok(Self {
                path: passing.path().to_owned(),
                _passing: Some(passing),
            });
        };
        fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self {
            path: path.to_owned(),
            _passing: None,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The database's address.
    pub fn database(&self) -> String {
        format!("sqlite:{}", self.path.join("sekisho.db").display())
    }

    /// The note, if a demo filled this folder to the end.
    pub fn note(&self) -> anyhow::Result<Option<Note>> {
        let Ok(text) = fs::read_to_string(self.path.join(NOTE)) else {
            return Ok(None);
        };
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// Removes what a demo left that did not come to its end; refuses a folder with other things.
    pub fn clear(&self) -> anyhow::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            if !OURS.iter().any(|ours| *ours == name) {
                bail!(
                    "{} holds {}, which no demo made; name an empty folder",
                    self.path.display(),
                    name.display()
                );
            }
        }
        for name in OURS {
            let path = self.path.join(name);
            if path.exists() {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Marks the folder as filled.
    pub fn finish(&self, note: &Note) -> anyhow::Result<()> {
        write_at_once(&self.path.join(NOTE), &serde_json::to_vec_pretty(note)?)
    }

    /// The secret of the demo's person of the firm, if they were added in this folder.
    pub fn secret(&self) -> Option<String> {
        fs::read_to_string(self.path.join(SECRET)).ok()
    }

    /// Keeps it, for the next time.
    pub fn keep_secret(&self, secret: &str) -> anyhow::Result<()> {
        write_at_once(&self.path.join(SECRET), secret.as_bytes())
    }

    /// The text of the key file, made if it is absent.
    pub fn keys(&self, dice: &Dice) -> anyhow::Result<SecretString> {
        let path = self.path.join("keys");
        if !path.exists() {
            let line = KeyRing::generate_line(&Kid::parse("demo1")?, dice.bytes()?);
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            writeln!(options.open(&path)?, "{}", line.expose_secret())?;
        }
        Ok(fs::read_to_string(path)?.into())
    }
}

/// Writes a file beside its place and renames it, so that nobody ever reads half of it.
pub fn write_at_once(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    fs::write(&beside, content)
        .and_then(|()| fs::rename(&beside, path))
        .with_context(|| format!("cannot write {}", path.display()))
}
