//! Files as the rules see them: the text, and for Rust the same text with comments and literals
//! blanked, so that a brace in a string is no brace and a word in a comment is no name.

use std::fmt;
use std::fs;
use std::ops::Range;
use std::path::Path;

/// One violation, printed as `path:line: what is wrong`.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    pub path: String,
    pub line: usize,
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.text)
    }
}

/// One text file, its path relative to the root and with `/` between its parts.
pub struct Source {
    pub path: String,
    pub text: String,
    /// For Rust: `text` with every comment, string and character literal blanked, byte for byte.
    pub code: String,
    /// Byte ranges under a `#[cfg(test)]`.
    pub test_ranges: Vec<Range<usize>>,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let code = if path.ends_with(".rs") {
            blank(text)
        } else {
            text.to_owned()
        };
        let test_ranges = test_ranges(&code);
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code,
            test_ranges,
        }
    }

    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// The folder of the crate, such as `crates/core`, for files that belong to one.
    pub fn package(&self) -> Option<&str> {
        let end = self.path.match_indices('/').nth(1)?.0;
        let package = &self.path[..end];
        let homes = ["crates/", "tools/", "examples/rust"];
        let ours = homes.iter().any(|home| package.starts_with(home));
        ours.then_some(package)
    }

    /// Whether the whole file is compiled for tests alone.
    pub fn is_test_file(&self) -> bool {
        self.path.contains("/tests/")
            || self.path.contains(".test.")
            || self.path.ends_with("/tests.rs")
            || self.code.starts_with("#![cfg(test)]")
    }

    pub fn in_test(&self, at: usize) -> bool {
        self.is_test_file() || self.test_ranges.iter().any(|range| range.contains(&at))
    }

    pub fn finding(&self, at: usize, text: impl Into<String>) -> Finding {
        let before = self.text.as_bytes().iter().take(at);
        Finding {
            path: self.path.clone(),
            line: 1 + before.filter(|byte| **byte == b'\n').count(),
            text: text.into(),
        }
    }

    /// The words of the code (`[A-Za-z0-9_]+`) and where each begins.
    pub fn identifiers(&self) -> Vec<(usize, &str)> {
        let mut words = Vec::new();
        let mut start = None;
        for (at, byte) in self.code.bytes().chain([b' ']).enumerate() {
            let in_word = byte.is_ascii_alphanumeric() || byte == b'_';
            match (in_word, start) {
                (true, None) => start = Some(at),
                (false, Some(from)) => {
                    words.push((from, &self.code[from..at]));
                    start = None;
                }
                _ => {}
            }
        }
        words
    }
}

/// Every text file of the repository that people write.
pub struct Tree {
    pub sources: Vec<Source>,
}

impl Tree {
    pub fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut sources = Vec::new();
        walk(&root, "", &mut sources);
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        Self { sources }
    }
}

fn walk(root: &Path, folder: &str, sources: &mut Vec<Source>) {
    let entries = fs::read_dir(root.join(folder)).expect("a folder of the repository is readable");
    for entry in entries {
        let entry = entry.expect("an entry of the repository is readable");
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() {
            name.clone()
        } else {
            format!("{folder}/{name}")
        };
        let kind = entry.file_type().expect("an entry has a type");
        if kind.is_dir() {
            let ours = !name.starts_with('.') || name == ".ci" || name == ".cargo";
            if ours && !["target", "node_modules"].contains(&name.as_str()) {
                walk(root, &path, sources);
            }
        } else if kind.is_file()
            && name != ".git" // in a linked work tree this is a file, and git's own
            && let Ok(text) = fs::read_to_string(entry.path())
        {
            sources.push(Source::new(&path, &text));
        }
    }
}

