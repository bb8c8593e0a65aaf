//! Texts about backup codes: subject and text of each, in both languages.
//!
//! **Invariant:** no text holds a backup code, and whoever reads that one was used reads how many
//! are left.

use sekisho_core::enrol::backup_code::FEW;
use sekisho_core::notice::BackupEvent;

use crate::notices::BackupCodesBody;

type Text = (String, String);

pub(super) fn ja(told: &BackupCodesBody, not_me: &str) -> Text {
    let place = &told.place;
    let (subject, text, after) = match told.event {
        BackupEvent::Made => (
            "バックアップコードを作成しました",
            "お客さまのバックアップコードが新しく作成されました。以前のコードは使えません。".to_owned(),
            "\nコードを入力すると、作成されたバックアップコードも使えなくなります。",
        ),
        BackupEvent::Used { left } => (
            "バックアップコードが使われました",
            format!("バックアップコードがひとつ使われました。残りは{left}個です。{}", few_ja(left)),
            "",
        ),
        BackupEvent::Again => (
            "使用ずみのバックアップコードが入力されました",
            "すでに使われたバックアップコードが、もう一度入力されました。認証には使えませんでした。コードの控えをほかの人に見られたおそれがあります。".to_owned(),
            "",
        ),
    };
    let text = format!("{text}\n場所と端末: {place}\n\n{not_me}{after}");
    (subject.into(), text)
}

fn few_ja(left: u8) -> &'static str {
    match usize::from(left) {
        0 => "もう使えるコードはありません。「セキュリティ」のページで新しく作成してください。",
        1..=FEW => "残りが少なくなっています。「セキュリティ」のページで新しく作成してください。",
        _ => "",
    }
}

pub(super) fn en(told: &BackupCodesBody, not_me: &str) -> Text {
    let place = &told.place;
    let (subject, text, after) = match told.event {
        BackupEvent::Made => (
            "Backup codes were made",
            "New backup codes were made for your account. Those before them no longer work.".to_owned(),
            "\nThe code also makes the new backup codes useless.",
        ),
        BackupEvent::Used { left } => (
            "A backup code was used",
            format!("One of your backup codes was used. Codes left: {left}.{}", few_en(left)),
            "",
        ),
        BackupEvent::Again => (
            "A used backup code was entered",
            "A backup code that had been used before was entered again. It did not work. Somebody may have seen where you keep your codes.".to_owned(),
            "",
        ),
    };
    let text = format!("{text}\nPlace and device: {place}\n\n{not_me}{after}");
    (subject.into(), text)
}

fn few_en(left: u8) -> &'static str {
    match usize::from(left) {
        0 => " You have none left. Make new ones on the page \"Security\".",
        1..=FEW => " Few are left. Make new ones on the page \"Security\".",
        _ => "",
    }
}
