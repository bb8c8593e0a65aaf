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
/// How a sentence ends that warns of it, or says that we never do it.
const WARNING_JA: [&str; 5] = [
    "ません",
    "ないでください",
    "ご注意ください",
    "確認されています",
    "しないこと",
];

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
const NEVER_EN: [&str; 6] = ["never", "not", "don't", "don’t", "nobody", "no"];

/// Whether a sentence reads as a wish for a secret.
pub(super) fn asks(plain: &str, locale: Locale) -> bool {
    match locale {
        Locale::Ja => plain.split(['。', '!', '?', '\n', ';']).any(asks_ja),
        Locale::En => plain.split(['.', '!', '?', '\n', ';', ':']).any(asks_en),
    }
}

fn asks_ja(sentence: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    let warns = WARNING_JA.iter().any(|end| sentence.trim().ends_with(end));
    has(&SECRETS_JA) && has(&ASKING_JA) && !warns
}

/// A "never" counts until the next comma or "and": what comes after is another wish.
fn asks_en(sentence: &str) -> bool {
    let (mut secret, mut asking) = (false, false);
    for clause in sentence.split(',') {
        let (mut never, mut before) = (false, "please");
        let apart = |letter: char| !letter.is_alphanumeric() && !matches!(letter, '\'' | '’');
        for word in clause.split(apart).filter(|word| !word.is_empty()) {
            never = match word {
                "and" | "but" | "then" => false,
                other => never || NEVER_EN.contains(&other),
            };
            secret |= SECRETS_EN.contains(&word);
            asking |= ASKING_EN.contains(&word) && ASKED_EN.contains(&before) && !never;
            before = word;
        }
    }
    secret && asking
}
