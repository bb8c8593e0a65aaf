//! The operator's brand: name, logo, colour and the words that say how to reach a person.
//!
//! **Invariant:** whatever colour the operator names, text in it and on it has the contrast of WCAG
//! 2.2 AA.

use sekisho_core::notice::Locale;
use sekisho_core::text::{Line, LineFault};
use serde::Deserialize;

/// Contrast that WCAG 2.2 success criterion 1.4.3 asks for text of ordinary size.
pub const LEAST_CONTRAST: f64 = 4.5;
/// Largest logo, in octets.
const MOST_LOGO: usize = 64 * 1024;
/// The darkest surface of the light scheme and the lightest of the dark one, as in
/// `assets/sekisho.css`.
const LIGHT: Colour = Colour([0xf3, 0xf5, 0xf7]);
const DARK: Colour = Colour([0x20, 0x26, 0x2d]);

/// An sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

impl Colour {
    /// Reads `#rrggbb`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// Relative luminance, WCAG 2.2 definition.
    #[must_use]
    pub fn luminance(self) -> f64 {
        let linear = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    /// Contrast ratio with `other`, 1 to 21, WCAG 2.2 definition.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// The colour nearest to this one on the way to `end` that has enough contrast with `surface`.
    fn readable_on(self, surface: Self, end: Self) -> Self {
        let step = |share: u16| {
            let mix = |place: usize| {
                let (from, to) = (u16::from(self.0[place]), u16::from(end.0[place]));
                u8::try_from((from * (100 - share) + to * share) / 100).unwrap_or(end.0[place])
            };
            Self([mix(0), mix(1), mix(2)])
        };
        (0..=100)
            .map(step)
            .find(|colour| colour.contrast(surface) >= LEAST_CONTRAST)
            .unwrap_or(end)
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// One text in each language of the pages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worded {
    /// English.
    pub en: String,
    /// Japanese.
    pub ja: String,
}

/// What the configuration says of the brand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrandSettings {
    /// The operator's name, first thing on every page.
    pub name: Worded,
    /// How to reach a person: telephone number and hours, in words.
    pub support: Worded,
    /// `#rrggbb` of headings, links and buttons.
    #[serde(default = "plain_colour")]
    pub colour: String,
}

fn plain_colour() -> String {
    "#1f4e79".to_owned()
}

/// Why the settings make no brand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrandFault {
    /// The colour cannot be read.
    #[error("brand.colour must be written as #rrggbb, not {0:?}")]
    Colour(String),
    /// The logo is no SVG drawing, is too large or holds a script.
    #[error("brand.logo must be an SVG drawing of at most 64 KiB without a script")]
    Logo,
    /// A name or a support text cannot be shown.
    #[error("brand.{member} {why}")]
    Text {
        /// Which.
        member: &'static str,
        /// What is wrong.
        why: LineFault,
    },
}

/// The operator's brand, ready for the pages.
#[derive(Clone, Debug)]
pub struct Brand {
    name: [Line<60>; 2],
    support: [Line<200>; 2],
    logo: Option<String>,
    colours: [Colour; 2],
}

const fn place(locale: Locale) -> usize {
    match locale {
        Locale::En => 0,
        Locale::Ja => 1,
    }
}

fn worded<const MOST: usize>(
    member: &'static str,
    text: &Worded,
) -> Result<[Line<MOST>; 2], BrandFault> {
    let line = |text: &str| Line::parse(text).map_err(|why| BrandFault::Text { member, why });
    Ok([line(&text.en)?, line(&text.ja)?])
}

impl Brand {
    /// Checks the settings; `logo` is the text of the SVG file that the configuration names.
    ///
    /// # Errors
    /// Says which setting cannot be used.
    pub fn new(settings: &BrandSettings, logo: Option<String>) -> Result<Self, BrandFault> {
        let colour = Colour::parse(&settings.colour)
            .ok_or_else(|| BrandFault::Colour(settings.colour.clone()))?;
        if logo.as_deref().is_some_and(|svg| !drawing(svg)) {
            return Err(BrandFault::Logo);
        }
        Ok(Self {
            name: worded("name", &settings.name)?,
            support: worded("support", &settings.support)?,
            logo,
            colours: [
                colour.readable_on(LIGHT, Colour([0; 3])),
                colour.readable_on(DARK, Colour([255; 3])),
            ],
        })
    }

