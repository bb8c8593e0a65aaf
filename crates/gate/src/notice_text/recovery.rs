//! Texts about recoveries: subject and text of each, in both languages.
//!
//! **Invariant:** whoever reads that a recovery began also reads how to end it.

use sekisho_core::known::RecoveryKind;

use crate::notices::RecoveryBegun;

type Text = (String, String);

const fn what_ja(kind: RecoveryKind) -> &'static str {
    match kind {
        RecoveryKind::Password => "パスワードの再設定",
        RecoveryKind::Thaw => "口座の凍結の解除",
    }
}

const fn what_en(kind: RecoveryKind) -> &'static str {
    match kind {
        RecoveryKind::Password => "a new password",
        RecoveryKind::Thaw => "an end of the freeze of your account",
    }
}

pub(super) fn begun_ja(begun: &RecoveryBegun, not_me: &str) -> Text {
    let (kind, place, hours) = (begun.recovery, &begun.place, begun.hours);
    let what = what_ja(kind);
    (
        format!("{what}のお申し込みを受け付けました"),
        format!(
            "{what}のお申し込みを受け付けました。安全のため、{hours}時間たつまで完了できません。\n場所と端末: {place}\n\n{not_me}\nコードを入力すると、お申し込みは取り消されます。"
        ),
    )
}

pub(super) fn begun_en(begun: &RecoveryBegun, not_me: &str) -> Text {
    let (kind, place, hours) = (begun.recovery, &begun.place, begun.hours);
    (
        "A recovery was asked for".into(),
        format!(
            "Somebody who confirmed every code asked for {}. For your safety it cannot be had before {hours} hours have passed.\nPlace and device: {place}\n\n{not_me}\nThe code ends this recovery.",
            what_en(kind)
        ),
    )
}

pub(super) fn ended_ja(kind: RecoveryKind) -> Text {
    let what = what_ja(kind);
    (
        format!("{what}のお申し込みを取り消しました"),
        format!("{what}のお申し込みが、ログイン中のお客さまによって取り消されました。"),
    )
}

pub(super) fn ended_en(kind: RecoveryKind) -> Text {
    (
        "A recovery was cancelled".into(),
        format!(
            "You asked for {}, and it was cancelled from a session of yours.",
            what_en(kind)
        ),
    )
}
