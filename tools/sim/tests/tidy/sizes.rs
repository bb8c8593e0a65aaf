//! Size: files, functions and lines (DESIGN's rules of the house). A bigger one is a missing type.

use crate::source::{Finding, Source, closing};

/// Lines of a file, and of one that carries its tests or is nothing but tests.
const FILE_LINES: usize = 400;
const FILE_LINES_WITH_TESTS: usize = 600;
/// Lines of code in a function, blank ones and comments not counted, as clippy counts them.
const FUNCTION_LINES: usize = 70;
/// Characters in a line of code.
const LINE_WIDTH: usize = 100;

fn is_code(source: &Source) -> bool {
    let others = [".mjs", ".py", ".sh", ".ts"];
    source.is_rust() || others.iter().any(|end| source.path.ends_with(end))
}

pub fn files(source: &Source) -> Vec<Finding> {
    if !is_code(source) {
        return Vec::new();
    }
    let with_tests = source.is_test_file() || !source.test_ranges.is_empty();
    let limit = if with_tests {
        FILE_LINES_WITH_TESTS
    } else {
        FILE_LINES
    };
    let lines = source.text.lines().count();
    let long = lines > limit;
    let finding = || source.finding(0, format!("{lines} lines, more than {limit}"));
    long.then(finding).into_iter().collect()
}

pub fn functions(source: &Source) -> Vec<Finding> {
    if !source.is_rust() {
        return Vec::new();
    }
    let words = source.identifiers();
    let named = words.windows(2).filter(|pair| pair[0].1 == "fn");
    let long = named.filter_map(|pair| {
        let (at, name) = pair[1];
        let body = body(&source.code, at)?;
        let code = source.code[body.clone()].lines();
        let lines = code.filter(|line| !line.trim().is_empty()).count();
        let text = format!("fn {name} has {lines} lines of code, more than {FUNCTION_LINES}");
        (lines > FUNCTION_LINES).then(|| source.finding(at, text))
    });
    long.collect()
}

/// The body of the function whose name is at `name`, without its braces.
fn body(code: &str, name: usize) -> Option<std::ops::Range<usize>> {
    let mut at = name;
    loop {
        at += code[at..].find(['(', '[', '{', ';'])?;
        match code.as_bytes()[at] {
            b'{' => return Some(at + 1..closing(code, at).saturating_sub(1)),
            b';' => return None,
            _ => at = closing(code, at),
        }
    }
}

pub fn lines(source: &Source) -> Vec<Finding> {
    if !is_code(source) {
        return Vec::new();
    }
    let mut at = 0;
    let mut found = Vec::new();
    for line in source.text.split_inclusive('\n') {
        let width = line.trim_end_matches('\n').chars().count();
        if width > LINE_WIDTH && !holds_a_text(line, &source.code[at..at + line.len()]) {
            found.push(source.finding(at, format!("{width} characters, more than {LINE_WIDTH}")));
        }
        at += line.len();
    }
    found
}

/// Whether a line is wide for a text that is better not broken, with little code around it.
fn holds_a_text(line: &str, code: &str) -> bool {
    let comment = line.trim_start().starts_with("//") || line.contains(" // ");
    let around: usize = code
        .split_whitespace()
        .map(|word| word.chars().count() + 1)
        .sum();
    !comment && line.trim() != code.trim() && around <= LINE_WIDTH / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_found() {
        let long = |path: &str, lines: usize| files(&Source::new(path, &"x\n".repeat(lines)));
        assert_eq!(long("crates/core/src/a.rs", 400).len(), 0);
        assert_eq!(long("crates/core/src/a.rs", 401).len(), 1);
        assert_eq!(long("crates/core/tests/a.rs", 600).len(), 0);
        assert_eq!(long("crates/core/tests/a.rs", 601).len(), 1);
        let with_tests = format!("#[cfg(test)]\nmod tests {{}}\n{}", "x\n".repeat(598));
        assert_eq!(
            files(&Source::new("crates/core/src/a.rs", &with_tests)).len(),
            0
        );
        let more = format!("{with_tests}x\n");
        assert_eq!(files(&Source::new("crates/core/src/a.rs", &more)).len(), 1);
    }

    #[test]
    fn a_long_function_is_found_and_a_declaration_is_not() {
        let of = |lines: usize| {
            let body = "    x;\n\n    // why }\n".repeat(lines);
            let text =
                format!("trait T {{\n    fn d(x: [u8; 4]);\n}}\nfn f(x: [u8; 4]) {{\n{body}}}\n");
            functions(&Source::new("crates/core/src/a.rs", &text))
        };
        assert_eq!(of(70), vec![]);
        assert_eq!(of(71).len(), 1);
        assert_eq!(of(71)[0].line, 4);
    }

    #[test]
    fn a_wide_line_is_found_by_its_characters() {
        let of = |text: &str| lines(&Source::new("crates/core/src/a.rs", text));
        assert_eq!(of(&format!("ok\n{}\n", "関".repeat(100))), vec![]);
        assert_eq!(of(&format!("ok\n{}\n", "関".repeat(101)))[0].line, 2);
        assert_eq!(of(&format!("/// {}\n", "関".repeat(101))).len(), 1);
        assert_eq!(of(&format!("f(\"{}\");\n", "関".repeat(101))), vec![]);
        assert_eq!(of(&format!("f(\"\", {});\n", "関".repeat(101))).len(), 1);
        assert_eq!(of(&format!("f(); // \"{}\"\n", "関".repeat(101))).len(), 1);
    }
}
