//! The configuration: one TOML file, overridden by the environment and by options.
//!
//! Every key stands in `docs/sekisho.example.toml` with what it means.
//!
//! **Invariant:** a [`Config`] that is used had no problem: unknown keys, wrong types, missing
//! files and contradictions are all told at once and nothing starts.

mod addresses;
mod check;
mod console;
mod document;
mod mail;
mod push;
mod sections;
mod setting;
mod siem;
mod webhook;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub use console::Console;
pub use document::{Origin, Problem, Row};
pub use push::Push;
pub use sections::{Brand, Config, Log, PolicySource, Server, Sms, TlsFiles};
pub use setting::{LogFormat, MailTls, SmsFormat};
pub use siem::Siem;
pub use webhook::Webhook;

use document::Document;

/// Where the file is looked for when no option names one, in this order.
pub const PLACES: [&str; 2] = ["sekisho.toml", "/etc/sekisho/sekisho.toml"];

/// What the command line says about the configuration.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// `--config`.
    pub file: Option<PathBuf>,
    /// `--database`.
    pub database: Option<String>,
}

/// What was read, whether it can be used or not.
pub struct Loaded {
    /// The values; a key with a problem has its default.
    pub config: Config,
    /// Every key with its value and origin.
    pub rows: Vec<Row>,
    /// What must be mended.
    pub problems: Vec<Problem>,
    /// The file, if there is one.
    pub file: Option<PathBuf>,
}

/// The problems that keep a command from starting.
#[derive(Debug)]
pub struct Unusable(pub Vec<Problem>);

impl std::error::Error for Unusable {}

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let many = self.0.len();
        let plural = if many == 1 { "" } else { "s" };
        write!(f, "the configuration has {many} problem{plural}")?;
        self.0
            .iter()
            .try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl Loaded {
    /// The configuration, with all that is wrong with what was written; files are not looked at.
    ///
    /// # Errors
    /// [`Unusable`] when there is a problem.
    pub fn written(self) -> Result<Config, Unusable> {
        if self.problems.is_empty() {
            Ok(self.config)
        } else {
            Err(Unusable(self.problems))
        }
    }

    /// The configuration, with all that is wrong with keys, types, files and contradictions.
    ///
    /// # Errors
    /// [`Unusable`] when there is a problem.
    pub fn usable(mut self) -> Result<Config, Unusable> {
        self.check();
        self.written()
    }

    /// Adds what is wrong between keys and with the files they name.
    pub fn check(&mut self) {
        for (key, text) in check::problems(&self.config) {
            let row = self.rows.iter().find(|row| row.key == key);
            let origin = row.map_or(Origin::Default, |row| row.origin.clone());
            let text = format!("{key} {text}");
            self.problems.push(Problem { origin, text });
        }
    }
}

/// Reads the file, the environment and the options.
pub fn load(asked: &Asked) -> Loaded {
    // A variable that is no Unicode cannot be one of ours: our values are all text.
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let (file, text) = read(asked.file.as_deref());
    let shown = file
        .as_ref()
        .map_or_else(String::new, |file| file.display().to_string());
    let mut loaded = parse(
        &shown,
        text.as_deref().unwrap_or_default(),
        asked,
        variables,
    );
    if let Err(text) = text {
        let place = document_start(&shown);
        loaded.problems.push(Problem {
            origin: place,
            text,
        });
    }
    loaded.file = file;
    loaded
}

