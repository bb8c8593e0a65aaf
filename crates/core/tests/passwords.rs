//! Passwords: the table of samples × profiles that a reviewer reads in the diff, and the clauses of
//! the standards one by one. `SEKISHO_WRITE_TABLES=1 cargo test -p sekisho-core --test passwords`
//! writes the table anew; `e2e/gauge.test.mjs` holds the browser's gauge to its first part.
//!
//! **Invariant:** a change of a profile, a list or the gauge that changes an answer changes the
//! file.

#![allow(
    clippy::unwrap_used,
    reason = "a test may; the lint sees only test functions, not what they share"
)]

use std::fmt::Write as _;

use secrecy::ExposeSecret as _;
use sekisho_core::login::Login;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::password::{DenyList, Examination, Person, Step, estimate, examine, normalise};
use sekisho_core::policy::Policy;
use sekisho_core::reason::Reason;

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/passwords.txt");

/// What people choose, and what people try.
const SAMPLES: [&str; 70] = [
    "",
    "a",
    "123456",
    "12345678",
    "87654321",
    "password",
    "Password1",
    "P@ssw0rd",
    "passw0rd!",
    "qwertyuiop",
    "Qwerty123",
    "1qaz2wsx",
    "1qaz2wsx3edc",
    "zaq12wsx",
    "asdfghjkl;:]",
    "!@#$%^&*",
    "aaaaaaaa",
    "abababab",
    "abcabcabcabc",
    "abcdefgh",
    "zyxwvuts",
    "24681357",
    "19800517",
    "1980-05-17",
    "05171980",
    "sakura",
    "sakura2024",
    "Sakura1234",
    "Arigatou1",
    "nihonbashi",
    "tanaka0412",
    "hanshintigers",
    "さくらさくら",
    "サクラ２０２４",
    "あいうえおかきく",
    "ぱすわーど",
    "日本太郎",
    "たていすかんなに",
    "abc#defG",
    "Abc!defg1",
    "Abc#defg1",
    "tr0ub4dor",
    "Tr0ub4dor&3",
    "xK9#mQ2v",
    "xk9mq2vp",
    "xK9#mQ2vLp7",
    "hq7wm3zk9t",
    "kjhgfvbn",
    "correct horse",
    "correct horse battery staple",
    "correcthorsebatterystaple",
    "sunny walrus plays the violin",
    "taro.yamada",
    "Taro.Yamada1",
    "yamada2026",
    "taro.yamada@example.jp",
    "taro.yamada@example.jp and then some",
    "yamada keeps seven quiet bees",
    "hinode2026",
    "Hinode#Shoken1",
    "hinode over the eastern sea",
    "雨の日は古い蛙が歌う",
    "ひのでのうみにうかぶふね",
    "gRaVe-Ferret-42-umbrella",
    "パスワード",
    "Zürich fällt in den See",
    "🦀🦀🦀🦀🦀🦀🦀🦀",
    "pass\u{0}word-with-nul",
    "\u{378}unassigned here",
    "the quick brown fox jumps over the lazy dog again and again and again until it is far too long for any form that has a bound anywhere at all",
];

fn person() -> Person {
    Person::of(&Login::parse("taro.yamada@example.jp").unwrap()).at([
        "ひので証券",
        "hinode",
        "shoken",
    ])
}

fn examined(profile: &str, password: &str) -> Examination {
    let policy = Policy::profile(profile).unwrap().password;
    let normal = normalise(password);
    examine(normal.as_ref(), &person(), &policy, &DenyList::shipped())
}

