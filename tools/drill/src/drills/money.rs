//! What the drills about money share: a thief at a browser who asks the test application for
//! operations, and what becomes of each.
//!
//! **Invariant:** an operation counts as got through only when its grant was redeemed.

use std::time::Duration;

use anyhow::Context as _;
use sekisho_browser::api::{Asked, Origin, Redeemed};
use sekisho_browser::{Browser, Inbox, Page, Seat};
use serde_json::{Value, json};

use crate::run::{Run, ended};
use crate::score::Ended;
use crate::target::Person;

/// How long a thief waits for a code that may not come.
pub const PATIENCE: Duration = Duration::from_secs(6);

/// What a thief sends away, in yen: below every limit of the shipped policies.
pub const YEN: &str = "300000";

/// A thief in the name of a customer.
pub struct Thief {
    /// Their browser.
    pub browser: Browser,
    /// Whose name they use.
    pub person: Person,
    /// The messages that they can read; codes are lured out of them.
    pub reads: Inbox,
    /// What the application believes was proved.
    pub verified: Vec<&'static str>,
    /// Why the last operation was decided as it was.
    pub reasons: Vec<String>,
}

impl Thief {
    /// A thief who reads the messages to `to`.
    pub async fn new(run: &Run, person: &Person, seat: Seat, to: &str) -> anyhow::Result<Self> {
        Ok(Self {
            browser: run.browser(seat)?,
            person: person.clone(),
            reads: run.inbox(to).await?,
            verified: vec!["password", "mail_code"],
            reasons: Vec::new(),
        })
    }

    /// Signs in by the password as `login` and by the code that is read; counted as `step`.
    pub async fn enter(&mut self, run: &mut Run, login: &str, step: &str) -> anyhow::Result<Ended> {
        let password = self.person.password.clone();
        let page = run
            .give_password(&mut self.browser, login, &password)
            .await?;
        let came = self.prove(&page).await?;
        run.score.count(step, came);
        if came == Ended::Through {
            run.score.entered.insert(self.person.login.clone());
        }
        Ok(came)
    }

    /// Types the code that is read into a page that asks for one.
    pub async fn prove(&mut self, page: &Page) -> anyhow::Result<Ended> {
        let shown = self.answer(page).await?;
        Ok(ended(shown.as_ref().unwrap_or(page)))
    }

    /// The page after the code; `None` if none is asked for, or the thief reads none.
    pub async fn answer(&mut self, page: &Page) -> anyhow::Result<Option<Page>> {
        if !page.has("one-time-code") {
            return Ok(None);
        }
        let Some(code) = self.reads.code_within(PATIENCE).await? else {
            return Ok(None);
        };
        let typed = [("one-time-code", code.as_str())];
        self.browser.submit(page, &typed).await.map(Some)
    }

    /// Asks for an operation, confirms it with whatever code is read, and has it carried out;
    /// counted as `step`.
    pub async fn operate(
        &mut self,
        run: &mut Run,
        (kind, fields): (&str, Value),
        step: &str,
    ) -> anyhow::Result<Ended> {
        run.turn().await?;
        run.score.touched.insert(self.person.login.clone());
        let came = self.asked(run, kind, &fields).await;
        let came = came.with_context(|| format!("{step}: {}", self.person.reference))?;
        run.score.count(step, came);
        Ok(came)
    }

    async fn asked(&mut self, run: &Run, kind: &str, fields: &Value) -> anyhow::Result<Ended> {
        let (api, seat) = (run.api()?, self.browser.seat().clone());
        let from = Origin {
            address: seat.address.to_string(),
            user_agent: seat.user_agent,
            device: None,
            verified: self.verified.clone(),
        };
        let order = run.order();
        let asked = Asked {
            customer: &self.person.reference,
            kind,
            fields,
            from: &from,
            order: &order,
            return_uri: None,
        };
        let operation = api.operate(&asked).await?;
        if let Some(page) = &operation.confirm_uri {
            self.confirm(page).await?;
        }
        let operation = api.operation(&operation.id).await?;
        let reasons = operation.decision.reasons.iter();
        self.reasons = reasons.map(|reason| reason.code.clone()).collect();
        Ok(match (operation.state.as_str(), operation.grant) {
            ("held", _) => Ended::Held,
            ("pending", _) => Ended::SteppedUp,
            ("confirmed", Some(grant)) => {
                let redeemed = api.redeem(&grant, kind, fields, &run.order()).await?;
                match redeemed {
                    Redeemed::Good => Ended::Through,
                    Redeemed::Refused(_) => Ended::Refused,
                }
            }
            _ => Ended::Refused,
        })
    }

    /// Does what the page asks as far as the thief can.
    async fn confirm(&mut self, address: &str) -> anyhow::Result<()> {
        let page = self.browser.open(address).await?;
        // No button for a code: it takes a passkey, or the session is over.
        let Ok(page) = self.browser.press(&page, "/code").await else {
            return Ok(());
        };
        self.prove(&page).await?;
        Ok(())
    }
}

/// A payout account of the thief's.
pub fn mule(run: &Run) -> Value {
    json!({
        "account_type": "ordinary",
        "bank": "0919",
        "branch": "404",
        "holder": "カラス クロウ",
        "number": format!("{:07}", run.number() % 10_000_000),
    })
}

/// The fields of a withdrawal to an account.
pub fn withdrawal(payee: &Value) -> Value {
    json!({"amount": {"currency": "JPY", "value": YEN}, "payee": payee})
}
