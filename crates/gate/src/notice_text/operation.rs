//! What is told of guarded operations.
//!
//! **Invariant:** it says whether money moves, and of money that leaves that its payout account was
//! changed lately.

use sekisho_core::notice::{OperationAbout, OperationEvent};

use super::{lines, yen};
use crate::notices::OperationBody;

pub(super) fn ja(told: &OperationBody, not_me: &str) -> (String, String) {
    let about = &told.about;
    let operation = &about.operation;
    let (subject, text) = match told.event {
        OperationEvent::Confirmed => (
            format!("{operation}を受け付けました"),
            format!("{operation}の確認を受け付けました。"),
        ),
        OperationEvent::Redeemed => (
            format!("{operation}の手続きを実行しました"),
            format!("{operation}のお手続きが実行されました。"),
        ),
        OperationEvent::Refused => (
            format!("{operation}を止めました"),
            format!("{operation}のお申し込みを、安全のため止めました。お金は動いていません。"),
        ),
    };
    let named = named_ja(about);
    (subject, format!("{text}\n{named}\n{not_me}"))
}

/// Amount and account, and that the account was changed lately.
pub(super) fn named_ja(about: &OperationAbout) -> String {
    lines(&[
        ("金額: ", yen(about.amount.as_ref())),
        ("口座: ", about.payee.clone()),
        ("ご注意: ", about.payout_changed_days.map(changed_ja)),
    ])
}

pub(super) fn en(told: &OperationBody, not_me: &str) -> (String, String) {
    let about = &told.about;
    let operation = &about.operation;
    let (subject, text) = match told.event {
        OperationEvent::Confirmed => (
            format!("Confirmed: {operation}"),
            format!("This was confirmed: {operation}."),
        ),
        OperationEvent::Redeemed => (
            format!("Carried out: {operation}"),
            format!("This was carried out: {operation}."),
        ),
        OperationEvent::Refused => (
            format!("Stopped: {operation}"),
            format!("For your safety this was stopped: {operation}. No money was moved."),
        ),
    };
    let named = named_en(about);
    (subject, format!("{text}\n{named}\n{not_me}"))
}

/// The same in English.
pub(super) fn named_en(about: &OperationAbout) -> String {
    lines(&[
        ("Amount: ", about.amount.clone()),
        ("Account: ", about.payee.clone()),
        ("Note: ", about.payout_changed_days.map(changed_en)),
    ])
}

fn changed_ja(days: u16) -> String {
    match days {
        0 => "出金先の口座は、この24時間のうちに変更されたものです。".to_owned(),
        days => format!("出金先の口座は、{days}日前に変更されたものです。"),
    }
}

fn changed_en(days: u16) -> String {
    match days {
        0 => "the payout account was changed within the last 24 hours.".to_owned(),
        1 => "the payout account was changed a day ago.".to_owned(),
        days => format!("the payout account was changed {days} days ago."),
    }
}
