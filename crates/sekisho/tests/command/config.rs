//! `sekisho config`, and the exit codes of what is asked wrongly.

use crate::place::Place;

#[test]
fn every_problem_is_told_at_once_and_exits_with_2() {
    let place = Place::empty();
    place.write(
        "sekisho.toml",
        "[server]\nlisen = \"x\"\npublic_url = \"http://id.example.jp\"\n[mail]\nhost = \"m\"\n\
         user = \"u\"\n[brand]\ncolour = \"red\"\nlogo = \"none.svg\"\n[hashing]\nmemory_kib = 100\n\
         [policy]\nprofile = \"jsda\"\n[server.tls]\nkey = \"none.pem\"\n",
    );
    let run = place.run(&["config", "check"]);
    assert_eq!(run.code, 2);
    for told in [
        "the configuration has 11 problems",
        "sekisho.toml:2:1: there is no key server.lisen; did you mean server.listen?",
        "sekisho.toml:3:14: server.public_url must be an origin such as https://id.example.jp",
        "mail.from is missing",
        "sekisho.toml:6:8: mail.user is set without mail.password_file",
        "sekisho.toml:8:10: brand.colour cannot be used",
        "sekisho.toml:9:8: brand.logo names a file that cannot be read, none.svg",
        "sekisho.toml:11:14: hashing.memory_kib is not a cost: ",
        "sekisho.toml:13:11: policy.profile cannot be used: policy: there is no profile \"jsda\"",
        "server.tls.certificate is missing: TLS needs both files",
        "sekisho.toml:15:7: server.tls.key names a file that cannot be read, none.pem",
        "keys.file names no file, sekisho.keys: make one with `sekisho keys new sekisho.keys`",
    ] {
        assert!(run.err.contains(told), "{told} is not in:\n{}", run.err);
    }
    let serving = place.run(&["serve"]);
    assert_eq!(serving.code, 2);
    assert!(serving.err.contains("11 problems"), "{}", serving.err);
}

#[test]
fn models_of_authenticators_need_the_roots_of_their_makers() {
    let place = Place::ready();
    let profile = include_str!("../../../core/src/policy/jsda-2025.toml");
    let models = "models = [\"fa2b99dc-9e39-4257-8f92-4a30d23c4118\"]\n";
    let section = format!("\n[operation.withdraw.passkey]\n{models}");
    place.write("policy.toml", format!("{profile}{section}"));
    place.write("other.toml", "[policy]\nfile = \"policy.toml\"\n");
    let check = |place: &Place| place.run(&["config", "check", "--config", "other.toml"]);
    let run = check(&place);
    assert_eq!(run.code, 2);
    let told = "passkeys.attestation_roots is missing, and operation.withdraw.passkey.models";
    assert!(run.err.contains(told), "{}", run.err);
    place.write("roots.pem", "no certificate\n");
    let both = "[policy]\nfile = \"policy.toml\"\n[passkeys]\nattestation_roots = \"roots.pem\"\n";
    place.write("other.toml", both);
    let run = check(&place);
    let told = "passkeys.attestation_roots cannot be used: ";
    assert!(run.code == 2 && run.err.contains(told), "{}", run.err);
}

#[test]
fn encryption_that_is_half_asked_for_is_told() {
    let place = Place::ready();
    let told = |database: &str| {
        place.write("other.toml", format!("[database]\n{database}"));
        let run = place.run(&["config", "check", "--config", "other.toml"]);
        (run.code, run.err)
    };
    let server = "postgres://sekisho@db.internal/sekisho";
    for (database, expected) in [
        (
            format!("url = \"{server}?sslmode=require\"\n"),
            "database.authority is missing",
        ),
        (
            format!("url = \"{server}?sslmode=disable\"\nauthority = \"ca.pem\"\n"),
            "database.url has sslmode=disable, and database.authority wants encryption",
        ),
        (
            format!("url = \"{server}?sslmode=verify-full\"\nauthority = \"ca.pem\"\n"),
            "database.url has libpq's sslmode=verify-",
        ),
        (
            format!("url = \"{server}\"\nauthority = \"none.pem\"\n"),
            "database.authority names a file that cannot be read, none.pem",
        ),
        (
            "url = \"sqlite:a.db\"\nauthority = \"ca.pem\"\n".to_owned(),
            "database.authority is for PostgreSQL",
        ),
    ] {
        let (code, err) = told(&database);
        assert!(
            code == 2 && err.contains(expected),
            "{expected} is not in:\n{err}"
        );
    }
    place.write("ca.pem", "read when it is used\n");
    let (code, err) = told(&format!("url = \"{server}\"\nauthority = \"ca.pem\"\n"));
    assert_eq!(code, 0, "{err}");
}

#[test]
fn what_is_in_effect_is_shown_with_its_origin_and_without_secrets() {
    let place = Place::ready();
    place.write("other.toml", "[server]\nlisten = \"127.0.0.1:4000\"\n");
    let mut command = place.command(&["config", "show", "--config", "other.toml"]);
    command.env(
        "SEKISHO__DATABASE__URL",
        "postgres://u:tanuki@db/s?password=tanuki",
    );
    command.env(
        "SEKISHO__SMS__WEBHOOK",
        "http://127.0.0.1:1/send?key=tanuki",
    );
    let run: crate::place::Run = command.output().unwrap().into();
    let shown = run.done();
    assert!(!shown.contains("tanuki"), "{shown}");
    for line in [
        "listen = \"127.0.0.1:4000\"  # other.toml:2:10",
        "url = \"postgres://u:***@db/s\"  # environment, SEKISHO__DATABASE__URL",
        "webhook = \"http://127.0.0.1:1/***\"  # environment, SEKISHO__SMS__WEBHOOK",
        "readers = 4",
        "#host is not set",
    ] {
        assert!(
            shown.lines().any(|shown| shown == line),
            "{line} is not in:\n{shown}"
        );
    }
    let read_back: Result<toml::Table, _> = shown.parse();
    assert!(read_back.is_ok(), "{read_back:?}");
}

#[test]
fn a_wrong_command_line_exits_with_2_and_a_fault_with_1() {
    let place = Place::ready();
    for wrong in [
        &["sevre"][..],
        &["judge", "x", "--format", "syslog"],
        &["credential", "revoke", "key_1"],
        &["outbox", "resend"],
        &[
            "application",
            "add",
            "--name",
            "X",
            "--redirect-uri",
            "http://shop.example/",
        ],
        &["backup", "sekisho.db"],
        &[
            "backup",
            "x",
            "--database",
            "postgres://u:tanuki@127.0.0.1/s",
        ],
        &["serve", "--config", "none.toml"],
    ] {
        let run = place.run(wrong);
        assert_eq!(run.code, 2, "{wrong:?} {run:?}");
        assert!(!run.err.contains("tanuki"), "{run:?}");
    }
    let unmigrated = place.run(&["serve", "--database", "sqlite:new.db"]);
    assert_eq!(unmigrated.code, 1);
    assert!(
        unmigrated.err.contains("run `sekisho migrate`"),
        "{unmigrated:?}"
    );
    assert_eq!(place.run(&["judge", "none.log", "--format", "rba"]).code, 1);
}

#[test]
#[cfg(unix)]
fn a_secret_file_that_everybody_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::ready();
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(place.path("sekisho.keys"), open).unwrap();
    let run = place.run(&["config", "check"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("chmod 600 sekisho.keys"), "{}", run.err);
}
