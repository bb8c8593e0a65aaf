//! Words of the pages about networks on the firm's own list.
//!
//! **Invariant:** whoever lists a network is told first whom it meets.

use super::words;

words! {
    /// Networks on the firm's own list.
    NetworkWords {
        title: "ネットワークの制限", "Listed networks";
        lead: "攻撃元のネットワークからのログインや取引に追加認証を求めるか、拒否します。数秒以内にすべてのサーバーに反映され、期限が来ると自動的に終わります。ログイン中のセッションは終了しません。",
            "From a listed network, sign-ins and operations are asked for more proof or refused: on every server within seconds, and until it ends by itself. Sessions that are open stay open.";
        network: "ネットワーク", "Network";
        network_hint: "例: 203.0.113.7、203.0.113.0/24、2001:db8::/48。IPv4は/16、IPv6は/32より広くできません。",
            "For example 203.0.113.7, 203.0.113.0/24 or 2001:db8::/48; at most a /16 (IPv4) or a /32 (IPv6).";
        network_wrong: "IPアドレスまたはネットワークを、例のとおりに入力してください。長さより後のビットは0にします。",
            "Type an address or a network as in the examples, with no bits set beyond its length.";
        network_wide: "範囲が広すぎます。IPv4は/16、IPv6は/32までです。", "The network is too wide: at most a /16 (IPv4) or a /32 (IPv6).";
        look: "影響を確認する", "See who is there";
        of_alert: "アラートのアドレスを入力済みです。", "The network of the alert is filled in.";
        none_of_alert: "このアラートには、一つのネットワークがありません。", "This alert is not of one network.";
        preview: "{network}の影響", "Who comes from {network}";
        people: "このネットワークからログインしたことのあるお客様: {number}人", "Customers who were ever let in from there: {number}";
        people_more: "このネットワークからログインしたことのあるお客様: {number}人以上(すべては数えていません)", "Customers who were ever let in from there: {number} or more (not all were counted)";
        nobody: "このネットワークからログインしたことのあるお客様はいません。", "No customer was ever let in from there.";
        shared: "携帯電話会社や会社の回線など、多くのお客様が使うネットワークです。拒否するとこの方々もログインできなくなります。追加認証をお勧めします。",
            "Many customers use this network, as those of mobile operators and offices. If it is refused, none of them gets in: rather ask for more.";
        own: "いまお使いの接続元は、このネットワークにあります。", "You are in this network yourself.";
        listed: "対応", "What becomes of those from there";
        ask: "追加認証を求める", "Ask for more proof";
        ask_hint: "登録済みの端末以外からのログインには、二つめの認証が必要になります。", "Sign-ins on devices that are not known need a second factor.";
        deny: "拒否する", "Refuse";
        deny_hint: "正しい認証でも、ログインと取引を受け付けません。", "Sign-ins and operations are refused, with the right proofs, too.";
        listed_wrong: "対応を選んでください。", "Choose what becomes of them.";
        life: "期間", "For how long";
        life_wrong: "期間を選んでください。", "Choose for how long.";
        hour: "1時間", "1 hour";
        hours_4: "4時間", "4 hours";
        day: "1日", "1 day";
        days_3: "3日", "3 days";
        days_7: "7日", "7 days";
        days_30: "30日", "30 days";
        make: "制限する", "List it";
        made: "制限を始めました。", "It is listed.";
        altered: "確認の後、このネットワークからログインしたお客様が増えました。人数をもう一度確認してください。", "More customers were let in from there since you looked. Look at the number again.";
        many: "同時に制限できる数に達しています。不要な制限を終了してください。", "As many networks are listed as may be at a time. End what is no longer needed.";
        state: "状態", "State";
        stands: "制限中", "in force";
        over: "期限切れ", "over";
        ended: "終了済み", "ended";
        ended_by: "終了した人", "Ended by";
        ended_at: "終了した日時", "Ended at";
        reason: "理由", "Reason";
        by: "実行者", "By";
        begins: "開始", "Began";
        ends: "期限", "Ends";
        alert: "アラート", "Alert";
        older: "終わった制限は、新しい{number}件までを表示しています。", "Of those that are over, the newest {number} are shown.";
        end: "制限を終了する", "End it";
        end_lead: "数秒以内にすべてのサーバーで、このネットワークを制限しなくなります。", "Within seconds no server asks for more or refuses from there.";
        end_prove: "制限を終了するには、パスキーでの確認が必要です。", "To end it takes your passkey.";
        end_done: "制限を終了しました。", "It is ended.";
        end_over: "この制限はすでに終わっています。", "It is over already.";
        of_this_alert: "ネットワークを制限する", "List its network";
    }
}
