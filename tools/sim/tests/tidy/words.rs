//! Words: names that say nothing, things left for later, and traces of the machine somebody sat at.

use crate::source::{Finding, Source};

/// Parts of a name that stand in place of a thought.
const EMPTY_PARTS: [&str; 7] = [
    "manager", "service", "helper", "helpers", "util", "utils", "handler",
];
/// Words that are empty as a whole name; as a part of one they may be meant (`common_browser`).
const EMPTY_WHOLES: [&str; 3] = ["common", "misc", "miscellaneous"];

/// Names of things we define and of files. Uses of other people's names are their affair.
pub fn names(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    let file = source.path.rsplit('/').next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    let parts = source.path.split('/').rev().skip(1).chain([stem]);
    for part in parts {
        found.extend(empty_part(part).map(|word| {
            source.finding(0, format!("the path says \"{word}\", which says nothing"))
        }));
    }
    if source.is_rust() {
        found.extend(definitions(source));
    }
    found
}

fn definitions(source: &Source) -> Vec<Finding> {
    let words = source.identifiers();
    let defined = words.windows(2).filter(|pair| {
        let (at, keyword) = pair[0];
        // An indented `type` belongs to a trait that may not be ours.
        let outermost = at == 0 || source.code.as_bytes()[at - 1] == b'\n';
        let between = &source.code[at + keyword.len()..pair[1].0];
        match keyword {
            "struct" | "enum" | "trait" | "union" | "mod" | "fn" => between == " ",
            "type" => between == " " && (outermost || source.code[..at].ends_with("pub ")),
            _ => false,
        }
    });
    let mut found = Vec::new();
    for pair in defined {
        let (at, name) = pair[1];
        if let Some(word) = empty_part(name) {
            found.push(source.finding(at, format!("{name}: \"{word}\" says nothing")));
        }
        if pair[0].1 == "fn" && name.starts_with(concat!("get", "_")) {
            found.push(source.finding(at, format!("{name}: name it after what it returns")));
        }
    }
    found
}

/// What is empty in a snake-case, kebab-case or camel-case name.
fn empty_part(name: &str) -> Option<String> {
    let mut split = String::new();
    for c in name.chars() {
        if c.is_uppercase() {
            split.push('_');
        }
        split.extend(c.to_lowercase());
    }
    let whole = split.trim_start_matches('_');
    let mut parts = split.split(['_', '-']);
    parts
        .find(|part| EMPTY_PARTS.contains(part))
        .or(EMPTY_WHOLES.contains(&whole).then_some(whole))
        .map(str::to_owned)
}

pub fn leftovers(source: &Source) -> Vec<Finding> {
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("HA", "CK"),
    ];
    if is_generated(source) {
        return Vec::new();
    }
    let found = marks.iter().flat_map(|mark| {
        let places = source.text.match_indices(mark);
        places.filter(|(at, _)| stands_alone(&source.text, *at, mark.len()))
    });
    found
        .map(|(at, mark)| source.finding(at, format!("{mark}: file it or do it")))
        .collect()
}

fn stands_alone(text: &str, at: usize, length: usize) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let before = text[..at].chars().next_back();
    let after = text[at + length..].chars().next();
    // Between quotes it is data, such as the currency code for "no currency".
    let quoted = before == Some('"') && after == Some('"');
    !before.is_some_and(word) && !after.is_some_and(word) && !quoted
}

/// Files that a package client writes.
fn is_generated(source: &Source) -> bool {
    source.path.ends_with("Cargo.lock") || source.path.ends_with("package-lock.json")
}

pub fn places(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    let folders = [
        (concat!("/wo", "rk/"), false),
        (concat!("/ro", "ot/"), false),
        (concat!("/tm", "p/"), true),
    ];
    for (folder, tests_may) in folders {
        for (at, _) in source.text.match_indices(folder) {
            let before = source.text[..at].chars().next_back();
            let is_root = !before.is_some_and(|c| c.is_alphanumeric() || ".}*_-$>".contains(c));
            if is_root && !(tests_may && source.in_test(at)) {
                found.push(source.finding(at, format!("{folder} is a path of one machine")));
            }
        }
    }
    if !source.path.ends_with("Cargo.lock") {
        found.extend(hosts(source));
    }
    found
}

