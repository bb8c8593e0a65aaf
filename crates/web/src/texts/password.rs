//! Words about choosing a password: the rules, what is wrong with one, and the gauge.
//!
//! **Invariant:** what is wrong is said with what would be right; the gauge never says that a
//! password is safe.

use super::words;

words! {
    /// Choosing a password.
    PasswordWords {
        lengths: "{shortest}文字以上{longest}文字まで。長いほど安全です。ほかのサービスで使っていないものにしてください。貼り付けもできます。",
            "{shortest} to {longest} characters. The longer the safer. Use one that you use nowhere else. You may paste it.";
        contain: "次の文字をすべて使ってください: {kinds}", "Use each of these: {kinds}";
        capital: "英大文字", "capital letters";
        digit: "数字", "digits";
        small: "英小文字", "small letters";
        symbol: "記号", "symbols";
        symbols: "使える記号: {symbols}", "Symbols you may use: {symbols}";
        common: "よく使われているか、すでに漏れているパスワードです。別のものにしてください。",
            "This password is well known or has leaked. Choose another one.";
        context: "サービス名がほとんどを占めています。関係のない言葉を加えてください。",
            "This is little more than the name of this service. Add words that have nothing to do with it.";
        long: "パスワードは{longest}文字までにしてください。", "Use at most {longest} characters.";
        pattern: "キーの並び、連続した文字、くり返し、日付は推測されやすいため使えません。別のものにしてください。",
            "Neighbouring keys, sequences, repeats and dates are guessed first. Choose something else.";
        personal: "メールアドレス、電話番号、お名前、生年月日から推測できます。関係のない言葉にしてください。",
            "This can be guessed from your email address, phone number, name or birthday. Use words that have nothing to do with them.";
        short: "パスワードは{shortest}文字以上にしてください。", "Use at least {shortest} characters.";
        symbol_wrong: "使えない文字が含まれています。", "The password contains a character that cannot be used.";
        unreadable: "表示できない文字が含まれています。キーボードから入力し直してください。",
            "The password contains a character that cannot be shown. Type it anew.";
        word: "よく知られた単語だけでは推測されやすいため使えません。関係のない言葉をいくつか組み合わせてください。",
            "A well-known word alone is guessed first. Join several words that have nothing to do with each other.";
    }
}

words! {
    /// The gauge.
    GaugeWords {
        title: "パスワードの強さ", "Strength";
        low: "低", "Low";
        medium_low: "中低", "Medium low";
        medium: "中", "Medium";
        high: "高", "High";
        why_date: "日付がほとんどです。", "Mostly a date.";
        why_keyboard: "キーボードの並びがほとんどです。", "Mostly neighbouring keys.";
        why_none: "推測されやすい並びは見つかりません。", "Nothing in it is guessed easily.";
        why_personal: "ご自身の情報やサービス名がほとんどです。", "Mostly your own data or the name of this service.";
        why_repeat: "同じ文字のくり返しがほとんどです。", "Mostly the same again.";
        why_sequence: "連続した文字や数字がほとんどです。", "Mostly letters or digits in their order.";
        why_short: "短いため、総当たりで見つかります。", "Short enough to be found by trying everything.";
        why_word: "よく知られた単語がほとんどです。", "Mostly well-known words.";
        hint_date: "日付をやめて、関係のない言葉を3つ以上つなげてください。",
            "Leave the date out and join three or more words that have nothing to do with each other.";
        hint_keyboard: "並んだキーをやめて、関係のない言葉を3つ以上つなげてください。",
            "Leave the run of keys out and join three or more words that have nothing to do with each other.";
        hint_none: "ほかのサービスでは使わないでください。", "Do not use it anywhere else.";
        hint_personal: "ご自身と関係のない言葉を加えてください。", "Add words that have nothing to do with you.";
        hint_repeat: "くり返しをやめて、違う言葉を加えてください。", "Leave the repeat out and add other words.";
        hint_sequence: "連続をやめて、違う言葉を加えてください。", "Leave the sequence out and add other words.";
        hint_short: "言葉をもう1つか2つ加えてください。", "Add another word or two.";
        hint_word: "珍しい言葉をもう1つか2つ加えてください。", "Add another word or two that few would think of.";
    }
}
