//! What a customer is asked to look at, in both languages.
//!
//! **Invariant:** it raises no alarm and gives no reason: whoever did it may read it, too.

use crate::notices::CheckBody;

pub(super) fn ja(told: &CheckBody, not_me: &str) -> (String, String) {
    let operation = &told.about.operation;
    let when = match told.about.days {
        0 => "24時間以内".to_owned(),
        days => format!("{days}日前"),
    };
    let text = format!(
        "お手続きがご本人によるものか、念のため確認をお願いしています。\n\nお手続き: {operation}\n日時: {when}\n\nご本人によるお手続きであれば、何もなさる必要はありません。"
    );
    let subject = format!("{operation}についてご確認ください");
    (subject, format!("{text}\n{not_me}"))
}

pub(super) fn en(told: &CheckBody, not_me: &str) -> (String, String) {
    let operation = &told.about.operation;
    let when = match told.about.days {
        0 => "within the last 24 hours".to_owned(),
        1 => "1 day ago".to_owned(),
        days => format!("{days} days ago"),
    };
    let text = format!(
        "We are asking customers to check that this was done by them.\n\nWhat: {operation}\nWhen: {when}\n\nIf it was you, there is nothing to do."
    );
    (
        format!("Please check: {operation}"),
        format!("{text}\n{not_me}"),
    )
}
