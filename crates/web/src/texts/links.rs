//! Words of the link view.
//!
//! **Invariant:** what is shared is never called a proof of anything.

use super::words;

words! {
    /// The link view.
    LinkWords {
        title: "つながり", "Links";
        lead: "アドレス、端末、出金先口座、電話番号を共有するお客様を表示します。20人を超えて共有されているもの（携帯電話会社や家計簿サービスのアドレスなど）は、人数だけを表示します。共有は不正の証拠ではありません。",
            "Customers who share an address, a device, a payout account or a phone. What more than 20 share (addresses of mobile operators or account aggregators, say) is counted and not listed. Sharing is no proof of fraud.";
        what: "参照番号、IPアドレスまたは端末番号", "Reference, address or device id";
        button: "表示する", "Show";
        find_wrong: "参照番号、IPアドレスまたは端末番号を入力してください。", "Type a reference, an address or a device id.";
        find_none: "該当する記録はありません。", "Nothing is recorded of it.";
        picture: "お客様と、共有しているものの図。同じ内容を下の表に示します。", "Customers and what they share, drawn. The tables below say the same.";
        nothing: "ほかのお客様と共有しているものはありません。", "Nothing is shared with anybody.";
        address: "アドレス", "Address";
        device: "端末", "Device";
        payout_account: "出金先口座", "Payout account";
        phone: "電話番号", "Phone";
        people: "{number}人", "{number} customers";
        crowd: "多数が共有", "shared by many";
        reported: "不正の報告あり", "fraud reported";
        frozen: "凍結中", "frozen";
        open: "つながりを広げる", "Open what they share";
        customer_page: "お客様のページ", "The customer's page";
        first_alone: "最初のお客様だけを表示", "Show the first alone";
        left_out: "このほか{number}件は、図が大きくなりすぎるため省いています。", "{number} more are left out, since the picture would grow too large.";
        places: "共有しているもの", "What is shared";
        customers: "お客様", "Customers";
        number: "番号", "Number";
        kind: "種類", "Kind";
        value: "値", "Value";
        shared_by: "共有", "Shared by";
        first: "最初", "First";
        last: "最後", "Last";
        successes: "成功", "Succeeded";
        failures: "失敗", "Failed";
        shares: "共有の番号", "Shares";
        see: "つながりを見る", "Who shares what with them";
        legend: "破線は、失敗したアクセスだけのつながりです。", "A broken line: nothing ended well there.";
    }
}
