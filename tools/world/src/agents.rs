//! User-agent strings: browser families with their releases over time, and what attackers'
//! tools say.
//!
//! **Invariant:** an index into the table always means the same string within one world.

use crate::calendar::days_from_civil;

/// What kind of machine a user agent says it runs on; the words are those of the RBA data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeviceType {
    /// A phone.
    Mobile,
    /// A personal computer.
    Desktop,
    /// A tablet.
    Tablet,
    /// A program without a person before it.
    Bot,
    /// Not to be told from the string.
    Unknown,
}

impl DeviceType {
    /// The word of the RBA data set.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mobile => "mobile",
            Self::Desktop => "desktop",
            Self::Tablet => "tablet",
            Self::Bot => "bot",
            Self::Unknown => "unknown",
        }
    }
}

/// One row of the table of user agents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserAgent {
    /// The whole header.
    pub text: String,
    /// Browser name and version, as in the RBA data set.
    pub browser: String,
    /// Operating system name and version, as in the RBA data set.
    pub system: String,
    /// What it runs on.
    pub device: DeviceType,
}

/// An index into [`World::user_agents`](crate::World::user_agents).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserAgentId(pub u16);

/// A browser on a system; its version follows the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Family {
    IphoneSafari,
    IphoneChrome,
    AndroidChrome,
    AndroidSamsung,
    WindowsChrome,
    WindowsEdge,
    WindowsFirefox,
    MacSafari,
    MacChrome,
    IpadChrome,
    AndroidTablet,
}

const FAMILIES: [Family; 11] = [
    Family::IphoneSafari,
    Family::IphoneChrome,
    Family::AndroidChrome,
    Family::AndroidSamsung,
    Family::WindowsChrome,
    Family::WindowsEdge,
    Family::WindowsFirefox,
    Family::MacSafari,
    Family::MacChrome,
    Family::IpadChrome,
    Family::AndroidTablet,
];

/// Weights among the phones of customers (general knowledge of Japan: iPhone ahead of Android).
pub(crate) const PHONES: [(Family, u32); 4] = [
    (Family::IphoneSafari, 56),
    (Family::IphoneChrome, 6),
    (Family::AndroidChrome, 34),
    (Family::AndroidSamsung, 4),
];
/// Weights among personal computers.
pub(crate) const COMPUTERS: [(Family, u32); 5] = [
    (Family::WindowsChrome, 48),
    (Family::WindowsEdge, 30),
    (Family::WindowsFirefox, 6),
    (Family::MacSafari, 9),
    (Family::MacChrome, 7),
];
/// Weights among tablets.
pub(crate) const TABLETS: [(Family, u32); 2] =
    [(Family::IpadChrome, 60), (Family::AndroidTablet, 40)];

/// Safari's releases: date, Safari version, iOS version as written in the string. From 26.0 on the
/// string keeps iOS 18.6 or 18.7. What follows 26.1 is extrapolated.
const SAFARI: [(i64, u32, u32, &str, &str); 21] = [
    (2023, 9, 18, "17.0", "17_0"),
    (2023, 12, 11, "17.2", "17_2"),
    (2024, 3, 5, "17.4", "17_4"),
    (2024, 5, 13, "17.5", "17_5"),
    (2024, 7, 29, "17.6", "17_6"),
    (2024, 9, 16, "18.0", "18_0"),
    (2024, 10, 28, "18.1", "18_1"),
    (2024, 12, 11, "18.2", "18_2"),
    (2025, 1, 27, "18.3", "18_3"),
    (2025, 3, 31, "18.4", "18_4"),
    (2025, 5, 12, "18.5", "18_5"),
    (2025, 7, 29, "18.6", "18_6"),
    (2025, 9, 15, "26.0", "18_6"),
    (2025, 11, 3, "26.1", "18_7"),
    (2025, 12, 12, "26.2", "18_7"),
    (2026, 2, 9, "26.3", "18_7"),
    (2026, 3, 30, "26.4", "18_7"),
    (2026, 5, 11, "26.5", "18_7"),
    (2026, 7, 27, "26.6", "18_7"),
    (2026, 9, 14, "27.0", "18_7"),
    (2026, 11, 2, "27.1", "18_7"),
];

/// Days between Chrome's and Firefox's major releases, fitted to 2024–2025.
const CHROME_PACE: i64 = 31;
const FIREFOX_PACE: i64 = 29;

