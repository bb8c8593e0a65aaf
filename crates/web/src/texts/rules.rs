//! Words of the console's pages for rules: what judges, what is tried beside it, drafts.
//!
//! **Invariant:** what a button changes for customers is said before it is pressed.

use super::words;

words! {
    /// Rule sets in the console.
    RulesWords {
        title: "判定ルール", "Rules";
        lead: "全員の判定に使うルールセットは常に1つです。下書きは試行(結果に影響しない並行判定)を経て、作成者とは別の担当者が承認すると適用されます。",
            "Everybody is judged by one rule set. A draft is first applied in shadow, without effect, and goes live once somebody else than its author agrees.";
        version: "バージョン", "Version";
        state: "状態", "State";
        author: "作成者", "By";
        made: "作成日時", "Added";
        digest: "ダイジェスト", "Digest";
        shadowed: "試行開始", "In shadow since";
        approved: "承認", "Agreed";
        live: "適用中", "live";
        shadow: "試行中", "in shadow";
        draft: "下書き", "draft";
        was_live: "以前適用", "was live";
        was_shadow: "試行終了", "was in shadow";
        shipped: "標準", "shipped";
        write: "ルールを書く", "Write rules";
        write_on: "これをもとに書く", "Write on from here";
        act: "操作", "What can be done";
        to_shadow: "試行する", "Apply in shadow";
        to_shadow_lead: "適用中のルールと並行して判定し、結果を記録します。お客様への影響はありません。",
            "It judges beside what is live; what it would have said is recorded. Customers notice nothing.";
        end_shadow: "試行をやめる", "End the shadow";
        approve: "承認して適用する", "Agree, and let it go live";
        approve_lead: "表示しているルールが、1秒以内にすべてのノードで全員に適用されます。作成者本人は承認できません。",
            "What this page shows judges everybody, on every node, within a second. Its author cannot agree to it.";
        roll_back: "前のルールに戻す", "Go back to what was live before";
        roll_back_lead: "適用中のルールをやめ、その前のルールを1秒以内にすべてのノードで適用します。",
            "What is live is taken back; what was live before it judges everybody again, on every node, within a second.";
        prove: "変更にはパスキーでの確認が必要です。", "Changes need your passkey.";
        trial: "直近の判定で試す", "Try on recent decisions";
        trial_title: "直近の判定での結果", "What it would have done lately";
        trial_lead: "新しいものから{count}件の判定を、このルールで判定し直しました。", "The newest {count} decisions, judged again by these rules.";
        trial_short: "3秒で区切ったため、対象は一部です。全件は sekisho backtest で確認できます。",
            "It was cut off after three seconds; sekisho backtest looks at all of them.";
        trial_none: "記録された判定がまだありません。", "No decision is recorded yet.";
        busy: "あなたの別の試行が終わっていません。数秒待ってから、もう一度実行してください。",
            "Another trial of yours is not over. Try again in a few seconds.";
        against: "適用中のルールとの違い", "Against what is live";
        against_same: "違いはありません。", "No line is another.";
        gone: "削除", "gone";
        new: "追加", "new";
        same: "共通", "both";
        line: "行", "Line";
        text: "内容", "What it says";
        notes: "確認事項", "What to know";
        document: "ルールの内容", "The document";
        unread: "このバージョンのSekishoでは読み込めません。", "This version of Sekisho cannot read it.";
        told_saved: "下書きを保存しました。まだ何も変わっていません。", "It is kept as a draft. Nothing has changed yet.";
        told_shadow: "試行を始めました。", "It is applied beside what is live.";
        told_ended: "試行をやめました。", "Nothing is applied beside what is live.";
        told_live: "適用しました。1秒以内にすべてのノードに反映されます。", "It is live, on every node within a second.";
        told_back: "前のルールに戻しました。1秒以内にすべてのノードに反映されます。", "What was live before is live again, on every node within a second.";
        wrong_self: "作成者本人は承認できません。ほかの担当者に依頼してください。", "You added it, so another person has to agree.";
        wrong_fresh: "2人で行う操作です。1週間以上前に秘密を受け取った担当者だけが参加できます。",
            "This takes two people who each had their secret for a week. Yours is younger.";
        wrong_there: "このバージョンはすでにあるか、すでに適用中か、使えない名前です。", "There is a set of this version already, it is in force already, or its name cannot be used.";
        wrong_untried: "試行中のルールだけを承認できます。", "Only what is in shadow can go live.";
        wrong_other: "表示したものと違うルールでした。今の内容を確認してから、もう一度承認してください。",
            "It is not what was shown to you. Look at what it says now, then agree again.";
        wrong_moved: "表示した後に、適用中または試行中のルールが変わりました。今の状態を確認してから、もう一度操作してください。",
            "Other rules are live or in shadow than were shown. Look at how it stands now, then do it again.";
        wrong_back: "戻す先がありません。", "There is nothing to go back to.";
        editor: "ルール(TOML)", "Rules, as TOML";
        editor_hint: "version は新しい名前にしてください。256KiBまで入力できます。項目名を入力すると候補が表示されます。",
            "Give it a version of its own. Up to 256 KiB. Names are offered while you type.";
        check: "確認する", "Check";
        save: "下書きとして保存", "Keep as a draft";
        again_title: "保存にはパスキーが必要です", "To keep it, show your passkey";
        again_lead: "入力した内容は残っています。パスキーで確認すると保存します。", "What you typed is still here. It is kept once your passkey says that it is you.";
        save_passkey: "パスキーで保存", "Keep it, with my passkey";
        right: "誤りはありません。", "It is right.";
        right_more: "ルール{rules}件、1回の判定に最大{steps}ステップ、ダイジェスト {digest}", "{rules} rules, at most {steps} steps an attempt, digest {digest}";
        faults: "{count}か所の誤りがあります。", "{count} things are wrong.";
        fault: "1か所の誤りがあります。", "One thing is wrong.";
        fault_at: "{line}行{column}文字目", "line {line}, column {column}";
        fault_title: "誤り", "What is wrong";
        facts: "使える項目", "Facts that rules can name";
        facts_lead: "「?」の付いた項目は、分からないことがあります。has(項目) で確かめられます。", "Those with ? may be unknown: has(fact) asks.";
        fact: "項目", "Fact";
        kind: "型", "Kind";
        score: "成立したシグナルの重みの合計(ルールでのみ使えます)", "The weights of the signals that hold, added up; in rules alone";
        meaning: "意味", "What it is";
        names: "候補", "Names that fit";
        put_back: "このタブで前に入力した内容に戻す", "Put back what was typed here before";
    }
}
