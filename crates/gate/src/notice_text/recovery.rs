//! Texts about freezes and recoveries: subject and text of each, in both languages.
//!
//! **Invariant:** whoever reads that a recovery began also reads how to end it, and whoever reads
//! of a freeze what lifts it.

use sekisho_core::known::RecoveryKind;
use sekisho_core::notice::{FreezeEvent, RespondEvent};

use crate::notices::RecoveryBegun;

type Text = (String, String);

const fn what_ja(kind: RecoveryKind) -> &'static str {
    match kind {
        RecoveryKind::Passkey => "なくしたパスキーの削除",
        RecoveryKind::Password => "パスワードの再設定",
        RecoveryKind::Thaw => "口座の凍結の解除",
    }
}

const fn what_en(kind: RecoveryKind) -> &'static str {
    match kind {
        RecoveryKind::Passkey => "the removal of every passkey of yours, as lost",
        RecoveryKind::Password => "a new password",
        RecoveryKind::Thaw => "an end of the freeze of your account",
    }
}

pub(super) fn frozen_ja(freeze: FreezeEvent) -> Text {
    let lift = match freeze {
        FreezeEvent::Entered | FreezeEvent::Firm | FreezeEvent::Wanted => {
            "凍結を解除するには、いつものページの「凍結した口座をふたたび使う」からお手続きいただくか、お問い合わせ窓口にご連絡ください。"
        }
        FreezeEvent::Reported => {
            "最近登録されたパスキーと認証アプリは削除しました。ご連絡先と暗証番号がそのあいだに変更されていた場合は、元に戻しました。\n凍結を解除するには、いつものページの「凍結した口座をふたたび使う」からお手続きいただくか、お問い合わせ窓口にご連絡ください。"
        }
        FreezeEvent::Doubted => {
            "凍結の前にご連絡先が変更されているため、ご連絡先へお送りするコードでは凍結を解除できません。以前から登録されているパスキーで「凍結した口座をふたたび使う」からお手続きいただくか、お問い合わせ窓口にご連絡ください。お客さまご本人であることを担当者が確認します。"
        }
    };
    let why = match freeze {
        FreezeEvent::Entered => {
            "多数の口座への不正なログインの試みのなかで、お客さまの口座にいつもと異なる端末からログインがあったため、"
        }
        FreezeEvent::Firm => {
            "お客さまの口座への不正なアクセスのおそれがあると当社の担当者が判断したため、"
        }
        _ => "お客さまからのお申し出により、",
    };
    (
        "口座を凍結しました".into(),
        format!(
            "{why}口座を凍結しました。ログインと、出金などの確認が必要なお手続きは、すべて止まっています。\n{lift}"
        ),
    )
}

pub(super) fn frozen_en(freeze: FreezeEvent) -> Text {
    let lift = match freeze {
        FreezeEvent::Entered | FreezeEvent::Firm | FreezeEvent::Wanted => {
            "To lift the freeze, open the page you always use and choose \"Use a frozen account again\", or contact us."
        }
        FreezeEvent::Reported => {
            "Passkeys and authenticator apps that were added lately are removed. If contact details or your transaction PIN were changed in that time, they are as before.\nTo lift the freeze, open the page you always use and choose \"Use a frozen account again\", or contact us."
        }
        FreezeEvent::Doubted => {
            "Contact details were changed shortly before, so codes sent there cannot lift the freeze. Open the page you always use and choose \"Use a frozen account again\" with a passkey that you had before, or contact us: somebody will make sure that it is you."
        }
    };
    let why = match freeze {
        FreezeEvent::Entered => {
            "While many accounts were attacked, somebody signed in to yours on a device that is not one of yours, so your account is frozen."
        }
        FreezeEvent::Firm => {
            "Our team has reason to think that somebody else may have used your account, so it is frozen."
        }
        _ => "As you asked, your account is frozen.",
    };
    (
        "Your account is frozen".into(),
        format!(
            "{why} Signing in and every operation that needs confirmation, such as a withdrawal, are stopped.\n{lift}"
        ),
    )
}

pub(super) fn responded_ja(event: RespondEvent) -> Text {
    match event {
        RespondEvent::PasswordReset => (
            "パスワードを無効にしました".into(),
            "お客さまのパスワードがほかの人に知られたおそれがあるため、当社の担当者がパスワードを無効にし、すべての端末からログアウトしました。\n続けてご利用になるには、いつものページの「パスワードを忘れた場合」から、これまでと異なるパスワードを設定してください。ほかのサービスで同じパスワードをお使いの場合は、そちらも変更してください。\nこのメッセージにリンクはありません。リンクのある同じようなメッセージは偽物です。".into(),
        ),
        RespondEvent::SessionsEnded => (
            "すべての端末からログアウトしました".into(),
            "お客さまの口座を守るため、当社の担当者がすべての端末からログアウトしました。続けてご利用になるには、いつものページからもう一度ログインしてください。\nこのメッセージにリンクはありません。リンクのある同じようなメッセージは偽物です。".into(),
        ),
    }
}

pub(super) fn responded_en(event: RespondEvent) -> Text {
    match event {
        RespondEvent::PasswordReset => (
            "Your password was reset".into(),
            "Somebody else may know your password, so our team made it good for nothing and signed you out everywhere.\nTo go on, open the page you always use, choose \"Forgotten your password\" and set another one. If you use the same password elsewhere, change it there, too.\nThis message has no link in it. One like it that has a link is a forgery.".into(),
        ),
        RespondEvent::SessionsEnded => (
            "You were signed out everywhere".into(),
            "To protect your account our team signed you out on every device. To go on, open the page you always use and sign in again.\nThis message has no link in it. One like it that has a link is a forgery.".into(),
        ),
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
