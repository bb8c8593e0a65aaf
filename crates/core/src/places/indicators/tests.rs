//! Files of indicators, friendly and hostile.

use super::*;

const BUNDLE: &str = r#"{
  "type": "bundle", "id": "bundle--1", "extra": {"deep": [[[]]]},
  "objects": [
    {"type": "indicator", "id": "indicator--1", "created_by_ref": "identity--1",
     "name": "stuffing", "pattern_type": "stix", "pattern": "[ipv4-addr:value = '203.0.113.7']",
     "valid_from": "2026-11-01T00:00:00Z", "valid_until": "2026-12-01T00:00:00Z"},
    {"type": "indicator", "pattern": "[ipv4-addr:value = '203.0.113.0/24' OR ipv6-addr:value = '2001:db8::/48']",
     "valid_from": "2026-11-01T00:00:00Z"},
    {"type": "indicator", "pattern": "[ipv4-addr:value = '203.0.113.9']", "revoked": true},
    {"type": "indicator", "pattern": "[domain-name:value = 'a.example']", "valid_from": "2026-11-01T00:00:00Z"},
    {"type": "indicator", "pattern": "[ipv4-addr:value = '203.0.113.8']", "valid_from": "soon"},
    {"type": "indicator", "pattern": "rule x { }", "pattern_type": "yara"},
    {"type": "indicator", "pattern": 7},
    {"type": "indicator", "pattern": "[ipv4-addr:value = '10.0.0.0/8']"},
    {"type": "identity", "id": "identity--1", "name": "CERT Example"},
    {"type": "malware", "name": ["x"]}
  ]
}"#;

fn of(text: &str) -> Address {
    Address::from(text.parse::<std::net::IpAddr>().unwrap())
}

fn day(text: &str) -> Moment {
    Moment::parse_rfc3339(&format!("{text}T00:00:00Z")).unwrap()
}

fn said(found: &Indicators, address: &str, at: Moment) -> Vec<String> {
    let named = found.naming(of(address), at);
    named
        .map(|one| one.source.map_or("", |_| "x").to_owned() + &one.network.to_string())
        .collect()
}

#[test]
fn a_bundle_names_addresses_for_a_time() {
    let found = Indicators::parse(BUNDLE.as_bytes(), "feed.json").unwrap();
    let counts = Counts {
        unknown: 4,
        wide: 1,
        revoked: 1,
        other: 1,
    };
    assert_eq!((found.all().len(), found.counts), (3, counts));
    let middle = day("2026-11-15");
    assert_eq!(
        said(&found, "203.0.113.7", middle),
        ["x203.0.113.7", "x203.0.113.0/24"]
    );
    let first = found.naming(of("203.0.113.7"), middle).next().unwrap();
    assert_eq!(first.source.unwrap().words(), "CERT Example: stuffing");
    let second = found.naming(of("2001:db8::1"), middle).next().unwrap();
    assert_eq!(second.source.unwrap().words(), "feed.json");
    // By the clock that is passed in: not before, and not at the end any more.
    assert_eq!(
        said(&found, "203.0.113.7", day("2026-10-31")),
        Vec::<String>::new()
    );
    assert_eq!(
        said(&found, "203.0.113.7", day("2026-12-01")),
        ["x203.0.113.0/24"]
    );
    assert_eq!(said(&found, "203.0.113.9", middle), ["x203.0.113.0/24"]);
    assert_eq!(said(&found, "203.0.114.1", middle), Vec::<String>::new());
    assert_eq!(
        (found.standing(middle), found.standing(day("2026-12-02"))),
        (3, 2)
    );
}

#[test]
fn lines_of_cells_name_addresses_until_a_day() {
    let text = "\u{feff}value,valid_until,source,label\r\n# reported\r\n\
                203.0.113.7,2026-11-30,\"NPA, Tokyo\",phishing\r\n2001:db8::/48,,,\r\n\
                198.51.100.0/24,2026-11-22T12:00:00+09:00\r\n";
    let found = Indicators::parse(text.as_bytes(), "npa.csv").unwrap();
    let named = |address: &str, at: Moment| {
        let first = found.naming(of(address), at).next();
        first.map(|one| one.source.unwrap().words().to_owned())
    };
    let within = |text: &str| Moment::parse_rfc3339(text).unwrap();
    let label = Some("NPA, Tokyo: phishing".to_owned());
    assert_eq!(named("203.0.113.7", within("2026-11-30T23:59:59Z")), label);
    assert_eq!(named("203.0.113.7", day("2026-12-01")), None);
    assert_eq!(
        named("2001:db8::9", day("2030-01-01")),
        Some("npa.csv".to_owned())
    );
    assert_eq!(named("198.51.100.9", within("2026-11-22T03:00:00Z")), None);
}

