//! The family of the program a customer uses: browser and system, without versions.
//!
//! Versions change every few weeks and would make a known customer look new (`RBA` data set, 5.3 %
//! impossible dates among versions), so only the family is kept.
//!
//! **Invariant:** the family is one of a fixed list, whatever the header contained.

/// Browser family and operating system family, for instance `chrome/windows`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientFamily {
    browser: &'static str,
    system: &'static str,
}

/// Tokens in the order in which they decide: the more special one first.
const BROWSERS: &[(&str, &str)] = &[
    ("bot", "bot"),
    ("spider", "bot"),
    ("crawl", "bot"),
    ("python", "script"),
    ("curl/", "script"),
    ("wget/", "script"),
    ("okhttp", "app"),
    ("cfnetwork", "app"),
    ("edg", "edge"),
    ("opr/", "opera"),
    ("samsungbrowser", "samsung"),
    ("yjapp", "app"),
    ("line/", "app"),
    ("firefox", "firefox"),
    ("fxios", "firefox"),
    ("crios", "chrome"),
    ("chrome", "chrome"),
    ("chromium", "chrome"),
    ("safari", "safari"),
    ("trident", "explorer"),
    ("msie", "explorer"),
];

const SYSTEMS: &[(&str, &str)] = &[
    ("windows phone", "phone"),
    ("windows", "windows"),
    ("iphone", "iphone"),
    ("ipad", "ipad"),
    ("android", "android"),
    ("mac os x", "mac"),
    ("macintosh", "mac"),
    ("cros", "chromeos"),
    ("linux", "linux"),
    ("x11", "linux"),
];

impl ClientFamily {
    /// The family of a `User-Agent` header; `other/other` for what is not recognised.
    #[must_use]
    pub fn of(user_agent: &str) -> Self {
        let lower = user_agent.to_ascii_lowercase();
        let find = |table: &[(&str, &'static str)]| {
            table
                .iter()
                .find(|(token, _)| lower.contains(token))
                .map_or("other", |(_, name)| *name)
        };
        Self {
            browser: find(BROWSERS),
            system: find(SYSTEMS),
        }
    }

    /// Browser family.
    #[must_use]
    pub const fn browser(&self) -> &'static str {
        self.browser
    }

    /// Operating system family.
    #[must_use]
    pub const fn system(&self) -> &'static str {
        self.system
    }

    /// A number that tells it from other families within one run of the program.
    #[must_use]
    pub(crate) fn code(&self) -> u32 {
        let find = |table: &[(&str, &'static str)], name: &str| {
            let place = table.iter().position(|(_, known)| *known == name);
            place.map_or(0, |place| place as u32 + 1)
        };
        find(BROWSERS, self.browser) << 16 | find(SYSTEMS, self.system)
    }

    /// The family of such a number.
    #[must_use]
    pub(crate) fn from_code(code: u32) -> Self {
        let find = |table: &[(&str, &'static str)], place: u32| {
            let known = table.get((place as usize).wrapping_sub(1));
            known.map_or("other", |(_, name)| *name)
        };
        Self {
            browser: find(BROWSERS, code >> 16),
            system: find(SYSTEMS, code & 0xffff),
        }
    }

    /// Reads the written form back; unknown names become `other`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (browser, system) = text.split_once('/').unwrap_or((text, ""));
        let find = |table: &[(&str, &'static str)], name: &str| {
            table
                .iter()
                .find(|(_, known)| *known == name)
                .map_or("other", |(_, known)| *known)
        };
        Self {
            browser: find(BROWSERS, browser),
            system: find(SYSTEMS, system),
        }
    }
}

impl std::fmt::Display for ClientFamily {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.browser, self.system)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_told_apart_and_written_both_ways() {
        let cases = [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0",
                "edge/windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/18.6 Mobile/15E148 Safari/604.1",
                "safari/iphone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36",
                "chrome/android",
            ),
            ("Mozilla/5.0 (compatible; Googlebot/2.1)", "bot/other"),
            ("", "other/other"),
        ];
        for (header, family) in cases {
            assert_eq!(ClientFamily::of(header).to_string(), family);
            assert_eq!(ClientFamily::parse(family), ClientFamily::of(header));
            let code = ClientFamily::of(header).code();
            assert_eq!(ClientFamily::from_code(code), ClientFamily::of(header));
        }
    }
}
