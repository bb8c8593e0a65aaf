//! Words of the pages on which customers get back what they lost.
//!
//! **Invariant:** no sentence says whether an account exists, is frozen, or has anything to
//! recover.

use super::words;

words! {
    /// Recovery: a forgotten password, a frozen account.
    RecoverWords {
        password_title: "パスワードを忘れたとき", "If you forgot your password";
        password_lead: "ご登録のメールアドレスと電話番号の両方に認証コードをお送りします。どちらかが使えないときは、バックアップコードで補えます。両方を確かめたあと、安全のため{hours}時間お待ちいただき、もう一度確かめてから新しいパスワードを設定します。", "We send a code to your registered email address and another one to your phone. In the place of the second one a backup code will do. Once both are confirmed you wait for {hours} hours, for your safety, and set a new password after confirming two anew.";
        passkey_title: "パスキーをなくしたとき", "If you lost your passkey";
        passkey_lead: "パスキーの入った端末をなくしたときは、ご登録のパスキーをすべて削除し、新しいパスキーを登録できるようにします。なくしたパスキーがこのあと使われた場合は、取り消されます。", "If you lost the device with your passkey, every passkey of yours is removed so that you can add a new one. This is cancelled if one of them is used after all.";
        thaw_title: "凍結した口座をふたたび使う", "Use a frozen account again";
        thaw_lead: "ご本人であることを、凍結のときよりも確かな方法で確かめます。", "We make sure that it is you, by more than it took to freeze the account.";
        thaw_passkey: "パスキーをお持ちの方", "If you have a passkey";
        thaw_passkey_text: "パスキーで確かめると、すぐに凍結を解除できます。", "With a passkey the freeze is lifted at once.";
        thaw_passkey_button: "パスキーで凍結を解除する", "Lift the freeze with a passkey";
        thaw_password: "パスキーをお持ちでない方", "If you have none";
        thaw_password_text: "パスワードと認証コードを確かめたあと、安全のため{hours}時間お待ちいただきます。そのあいだ、ご登録のすべての連絡先にお知らせします。", "Once password and code are confirmed you wait for {hours} hours, for your safety. Meanwhile we tell you on every way we have to reach you.";
        thaw_refused: "凍結を解除できませんでした。パスキーをお確かめください。", "The freeze could not be lifted. Check your passkey.";
        onward: "進む", "Go on";
        login_missing: "メールアドレスまたは電話番号を入力してください。", "Type your email address or phone number.";
        password_missing: "パスワードを入力してください。", "Type your password.";
        code_title: "認証コードの入力", "Type the code";
        sent_one: "入力された内容に当てはまる口座があれば、認証コードをお送りしました。届かないときは、内容をお確かめのうえ、はじめからやり直してください。", "If there is an account that what you typed applies to, a code is on its way. If none arrives, check what you typed and begin again.";
        sent_two: "当てはまる口座があれば、ご登録のメールアドレスと電話番号に、別々の認証コードをお送りしました。どちらかのご登録しかない場合は、バックアップコードをお持ちのときにだけ届きます。届かないときは、お問い合わせ窓口へご連絡ください。", "If there is such an account, one code is on its way to its email address and another one to its phone. If only one of them is registered, it arrives there for those who have backup codes. If nothing arrives, contact us.";
        first_mail: "メールに届いた6桁のコード (メールのご登録がなければ、電話に届いたもの)", "The six digits from the email (or from the text message, if you have no email registered)";
        second_sms: "電話に届いた6桁のコード、またはバックアップコード", "The six digits from the text message, or a backup code";
        second_shape: "6桁の数字、または16文字のバックアップコードを入力してください。", "Type six digits, or a backup code of 16 characters.";
        one_code: "届いた6桁のコード", "The six digits that arrived";
        code_shape: "6桁の数字を入力してください。", "Type six digits.";
        code_wrong: "コードが正しくないか、期限が切れています。", "That is not right, or it is too late for it.";
        minutes: "コードは{minutes}分間有効です。", "A code works for {minutes} minutes.";
        begin_again: "はじめからやり直す", "Begin again";
        waiting_title: "受け付けました", "We have your request";
        waiting_text: "安全のため、{when}までお待ちください。ご登録のすべての連絡先にお知らせしました。", "For your safety, please wait until {when}. We have told you on every way we have to reach you.";
        waiting_hours: "安全のため、お申し込みから{hours}時間お待ちいただきます。ご登録のすべての連絡先にお知らせしました。", "For your safety, this waits for {hours} hours from when you asked. We have told you on every way we have to reach you.";
        waiting_next: "そのあと{hours}時間のうちに同じページからもう一度お手続きいただくと、完了します。", "After that, go through the same page once more within {hours} hours to complete it.";
        waiting_stop: "お心当たりのない場合は、お知らせに書かれた連絡コードで取り消せます。", "If you did not ask for this, the report code in the message ends it.";
        choose_title: "新しいパスワード", "A new password";
        choose_lead: "設定すると、すべての端末からログアウトします。出金と出金先口座の変更は、しばらくのあいだ保留されます。", "Setting it signs you out everywhere. Withdrawals and changes of the payout account wait for a while.";
        choose_label: "新しいパスワード", "New password";
        choose_submit: "設定する", "Set the password";
        choose_reset: "当社が無効にしたパスワードです。別のものにしてください。", "This is the password that we reset. Choose another one.";
        choose_missing: "新しいパスワードを入力してください。", "Type the new password.";
        told_over: "時間が切れたか、試行の上限に達しました。はじめからやり直してください。", "The time ran out, or there were too many tries. Begin again.";
        told_thawed: "凍結を解除しました。ログインしてください。", "The freeze is lifted. Please sign in.";
        told_passkeys_gone: "パスキーを削除しました。ログインして、新しいパスキーを登録してください。", "Your passkeys are removed. Sign in and add a new one.";
        told_set: "新しいパスワードを設定しました。ログインしてください。", "Your new password is set. Please sign in.";
        course_title: "お手続き中の再設定", "A recovery is in course";
        course_password: "パスワードの再設定が{begun}に申し込まれ、{due}から完了できるようになります。", "A new password was asked for on {begun}; it can be set from {due} on.";
        course_passkey: "パスキーをなくしたとして、すべてのパスキーの削除が{begun}に申し込まれ、{due}から完了できるようになります。", "The removal of every passkey, as lost, was asked for on {begun}; it can be completed from {due} on.";
        course_thaw: "凍結の解除が{begun}に申し込まれ、{due}から完了できるようになります。", "An end of the freeze was asked for on {begun}; it can be had from {due} on.";
        course_stop: "取り消す", "Cancel it";
        course_stopped: "お手続きを取り消しました。", "The recovery was cancelled.";
    }
}
