//! The texts of notices, in both languages.
//!
//! No text holds a link (JSDA guideline of 2025-10-15); what the customer can do is a code to type
//! on the page they know. A test lints every text.
//!
//! **Invariant:** a text says who it is from, what happened and what to do, and nothing that its
//! reader must not know.

mod backup_code;
mod campaign;
mod check;
mod desk;
mod guard;
mod hold;
mod operation;
mod push;
mod recovery;
mod restrict;
#[cfg(test)]
mod samples;

use sekisho_core::money::in_locale;
use sekisho_core::notice::Locale;

use crate::notices::{Body, PushBody};

pub use hold::hold_sentence;

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
    match locale {
        Locale::En => {
            let (subject, text) = english(body);
            Rendered {
                subject: format!("{subject} – {brand}"),
                body: format!("{text}\n\n{brand}\n{}\n", never(body, [LINKS_EN, NEVER_EN])),
            }
        }
        Locale::Ja => {
            let (subject, text) = japanese(body);
            Rendered {
                subject: format!("【{brand}】{subject}"),
                body: format!("{text}\n\n{brand}\n{}\n", never(body, [LINKS_JA, NEVER_JA])),
            }
        }
    }
}

const LINKS_JA: &str = "当社のメールやSMSにログイン用のリンクはありません。";
const LINKS_EN: &str = "Our messages hold no links to sign in.";
const NEVER_JA: &str = "当社のメールやSMSにログイン用のリンクはありません。このメッセージのコードを電話などでお尋ねすることもありません。";
const NEVER_EN: &str =
    "Our messages hold no links to sign in, and we never ask by phone for a code of this one.";

