//! Words about backup codes.
//!
//! **Invariant:** whoever makes a set is told where to keep it and where never to type it.

use super::words;

words! {
    /// Backup codes.
    BackupCodeWords {
        title: "バックアップコード", "Backup codes";
        lead: "端末やパスキーをなくしたときのために、紙などに控えておくコードです。パスワードとあわせて、ひとつにつき一度だけログインに使えます。",
            "Codes to keep on paper for the day you lose your device or passkey. Each signs you in once, together with your password.";
        keep: "印刷するか書き写して、パスワードとは別の場所に保管してください。写真に撮ったり、誰かに送ったりしないでください。当社がこのコードを電話やメールでお尋ねすることはありません。",
            "Print or copy them by hand, and keep them apart from your password. Do not photograph them or send them to anybody. We never ask for them by phone or email.";
        limits: "出金や出金先口座の変更の確認には使えません。", "They confirm no withdrawal and no change of the payout account.";
        none: "バックアップコードはまだ作成されていません。", "You have no backup codes yet.";
        left: "残り{left}個", "{left} left";
        made: "作成日時", "Made";
        remaining: "使えるコード", "Codes left";
        few: "残りが少なくなっています。新しく作成してください。", "Few are left. Make new ones.";
        make: "バックアップコードを作成する", "Make backup codes";
        replace: "新しく作成する", "Make new ones";
        replace_text: "新しく作成すると、いまの残り{left}個のコードは使えなくなります。", "The {left} codes that are left will no longer work then.";
        shown_title: "新しいバックアップコード", "Your new backup codes";
        shown: "このコードが表示されるのは、いまこの画面だけです。控え終わるまで、この画面を閉じないでください。以前のコードは使えなくなりました。",
            "These codes are shown now and never again. Do not leave this page before you have kept them. Codes from before no longer work.";
        tell: "作成したことを、すべてのご連絡先にお知らせしました。", "We told you everywhere that they were made.";
        print: "印刷するには、ブラウザーの印刷機能をお使いください。", "To print them, use your browser's print function.";
        kept: "控えました。セキュリティに戻る", "I have kept them. Back to Security";
        forbidden: "バックアップコードは、ここではお使いいただけません。", "Backup codes are not accepted here.";
        again_text: "作成の前に、ご本人であることをもう一度確認します。パスキーを登録ずみの場合は、パスキーで確認してください。",
            "Before codes are made, show once more that it is you. If you have a passkey, use it.";
        again: "本人確認に進む", "Continue to show it is you";
        instead: "バックアップコードを使う", "Use a backup code instead";
        label: "バックアップコード (16文字)", "Backup code (16 characters)";
        hint: "例: 4K7Q-X0M1-ZT88-ABCD。大文字と小文字、全角と半角、ハイフンの有無は区別しません。",
            "For instance 4K7Q-X0M1-ZT88-ABCD. Capital or small letters and hyphens make no difference.";
        submit: "バックアップコードで確認する", "Continue with this backup code";
        shape: "バックアップコードは16文字です。控えをご確認ください。", "A backup code has 16 characters. Check what you kept.";
        wrong: "このバックアップコードは使えません。入力に間違いがないかをご確認のうえ、まだ使っていないコードを入力してください。",
            "This backup code cannot be used. Check what you typed, or enter one that you have not used yet.";
    }
}
