//! As much of HTML as a person without a mouse needs: forms, links, texts, values.
//!
//! It reads what servers of this house write, where every attribute is quoted and every tag closed.
//!
//! **Invariant:** it reads and never guesses: what is not there is `None`.

use std::collections::BTreeMap;

/// A tag that opens.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tag {
    name: String,
    attributes: BTreeMap<String, String>,
    /// Where what follows the tag begins.
    end: usize,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// One input of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// What a password manager would fill in.
    pub autocomplete: String,
}

/// A form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Where it goes, as written.
    pub action: String,
    /// Its inputs.
    pub inputs: Vec<Input>,
}

impl Form {
    /// Whether it has an input with this name or for this autocompletion.
    pub fn has(&self, field: &str) -> bool {
        self.inputs.iter().any(|input| input.is(field))
    }
}

impl Input {
    /// Whether this is its name or its autocompletion.
    pub fn is(&self, field: &str) -> bool {
        self.name == field || self.autocomplete.split(' ').any(|word| word == field)
    }
}

/// Every form of a page.
pub fn forms(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    for tag in tags(html) {
        match (tag.name.as_str(), forms.last_mut()) {
            ("form", _) => forms.push(Form {
                action: tag.get("action").unwrap_or_default().to_owned(),
                inputs: Vec::new(),
            }),
            ("input" | "select", Some(form)) => {
                let Some(name) = tag.get("name") else {
                    continue;
                };
                form.inputs.push(Input {
                    name: name.to_owned(),
                    value: tag.get("value").unwrap_or_default().to_owned(),
                    autocomplete: tag.get("autocomplete").unwrap_or_default().to_owned(),
                });
            }
            _ => {}
        }
    }
    forms
}

/// Where the first link with this text goes.
pub fn link(html: &str, text: &str) -> Option<String> {
    let mut links = tags(html).into_iter().filter(|tag| tag.name == "a");
    let found = links.find(|tag| words(inside(html, tag, "</a>")).contains(text));
    found.and_then(|tag| tag.get("href").map(str::to_owned))
}

/// Where a page goes on to by itself.
pub fn refresh(html: &str) -> Option<String> {
    let refreshes = |tag: &Tag| tag.name == "meta" && tag.get("http-equiv") == Some("refresh");
    let tag = tags(html).into_iter().find(refreshes)?;
    let (seconds, rest) = tag.get("content")?.split_once(';')?;
    let to = rest.trim().strip_prefix("url=")?;
    (seconds.trim() == "0").then(|| to.to_owned())
}

/// The value of the element with this id.
pub fn value(html: &str, id: &str) -> Option<String> {
    let tag = tags(html)
        .into_iter()
        .find(|tag| tag.get("id") == Some(id))?;
    tag.get("value").map(str::to_owned)
}

/// The first value of this attribute.
pub fn attribute(html: &str, name: &str) -> Option<String> {
    tags(html)
        .iter()
        .find_map(|tag| tag.get(name).map(str::to_owned))
}

/// What a person reads of the page's main part.
pub fn main_text(html: &str) -> String {
    let main = tags(html).into_iter().find(|tag| tag.name == "main");
    words(main.map_or(html, |tag| inside(html, &tag, "</main>")))
}

fn inside<'a>(html: &'a str, tag: &Tag, close: &str) -> &'a str {
    let rest = &html[tag.end..];
    rest.split(close).next().unwrap_or_default()
}

/// Text without tags, white space as one blank.
fn words(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
        text.push(' ');
    }
    unescaped(&text)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    for (start, _) in html.match_indices('<') {
        let rest = &html[start + 1..];
        if rest.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && let Some(length) = length(rest)
        {
            tags.push(tag(&rest[..length], start + length + 2));
        }
    }
    tags
}

/// Length of a tag up to its `>`, which may stand within quotes before.
fn length(rest: &str) -> Option<usize> {
    let mut quoted = false;
    rest.char_indices().find_map(|(place, letter)| {
        quoted ^= letter == '"';
        (letter == '>' && !quoted).then_some(place)
    })
}

fn tag(text: &str, end: usize) -> Tag {
    let name = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    let name = name.into_iter().next().unwrap_or_default();
    let mut attributes = BTreeMap::new();
    let mut rest = &text[name.len()..];
    while let Some((before, after)) = rest.split_once("=\"") {
        let Some((value, after)) = after.split_once('"') else {
            break;
        };
        let key = before.split_whitespace().last().unwrap_or_default();
        attributes.insert(key.to_owned(), unescaped(value));
        rest = after;
    }
    Tag {
        name: name.to_ascii_lowercase(),
        attributes,
        end,
    }
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let entity = after.split_once(';').filter(|(name, _)| name.len() <= 6);
        let letter = entity.and_then(|(name, _)| entity_letter(name));
        match (letter, entity) {
            (Some(letter), Some((_, after))) => {
                out.push(letter);
                rest = after;
            }
            _ => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn entity_letter(name: &str) -> Option<char> {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok();
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let code = name.strip_prefix('#')?;
            let found = match code.strip_prefix(['x', 'X']) {
                Some(hex) => number(hex, 16),
                None => number(code, 10),
            };
            char::from_u32(found?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<html><head><meta http-equiv="refresh" content="0; url=/a?b=1&#38;c=2"></head>
        <body><a href="/login" class="b">ログイン</a><main><h1>1 &gt; 0 &amp; more</h1>
        <form method="post" action="/code"><input type="hidden" name="csrf" value="x&quot;y">
        <input id="code" name="code" autocomplete="one-time-code" required></form>
        <data id="cash" value="120">¥120</data></main></body></html>"#;

    #[test]
    fn forms_links_and_values_are_found() {
        let forms = forms(PAGE);
        assert_eq!(forms.len(), 1);
        assert!(forms[0].has("one-time-code") && forms[0].has("code") && !forms[0].has("login"));
        assert_eq!(forms[0].inputs[0].value, "x\"y");
        assert_eq!(link(PAGE, "ログイン").as_deref(), Some("/login"));
        assert_eq!(refresh(PAGE).as_deref(), Some("/a?b=1&c=2"));
        assert_eq!(value(PAGE, "cash").as_deref(), Some("120"));
        assert_eq!(main_text(PAGE), "1 > 0 & more ¥120");
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        for page in ["", "<", "<a", "<a href=\"x", "a & b &unknown; &#xffffffff;"] {
            assert_eq!(link(page, "x"), None);
            assert_eq!(refresh(page), None);
            assert!(forms(page).is_empty());
        }
        assert_eq!(main_text("a & b"), "a & b");
    }
}
