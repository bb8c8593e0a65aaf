//! Samples of what is shown of authenticator apps.
//!
//! **Invariant:** a sample is filled as the page would be, hostile names included.

use sekisho_core::moment::Moment;

use super::{Sample, World, erring, sample};
use crate::forms::Errors;
use crate::pages::totp::{Added, Adding, AppCode, Standing, TotpPage};
use crate::texts::When;

impl World {
    pub(super) fn app_code(&self) -> AppCode {
        AppCode {
            action: "/code/totp".into(),
            csrf: "token".into(),
            pin: None,
            return_to: None,
        }
    }

    pub(super) fn totp(&self) -> Vec<Sample> {
        let texts = self.texts();
        let page = |standing: Standing, errors: Errors| TotpPage {
            f: self
                .member("/security/totp")
                .headed(texts.totp.title)
                .with(&errors),
            again_href: match &standing {
                Standing::Again => Some("/sign-in?told=again".into()),
                _ => None,
            },
            standing,
            told: Some(texts.totp.added).filter(|_| errors.is_empty()),
            errors,
        };
        let adding = || {
            Standing::Adding(Adding {
                secret: self.text.clone().into(),
                uri: format!("otpauth://totp/x?{}", self.text).into(),
                csrf: "token".into(),
                cancel_csrf: "token".into(),
            })
        };
        let when = || When::of(Moment::from_unix_seconds(1_795_219_200), self.locale);
        let added = Standing::Added(Added {
            since: when(),
            last: Some(when()),
            remove_csrf: Some("token".into()),
        });
        let unused = Standing::Added(Added {
            since: when(),
            last: None,
            remove_csrf: None,
        });
        let wrong = Errors::one("app", texts.totp.wrong);
        vec![
            sample(
                "totp, none",
                &page(Standing::Absent("token".into()), Errors::none()),
            ),
            sample("totp, adding", &page(adding(), Errors::none())),
            erring("totp, wrong", &page(adding(), wrong)),
            sample("totp", &page(added, Errors::none())),
            sample("totp, unused", &page(unused, Errors::none())),
            sample("totp, again", &page(Standing::Again, Errors::none())),
            sample(
                "totp, forbidden",
                &page(Standing::Forbidden, Errors::none()),
            ),
        ]
    }
}