fn parse(
    path: &str,
    text: &str,
    asked: &Asked,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Loaded {
    let mut document = Document::parse(path, text).environment(variables).option(
        "database.url",
        "--database",
        asked.database.as_deref(),
    );
    let config = sections::read(&mut document);
    let (rows, problems) = document.finish();
    Loaded {
        config,
        rows,
        problems,
        file: None,
    }
}

fn document_start(path: &str) -> Origin {
    Origin::File {
        path: path.to_owned(),
        line: 1,
        column: 1,
    }
}

/// The file and its text. Only a file that was asked for has to be there.
fn read(asked: Option<&Path>) -> (Option<PathBuf>, Result<String, String>) {
    if let Some(path) = asked {
        return (Some(path.to_owned()), text_of(path));
    }
    let found = PLACES.iter().map(Path::new).find(|path| path.exists());
    match found {
        Some(path) => (Some(path.to_owned()), text_of(path)),
        None => (None, Ok(String::new())),
    }
}

fn text_of(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|why| match why.kind() {
        ErrorKind::InvalidData => "the file is not UTF-8".to_owned(),
        _ => format!("the file cannot be read: {why}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(text: &str, variables: &[(&str, &str)]) -> Loaded {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        parse("x.toml", text, &Asked::default(), variables)
    }

    fn problems(text: &str, variables: &[(&str, &str)]) -> Vec<String> {
        let problems = loaded(text, variables).problems;
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_unknown_key_names_the_nearest_one_wherever_it_stands() {
        let text = "[server]\nlisen = \"a\"\n[server.tls]\nkye = \"b\"\n[sever]\nx = 1\n[mail]\n\
                    colour = \"x\"\n";
        let mut found = problems(text, &[("SEKISHO__SERVER__LISTNE", "x")]);
        found.sort();
        assert_eq!(
            found,
            [
                "environment, SEKISHO__SERVER__LISTNE: there is no key server.listne; \
                 did you mean server.listen?",
                "x.toml:2:1: there is no key server.lisen; did you mean server.listen?",
                "x.toml:4:1: there is no key server.tls.kye; did you mean server.tls.key?",
                "x.toml:5:2: there is no key sever; did you mean server?",
                "x.toml:8:1: there is no key mail.colour; did you mean brand.colour?",
            ]
        );
    }

    #[test]
    fn a_wrong_type_is_told_with_its_line_and_column() {
        let text = "[server]\nlisten = 8080\ntrusted_proxies = [1]\n[mail]\nport = 70000\n\
                    tls = \"start-tls\"\n[database]\nreaders = 2.5\n[log]\nlevel = {a = 1}\n[keys]\nfile = \"\"\n";
        let found = problems(text, &[("SEKISHO__HASHING__PASSES", "many")]);
        assert!(found.iter().any(|line| {
            line.starts_with("x.toml:2:10: server.listen must be an address and port such as")
        }));
        for begun in [
            "x.toml:3:19: server.trusted_proxies must be a list of networks",
            "x.toml:5:8: mail.port must be a whole number from 1 to 65535, not this integer",
            "x.toml:6:7: mail.tls must be one of none, starttls, implicit; did you mean starttls?",
            "x.toml:8:11: database.readers must be a whole number from 1 to 64, not a number",
            "x.toml:10:9: log.level must be",
            "x.toml:12:8: keys.file must be the path of a file",
            "environment, SEKISHO__HASHING__PASSES: hashing.passes must be",
        ] {
            assert!(
                found.iter().any(|line| line.starts_with(begun)),
                "{begun} is not in {found:#?}"
            );
        }
    }

    #[test]
    fn a_section_that_is_no_table_and_a_file_that_is_no_toml_are_told() {
        let found = problems("server = 1\n", &[]);
        assert_eq!(found, ["x.toml:1:10: server must be a table, [server]"]);
        let found = problems("[server\nlisten = \n", &[]);
        assert!(found[0].starts_with("x.toml:1:8: not TOML: "), "{found:?}");
    }

    #[test]
    fn the_environment_wins_over_the_file_and_an_option_over_both() {
        let text = "[database]\nurl = \"sqlite:a\"\n[server]\ntrusted_proxies = [\"10.0.0.0/8\"]\n";
        let variables = [
            ("SEKISHO__DATABASE__URL", "sqlite:b"),
            ("SEKISHO__SERVER__TRUSTED_PROXIES", "192.0.2.0/24, ::1"),
            ("SEKISHO__LOG__FORMAT", "json"),
            ("SEKISHO_TEST_POSTGRES", "not ours"),
        ];
        let config = loaded(text, &variables).config;
        assert_eq!(config.database.url.expose(), "sqlite:b");
        let shown = format!("{:?}", config.server.trusted_proxies);
        assert!(
            shown.contains("192.0.2.0/24") && shown.contains("::1"),
            "{shown}"
        );
        assert_eq!(config.log.format, LogFormat::Json);
        let asked = Asked {
            file: None,
            database: Some("sqlite:c".into()),
        };
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = parse("x.toml", text, &asked, variables).config;
        assert_eq!(config.database.url.expose(), "sqlite:c");
    }

    /// Settings of the example that are commented out begin with `#` and no space.
    fn uncommented(example: &str) -> String {
        let lines = example.lines().map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.is_empty() && !rest.starts_with([' ', '#']) => rest,
            _ => line,
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_example_has_every_key_and_no_other() {
        let example = include_str!("../../../../docs/sekisho.example.toml");
        assert_eq!(loaded(example, &[]).problems, []);
        let everything = uncommented(example);
        let loaded = loaded(&everything, &[]);
        assert_eq!(loaded.problems, []);
        for row in &loaded.rows {
            assert!(
                matches!(row.origin, Origin::File { .. }),
                "{} is not in the example",
                row.key
            );
        }
    }

    #[test]
    fn what_the_example_says_without_comment_is_the_default() {
        let example = include_str!("../../../../docs/sekisho.example.toml");
        let (given, default) = (loaded(example, &[]), loaded("", &[]));
        for (given, default) in given.rows.iter().zip(&default.rows) {
            assert_eq!(given.shown, default.shown, "{}", given.key);
        }
    }
}
