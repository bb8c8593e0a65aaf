//! The connections to PostgreSQL, and what happens when the server goes away.
//!
//! While it is away one task tries to reach it with growing pauses, and every request is told so at
//! once instead of trying on its own: a thousand requests must not fall upon a server that is just
//! starting.
//!
//! **Invariant:** at most the configured number of loans exist at a time.

use super::faults::during;
use super::tls;
use super::value::numbered;
use crate::config::{StoreConfig, WAITING_LIMIT};
use crate::fault::Fault;
use std::collections::HashMap;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, NoTls, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

/// The first and the longest pause between two tries to reach the server again.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// One connection with what is prepared on it.
pub(super) struct Connection {
    pub client: Client,
    statements: HashMap<&'static str, Statement>,
}

impl Connection {
    /// The statement, prepared on this connection when first used.
    pub async fn prepared(&mut self, text: &'static str) -> Result<Statement, Fault> {
        if let Some(statement) = self.statements.get(text) {
            return Ok(statement.clone());
        }
        let statement = self
            .client
            .prepare(&numbered(text))
            .await
            .map_err(during("prepare"))?;
        self.statements.insert(text, statement.clone());
        Ok(statement)
    }
}

/// All connections.
pub(super) struct Pool {
    target: tokio_postgres::Config,
    /// In clear without it.
    tls: Option<MakeRustlsConnect>,
    session: String,
    timeout: Duration,
    permits: Arc<Semaphore>,
    size: u32,
    waiting: AtomicUsize,
    idle: Mutex<Vec<Connection>>,
    away: AtomicBool,
}

/// A connection in use. Dropped without [`Loan::give_back`] it is closed.
pub(super) struct Loan {
    connection: Connection,
    pool: Arc<Pool>,
    _permit: OwnedSemaphorePermit,
}

impl Loan {
    pub fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Keeps the connection for the next request; no transaction may be open on it.
    pub fn give_back(self) {
        if !self.pool.permits.is_closed() && !self.connection.client.is_closed() {
            self.pool.idle().push(self.connection);
        }
    }
}

