//! Texts about what protects an account: subject and text of each, in both languages.
//!
//! **Invariant:** whoever reads that something was changed also reads what to do if it was somebody
//! else.

use sekisho_core::login::ChannelKind;
use sekisho_core::notice::PinEvent;

use crate::notices::PinSetBody;

use crate::notices::Body;

type Text = (String, String);

pub(super) fn contact_changed_ja(channel: ChannelKind, place: &str, not_me: &str) -> Text {
    let what = match channel {
        ChannelKind::Mail => "メールアドレス",
        ChannelKind::Sms => "電話番号",
    };
    (
        "ご連絡先を変更しました".into(),
        format!(
            "お客さまのご連絡先として、新しい{what}が登録されました。安全のため、しばらくのあいだ出金と出金先口座の変更を保留します。\n場所と端末: {place}\n\n{not_me}\nコードを入力すると、ご連絡先も元に戻ります。"
        ),
    )
}

pub(super) fn contact_changed_en(channel: ChannelKind, place: &str, not_me: &str) -> Text {
    let what = match channel {
        ChannelKind::Mail => "email address",
        ChannelKind::Sms => "phone number",
    };
    (
        "How we reach you was changed".into(),
        format!(
            "A new {what} was registered for you. For your safety, withdrawals and changes of the payout account wait for a while.\nPlace and device: {place}\n\n{not_me}\nThe code also undoes this change."
        ),
    )
}

pub(super) fn forgotten_ja(place: &str, not_me: &str) -> Text {
    (
        "端末の登録を解除しました".into(),
        format!(
            "登録ずみの端末のひとつを解除しました。次にその端末からログインするときは、認証コードが必要です。\n場所と端末: {place}\n\n{not_me}"
        ),
    )
}

pub(super) fn forgotten_en(place: &str, not_me: &str) -> Text {
    (
        "A device is no longer remembered".into(),
        format!(
            "One of your devices is no longer remembered. Signing in from it takes a code again.\nPlace and device: {place}\n\n{not_me}"
        ),
    )
}

pub(super) fn device_reused_ja(place: &str, not_me: &str) -> Text {
    (
        "端末の登録が複製されたおそれがあります".into(),
        format!(
            "登録ずみの端末の古い情報でログインが試みられました。どなたかに複製されたおそれがあるため、その端末の登録を解除し、ログアウトしました。端末をバックアップから復元した場合も、このお知らせが届くことがあります。次にその端末からログインするときは、認証コードが必要です。\n場所と端末: {place}\n\n{not_me}"
        ),
    )
}

pub(super) fn device_reused_en(place: &str, not_me: &str) -> Text {
    (
        "One of your devices may have been copied".into(),
        format!(
            "Somebody tried to sign in with an old copy of what a remembered device of yours holds. The device may have been copied, so it was signed out and is no longer remembered. Restoring a device from a backup can also cause this. Signing in from it takes a code again.\nPlace and device: {place}\n\n{not_me}"
        ),
    )
}

pub(super) fn password_ja(place: &str, not_me: &str) -> Text {
    (
        "パスワードを変更しました".into(),
        format!(
            "お客さまのパスワードが変更され、ほかのすべての端末をログアウトしました。\n場所と端末: {place}\n\n{not_me}"
        ),
    )
}

pub(super) fn password_en(place: &str, not_me: &str) -> Text {
    (
        "Your password was changed".into(),
        format!(
            "Your password was changed, and every other device was signed out.\nPlace and device: {place}\n\n{not_me}"
        ),
    )
}

const HELD_JA: &str = "\n安全のため、しばらくのあいだ出金と出金先口座の変更を保留します。";
const HELD_EN: &str =
    "\nFor your safety, withdrawals and changes of the payout account wait for a while.";

pub(super) fn pin_set_ja(set: &PinSetBody, not_me: &str) -> Text {
    let place = &set.place;
    let (done, held) = match set.event {
        PinEvent::First => ("設定", ""),
        PinEvent::FirstElsewhere => ("設定", HELD_JA),
        PinEvent::Changed => ("変更", ""),
        PinEvent::Forgotten => ("再設定", HELD_JA),
    };
    (
        format!("取引暗証番号を{done}しました"),
        format!(
            "お客さまの取引暗証番号が{done}されました。{held}\n場所と端末: {place}\n\n{not_me}\nコードを入力すると、取引暗証番号も元に戻ります。"
        ),
    )
}

pub(super) fn pin_set_en(set: &PinSetBody, not_me: &str) -> Text {
    let place = &set.place;
    let (done, held) = match set.event {
        PinEvent::First => ("set", ""),
        PinEvent::FirstElsewhere => ("set", HELD_EN),
        PinEvent::Changed => ("changed", ""),
        PinEvent::Forgotten => ("set anew without the one before", HELD_EN),
    };
    (
        "Your transaction PIN was set".into(),
        format!(
            "Your transaction PIN was {done}.{held}\nPlace and device: {place}\n\n{not_me}\nThe code also undoes this change."
        ),
    )
}

pub(super) fn thawed_ja(not_me: &str) -> Text {
    (
        "口座の凍結を解除しました".into(),
        format!(
            "ご本人であることを確認したうえで、口座の凍結を解除しました。ふたたびログインしていただけます。\n\n{not_me}"
        ),
    )
}

