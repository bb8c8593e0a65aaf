//! Words of what is done in the console: for customers, with held operations, with stops.
//!
//! **Invariant:** what cannot be taken back says so before it is done.

use super::words;

words! {
    /// Work in the console.
    WorkWords {
        customers: "お客様", "Customers";
        find: "お客様を探す", "Find a customer";
        find_lead: "連携アプリケーションでの参照番号、またはログインに使うメールアドレス・電話番号を入力してください。検索は記録に残ります。",
            "Type the reference that applications use, or the mail address or phone number that the customer signs in with. The search is recorded.";
        find_what: "参照番号、メールアドレスまたは電話番号", "Reference, mail address or phone number";
        find_button: "探す", "Find";
        find_wrong: "参照番号、メールアドレスまたは電話番号を入力してください。", "Type a reference, a mail address or a phone number.";
        find_none: "該当するお客様はいません。", "There is no such customer.";
        account: "口座の状態", "The account";
        active: "利用できる", "in use";
        frozen: "凍結中", "frozen";
        since: "登録", "Since";
        doubted: "凍結の直前に連絡先が変更されています。連絡先に送るコードでは解除できません。",
            "Contact details were changed shortly before the freeze: codes sent there do not thaw it.";
        reference: "参照番号", "Reference";
        contact_changed: "連絡先の変更", "Contact changed";
        password: "パスワード", "Password";
        password_none: "なし", "none";
        password_void: "無効にした", "reset";
        password_set: "設定", "set";
        passkeys: "パスキー", "Passkeys";
        devices: "登録済みの端末", "Known devices";
        sessions: "ログイン中の端末", "Live sessions";
        channels: "連絡先", "How they are reached";
        verified: "確認済み", "verified";
        unverified: "未確認", "not verified";
        login: "ログイン用", "signs in with it";
        dedicated: "通知専用", "notices alone";
        history: "アクセスと操作", "Accesses and operations";
        place: "場所と端末", "Place and device";
        result: "結果", "Result";
        why: "判断の理由", "Why";
        older: "さらに前を表示", "Older";
        newest: "最新を表示", "Newest";
        messages: "お客様への通知", "Messages to the customer";
        sent_to: "送り先", "To";
        operations: "未完了の操作", "Operations that are not over";
        reveal: "伏せた情報を表示する", "Show what is masked";
        reveal_lead: "連絡先とアドレスがこの1回だけ表示されます。理由とともに記録に残ります。",
            "Contact details and addresses are shown this once. It is recorded, with why.";
        revealed: "伏せた情報を表示しています。ページを離れると元に戻ります。", "What is masked otherwise is shown on this page, and on no other.";
        prove_to_work: "この先の操作にはパスキーでの確認が必要です。", "What follows needs your passkey.";
        respond: "口座を守る", "Protect the account";
        respond_lead: "お客様には、登録されたすべての連絡先にお知らせします。", "The customer is told in every way there is to reach them.";
        respond_wrong: "対応を選んでください。", "Choose what is done.";
        end_sessions: "すべての端末からログアウトさせる", "Sign the customer out everywhere";
        end_sessions_hint: "お客様はすぐにログインし直せます。", "The customer can sign in again at once.";
        reset_password: "パスワードを無効にし、すべての端末からログアウトさせる", "Reset the password and sign the customer out everywhere";
        reset_password_hint: "お客様はパスワードの再設定で別のパスワードを設定します。無効にしたパスワードは元に戻せません。",
            "The customer sets another password by the way for forgotten ones. It cannot be taken back.";
        freeze: "口座を凍結する", "Freeze the account";
        freeze_hint: "ログインと取引がすべて止まり、未完了の操作は取り消されます。お客様ご本人の手続き、または窓口での本人確認で解除できます。",
            "Signing in and every operation stop, and those that are not over are refused. The customer thaws it by showing who they are, or with the support desk.";
        respond_button: "実行する", "Do it";
        respond_done: "実行しました。お客様にお知らせします。", "It is done, and the customer is told.";
        respond_none: "すでに実行されているため、変更はありません。", "It was done already, so nothing changed.";
        respond_all: "対象の口座をまとめて守る", "Protect the accounts it touched";
        respond_all_lead: "次の画面で対象の口座を確認してから実行します。", "You see first whom it concerns.";
        preview: "実行前の確認", "Before it is done";
        preview_count: "{count}口座に実行します。", "It is done for {count} accounts.";
        preview_one: "1口座に実行します。", "It is done for 1 account.";
        preview_none: "対象の口座はありません。", "There is nobody for whom anything is left to do.";
        preview_before: "このほか{count}口座は、すでに実行済みか対象外です。", "For {count} more there is nothing to do: it was done, or does not concern them.";
        preview_altered: "表示した後に対象が変わりました。今の対象を確認してから、もう一度実行してください。",
            "It concerns others now than were shown. Look at them, then do it again.";
        preview_more: "はじめの{count}件を表示しています。", "The first {count} are shown.";
        all_done: "{done}口座に実行しました。{before}口座は、その間にほかの担当者が実行していました。",
            "Done for {done} accounts. For {before} somebody else had done it meanwhile.";
        held: "保留中の操作", "Held operations";
        held_lead: "期日の近い順に並べています。", "Those come first that are due first.";
        kind: "操作", "Operation";
        amount: "金額", "Amount";
        payee: "振込先", "Payee";
        asked: "申込み", "Asked";
        due: "期日", "Due";
        releases: "解除予定", "Released by time";
        refuses: "拒否予定", "Refused unless released";
        confirmed: "お客様の確認", "Confirmed by the customer";
        yes: "済み", "yes";
        no: "なし", "no";
        application: "アプリケーション", "Application";
        held_over: "この操作は保留中ではありません。", "The operation is not held.";
        end_held: "保留を終える", "End the hold";
        release: "解除する(操作を続けさせる)", "Release it: the operation goes on";
        refuse: "拒否する(操作を取り消す)", "Refuse it: the operation is over";
        end_wrong: "解除するか拒否するかを選んでください。", "Choose whether it is released or refused.";
        end_button: "実行する", "Do it";
        stops: "停止", "Stops";
        stop_kind: "操作の種類", "Kind of operation";
        stop_every: "すべて", "every kind";
        stop_reason: "理由(社内)", "Why, for the firm";
        stop_state: "状態", "State";
        stands: "停止中", "stands";
        waits: "開始前", "not begun";
        over: "終了", "over";
        lifted: "解除済み", "lifted";
        proposed: "解除の提案あり", "somebody wants it lifted";
        made_by: "実行者", "By";
        begins: "開始", "Begins";
        ends: "終了", "Ends";
        stop_new: "操作を停止する", "Stop operations";
        stop_lead: "すぐに、すべてのノードで停止します。解除には2人が必要です。", "It stops at once, on every node. To lift it takes two people.";
        channel: "チャネル(任意)", "Channel, if not all";
        segment: "お客様の区分(任意)", "Segment of customers, if not all";
        word_wrong: "英小文字で始まる、英小文字・数字・_・-の40文字以内で入力してください。", "Up to 40 of a-z, 0-9, _ and -, beginning with a letter.";
        message_ja: "お客様への説明(日本語)", "What customers are told, in Japanese";
        message_en: "お客様への説明(英語)", "What customers are told, in English";
        message_ja_wrong: "日本語の説明を1行300文字以内で入力してください。", "Say in Japanese what customers are told, in one line of at most 300 characters.";
        message_en_wrong: "英語の説明を1行300文字以内で入力してください。", "Say in English what customers are told, in one line of at most 300 characters.";
        kind_wrong: "操作の種類を選んでください。", "Choose the kind of operation.";
        hours: "停止する時間(空欄は解除するまで)", "For how many hours; empty until it is lifted";
        hours_wrong: "1から8760までの整数を入力するか、空欄にしてください。", "A whole number from 1 to 8760, or nothing.";
        left: "お客様に残る手段", "What is left to customers";
        stop_button: "停止する", "Stop them";
        stop_done: "停止しました。", "They are stopped.";
        stop_many: "停止の数が上限に達しています。不要な停止を解除してください。", "There are as many stops as there may be. Lift one that is not needed.";
        lift: "解除する", "Lift it";
        agree: "解除に同意する", "Agree to lift it";
        lift_proposed: "解除を提案しました。24時間以内に、ほかの担当者の同意が必要です。", "You want it lifted. Another person has to agree within 24 hours.";
        lift_done: "解除しました。", "It is lifted.";
        lift_self: "自分の提案に自分で同意することはできません。ほかの担当者に依頼してください。", "You asked for it yourself: another person has to agree.";
        lift_fresh: "登録から7日たっていない担当者は、解除に加われません。", "Whoever was given a secret less than seven days ago cannot be one of the two.";
        lift_over: "この停止はすでに終わっています。", "The stop is over.";
        decision: "判断の記録", "A decision";
        verdict: "判断", "Verdict";
        reasons: "理由", "Reasons";
        asks: "求めた確認", "Asked for";
        actor: "実行者", "Actor";
        policy: "ポリシー", "Policy";
        rules: "ルール", "Rules";
        rules_none: "この判断にルールは使われていません。", "No rules judged this.";
        applies: "適用", "Applies";
        rule_when: "条件", "When";
        rule_said: "理由の文", "Reason";
        truth_yes: "該当", "yes";
        truth_no: "非該当", "no";
        truth_unknown: "不明", "unknown";
        truth_broken: "評価できない", "broken";
        same: "同じルールで再計算しても、同じ判断になります。", "Judged again by the same rules, it comes out the same.";
        same_not: "同じルールで再計算すると、結果が異なります。", "Judged again by the same rules, it comes out otherwise.";
        evidence: "根拠", "Evidence";
        score: "値", "Value";
        unknown: "不明", "unknown";
        facts: "記録された事実", "Facts as recorded";
    }
}