    /// The colour of the light scheme.
    #[must_use]
    pub fn colour(&self) -> Colour {
        self.colours[0]
    }

    /// The operator's name.
    #[must_use]
    pub fn name(&self, locale: Locale) -> &str {
        self.name[place(locale)].as_str()
    }

    /// How to reach a person.
    #[must_use]
    pub fn support(&self, locale: Locale) -> &str {
        self.support[place(locale)].as_str()
    }

    /// The SVG drawing, served as an image of its own so that nothing in it can act.
    #[must_use]
    pub fn logo(&self) -> Option<&str> {
        self.logo.as_deref()
    }

    /// The style sheet that carries the colour: readable on light and on dark surfaces.
    #[must_use]
    pub fn style(&self) -> String {
        let [light, dark] = self.colours;
        format!(
            ":root{{--brand:{light}}}\n@media (prefers-color-scheme:dark){{:root{{--brand:{dark}}}}}\n"
        )
    }
}

fn drawing(svg: &str) -> bool {
    let lower = svg.to_ascii_lowercase();
    let text = lower.trim_start_matches('\u{feff}').trim_start();
    svg.len() <= MOST_LOGO
        && (text.starts_with("<svg") || text.starts_with("<?xml") && text.contains("<svg"))
        && !text.contains("<script")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(colour: &str) -> BrandSettings {
        BrandSettings {
            name: Worded {
                en: "Hinode Securities".into(),
                ja: "ひので証券".into(),
            },
            support: Worded {
                en: "0120-000-000 (weekdays 8:00–17:00)".into(),
                ja: "0120-000-000(平日 8:00〜17:00)".into(),
            },
            colour: colour.into(),
        }
    }

    #[test]
    fn contrast_is_that_of_the_standard() {
        let white = Colour([255; 3]);
        assert!((Colour([0; 3]).contrast(white) - 21.0).abs() < 0.001);
        assert!((Colour([0x76; 3]).contrast(white) - 4.54).abs() < 0.01);
    }

    #[test]
    fn every_colour_becomes_readable_on_both_schemes() {
        for colour in [
            "#ffee00", "#000000", "#ffffff", "#bf0000", "#1f4e79", "#7f7f7f",
        ] {
            let brand = Brand::new(&settings(colour), None).unwrap();
            let [light, dark] = brand.colours;
            assert!(light.contrast(LIGHT) >= LEAST_CONTRAST, "{colour} {light}");
            assert!(
                light.contrast(Colour([255; 3])) >= LEAST_CONTRAST,
                "{colour} {light}"
            );
            assert!(dark.contrast(DARK) >= LEAST_CONTRAST, "{colour} {dark}");
            assert!(brand.style().contains(&light.to_string()));
        }
    }

    #[test]
    fn a_readable_colour_is_kept_as_it_is() {
        let brand = Brand::new(&settings("#1f4e79"), None).unwrap();
        assert_eq!(brand.colours[0], Colour([0x1f, 0x4e, 0x79]));
    }

    #[test]
    fn what_cannot_be_shown_is_refused() {
        let fault = |settings: &BrandSettings, logo: Option<&str>| {
            Brand::new(settings, logo.map(str::to_owned)).err()
        };
        let good = settings("#1f4e79");
        assert_eq!(
            fault(&settings("red"), None),
            Some(BrandFault::Colour("red".into()))
        );
        assert_eq!(fault(&good, Some("<html>")), Some(BrandFault::Logo));
        let script = "<svg><SCRIPT>alert(1)</SCRIPT></svg>";
        assert_eq!(fault(&good, Some(script)), Some(BrandFault::Logo));
        assert_eq!(fault(&good, Some("<svg></svg>")), None);
        let mut hidden = good;
        hidden.name.ja = "ひの\u{202e}で".into();
        let why = LineFault::Hidden;
        assert_eq!(
            fault(&hidden, None),
            Some(BrandFault::Text {
                member: "name",
                why
            })
        );
    }
}
