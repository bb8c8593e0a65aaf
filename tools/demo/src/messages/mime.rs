//! The text of a mail: its subject and its first `text/plain` part (RFC 2045, 2046, 2047).
//!
//! Charsets other than UTF-8 and US-ASCII are shown as far as they are UTF-8.
//!
//! **Invariant:** whatever arrives gives some text; nothing is ever refused for its form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How deep parts within parts are looked at.
const DEEPEST: u8 = 4;

/// What a person reads of a mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The decoded subject.
    pub subject: String,
    /// The decoded text.
    pub body: String,
}

/// Reads a whole mail.
pub fn read(mail: &[u8]) -> Text {
    let (head, _) = split(mail);
    Text {
        subject: words(&header(head, "subject").unwrap_or_default()),
        body: plain(mail, DEEPEST).unwrap_or_default(),
    }
}

/// Head and body; they are parted by the first empty line.
fn split(part: &[u8]) -> (&[u8], &[u8]) {
    for ending in [&b"\r\n\r\n"[..], b"\n\n"] {
        let place = part
            .windows(ending.len())
            .position(|window| window == ending);
        if let Some(place) = place {
            return (&part[..place], &part[place + ending.len()..]);
        }
    }
    (part, b"")
}

/// The unfolded value of a header.
fn header(head: &[u8], name: &str) -> Option<String> {
    let head = String::from_utf8_lossy(head).into_owned();
    let mut found: Option<String> = None;
    for line in head.lines() {
        match (&mut found, line.starts_with([' ', '\t'])) {
            (Some(value), true) => {
                value.push(' ');
                value.push_str(line.trim());
            }
            (Some(_), false) => break,
            (None, _) => {
                let value = line.split_once(':');
                found = value
                    .filter(|(key, _)| key.trim().eq_ignore_ascii_case(name))
                    .map(|(_, value)| value.trim().to_owned());
            }
        }
    }
    found
}

/// The text of the first `text/plain` part.
fn plain(part: &[u8], depth: u8) -> Option<String> {
    let (head, body) = split(part);
    let kind = header(head, "content-type").unwrap_or_else(|| "text/plain".to_owned());
    let lower = kind.to_ascii_lowercase();
    if lower.starts_with("multipart/") && depth > 0 {
        let boundary = parameter(&kind, "boundary")?;
        return parts(body, &boundary)
            .into_iter()
            .find_map(|part| plain(part, depth - 1));
    }
    if !lower.starts_with("text/plain") {
        return None;
    }
    let encoding = header(head, "content-transfer-encoding").unwrap_or_default();
    let bytes = match encoding.to_ascii_lowercase().as_str() {
        "base64" => base64(body),
        "quoted-printable" => quoted_printable(body),
        _ => body.to_vec(),
    };
    Some(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))
}

/// A parameter of a `Content-Type`, quoted or not.
fn parameter(value: &str, name: &str) -> Option<String> {
    let pairs = value
        .split(';')
        .skip(1)
        .filter_map(|pair| pair.split_once('='));
    let mut found = pairs.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name));
    found
        .next()
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
}

/// The parts between lines `--boundary`.
fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut begun: Option<usize> = None;
    let mut place = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let bare = line.trim_ascii_end();
        if bare.starts_with(delimiter.as_bytes()) {
            parts.extend(begun.map(|begin| body[begin..place].trim_ascii_end()));
            begun = (!bare.ends_with(b"--")).then_some(place + line.len());
        }
        place += line.len();
    }
    parts
}

fn base64(text: &[u8]) -> Vec<u8> {
    let plain: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    STANDARD.decode(plain).unwrap_or_default()
}

fn hex_pair(pair: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(pair.get(..2)?).ok()?;
    u8::from_str_radix(text, 16).ok()
}

fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'=' {
            out.push(*first);
        } else if let Some(soft) = ["\r\n", "\n"]
            .iter()
            .find_map(|e| after.strip_prefix(e.as_bytes()))
        {
            rest = soft;
        } else if let Some(byte) = hex_pair(after) {
            out.push(byte);
            rest = &after[2..];
        } else {
            out.push(*first);
        }
    }
    out
}

/// Decodes encoded words; white space between two of them is dropped (RFC 2047 section 6.2).
fn words(text: &str) -> String {
    let mut bytes: Vec<u8> = Vec::new();
    let mut gap = String::new();
    let mut encoded_before = false;
    for piece in text.split_inclusive(' ') {
        let bare = piece.trim_end();
        let decoded = word(bare);
        let encoded = decoded.is_some();
        if !(encoded && encoded_before) {
            bytes.extend(gap.bytes());
        }
        bytes.extend(decoded.unwrap_or_else(|| bare.as_bytes().to_vec()));
        piece[bare.len()..].clone_into(&mut gap);
        encoded_before = encoded;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `=?utf-8?b?…?=` or `=?utf-8?q?…?=`.
fn word(text: &str) -> Option<Vec<u8>> {
    let inner = text.strip_prefix("=?")?.strip_suffix("?=")?;
    let (_, inner) = inner.split_once('?')?;
    let (encoding, content) = inner.split_once('?')?;
    match encoding {
        "b" | "B" => Some(base64(content.as_bytes())),
        "q" | "Q" => Some(quoted_printable(content.replace('_', " ").as_bytes())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_encodings_of_a_body_are_read() {
        let base64 = "Subject: a\r\nContent-Transfer-Encoding: base64\r\n\r\n44Kz\r\n44O844OJ\r\n";
        assert_eq!(read(base64.as_bytes()).body, "コード");
        let quoted = "Content-Transfer-Encoding: quoted-printable\r\n\r\n=E3=82=B3=\r\n=E3=83=BC=E3=83=89: 1=3D1\r\n";
        assert_eq!(read(quoted.as_bytes()).body, "コード: 1=1\n");
        assert_eq!(read(b"Subject: x\n\n8bit \xe3\x82\xb3").body, "8bit コ");
    }

    #[test]
    fn a_subject_is_put_together_from_its_words() {
        let mail = "Subject: =?utf-8?b?44CQ44Gy44Gu44Gn?=\r\n =?utf-8?b?6Ki85Yi444CR?= =?utf-8?q?code_=3D1?= and more\r\n\r\n";
        assert_eq!(
            read(mail.as_bytes()).subject,
            "【ひので証券】code =1 and more"
        );
    }

    #[test]
    fn the_plain_part_is_found_among_others() {
        let mail = concat!(
            "Subject: x\r\nContent-Type: multipart/mixed; boundary=\"outer\"\r\n\r\n",
            "preamble\r\n--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n",
            "--inner\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n",
            "--inner\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nyes\r\n--inner--\r\n",
            "--outer--\r\n"
        );
        assert_eq!(read(mail.as_bytes()).body, "yes");
    }

    #[test]
    fn nothing_is_too_broken_to_be_read() {
        for mail in [
            &b""[..],
            b"\r\n\r\n",
            b"Subject: =?utf-8?b?!!?=\r\n\r\nx",
            b"Content-Type: multipart/mixed\r\n\r\n--\r\n",
            b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=",
        ] {
            let _ = read(mail);
        }
    }
}
