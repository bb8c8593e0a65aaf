//! Words of the security centre and of what is reached from it.
//!
//! **Invariant:** a step that cannot be undone by one click says so before it is taken.

use super::words;

words! {
    /// The security centre.
    SecurityWords {
        title: "セキュリティ", "Security";
        lead: "お客さまの口座がどのように守られているかを確かめ、変更できます。",
            "See how your account is protected, and change it.";
        proving: "本人確認", "How you prove who you are";
        password: "パスワード", "Password";
        password_set: "{when}に設定", "Set {when}";
        password_none: "設定されていません。", "None is set.";
        channels: "ご連絡先", "How we reach you";
        mail: "メール", "Email";
        sms: "SMS (電話番号)", "Text message (phone number)";
        verified: "{when}に確認ずみ", "Confirmed {when}";
        not_verified: "まだ確認されていません。お知らせは届きません。", "Not confirmed yet; nothing is sent there.";
        watching: "利用状況", "Where it is used";
        sessions: "ログイン中の端末", "Where you are signed in";
        sessions_many: "{many}か所でログインしています。", "Signed in at {many} place(s).";
        history: "ログイン履歴", "Login history";
        history_text: "いつ、どこから、何が行われたかを確かめられます。", "See when, from where and what was done.";
        urgent: "おかしいと思ったら", "If something looks wrong";
        freeze: "口座を凍結する", "Freeze my account";
        freeze_text: "ログインと出金などのお手続きを、すぐにすべて止めます。", "Stops signing in and operations such as withdrawals, at once.";
        report: "連絡コードを入力する", "Type a report code";
        report_text: "身に覚えのないお知らせが届いたときは、そのお知らせのコードで凍結できます。",
            "If a message tells of something you did not do, freeze with the code in it.";
        back: "セキュリティに戻る", "Back to security";
    }
}

words! {
    /// Sessions.
    EndSessionWords {
        title: "ログイン中の端末", "Where you are signed in";
        lead: "場所はおおよそのものです。見覚えのないものがあれば、ログアウトさせてパスワードを変更してください。",
            "Places are approximate. If you do not know one of them, sign it out and change your password.";
        this: "いまお使いの端末", "this one";
        since: "ログイン", "Signed in";
        last: "最後の利用", "Last used";
        end: "ログアウトさせる", "Sign it out";
        others: "ほかのすべてをログアウトさせる", "Sign out everywhere else";
        alone: "ほかにログインしている端末はありません。", "You are signed in nowhere else.";
        ended: "ログアウトさせました。", "It was signed out.";
        others_ended: "ほかのすべての端末をログアウトさせました。", "Everything else was signed out.";
    }
}

words! {
    /// The freeze from within.
    FreezeWords {
        title: "口座を凍結しますか", "Freeze your account?";
        lead: "どなたかが口座に入ったかもしれないと思ったら、ためらわずに凍結してください。",
            "If you think that somebody got into your account, do not hesitate.";
    }
}