impl Pool {
    pub fn new(url: &str, config: &StoreConfig) -> Result<Self, Fault> {
        // The driver's message could quote the password.
        let wrong = |_| Fault::Config {
            what: "the postgres:// address cannot be read".to_owned(),
        };
        let mut target = tokio_postgres::Config::from_str(url).map_err(wrong)?;
        let authority = config.pg_authority.as_deref();
        let tls = authority.map(tls::connector).transpose()?;
        if tls.is_some() {
            target.ssl_mode(SslMode::Require);
        } else if leaves_the_machine(&target) {
            tracing::warn!("the connection to PostgreSQL is in clear: set database.authority");
        }
        target
            .connect_timeout(config.pg_timeout)
            .tcp_user_timeout(config.pg_timeout);
        if target.get_application_name().is_none() {
            target.application_name("sekisho");
        }
        // An asynchronous commit would be answered before it is durable. Anything stronger is left
        // as it is.
        let session = format!(
            "SET statement_timeout = {0}; SET lock_timeout = {0};
             SET idle_in_transaction_session_timeout = {0}; SET client_min_messages = 'error';
             SELECT set_config('synchronous_commit', 'on', false)
              WHERE current_setting('synchronous_commit') IN ('off', 'local')",
            config.pg_timeout.as_millis()
        );
        Ok(Pool {
            target,
            tls,
            session,
            timeout: config.pg_timeout,
            permits: Arc::new(Semaphore::new(config.pg_connections)),
            size: u32::try_from(config.pg_connections).unwrap_or(u32::MAX),
            waiting: AtomicUsize::new(0),
            idle: Mutex::new(Vec::new()),
            away: AtomicBool::new(false),
        })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection of one's own, once one is free.
    pub async fn borrow(self: &Arc<Self>) -> Result<Loan, Fault> {
        let permit = self.permit().await?;
        loop {
            let kept = self.idle().pop();
            match kept {
                Some(connection) if connection.client.is_closed() => {}
                Some(connection) => return Ok(self.loan(connection, permit)),
                None => break,
            }
        }
        if self.away.load(Ordering::SeqCst) {
            return Err(Fault::unavailable("PostgreSQL is away"));
        }
        match self.connect().await {
            Ok(connection) => Ok(self.loan(connection, permit)),
            Err(fault) => {
                self.look_out();
                Err(fault)
            }
        }
    }

    async fn permit(self: &Arc<Self>) -> Result<OwnedSemaphorePermit, Fault> {
        let closed = |_| Fault::unavailable("the store is closed");
        let _queued = Queued::join(&self.waiting)?;
        Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(closed)
    }

    fn loan(self: &Arc<Self>, connection: Connection, permit: OwnedSemaphorePermit) -> Loan {
        Loan {
            connection,
            pool: Arc::clone(self),
            _permit: permit,
        }
    }

    async fn connect(&self) -> Result<Connection, Fault> {
        self.connect_with(&self.session).await
    }

    /// For a migration, which may wait for another node's and take longer than any request.
    pub async fn connect_patiently(&self) -> Result<Connection, Fault> {
        self.connect_with("SET client_min_messages = 'error'").await
    }

    async fn connect_with(&self, session: &str) -> Result<Connection, Fault> {
        let connecting = async {
            let client = self.reached().await.map_err(during("connect"))?;
            client
                .batch_execute(session)
                .await
                .map_err(during("connect"))?;
            Ok(Connection {
                client,
                statements: HashMap::new(),
            })
        };
        let ended = tokio::time::timeout(self.timeout, connecting).await;
        ended.unwrap_or_else(|_| Err(Fault::unavailable("PostgreSQL did not answer in time")))
    }

    /// A connection whose driver runs; the driver's end is seen as a closed connection.
    async fn reached(&self) -> Result<Client, tokio_postgres::Error> {
        Ok(match &self.tls {
            Some(tls) => {
                let (client, driver) = self.target.connect(tls.clone()).await?;
                tokio::spawn(async move { driver.await.unwrap_or_default() });
                client
            }
            None => {
                let (client, driver) = self.target.connect(NoTls).await?;
                tokio::spawn(async move { driver.await.unwrap_or_default() });
                client
            }
        })
    }

    /// Starts the one task that tries to reach the server again, unless it runs.
    fn look_out(self: &Arc<Self>) {
        if self.away.swap(true, Ordering::SeqCst) {
            return;
        }
        tracing::warn!("PostgreSQL is away; trying to reach it again");
        let pool = Arc::downgrade(self);
        tokio::spawn(async move {
            let mut pause = PAUSES.0;
            loop {
                tokio::time::sleep(pause).await;
                let Some(pool) = pool.upgrade() else { return };
                if pool.permits.is_closed() {
                    return;
                }
                if let Ok(connection) = pool.connect().await {
                    pool.idle().push(connection);
                    pool.away.store(false, Ordering::SeqCst);
                    tracing::info!("PostgreSQL is back");
                    return;
                }
                pause = (pause * 2).min(PAUSES.1);
            }
        });
    }

    /// Lets everybody who has or waits for a connection finish, then refuses. Permits are given in
    /// the order in which they were asked for, so all of them at once come last.
    pub async fn close(&self) {
        let all = self.permits.acquire_many(self.size);
        // Whoever takes longer than any request may is not waited for.
        let _ = tokio::time::timeout(self.timeout, all).await;
        self.permits.close();
        self.idle().clear();
    }
}

fn leaves_the_machine(target: &tokio_postgres::Config) -> bool {
    let mut addresses = target.get_hostaddrs().iter();
    let named = target.get_hosts().iter().any(is_elsewhere);
    named || addresses.any(|address| !address.is_loopback())
}

/// Whether what goes to this host leaves the machine.
fn is_elsewhere(host: &Host) -> bool {
    let Host::Tcp(name) = host else {
        return false;
    };
    let address = name.parse::<IpAddr>();
    name != "localhost" && !address.is_ok_and(|address| address.is_loopback())
}

/// A place among those who wait, given up when dropped.
struct Queued<'a>(&'a AtomicUsize);

impl<'a> Queued<'a> {
    fn join(waiting: &'a AtomicUsize) -> Result<Self, Fault> {
        let before = waiting.fetch_add(1, Ordering::SeqCst);
        let place = Queued(waiting);
        if before < WAITING_LIMIT {
            Ok(place)
        } else {
            Err(Fault::Overloaded {
                limit: WAITING_LIMIT,
            })
        }
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
