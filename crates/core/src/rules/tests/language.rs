//! The language by examples.

use super::super::facts::Value::{Span as Length, Whole, Word};
use super::super::parse::parse;
use super::super::program::Truth::{Broken, No, Unknown, Yes};
use super::{compiled, truth};
use crate::moment::Span;

#[test]
fn what_is_written_down_means_what_cel_says() {
    let cases = [
        ("1 + 2 * 3 == 7", Yes),
        ("(1 + 2) * 3 == 9", Yes),
        ("7 / 2 == 3 && -7 / 2 == -3 && -7 % 3 == -1", Yes),
        ("0x10 == 16 && -0x10 == -16", Yes),
        ("1.5e3 == 1500.0 && .5 == 0.5 && 1e2 == 100.0", Yes),
        ("-9223372036854775808 < 9223372036854775807", Yes),
        ("9223372036854775807 + 1 > 0", Broken),
        ("-(-9223372036854775808) > 0", Broken),
        ("-9223372036854775808 / -1 > 0", Broken),
        ("1 / 0 == 1", Broken),
        ("1 % 0 == 1", Broken),
        ("1.0 / 0.0 > 1e308", Yes),
        ("0.0 / 0.0 == 0.0 / 0.0", No),
        ("0.0 / 0.0 != 0.0 / 0.0", Yes),
        ("1 / 0 == 1 || true", Yes),
        ("true || 1 / 0 == 1", Yes),
        ("1 / 0 == 1 && false", No),
        ("false && 1 / 0 == 1", No),
        ("1 / 0 == 1 && true", Broken),
        ("(1 / 0 == 1) == (1 / 0 == 1)", Broken),
        ("true ? 1 == 1 : 1 / 0 == 1", Yes),
        ("1 / 0 == 1 ? true : true", Broken),
        ("int(1.9) == 1 && int(-1.9) == -1 && double(3) == 3.0", Yes),
        ("int(1e19) == 1", Broken),
        (r#""a\u0041\x42\103" == 'aABC'"#, Yes),
        (r#"r"\n" == "\\n""#, Yes),
        (r#""関所".size() == 2 && size("") == 0"#, Yes),
        (
            r#""abc".contains("b") && "abc".startsWith("ab") && "abc".endsWith("c")"#,
            Yes,
        ),
        (
            r#""b" in ["a", "b"] && !("c" in ["a"]) && 2 in [1, 2,] && !(2 in [])"#,
            Yes,
        ),
        (
            r#"duration("1h30m") == duration("90m") && duration("-1.5s") < duration("0")"#,
            Yes,
        ),
        (
            r#"duration("1h") - duration("1m") + duration("60s") == duration("60m")"#,
            Yes,
        ),
        (
            r#"timestamp("2026-12-01T09:00:00+09:00") - timestamp("2026-11-30T00:00:00Z")
               == duration("24h") // a comment"#,
            Yes,
        ),
        (
            r#"timestamp("9999-12-31T23:59:59Z") + duration("1s")
               > timestamp("2026-01-01T00:00:00Z")"#,
            Broken,
        ),
    ];
    for (source, wanted) in cases {
        assert_eq!(truth(source, &[]), wanted, "{source}");
    }
}

#[test]
fn what_is_not_known_decides_nothing_but_stops_nothing_either() {
    let facts = [
        ("device.seen", Word(2)),
        ("operation.amount", Whole(5)),
        ("payout.changed_ago", Length(Span::hours(23))),
    ];
    let cases = [
        (r#"device.seen == "new""#, Yes),
        (r#"device.seen != "new""#, No),
        (r#"device.seen in ["known", "recent"]"#, No),
        (r#"network.seen == "new""#, Unknown),
        (r#"network.seen != "new""#, Unknown),
        (r#"!(network.seen == "new")"#, Unknown),
        (r#"network.seen == "new" || device.seen == "new""#, Yes),
        (r#"network.seen == "new" && device.seen == "known""#, No),
        (r#"network.seen == "new" && device.seen == "new""#, Unknown),
        (r#"has(network.seen) && network.seen == "new""#, No),
        (r#"!has(network.seen) || network.seen == "new""#, Yes),
        ("network.seen == device.seen", Unknown),
        ("operation.amount > operation.largest", Unknown),
        (
            "operation.amount > operation.largest || operation.amount > 4",
            Yes,
        ),
        ("operation.amount / 0 > operation.largest", Unknown),
        (
            r#"payout.changed_ago < duration("24h") && duration("22h") < payout.changed_ago"#,
            Yes,
        ),
        ("has(operation.amount) ? operation.amount == 5 : false", Yes),
    ];
    for (source, wanted) in cases {
        assert_eq!(truth(source, &facts), wanted, "{source}");
    }
}

/// A source, and what is said of it.
const WRONG: &[(&str, &str)] = &[
    ("", "line 1, column 1: expected a value and found the end"),
    (
        "1 ==\n  == 2",
        "line 2, column 3: expected a value and found \"==\"",
    ),
    (
        "true and false",
        "line 1, column 6: expected an operator such as && or the end and found \
                            \"and\" (write && for “and”)",
    ),
    (
        "1 = 2",
        "line 1, column 3: '=' means nothing here; write == for “is”",
    ),
    (
        "'a",
        "line 1, column 1: the text that begins here needs a closing '",
    ),
    (
        r"'\q' == ''",
        "line 1, column 3: no such escape; write \\\\ for one backslash",
    ),
    (
        "24h == 1",
        "line 1, column 3: a number is not followed by a letter; durations are \
                      duration(\"24h\")",
    ),
    (
        "1u == 1",
        "line 1, column 2: unsigned numbers are not part of this; leave the u",
    ),
    (
        "9223372036854775808 > 1",
        "line 1, column 1: whole numbers go up to 9223372036854775807",
    ),
    (
        "devise.seen == \"new\"",
        "line 1, column 1: there is no devise.seen; did you mean \
                                    device.seen?",
    ),
    (
        "device.seen == \"knwn\"",
        "line 1, column 16: device.seen is never \"knwn\" but one of \
                                     known, recent, new; did you mean \"known\"?",
    ),
    (
        "device.seen == 1",
        "line 1, column 16: device.seen is compared with one of its words: \
                              known, recent, new",
    ),
    (
        "device.seen",
        "line 1, column 1: expected true or false and found a word",
    ),
    (
        "operation.amount > 1.0",
        "line 1, column 1: > is for numbers, durations and moments of \
                                    one kind, not for a whole number and a number with a fraction",
    ),
    (
        "operation.amount + 1.0 > 2.0",
        "line 1, column 1: a whole number does not go with a \
                                    number with a fraction; write double(…) around the whole one",
    ),
    (
        "payout.changed_ago < 24",
        "line 1, column 1: < is for numbers, durations and moments of \
                                     one kind, not for a duration and a whole number",
    ),
    (
        "payout.changed_ago < duration('1d')",
        "line 1, column 31: durations are like \"1h30m\", \
                                     of h, m, s, ms and us; a day is 24h",
    ),
    (
        "[1].all(x, x > 0)",
        "line 1, column 1: there is no all(…); it could take unbounded time, \
                               so it is not part of the language of rules",
    ),
    (
        "has(1)",
        "line 1, column 5: has(…) takes the name of a fact",
    ),
    (
        "null == null",
        "line 1, column 1: there is no null; what is not known is asked with \
                          has(…)",
    ),
    (
        "address.others in address.failures",
        "line 1, column 19: after in comes a list of \
                                                literals: [1, 2]",
    ),
    (
        "address[0] == 1",
        "line 1, column 8: values are not indexed; name the fact itself",
    ),
];

#[test]
fn what_is_wrong_is_said_with_its_place_and_what_to_do() {
    for (source, wanted) in WRONG {
        let fault = compiled(source).err().map(|fault| fault.to_string());
        assert_eq!(fault.as_deref(), Some(*wanted), "{source}");
    }
}

#[test]
fn what_is_printed_has_no_bracket_too_many() {
    let cases = [
        "a.b && (c.d || !e.f) && g.h < 1 + 2 * 3",
        "(a.b ? c.d : e.f) ? !(a.b && c.d) : !!e.f",
        "1 - (2 - 3) - -4 == -(5)",
        "a.b in [\"x\\\"\\n\", \"関\"] && size(a.b) > 1",
        "(a.b && c.d) == (1.0 < 1e300)",
    ];
    for source in cases {
        assert_eq!(parse(source).unwrap().to_string(), source);
    }
}
