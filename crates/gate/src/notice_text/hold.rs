//! Texts about operations that wait: why in plain words, until when, and what ends it.
//!
//! **Invariant:** a sentence says nothing of other customers, and nothing that teaches a thief how
//! to pass.

use sekisho_core::notice::{HoldEvent, Locale};
use sekisho_core::reason::Reason;

use super::operation::{named_en, named_ja};
use crate::notices::HoldBody;

type Text = (String, String);

/// Why an operation waits, in one sentence for its customer.
#[must_use]
pub fn hold_sentence(reason: Reason, locale: Locale) -> &'static str {
    let (ja, en) = match reason {
        Reason::ContactFresh => (
            "ご連絡先が最近変更されたため、しばらくお待ちいただいています。",
            "How we reach you was changed a short time ago, so this waits for a while.",
        ),
        Reason::PinFresh => (
            "取引暗証番号が最近再設定されたため、しばらくお待ちいただいています。",
            "The transaction PIN was set anew a short time ago, so this waits for a while.",
        ),
        Reason::PasskeyFresh => (
            "パスキーが最近追加されたため、しばらくお待ちいただいています。",
            "The passkey was added a short time ago, so this waits for a while.",
        ),
        Reason::FactorFresh => (
            "認証アプリまたはスマートフォンが最近登録されたため、しばらくお待ちいただいています。",
            "The authenticator app or phone was added a short time ago, so this waits for a while.",
        ),
        Reason::HoldWindow => (
            "このお手続きは、確認の後、一定の時間をおいて行われます。",
            "This is carried out some time after it was confirmed, as all like it are.",
        ),
        Reason::PayoutAccountFreshStrange => (
            "出金先口座が最近変更されたため、しばらくお待ちいただいています。",
            "The payout account was changed a short time ago, so this waits for a while.",
        ),
        Reason::PayeeNewPlaceNew => (
            "初めての振込先への、いつもと異なる環境からのお手続きのため、しばらくお待ちいただいています。",
            "The account is new and so is the place it was asked from, so this waits for a while.",
        ),
        _ => (
            "安全のため、内容を確認しています。",
            "For your safety, we are checking this.",
        ),
    };
    match locale {
        Locale::En => en,
        Locale::Ja => ja,
    }
}

/// Each sentence once, as one line.
fn why(reasons: &[Reason], locale: Locale) -> String {
    let mut sentences: Vec<&str> = Vec::new();
    for reason in reasons {
        let sentence = hold_sentence(*reason, locale);
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    match locale {
        Locale::En => sentences.join(" "),
        Locale::Ja => sentences.concat(),
    }
}

pub(super) fn ja(told: &HoldBody, not_me: &str) -> Text {
    let operation = &told.about.operation;
    let (subject, text) = match &told.event {
        HoldEvent::Cancelled => (
            format!("{operation}を取り消しました"),
            format!(
                "お客さまのお申し出により、{operation}を取り消しました。お金は動いていません。"
            ),
        ),
        HoldEvent::Ended => (
            format!("保留中の{operation}は行われませんでした"),
            format!("保留されていた{operation}は、行われずに終了しました。お金は動いていません。"),
        ),
        HoldEvent::Held { reasons, hours } => {
            let until = match hours {
                Some(hours) => format!("約{hours}時間後に、保留は自動的に解除されます。"),
                None => "担当者が確認しています。".to_owned(),
            };
            let why = why(reasons, Locale::Ja);
            (
                format!("{operation}を保留しました"),
                format!(
                    "{operation}を保留しました。お金は動いていません。\n{why}\n{until}\nいつものページの「お手続きの状況」で内容を確認し、取り消すことができます。"
                ),
            )
        }
        HoldEvent::ToConfirm { hours } => (
            format!("{operation}の保留を解除しました"),
            format!(
                "{operation}の保留を解除しました。お手続きを続けるには、{hours}時間以内に、いつものページの「お手続きの状況」から内容を確認してください。確認されるまで、お金は動きません。"
            ),
        ),
        HoldEvent::GoesOn => (
            format!("{operation}の保留を解除しました"),
            format!(
                "{operation}の保留を解除しました。保留の前に確認していただいた内容で、お手続きが進みます。お心当たりがない場合は、すぐに取り消してください。"
            ),
        ),
    };
    let named = named_ja(&told.about);
    (subject, format!("{text}\n{named}\n{not_me}"))
}

pub(super) fn en(told: &HoldBody, not_me: &str) -> Text {
    let operation = &told.about.operation;
    let (subject, text) = match &told.event {
        HoldEvent::Cancelled => (
            format!("Cancelled: {operation}"),
            format!("As you asked, this was cancelled: {operation}. No money was moved."),
        ),
        HoldEvent::Ended => (
            format!("Not carried out: {operation}"),
            format!(
                "This was on hold and has ended without being carried out: {operation}. No money was moved."
            ),
        ),
        HoldEvent::Held { reasons, hours } => {
            let until = match hours {
                Some(hours) => format!("The hold ends by itself in about {hours} hours."),
                None => "A person looks at it.".to_owned(),
            };
            let why = why(reasons, Locale::En);
            (
                format!("On hold: {operation}"),
                format!(
                    "This is on hold: {operation}. No money was moved.\n{why}\n{until}\nOn the page you always use, under \"What waits\", you can see and cancel it."
                ),
            )
        }
        HoldEvent::ToConfirm { hours } => (
            format!("You can now confirm: {operation}"),
            format!(
                "This is no longer on hold: {operation}. To go on, confirm it within {hours} hours on the page you always use, under \"What waits\". Until then no money is moved."
            ),
        ),
        HoldEvent::GoesOn => (
            format!("No longer on hold: {operation}"),
            format!(
                "This is no longer on hold and goes on as you confirmed it: {operation}. If that was not you, cancel it at once."
            ),
        ),
    };
    let named = named_en(&told.about);
    (subject, format!("{text}\n{named}\n{not_me}"))
}
