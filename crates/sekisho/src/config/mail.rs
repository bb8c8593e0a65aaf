//! Section `mail`: how mail leaves.
//!
//! **Invariant:** without a host no mail leaves, whatever else the section says.

use super::document::Document;
use super::sections::Mail;
use super::setting::{MailTls, Whole};

/// Every key is read, so that every key is known.
pub(super) fn read(document: &mut Document<'_>) -> Option<Mail> {
    let host = document.optional("mail.host");
    let port = document.or("mail.port", Whole::<1, 65_535>(587)).tiny();
    let tls = document.or("mail.tls", MailTls::StartTls);
    let user = document.optional("mail.user");
    let password_file = document.optional("mail.password_file");
    let from = document.optional("mail.from");
    host.map(|host| Mail {
        host,
        port,
        tls,
        user,
        password_file,
        from,
    })
}
