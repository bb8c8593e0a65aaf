//! A folder with an installation of its own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A folder in which the binary runs.
pub struct Place(TempDir);

/// How a run ended.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// The output, of a run that must have ended well.
    pub fn done(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }
}

impl Place {
    /// An empty folder.
    pub fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder with keys and a migrated database.
    pub fn ready() -> Self {
        let place = Self::empty();
        place.run(&["keys", "new", "sekisho.keys"]).done();
        place.run(&["migrate"]).done();
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The binary in this folder, with nothing of the environment that concerns it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sekisho"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SEKISHO_") {
                command.env_remove(name);
            }
        }
        command.current_dir(self.0.path()).args(arguments);
        command.stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs with `input` on standard input.
    pub fn feed(&self, arguments: &[&str], input: &[u8]) -> Run {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_owned();
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        output.into()
    }
}

/// A sample of real data beside the repository, if it is there.
pub fn sample(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join("../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    println!(
        "{} is absent, so this was not tried on real data",
        path.display()
    );
    None
}

/// Sends a signal to a process.
pub fn signal(name: &str, process: u32) {
    let mut kill = Command::new("kill");
    kill.args([format!("-{name}"), process.to_string()]);
    assert!(kill.status().unwrap().success());
}