/// Strings of attackers' tools and of the aggregators' collectors, which never age.
const TOOLS: [(&str, &str, &str, DeviceType); 10] = [
    (
        "python-requests/2.32.3",
        "Python Requests 2.32",
        "Other",
        DeviceType::Bot,
    ),
    (
        "Go-http-client/1.1",
        "Go-http-client 1.1",
        "Other",
        DeviceType::Bot,
    ),
    ("curl/8.5.0", "curl 8.5.0", "Other", DeviceType::Bot),
    (
        "okhttp/4.12.0",
        "okhttp 4.12.0",
        "Other",
        DeviceType::Unknown,
    ),
    (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
         HeadlessChrome/120.0.0.0 Safari/537.36",
        "HeadlessChrome 120.0.0",
        "Linux",
        DeviceType::Bot,
    ),
    (
        "Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
         Chrome/88.0.4324.150 Safari/537.36",
        "Chrome 88.0.4324",
        "Windows 7",
        DeviceType::Desktop,
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
         Chrome/109.0.0.0 Safari/537.36",
        "Chrome 109.0.0",
        "Windows 10",
        DeviceType::Desktop,
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:115.0) Gecko/20100101 Firefox/115.0",
        "Firefox 115.0",
        "Windows 10",
        DeviceType::Desktop,
    ),
    (
        "AggregatorA-Collector/3.1",
        "AggregatorA 3.1",
        "Other",
        DeviceType::Bot,
    ),
    (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
         Chrome/128.0.0.0 Safari/537.36",
        "Chrome 128.0.0",
        "Linux",
        DeviceType::Desktop,
    ),
];

/// How many of [`TOOLS`] attackers use (the rest are the aggregators').
pub(crate) const ATTACK_TOOLS: u32 = 8;

/// All user agents of one world.
#[derive(Debug, Clone)]
pub(crate) struct Agents {
    rows: Vec<UserAgent>,
    /// First row of each family, and the release that it stands for.
    families: Vec<(u16, i64)>,
}

impl Agents {
    /// `from` and `to` are days since the epoch between which devices were updated.
    pub(crate) fn new(from: i64, to: i64) -> Self {
        let mut rows: Vec<UserAgent> = TOOLS
            .iter()
            .map(|(text, browser, system, device)| UserAgent {
                text: (*text).to_owned(),
                browser: (*browser).to_owned(),
                system: (*system).to_owned(),
                device: *device,
            })
            .collect();
        let mut families = Vec::new();
        for family in FAMILIES {
            let first = release(family, from);
            families.push((rows.len() as u16, first));
            rows.extend((first..=release(family, to)).map(|r| row(family, r)));
        }
        Self { rows, families }
    }

    pub(crate) fn all(&self) -> &[UserAgent] {
        &self.rows
    }

    pub(crate) fn tool(&self, index: u32) -> UserAgentId {
        UserAgentId((index as usize % TOOLS.len()) as u16)
    }

    /// What `family` says when it was last updated on `date` (days since the epoch).
    pub(crate) fn of(&self, family: Family, date: i64) -> UserAgentId {
        let (base, first) = self.families[family as usize];
        let after = (release(family, date) - first).max(0) as u16;
        let end = self
            .families
            .get(family as usize + 1)
            .map_or(self.rows.len() as u16, |f| f.0);
        UserAgentId((base + after).min(end - 1))
    }
}

/// The number of the newest release on `date`.
fn release(family: Family, date: i64) -> i64 {
    match family {
        Family::IphoneSafari | Family::MacSafari => {
            let published =
                |r: &&(i64, u32, u32, &str, &str)| days_from_civil(r.0, r.1, r.2) <= date;
            (SAFARI.iter().take_while(published).count() as i64 - 1).max(0)
        }
        Family::WindowsFirefox => {
            121 + (date - days_from_civil(2023, 12, 19)).div_euclid(FIREFOX_PACE)
        }
        // Samsung Internet 25 came in April 2024 and a release every half a year followed.
        Family::AndroidSamsung => 25 + (date - days_from_civil(2024, 4, 24)).div_euclid(180),
        _ => 120 + (date - days_from_civil(2023, 12, 5)).div_euclid(CHROME_PACE),
    }
    .max(0)
}

const WEBKIT: &str = "AppleWebKit/537.36 (KHTML, like Gecko)";
const APPLE: &str = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
const WINDOWS: &str = "Windows NT 10.0; Win64; x64";
const MAC: &str = "Macintosh; Intel Mac OS X 10_15_7";

