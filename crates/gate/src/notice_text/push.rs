//! Texts about approvals on a phone, in both languages.
//!
//! **Invariant:** what a phone shows while it is locked says neither what is asked nor how much.

type Text = (String, String);

pub(super) fn approve_ja() -> Text {
    (
        "承認のお願い".into(),
        "内容を確認し、手続き中の画面に表示されている番号を入力してください。お心当たりがない場合も、開いてお知らせください。".into(),
    )
}

pub(super) fn approve_en() -> Text {
    (
        "Please approve".into(),
        "Open it, check what it says and enter the number that the other screen shows. If it is not you, open it and say so."
            .into(),
    )
}

pub(super) fn added_ja(place: &str, not_me: &str) -> Text {
    (
        "承認用の端末を登録しました".into(),
        format!(
            "ログインやお手続きを承認する端末が登録されました。\n場所と端末: {place}\n\n{not_me}"
        ),
    )
}

pub(super) fn added_en(place: &str, not_me: &str) -> Text {
    (
        "A phone can approve for you".into(),
        format!(
            "A phone was registered that can approve sign-ins and operations for you.\nPlace and device: {place}\n\n{not_me}"
        ),
    )
}

pub(super) fn removed_ja(not_me: &str) -> Text {
    (
        "承認用の端末を削除しました".into(),
        format!(
            "ログインやお手続きを承認する端末のひとつが、承認に使えなくなりました。\n\n{not_me}"
        ),
    )
}

pub(super) fn removed_en(not_me: &str) -> Text {
    (
        "A phone no longer approves for you".into(),
        format!("One of your phones can no longer approve sign-ins and operations.\n\n{not_me}"),
    )
}
