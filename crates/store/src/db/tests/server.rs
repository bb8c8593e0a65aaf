//! Databases that run full, go away and come back.
//!
//! **Invariant:** a test here has a server or a file of its own, so that it may harm it.

use super::*;
use crate::db::Committal;
use crate::fault::Fault;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_sqlite_database_says_so_and_keeps_what_it_has() {
    let mut place = Place::sqlite();
    place.config.sqlite_max_pages = Some(40);
    let db = Arc::new(place.open(None).await);
    let mut kept = 0;
    let mut full = 0;
    for round in 0..40u32 {
        let tasks = (0..16u32).map(|n| {
            let (db, number) = (Arc::clone(&db), round * 100 + n);
            tokio::spawn(async move {
                let pad = Write::one(
                    "UPDATE gate SET note = ?2 WHERE id = ?1",
                    [id(number).into(), "満".repeat(200).into()],
                );
                db.commit(vec![new_gate(number), pad]).await
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            match task.await.unwrap() {
                Ok(committal) => {
                    assert_eq!(committal, Committal::Committed);
                    kept += 1;
                }
                Err(fault) => {
                    assert!(matches!(fault, Fault::DiskFull), "{fault:?}");
                    full += 1;
                }
            }
        }
    }
    assert!(kept > 0 && full > 0, "{kept} {full}");
    let whole = "SELECT COUNT(*) AS n FROM gate WHERE LENGTH(note) = 200";
    assert_eq!(count(&db, whole).await, kept);
    assert_eq!(count(&db, "SELECT COUNT(*) AS n FROM gate").await, kept);
    // With room again the same file serves on.
    db.close().await;
    place.config.sqlite_max_pages = None;
    let roomy = place.open(None).await;
    assert_eq!(
        roomy.commit(vec![new_gate(99_999)]).await.unwrap(),
        Committal::Committed
    );
}

/// A PostgreSQL of the test's own, stopped when dropped.
struct Server {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
}

impl Server {
    /// `None` where PostgreSQL's programs are not installed.
    fn start() -> Option<Self> {
        let programs = PathBuf::from("/usr/lib/postgresql/15/bin");
        if std::env::var("SEKISHO_TEST_POSTGRES").is_err() || !programs.join("pg_ctl").exists() {
            println!("SKIPPED: needs SEKISHO_TEST_POSTGRES and PostgreSQL's own programs");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let server = Server {
            programs,
            folder: tempfile::tempdir().unwrap(),
            port,
        };
        if server.as_root() {
            server.run(
                Command::new("chown")
                    .arg("postgres")
                    .arg(server.folder.path()),
            );
        }
        let data = server.data();
        server.run(server.program("initdb").arg("-D").arg(&data).args([
            "-U",
            "sekisho",
            "--auth=trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C",
        ]));
        server.go();
        Some(server)
    }

    fn as_root(&self) -> bool {
        let id = Command::new("id").arg("-u").output().unwrap();
        id.stdout == b"0\n"
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The server refuses to run as root, so root lends it the account of the same name.
    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        if !self.as_root() {
            return Command::new(path);
        }
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(path);
        command
    }

    fn run(&self, command: &mut Command) {
        let log = std::fs::File::create(self.log()).unwrap();
        let status = command
            .current_dir("/")
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .status();
        assert!(
            status.unwrap().success(),
            "{}",
            std::fs::read_to_string(self.log()).unwrap()
        );
    }

    fn log(&self) -> PathBuf {
        Path::new("/tmp").join(format!("sekisho-test-pg-{}.log", self.port))
    }

    fn go(&self) {
        let options = format!(
            "-p {} -h 127.0.0.1 -k {}",
            self.port,
            self.folder.path().display()
        );
        let mut start = self.program("pg_ctl");
        start
            .arg("-D")
            .arg(self.data())
            .args(["-w", "-l", "/dev/null", "-o", &options, "start"]);
        self.run(&mut start);
    }

    /// Serves with TLS from now on.
    fn encrypt(&self, pem: &Path) {
        self.stop();
        for (from, to) in [("one.pem", "server.crt"), ("one.key", "server.key")] {
            let to = self.data().join(to);
            std::fs::copy(pem.join(from), &to).unwrap();
            self.run(Command::new("chmod").arg("600").arg(&to));
            if self.as_root() {
                self.run(Command::new("chown").arg("postgres").arg(&to));
            }
        }
        let settings = self.data().join("postgresql.conf");
        let mut text = std::fs::read_to_string(&settings).unwrap();
        text.push_str("\nssl = on\n");
        std::fs::write(&settings, text).unwrap();
        self.go();
    }

    fn stop(&self) {
        let mut stop = self.program("pg_ctl");
        stop.arg("-D")
            .arg(self.data())
            .args(["-w", "-m", "immediate", "stop"]);
        self.run(&mut stop);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Stopped already when a test ended early; the folder goes either way.
        let mut stop = self.program("pg_ctl");
        stop.arg("-D")
            .arg(self.data())
            .args(["-m", "immediate", "stop"]);
        let _ = stop.current_dir("/").output();
        let _ = std::fs::remove_file(self.log());
    }
}

/// Commits and reads under load while the server is killed and started again: everybody gets an
/// answer, everything acknowledged is there, and what was refused is not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_may_go_away_and_come_back_under_load() {
    let Some(server) = Server::start() else {
        return;
    };
    let url = format!("postgres://sekisho@127.0.0.1:{}/postgres", server.port);
    let mut config = StoreConfig::new(url);
    config.pg_connections = 8;
    config.pg_timeout = Duration::from_secs(3);
    let db = Arc::new(Db::open(&config, None).await.unwrap());
    db.migrate(&SCHEMA).await.unwrap();
    assert_eq!(
        db.commit(vec![new_gate(1)]).await.unwrap(),
        Committal::Committed
    );

    let (stop, stopped) = tokio::sync::watch::channel(());
    let workers: Vec<_> = (0..16u32)
        .map(|worker| tokio::spawn(load(Arc::clone(&db), worker, stopped.clone())))
        .collect();
    drop(stopped);
    wait_for(&db, 50).await;
    server.stop();
    let away = db
        .read(vec![Query::new("SELECT COUNT(*) AS n FROM pass", [])])
        .await;
    assert!(matches!(away, Err(Fault::Unavailable { .. })), "{away:?}");
    server.go();
    let before = wait_for(&db, 1).await;
    wait_for(&db, before + 50).await;
    drop(stop);

    let (mut landed, mut refused, mut unknown) = (Vec::new(), Vec::new(), 0);
    for worker in workers {
        let told = worker.await.unwrap();
        landed.extend(told.landed);
        refused.extend(told.refused);
        unknown += told.unknown;
    }
    let rows = db
        .read(vec![Query::new("SELECT moment FROM pass", [])])
        .await
        .unwrap();
    let there: std::collections::HashSet<i64> = rows[0]
        .iter()
        .map(|row| row.int("moment").unwrap())
        .collect();
    assert!(
        landed.iter().all(|n| there.contains(&i64::from(*n))),
        "an acknowledged commit is lost"
    );
    assert!(
        refused.iter().all(|n| !there.contains(&i64::from(*n))),
        "a refused commit is there"
    );
    assert!(
        !refused.is_empty(),
        "nobody noticed that the server was away"
    );
    println!(
        "{} landed, {} refused, {unknown} unknown",
        landed.len(),
        refused.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_is_encrypted_for_the_host_that_was_named_or_there_is_none() {
    let Some(server) = Server::start() else {
        return;
    };
    let pem = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/tests/serve/pem");
    let url = |host: &str| format!("postgres://sekisho@{host}:{}/postgres", server.port);
    let open = async |host: &str, authority: &str| {
        let mut config = StoreConfig::new(url(host));
        config.pg_authority = Some(format!("{pem}/{authority}.pem").into());
        config.pg_timeout = Duration::from_secs(5);
        Db::open(&config, None).await
    };
    let refused = open("localhost", "authority").await;
    assert!(refused.is_err(), "this server speaks in clear alone");

    server.encrypt(Path::new(pem));
    let db = open("localhost", "authority").await.unwrap();
    let asked = "SELECT COUNT(*) AS n FROM pg_stat_ssl WHERE ssl AND pid = pg_backend_pid()";
    assert_eq!(count(&db, asked).await, 1);
    let other_name = open("127.0.0.1", "authority").await;
    assert!(other_name.is_err(), "the certificate is for localhost");
    let nobody = open("localhost", "two").await;
    assert!(nobody.is_err(), "the certificate is of another authority");
    let none = open("localhost", "none").await;
    let Err(Fault::Config { what }) = none else {
        panic!("a file that is not there");
    };
    assert!(what.contains("none.pem"), "{what}");
}

/// What one worker was told about its commits.
#[derive(Default)]
struct Told {
    landed: Vec<u32>,
    refused: Vec<u32>,
    unknown: u32,
}

async fn load(db: Arc<Db>, worker: u32, stopped: tokio::sync::watch::Receiver<()>) -> Told {
    let mut told = Told::default();
    for n in 0.. {
        if stopped.has_changed().is_err() {
            break;
        }
        let number = worker * 1_000_000 + n;
        match db.commit(vec![pass(number, 1)]).await {
            Ok(committal) => {
                assert_eq!(committal, Committal::Committed);
                told.landed.push(number);
            }
            Err(Fault::Ambiguous { .. }) => told.unknown += 1,
            Err(Fault::Unavailable { .. }) => {
                told.refused.push(number);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    told
}

/// Polls until at least `least` rows are there; the test's own time limit ends a wait in vain.
async fn wait_for(db: &Db, least: i64) -> i64 {
    for _ in 0..2_000 {
        let found = db
            .read(vec![Query::new("SELECT COUNT(*) AS n FROM pass", [])])
            .await;
        if let Ok(rows) = found {
            let n = rows[0][0].int("n").unwrap();
            if n >= least {
                return n;
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{least} rows never came");
}
