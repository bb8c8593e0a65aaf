//! `sekisho application add` and `sekisho application list`.
//!
//! **Invariant:** a client secret is printed once, when it is made, and never again.

use secrecy::ExposeSecret as _;
use sekisho_core::text::Line;
use sekisho_gate::{Confidential, NewApplication};
use serde_json::json;

use super::{Ended, Failure, Misuse};
use crate::arguments::ApplicationCommand;
use crate::installation::Installation;

/// Longest name, in characters.
type Name = Line<60>;

/// Registers or lists.
pub async fn run(here: &Installation, command: ApplicationCommand) -> Result<Ended, Failure> {
    let gate = &here.gate;
    match command {
        ApplicationCommand::Webhook(command) => return super::webhook::run(here, command).await,
        ApplicationCommand::Add {
            name,
            redirect_uris,
            post_logout_uris,
            public,
            json,
        } => {
            let name = Name::parse(&name).map_err(|why| Misuse(format!("--name {why}")))?;
            for uri in redirect_uris.iter().chain(&post_logout_uris) {
                check_uri(uri)?;
            }
            let confidential = if public {
                Confidential::No
            } else {
                Confidential::Yes
            };
            let new = NewApplication {
                name: name.as_str().to_owned(),
                redirect_uris,
                post_logout_uris,
                confidential,
            };
            let fresh = gate.register_application(new).await?;
            let secret = fresh.secret.as_ref();
            let secret = secret.map(|token| token.text().expose_secret());
            if json {
                println!(
                    "{}",
                    json!({"client_id": fresh.id, "client_secret": secret})
                );
            } else {
                println!("client_id      {}", fresh.id);
                if let Some(secret) = secret {
                    println!("client_secret  {secret}");
                    println!("The secret is shown this once; only its hash is kept.");
                }
            }
        }
        ApplicationCommand::List { json } => {
            for known in gate.applications().await? {
                if json {
                    let confidential = known.secret.is_some();
                    let row = json!({
                        "client_id": known.id,
                        "name": known.name,
                        "confidential": confidential,
                        "redirect_uris": known.redirect_uris,
                        "post_logout_uris": known.post_logout_uris,
                    });
                    println!("{row}");
                } else {
                    println!("{}  {}", known.id, known.name);
                    for uri in &known.redirect_uris {
                        println!("    redirect     {uri}");
                    }
                    for uri in &known.post_logout_uris {
                        println!("    post logout  {uri}");
                    }
                }
            }
        }
    }
    Ok(Ended::Done)
}

/// An absolute address without a fragment (RFC 6749 section 3.1.2), encrypted unless it is on the
/// customer's own machine (RFC 8252 section 7.3).
fn check_uri(uri: &str) -> Result<(), Misuse> {
    let plain = uri.bytes().all(|byte| byte.is_ascii_graphic()) && !uri.contains('#');
    let local = ["http://localhost", "http://127.0.0.1", "http://[::1]"];
    let on_this_machine = local.iter().any(|start| {
        let rest = uri.strip_prefix(start);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    });
    let encrypted = uri
        .strip_prefix("https://")
        .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    if plain && (encrypted || on_this_machine) {
        return Ok(());
    }
    Err(Misuse(format!(
        "{uri:?} cannot be an address to return to: it must begin with https:// (http:// only for \
         localhost) and have no fragment"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_to_return_to_are_encrypted_or_local() {
        for uri in [
            "https://shop.example/callback?x=1",
            "http://localhost:3000/callback",
            "http://127.0.0.1/",
            "http://[::1]:9/",
        ] {
            assert!(check_uri(uri).is_ok(), "{uri}");
        }
        for uri in [
            "http://shop.example/callback",
            "http://localhost.evil.example/",
            "https://shop.example/#x",
            "https:///x",
            "https://",
            "/callback",
            "javascript:alert(1)",
            "https://shop.example/a b",
        ] {
            assert!(check_uri(uri).is_err(), "{uri}");
        }
    }
}