fn findings(profile: &str, password: &str) -> Vec<Reason> {
    examined(profile, password).findings
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn table() -> String {
    let mut table = String::new();
    let own = person().tokens();
    writeln!(table, "gauge · tenths of a bit, step, weakness").unwrap();
    writeln!(table, "  own {}", serde_json::to_string(&own).unwrap()).unwrap();
    for sample in SAMPLES {
        let normal = normalise(sample).unwrap();
        let found = estimate(normal.expose_secret(), &own);
        let (step, weakness) = (found.step.word(), found.weakness.word());
        let typed = quoted(sample);
        writeln!(
            table,
            "  {:>5} {step:<11} {weakness:<9} {typed}",
            found.tenths
        )
        .unwrap();
    }
    for profile in Policy::profiles() {
        writeln!(table, "\n{profile} · verdict, step, password, reasons").unwrap();
        for sample in SAMPLES {
            let found = examined(profile, sample);
            let verdict = if found.findings.is_empty() {
                "accept"
            } else {
                "refuse"
            };
            let why: Vec<_> = found.findings.iter().map(|reason| reason.code()).collect();
            let (step, typed, why) = (found.gauge.word(), quoted(sample), why.join(" "));
            let line = format!("  {verdict} {step:<11} {typed:<40} {why}");
            writeln!(table, "{}", line.trim_end()).unwrap();
        }
    }
    table
}

#[test]
fn the_table_is_the_one_that_was_reviewed() {
    let table = table();
    if std::env::var_os("SEKISHO_WRITE_TABLES").is_some() {
        std::fs::write(TABLE, &table).unwrap();
    }
    let reviewed = std::fs::read_to_string(TABLE).unwrap_or_default();
    for (number, (now, then)) in table.lines().zip(reviewed.lines()).enumerate() {
        assert_eq!(now, then, "line {} of tests/passwords.txt", number + 1);
    }
    assert_eq!(table.len(), reviewed.len());
}

/// The profiles that follow today's standards.
const MODERN: [&str; 4] = ["asvs-5-l2", "asvs-5-l3", "jsda-2025", "nist-800-63b-4"];

fn short(profile: &str, password: &str) -> bool {
    findings(profile, password).contains(&Reason::PasswordShort)
}

#[test]
fn nist_3_1_1_2_and_asvs_6_2_1_the_least_length() {
    for profile in MODERN {
        let least = Policy::profile(profile).unwrap().password.shortest;
        assert_eq!(
            least,
            if profile == "asvs-5-l3" { 15 } else { 8 },
            "{profile}"
        );
        let word: String = "雨傘歌蛙星窓鍵橋森庭畑塔紙筆鐘"
            .chars()
            .take(least)
            .collect();
        assert!(!short(profile, &word), "{profile}");
        let shorter: String = word.chars().skip(1).collect();
        assert!(short(profile, &shorter), "{profile}");
    }
}

#[test]
fn nist_3_1_1_2_fifteen_where_the_password_stands_alone() {
    for profile in ["asvs-5-l2", "jsda-2025", "nist-800-63b-4"] {
        let text = std::fs::read_to_string(format!(
            "{}/src/policy/{profile}.toml",
            env!("CARGO_MANIFEST_DIR")
        ))
        .unwrap();
        let alone = text.replace(
            r#"require = ["password", "second_factor"]"#,
            r#"require = ["password"]"#,
        );
        assert_ne!(text, alone);
        assert_eq!(
            Policy::parse(&alone).unwrap().password.shortest,
            15,
            "{profile}"
        );
    }
}

#[test]
fn nist_3_1_1_2_and_asvs_6_2_9_sixty_four_characters_are_permitted() {
    let letters = "violet umbrella seven quiet bees under the old stone bridge, 64!";
    assert_eq!(letters.chars().count(), 64);
    let kanji: String = "雨傘歌蛙星窓鍵橋森庭畑塔紙筆鐘"
        .chars()
        .cycle()
        .take(64)
        .collect();
    for profile in MODERN {
        assert_eq!(findings(profile, letters), [], "{profile}");
        assert!(
            !findings(profile, &kanji).contains(&Reason::PasswordLong),
            "{profile}"
        );
    }
}

#[test]
fn nist_3_1_1_2_and_asvs_6_2_5_no_rule_of_composition() {
    for profile in MODERN {
        for password in [
            "sunny walrus plays the violin",
            "SUNNYWALRUSVIOLIN",
            "~~`` {}<>|\\\"' ~ ;:?",
            "雨の日は古い蛙が歌うとき傘を忘れる",
            "8306142957103846",
        ] {
            assert_eq!(findings(profile, password), [], "{profile} {password}");
        }
    }
}

#[test]
fn nist_3_1_1_2_each_code_point_is_one_character() {
    // Eight of four bytes each, 32 bytes; seven are too few.
    assert!(!short("nist-800-63b-4", "𠮷𩸽𠀋𡈽𡌛𡑮𡢽𠮟"));
    assert!(short("nist-800-63b-4", "𠮷𩸽𠀋𡈽𡌛𡑮𡢽"));
}

#[test]
fn uax_15_stabilised_nfkc() {
    let same = |left: &str, right: &str| {
        let (left, right) = (normalise(left).unwrap(), normalise(right).unwrap());
        assert_eq!(left.expose_secret(), right.expose_secret());
    };
    same("ｐａｓｓｗｏｒｄ１２", "password12");
    same("か\u{3099}", "が");
    same("ﾊﾟｽﾜｰﾄﾞ", "パスワード");
    same("e\u{301}", "é");
    for hidden in [
        "\u{0}", "\t", "\n", "\u{7f}", "\u{9b}", "\u{378}", "\u{e000}", "\u{ffff}",
    ] {
        let password = format!("violet {hidden} umbrella");
        let found = findings("jsda-2025", &password);
        assert_eq!(found, [Reason::PasswordUnreadable], "{hidden:?}");
    }
    assert_eq!(findings("jsda-2025", "👩\u{200d}🚀 to the violet moon"), []);
}

#[test]
fn asvs_6_2_8_nothing_is_cut_and_no_letter_changes_its_case() {
    for text in ["  Violet Umbrella  ", "ViOlEt", &"é".repeat(200)] {
        assert_eq!(normalise(text).unwrap().expose_secret(), text);
    }
}

#[test]
fn nist_3_1_1_2_the_whole_password_is_compared_with_the_list_and_the_reason_is_given() {
    for profile in MODERN {
        assert!(findings(profile, "PASSWORD123").contains(&Reason::PasswordCommon));
        let inside = findings(profile, "iloveyou violet umbrella");
        assert!(inside.is_empty(), "{profile}: a word inside is no reason");
    }
}

#[test]
fn asvs_6_2_4_a_list_of_three_thousand_is_demanded() {
    for (profile, least) in [("asvs-5-l2", 3000), ("asvs-5-l3", 3000), ("jsda-2025", 0)] {
        assert_eq!(
            Policy::profile(profile).unwrap().password.deny_at_least,
            least
        );
    }
}

#[test]
fn asvs_6_2_11_and_nist_3_1_1_2_context_and_user_name() {
    for profile in MODERN {
        let found = findings(profile, "Hinode#Shoken1");
        assert!(found.contains(&Reason::PasswordContext), "{profile}");
        let found = findings(profile, "taro-yamada-2026");
        assert!(found.contains(&Reason::PasswordPersonal), "{profile}");
        assert_eq!(
            findings(profile, "hinode over the eastern sea"),
            [],
            "{profile}"
        );
    }
    let legacy = findings("jp-legacy", "Hinode#Sho1");
    assert!(!legacy.contains(&Reason::PasswordContext));
}

#[test]
fn nist_3_1_1_2_and_asvs_6_2_10_nobody_is_asked_to_change_for_age() {
    let (set, later) = (Moment(0), Moment(0).plus(Span::days(36_500)));
    for profile in MODERN {
        assert!(
            !Policy::profile(profile)
                .unwrap()
                .password
                .reminds(set, later),
            "{profile}"
        );
    }
    let legacy = Policy::profile("jp-legacy").unwrap().password;
    assert!(!legacy.reminds(set, set.plus(Span::days(179))));
    assert!(legacy.reminds(set, set.plus(Span::days(180))));
}

#[test]
fn the_brokers_announced_rules_are_jp_legacy() {
    let found = |password: &str| findings("jp-legacy", password);
    assert_eq!(found("xK9#m"), [Reason::PasswordShort]);
    assert_eq!(found("xK9#mQ"), []);
    assert_eq!(found("xK9#mQ2vLp7wT4zB"), []);
    assert_eq!(found("xK9#mQ2vLp7wT4zBs"), [Reason::PasswordLong]);
    for lacking in ["xk9#mq2v", "XK9#MQ2V", "xKj#mQzv"] {
        assert_eq!(found(lacking), [Reason::PasswordPlain], "{lacking}");
    }
    for symbol in "@#$%^&*_+-=:,.".chars() {
        assert_eq!(found(&format!("xK9{symbol}mQ2v")), [], "{symbol}");
    }
    for symbol in "!?/ \"'()<>[]{}|\\~`;あ".chars() {
        assert_eq!(
            found(&format!("xK9{symbol}mQ2v")),
            [Reason::PasswordSymbol],
            "{symbol}"
        );
    }
    assert!(found("123456").contains(&Reason::PasswordPattern));
    assert!(found("taro.yamada@example.jp").contains(&Reason::PasswordLong));
    assert!(found("TaroYamada1").contains(&Reason::PasswordPersonal));
}

#[test]
fn a_megabyte_is_refused_before_anything_is_done_with_it() {
    assert!(normalise(&"a".repeat(1 << 20)).is_none());
    // One character that NFKC makes into eighteen.
    assert!(normalise(&"\u{fdfa}".repeat(1000)).is_none());
    for profile in Policy::profiles() {
        assert_eq!(
            findings(profile, &"a".repeat(1 << 20)),
            [Reason::PasswordLong]
        );
    }
}

#[test]
fn what_is_refused_stands_on_the_lowest_step() {
    for profile in Policy::profiles() {
        for sample in SAMPLES {
            let found = examined(profile, sample);
            assert!(found.findings.is_empty() || found.gauge == Step::Low);
        }
    }
}
