//! Section `push`: how phones that approve are reached.
//!
//! **Invariant:** without a contact nothing is approved on phones, whatever else the section says.

use std::path::PathBuf;

use sekisho_gate::{PushConfig, SERVICES};

use super::document::Document;
use super::setting::Reach;

/// Section `push`.
#[derive(Clone, Debug)]
pub struct Push {
    /// Whom a push service can ask.
    pub contact: String,
    /// Hosts of push services.
    pub hosts: Vec<String>,
    /// Certificates of theirs, in the place of the public ones.
    pub authorities: Option<PathBuf>,
    /// Where their names may lead.
    pub reach: Reach,
}

/// Every key is read, so that every key is known.
pub(super) fn read(document: &mut Document<'_>) -> Option<Push> {
    let contact = document.optional("push.contact");
    let hosts = document.or("push.hosts", SERVICES.map(str::to_owned).to_vec());
    let authorities = document.optional("push.authorities");
    let reach = document.or("push.reach", Reach::Public);
    contact.map(|contact| Push {
        contact,
        hosts,
        authorities,
        reach,
    })
}

impl Push {
    /// What gate is made with, but for the certificates.
    #[must_use]
    pub fn settings(&self) -> PushConfig {
        PushConfig {
            contact: self.contact.clone(),
            hosts: self.hosts.clone(),
            authorities: None,
            reach: match self.reach {
                Reach::Anywhere => sekisho_gate::Reach::DangerAnywhere,
                Reach::Public => sekisho_gate::Reach::Public,
            },
        }
    }
}