/// What we never do. In a call that the customer wanted a code is asked for by phone, and what goes
/// to many has none.
fn never(body: &Body, [links, all]: [&'static str; 2]) -> &'static str {
    match body {
        Body::Campaign(_) | Body::Desk(_) => links,
        _ => all,
    }
}

/// What to do with a report code.
fn not_me_ja(report: &str) -> String {
    format!(
        "お心当たりがない場合は、ブックマークやアプリからいつものページを開き、「これは私ではありません」に次のコードを入力してください。ログインしなくても、口座をすぐに凍結できます。\n\n連絡コード: {report}"
    )
}

fn not_me_en(report: &str) -> String {
    format!(
        "If this was not you, open the page you always use, from your bookmarks or the app, and type this code under \"This was not me\". Your account is frozen at once; you need not sign in.\n\nReport code: {report}"
    )
}

/// What is said of an authenticator app.
fn app_ja(done: &str, report: &str) -> (String, String) {
    let text = format!("お客さまの口座の認証アプリが{done}されました。");
    let subject = format!("認証アプリを{done}しました");
    (subject, format!("{text}\n\n{}", not_me_ja(report)))
}

fn app_en(done: &str, report: &str) -> (String, String) {
    let subject = format!("An authenticator app was {done} your account");
    let text = format!("{subject}.\n\n{}", not_me_en(report));
    (subject, text)
}

/// `name: value` lines of what is there, each with its line end.
fn lines(parts: &[(&str, Option<String>)]) -> String {
    let there = parts.iter().filter_map(|(name, value)| {
        let value = value.as_ref()?;
        Some(format!("{name}{value}\n"))
    });
    there.collect()
}

/// An amount as it is written in Japanese.
fn yen(amount: Option<&String>) -> Option<String> {
    amount.map(|amount| in_locale(amount, Locale::Ja))
}

fn japanese(body: &Body) -> (String, String) {
    match body {
        Body::Code { code, minutes } => (
            "認証コード".into(),
            format!(
                "認証コード: {code}\n\nログインまたは登録の画面に入力してください。有効期限は{minutes}分です。\nお心当たりがない場合は入力せず、誰にも教えないでください。どなたかがお客さまのパスワードを知っている可能性があります。"
            ),
        ),
        Body::ConfirmCode {
            code,
            minutes,
            operation,
            amount,
            payee,
        } => (
            format!("{operation}の確認コード"),
            format!(
                "{operation}\n{}\n確認画面の内容が上と同じ場合だけ、次のコードを入力してください。\n\n確認コード: {code}\n\n有効期限は{minutes}分です。お心当たりがない場合は入力せず、誰にも教えないでください。",
                lines(&[("金額: ", yen(amount.as_ref())), ("口座: ", payee.clone())])
            ),
        ),
        Body::Campaign(told) => campaign::ja(told),
        Body::Check(told) => check::ja(told, &not_me_ja(&told.report)),
        Body::Desk(told) => desk::ja(told),
        Body::Frozen { freeze } => recovery::frozen_ja(*freeze),
        Body::Responded { event } => recovery::responded_ja(*event),
        Body::Hold(told) => hold::ja(told, &not_me_ja(&told.report)),
        Body::Locked { report } => (
            "認証の失敗が続きました".into(),
            format!(
                "認証の失敗が続いたため、安全のため認証をしばらく止めています。いつもお使いの端末からは、続けてご利用いただけることがあります。\nお心当たりがない場合は、どなたかがお客さまの口座に入ろうとしています。\n\n{}",
                not_me_ja(report)
            ),
        ),
        Body::Operation(told) => operation::ja(told, &not_me_ja(&told.report)),
        Body::RecoveryBegun(_) | Body::RecoveryEnded { .. } => factor_ja(body),
        Body::Reopened { report } => guard::reopened_ja(&not_me_ja(report)),
        Body::SignUpAgain => guard::sign_up_again_ja(),
        Body::SessionElsewhere { .. } | Body::SignedIn { .. } | Body::SignInFailed { .. } => {
            guard::sign_in_ja(body)
        }
        Body::ContactChanged {
            report,
            place,
            channel,
        } => guard::contact_changed_ja(*channel, place, &not_me_ja(report)),
        Body::DeviceForgotten { report, place } => guard::forgotten_ja(place, &not_me_ja(report)),
        Body::DeviceReused { report, place } => guard::device_reused_ja(place, &not_me_ja(report)),
        Body::PasswordChanged { report, place } => guard::password_ja(place, &not_me_ja(report)),
        Body::PasswordOld { days } => guard::password_old_ja(*days),
        Body::BackupCodes(_)
        | Body::PasskeyAdded { .. }
        | Body::PasskeyRemoved { .. }
        | Body::PasskeyRenamed { .. }
        | Body::PinSet(_)
        | Body::Restricted(_)
        | Body::Thawed { .. }
        | Body::TotpAdded { .. }
        | Body::TotpRemoved { .. } => factor_ja(body),
        Body::Push(about) => push_ja(about),
    }
}

fn push_ja(about: &PushBody) -> (String, String) {
    match about {
        PushBody::Added { report, place } => push::added_ja(place, &not_me_ja(report)),
        PushBody::Approve { .. } => push::approve_ja(),
        PushBody::Removed { report } => push::removed_ja(&not_me_ja(report)),
    }
}

/// What is told of factors, and of the end of a freeze.
fn factor_ja(body: &Body) -> (String, String) {
    match body {
        Body::RecoveryBegun(begun) => recovery::begun_ja(begun, &not_me_ja(&begun.report)),
        Body::RecoveryEnded { recovery } => recovery::ended_ja(*recovery),
        Body::BackupCodes(told) => backup_code::ja(told, &not_me_ja(&told.report)),
        Body::PasskeyAdded { report, name }
        | Body::PasskeyRemoved { report, name }
        | Body::PasskeyRenamed { report, name } => {
            guard::passkey_ja(body, name, &not_me_ja(report))
        }
        Body::PinSet(set) => guard::pin_set_ja(set, &not_me_ja(&set.report)),
        Body::Restricted(told) => restrict::ja(told, &not_me_ja(&told.report)),
        Body::TotpAdded { report } => app_ja("登録", report),
        Body::Thawed { report } => guard::thawed_ja(&not_me_ja(report)),
        Body::TotpRemoved { report } => app_ja("削除", report),
        _ => (String::new(), String::new()),
    }
}

fn english(body: &Body) -> (String, String) {
    match body {
        Body::Code { code, minutes } => (
            "Your code".into(),
            format!(
                "Code: {code}\n\nEnter it on the page where you are signing in or registering. It works for {minutes} minutes.\nIf you did not ask for it, do not enter it and tell it to nobody. Somebody may know your password."
            ),
        ),
        Body::ConfirmCode {
            code,
            minutes,
            operation,
            amount,
            payee,
        } => (
            format!("Code to confirm: {operation}"),
            format!(
                "{operation}\n{}\nOnly if the page says the same, enter this code there.\n\nConfirmation code: {code}\n\nIt works for {minutes} minutes. If you did not ask for it, do not enter it and tell it to nobody.",
                lines(&[("Amount: ", amount.clone()), ("Account: ", payee.clone())])
            ),
        ),
        Body::Campaign(told) => campaign::en(told),
        Body::Check(told) => check::en(told, &not_me_en(&told.report)),
        Body::Desk(told) => desk::en(told),
        Body::Frozen { freeze } => recovery::frozen_en(*freeze),
        Body::Responded { event } => recovery::responded_en(*event),
        Body::Hold(told) => hold::en(told, &not_me_en(&told.report)),
        Body::Locked { report } => (
            "Too many failed attempts".into(),
            format!(
                "After too many failed attempts, signing in is closed for a while. It may still work from the device that you always use.\nIf this was not you, somebody is trying to get into your account.\n\n{}",
                not_me_en(report)
            ),
        ),
        Body::Operation(told) => operation::en(told, &not_me_en(&told.report)),
        Body::RecoveryBegun(_) | Body::RecoveryEnded { .. } => factor_en(body),
        Body::Reopened { report } => guard::reopened_en(&not_me_en(report)),
        Body::SignUpAgain => guard::sign_up_again_en(),
        Body::SessionElsewhere { .. } | Body::SignedIn { .. } | Body::SignInFailed { .. } => {
            guard::sign_in_en(body)
        }
        Body::ContactChanged {
            report,
            place,
            channel,
        } => guard::contact_changed_en(*channel, place, &not_me_en(report)),
        Body::DeviceForgotten { report, place } => guard::forgotten_en(place, &not_me_en(report)),
        Body::DeviceReused { report, place } => guard::device_reused_en(place, &not_me_en(report)),
        Body::PasswordChanged { report, place } => guard::password_en(place, &not_me_en(report)),
        Body::PasswordOld { days } => guard::password_old_en(*days),
        Body::BackupCodes(_)
        | Body::PasskeyAdded { .. }
        | Body::PasskeyRemoved { .. }
        | Body::PasskeyRenamed { .. }
        | Body::PinSet(_)
        | Body::Restricted(_)
        | Body::Thawed { .. }
        | Body::TotpAdded { .. }
        | Body::TotpRemoved { .. } => factor_en(body),
        Body::Push(about) => push_en(about),
    }
}

fn push_en(about: &PushBody) -> (String, String) {
    match about {
        PushBody::Added { report, place } => push::added_en(place, &not_me_en(report)),
        PushBody::Approve { .. } => push::approve_en(),
        PushBody::Removed { report } => push::removed_en(&not_me_en(report)),
    }
}

/// What is told of factors, and of the end of a freeze.
fn factor_en(body: &Body) -> (String, String) {
    match body {
        Body::RecoveryBegun(begun) => recovery::begun_en(begun, &not_me_en(&begun.report)),
        Body::RecoveryEnded { recovery } => recovery::ended_en(*recovery),
        Body::BackupCodes(told) => backup_code::en(told, &not_me_en(&told.report)),
        Body::PasskeyAdded { report, name }
        | Body::PasskeyRemoved { report, name }
        | Body::PasskeyRenamed { report, name } => {
            guard::passkey_en(body, name, &not_me_en(report))
        }
        Body::PinSet(set) => guard::pin_set_en(set, &not_me_en(&set.report)),
        Body::Restricted(told) => restrict::en(told, &not_me_en(&told.report)),
        Body::TotpAdded { report } => app_en("added to", report),
        Body::Thawed { report } => guard::thawed_en(&not_me_en(report)),
        Body::TotpRemoved { report } => app_en("removed from", report),
        _ => (String::new(), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{backup_codes, recoveries, restricted};
    use super::*;
    use crate::notices::{CheckBody, DeskBody, HoldBody, OperationBody};
    use sekisho_core::notice::{HoldEvent, OperationAbout, OperationEvent};
    use sekisho_core::reason::Reason;

    fn passkeys() -> [Body; 3] {
        let (report, name) = ("ABCDE-12345".to_owned(), "phone".to_owned());
        [
            Body::PasskeyAdded {
                report: report.clone(),
                name: name.clone(),
            },
            Body::PasskeyRemoved {
                report: report.clone(),
                name: name.clone(),
            },
            Body::PasskeyRenamed { report, name },
        ]
    }

    fn operation(event: OperationEvent, payout_changed_days: Option<u16>) -> Body {
        Body::Operation(OperationBody {
            event,
            report: "ABCDE-12345".to_owned(),
            about: OperationAbout {
                operation: "出金".to_owned(),
                amount: Some("150,000 JPY".to_owned()),
                payee: Some("0005-123 ****567 ヤマダ タロウ".to_owned()),
                payout_changed_days,
            },
        })
    }

    #[test]
    fn money_to_an_account_of_yesterday_is_named_as_such() {
        let told = |locale| {
            render(
                &operation(OperationEvent::Redeemed, Some(1)),
                locale,
                "関所",
            )
        };
        assert!(told(Locale::Ja).body.contains("1日前に変更された"));
        assert!(told(Locale::En).body.contains("changed a day ago"));
        let before = operation(OperationEvent::Redeemed, None);
        assert!(!render(&before, Locale::Ja, "関所").body.contains("変更"));
    }

    fn held(event: HoldEvent) -> Body {
        let Body::Operation(told) = operation(OperationEvent::Refused, Some(0)) else {
            unreachable!()
        };
        Body::Hold(HoldBody {
            report: told.report,
            about: told.about,
            event,
        })
    }

    fn holds() -> Vec<Body> {
        let why = |reasons: &[Reason], hours| HoldEvent::Held {
            reasons: reasons.to_vec(),
            hours,
        };
        let events = [
            HoldEvent::Cancelled,
            HoldEvent::Ended,
            HoldEvent::GoesOn,
            HoldEvent::ToConfirm { hours: 24 },
            why(Reason::ALL, Some(24)),
            why(&[Reason::PartyReported], None),
        ];
        events.map(held).to_vec()
    }

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
                payee: Some(text("0005-123 ****567 ヤマダ タロウ")),
            },
            Body::Locked {
                report: text("ABCDE-12345"),
            },
            operation(OperationEvent::Confirmed, None),
            operation(OperationEvent::Redeemed, Some(1)),
            operation(OperationEvent::Refused, Some(3)),
            Body::Reopened {
                report: text("ABCDE-12345"),
            },
            Body::SignUpAgain,
            Body::SignedIn {
                report: text("ABCDE-12345"),
                place: text("203.0.113.0/24"),
            },
            Body::SignInFailed {
                report: text("ABCDE-12345"),
                place: text("203.0.113.0/24"),
            },
            Body::ContactChanged {
                report: text("ABCDE-12345"),
                place: text("203.0.113.0/24"),
                channel: sekisho_core::login::ChannelKind::Sms,
            },
            Body::DeviceForgotten {
                report: text("ABCDE-12345"),
                place: text("203.0.113.0/24"),
            },
            Body::DeviceReused {
                report: text("ABCDE-12345"),
                place: text("203.0.113.0/24"),
            },
            Body::PasswordChanged {
                report: text("ABCDE-12345"),
                place: text("203.0.113.0/24"),
            },
            Body::Desk(DeskBody::Code {
                code: text("123456"),
                minutes: 10,
            }),
            Body::Desk(DeskBody::Identified {
                report: text("ABCDE-12345"),
            }),
            Body::PasswordOld { days: 180 },
            CheckBody::sample(),
            Body::Thawed {
                report: text("ABCDE-12345"),
            },
        ]
        .into_iter()
        .chain(factors())
        .chain(crate::notices::CampaignBody::samples())
        .chain(passkeys())
        .chain(holds())
        .chain(recoveries())
        .chain(backup_codes())
        .chain(restricted())
        .collect()
    }

    fn factors() -> Vec<Body> {
        let text = String::from;
        vec![
            Body::Push(PushBody::Approve {
                secret: text("skn_secret"),
            }),
            Body::Push(PushBody::Added {
                report: text("ABCDE-12345"),
                place: text("203.0.113.0/24"),
            }),
            Body::Push(PushBody::Removed {
                report: text("ABCDE-12345"),
            }),
            Body::PinSet(crate::notices::PinSetBody {
                report: text("ABCDE-12345"),
                place: text("203.0.113.0/24"),
                event: sekisho_core::notice::PinEvent::Forgotten,
            }),
            Body::PinSet(crate::notices::PinSetBody {
                report: text("ABCDE-12345"),
                place: text("203.0.113.0/24"),
                event: sekisho_core::notice::PinEvent::FirstElsewhere,
            }),
            Body::TotpAdded {
                report: text("ABCDE-12345"),
            },
            Body::TotpRemoved {
                report: text("ABCDE-12345"),
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
    fn a_confirmation_names_amount_payee_and_code_in_each_language() {
        for (locale, amount) in [(Locale::Ja, "150,000円"), (Locale::En, "150,000 JPY")] {
            let Rendered { body, .. } = render(&all()[1], locale, "ひので証券");
            for part in [amount, "ヤマダ タロウ", "****567", "123456"] {
                assert!(body.contains(part), "{part} in {body}");
            }
        }
    }

    #[test]
    fn english_is_english_but_for_names() {
        for body in all() {
            let plain = render(&body, Locale::En, "Hinode").body;
            let plain = plain.replace("出金", "").replace("ヤマダ タロウ", "");
            assert!(
                plain.is_ascii() || !plain.chars().any(|c| c > '\u{2fff}'),
                "{plain}"
            );
        }
    }

    #[test]
    fn what_can_be_reported_carries_its_code() {
        for body in all() {
            let reported = matches!(
                body,
                Body::Push(PushBody::Added { .. } | PushBody::Removed { .. })
                    | Body::Desk(DeskBody::Identified { .. })
                    | Body::Check(_)
                    | Body::Hold(_)
                    | Body::Locked { .. }
                    | Body::Operation(_)
                    | Body::PasskeyAdded { .. }
                    | Body::PasskeyRemoved { .. }
                    | Body::PasskeyRenamed { .. }
                    | Body::RecoveryBegun(_)
                    | Body::Reopened { .. }
                    | Body::ContactChanged { .. }
                    | Body::DeviceForgotten { .. }
                    | Body::DeviceReused { .. }
                    | Body::PasswordChanged { .. }
                    | Body::SessionElsewhere { .. }
                    | Body::SignedIn { .. }
                    | Body::SignInFailed { .. }
                    | Body::BackupCodes(_)
                    | Body::PinSet(_)
                    | Body::Restricted(_)
                    | Body::Thawed { .. }
                    | Body::TotpAdded { .. }
                    | Body::TotpRemoved { .. }
            );
            for locale in [Locale::Ja, Locale::En] {
                let rendered = render(&body, locale, "ひので証券");
                assert_eq!(rendered.body.contains("ABCDE-12345"), reported);
            }
        }
    }
}