fn row(family: Family, r: i64) -> UserAgent {
    let device = match family {
        Family::IphoneSafari
        | Family::IphoneChrome
        | Family::AndroidChrome
        | Family::AndroidSamsung => DeviceType::Mobile,
        Family::IpadChrome | Family::AndroidTablet => DeviceType::Tablet,
        _ => DeviceType::Desktop,
    };
    let (text, browser, system) = match family {
        Family::IphoneSafari | Family::MacSafari => safari(family, r),
        Family::IphoneChrome => chrome_on_ios("iPhone; CPU iPhone OS", r),
        Family::IpadChrome => chrome_on_ios("iPad; CPU OS", r),
        Family::AndroidChrome => chrome_on_android("Mobile ", r),
        Family::AndroidTablet => chrome_on_android("", r),
        Family::AndroidSamsung => samsung(r),
        Family::WindowsFirefox => (
            format!("Mozilla/5.0 ({WINDOWS}; rv:{r}.0) Gecko/20100101 Firefox/{r}.0"),
            format!("Firefox {r}.0"),
            "Windows 10".to_owned(),
        ),
        Family::WindowsEdge => (
            format!("{} Edg/{r}.0.0.0", chrome(WINDOWS, "", r)),
            format!("Edge {r}.0.0"),
            "Windows 10".to_owned(),
        ),
        Family::WindowsChrome => (
            chrome(WINDOWS, "", r),
            format!("Chrome {r}.0.0"),
            "Windows 10".to_owned(),
        ),
        Family::MacChrome => (
            chrome(MAC, "", r),
            format!("Chrome {r}.0.0"),
            "Mac OS X 10.15.7".to_owned(),
        ),
    };
    UserAgent {
        text,
        browser,
        system,
        device,
    }
}

fn chrome(machine: &str, tail: &str, r: i64) -> String {
    format!("Mozilla/5.0 ({machine}) {WEBKIT} Chrome/{r}.0.0.0 {tail}Safari/537.36")
}

fn chrome_on_android(tail: &str, r: i64) -> (String, String, String) {
    let text = chrome("Linux; Android 10; K", tail, r);
    (
        text,
        format!("Chrome Mobile {r}.0.0"),
        "Android 10".to_owned(),
    )
}

fn chrome_on_ios(machine: &str, r: i64) -> (String, String, String) {
    let text = format!(
        "Mozilla/5.0 ({machine} 18_6 like Mac OS X) {APPLE} CriOS/{r}.0.0.0 \
         Mobile/15E148 Safari/604.1"
    );
    (
        text,
        format!("Chrome Mobile iOS {r}.0.0"),
        "iOS 18.6".to_owned(),
    )
}

fn samsung(r: i64) -> (String, String, String) {
    let engine = 121 + (r - 25) * 6;
    let text = format!(
        "Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} SamsungBrowser/{r}.0 \
         Chrome/{engine}.0.0.0 Mobile Safari/537.36"
    );
    (
        text,
        format!("Samsung Internet {r}.0"),
        "Android 10".to_owned(),
    )
}

fn safari(family: Family, r: i64) -> (String, String, String) {
    let (_, _, _, version, ios) = SAFARI[(r as usize).min(SAFARI.len() - 1)];
    if family == Family::MacSafari {
        let text = format!("Mozilla/5.0 ({MAC}) {APPLE} Version/{version} Safari/605.1.15");
        return (
            text,
            format!("Safari {version}"),
            "Mac OS X 10.15.7".to_owned(),
        );
    }
    let text = format!(
        "Mozilla/5.0 (iPhone; CPU iPhone OS {ios} like Mac OS X) {APPLE} \
         Version/{version} Mobile/15E148 Safari/604.1"
    );
    (
        text,
        format!("Mobile Safari {version}"),
        format!("iOS {}", ios.replace('_', ".")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_follow_the_calendar() {
        let from = days_from_civil(2024, 10, 1);
        let to = days_from_civil(2026, 11, 21);
        let agents = Agents::new(from, to);
        let text = |family, y, m, d| {
            let id = agents.of(family, days_from_civil(y, m, d));
            agents.all()[usize::from(id.0)].text.as_str()
        };
        // Firefox 143 (16 September 2025) and Safari 26.0 (15 September 2025) are facts.
        assert!(text(Family::WindowsFirefox, 2025, 10, 1).ends_with("Firefox/143.0"));
        assert!(text(Family::IphoneSafari, 2025, 10, 1).contains("Version/26.0 Mobile/15E148"));
        assert!(text(Family::IphoneSafari, 2025, 9, 1).contains("iPhone OS 18_6 like"));
        let chrome = text(Family::WindowsChrome, 2025, 10, 1);
        assert!(chrome.contains("Chrome/141.0.0.0 Safari"), "{chrome}");
        for (id, agent) in agents.all().iter().enumerate() {
            let same = |other: &UserAgent| other.text == agent.text;
            assert_eq!(
                agents.all().iter().position(same),
                Some(id),
                "{}",
                agent.text
            );
        }
    }
}
