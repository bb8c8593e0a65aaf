//! Words about the transaction PIN, which a policy may make a password of its own.
//!
//! **Invariant:** which of PIN and code was wrong is not said.

use sekisho_core::policy::PinForm;

use super::words;

words! {
    /// The transaction PIN.
    SetPinWords {
        digits: "取引暗証番号", "transaction PIN";
        password: "取引パスワード", "transaction password";
        title: "{name}の設定", "Your {name}";
        lead: "{name}は、出金などのお手続きを確認するときに入力するものです。ログインのパスワードとは別のものにしてください。",
            "You enter the {name} when you confirm withdrawals and the like. It is not the password you sign in with.";
        since: "{when}に設定", "Set {when}";
        none: "設定されていません。", "None is set.";
        first_held: "設定されていません。お使いになって間もない端末や回線から設定すると、安全のため、{hours}時間は出金と出金先口座の変更を保留します。",
            "None is set. If you set it from a device and network that you have not used for long, withdrawals and changes of the payout account wait for {hours} hours, for your safety.";
        shape_digits: "数字{shortest}桁から{longest}桁。くり返し、連続した数字、生年月日、電話番号の一部は使えません。",
            "{shortest} to {longest} digits, no repeats, runs or dates, and nothing of your birthday or phone number.";
        shape_same: "数字{shortest}桁。くり返し、連続した数字、生年月日、電話番号の一部は使えません。",
            "{shortest} digits, no repeats, runs or dates, and nothing of your birthday or phone number.";
        current: "いまの{name}", "Current {name}";
        wanted: "新しい{name}", "New {name}";
        set: "{name}を設定する", "Set the {name}";
        change: "{name}を変更する", "Change the {name}";
        forgotten: "{name}をお忘れですか", "Forgotten your {name}?";
        forgotten_link: "{name}を再設定する", "Set the {name} without the present one";
        forgotten_text: "いまの{name}なしで再設定できます。安全のため、すべてのご連絡先にお知らせし、{hours}時間は出金と出金先口座の変更を保留します。",
            "You can set the {name} without the present one. For your safety we tell you everywhere, and withdrawals and changes of the payout account wait for {hours} hours.";
        done: "{name}を設定し、すべてのご連絡先にお知らせしました。", "Your {name} is set, and we told you wherever we reach you.";
        again_text: "{name}の設定の前に、ご本人であることをもう一度確認します。", "Before the {name} is set, show once more that it is you.";
        again: "本人確認に進む", "Continue to show it is you";
        missing: "{name}を入力してください。", "Enter the {name}.";
        wrong: "いまの{name}が正しくありません。失敗が続くと、しばらく使えなくなります。", "That is not your current {name}. After repeated failures it is closed for a while.";
        shape: "{shortest}桁から{longest}桁の数字で入力してください。", "Enter {shortest} to {longest} digits.";
        shape_exact: "{shortest}桁の数字で入力してください。", "Enter {shortest} digits.";
        trivial: "くり返し、連続した数字、年や日付は推測されやすいため使えません。別のものにしてください。", "Repeats, runs, years and dates are guessed first. Choose another one.";
        personal: "電話番号、メールアドレス、生年月日から推測できます。別のものにしてください。", "This can be guessed from your phone number, email address or birthday. Choose another one.";
        same: "いまと同じです。別のものにしてください。", "This is the one you have. Choose another one.";
        is_password: "ログインのパスワードと同じものは使えません。", "It must not be the password you sign in with.";
        field: "{name}の入力", "Your {name}";
        unset: "このお手続きには{name}が必要です。先に設定してから、この画面に戻ってください。", "This takes your {name}. Set one first, then come back to this page.";
        either_wrong: "{name}または確認コードが正しくありません。失敗が続くと、このお手続きは中止されます。", "{name} or code is not right. After repeated failures this operation ends.";
        refused: "{name}またはパスキーで確認できませんでした。", "It could not be confirmed: {name} or passkey is not right.";
        back: "{name}に戻る", "Back to the {name}";
    }
}

impl SetPinWords {
    /// What customers call a PIN of this form.
    #[must_use]
    pub const fn name(&self, form: PinForm) -> &'static str {
        match form {
            PinForm::Digits => self.digits,
            PinForm::Password => self.password,
        }
    }
}
