//! Words of the confirmation of an operation.
//!
//! **Invariant:** whoever confirms has read what happens then, and that it cannot be taken back
//! here.

use super::words;

words! {
    /// The confirmation of an operation.
    ConfirmWords {
        title: "{operation}の確認", "Confirm: {operation}";
        asks: "「{application}」からの申し込みです。内容をご確認ください。", "{application} asks for this. Please check it.";
        amount: "金額", "Amount";
        payee: "振込先", "To";
        payments: "振込先 ({count}件)", "To ({count} payments)";
        account: "登録する口座", "Account to register";
        bank: "金融機関コード", "Bank code";
        branch: "支店コード", "Branch code";
        number: "口座番号", "Account number";
        until: "確認の期限", "Confirm by";
        warning: "電話やメール、SNSで誰かに指示されて操作している場合は、確認せずに中止してください。",
            "If somebody tells you to do this, by phone, email or chat, decline it.";
        altered: "表示していた内容が変わりました。内容をもう一度お確かめください。", "What was shown has changed. Please check it again.";
        changed_today: "出金先の口座は、この24時間のうちに変更されたものです。お心当たりがない場合は、確認せずに「これは私ではありません」からお知らせください。",
            "The payout account was changed within the last 24 hours. If that was not you, do not confirm: tell us under \"This was not me\".";
        changed_days: "出金先の口座は、{days}日前に変更されたものです。お心当たりがない場合は、確認せずに「これは私ではありません」からお知らせください。",
            "The payout account was changed lately (days ago: {days}). If that was not you, do not confirm: tell us under \"This was not me\".";
        send_text: "この内容でよければ、確認コードを {to} に送ります。", "If this is right, we send a confirmation code to {to}.";
        send: "確認コードを送る", "Send me the code";
        sent_text: "{to} に6桁の確認コードを送りました。届いたお知らせの内容が上の内容と同じことを確かめてから入力してください。",
            "We sent a 6-digit code to {to}. Check that the message says the same as above, then enter it.";
        label: "確認コード (6桁)", "Confirmation code (6 digits)";
        submit: "この内容で確認する", "Confirm exactly this";
        resend: "コードをもう一度送る", "Send another code";
        decline: "中止する", "Decline";
        no_channel: "確認コードをお送りできる連絡先がありません。お問い合わせ窓口へご連絡ください。",
            "There is no address or number to which a code may be sent. Please contact us.";
        confirmed: "確認を受け付けました", "Confirmed";
        confirmed_text: "「{application}」に戻って、お手続きの結果をご確認ください。", "Go back to {application} to see the result.";
        redeemed: "お手続きは実行されました", "Carried out";
        redeemed_text: "この申し込みは確認され、すでに実行されています。", "This was confirmed and has been carried out.";
        refused: "この申し込みは受け付けられませんでした", "Not accepted";
        refused_text: "安全のため拒否されたか、中止されました。お金は動いていません。お心当たりがない場合は「これは私ではありません」からお知らせください。",
            "It was refused for your safety, or declined. No money was moved. If it was not you, tell us under \"This was not me\".";
        held: "この申し込みは保留されています", "On hold";
        held_text: "安全のため保留しました。お金は動いていません。理由と期限は「お手続きの状況」で確かめられ、取り消すこともできます。",
            "It is on hold for your safety. No money was moved. Under \"What waits\" you see why and until when, and can cancel it.";
        over: "確認の期限が過ぎました", "Time has run out";
        over_text: "お手続きは行われていません。「{application}」に戻り、もう一度お申し込みください。", "Nothing was done. Go back to {application} and ask again.";
        back: "「{application}」に戻る", "Back to {application}";
        other_device: "このお手続きは、登録してからしばらくたったご本人の端末でだけ確認できます。その端末でこのページを開いてください。",
            "This can only be confirmed on a device of yours that was remembered some time ago. Open this page there.";
        prove_again: "安全のため、このお手続きの前に、ご本人であることをもう一度確認します。確認がすむと、この画面に戻ります。",
            "For your safety, please show once more that it is you before this. You come back here afterwards.";
        closed: "この申し込みは、もう確認できません。確認コードの間違いが続いた場合は、しばらく時間をおいてください。",
            "This can no longer be confirmed. After repeated wrong codes, wait for a while.";
    }
}
