//! `sekisho credential add`, `list` and `revoke`.
//!
//! **Invariant:** a credential is printed once, when it is made, and never again.

use secrecy::ExposeSecret as _;
use sekisho_core::id::ApplicationId;
use sekisho_core::known::ApiCredentialKnown;
use sekisho_core::text::Line;
use sekisho_gate::{Fault, Gate};
use serde_json::json;

use super::{Ended, Failure, Misuse};
use crate::arguments::CredentialCommand;

/// Longest name, in characters.
type Name = Line<60>;

/// Issues, lists or revokes.
pub async fn run(gate: &Gate, command: CredentialCommand) -> Result<Ended, Failure> {
    match command {
        CredentialCommand::Add {
            application,
            name,
            scopes,
            json,
        } => {
            let name = Name::parse(&name).map_err(|why| Misuse(format!("--name {why}")))?;
            if gate.application(application).await?.is_none() {
                let hint = "`sekisho application list` shows those there are";
                return Err(
                    Misuse(format!("there is no application {application}; {hint}")).into(),
                );
            }
            let mut scopes: Vec<_> = scopes.into_iter().map(Into::into).collect();
            scopes.sort_unstable();
            scopes.dedup();
            let name = name.as_str().to_owned();
            let (id, token) = gate.issue_credential(application, name, scopes).await?;
            let token = token.text().expose_secret();
            if json {
                println!("{}", json!({"id": id, "credential": token}));
            } else {
                println!("id          {id}");
                println!("credential  {token}");
                println!("The credential is shown this once; only its hash is kept.");
            }
        }
        CredentialCommand::List { application, json } => {
            for known in credentials(gate, application).await? {
                let scopes: Vec<_> = known.scopes.iter().map(|scope| scope.word()).collect();
                if json {
                    let row = json!({
                        "id": known.id,
                        "application": known.application,
                        "name": known.name,
                        "scopes": scopes,
                        "created": known.created,
                        "revoked": known.revoked,
                    });
                    println!("{row}");
                } else {
                    let state = match known.revoked {
                        Some(at) => format!("revoked {at}"),
                        None => format!("since {}", known.created),
                    };
                    let (id, application, scopes) = (known.id, known.application, scopes.join("+"));
                    println!("{id}  {application}  {scopes}  {state}  {}", known.name);
                }
            }
        }
        CredentialCommand::Revoke { id } => match gate.revoke_credential(id).await {
            Ok(()) => println!("{id} is revoked; it stops working within a second"),
            Err(Fault::Contended { .. }) => {
                let text = format!("there is no credential {id}, or it was revoked before");
                return Err(Misuse(text).into());
            }
            Err(why) => return Err(why.into()),
        },
    }
    Ok(Ended::Done)
}

/// The credentials of one application, or of all.
async fn credentials(
    gate: &Gate,
    application: Option<ApplicationId>,
) -> Result<Vec<ApiCredentialKnown>, Failure> {
    let owners = match application {
        Some(id) => vec![id],
        None => gate
            .applications()
            .await?
            .into_iter()
            .map(|known| known.id)
            .collect(),
    };
    let mut all = Vec::new();
    for owner in owners {
        all.extend(gate.credentials(owner).await?);
    }
    Ok(all)
}
