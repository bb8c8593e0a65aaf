//! The cells of one line of CSV (RFC 4180, but for line breaks in cells).
//!
//! **Invariant:** a line gives at most as many cells as were asked for.

/// The cells of a line, `most` at most; a quote that is not closed ends with the line.
pub(super) fn cells(line: &str, most: usize) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let Some(cell) = cells.last_mut() else { break };
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.trim().is_empty() => {
                cell.clear();
                quoted = true;
            }
            ',' if !quoted => {
                if cells.len() == most {
                    break;
                }
                cells.push(String::new());
            }
            other => cell.push(other),
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_parted_at_commas_outside_quotes() {
        assert_eq!(cells("a, b ,c", 9), ["a", "b", "c"]);
        assert_eq!(cells(r#""a, ""b""",c"#, 9), [r#"a, "b""#, "c"]);
        assert_eq!(cells("a,b,c,d", 2), ["a", "b"]);
        assert_eq!(cells("", 2), [""]);
        assert_eq!(cells("\"a,b", 2), ["a,b"]);
    }
}
