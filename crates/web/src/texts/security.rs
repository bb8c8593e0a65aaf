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
        password_old: "長くお使いです。変更をおすすめします。", "It is old; consider changing it.";
        password_none: "設定されていません。", "None is set.";
        change_password: "パスワードを変更する", "Change the password";
        pin: "取引暗証番号・取引パスワード", "Transaction PIN";
        change_pin: "設定する", "Set or change it";
        messages: "当社からのお知らせの一覧", "Messages we sent you";
        messages_text: "届いたメールやSMSが、本当に当社からのものかを確かめられます。", "See whether an email or text message is really from us.";
        channels: "ご連絡先", "How we reach you";
        contacts: "ご連絡先を追加・変更する", "Add or change a way to reach you";
        dedicated: "お知らせ専用メール", "Email for notices only";
        devices: "登録した端末", "Remembered devices";
        devices_many: "{many}台を登録しています。", "Remembered now: {many}";
        mail: "メール", "Email";
        sms: "SMS (電話番号)", "Text message (phone number)";
        push: "通知 (登録した端末)", "Notification (your phone)";
        verified: "{when}に確認ずみ", "Confirmed {when}";
        not_verified: "まだ確認されていません。お知らせは届きません。", "Not confirmed yet; nothing is sent there.";
        watching: "利用状況", "Where it is used";
        sessions: "ログイン中の端末", "Where you are signed in";
        sessions_many: "{many}か所でログインしています。", "Signed in now: {many}";
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
        last: "最終利用", "Used";
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
        wanted: "新しいパスワード", "New password";
        new_missing: "新しいパスワードを入力してください。", "Enter a new password.";
        same: "いまと同じパスワードです。別のものにしてください。", "This is the password you have. Choose another one.";
        pin: "取引暗証番号・取引パスワードと同じものは使えません。", "It must not be your transaction PIN.";
        submit: "パスワードを変更する", "Change the password";
        done: "パスワードを変更しました。ほかの端末はすべてログアウトしました。", "Your password was changed, and everything else was signed out.";
    }
}

words! {
    /// Remembered devices.
    ForgetDeviceWords {
        title: "登録した端末", "Remembered devices";
        lead: "認証コードで確認ずみの端末です。使わなくなったものや見覚えのないものは、登録を解除してください。次からは認証コードが必要になり、その端末はログアウトします。",
            "Devices that you proved with a code. Forget those you no longer use or do not know: they are signed out, and a code is asked for again.";
        none: "登録した端末はありません。", "No device is remembered.";
        since: "登録", "Since";
        last: "最終利用", "Used";
        name: "名前 (40文字まで)", "Name (up to 40 characters)";
        rename: "名前を保存する", "Save the name";
        forget: "登録を解除する", "Forget it";
        forgotten: "登録を解除し、すべてのご連絡先にお知らせしました。", "It is forgotten, and we told you wherever we reach you.";
        named: "名前を保存しました。", "The name is saved.";
        bad_name: "この名前は使えません。40文字までの文字で入力してください。", "This name cannot be used. Enter up to 40 ordinary characters.";
    }
}

