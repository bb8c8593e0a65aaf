//! Brings a database to the version that this binary needs, from texts written once for both
//! databases.
//!
//! A text may use `{int}`, `{bytes}`, and after a table's closing bracket `{rows}` (a table with a
//! hidden row number, for what is appended) or `{keyed}` (rows stored in the order of the primary
//! key).
//!
//! **Invariant:** a migration that ran on a database is never run there again, nor may its text
//! change.

use crate::fault::MigrationFault;

/// One step of the schema.
pub(crate) struct Migration {
    /// Counted from 1, without gaps.
    pub version: i64,
    pub name: &'static str,
    pub text: &'static str,
}

/// Makes the record of migrations; runs before every migration and changes nothing when it is
/// there.
const RECORD: &str = "CREATE TABLE IF NOT EXISTS migration (
    version {int} NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum {int} NOT NULL){keyed};";

pub(crate) const RECORDED: &str = "SELECT version, checksum FROM migration ORDER BY version";
pub(crate) const REMEMBER: &str =
    "INSERT INTO migration (version, name, checksum) VALUES (?1, ?2, ?3)";

/// Which database a text is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// The text as this database wants it.
    pub fn render(self, text: &str) -> String {
        let words = match self {
            Dialect::Sqlite => ["INTEGER", "BLOB", " STRICT", " STRICT, WITHOUT ROWID"],
            Dialect::Postgres => ["BIGINT", "BYTEA", "", ""],
        };
        let tokens = ["{int}", "{bytes}", "{rows}", "{keyed}"];
        let pairs = tokens.iter().zip(words);
        pairs.fold(text.to_owned(), |text, (token, word)| {
            text.replace(token, word)
        })
    }

    pub fn record(self) -> String {
        self.render(RECORD)
    }
}

impl Migration {
    /// FNV-1a over the text as written. It tells an edit from no edit; it is no protection from an
    /// attacker, who could as well edit the record.
    pub fn checksum(&self) -> i64 {
        let hash = self
            .text
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        hash.cast_signed()
    }
}

/// Tells apart what two builds make of an empty database: a checksum over all migrations.
#[must_use]
pub fn fingerprint() -> u64 {
    let checksums = crate::migrations::ALL.iter().map(Migration::checksum);
    checksums.fold(0, |all, one| {
        all.wrapping_mul(0x0100_0000_01b3) ^ one.cast_unsigned()
    })
}

/// The migrations that have not run, given the record (version, checksum) in order of version.
pub(crate) fn pending(
    migrations: &'static [Migration],
    recorded: &[(i64, i64)],
) -> Result<&'static [Migration], MigrationFault> {
    let known = migrations.last().map_or(0, |newest| newest.version);
    let found = recorded.last().map_or(0, |(version, _)| *version);
    if found > known {
        return Err(MigrationFault::Newer { found, known });
    }
    for (migration, (version, checksum)) in migrations.iter().zip(recorded) {
        if migration.version != *version || migration.checksum() != *checksum {
            return Err(MigrationFault::Altered {
                version: *version,
                name: migration.name,
            });
        }
    }
    Ok(migrations.get(recorded.len()..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    static TWO: [Migration; 2] = [
        Migration {
            version: 1,
            name: "first",
            text: "CREATE TABLE a (x {int}){keyed};",
        },
        Migration {
            version: 2,
            name: "second",
            text: "CREATE TABLE b (x {bytes}){rows};",
        },
    ];

    #[test]
    fn renders_each_dialect() {
        let sqlite = Dialect::Sqlite.render(TWO[0].text);
        assert_eq!(sqlite, "CREATE TABLE a (x INTEGER) STRICT, WITHOUT ROWID;");
        let postgres = Dialect::Postgres.render(TWO[1].text);
        assert_eq!(postgres, "CREATE TABLE b (x BYTEA);");
    }

    #[test]
    fn tells_what_is_left_and_what_must_not_go_on() {
        let first = (1, TWO[0].checksum());
        let second = (2, TWO[1].checksum());
        assert_eq!(pending(&TWO, &[]).unwrap().len(), 2);
        assert_eq!(pending(&TWO, &[first]).unwrap()[0].version, 2);
        assert!(pending(&TWO, &[first, second]).unwrap().is_empty());
        let newer = pending(&TWO, &[first, second, (3, 0)])
            .map(|_| ())
            .unwrap_err();
        assert_eq!(newer, MigrationFault::Newer { found: 3, known: 2 });
        let altered = pending(&TWO, &[(1, 0)]).map(|_| ()).unwrap_err();
        assert_eq!(
            altered,
            MigrationFault::Altered {
                version: 1,
                name: "first"
            }
        );
    }
}
