//! Migrations are numbered from one without a gap, and each exists for both databases.

use std::collections::BTreeMap;

use crate::source::{Finding, Source};

pub fn numbers(sources: &[Source]) -> Vec<Finding> {
    let mut folders: BTreeMap<&str, Vec<&Source>> = BTreeMap::new();
    for source in sources {
        if source.path.contains("/migrations/") && source.path.ends_with(".sql") {
            let folder = source.path.rsplit_once('/').map_or("", |split| split.0);
            folders.entry(folder).or_default().push(source);
        }
    }
    folders.values().flat_map(|files| gaps(files)).collect()
}

/// `NNNN-name.sql` or `NNNN_name.sql`; for one migration in two dialects, the dialect comes last:
/// `NNNN_name.sqlite.sql` and `NNNN_name.postgres.sql`.
fn gaps(files: &[&Source]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut by_number: BTreeMap<usize, Vec<&Source>> = BTreeMap::new();
    for source in files {
        match number(&source.path) {
            Some(number) => by_number.entry(number).or_default().push(source),
            None => found.push(source.finding(0, "a migration's name begins with its number")),
        }
    }
    for (expected, (number, twins)) in (1..).zip(&by_number) {
        let names: Vec<&str> = twins.iter().map(|twin| stem(&twin.path)).collect();
        let one_name = names.windows(2).all(|pair| pair[0] == pair[1]);
        let dialects = twins.iter().filter(|twin| dialect(&twin.path).is_some());
        if *number != expected {
            found.push(twins[0].finding(0, format!("number {number} where {expected} follows")));
        } else if !one_name || ![0, 2].contains(&dialects.count()) || twins.len() > 2 {
            found.push(twins[0].finding(0, "one number is one migration, in one text or in two"));
        } else if twins.len() == 2 && dialect(&twins[0].path) == dialect(&twins[1].path) {
            found.push(twins[0].finding(0, "the same number twice"));
        }
    }
    found
}

fn file(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

fn number(path: &str) -> Option<usize> {
    file(path).split(['_', '-']).next()?.parse().ok()
}

fn stem(path: &str) -> &str {
    file(path).split('.').next().unwrap_or_default()
}

fn dialect(path: &str) -> Option<&str> {
    let name = file(path);
    ["sqlite", "postgres"]
        .into_iter()
        .find(|dialect| name.ends_with(&format!(".{dialect}.sql")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str]) -> usize {
        let path = |name: &&str| format!("crates/store/migrations/{name}");
        let files: Vec<Source> = names
            .iter()
            .map(|name| Source::new(&path(name), ""))
            .collect();
        numbers(&files).len()
    }

    #[test]
    fn a_gap_and_a_clash_are_found() {
        assert_eq!(of(&["0001_accounts.sql", "0002_devices.sql"]), 0);
        assert_eq!(
            of(&["0001_a.sql", "0002_b.sqlite.sql", "0002_b.postgres.sql"]),
            0
        );
        assert_eq!(of(&["0001_accounts.sql", "0003_devices.sql"]), 1);
        assert_eq!(of(&["0002_devices.sql"]), 1);
        assert_eq!(of(&["0001_a.sql", "0001_b.sql"]), 1);
        assert_eq!(of(&["0001_a.sqlite.sql"]), 1);
        assert_eq!(of(&["first.sql"]), 1);
    }
}
