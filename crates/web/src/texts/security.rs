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
        change_password: "パスワードを変更する", "Change the password";
        messages: "当社からのお知らせの一覧", "Messages we sent you";
        messages_text: "届いたメールやSMSが、本当に当社からのものかを確かめられます。", "See whether an email or text message is really from us.";
        channels: "ご連絡先", "How we reach you";
        mail: "メール", "Email";
        sms: "SMS (電話番号)", "Text message (phone number)";
        verified: "{when}に確認ずみ", "Confirmed {when}";
        not_verified: "まだ確認されていません。お知らせは届きません。", "Not confirmed yet; nothing is sent there.";
        watching: "利用状況", "Where it is used";
        sessions: "ログイン中の端末", "Where you are signed in";
        sessions_many: "{many}か所でログインしています。", "Signed in at {many} place(s).";
        history: "ログイン履歴", "Login history";
        history_text: "いつ、どこから、何が行われたかを確かめられます。ファイルにも保存できます。", "See when, from where and what was done, or keep it as a file.";
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

words! {
    /// Another proof in a session.
    ProveWords {
        title: "ご本人の確認", "Show that it is you";
        lead: "口座の守りを変えるお手続きの前に、もう一度ご本人であることを確認します。",
            "Before the protection of your account is changed, please show once more that it is you.";
        will_mail: "{to} に6桁の認証コードをメールで送ります。", "We send a 6-digit code by email to {to}.";
        will_sms: "{to} に6桁の認証コードをSMSで送ります。", "We send a 6-digit code by text message to {to}.";
        send: "認証コードを送る", "Send me a code";
        passkey: "パスキーで確認する", "Show it with a passkey";
        no_way: "いまご利用いただける確認の方法がありません。お問い合わせ窓口へご連絡ください。", "There is no way to show it here at the moment. Please contact us.";
    }
}

words! {
    /// Another password.
    ChangePasswordWords {
        title: "パスワードの変更", "Change your password";
        lead: "変更すると、この端末のほかはすべてログアウトし、すべてのご連絡先にお知らせします。",
            "Afterwards everything but this device is signed out, and we tell you wherever we reach you.";
        current: "いまのパスワード", "Current password";
        current_missing: "いまのパスワードを入力してください。", "Enter your current password.";
        current_wrong: "いまのパスワードが正しくありません。失敗が続くと、しばらく変更できなくなります。", "That is not your current password. After repeated failures this is closed for a while.";
        new_missing: "新しいパスワードを入力してください。", "Enter a new password.";
        same: "いまと同じパスワードです。別のものにしてください。", "This is the password you have. Choose another one.";
        submit: "パスワードを変更する", "Change the password";
        done: "パスワードを変更しました。ほかの端末はすべてログアウトしました。", "Your password was changed, and everything else was signed out.";
    }
}

words! {
    /// "Is this message from us?"
    MessagesWords {
        title: "当社からのお知らせの一覧", "Messages we sent you";
        lead: "当社がお客さまに実際に送ったお知らせです。届いたメールやSMSがここになければ、当社からのものではありません。",
            "Everything that we really sent you. If an email or text message is not here, it is not from us.";
        warning: "当社のお知らせにログイン用のリンクはありません。リンクのあるものは開かず、お問い合わせ窓口へお知らせください。",
            "Our messages hold no links to sign in. Do not open one that does; tell us about it.";
        subject: "内容", "About";
        to: "送り先", "Sent to";
        state: "状況", "State";
        sent: "送信ずみ", "Sent";
        waiting: "送信中", "On its way";
        dead: "届けられませんでした", "Could not be delivered";
        empty: "まだお知らせを送っていません。", "We have not sent you anything yet.";
        newest: "最新のお知らせに戻る", "Back to the newest";
        code: "認証コード", "A code";
        confirm_code: "お手続きの確認コード", "A code to confirm an operation";
        frozen: "口座の凍結", "Your account was frozen";
        locked: "認証の失敗が続いたこと", "Too many failed attempts";
        operation_confirmed: "お手続きの受け付け", "An operation was confirmed";
        operation_stopped: "お手続きの停止", "An operation was stopped";
        passkey_added: "パスキーの追加", "A passkey was added";
        passkey_removed: "パスキーの削除", "A passkey was removed";
        password_changed: "パスワードの変更", "Your password was changed";
        reopened: "認証の再開", "Locked sign-in was opened again";
        sign_up_again: "新規登録のお申し込み", "A registration with your address";
        signed_in: "ログイン", "A sign-in";
        thawed: "口座の凍結の解除", "Your account was thawed";
        other: "そのほかのお知らせ", "Another message";
    }
}

impl MessagesWords {
    /// What a message of this kind is about; `template` is the stored word of its kind.
    #[must_use]
    pub fn subject(&self, template: &str) -> &'static str {
        match template {
            "code" => self.code,
            "confirm_code" => self.confirm_code,
            "frozen" => self.frozen,
            "locked" => self.locked,
            "operation_confirmed" => self.operation_confirmed,
            "operation_stopped" => self.operation_stopped,
            "passkey_added" => self.passkey_added,
            "passkey_removed" => self.passkey_removed,
            "password_changed" => self.password_changed,
            "reopened" => self.reopened,
            "sign_up_again" => self.sign_up_again,
            "signed_in" => self.signed_in,
            "thawed" => self.thawed,
            _ => self.other,
        }
    }
}
