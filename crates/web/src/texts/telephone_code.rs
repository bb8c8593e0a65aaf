//! Words of the code for the support desk.
//!
//! **Invariant:** whoever is called, instead of calling, is told not to read it out.

use super::words;

words! {
    /// The code for the support desk.
    TelephoneCodeWords {
        title: "電話口での本人確認コード", "A code for the support desk";
        lead: "お客様サポートセンターにお電話いただいたとき、ご本人であることの確認にお使いいただくコードです。",
            "When you call the support desk, this code shows that it is you.";
        warning: "当社の番号にお客さまからおかけになった電話でだけ、お伝えください。当社からお電話してコードをお聞きすることはありません。",
            "Read it out only on a call that you made to our number yourself. We never call you to ask for it.";
        make: "コードを表示する", "Show a code";
        shown_title: "このコードをお伝えください", "Read out this code";
        until: "{when}まで、1回だけ使えます。", "It works once, until {when}.";
        again: "別のコードを表示すると、このコードは使えなくなります。", "Another code puts this one out of use.";
    }
}