fn hosts(source: &Source) -> Vec<Finding> {
    let hosts = [
        concat!("crates", ".io"),
        concat!("registry.npm", "js"),
        concat!("npm", "js.org"),
        concat!("npm", "js.com"),
        concat!("py", "pi.org"),
        concat!("python", "hosted.org"),
        concat!("deb", "ian.org"),
    ];
    let named = hosts
        .iter()
        .flat_map(|host| source.text.match_indices(host));
    let mut found: Vec<Finding> = named
        .map(|(at, host)| source.finding(at, format!("{host} is the host of a registry")))
        .collect();
    let settings = [
        (".npmrc", concat!("regis", "try=")),
        (".cargo/config.toml", concat!("regis", "tr")),
        (".cargo/config.toml", "[source"),
        ("package-lock.json", concat!("\"resol", "ved\": \"http")),
    ];
    for (file, setting) in settings {
        if source.path.ends_with(file)
            && let Some(at) = source.text.find(setting)
        {
            found.push(source.finding(at, "a registry is the machine's choice, not the project's"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_core(text: &str) -> Source {
        Source::new("crates/core/src/a.rs", text)
    }

    #[test]
    fn empty_names_are_found_where_they_are_defined() {
        for text in [
            "struct KeyManager;",
            "pub enum Util { A }",
            "mod helpers;",
            "fn sign_in_handler() {}",
            "pub type Common = u8;",
            concat!("fn get", "_customer() {}"),
        ] {
            assert_eq!(names(&in_core(text)).len(), 1, "{text}");
        }
        for text in [
            "impl tower::Service<Request> for Gate { type Service = X; }",
            "impl Layer for Gate {\n    type Service = X;\n}",
            "fn utilisation() {}",
            "fn forget_customer() {} // fn helper",
            "struct Miscount;",
            "fn common_browser() {}",
        ] {
            assert_eq!(names(&in_core(text)), vec![], "{text}");
        }
    }

    #[test]
    fn empty_names_of_files_and_folders_are_found() {
        for path in [
            "crates/core/src/util.rs",
            "crates/web/src/common/page.rs",
            "docs/misc.md",
        ] {
            assert_eq!(names(&Source::new(path, "")).len(), 1, "{path}");
        }
        assert_eq!(names(&Source::new("crates/core/src/act.rs", "")), vec![]);
    }

    #[test]
    fn leftovers_are_found_in_any_file() {
        for word in [
            concat!("TO", "DO"),
            concat!("FIX", "ME"),
            concat!("XX", "X"),
        ] {
            let text = format!("// {word}: later");
            assert_eq!(leftovers(&in_core(&text)).len(), 1, "{text}");
            assert_eq!(
                leftovers(&Source::new("README.md", &text)).len(),
                1,
                "{text}"
            );
        }
        assert_eq!(leftovers(&in_core(concat!("mktemp a.XX", "XX"))), vec![]);
        assert_eq!(leftovers(&in_core(concat!("code == \"XX", "X\""))), vec![]);
    }

    #[test]
    fn paths_of_machines_are_found() {
        let of = |path: &str, text: &str| places(&Source::new(path, text)).len();
        assert_eq!(of("docs/a.md", concat!("see /wo", "rk/main")), 1);
        assert_eq!(of("docs/a.md", concat!("see /ro", "ot/x")), 1);
        assert_eq!(of("crates/core/src/a.rs", concat!("\"/tm", "p/x\"")), 1);
        assert_eq!(of("crates/core/tests/a.rs", concat!("\"/tm", "p/x\"")), 0);
        assert_eq!(
            of(
                "docs/a.md",
                concat!("the frame/wo", "rk/main and ../wo", "rk/")
            ),
            0
        );
    }

    #[test]
    fn hosts_of_registries_are_found_but_for_cargos_own_lock_file() {
        let of = |path: &str, text: &str| places(&Source::new(path, text)).len();
        let index = concat!("registry+https://github.com/rust-lang/crates", ".io-index");
        assert_eq!(of("Cargo.lock", index), 0);
        assert_eq!(of("docs/a.md", index), 1);
        let resolved = concat!("\"resol", "ved\": \"https://mirror.example/a.tgz\"");
        assert_eq!(of("e2e/package-lock.json", resolved), 1);
        assert_eq!(
            of("e2e/.npmrc", concat!("regis", "try=https://mirror.example")),
            1
        );
        assert_eq!(of(".cargo/config.toml", "[source.here]"), 1);
    }
}
