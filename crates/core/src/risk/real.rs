//! Elementary functions made of the four basic operations and the square root, which IEEE 754 fixes
//! to the last bit. Those of the platform may differ in it, and a decision that is taken again
//! elsewhere has to come out the same.
//!
//! **Invariant:** the same argument gives the same bits on every machine.

use std::f64::consts::{LN_2, PI, SQRT_2};

/// The natural logarithm, to within 4 units of the last place; minus infinity at 0, not a number
/// below.
pub(super) fn ln(x: f64) -> f64 {
    if x.is_nan() || x < 0.0 {
        return f64::NAN;
    }
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    if x.is_infinite() {
        return x;
    }
    // 2^54 makes the smallest numbers normal ones.
    let (scaled, below) = if x < f64::MIN_POSITIVE {
        (x * 18_014_398_509_481_984.0, 54)
    } else {
        (x, 0)
    };
    let bits = scaled.to_bits();
    let mut exponent = ((bits >> 52) as i32) - 1023 - below;
    let mut part = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | (1023 << 52));
    if part > SQRT_2 {
        part /= 2.0;
        exponent += 1;
    }
    // ln m = 2 artanh((m - 1) / (m + 1)), whose argument is at most 0.1716 here.
    let s = (part - 1.0) / (part + 1.0);
    let square = s * s;
    let mut sum = 0.0;
    for odd in (0..12).rev() {
        sum = sum * square + 1.0 / f64::from(2 * odd + 1);
    }
    f64::from(exponent) * LN_2 + 2.0 * s * sum
}

/// Two to the power of `x`; what lies outside the range of normal numbers is cut to it.
pub(super) fn exp2(x: f64) -> f64 {
    let x = x.clamp(-1022.0, 1023.0);
    let whole = (x + 0.5).floor();
    let rest = (x - whole) * LN_2;
    let mut sum = 1.0;
    for term in (1..16).rev() {
        sum = 1.0 + sum * rest / f64::from(term);
    }
    sum * f64::from_bits(((whole as i64 + 1023) as u64) << 52)
}

/// Sine and cosine of an angle in degrees.
pub(super) fn sine_and_cosine(degrees: f64) -> (f64, f64) {
    let turn = degrees.rem_euclid(360.0);
    let quarter = ((turn + 45.0) / 90.0).floor();
    let rest = (turn - quarter * 90.0) * (PI / 180.0);
    let square = rest * rest;
    let (mut sine, mut cosine) = (1.0, 1.0);
    for term in (1..10).rev() {
        sine = 1.0 - sine * square / f64::from(2 * term * (2 * term + 1));
        cosine = 1.0 - cosine * square / f64::from(2 * term * (2 * term - 1));
    }
    sine *= rest;
    match quarter as i64 % 4 {
        0 => (sine, cosine),
        1 => (cosine, -sine),
        2 => (-sine, -cosine),
        _ => (-cosine, sine),
    }
}

/// The angle in radians whose sine is `x`; what lies outside 0 to 1 is cut to it.
pub(super) fn arcsine(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    let halved = |t: f64| t / (1.0 + (1.0 + t * t).sqrt());
    // arcsin x = 2 arctan(x / (1 + sqrt(1 - x²))), and twice half of an arctangent.
    let t = halved(halved(x / (1.0 + (1.0 - x * x).sqrt())));
    let square = t * t;
    let mut sum = 0.0;
    for odd in (0..14).rev() {
        sum = 1.0 / f64::from(2 * odd + 1) - sum * square;
    }
    8.0 * t * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(ours: f64, theirs: f64, scale: f64) {
        assert!(
            (ours - theirs).abs() <= 2e-15 * scale.max(theirs.abs()),
            "{ours} and {theirs}"
        );
    }

    #[test]
    fn they_agree_with_those_of_the_platform() {
        for step in 1..4_000 {
            let x = f64::from(step);
            for value in [x / 4_000.0, x / 7.0, x * 1e12, x * 1e-300, x * 1e-320] {
                close(ln(value), value.ln(), 1.0);
            }
            close(exp2(-x / 100.0), (-x / 100.0).exp2(), 0.0);
            close(exp2(x / 100.0), (x / 100.0).exp2(), 0.0);
            let (sine, cosine) = sine_and_cosine(x - 2_000.0);
            close(sine, (x - 2_000.0).to_radians().sin(), 10.0);
            close(cosine, (x - 2_000.0).to_radians().cos(), 10.0);
            close(arcsine(x / 4_000.0), (x / 4_000.0).asin(), 1.0);
        }
    }

    #[test]
    fn the_edges_are_where_they_should_be() {
        assert_eq!(ln(0.0), f64::NEG_INFINITY);
        assert!(ln(-1.0).is_nan());
        assert_eq!(ln(1.0), 0.0);
        assert_eq!(exp2(0.0), 1.0);
        assert_eq!(exp2(-1.0), 0.5);
        assert!(exp2(1e9).is_finite());
        close(arcsine(1.0), PI / 2.0, 1.0);
        assert_eq!(sine_and_cosine(0.0), (0.0, 1.0));
    }
}
