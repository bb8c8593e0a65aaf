//! Section `siem`: where the firm's own watch gets every decision as an event.
//!
//! **Invariant:** without a way out nothing is kept for one; nothing travels in clear unless the
//! section says so, and then to this machine alone.

use std::path::PathBuf;

use sekisho_core::notice::Locale;
use sekisho_core::siem::Addresses;
use sekisho_gate::Clear;

use super::document::Document;
use super::setting::{ChatLanguage, HookClear, SiemAddresses};

/// Section `siem`.
#[derive(Clone, Debug)]
pub struct Siem {
    /// A server of syslog.
    pub syslog: Option<String>,
    /// A file that lines are added to.
    pub file: Option<PathBuf>,
    /// The file with the address at which a chat takes messages about alerts and cases.
    pub chat_file: Option<PathBuf>,
    /// Certificates of authorities for the chat, in the place of the public ones.
    pub chat_authorities: Option<PathBuf>,
    chat_language: ChatLanguage,
    /// Certificates that those of the server must come from, in the place of the public ones.
    pub authorities: Option<PathBuf>,
    clear: HookClear,
    addresses: SiemAddresses,
}

impl Siem {
    /// What may be sent in clear.
    #[must_use]
    pub const fn clear(&self) -> Clear {
        match self.clear {
            HookClear::DangerLoopback => Clear::DangerLoopback,
            HookClear::Never => Clear::Never,
        }
    }

    /// Whether events say from where.
    #[must_use]
    pub const fn addresses(&self) -> Addresses {
        match self.addresses {
            SiemAddresses::Sent => Addresses::Sent,
            SiemAddresses::Withheld => Addresses::Withheld,
        }
    }

    /// The language of messages to the chat.
    #[must_use]
    pub const fn chat_language(&self) -> Locale {
        match self.chat_language {
            ChatLanguage::En => Locale::En,
            ChatLanguage::Ja => Locale::Ja,
        }
    }

    /// What is wrong: a key, and the rest of a sentence.
    pub(super) fn problem(&self) -> Option<(&'static str, String)> {
        if self.syslog.is_some() && self.file.is_some() {
            let text = "is set, and siem.syslog too: a shipper that follows the file can send on";
            return Some(("siem.file", text.to_owned()));
        }
        let folder = self.file.as_ref().and_then(|file| file.parent());
        let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            let text = format!("is in a folder that is not there, {}", folder.display());
            return Some(("siem.file", text));
        }
        if let Err(why) = crate::installation::siem(self, "") {
            return Some(("siem.syslog", format!("cannot be used: {why:#}")));
        }
        let why = crate::installation::chat(self).err()?;
        Some(("siem.chat_file", format!("cannot be used: {why:#}")))
    }
}

/// Every key is read, so that every key is known.
pub(super) fn read(document: &mut Document<'_>) -> Option<Siem> {
    let siem = Siem {
        syslog: document.optional("siem.syslog"),
        file: document.optional("siem.file"),
        chat_file: document.optional("siem.chat_file"),
        chat_authorities: document.optional("siem.chat_authorities"),
        chat_language: document.or("siem.chat_language", ChatLanguage::Ja),
        authorities: document.optional("siem.authorities"),
        clear: document.or("siem.clear", HookClear::Never),
        addresses: document.or("siem.addresses", SiemAddresses::Sent),
    };
    let out = siem.syslog.is_some() || siem.file.is_some() || siem.chat_file.is_some();
    out.then_some(siem)
}
