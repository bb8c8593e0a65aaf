//! Words of the pages on which customers watch over their accounts: home, login history, "this was
//! not me".
//!
//! **Invariant:** whoever freezes an account is told beforehand what stops, what does not, and how
//! it is undone.

use super::words;

words! {
    /// The account's home.
    AccountWords {
        title: "ホーム", "Home";
        signed_in: "ログインしています。", "You are signed in.";
        this_time: "今回の本人確認", "You proved who you are";
        last: "前回のログイン", "Your sign-in before";
        last_none: "これより前のログインの記録はありません。", "There is no earlier sign-in on record.";
        last_strange: "覚えのないログインのときは", "If that was not you";
        security: "セキュリティを確かめる", "Check your security";
        security_text: "パスワード、ご連絡先、ログイン中の端末を確かめ、変更できます。", "See and change password, contacts and sessions.";
        history: "ログイン履歴を見る", "See the login history";
        history_text: "いつ、どこから、何が行われたかを確かめられます。", "See when, from where and what was done.";
        report: "連絡コードを入力する", "Type a report code";
        report_text: "お知らせに書かれたコードで、すぐに口座を凍結できます。", "Freeze your account at once with the code from a message.";
        operations: "お手続きの状況を見る", "See what waits";
        operations_text: "保留中や確認待ちのお手続きを確かめ、取り消せます。", "See what is on hold or waits for you, and cancel it.";
        can: "できること", "What you can do";
        sign_out: "ログアウトする", "Sign out";
        reference: "お客さま番号", "Customer number";
    }
}

words! {
    /// The login history.
    HistoryWords {
        title: "ログイン履歴", "Login history";
        lead: "新しい順に表示しています。身に覚えのないものがあれば、その行の「これは私ではありません」を押してください。",
            "Newest first. If something was not you, press \"This was not me\" in its row.";
        when: "日時", "When";
        act: "内容", "What";
        ending: "結果", "Result";
        place: "場所", "Place";
        device: "端末", "Device";
        success: "完了", "Done";
        failure: "失敗", "Failed";
        pending: "確認待ち", "Waiting for proof";
        held: "保留", "Held";
        refused: "拒否", "Refused";
        known_device: "登録ずみ", "known";
        new_device: "新しい端末", "new device";
        unknown_place: "不明", "Unknown";
        unknown_client: "不明な端末", "Unknown device";
        not_me: "これは私ではありません", "This was not me";
        not_me_about: "{when}の「{act}」", "{act}, {when}";
        empty: "まだ記録がありません。", "Nothing is on record yet.";
        older: "これより前を見る", "Older entries";
        newest: "最新の履歴に戻る", "Back to the newest";
        pages: "履歴のページ", "Pages of the history";
        files: "履歴をファイルに保存する", "Keep the history as a file";
        file_csv: "表計算用 (CSV)", "For a spreadsheet (CSV)";
        file_ndjson: "プログラム用 (NDJSON、1行1件)", "For a program (NDJSON, one entry a line)";
    }
}

words! {
    /// "This was not me".
    ReportWords {
        title: "これは私ではありません", "This was not me";
        lead: "身に覚えのないログインやお手続きのお知らせが届いたときは、お知らせに書かれた連絡コードを入力してください。ログインは必要ありません。",
            "If a message tells you of a sign-in or an operation that was not yours, type the report code from it. You need not sign in.";
        label: "連絡コード", "Report code";
        hint: "例: ABCDE-12345。大文字と小文字、ハイフンの有無は区別しません。", "For instance ABCDE-12345. Capital or small letters and the hyphen make no difference.";
        freeze: "口座を凍結する", "Freeze my account";
        stops: "凍結すると止まるもの", "What stops";
        stops_sign_in: "ログイン (お客さまご自身も、解除までログインできません)", "Signing in, for you as well until the freeze is lifted";
        stops_sessions: "いまログインしているすべての端末の利用", "Use on every device that is signed in now";
        stops_operations: "出金や出金先口座の変更など、確認が必要なお手続き (確認ずみで実行前のものも含みます)", "Operations that need confirmation, such as withdrawals or changes of the payout account, also those confirmed but not yet carried out";
        stays: "止まらないもの", "What does not stop";
        stays_done: "すでに実行されたお手続きと、確認を必要としないお取引。お心当たりがない場合は、お問い合わせ窓口へすぐにご連絡ください。", "What was carried out already, and what needs no confirmation. If something was not you, contact us at once.";
        lift: "凍結を解除するには", "To lift the freeze";
        lift_text: "お問い合わせ窓口で、ご本人であることを確認したうえで解除します。", "Contact us. We lift it once we have made sure that it is you.";
        about: "対象の記録", "The entry";
        back: "凍結せずに戻る", "Go back without freezing";
        done: "口座の凍結を受け付けました", "Your account is frozen";
        done_text: "すべての端末でログアウトし、ログインとお手続きを止めました。", "Every device was signed out. Signing in and operations are stopped.";
        done_next: "このあと、お問い合わせ窓口へご連絡ください。ほかのサービスで同じパスワードをお使いの場合は、そちらもすぐに変更してください。", "Now please contact us. If you use the same password elsewhere, change it there at once.";
        missing: "連絡コードを入力してください。", "Enter the report code.";
        unknown: "このコードは使えません。入力に間違いがないか、使用ずみや期限切れでないかをご確認ください。お急ぎの場合は、お問い合わせ窓口へお電話ください。",
            "This code cannot be used. Check that it is typed correctly, and that it was not used and has not expired. If it is urgent, call us.";
    }
}

words! {
    /// Names of acts in the history.
    ActWords {
        approve: "端末での承認", "Approval on a phone";
        cancel: "お手続きの取り消し", "Operation cancelled";
        authorize: "連携するサービスへのログイン", "Signing in to an application";
        sign_in: "ログイン (パスワード)", "Sign-in (password)";
        elsewhere: "ログイン中の別の場所からのアクセス", "Use of a sign-in from elsewhere";
        sign_out: "ログアウト", "Sign-out";
        sign_up: "新規登録", "Registration";
        step_up: "ログイン (認証コード)", "Sign-in (code)";
        recover: "再設定のお手続き", "Recovery";
        report: "口座の凍結", "Account frozen";
        change_contact: "ご連絡先の変更", "Contact changed";
        forget_device: "端末の登録の解除", "Device forgotten";
        restrict: "限度額・確認方法の変更", "Limits, or how you confirm, changed";
        set_pin: "取引暗証番号（取引パスワード）の設定", "Transaction PIN set";
        change_password: "パスワードの変更", "Password changed";
        prove: "ご本人の確認 (認証コード)", "Proof of identity (code)";
        end_session: "ほかの端末のログアウト", "Other sessions ended";
        freeze: "口座の凍結 (ご本人の操作)", "Account frozen by yourself";
        operate: "{operation}の申し込み", "Request: {operation}";
        confirm: "{operation}の確認", "Confirmation: {operation}";
        outcome: "お手続きの結果の記録", "Outcome recorded";
        redeem: "お手続きの実行", "Operation carried out";
        other: "その他", "Other";
    }
}
