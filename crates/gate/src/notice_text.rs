//! The texts of notices, in both languages.
//!
//! No text holds a link (JSDA guideline of 2025-10-15); what the customer can do is a code to type
//! on the page they know. A test lints every text.
//!
//! **Invariant:** a text says who it is from, what happened and what to do, and nothing that its
//! reader must not know.

use sekisho_core::notice::Locale;

use crate::notices::Body;

/// A message, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Subject of a mail.
    pub subject: String,
    /// Text of a mail or a text message.
    pub body: String,
}

/// Renders `body` in the name of `brand`.
#[must_use]
pub fn render(body: &Body, locale: Locale, brand: &str) -> Rendered {
    let (subject, text) = match locale {
        Locale::En => english(body),
        Locale::Ja => japanese(body),
    };
    let (subject, text) = match locale {
        Locale::En => (
            format!("{subject} – {brand}"),
            format!(
                "{text}\n\n{brand}\nWe never send links to sign in, and never ask for this code by phone.\n"
            ),
        ),
        Locale::Ja => (
            format!("【{brand}】{subject}"),
            format!(
                "{text}\n\n{brand}\n当社がログイン用のリンクをお送りしたり、電話で認証コードをお尋ねすることはありません。\n"
            ),
        ),
    };
    Rendered {
        subject,
        body: text,
    }
}

/// `name: value` lines of what is there.
fn lines(parts: &[(&str, Option<&String>)]) -> String {
    let there = parts
        .iter()
        .filter_map(|(name, value)| value.map(|value| format!("{name}{value}\n")));
    there.collect()
}

fn japanese(body: &Body) -> (String, String) {
    match body {
        Body::Code { code, minutes } => (
            "認証コード".into(),
            format!("認証コード: {code}\n\n有効期限は{minutes}分です。お心当たりがない場合は、どなたかがお客様のパスワードを知っている可能性があります。パスワードを変更してください。"),
        ),
        Body::ConfirmCode { code, minutes, operation, amount, payee } => (
            format!("{operation}の確認コード"),
            format!(
                "{operation}\n{}\n上の内容に間違いがなければ、確認画面に次のコードを入力してください。\n\n確認コード: {code}\n\n有効期限は{minutes}分です。お心当たりがない場合は入力せず、誰にも教えないでください。",
                lines(&[("金額: ", amount.as_ref()), ("出金先: ", payee.as_ref())])
            ),
        ),
        Body::Frozen => (
            "口座の利用を停止しました".into(),
            "「これは私ではありません」とのご連絡により、お客様の口座へのログインと出金などのお手続きをすべて停止しました。再開するには、サポート窓口へご連絡ください。".into(),
        ),
        Body::Locked { minutes } => (
            "認証の失敗が続きました".into(),
            format!("認証の失敗が続いたため、新しい端末からの認証を{minutes}分間停止しました。お心当たりがない場合は、どなたかがお客様の口座に入ろうとしています。"),
        ),
        Body::OperationConfirmed { report, operation, amount } => (
            format!("{operation}を受け付けました"),
            format!(
                "{operation}を受け付けました。\n{}\nお心当たりがない場合は、いつもお使いのページの「これは私ではありません」に次のコードを入力してください。口座をすぐに停止します。\n\n連絡コード: {report}",
                lines(&[("金額: ", amount.as_ref())])
            ),
        ),
        Body::OperationStopped { report, operation } => (
            format!("{operation}を中止しました"),
            format!("{operation}のお申し込みを、安全のため中止または保留しました。\nお心当たりがない場合は、いつもお使いのページの「これは私ではありません」に次のコードを入力してください。口座をすぐに停止します。\n\n連絡コード: {report}"),
        ),
        Body::SignUpAgain => (
            "ご登録について".into(),
            "このメールアドレスまたは電話番号で新規登録のお申し込みがありましたが、すでに登録されています。ログインしてください。お心当たりがない場合、お手続きは必要ありません。".into(),
        ),
        Body::SignedIn { report, place } => (
            "ログインのお知らせ".into(),
            format!("お客様の口座にログインがありました。\n場所: {place}\n\nお心当たりがない場合は、いつもお使いのページの「これは私ではありません」に次のコードを入力してください。口座をすぐに停止します。\n\n連絡コード: {report}"),
        ),
    }
}

