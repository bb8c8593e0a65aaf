//! Words of campaigns.
//!
//! **Invariant:** what is wrong with a text is said with what to do about it.

use super::words;

words! {
    /// Messages to many.
    CampaignWords {
        title: "一斉連絡", "Campaigns";
        lead: "選んだお客様へのお知らせです。1人が作成し、別の1人（承認者）が開始します。どちらの役割の人も、いつでも止められます。",
            "Messages to chosen customers. One person proposes one, a second person (an approver) starts it, and either stops it at any time.";
        new: "新しい一斉連絡", "A new campaign";
        of_this_alert: "関係したお客様に連絡する", "Write to whom it touched";
        none: "一斉連絡はありません。", "There are no campaigns.";
        kind: "内容", "What it says";
        check_contact: "ご連絡先の確認のお願い", "To check how we reach them";
        old_password: "パスワードの変更のおすすめ", "To consider another password";
        phishing_warning: "偽のメッセージなどへの注意（文面を書く）", "A warning of fake messages and the like (in your words)";
        own_lead: "注意の文面（ほかの内容では使いません）", "The words of a warning (not used otherwise)";
        own_hint: "リンク、アドレス、電話番号は書けません。何かを開かせる、返信させる、入力させる文面は、偽のメッセージと見分けがつきません。",
            "No links, addresses or phone numbers. A message that has its reader open, answer or enter something looks like a fake.";
        subject_ja: "件名（日本語）", "Subject in Japanese";
        body_ja: "本文（日本語）", "Text in Japanese";
        subject_en: "件名（英語）", "Subject in English";
        body_en: "本文（英語）", "Text in English";
        chosen: "送る相手", "Who gets it";
        all: "すべてのお客様", "Every customer";
        set_old_password: "パスワードの設定から日数がたったお客様", "Whose password was set long ago (days)";
        set_old_password_days: "パスワードの設定から{days}日がたったお客様", "Whose password was set more than {days} days before";
        set_alert: "アラートに関係したお客様", "Whom an alert touched";
        set_alert_of: "アラート {alert} に関係したお客様", "Whom the alert {alert} touched";
        set_cases: "最近案件があったお客様（日数）", "Who had a case lately (days)";
        set_cases_days: "この{days}日の間に対応中の案件があったお客様", "Who had an open case in the last {days} days";
        set_listed: "参照番号を貼り付ける", "Those whose references are pasted";
        days: "日数（1〜3650）", "Days (1 to 3650)";
        days_wrong: "1から3650までの日数を入力してください。", "Type a number of days from 1 to 3650.";
        alert: "アラートの番号", "Number of the alert";
        alert_wrong: "アラートの番号（alr_ で始まります）を入力してください。", "Type the number of an alert, which begins with alr_.";
        named: "参照番号（1行に1つ、1万件まで）", "References, one a line, 10,000 at most";
        named_wrong: "参照番号を1行に1つ、1万件までで入力してください。読めない行: {line}", "Type references, one a line, 10,000 at most. This line cannot be read: {line}";
        rate: "1分あたりの送信数の上限（1〜6000）", "Customers a minute at most (1 to 6000)";
        rate_wrong: "1から6000までの数を入力してください。", "Type a number from 1 to 6000.";
        kind_wrong: "内容を選んでください。", "Choose what it says.";
        chosen_wrong: "送る相手を選んでください。", "Choose who gets it.";
        found_empty: "文面を入力してください。", "Write something here.";
        found_long: "短くしてください（件名は40文字、本文は500文字・20行まで）。", "Make it shorter: 40 characters for a subject, 500 in 20 lines for a text.";
        found_hidden: "見えない文字や、表示の向きを変える文字があります。貼り付けずに打ち直してください。", "There are characters that do not show, or that change the direction. Type it anew instead of pasting it.";
        found_language: "日本語の欄は日本語で、英語の欄は英語の文字だけで書いてください。ほかの文字は、似た文字に見せかけられます。", "Write Japanese in Japanese, and English with the letters A to Z alone. Letters of other scripts can look like ours.";
        found_markup: "HTMLに見える書き方があります。< と > と「&…;」を除いてください。", "It looks like HTML. Remove <, > and what begins with & and ends with a semicolon.";
        found_link: "アドレスに見えるものがあります。除いて、「いつもの方法でログイン」のように書いてください。文の終わりの点の後には空白を入れてください。", "There is what looks like an address. Remove it and write \"sign in the way you always do\". Put a space behind the full stop of a sentence.";
        found_mail: "メールアドレスに見えるものがあります。除いてください。", "There is what looks like a mail address. Remove it.";
        found_telephone: "電話番号に見えるものがあります。除いてください。番号はお客様がご存じのページで案内します。", "There is what looks like a phone number. Remove it; customers find ours on the page they know.";
        found_secret: "パスワードなどを求めているように読めます。「入力しないでください」「お尋ねすることはありません」のように書いてください。", "It reads as if it asked for a password or the like. Write what never to do: \"Never enter your password\", one wish a sentence.";
        show: "確認する", "Show what would be sent";
        preview: "一斉連絡の確認", "What would be sent";
        many: "{count}人のお客様に送ります。", "It goes to {count} customers.";
        nobody: "届けられるお客様がいません。", "There is nobody whom it would reach.";
        by_mail: "メールで届くお客様", "Reached by mail";
        by_sms: "SMSで届くお客様", "Reached by text message";
        nowhere: "送らないお客様（凍結中、または連絡先なし）", "Not sent to (frozen, or no verified contact)";
        unknown: "該当するお客様がいない参照番号", "References of nobody";
        sample: "文面", "As it is sent";
        sample_ja: "日本語", "Japanese";
        sample_en: "英語", "English";
        altered: "内容または相手が変わりました。何も行っていません。もう一度ご確認ください。", "The message or whom it goes to is another by now. Nothing was done. Look again.";
        propose: "作成する", "Propose it";
        change: "書き直す", "Change it";
        proposed_told: "作成しました。別の人（承認者）が7日以内に開始できます。", "It is proposed. A second person, an approver, can start it within 7 days.";
        started_told: "開始しました。", "It is started.";
        stopped_told: "止めました。", "It is stopped.";
        empty_wrong: "届けられるお客様がいないため、作成できません。", "Nobody can be reached, so it cannot be proposed.";
        many_wrong: "進行中の一斉連絡が多すぎます。終わるのを待つか、止めてください。", "Too many campaigns are open. Wait for one to end, or stop one.";
        over_wrong: "いまの状態ではできません。期限が過ぎたか、作成した人の権限がなくなったか、すでに終わっています。", "It cannot be done now: its time is over, whoever proposed it may no more, or it ended.";
        self_wrong: "ご自分で作成したものは、ご自分では開始できません。", "You proposed it yourself; a second, different person has to start it.";
        fresh_wrong: "お渡しから7日たっていない証明では、2人で行う操作の1人になれません。", "A secret that was given less than 7 days ago does not count in what takes two people.";
        state: "状態", "State";
        proposed: "開始を待っています", "Waits to be started";
        running: "送信中", "Running";
        stopped: "停止", "Stopped";
        finished: "終了", "Finished";
        expired: "期限切れ", "Nobody may start it any more";
        counted: "対象", "Customers";
        sent: "送信済み", "Queued for";
        skipped: "送らなかった", "Passed over";
        waiting: "残り", "Still to come";
        outbox: "送信の結果（お知らせの通数）", "What became of the messages";
        outbox_waiting: "送信待ち", "Waiting";
        outbox_sent: "配信", "Delivered";
        outbox_dead: "失敗または取りやめ", "Failed or recalled";
        outbox_hint: "通数です。1人にメールとSMSの両方を送ることがあります。記録の保存期間が過ぎたものは数えません。", "Messages, and a customer may get a mail and a text message. Those whose record is no longer kept are not counted.";
        ground: "理由", "Ground";
        by: "作成", "Proposed by";
        started_by: "開始", "Started by";
        stopped_by: "停止", "Stopped by";
        finished_at: "終了", "Finished";
        number: "番号", "Number";
        start: "開始する", "Start it";
        start_lead: "文面と相手をご確認ください。開始すると、送ったものは取り消せません。", "Look at the message and whom it goes to. What was sent cannot be called back.";
        stop: "止める", "Stop it";
        stop_lead: "送信待ちのものも取りやめます。止めたものは、承認者がもう一度開始するまで進みません。", "What waits to be sent is given up, too. It goes on only if an approver starts it again.";
        back: "一斉連絡の一覧", "All campaigns";
    }
}
