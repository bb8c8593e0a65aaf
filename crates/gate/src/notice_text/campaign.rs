//! Texts that go to many customers at once, in both languages.
//!
//! **Invariant:** nobody is asked to open, answer or ring anything; what there is to do begins on
//! the page that the customer knows.

use crate::notices::CampaignBody;

type Text = (String, String);

pub(super) fn ja(told: &CampaignBody) -> Text {
    match told {
        CampaignBody::CheckContact => (
            "ご連絡先の確認のお願い".into(),
            "ご登録のメールアドレスと電話番号が今もお使いのものか、ご確認をお願いします。古いままですと、口座に異変があったときのお知らせが届きません。\n\nブックマークやアプリからいつものページを開き、いつもの方法でログインして、「セキュリティ」のページでご確認ください。変わっていなければ、お手続きは必要ありません。".into(),
        ),
        CampaignBody::OldPassword => (
            "パスワードの変更のおすすめ".into(),
            "お客さまのパスワードは、設定されてから長い時間がたっています。ほかのサービスで同じものをお使いの場合は、変更をおすすめします。変更しなくても、これまでどおりご利用いただけます。\n\n変更は、ブックマークやアプリからいつものページを開き、いつもの方法でログインして、「セキュリティ」のページから行ってください。".into(),
        ),
        CampaignBody::Warning { subject, body } => (subject.clone(), body.clone()),
    }
}

pub(super) fn en(told: &CampaignBody) -> Text {
    match told {
        CampaignBody::CheckContact => (
            "Please check how we reach you".into(),
            "Please check whether the mail address and phone number that we have are still yours. If they are old, you do not hear from us when something happens to your account.\n\nOpen the page you always use, from your bookmarks or the app, sign in the way you always do, and look at the page \"Security\". If nothing has changed there is nothing to do.".into(),
        ),
        CampaignBody::OldPassword => (
            "Consider changing your password".into(),
            "Your password was set long ago. If you use it elsewhere, consider changing it. Nothing stops working if you do not.\n\nOpen the page you always use, from your bookmarks or the app, sign in the way you always do, and change it on the page \"Security\".".into(),
        ),
        CampaignBody::Warning { subject, body } => (subject.clone(), body.clone()),
    }
}