#[test]
fn a_line_that_is_wrong_is_named() {
    for (text, line) in [
        ("203.0.113.7,2026-11-30\nexample.jp,2026-11-30", 2),
        ("203.0.113.7", 1),
        ("203.0.113.7,tomorrow", 1),
        ("203.0.113.7,2026-13-30", 1),
        ("203.0.113.7/24,2026-11-30", 1),
    ] {
        match Indicators::parse(text.as_bytes(), "x").unwrap_err() {
            IndicatorFault::Line { line: found, .. } => assert_eq!(found, line, "{text}"),
            other => panic!("{text}: {other}"),
        }
    }
}

#[test]
fn hostile_files_end_soon_and_say_why() {
    let deep = format!(
        "{{\"objects\":{}{}}}",
        "[".repeat(200_000),
        "]".repeat(200_000)
    );
    let inside = format!(
        "{{\"x\":{}{},\"objects\":[]}}",
        "[".repeat(300_000),
        "]".repeat(300_000)
    );
    let wrong = [
        "{",
        "{}",
        "{\"objects\":{}}",
        "{\"objects\":[5]}",
        "{\"objects\":[{]}",
        &deep,
        "{\"objects\":[{\"type\":\"indicator\",\"pattern\":\"\\ud800\"}]}",
    ];
    for text in wrong {
        let found = Indicators::parse(text.as_bytes(), "x");
        assert!(
            matches!(found, Err(IndicatorFault::NoBundle { .. })),
            "{found:?}"
        );
    }
    // What is passed over may be of any depth: nothing of it is kept.
    let passed = Indicators::parse(inside.as_bytes(), "x");
    assert!(passed.is_ok() || matches!(passed, Err(IndicatorFault::NoBundle { .. })));
    assert_eq!(
        Indicators::parse(b"\xff", "x").unwrap_err(),
        IndicatorFault::NoText
    );
    let one = r#"{"type":"indicator","pattern":"[ipv4-addr:value IN ('1.1.1.1'MORE)]"}"#;
    let one = one.replace("MORE", &",'1.1.1.1'".repeat(5_000));
    let many = format!("{{\"objects\":[{one}{}]}}", format!(",{one}").repeat(101));
    assert!(Indicators::parse(many.as_bytes(), "x").is_err());
    let lines = "1.1.1.1,\n".repeat(MOST_INDICATORS + 1);
    assert_eq!(
        Indicators::parse(lines.as_bytes(), "x").unwrap_err(),
        IndicatorFault::Many
    );
}

/// Networks of all lengths, and times that begin and end: the same as a loop over all.
#[test]
fn indicators_say_what_a_loop_over_them_says() {
    let mut drawn = 11_u64;
    let mut draw = |below: u64| {
        drawn = drawn
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (drawn >> 33) % below
    };
    for _ in 0..300 {
        let mut building = Building::default();
        for _ in 0..draw(12) {
            let (value, length) = (draw(256) as u32, draw(9) as u32);
            let kept = value & (0xff_u32 << (8 - length)) & 0xff;
            let network = Network::parse(&format!("203.0.113.{kept}/{}", 24 + length)).unwrap();
            let end = draw(4) as i64;
            let (from, until) = (Moment(end - draw(3) as i64), Moment(end));
            building.all.push(Indicator {
                network,
                from: Some(from).filter(|at| at.0 != 1),
                until: Some(until).filter(|at| at.0 != 3),
                source: None,
            });
        }
        let found = Indicators::of(building);
        for last in 0..=255_u8 {
            let address = of(&format!("203.0.113.{last}"));
            for at in (0..4).map(Moment) {
                let mut naive = found.all().to_vec();
                naive.retain(|one| one.network.holds(address) && one.stands(at));
                let mut asked: Vec<_> = found.naming(address, at).copied().collect();
                let key = |one: &Indicator| (one.network, one.from, one.until);
                naive.sort_unstable_by_key(key);
                asked.sort_unstable_by_key(key);
                assert_eq!(asked, naive);
            }
        }
    }
}
