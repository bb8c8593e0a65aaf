//! Words of the page of limits and choices of the customer's own.
//!
//! **Invariant:** what waits is said with the moment from which it counts.

use super::words;

words! {
    /// Limits and choices.
    RestrictWords {
        title: "限度額と確認方法", "Limits, and how you confirm";
        lead: "ご自身の限度額と確認方法を決められます。引き下げなど安全になる変更はすぐに、引き上げなどは{hours}時間後に有効になります。変更はすべてのご連絡先にお知らせします。",
            "Set limits of your own, and how you confirm. What makes your account safer counts at once; a higher limit, or less to confirm, counts after {hours} hours. We tell you of every change wherever we reach you.";
        short: "出金などの限度額と、お手続きのときに確認することを決められます。", "The most you withdraw or transfer, and what you confirm with.";
        again_text: "変更の前に、ご本人であることをもう一度確認します。", "Before you change anything, show once more that it is you.";
        each: "1回の限度額 ({currency})", "Most for one ({currency})";
        day: "24時間の限度額 ({currency})", "Most within 24 hours ({currency})";
        most: "設定できる上限: {amount}", "You can set at most: {amount}";
        unlimited: "上限なし", "no limit";
        set: "限度額を変更する", "Change the limits";
        next: "{when}から、1回{each}、24時間{day}になります。", "From {when} on: {each} for one, {day} within 24 hours.";
        keep: "この変更を取り消す", "Cancel this change";
        above: "設定できる上限より大きい金額です。", "That is more than you can set.";
        shape: "0以上の金額を数字で入力してください。", "Enter an amount in digits, 0 or more.";
        done: "変更を受け付け、すべてのご連絡先にお知らせしました。", "Your change is accepted, and we told you wherever we reach you.";
        moved: "変更はありませんでした。", "Nothing was changed.";
        choices: "確認方法", "how you confirm";
        choice_legend: "お手続きのときに確認すること", "What you confirm with";
        choose: "確認方法を変更する", "Change how you confirm";
        choice_next: "{when}から「{choice}」になります。", "From {when} on: {choice}.";
        by_policy: "当社の標準", "Our standard";
        by_nothing: "確認しない (通常と異なるときと高額のときを除く)", "Nothing, unless it is unusual or large";
        by_device: "標準に加え、登録した端末でだけ確認する", "Our standard, and only on a remembered device of mine";
        by_passkey: "パスキーで確認する", "My passkey";
        by_factor: "標準に加え、認証コードなどで確認する", "Our standard, and a second factor such as a code";
        by_pin: "標準に加え、取引暗証番号で確認する", "Our standard, and my transaction PIN";
        by_confirming: "内容を確認する", "A look at what it is about";
    }
}
