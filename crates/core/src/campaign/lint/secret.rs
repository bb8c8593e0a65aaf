//! What reads as a wish for a secret, sentence by sentence.
//!
//! It knows words and not meaning: what it finds may be rightly meant, and is written otherwise
//! then.
//!
//! **Invariant:** a plain wish ("enter your password") is found in either language.

use crate::notice::Locale;

const SECRETS_JA: [&str; 14] = [
    "パスワード",
    "暗証番号",
    "認証コード",
    "確認コード",
    "連絡コード",
    "ワンタイム",
    "乱数表",
    "カード番号",
    "口座番号",
    "セキュリティコード",
    "合言葉",
    "マイナンバー",
    "秘密の質問",
    "pin",
];
const ASKING_JA: [&str; 12] = [
    "入力",
    "返信",
    "教えて",
    "お知らせください",
    "連絡してください",
    "ご連絡ください",
    "送信",
    "送って",
    "記入",
    "お答え",
    "お聞かせ",
    "提供",
];
/// How a sentence ends that warns of it, or says that we never do it. "…できません" and
/// "…申し訳ございません" are neither.
const WARNING_JA: [&str; 12] = [
    "ことはありません",
    "ことはございません",
    "お願いしません",
    "お願いいたしません",
    "お願いしていません",
    "お尋ねしません",
    "お聞きしません",
    "求めません",
    "ないでください",
    "ご注意ください",
    "確認されています",
    "しないこと",
];
/// What makes a wish of a sentence however it ends: "unless you enter it, …".
const UNLESS_JA: [&str; 4] = ["ないと", "なければ", "ない場合", "お手数"];

const SECRETS_EN: [&str; 12] = [
    "password",
    "passwords",
    "passcode",
    "passcodes",
    "pin",
    "pins",
    "code",
    "codes",
    "secret",
    "secrets",
    "card",
    "account-number",
];
const ASKING_EN: [&str; 13] = [
    "enter", "type", "send", "reply", "tell", "give", "provide", "confirm", "verify", "submit",
    "share", "fill", "update",
];
/// What stands before a verb that asks its reader.
const ASKED_EN: [&str; 13] = [
    "please", "to", "must", "should", "and", "or", "now", "then", "can", "will", "you", "kindly",
    "just",
];
/// After these a "not" is a wish: "do not hesitate to".
const URGED_EN: [&str; 7] = [
    "hesitate", "forget", "fail", "delay", "wait", "worry", "neglect",
];
const NEVER_EN: [&str; 6] = ["never", "not", "don't", "don’t", "nobody", "no"];

/// Whether a sentence reads as a wish for a secret, with its lines apart or as one.
pub(super) fn asks(plain: &str, locale: Locale) -> bool {
    let lines = |text: &str| match locale {
        Locale::Ja => text.split(['。', '!', '?', '\n', ';']).any(asks_ja),
        Locale::En => text.split(['.', '!', '?', '\n', ';', ':']).any(asks_en),
    };
    let joined = match locale {
        Locale::Ja => plain.replace('\n', ""),
        Locale::En => plain.replace('\n', " "),
    };
    lines(plain) || lines(&joined)
}

fn asks_ja(sentence: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    let warns = WARNING_JA.iter().any(|end| sentence.trim().ends_with(end));
    has(&SECRETS_JA) && has(&ASKING_JA) && (!warns || has(&UNLESS_JA))
}

/// A "never" counts until the next comma or "and", and not for what one is urged to: what comes
/// after is another wish.
fn asks_en(sentence: &str) -> bool {
    let (mut secret, mut asking) = (false, false);
    for clause in sentence.split(',') {
        let (mut never, mut before) = (false, "please");
        let apart = |letter: char| !letter.is_alphanumeric() && !matches!(letter, '\'' | '’');
        for word in clause.split(apart).filter(|word| !word.is_empty()) {
            never = match word {
                "and" | "but" | "then" => false,
                other if URGED_EN.contains(&other) => false,
                other => never || NEVER_EN.contains(&other),
            };
            secret |= SECRETS_EN.contains(&word);
            asking |= ASKING_EN.contains(&word) && ASKED_EN.contains(&before) && !never;
            before = word;
        }
    }
    secret && asking
}
