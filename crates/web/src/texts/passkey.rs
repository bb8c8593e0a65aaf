//! Words about passkeys.
//!
//! **Invariant:** what is said of a passkey says what the customer does, not how it works.

use super::words;

words! {
    /// Passkeys.
    PasskeyWords {
        title: "パスキー", "Passkeys";
        lead: "パスキーは、端末の指紋・顔認証や画面ロックでログインや確認をする方法です。偽のページでは使えないため、パスワードやコードより安全です。",
            "A passkey signs you in and confirms with your device's fingerprint, face or screen lock. It does not work on look-alike pages, so it is safer than passwords and codes.";
        lock: "パスキーを登録すると、出金や出金先口座の変更はパスキーでのみ確認できます。すべて削除した場合も{hours}時間は、コードでは確認できません。いつもと違う場所で登録したパスキーで確認したお手続きは、登録から{hours}時間は保留されます。",
            "Once you have a passkey, withdrawals and changes of the payout account are confirmed by passkey only, and for {hours} hours after you removed the last one. What is confirmed with a passkey that was added at an unusual place is held for {hours} hours.";
        lock_sign_in: "パスキーを登録すると、登録から{hours}時間が過ぎると、ログインもパスキーのみになります。パスワードとコードでのログインに戻すには、パスキーをすべて削除してください。",
            "From {hours} hours after you added a passkey you sign in with it alone. To sign in with password and code again, remove every passkey.";
        none: "パスキーはまだ登録されていません。", "You have no passkey yet.";
        add_title: "パスキーを登録する", "Add a passkey";
        name: "名前", "Name";
        name_hint: "例: 自分のスマートフォン", "For instance: my phone";
        name_wrong: "名前を1文字以上40文字以内で入力してください。", "Enter a name of 1 to 40 characters.";
        add: "パスキーを登録する", "Add a passkey";
        elsewhere: "ほかの端末やセキュリティキーに登録する", "Add one on another device or a security key";
        added: "パスキーを登録しました。", "The passkey was added.";
        renamed: "名前を変更しました。", "The name was changed.";
        removed: "パスキーを削除しました。端末に残っているパスキーは、端末の設定から削除してください。",
            "The passkey was removed. Delete what is left of it in the settings of your device.";
        rename: "名前を変更する", "Rename";
        remove: "削除する", "Remove";
        created: "登録日時", "Added";
        last: "最後の利用", "Last used";
        never: "まだ使われていません", "not used yet";
        kind: "保存場所", "Kept";
        bound: "この端末またはセキュリティキーのみ", "on one device or security key only";
        copied: "同期されるパスキー", "synced among your devices";
        again_text: "パスキーの登録、名前の変更、削除の前に、ご本人であることをもう一度確認します。パスキーを登録ずみの場合は、パスキーで確認してください。",
            "Before passkeys are added, renamed or removed, show once more that it is you. If you have a passkey, use it.";
        again: "本人確認に進む", "Continue to show it is you";
        full: "登録できる数の上限に達しました。使っていないパスキーを削除してください。",
            "You have as many passkeys as there may be. Remove one that you do not use.";
        no_domain: "この環境ではパスキーを登録できません。", "Passkeys cannot be added in this installation.";
        no_script: "パスキーの登録には、JavaScriptが有効で、パスキーに対応したブラウザーが必要です。",
            "To add a passkey you need a browser that knows passkeys, with JavaScript on.";
        refused: "パスキーを確認できませんでした。ページを開いてから10分を過ぎると使えないことがあります。もう一度お試しください。",
            "The passkey could not be verified. Perhaps the page had been open for more than ten minutes. Please try again.";
        failed: "パスキーを使えませんでした。もう一度お試しいただくか、ほかの方法をお使いください。",
            "No passkey was used. Try again, or use another way.";
        known: "この端末のパスキーはすでに登録されています。", "This device's passkey is registered already.";
        sign_in: "パスキーでログイン", "Sign in with a passkey";
        step_up: "コードの代わりにパスキーを使う", "Use a passkey instead of the code";
        confirm: "パスキーでこの内容を確認する", "Confirm exactly this with a passkey";
        plain: "ブラウザーの確認画面を使わずに確認する", "Confirm without the browser's own screen";
        unshown: "ブラウザーの確認画面では確認されませんでした。もう一度お試しいただくか、その画面を使わずに確認してください。",
            "The browser's own screen was not confirmed. Try again, or confirm without it.";
        only: "この手続きは、登録ずみのパスキーでのみ確認できます。", "This is confirmed with your passkey only.";
        enrol: "この手続きの確認にはパスキーが必要です。先にパスキーを登録してください。",
            "To confirm this you need a passkey. Please add one first.";
        enrol_other: "ご登録のパスキーは、この手続きの確認には使えない種類です。セキュリティキーなど、この手続きに使えるパスキーを登録してください。種類はお問い合わせ窓口でご案内しています。",
            "Your passkeys are not of a kind that confirms this. Add one that does, such as a security key; we can tell you which ones.";
        needs_script: "このブラウザーではパスキーを使えません。JavaScriptを有効にするか、対応したブラウザーをお使いください。",
            "This browser cannot use passkeys. Turn JavaScript on, or use one that can.";
    }
}
