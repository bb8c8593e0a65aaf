//! What a drill is told about the installation: addresses, a credential, and customers of its own
//! to be attacked.
//!
//! **Invariant:** an address that is not on this machine is used only when it was repeated, letter
//! by letter, by whoever runs the drill.

use std::net::{IpAddr, Ipv4Addr};

use anyhow::{Context as _, bail, ensure};
use reqwest::Url;
use sekisho_browser::Seat;
use serde::{Deserialize, Serialize};

/// An installation to play against.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its address, as its pages name it.
    pub sekisho: String,
    /// The console's.
    #[serde(default)]
    pub console: Option<String>,
    /// A message box: answers `messages.json`, as the demo's does.
    #[serde(default)]
    pub messages: Option<String>,
    /// Answers open and closed alerts, one JSON object a line, as `sekisho alert list --json`.
    #[serde(default)]
    pub alerts: Option<String>,
    /// An API credential of a test application: scopes `decisions` and `operations`.
    #[serde(default)]
    pub token: Option<String>,
    /// Customers who were made to be attacked.
    pub customers: Vec<Person>,
    /// Where attackers sit. Empty: 198.18.0.0/15, which is set aside for tests (RFC 2544).
    #[serde(default)]
    pub strange: Vec<Range>,
}

/// A customer.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// What applications call them.
    pub reference: String,
    /// What they type.
    pub login: String,
    /// Their password.
    pub password: String,
    /// The address they are used to.
    pub address: IpAddr,
    /// The browser they are used to.
    pub user_agent: String,
}

impl Person {
    /// Where they usually sit.
    #[must_use]
    pub fn seat(&self) -> Seat {
        Seat {
            address: self.address,
            user_agent: self.user_agent.clone(),
        }
    }
}

/// Addresses in a row.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The first of them.
    pub first: Ipv4Addr,
    /// How many.
    pub size: u32,
}

/// What is used where no place of attackers is named.
const TESTS: Range = Range {
    first: Ipv4Addr::new(198, 18, 0, 0),
    size: 1 << 17,
};

impl Target {
    /// Reads one from a file, or from an address on this machine.
    ///
    /// # Errors
    /// When it is not there or says something else.
    pub async fn read(from: &str) -> anyhow::Result<Self> {
        let text = if from.starts_with("http://") {
            ensure!(is_here(from), "{from} is not on this machine; name a file");
            let answer = sekisho_browser::http()?.get(from).send().await;
            let answer = answer.with_context(|| format!("{from} does not answer"))?;
            answer.error_for_status()?.text().await?
        } else {
            std::fs::read_to_string(from).with_context(|| format!("{from} cannot be read"))?
        };
        serde_json::from_str(&text).with_context(|| format!("{from} describes no target"))
    }

    /// Whether a drill may be played against it: everything is on this machine, or was named.
    ///
    /// # Errors
    /// With the address that is neither.
    pub fn permit(&self, owned: &[String]) -> anyhow::Result<()> {
        let others = [&self.console, &self.messages, &self.alerts];
        let all = others.into_iter().flatten().chain([&self.sekisho]);
        for address in all {
            if !is_here(address) && !owned.contains(address) {
                bail!(
                    "{address} is not on this machine. A drill is an attack: if the installation \
                     is a test and yours, say --i-own {address}"
                );
            }
        }
        Ok(())
    }

    /// The `n`th place of attackers, in /24 number `net`: different numbers, different addresses.
    #[must_use]
    pub fn stranger(&self, net: u32, n: u32) -> Ipv4Addr {
        let nets = |range: &Range| (range.size / 256).max(1);
        let ranges: &[Range] = match self.strange.as_slice() {
            [] => &[TESTS],
            some => some,
        };
        let mut net = net % ranges.iter().map(nets).sum::<u32>().max(1);
        for range in ranges {
            if net < nets(range) {
                let last = range.size.saturating_sub(1);
                let place = (net * 256 + 1 + n % 250).min(last);
                return Ipv4Addr::from(u32::from(range.first).saturating_add(place));
            }
            net -= nets(range);
        }
        TESTS.first
    }
}

/// Whether an address is one of this machine.
fn is_here(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else {
        return false;
    };
    match url.host_str().unwrap_or_default() {
        "localhost" => true,
        host => {
            let bare = host.trim_start_matches('[').trim_end_matches(']');
            bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(sekisho: &str) -> Target {
        Target {
            sekisho: sekisho.to_owned(),
            console: None,
            messages: None,
            alerts: None,
            token: None,
            customers: Vec::new(),
            strange: Vec::new(),
        }
    }

    #[test]
    fn what_is_not_here_has_to_be_repeated() {
        for here in [
            "http://localhost:8080",
            "http://127.0.0.9",
            "http://[::1]:1",
        ] {
            assert!(target(here).permit(&[]).is_ok(), "{here}");
        }
        let far = "https://id.example.jp";
        for not in ["http://localhost.example.jp", "http://10.0.0.1", "x", far] {
            assert!(target(not).permit(&[]).is_err(), "{not}");
        }
        assert!(
            target(far)
                .permit(&["https://id.example.jp/".to_owned()])
                .is_err()
        );
        assert!(target(far).permit(&[far.to_owned()]).is_ok());
        let mut two = target("http://localhost:1");
        two.messages = Some(far.to_owned());
        assert!(two.permit(&[]).is_err());
    }

    #[test]
    fn strangers_sit_in_the_given_networks() {
        let mut target = target("http://localhost:1");
        assert_eq!(target.stranger(1, 4), Ipv4Addr::new(198, 18, 1, 5));
        target.strange = vec![
            Range {
                first: Ipv4Addr::new(11, 0, 0, 0),
                size: 512,
            },
            Range {
                first: Ipv4Addr::new(12, 0, 0, 0),
                size: 256,
            },
        ];
        assert_eq!(target.stranger(1, 0), Ipv4Addr::new(11, 0, 1, 1));
        assert_eq!(target.stranger(2, 0), Ipv4Addr::new(12, 0, 0, 1));
        assert_eq!(target.stranger(3, 251), Ipv4Addr::new(11, 0, 0, 2));
    }
}