fn english(body: &Body) -> (String, String) {
    match body {
        Body::Code { code, minutes } => (
            "Your code".into(),
            format!("Code: {code}\n\nIt works for {minutes} minutes. If you did not ask for it, somebody may know your password: change it."),
        ),
        Body::ConfirmCode { code, minutes, operation, amount, payee } => (
            format!("Code to confirm: {operation}"),
            format!(
                "{operation}\n{}\nIf this is right, type the code on the page that shows it.\n\nCode: {code}\n\nIt works for {minutes} minutes. If you did not ask for it, do not type it and tell it to nobody.",
                lines(&[("Amount: ", amount.as_ref()), ("Payee: ", payee.as_ref())])
            ),
        ),
        Body::Frozen => (
            "Your account was stopped".into(),
            "Following your report \"this was not me\", signing in and every operation on your account were stopped. To use it again, please contact support.".into(),
        ),
        Body::Locked { minutes } => (
            "Too many failed attempts".into(),
            format!("After too many failed attempts, proofs from new devices are refused for {minutes} minutes. If this was not you, somebody is trying to get into your account."),
        ),
        Body::OperationConfirmed { report, operation, amount } => (
            format!("Received: {operation}"),
            format!(
                "We received: {operation}.\n{}\nIf this was not you, type this code under \"this was not me\" on the page you always use. Your account is stopped at once.\n\nReport code: {report}",
                lines(&[("Amount: ", amount.as_ref())])
            ),
        ),
        Body::OperationStopped { report, operation } => (
            format!("Stopped: {operation}"),
            format!("For your safety we stopped or held: {operation}.\nIf this was not you, type this code under \"this was not me\" on the page you always use. Your account is stopped at once.\n\nReport code: {report}"),
        ),
        Body::SignUpAgain => (
            "About your registration".into(),
            "Somebody asked to register with this address or number, which is registered already. Please sign in instead. If it was not you, there is nothing to do.".into(),
        ),
        Body::SignedIn { report, place } => (
            "Somebody signed in".into(),
            format!("Somebody signed in to your account.\nPlace: {place}\n\nIf this was not you, type this code under \"this was not me\" on the page you always use. Your account is stopped at once.\n\nReport code: {report}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Body> {
        let text = String::from;
        vec![
            Body::Code {
                code: text("123456"),
                minutes: 10,
            },
            Body::ConfirmCode {
                code: text("123456"),
                minutes: 10,
                operation: text("出金"),
                amount: Some(text("150,000 JPY")),
                payee: Some(text("ヤマダ タロウ 0005-123 ****567")),
            },
            Body::Frozen,
            Body::Locked { minutes: 15 },
            Body::OperationConfirmed {
                report: text("ABCDE-12345"),
                operation: text("出金"),
                amount: None,
            },
            Body::OperationStopped {
                report: text("ABCDE-12345"),
                operation: text("出金"),
            },
            Body::SignUpAgain,
            Body::SignedIn {
                report: text("ABCDE-12345"),
                place: text("203.0.113.0/24"),
            },
        ]
    }

    #[test]
    fn no_text_holds_a_link_and_each_names_its_sender() {
        for body in all() {
            for locale in [Locale::Ja, Locale::En] {
                let Rendered { subject, body } = render(&body, locale, "ひので証券");
                for sign in ["http", "://", "www.", ".jp", ".com", "href"] {
                    assert!(
                        !body.contains(sign) && !subject.contains(sign),
                        "{sign} in {body}"
                    );
                }
                assert!(subject.contains("ひので証券") && body.contains("ひので証券"));
                assert!(
                    !subject.contains('\n') && subject.chars().count() < 60,
                    "{subject}"
                );
            }
        }
    }

    #[test]
    fn a_confirmation_names_amount_and_payee() {
        let Rendered { body, .. } = render(&all()[1], Locale::Ja, "ひので証券");
        assert!(
            body.contains("150,000 JPY") && body.contains("****567") && body.contains("123456")
        );
    }
}
