//! Documents: decision records in one row, links that lead to a file that is there.

use std::collections::BTreeSet;

use crate::source::{Finding, Source};

pub fn decisions(sources: &[Source]) -> Vec<Finding> {
    let records = sources.iter().filter(|source| {
        source.path.starts_with("docs/decisions/") && source.path.ends_with(".md")
    });
    let mut found = Vec::new();
    for (expected, record) in (1_usize..).zip(records) {
        let name = record.path.trim_start_matches("docs/decisions/");
        let number = name
            .split_once('-')
            .and_then(|(digits, _)| digits.parse().ok());
        if number != Some(expected) {
            found.push(record.finding(0, format!("the record {expected:04} should come here")));
        }
    }
    found
}

pub fn links(sources: &[Source]) -> Vec<Finding> {
    let mut present: BTreeSet<&str> = BTreeSet::new();
    for source in sources {
        let folders = source
            .path
            .match_indices('/')
            .map(|(end, _)| &source.path[..end]);
        present.extend(folders.chain([source.path.as_str()]));
    }
    let documents = sources.iter().filter(|source| source.path.ends_with(".md"));
    let mut found = Vec::new();
    for document in documents {
        for (at, target) in targets(&document.text) {
            let path = resolve(&document.path, target);
            if !present.contains(path.as_str()) {
                found.push(document.finding(at, format!("the link {target} leads nowhere")));
            }
        }
    }
    found
}

/// Relative targets of `[text](target)`, without their fragments.
fn targets(text: &str) -> Vec<(usize, &str)> {
    let ends = text.match_indices("](").filter_map(|(at, open)| {
        let rest = &text[at + open.len()..];
        let target = &rest[..rest.find(')')?];
        Some((at, target.split('#').next().unwrap_or_default()))
    });
    ends.filter(|(_, target)| !target.is_empty() && !target.contains(':'))
        .collect()
}

fn resolve(document: &str, target: &str) -> String {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_in_the_records_is_found() {
        let of = |names: &[&str]| {
            let path = |name: &&str| format!("docs/decisions/{name}");
            let files: Vec<Source> = names
                .iter()
                .map(|name| Source::new(&path(name), ""))
                .collect();
            decisions(&files).len()
        };
        assert_eq!(of(&["0001-sql.md", "0002-keys.md"]), 0);
        assert_eq!(of(&["0001-sql.md", "0003-keys.md"]), 1);
        assert_eq!(of(&["0001-a.md", "0001-b.md"]), 1);
    }

    #[test]
    fn a_dead_link_is_found() {
        let of = |link: &str| {
            let page = Source::new("docs/threats.md", &format!("see [it]({link}) there"));
            links(&[
                page,
                Source::new("README.md", ""),
                Source::new("docs/api.md", ""),
            ])
            .len()
        };
        assert_eq!(of("api.md"), 0);
        assert_eq!(of("../README.md#start"), 0);
        assert_eq!(of("../docs"), 0);
        assert_eq!(of("https://example.org/"), 0);
        assert_eq!(of("gone.md"), 1);
        assert_eq!(of("README.md"), 1);
    }
}
