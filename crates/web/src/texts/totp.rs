//! Words about authenticator apps.
//!
//! **Invariant:** whoever adds one is told that nobody ever asks for its codes.

use super::words;

words! {
    /// The authenticator app.
    TotpWords {
        title: "認証アプリ", "Authenticator app";
        lead: "認証アプリは、ログインのときにメールやSMSのコードの代わりに入力する6桁のコードを、端末の中で作ります。電波が届かない場所でも使えます。",
            "An authenticator app makes, on your device, the 6-digit codes that you enter in the place of those we send. It works without reception.";
        passkey: "偽のページに入力したコードは盗まれます。パスキーのほうが安全です。",
            "A code entered on a look-alike page is stolen. A passkey is safer.";
        none: "認証アプリはまだ登録されていません。", "You have no authenticator app yet.";
        begin: "認証アプリを登録する", "Add an authenticator app";
        secret_text: "お使いの認証アプリに次のキーを登録してください。このキーは、登録が終わるまで、この画面でのみ表示されます。誰にも教えないでください。",
            "Enter this key in your authenticator app. It is shown on this page only, until you are done. Tell it to nobody.";
        qr: "認証アプリで読み取るQRコード", "QR code to scan with the authenticator app";
        qr_text: "別の端末の認証アプリでは、このQRコードを読み取ってください。読み取れないときは、キーを入力してください。",
            "With an app on another device, scan this QR code. If it cannot be read, type the key.";
        secret: "キー", "Key";
        kind: "種類: 時間ベース (TOTP)、6桁、30秒、SHA-1", "Kind: time based (TOTP), 6 digits, 30 seconds, SHA-1";
        open: "この端末の認証アプリで開く", "Open in the authenticator app on this device";
        address: "登録用のアドレス", "The same as an address";
        code: "認証アプリのコード (6桁)", "Code in the app (6 digits)";
        confirm: "登録を完了する", "Finish";
        cancel: "登録をやめる", "Do not add it";
        added: "認証アプリを登録しました。", "The authenticator app was added.";
        removed: "認証アプリを削除しました。アプリに残っている登録も削除してください。",
            "The authenticator app was removed. Delete what is left of it in the app, too.";
        since: "登録日時", "Added";
        last: "最後の利用", "Last used";
        never: "まだ使われていません", "not used yet";
        remove: "認証アプリを削除する", "Remove the authenticator app";
        again_text: "認証アプリの登録や削除の前に、ご本人であることをもう一度確認します。パスキーを登録ずみの場合は、パスキーで確認してください。",
            "Before an app is added or removed, show once more that it is you. If you have a passkey, use it.";
        again: "本人確認に進む", "Continue to show it is you";
        forbidden: "認証アプリのコードは、ここではお使いいただけません。", "Codes of an authenticator app are not accepted here.";
        instead: "認証アプリのコードを使う", "Use your authenticator app instead";
        submit: "アプリのコードで確認する", "Continue with the app's code";
        wrong: "コードが正しくないか、すでに使われています。アプリに次のコードが表示されたら入力してください。",
            "That code is not right or was used already. Enter the next one that the app shows.";
        clock: "うまくいかないときは、端末の日付と時刻が自動設定になっているかをご確認ください。",
            "If it does not work, check that date and time of your device are set automatically.";
    }
}
