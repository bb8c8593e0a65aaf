//! The SMTP listener of the message box: connections, lines, time limits.
//!
//! **Invariant:** a connection holds one of a bounded number of places, never more than one line
//! and one mail in memory, and ends when it is silent for [`PATIENCE`].

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::dialogue::{Dialogue, GREETING, LONGEST_LINE, Step, TAKEN};
use super::{MessageBox, Way, mime};

/// Longest silence of a sender (RFC 5321 section 4.5.3.2.7 asks for five minutes).
const PATIENCE: Duration = Duration::from_secs(300);
/// Most connections at once.
const MOST_CONNECTIONS: usize = 64;

/// Receives mail until `stop`.
pub async fn receive(listener: TcpListener, kept: MessageBox, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let (Ok((stream, _)), Ok(place)) = (accepted, Arc::clone(&places).try_acquire_owned())
        else {
            continue;
        };
        let (kept, stop) = (kept.clone(), stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                ended = converse(stream, &kept) => if let Err(why) = ended {
                    tracing::debug!(%why, "a mail connection ended early");
                }
            }
            drop(place);
        });
    }
}

async fn converse(stream: TcpStream, kept: &MessageBox) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let mut dialogue = Dialogue::default();
    write.write_all(GREETING.as_bytes()).await?;
    let mut line = Vec::new();
    loop {
        line.clear();
        let most = u64::try_from(LONGEST_LINE + 2).unwrap_or(u64::MAX);
        let taken = timeout(
            PATIENCE,
            (&mut read).take(most).read_until(b'\n', &mut line),
        )
        .await;
        let Ok(taken) = taken else {
            return write.write_all(b"421 4.4.2 too slow\r\n").await;
        };
        if taken? == 0 {
            return Ok(());
        }
        let Some(ended) = line.strip_suffix(b"\n") else {
            return write.write_all(b"500 5.5.2 line too long\r\n").await;
        };
        let step = dialogue.line(ended.strip_suffix(b"\r").unwrap_or(ended));
        match step {
            Step::Listen => {}
            Step::Reply(text) => write.write_all(text.as_bytes()).await?,
            Step::Deliver(handed) => {
                let text = mime::read(&handed.data);
                for to in handed.recipients {
                    kept.put(Way::Mail, to, text.subject.clone(), text.body.clone());
                }
                write.write_all(TAKEN.as_bytes()).await?;
            }
            Step::Close(text) => return write.write_all(text.as_bytes()).await,
        }
    }
}
