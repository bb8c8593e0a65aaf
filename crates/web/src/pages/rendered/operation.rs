//! Samples of operations as their pages show them.
//!
//! **Invariant:** a sample shows everything that an operation may have, hostile names included.

use sekisho_core::confirm::Statement;
use sekisho_core::id::OperationId;
use sekisho_core::moment::Moment;
use sekisho_core::operation::{FieldType, Fields, OperationState, PayoutAccount};
use sekisho_gate::{ConfirmWays, PinWish, ShownOperation};

use super::{RETURN_TO, World};

fn account(holder: &str) -> PayoutAccount {
    let account = serde_json::json!({"account_type": "ordinary", "bank": "0005", "branch": "123",
        "holder": holder, "number": "1234567"});
    let types = [("payee".to_owned(), FieldType::PayoutAccount)];
    let fields = Fields::parse(&serde_json::json!({ "payee": account }), &types.into());
    fields.unwrap().payout_account().unwrap().clone()
}

impl World {
    pub(super) fn shown(&self, state: OperationState) -> ShownOperation {
        let payee = account(&self.text);
        ShownOperation {
            id: OperationId([4; 16]),
            application: self.text.clone(),
            name: self.text.clone(),
            amount: Some("150,000 JPY".into()),
            payee: Some(payee.clone()),
            payments: vec![("150,000 JPY".into(), payee)],
            texts: vec![(self.text.clone(), self.text.clone())],
            payout_changed_days: Some(3),
            statement: Statement::default(),
            seen: "seen".into(),
            state,
            expires: Moment::from_unix_seconds(1_795_219_200),
            over: false,
            return_to: Some(RETURN_TO.to_owned()),
            ways: ConfirmWays::Code(self.text.clone()),
            payment: None,
            totp: false,
            pin: PinWish::None,
            code_sent: false,
            stale: false,
            stop: None,
        }
    }
}