pub(super) fn thawed_en(not_me: &str) -> Text {
    (
        "Your account is no longer frozen".into(),
        format!(
            "We made sure that it is you and lifted the freeze of your account. You can sign in again.\n\n{not_me}"
        ),
    )
}

pub(super) fn reopened_ja(not_me: &str) -> Text {
    (
        "認証の停止を解除しました".into(),
        format!(
            "ご本人であることを確認したうえで、失敗が続いて止まっていた認証を、ふたたびお使いいただけるようにしました。\n\n{}",
            not_me
        ),
    )
}

pub(super) fn reopened_en(not_me: &str) -> Text {
    (
        "Signing in is open again".into(),
        format!(
            "We made sure that it is you and opened signing in again, which was closed after too many failed attempts.\n\n{}",
            not_me
        ),
    )
}

/// What happened to a passkey with that name: one of the three.
pub(super) fn passkey_ja(body: &Body, name: &str, not_me: &str) -> Text {
    let (subject, text) = match body {
        Body::PasskeyAdded { .. } => (
            "パスキーを登録しました",
            "お客さまの口座にパスキーが登録されました。",
        ),
        Body::PasskeyRemoved { .. } => (
            "パスキーを削除しました",
            "お客さまの口座からパスキーが削除されました。",
        ),
        _ => (
            "パスキーの名前を変更しました",
            "お客さまの口座のパスキーの名前が変更されました。",
        ),
    };
    (subject.into(), format!("{text}\n名前: {name}\n\n{not_me}"))
}

/// The same.
pub(super) fn passkey_en(body: &Body, name: &str, not_me: &str) -> Text {
    let (subject, text) = match body {
        Body::PasskeyAdded { .. } => (
            "A passkey was added",
            "A passkey was added to your account.",
        ),
        Body::PasskeyRemoved { .. } => (
            "A passkey was removed",
            "A passkey was removed from your account.",
        ),
        _ => (
            "A passkey was renamed",
            "A passkey of your account got another name.",
        ),
    };
    (subject.into(), format!("{text}\nName: {name}\n\n{not_me}"))
}

pub(super) fn sign_up_again_ja() -> Text {
    (
            "ご登録について".into(),
            "この連絡先で新規登録のお申し込みがありましたが、すでに登録されています。いつものページからログインしてください。\nお心当たりがない場合、お手続きは必要ありません。".into(),
    )
}

pub(super) fn sign_up_again_en() -> Text {
    (
            "About your registration".into(),
            "Somebody asked to register with this address or number, which is registered already. Sign in from the page you always use.\nIf it was not you, there is nothing to do.".into(),
    )
}

pub(super) fn password_old_ja(days: u16) -> Text {
    (
        "パスワードの変更のおすすめ".into(),
        format!(
            "お客さまのパスワードは、設定されてから{days}日以上たっています。ほかのサービスで同じものをお使いの場合や、長くお使いの場合は、変更をおすすめします。変更しなくても、これまでどおりご利用いただけます。\n\n変更は、いつもお使いの方法でログインし、「セキュリティ」のページから行ってください。"
        ),
    )
}

pub(super) fn password_old_en(days: u16) -> Text {
    (
        "Consider changing your password".into(),
        format!(
            "Your password was set more than {days} days ago. If you use it elsewhere, or have used it for long, consider changing it. Nothing stops working if you do not.\n\nSign in the way you always do, and change it on the page \"Security\"."
        ),
    )
}

/// A sign-in that went well, or some that failed.
pub(super) fn sign_in_ja(body: &Body) -> Text {
    let (subject, text, report, place) = match body {
        Body::SessionElsewhere { report, place } => (
            "別の端末からのアクセスのお知らせ",
            "お客さまがログインされたときとは別の端末と回線から、そのログインのままで操作しようとするアクセスがありました。ログインの情報が盗まれたおそれがあります。\nご自身の操作であれば、お手続きは必要ありません。",
            report,
            place,
        ),
        Body::SignedIn { report, place } => (
            "ログインのお知らせ",
            "お客さまの口座にログインがありました。",
            report,
            place,
        ),
        Body::SignInFailed { report, place } => (
            "ログインの失敗のお知らせ",
            "お客さまのメールアドレスまたは電話番号で、ログインの失敗が何度かありました。ログインはされていません。\nお客さまご自身の入力まちがいであれば、お手続きは必要ありません。",
            report,
            place,
        ),
        _ => return Text::default(),
    };
    let not_me = super::not_me_ja(report);
    (
        subject.into(),
        format!("{text}\n場所と端末: {place}\n\n{not_me}"),
    )
}

/// The same.
pub(super) fn sign_in_en(body: &Body) -> Text {
    let (subject, text, report, place) = match body {
        Body::SessionElsewhere { report, place } => (
            "Your sign-in was used on another device",
            "Somebody tried to go on with your sign-in on another device and line than the one you signed in on. It may have been stolen.\nIf it was you, there is nothing to do.",
            report,
            place,
        ),
        Body::SignedIn { report, place } => (
            "Somebody signed in",
            "Somebody signed in to your account.",
            report,
            place,
        ),
        Body::SignInFailed { report, place } => (
            "Somebody failed to sign in",
            "Somebody tried several times to sign in with your mail address or number, and failed.\nIf it was you and you mistyped, there is nothing to do.",
            report,
            place,
        ),
        _ => return Text::default(),
    };
    let not_me = super::not_me_en(report);
    (
        subject.into(),
        format!("{text}\nPlace and device: {place}\n\n{not_me}"),
    )
}
