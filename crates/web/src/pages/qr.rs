//! A QR code (ISO/IEC 18004) as the path of a drawing, so that a phone reads from a screen what
//! would have to be typed.
//!
//! **Invariant:** it is part of the page that shows the text, and is neither fetched nor kept apart
//! from it.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the code (ISO/IEC 18004 section 5.3.8: four).
const QUIET: usize = 4;

/// What a page draws: dark squares on a light ground, whatever the colours of the page, since
/// readers take inverted codes badly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    /// Modules on each side, the quiet zone included.
    pub side: usize,
    /// The dark ones as the data of a path, in units of a module.
    pub path: String,
}

impl Qr {
    /// The code of `text`, of which 15 % may be illegible (level M); `None` when the text is too
    /// long for one.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let colors = code.to_colors();
        let mut path = String::new();
        for (row, line) in colors.chunks_exact(width).enumerate() {
            let mut column = 0;
            for run in line.chunk_by(|one, next| one == next) {
                if run[0] == Color::Dark {
                    let (x, y) = (column + QUIET, row + QUIET);
                    let _ = write!(path, "M{x} {y}h{length}v1h-{length}z", length = run.len());
                }
                column += run.len();
            }
        }
        Some(Self {
            side: width + 2 * QUIET,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modules that `path` draws, row by row.
    fn drawn(qr: &Qr) -> Vec<Vec<bool>> {
        let mut modules = vec![vec![false; qr.side]; qr.side];
        for run in qr.path.split_terminator('z') {
            let numbers: Vec<usize> = run
                .split(['M', ' ', 'h', 'v', '-'])
                .filter_map(|part| part.parse().ok())
                .collect();
            let [x, y, length, 1, back] = numbers[..] else {
                panic!("{run}")
            };
            assert_eq!(length, back);
            modules[y][x..x + length].fill(true);
        }
        modules
    }

    #[test]
    fn what_is_drawn_is_the_code_within_its_quiet_zone() {
        let text = "otpauth://totp/Hinode:taro?secret=JBSWY3DPEHPK3PXP&issuer=Hinode";
        let qr = Qr::of(text).unwrap();
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let modules = drawn(&qr);
        for (y, row) in modules.iter().enumerate() {
            for (x, dark) in row.iter().enumerate() {
                let inside = |at: usize| (QUIET..qr.side - QUIET).contains(&at);
                let wanted = inside(x) && inside(y) && code[(x - QUIET, y - QUIET)] == Color::Dark;
                assert_eq!(*dark, wanted, "{x} {y}");
            }
        }
    }

    #[test]
    fn what_is_too_long_has_none() {
        assert_eq!(Qr::of(&"x".repeat(4000)), None);
    }
}
