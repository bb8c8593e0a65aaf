//! Databases on the PostgreSQL server of the tests: made, copied, dropped.
//!
//! A database that was brought to the newest version is kept on the server as a template
//! (`sim_template_…`, one for each list of migrations, of some 15 MB; drop it when you like), since
//! to copy it takes a tenth of the time that the migrations take.
//!
//! **Invariant:** nobody copies a template that is not finished.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use sekisho_store::{Store, StoreConfig, fingerprint};
use tokio_postgres::{Client, NoTls};

/// One template is made at a time, whichever process asks for it.
const LOCK: i64 = 0x5e15_1a7e;

/// A database of one test's own; dropped with it.
pub(crate) struct Database {
    server: String,
    name: String,
}

impl Database {
    /// Makes one at this server, with all tables or with nothing in it.
    pub(crate) async fn new(server: String, is_migrated: bool) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::SeqCst);
        let name = format!("sim_{}_{number}", std::process::id());
        let template = if is_migrated {
            template(&server).await?
        } else {
            "template1".to_owned()
        };
        let text = format!("CREATE DATABASE {name} TEMPLATE {template}");
        on_server(&server, &text).await?;
        Ok(Self { server, name })
    }

    /// Its address.
    pub(crate) fn url(&self) -> Result<String> {
        at(&self.server, &self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let text = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let server = std::mem::take(&mut self.server);
        let dropping = std::thread::spawn(move || -> Result<()> {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(on_server(&server, &text))
        });
        if !matches!(dropping.join(), Ok(Ok(()))) {
            eprintln!("a test's database was left behind");
        }
    }
}

/// The address of another database at the same server.
fn at(server: &str, name: &str) -> Result<String> {
    let (base, _) = server
        .rsplit_once('/')
        .context("an address without a database")?;
    Ok(format!("{base}/{name}"))
}

/// The name of the template, which is there when this returns.
async fn template(server: &str) -> Result<String> {
    static READY: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    // Boxed, as what is below is deep and part of the future of every test.
    let ready = READY.get_or_try_init(|| Box::pin(made(server)));
    Ok(ready.await?.clone())
}

async fn made(server: &str) -> Result<String> {
    let name = format!("sim_template_{:016x}", fingerprint());
    let (client, driver) = tokio_postgres::connect(server, NoTls).await?;
    let driving = tokio::spawn(driver);
    client
        .execute("SELECT pg_advisory_lock($1)", &[&LOCK])
        .await?;
    if !is_finished(&client, &name).await? {
        // One that somebody began and did not end.
        let gone = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        client.batch_execute(&gone).await?;
        let fresh = format!("CREATE DATABASE {name}");
        client.batch_execute(&fresh).await?;
        migrated(at(server, &name)?).await?;
        // From here on nobody connects to it, so that everybody may copy it.
        let finished = format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false");
        client.batch_execute(&finished).await?;
    }
    drop(client);
    driving.await??;
    Ok(name)
}

async fn is_finished(client: &Client, name: &str) -> Result<bool> {
    let text = "SELECT 1 FROM pg_database WHERE datname = $1 AND NOT datallowconn";
    Ok(client.query_opt(text, &[&name]).await?.is_some())
}

async fn migrated(url: String) -> Result<()> {
    let mut config = StoreConfig::new(url);
    config.pg_timeout = Duration::from_secs(60);
    let store = Store::open(&config).await?;
    store.migrate().await?;
    store.close().await;
    Ok(())
}

async fn on_server(url: &str, text: &str) -> Result<()> {
    let (client, driver) = tokio_postgres::connect(url, NoTls).await?;
    let driving = tokio::spawn(driver);
    client.batch_execute(text).await?;
    drop(client);
    driving.await??;
    Ok(())
}
