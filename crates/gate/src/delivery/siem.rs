//! The ways out to a SIEM: syslog (RFC 5424) over TLS (RFC 5425) or over TCP with octet counting
//! (RFC 6587 section 3.4.1), or lines in a file.
//!
//! Syslog has no answer, so what is written to a connection may be lost with it. Therefore each
//! batch has a connection of its own, which is ended on this side; it counts as taken once the
//! other side, having read to the end, ends it too, and no reset follows.
//!
//! **Invariant:** a batch is taken whole or is a failure; nothing travels in clear but to this very
//! machine, where that is allowed explicitly.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sekisho_core::moment::Moment;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::hook::{Clear, is_loopback};
use super::line;
use crate::fault::Fault;

/// The longest time for a batch. Ours: a claim lasts three times as long.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a reset is waited for, at least and at most.
const TURNS: [Duration; 2] = [Duration::from_millis(20), Duration::from_secs(2)];
/// The facility `authpriv`: security and authorization (RFC 5424 section 6.2.1).
const FACILITY: u8 = 10;
/// The port of syslog over TLS (RFC 5425 section 4.1).
const TLS_PORT: u16 = 6514;

/// One event as it goes out.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// When it happened.
    pub(crate) at: Moment,
    /// The event: JSON in one line.
    pub(crate) json: String,
    /// The severity of syslog.
    pub(crate) severity: u8,
}

/// Where events go.
#[derive(Clone, Debug)]
pub enum SiemOut {
    /// A line for each is added to a file.
    File(Lines),
    /// Messages to a server.
    Syslog(Syslog),
}

impl SiemOut {
    /// Hands a batch over.
    pub(crate) async fn send(&self, batch: &[Told]) -> Result<(), String> {
        match self {
            Self::File(lines) => lines.send(batch).await,
            Self::Syslog(syslog) => syslog.send(batch).await,
        }
    }
}

/// A file, which is opened anew for each batch, so that whoever rotates it only renames it.
#[derive(Clone, Debug)]
pub struct Lines {
    path: PathBuf,
    /// Whoever writes has it, also when nobody waits for the end of that any more.
    writing: Arc<Semaphore>,
}

impl Lines {
    /// Lines at the end of the file at `path`, which need not be there.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            writing: Arc::new(Semaphore::new(1)),
        }
    }

    /// On a thread of its own, which keeps neither the others nor the end of the server waiting
    /// when a volume or a pipe takes nothing.
    async fn send(&self, batch: &[Told]) -> Result<(), String> {
        let place = Arc::clone(&self.writing).try_acquire_owned();
        let place = place.map_err(|_| "what was written before is not taken yet".to_owned())?;
        let text: String = batch.iter().map(|one| format!("{}\n", one.json)).collect();
        let (path, (tell, told)) = (self.path.clone(), oneshot::channel());
        let write = move || {
            let written = append(&path, &text);
            // Before anybody hears of it: the next batch may follow at once.
            drop(place);
            let _nobody_waits = tell.send(written);
        };
        std::thread::Builder::new()
            .name("siem-file".to_owned())
            .spawn(write)
            .map_err(|why| format!("the file cannot be written: {why}"))?;
        match timeout(PATIENCE, told).await {
            Ok(Ok(written)) => written.map_err(|why| format!("the file cannot be written: {why}")),
            Ok(Err(_)) => Err("writing the file broke off".to_owned()),
            Err(_) => Err(format!(
                "the file was not written within {} s",
                PATIENCE.as_secs()
            )),
        }
    }
}

/// Adds lines at the end. A line that a crash cut off is ended first, so that it spoils no other.
fn append(path: &Path, lines: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // A shipper reads it as a member of the group; nobody else does.
        options.mode(0o640);
    }
    let mut file = options.open(path)?;
    let regular = file.metadata()?.is_file();
    if regular && is_cut_off(path)? {
        file.write_all(b"\n")?;
    }
    file.write_all(lines.as_bytes())?;
    if regular {
        file.sync_data()?;
    }
    Ok(())
}

