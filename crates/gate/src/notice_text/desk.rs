//! Texts about the support desk, in both languages.
//!
//! **Invariant:** the text with the code says to whom alone it may be read, and the one after it
//! what was opened by it.

use super::{not_me_en, not_me_ja};
use crate::notices::DeskBody;

type Text = (String, String);

pub(super) fn ja(told: &DeskBody) -> Text {
    match told {
        DeskBody::Code { code, minutes } => (
            "お電話でのご本人確認のコード".into(),
            format!(
                "お電話でのご本人確認のコード: {code}\n\n当社の窓口からの折り返しのお電話をお受けになっている方だけ、その担当者にお伝えください。有効期限は{minutes}分です。\nお客さまから窓口へお電話をなさっていない場合は、誰にも教えず、電話をお切りください。"
            ),
        ),
        DeskBody::Identified { report } => (
            "窓口でご本人と確認しました".into(),
            format!(
                "窓口へのお電話で、コードによりご本人と確認しました。これから30分間、お電話でお手続きができます。\n\n{}",
                not_me_ja(report)
            ),
        ),
    }
}

pub(super) fn en(told: &DeskBody) -> Text {
    match told {
        DeskBody::Code { code, minutes } => (
            "A code for your call with us".into(),
            format!(
                "Code for your call with us: {code}\n\nRead it to the person of our desk only while they are calling you back. It works for {minutes} minutes.\nIf you did not call our desk first, tell nobody, and hang up."
            ),
        ),
        DeskBody::Identified { report } => (
            "You were identified at our desk".into(),
            format!(
                "In a call with our desk you were identified by a code. For the next 30 minutes things can be done for you by phone.\n\n{}",
                not_me_en(report)
            ),
        ),
    }
}
