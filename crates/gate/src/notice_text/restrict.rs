//! Texts about limits and choices of a customer's own, in both languages.
//!
//! **Invariant:** whoever reads that something will count later also reads how to end it.

use sekisho_core::notice::RestrictEvent;

use crate::notices::RestrictedBody;

type Text = (String, String);

pub(super) fn ja(told: &RestrictedBody, not_me: &str) -> Text {
    let RestrictedBody {
        operation, place, ..
    } = told;
    let (subject, text) = match told.event {
        RestrictEvent::Lowered => (
            "限度額を引き下げました",
            format!("{operation}の限度額が引き下げられました。すぐに有効です。"),
        ),
        RestrictEvent::Raising { hours } => (
            "限度額の引き上げのお申し込み",
            format!(
                "{operation}の限度額の引き上げが申し込まれました。{hours}時間後に有効になります。"
            ),
        ),
        RestrictEvent::RaiseEnded => (
            "限度額の引き上げの取り消し",
            format!("{operation}の限度額の引き上げが取り消されました。"),
        ),
        RestrictEvent::Chosen => (
            "お手続きの確認方法を変更しました",
            format!("{operation}の確認方法が変更されました。すぐに有効です。"),
        ),
        RestrictEvent::Weaker { hours } => (
            "お手続きの確認方法の変更のお申し込み",
            format!(
                "{operation}の確認を少なくする変更が申し込まれました。{hours}時間後に有効になります。"
            ),
        ),
        RestrictEvent::WeakerEnded => (
            "お手続きの確認方法の変更の取り消し",
            format!("{operation}の確認方法の変更が取り消されました。"),
        ),
    };
    (
        subject.into(),
        format!(
            "{text}\n場所と端末: {place}\n\n{not_me}\nコードを入力すると、まだ有効でない引き上げや変更も取り消されます。"
        ),
    )
}

pub(super) fn en(told: &RestrictedBody, not_me: &str) -> Text {
    let RestrictedBody {
        operation, place, ..
    } = told;
    let (subject, text) = match told.event {
        RestrictEvent::Lowered => (
            "Your limit was lowered",
            format!("Your limit was lowered, at once. It is for: {operation}."),
        ),
        RestrictEvent::Raising { hours } => (
            "A higher limit was asked for",
            format!(
                "A higher limit was asked for, and counts in {hours} hours. It is for: {operation}."
            ),
        ),
        RestrictEvent::RaiseEnded => (
            "A higher limit was cancelled",
            format!("The higher limit that was asked for was cancelled. It was for: {operation}."),
        ),
        RestrictEvent::Chosen => (
            "How you confirm was changed",
            format!("How you confirm was changed, at once. It is for: {operation}."),
        ),
        RestrictEvent::Weaker { hours } => (
            "Less to confirm was asked for",
            format!(
                "It was asked that you confirm with less, and that counts in {hours} hours. It is for: {operation}."
            ),
        ),
        RestrictEvent::WeakerEnded => (
            "Less to confirm was cancelled",
            format!("That you confirm with less was cancelled. It was for: {operation}."),
        ),
    };
    (
        subject.into(),
        format!(
            "{text}\nPlace and device: {place}\n\n{not_me}\nThe code also cancels what does not count yet."
        ),
    )
}
