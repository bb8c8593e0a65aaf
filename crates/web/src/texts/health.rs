//! Words for how it goes with what goes out, and for where attempts came from.
//!
//! **Invariant:** a state is a word, and the rule behind it is said beside it.

use super::words;

words! {
    /// Health, and places.
    HealthWords {
        title: "送信・改ざん検知ログ・アドレスファイルの状態", "What goes out, the log, and address files";
        how: "障害: 5分以上待っているものがあり、直近5分間に1件も送れていないか、1時間に3件以上を断念し、送れた件数がそれ以下。遅延: 1分以上待っているものがあるか、断念だけで1件も送れていない。SIEM、チャット、ログは、最も古いものの待ち時間が1分で遅延、5分で障害。一斉連絡は数えません。",
            "Failing: something has waited for 5 minutes and nothing was sent in these, or 3 or more were given up in an hour and no more were sent. Slow: something has waited for a minute, or was given up while nothing was sent. SIEM, chat and the log: slow when the oldest has waited for a minute, failing after 5. Campaigns are not counted.";
        part: "経路", "Way";
        state: "状態", "State";
        waiting: "送信待ち", "Waiting";
        oldest: "最も長い待ち", "Longest wait";
        given_up: "断念(1時間)", "Given up (1 hour)";
        failed: "最後の失敗(このノードの起動後)", "Last failure (this node, since it started)";
        mail: "メール", "Mail";
        push: "プッシュ通知", "Push";
        sms: "SMS(ショートメッセージ)", "Text messages";
        siem: "イベント送信(SIEM)", "Event stream (SIEM)";
        chat: "チームのチャット", "Chat of the team";
        log: "改ざん検知ログ", "Log that shows tampering";
        in_order: "正常", "in order";
        slow: "遅延", "slow";
        failing: "障害", "failing";
        quiet: "1時間以内の送信なし", "nothing within the hour";
        off: "未設定", "not set up";
        files: "アドレスファイル(このノード)", "Address files (this node)";
        files_unseen: "未確認", "not looked at yet";
        files_none: "なし(国と事業者は不明になります)", "none, so countries and network operators are unknown";
        files_old: "古い(作成から1年以上)", "old (made more than a year ago)";
        files_said: "{files}件のうち{broken}件を読み込めません。", "{broken} of {files} cannot be read.";
        files_oldest: "最も古いファイルの作成日時", "The oldest was made";
        files_failed: "最後の失敗", "Last failure";
        places_title: "直近1時間の認証: 国別・事業者別", "The last hour by country and network operator";
        every: "直近1時間の{many}件すべてを数えています。", "Counts all {many} of the last hour.";
        newest: "直近1時間のうち新しい{many}件({since}以降)だけを数えています。", "Counts the newest {many} of the last hour alone, since {since}.";
        by_country: "国", "Country";
        by_system: "事業者(AS番号)", "Network operator (AS number)";
        unknown: "不明", "unknown";
        others: "その他({many})", "others ({many})";
    }
}