fn is_cut_off(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// A server of syslog.
#[derive(Clone)]
pub struct Syslog {
    host: String,
    port: u16,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    /// What the messages call this installation.
    name: String,
    patience: Duration,
}

impl std::fmt::Debug for Syslog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Syslog")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

impl Syslog {
    /// The server at `url`, `tls://host:6514` or `tcp://host:port`, whose certificate comes from
    /// these authorities, PEM, or the public ones; messages call this installation `name`.
    ///
    /// # Errors
    /// [`Fault::Config`] says what cannot be used.
    pub fn new(
        url: &str,
        authorities: Option<&[u8]>,
        clear: Clear,
        name: &str,
    ) -> Result<Self, Fault> {
        let config = |what: String| Fault::Config { what };
        let not_one = || config("must be tls://host:6514 or tcp://host:port".to_owned());
        let (rest, encrypted) = match (url.strip_prefix("tls://"), url.strip_prefix("tcp://")) {
            (Some(rest), _) => (rest, true),
            (None, Some(rest)) => (rest, false),
            (None, None) => return Err(not_one()),
        };
        let bracketed = rest.ends_with(']');
        let (host, port) = match rest.rsplit_once(':').filter(|_| !bracketed) {
            Some((host, port)) => (host, port.parse().map_err(|_| not_one())?),
            None if encrypted => (rest, TLS_PORT),
            None => return Err(not_one()),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let server = ServerName::try_from(host.to_owned()).map_err(|_| not_one())?;
        let local = is_loopback(host) && clear == Clear::DangerLoopback;
        if !encrypted && !local {
            return Err(config(
                "must begin with tls:// (tcp:// only for a loopback address, where siem.clear \
                 allows it): events say who signed in from where"
                    .to_owned(),
            ));
        }
        let tls = match encrypted {
            false => None,
            true => {
                let trusting = line::trusting(authorities).map_err(config)?;
                Some((TlsConnector::from(Arc::new(trusting)), server))
            }
        };
        Ok(Self {
            host: host.to_owned(),
            port,
            tls,
            name: printable(name),
            patience: PATIENCE,
        })
    }

    /// The same, which gives up after `patience`.
    #[must_use]
    pub fn within(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    async fn send(&self, batch: &[Told]) -> Result<(), String> {
        let frames: String = batch.iter().map(|one| self.frame(one)).collect();
        let handed = timeout(self.patience, self.hand_over(frames.as_bytes()));
        let late = |_| {
            let seconds = self.patience.as_secs();
            Err(format!(
                "the receiver did not read to the end and close within {seconds} s"
            ))
        };
        handed.await.unwrap_or_else(late)
    }

    async fn hand_over(&self, frames: &[u8]) -> Result<(), String> {
        let begun = Instant::now();
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await;
        let mut stream =
            stream.map_err(|why| format!("the receiver could not be reached: {why}"))?;
        let turn = begun.elapsed();
        let taken = match &self.tls {
            None => match taken(&mut stream, frames).await {
                Ok(()) => settled(&stream, turn).await,
                Err(why) => Err(why),
            },
            Some((connector, name)) => {
                let stream = connector.connect(name.clone(), stream).await;
                let mut stream = stream.map_err(|why| format!("TLS failed: {why}"))?;
                match taken(&mut stream, frames).await {
                    Ok(()) => settled(stream.get_ref().0, turn).await,
                    Err(why) => Err(why),
                }
            }
        };
        taken.map_err(|why| format!("the connection broke off: {why}"))
    }

    /// `LENGTH SP MESSAGE` (RFC 6587 section 3.4.1).
    fn frame(&self, told: &Told) -> String {
        let priority = FACILITY * 8 + told.severity;
        let (at, name, json) = (told.at, &self.name, &told.json);
        let message = format!("<{priority}>1 {at} {name} sekisho - ocsf - {json}");
        format!("{} {message}", message.len())
    }
}

/// What a field of the head may hold: visible ASCII, 255 at most (RFC 5424 section 6).
fn printable(name: &str) -> String {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_graphic)
        .take(255)
        .collect();
    if plain.is_empty() {
        return "-".to_owned();
    }
    plain
}

/// A receiver that ended before it had read everything (it was stopped, say) ends in the same way,
/// and what was still on its way to it is answered with a reset: by then, one turn of the line
/// later, the connection is an error.
async fn settled(stream: &TcpStream, turn: Duration) -> io::Result<()> {
    let [least, most] = TURNS;
    tokio::time::sleep(turn.saturating_mul(4).clamp(least, most)).await;
    match stream.take_error()? {
        Some(why) => Err(why),
        None => Ok(()),
    }
}

/// Writes everything, ends this side, and waits for the other to end.
async fn taken(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    frames: &[u8],
) -> io::Result<()> {
    stream.write_all(frames).await?;
    stream.shutdown().await?;
    let mut passed_over = [0; 256];
    loop {
        match stream.read(&mut passed_over).await {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            // Many servers end TLS without saying so. See docs/siem.md for what that leaves open.
            Err(why) if why.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(why) => return Err(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn syslog(url: &str, clear: Clear) -> Result<Syslog, String> {
        Syslog::new(url, None, clear, "broker.example").map_err(|why| why.to_string())
    }

    #[test]
    fn a_server_is_named_with_tls_or_on_this_machine() {
        for url in [
            "tls://siem.example",
            "tls://siem.example:7000",
            "tls://[fd00::1]:6514",
        ] {
            assert!(syslog(url, Clear::Never).is_ok(), "{url}");
        }
        assert_eq!(
            syslog("tls://siem.example", Clear::Never).unwrap().port,
            6514
        );
        assert!(syslog("tcp://127.0.0.1:514", Clear::DangerLoopback).is_ok());
        for url in [
            "tcp://127.0.0.1:514",
            "tcp://siem.example:514",
            "tcp://127.0.0.1.evil.example:514",
            "udp://127.0.0.1:514",
            "tls://siem.example:x",
            "tls://a b",
            "tls://",
            "siem.example",
        ] {
            assert!(syslog(url, Clear::Never).is_err(), "{url}");
        }
        assert!(syslog("tcp://siem.example:514", Clear::DangerLoopback).is_err());
        assert!(syslog("tcp://127.0.0.1", Clear::DangerLoopback).is_err());
    }

    #[test]
    fn a_frame_counts_bytes_and_not_letters() {
        let told = Told {
            at: Moment(1_795_219_200_000_000),
            json: r#"{"a":"関所"}"#.to_owned(),
            severity: 4,
        };
        let syslog = syslog("tls://siem.example", Clear::Never).unwrap();
        let frame = syslog.frame(&told);
        let (length, message) = frame.split_once(' ').unwrap();
        assert_eq!(length.parse::<usize>().unwrap(), message.len());
        assert!(message.len() > message.chars().count());
        let head = "<84>1 2026-11-21T00:00:00Z broker.example sekisho - ocsf - {";
        assert!(message.starts_with(head), "{message}");
        assert_eq!(printable("関 所\n"), "-");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_batch_may_follow_as_soon_as_the_one_before_is_taken() {
        let lines = Lines::new(PathBuf::from("/dev/null"));
        for turn in 0..2_000 {
            assert_eq!(lines.send(&[]).await, Ok(()), "{turn}");
        }
    }

    #[test]
    fn a_line_that_was_cut_off_spoils_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.ndjson");
        append(&path, "{1}\n").unwrap();
        append(&path, "{2").unwrap();
        append(&path, "{3}\n{4}\n").unwrap();
        let read = std::fs::read_to_string(&path).unwrap();
        assert_eq!(read, "{1}\n{2\n{3}\n{4}\n");
    }
}
