//! Orders: what a customer asked the brokerage to do, on its way through Sekisho to the ledger.
//!
//! **Invariant:** an order is carried out at most once, by whoever holds its lock, and only after
//! its grant was redeemed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sekisho_browser::api::{Asked, Operation, Origin, Redeemed};
use serde_json::{Value, json};
use tokio::sync::Mutex as Lock;

use super::Brokerage;
use super::ledger::Payout;
use super::visits::Member;

/// Orders that are remembered at most.
const MOST: usize = 10_000;

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Task {
    /// Money goes to the payout account.
    Withdraw {
        /// How much, in yen.
        yen: i64,
        /// Where to.
        payout: Payout,
    },
    /// The payout account becomes another one.
    ChangePayout(Payout),
}

impl Task {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Withdraw { .. } => "withdraw",
            Self::ChangePayout(_) => "payout_account_change",
        }
    }

    fn fields(&self) -> Value {
        match self {
            Self::Withdraw { yen, payout } => json!({
                "amount": {"currency": "JPY", "value": yen.to_string()},
                "payee": payout,
            }),
            Self::ChangePayout(payout) => json!({ "payout_account": payout }),
        }
    }
}

/// How far an order is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Waits for the customer, at this address.
    Confirming(String),
    /// Done.
    Done,
    /// Waits for the brokerage's staff.
    Held,
    /// Will not be done.
    Stopped,
}

/// An order.
#[derive(Clone, Debug)]
pub struct Order {
    /// Whose.
    pub customer: String,
    /// What.
    pub task: Task,
    /// How far.
    pub stage: Stage,
    operation: String,
    /// Our number of its redemption.
    key: String,
}

/// All orders by number.
#[derive(Default)]
pub struct Orders(Mutex<HashMap<String, Arc<Lock<Order>>>>);

impl Orders {
    fn put(&self, number: String, order: Order) {
        let mut orders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if orders.len() >= MOST {
            orders.clear();
        }
        orders.insert(number, Arc::new(Lock::new(order)));
    }

    fn find(&self, number: &str) -> Option<Arc<Lock<Order>>> {
        let orders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        orders.get(number).map(Arc::clone)
    }
}

impl Brokerage {
    /// Has a task guarded. Answers the number of the order and how far it is.
    pub async fn order(
        &self,
        member: &Member,
        task: Task,
        from: Origin,
    ) -> anyhow::Result<(String, Stage)> {
        let number = self.chance()?;
        let back = format!("{}/orders/{number}", self.0.own);
        let asked = Asked {
            customer: &member.customer,
            kind: task.kind(),
            fields: &task.fields(),
            from: &from,
            order: &number,
            return_uri: Some(&back),
        };
        let operation = self.0.api.operate(&asked).await?;
        tracing::info!(
            verdict = operation.decision.verdict,
            reasons = operation.decision.codes(),
            "an order was judged"
        );
        let mut order = Order {
            customer: member.customer.clone(),
            task,
            stage: Stage::Stopped,
            operation: operation.id.clone(),
            key: self.chance()?,
        };
        self.advance(&mut order, operation).await?;
        let stage = order.stage.clone();
        self.0.orders.put(number.clone(), order);
        Ok((number, stage))
    }

    /// An order of a customer, brought as far as it goes now.
    pub async fn look(&self, member: &Member, number: &str) -> anyhow::Result<Option<Order>> {
        let Some(kept) = self.0.orders.find(number) else {
            return Ok(None);
        };
        let mut order = kept.lock().await;
        if order.customer != member.customer {
            return Ok(None);
        }
        if matches!(order.stage, Stage::Confirming(_) | Stage::Held) {
            let operation = self.0.api.operation(&order.operation).await?;
            self.advance(&mut order, operation).await?;
        }
        Ok(Some(order.clone()))
    }

    async fn advance(&self, order: &mut Order, operation: Operation) -> anyhow::Result<()> {
        order.stage = match (
            operation.state.as_str(),
            operation.grant,
            operation.confirm_uri,
        ) {
            ("confirmed", Some(grant), _) => self.carry_out(order, &grant).await?,
            ("pending", _, Some(confirm)) => Stage::Confirming(confirm),
            ("held", _, _) => Stage::Held,
            _ => Stage::Stopped,
        };
        Ok(())
    }

    /// Redeems the grant, and only then touches the books.
    async fn carry_out(&self, order: &Order, grant: &str) -> anyhow::Result<Stage> {
        let (api, ledger) = (&self.0.api, &self.0.ledger);
        let task = &order.task;
        let redeemed = api
            .redeem(grant, task.kind(), &task.fields(), &order.key)
            .await?;
        if let Redeemed::Refused(why) = redeemed {
            tracing::warn!(why, "a grant was refused");
            return Ok(Stage::Stopped);
        }
        let done = match task {
            Task::Withdraw { yen, payout } => {
                ledger.withdraw(&order.customer, *yen, payout, self.0.clock.now())
            }
            Task::ChangePayout(payout) => {
                ledger.change_payout(&order.customer, payout.clone());
                true
            }
        };
        Ok(if done { Stage::Done } else { Stage::Stopped })
    }
}
