//! Words of the console.
//!
//! **Invariant:** what went wrong at the door says the same whatever it was.

use super::words;

words! {
    /// The console.
    ConsoleWords {
        mark: "管理コンソール", "Console";
        menu: "コンソールのメニュー", "Menu of the console";
        title: "概況", "Overview";
        sign_in_title: "コンソールにログイン", "Sign in to the console";
        sign_in: "パスキーでログイン", "Sign in with a passkey";
        sign_in_lead: "このコンソールには、登録したパスキーでのみログインできます。",
            "You sign in here with your passkey, and with nothing else.";
        sign_out: "ログアウト", "Sign out";
        signed_out: "ログアウトしました。", "You signed out.";
        refused: "パスキーを確認できませんでした。ページを開いてから10分を過ぎると使えないことがあります。もう一度お試しください。",
            "The passkey could not be verified. Perhaps the page had been open for more than ten minutes. Please try again.";
        no_domain: "このコンソールのアドレスにはドメイン名がないため、パスキーを使えません。", "The address of this console has no domain name, so passkeys cannot be used.";
        enrolled: "パスキーを登録しました。パスキーでログインしてください。", "The passkey was added. Sign in with it.";
        enrol_title: "最初のパスキーを登録する", "Make your first passkey";
        enrol_link: "はじめての方: 渡されたシークレットでパスキーを登録する", "New here: make a passkey with the secret you were given";
        enrol_lead: "ほかの担当者から渡された名前とシークレットを入力してください。シークレットは最初のパスキーの登録にだけ使えます。",
            "Enter the name and the secret that another person gave you. The secret makes your first passkey and opens nothing else here.";
        staff_name: "名前", "Name";
        secret: "シークレット", "Secret";
        enrol_next: "次へ", "Continue";
        enrol_wrong: "名前またはシークレットが違うか、誤った入力が続いたため受け付けていません。",
            "The name or the secret is wrong, or too many were.";
        enrol_there: "パスキーはすでに登録されています。失くした場合は、ほかの担当者にシークレットの再発行を依頼してください。",
            "You have a passkey already. If it is lost, ask another person to give you another secret.";
        first_title: "パスキーを作成する", "Make the passkey";
        first_lead: "10分以内に作成してください。作成したら、そのパスキーでログインします。",
            "Make it within ten minutes; then sign in with it.";
        last_passkey: "最後のパスキーは削除できません。先に別のパスキーを登録してください。",
            "The last passkey stays. Add another one first.";
        passkeys_lead: "このコンソールへのログインに使うパスキーです。予備を一つ登録しておくことをお勧めします。",
            "These sign you in to this console. Keep a spare one.";
        prove: "パスキーで確認する", "Show it is you with your passkey";
        prove_title: "ご本人の確認", "Show once more that it is you";
        prove_lead: "取り消しのできない操作の前に、パスキーでもう一度確認します。5分間有効です。",
            "Before what cannot be undone, use your passkey once more. It is good for five minutes.";
        who: "ログイン中", "Signed in";
        until: "{when}まで有効", "until {when}";
        administrator: "管理者", "administrator";
        approver: "承認者", "approver";
        auditor: "監査担当", "auditor";
        desk: "窓口担当", "desk";
        monitor: "監視担当", "monitor";
        operations: "対応担当", "responder";
        rule_author: "ルール作成者", "rule author";
        zone: "時刻は日本時間です。", "Times are in Japan Standard Time.";
        alerts: "アラート", "Alerts";
        cases: "案件", "Cases";
        live_over: "ログインの有効期限が切れたため、表示を更新していません。ページを開き直してください。", "You are no longer signed in, so this is not kept up to date. Open the page again.";
        as_of: "表示時点", "As of";
        waits: "対応待ち", "Waiting for somebody";
        alerts_open: "未対応のアラート", "Open alerts";
        cases_open: "未対応の案件", "Open cases";
        held: "保留中の取引", "Held operations";
        messages_waiting: "送信待ちの通知", "Messages waiting";
        messages_dead: "送れなかった通知", "Messages given up";
        attempts_title: "ログイン等の認証", "Sign-ins and other proofs";
        succeeded: "成功", "succeeded";
        stepped_up: "追加認証", "more asked";
        failed: "失敗", "failed";
        this_hour: "この1時間", "This hour";
        this_day: "24時間", "24 hours";
        hour: "時刻", "Hour";
        stopped_now: "停止中の操作", "Stopped now";
        nothing_stopped: "停止中の操作はありません。", "Nothing is stopped.";
        everything: "すべての操作", "everything";
        plot_title: "24時間の推移", "The last 24 hours";
        plot_how: "1時間ごとの成功・追加認証・失敗の件数。数値は隣の表にあります。", "Succeeded, more asked and failed, hour by hour; the table has the figures.";
        filter: "表示の切り替え", "What is listed";
        export: "CSVで保存", "Save as CSV";
        pages: "ページ", "Pages";
        first_page: "最初のページ", "First page";
        next_page: "次のページ", "Next page";
        none: "ありません。", "None.";
        open_newest: "未対応(新しい順)", "Open, newest first";
        open_worst: "未対応(重要な順)", "Open, worst first";
        all_newest: "すべて(新しい順)", "All, newest first";
        mine: "自分の担当", "Mine";
        kind: "種類", "Kind";
        label: "特徴", "Goes by";
        entered: "侵入された口座", "Entered";
        accounts: "対象の口座", "Accounts";
        strangers: "登録のない名前", "Unknown names";
        failures: "失敗", "Failures";
        attempts: "試行", "Attempts";
        addresses: "アドレス数", "Addresses";
        proved: "最初の認証を通過", "First proof right";
        age: "経過", "Age";
        first: "最初", "First";
        last: "最後", "Last";
        raised: "検知", "Found";
        state: "状態", "State";
        open: "未対応", "open";
        closed: "対応済み", "closed";
        when: "日時", "When";
        number: "番号", "Number";
        what_is_known: "わかっていること", "What is known";
        touched: "対象になったお客様", "Customers it touched";
        customer: "お客様", "Customer";
        how_far: "どこまで", "How far";
        tried: "試された", "tried";
        entered_once: "侵入された", "entered";
        close_alert: "アラートを対応済みにする", "Close the alert";
        close_alert_lead: "攻撃が続いた場合は、もう一度開きます。", "It opens again if the attack goes on.";
        close_alert_prove: "パスキーで確認して対応済みにする", "Use your passkey to close it";
        ground: "理由", "Why";
        ground_hint: "記録に残ります。お客様の電話番号やメールアドレスは書かず、案件の番号などを書いてください。",
            "It stays in the record. No phone number or mail address; name a case instead.";
        ground_wrong: "理由を1行200文字以内で、電話番号やメールアドレスを含めずに入力してください。",
            "Say why in one line of at most 200 characters, without a phone number or mail address.";
        priority: "優先度", "Priority";
        found: "見つかったこと", "Found";
        source: "調査", "Looked at";
        act: "操作", "Act";
        done: "実行日時", "Done";
        opened: "作成", "Opened";
        taken_by: "担当", "Taken by";
        taken: "担当開始", "Taken";
        due: "担当期限", "Take by";
        overdue: "期限超過", "overdue";
        alerts_overdue: "担当期限を過ぎたアラート", "Alerts overdue";
        cases_overdue: "担当期限を過ぎた案件", "Cases overdue";
        alert_altered: "このアラートは、表示した後にほかの担当者が担当したか、対応済みにしました。", "Somebody else took or closed the alert since it was shown.";
        nobody: "未定", "nobody";
        ending: "結論", "Ending";
        about: "対象の記録", "Record";
        who_works: "担当と状態", "Who works on it";
        daily_look: "日次照合", "the daily look";
        take: "担当する", "Take it";
        notes: "メモ", "Notes";
        note: "メモを書く", "Write a note";
        write_note: "メモを残す", "Keep the note";
        note_wrong: "メモを1文字以上2,000文字以内で入力してください。", "Write a note of 1 to 2,000 characters.";
        close_case: "案件を終える", "Close the case";
        what_it_was: "結論", "What it was";
        what_follows: "結論は判定の結果として記録され、ルールの検証に使われます。「不正」とすると、その操作の接続元・端末・振込先は、以後このお客さまの「いつもの」ものとして扱われません。凍結や保留の解除は行われません。", "It is recorded as the outcome of the decision, and rules are tested by it. After fraud, the address, the device and the payout account of this operation are no longer usual for this customer. Nothing is frozen or released by it.";
        end_fraud: "不正(ご本人ではない)", "Fraud: it was somebody else";
        end_genuine: "正当(ご本人)", "Genuine: it was the customer";
        end_unclear: "判断できない", "Unclear: nobody can tell";
        end_wrong: "結論を選んでください。", "Choose what it was.";
        case_altered: "表示した後に、ほかの担当者がこの案件を変更しました。今の状態を確認してから、もう一度操作してください。入力した内容は残っています。",
            "Somebody changed the case since it was shown. Look at how it stands now, then do it again; what you typed is still here.";
        case_own: "自分で作成した案件を「正当」として終えることはできません。ほかの担当者に依頼してください。",
            "You opened this case, so somebody else says that it was genuine.";
        found_reported: "不正の報告と同じ場所", "place of a reported fraud";
        found_touched: "ほかの口座も操作した場所", "place that touched other accounts";
        found_new: "本人にとって新しい場所", "new place for the customer";
        found_shared: "多くの人が使う場所", "place that many share";
        found_unknown: "場所が不明", "place unknown";
        found_alarm: "出金先変更の直後の不審な出金", "alarming withdrawal after a payout change";
        found_look: "出金先変更の後の出金", "withdrawal after a payout change";
        source_operation: "操作の遡及調査", "sweep of operations";
        source_withdrawal: "出金の照合", "withdrawals";
        attack_device: "一つの端末から多くの口座", "one device, many accounts";
        attack_enumeration: "登録の有無を探る試行", "names tried to find customers";
        attack_list: "一つのアドレスから多くの口座", "one address, many accounts";
        attack_payout_account: "同じ出金先の登録", "one payout account for many";
        attack_pumping: "認証コードの大量送信", "codes to numbers nobody reads";
        attack_spray: "一つのネットワークから少しずつ", "one network, a try each";
        attack_stuffing: "多くのアドレスから同じプログラム", "one program, many addresses";
        attack_turned: "急に失敗し始めた事業者", "network that turned bad";
        seconds: "{number}秒", "{number} s";
        minutes: "{number}分", "{number} min";
        hours: "{number}時間", "{number} h";
        days: "{number}日", "{number} d";
    }
}