words! {
    /// Ways to be reached.
    ChangeContactWords {
        title: "ご連絡先", "How we reach you";
        lead: "認証コードとお知らせの送り先です。", "Where codes and notices go.";
        replace: "変更する", "Change it";
        add: "メールアドレスまたは電話番号を追加する", "Add an email address or phone number";
        add_text: "追加したものでもログインできるようになります。", "You can sign in with it, too.";
        notice: "お知らせ専用のメールアドレスを登録する", "Register an email address for notices only";
        notice_text: "認証コードをこちらにお送りします。ログインには使えません。", "Codes go there. It cannot be used to sign in.";
        hold: "変更すると、すべてのご連絡先にお知らせし、{hours}時間は出金と出金先口座の変更を保留します。", "Afterwards we tell you everywhere, and withdrawals and changes of the payout account wait for {hours} hours.";
        changed: "ご連絡先を変更し、古いものも含めてすべてにお知らせしました。", "It is changed, and we told you everywhere, the old way included.";
        add_title: "ご連絡先の追加", "Add a way to reach you";
        add_lead: "新しいご連絡先に認証コードを送り、ご本人のものであることを確認します。", "We send a code to the new one, to see that it is yours.";
        replace_title: "ご連絡先の変更", "Change how we reach you";
        replace_lead: "新しいご連絡先に認証コードを送り、確認できたら入れ替えます。", "We send a code to the new one, and then put it in the place of the present one.";
        notice_title: "お知らせ専用メールアドレス", "An email address for notices only";
        notice_lead: "ほかでは使っていない、専用のメールアドレスをおすすめします。認証コードを送って確認します。", "Best is one that you use for nothing else. We send a code there, to see that it is yours.";
        current: "いまのご連絡先 {masked} を、省略せずに入力してください", "Type your present one, {masked}, in full";
        current_hint: "ご本人であることの確認です。", "This shows that it is you.";
        current_missing: "いまのご連絡先を入力してください。", "Enter the present one.";
        current_wrong: "いまのご連絡先と一致しません。失敗が続くと、しばらく変更できなくなります。", "That is not the present one. After repeated failures this is closed for a while.";
        wanted: "新しいメールアドレスまたは電話番号", "New email address or phone number";
        wanted_mail: "新しいメールアドレス", "New email address";
        wanted_bad: "メールアドレス (例: name@example.jp) または電話番号 (例: 090-1234-5678) を入力してください。", "Enter an email address such as name@example.jp or a phone number such as 090-1234-5678.";
        wanted_kind: "メールアドレスを入力してください。", "Enter an email address.";
        same: "すでに登録されています。", "You are reached that way already.";
        many: "登録できる数に達しています。いまのものを変更してください。", "You have as many as you may. Change one of them instead.";
        submit: "新しいご連絡先に認証コードを送る", "Send a code to the new one";
        back: "ご連絡先に戻る", "Back to how we reach you";
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
        contact_changed: "ご連絡先の変更", "How we reach you was changed";
        device_forgotten: "端末の登録の解除", "A device was forgotten";
        device_reused: "端末の複製のおそれ", "A device may have been copied";
        backup_codes: "バックアップコード", "Backup codes";
        recovery_begun: "再設定のお申し込み", "A recovery was asked for";
        responded: "口座を守るための対応", "What we did to protect the account";
        recovery_ended: "再設定の取り消し", "A recovery was cancelled";
        approve: "承認のお願い", "A request to approve";
        approver_added: "承認用の端末の登録", "A phone that approves was added";
        approver_removed: "承認用の端末の削除", "A phone that approves was removed";
        desk_code: "お電話でのご本人確認のコード", "A code for a call with us";
        desk_identified: "窓口でのご本人の確認", "You were identified at our desk";
        confirm_code: "お手続きの確認コード", "A code to confirm an operation";
        frozen: "口座の凍結", "Your account was frozen";
        hold: "お手続きの保留", "Something on hold";
        locked: "認証の失敗が続いたこと", "Too many failed attempts";
        operation_confirmed: "お手続きの受け付け", "An operation was confirmed";
        operation_stopped: "お手続きの停止", "An operation was stopped";
        passkey_added: "パスキーの追加", "A passkey was added";
        passkey_removed: "パスキーの削除", "A passkey was removed";
        passkey_renamed: "パスキーの名前の変更", "A passkey was renamed";
        password_changed: "パスワードの変更", "Your password was changed";
        password_old: "パスワードの変更のおすすめ", "That your password is old";
        pin_set: "取引暗証番号（取引パスワード）の設定", "Your transaction PIN was set";
        restricted: "限度額・確認方法の変更", "Limits, or how you confirm";
        reopened: "認証の再開", "Locked sign-in was opened again";
        sign_up_again: "新規登録のお申し込み", "A registration with your address";
        session_elsewhere: "別の端末からのアクセス", "A sign-in used on another device";
        signed_in: "ログイン", "A sign-in";
        sign_in_failed: "ログインの失敗", "Failed sign-ins";
        thawed: "口座の凍結の解除", "Your account was thawed";
        campaign_check_contact: "ご連絡先の確認のお願い", "To check how we reach you";
        campaign_old_password: "パスワードの変更のおすすめ", "To consider another password";
        campaign_phishing_warning: "偽のメッセージなどへのご注意", "A warning of fake messages and the like";
        other: "そのほかのお知らせ", "Another message";
    }
}

impl MessagesWords {
    /// What a message of this kind is about; `template` is the stored word of its kind.
    #[must_use]
    pub fn subject(&self, template: &str) -> &'static str {
        match template {
            "approve" => self.approve,
            "approver_added" => self.approver_added,
            "approver_removed" => self.approver_removed,
            "code" => self.code,
            "confirm_code" => self.confirm_code,
            "contact_changed" => self.contact_changed,
            "desk_code" => self.desk_code,
            "desk_identified" => self.desk_identified,
            "device_forgotten" => self.device_forgotten,
            "device_reused" => self.device_reused,
            "backup_codes" => self.backup_codes,
            "campaign_check_contact" => self.campaign_check_contact,
            "campaign_old_password" => self.campaign_old_password,
            "campaign_phishing_warning" => self.campaign_phishing_warning,
            "recovery_begun" => self.recovery_begun,
            "recovery_ended" => self.recovery_ended,
            "frozen" => self.frozen,
            "responded" => self.responded,
            "hold" => self.hold,
            "locked" => self.locked,
            "operation_confirmed" => self.operation_confirmed,
            "operation_stopped" => self.operation_stopped,
            "passkey_added" => self.passkey_added,
            "passkey_removed" => self.passkey_removed,
            "passkey_renamed" => self.passkey_renamed,
            "password_changed" => self.password_changed,
            "password_old" => self.password_old,
            "pin_set" => self.pin_set,
            "reopened" => self.reopened,
            "restricted" => self.restricted,
            "sign_up_again" => self.sign_up_again,
            "session_elsewhere" => self.session_elsewhere,
            "signed_in" => self.signed_in,
            "sign_in_failed" => self.sign_in_failed,
            "thawed" => self.thawed,
            _ => self.other,
        }
    }
}
