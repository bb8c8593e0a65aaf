//! Samples of what is shown of backup codes.
//!
//! **Invariant:** a sample is filled as the page would be.

use sekisho_core::moment::Moment;
use sekisho_gate::BackupView;

use super::{Sample, World, sample};
use crate::pages::backup_code::{BackupCodePage, BackupForm, Have, Standing};

impl World {
    pub(super) fn backup_form(&self) -> BackupForm {
        BackupForm {
            action: "/code/backup-code".into(),
            csrf: "token".into(),
            return_to: None,
        }
    }

    pub(super) fn backup_codes(&self) -> Vec<Sample> {
        let page = |left: Option<usize>, standing: Standing| {
            let view = left.map(|left| BackupView {
                made: Moment::from_unix_seconds(1_795_219_200),
                left,
                few: left <= 3,
            });
            BackupCodePage {
                f: self
                    .member("/security/backup-codes")
                    .headed(self.texts().backup_code.title),
                have: view.map(|view| Have::of(&view, self.locale)),
                standing,
            }
        };
        let open = || Standing::Open("token".into());
        let again = Standing::Again("/security/prove".into());
        let codes = vec!["4K7Q-X0M1-ZT88-ABCD".to_owned(); 10];
        vec![
            sample("backup_code, none", &page(None, open())),
            sample("backup_code", &page(Some(7), open())),
            sample("backup_code, few", &page(Some(2), again)),
            sample("backup_code, shown", &page(None, Standing::Shown(codes))),
            sample("backup_code, forbidden", &page(None, Standing::Forbidden)),
        ]
    }
}
