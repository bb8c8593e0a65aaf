//! Texts about what protects an account: subject and text of each, in both languages.
//!
//! **Invariant:** whoever reads that something was changed also reads what to do if it was somebody
//! else.

type Text = (String, String);

pub(super) fn password_changed_ja(place: &str, not_me: &str) -> Text {
    (
        "パスワードを変更しました".into(),
        format!(
            "お客さまのパスワードが変更され、ほかのすべての端末をログアウトしました。\n場所と端末: {place}\n\n{not_me}"
        ),
    )
}

pub(super) fn password_changed_en(place: &str, not_me: &str) -> Text {
    (
        "Your password was changed".into(),
        format!(
            "Your password was changed, and every other device was signed out.\nPlace and device: {place}\n\n{not_me}"
        ),
    )
}

pub(super) fn thawed_ja() -> Text {
    (
        "口座の凍結を解除しました".into(),
        "ご本人であることを確認したうえで、口座の凍結を解除しました。ふたたびログインしていただけます。\nお心当たりがない場合は、どなたかがお客さまになりすましています。すぐにお問い合わせ窓口へご連絡ください。".into(),
    )
}

pub(super) fn thawed_en() -> Text {
    (
        "Your account is no longer frozen".into(),
        "We made sure that it is you and lifted the freeze of your account. You can sign in again.\nIf you did not ask for it, somebody is pretending to be you. Contact us at once.".into(),
    )
}