/// Blanks comments and literals, keeping every byte position and line break.
fn blank(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = literal_end(bytes, at);
        if let Some(end) = end {
            for byte in &mut out[at..end] {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            }
            at = end;
        } else if is_word(bytes[at]) {
            while at < bytes.len() && is_word(bytes[at]) {
                at += 1;
            }
        } else {
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Where the comment or literal that begins at `at` ends, if one begins there.
fn literal_end(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..];
    if rest.starts_with(b"//") {
        let line = rest.iter().position(|byte| *byte == b'\n');
        return Some(at + line.unwrap_or(rest.len()));
    }
    if rest.starts_with(b"/*") {
        return Some(at + block_comment(rest));
    }
    let prefix = rest.iter().take_while(|b| b"bcr".contains(b)).count();
    if prefix <= 2 && rest[..prefix].contains(&b'r') {
        let hashes = rest[prefix..].iter().take_while(|b| **b == b'#').count();
        if rest.get(prefix + hashes) == Some(&b'"') {
            let body = prefix + hashes + 1;
            return Some(at + body + raw_string(&rest[body..], hashes));
        }
    }
    let open = usize::from(prefix == 1);
    match rest.get(open) {
        Some(b'"') if prefix <= 1 => Some(at + open + 1 + quoted(&rest[open + 1..], b'"')),
        Some(b'\'') if prefix == 0 || rest[0] == b'b' => {
            let inner = &rest[open + 1..];
            // A quote is a lifetime unless an escape or exactly one character lies before the next.
            let is_char = inner.first() == Some(&b'\\')
                || inner.first().is_some_and(|lead| {
                    let width = match lead {
                        0xF0.. => 4,
                        0xE0.. => 3,
                        0xC0.. => 2,
                        _ => 1,
                    };
                    inner.get(width) == Some(&b'\'')
                });
            is_char.then(|| at + open + 1 + quoted(inner, b'\''))
        }
        _ => None,
    }
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

fn raw_string(body: &[u8], hashes: usize) -> usize {
    let mut close = vec![b'"'];
    close.resize(hashes + 1, b'#');
    let end = body.windows(close.len()).position(|part| part == close);
    end.map_or(body.len(), |end| end + close.len())
}

fn quoted(body: &[u8], quote: u8) -> usize {
    let mut at = 0;
    while at < body.len() && body[at] != quote {
        at += if body[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(body.len())
}

/// The end of the bracket that opens at `open`, one past its closing one.
pub fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return at + 1;
        }
    }
    code.len()
}

fn test_ranges(code: &str) -> Vec<Range<usize>> {
    let mark = "#[cfg(test)]";
    let ends = |at: usize| {
        let after = at + mark.len();
        let stop = code[after..].find(['{', ';']).map(|found| after + found);
        match stop {
            Some(stop) if code.as_bytes()[stop] == b'{' => closing(code, stop),
            Some(stop) => stop + 1,
            None => code.len(),
        }
    };
    let marks = code.match_indices(mark);
    marks.map(|(at, _)| at..ends(at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_comments_are_blanked_in_place() {
        for (text, code) in [
            ("a // {\nb", "a     \nb"),
            ("a /* { /* } */ */ b", "a                 b"),
            (r#"f("{\"{") + 1"#, r"f(      ) + 1"),
            ("f(r#\"{\"{\"#) + 1", "f(        ) + 1"),
            ("f(b\"{\", '{', b'{') + 1", "f(    ,    ,     ) + 1"),
            (r"f('\'', '\u{7b}')", "f(    ,         )"),
            ("f('関')", "f(     )"),
            ("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}"),
            ("bar(rb) + crab", "bar(rb) + crab"),
        ] {
            assert_eq!(blank(text), code, "{text}");
            assert_eq!(blank(text).len(), text.len(), "{text}");
        }
    }

    #[test]
    fn what_is_compiled_for_tests_alone_is_known() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() {}\n}\nfn c() {}\n";
        let source = Source::new("crates/core/src/lib.rs", text);
        let at = |name: &str| text.find(name).expect("planted");
        assert!(!source.in_test(at("fn a")));
        assert!(source.in_test(at("fn b")));
        assert!(!source.in_test(at("fn c")));
        assert!(Source::new("crates/core/tests/x.rs", text).in_test(at("fn c")));
    }

    #[test]
    fn a_finding_names_its_line() {
        let source = Source::new("a.md", "one\ntwo\n");
        assert_eq!(source.finding(4, "two").to_string(), "a.md:2: two");
    }
}
