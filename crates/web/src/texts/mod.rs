//! The words of the hosted pages, Japanese and English side by side.
//!
//! A group of words is a struct, so a text that is missing in one language does not compile.
//! Numbers and names are put into `{braces}` by [`fill`].
//!
//! **Invariant:** every text exists in both languages, with the same places to fill.

mod backup_code;
mod campaign;
mod cancel;
mod console;
mod entrance;
mod frame;
mod health;
mod links;
mod networks;
mod operation;
mod passkey;
mod password;
mod push;
mod recover;
mod restrict;
mod rules;
mod security;
mod set_pin;
mod stop;
mod telephone_code;
mod totp;
mod watch;
mod when;
mod work;

use sekisho_core::notice::Locale;

pub use backup_code::BackupCodeWords;
pub use campaign::CampaignWords;
pub use cancel::CancelWords;
pub use console::ConsoleWords;
pub use entrance::{CodeWords, LandingWords, SignInWords, SignOutWords, SignUpWords};
pub use frame::{FrameWords, TroubleWords};
pub use health::HealthWords;
pub use links::LinkWords;
pub use networks::NetworkWords;
pub use operation::ConfirmWords;
pub use passkey::PasskeyWords;
pub use password::{GaugeWords, PasswordWords};
pub use push::PushWords;
pub use recover::RecoverWords;
pub use restrict::RestrictWords;
pub use rules::RulesWords;
pub use security::{
    ChangeContactWords, ChangePasswordWords, EndSessionWords, ForgetDeviceWords, FreezeWords,
    MessagesWords, ProveWords, SecurityWords,
};
pub use set_pin::SetPinWords;
pub use stop::StopWords;
pub use telephone_code::TelephoneCodeWords;
pub use totp::TotpWords;
pub use watch::{AccountWords, ActWords, HistoryWords, ReportWords};
pub use when::When;
pub use work::WorkWords;

/// Declares a group of words: its key, Japanese, English.
macro_rules! words {
    ($(#[$doc:meta])* $group:ident { $($key:ident: $ja:literal, $en:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $group {
            $(#[doc = $en] pub $key: &'static str,)*
        }

        impl $group {
            const JA: Self = Self { $($key: $ja,)* };
            const EN: Self = Self { $($key: $en,)* };
            #[cfg(test)]
            pub(super) const ALL: &'static [(&'static str, &'static str, &'static str)] =
                &[$((stringify!($key), $ja, $en),)*];

            /// The words in `locale`.
            #[must_use]
            pub const fn of(locale: sekisho_core::notice::Locale) -> &'static Self {
                match locale {
                    sekisho_core::notice::Locale::En => &Self::EN,
                    sekisho_core::notice::Locale::Ja => &Self::JA,
                }
            }
        }
    };
}
pub(crate) use words;

/// All words in one language, as templates use them.
#[derive(Clone, Copy, Debug)]
pub struct Texts {
    /// The account's home.
    pub account: &'static AccountWords,
    /// Names of acts.
    pub act: &'static ActWords,
    /// Backup codes.
    pub backup_code: &'static BackupCodeWords,
    /// Messages to many.
    pub campaign: &'static CampaignWords,
    /// Operations that wait.
    pub cancel: &'static CancelWords,
    /// Ways to be reached.
    pub change_contact: &'static ChangeContactWords,
    /// Another password.
    pub change_password: &'static ChangePasswordWords,
    /// The one-time code.
    pub code: &'static CodeWords,
    /// The confirmation of an operation.
    pub confirm: &'static ConfirmWords,
    /// The console.
    pub console: &'static ConsoleWords,
    /// How it goes with what goes out.
    pub health: &'static HealthWords,
    /// The link view.
    pub links: &'static LinkWords,
    /// Networks on the firm's own list.
    pub networks: &'static NetworkWords,
    /// Sessions.
    pub end_session: &'static EndSessionWords,
    /// Remembered devices.
    pub forget_device: &'static ForgetDeviceWords,
    /// What is on every page.
    pub frame: &'static FrameWords,
    /// The gauge of a password.
    pub gauge: &'static GaugeWords,
    /// The freeze from within.
    pub freeze: &'static FreezeWords,
    /// The login history.
    pub history: &'static HistoryWords,
    /// The first page.
    pub landing: &'static LandingWords,
    /// Passkeys.
    pub passkey: &'static PasskeyWords,
    /// Messages that were sent.
    pub messages: &'static MessagesWords,
    /// Choosing a password.
    pub password: &'static PasswordWords,
    /// Another proof in a session.
    pub prove: &'static ProveWords,
    /// Approvals on a phone.
    pub push: &'static PushWords,
    /// Getting back what was lost.
    pub recover: &'static RecoverWords,
    /// "This was not me".
    pub report: &'static ReportWords,
    /// The security centre.
    pub security: &'static SecurityWords,
    /// The transaction PIN.
    pub restrict: &'static RestrictWords,
    pub set_pin: &'static SetPinWords,
    /// Rule sets in the console.
    pub rules: &'static RulesWords,
    /// Sign-in.
    pub sign_in: &'static SignInWords,
    /// Sign-out.
    pub sign_out: &'static SignOutWords,
    /// Registration.
    pub sign_up: &'static SignUpWords,
    /// Operations that are switched off.
    pub stop: &'static StopWords,
    /// The code for the support desk.
    pub telephone_code: &'static TelephoneCodeWords,
    /// The authenticator app.
    pub totp: &'static TotpWords,
    /// What went wrong.
    pub trouble: &'static TroubleWords,
    /// Work in the console.
    pub work: &'static WorkWords,
}

impl Texts {
    /// The words in `locale`.
    #[must_use]
    pub const fn of(locale: Locale) -> Self {
        Self {
            account: AccountWords::of(locale),
            act: ActWords::of(locale),
            backup_code: BackupCodeWords::of(locale),
            cancel: CancelWords::of(locale),
            change_contact: ChangeContactWords::of(locale),
            change_password: ChangePasswordWords::of(locale),
            code: CodeWords::of(locale),
            confirm: ConfirmWords::of(locale),
            console: ConsoleWords::of(locale),
            campaign: CampaignWords::of(locale),
            health: HealthWords::of(locale),
            links: LinkWords::of(locale),
            networks: NetworkWords::of(locale),
            end_session: EndSessionWords::of(locale),
            forget_device: ForgetDeviceWords::of(locale),
            frame: FrameWords::of(locale),
            gauge: GaugeWords::of(locale),
            freeze: FreezeWords::of(locale),
            history: HistoryWords::of(locale),
            landing: LandingWords::of(locale),
            passkey: PasskeyWords::of(locale),
            messages: MessagesWords::of(locale),
            password: PasswordWords::of(locale),
            prove: ProveWords::of(locale),
            push: PushWords::of(locale),
            recover: RecoverWords::of(locale),
            report: ReportWords::of(locale),
            security: SecurityWords::of(locale),
            restrict: RestrictWords::of(locale),
            set_pin: SetPinWords::of(locale),
            rules: RulesWords::of(locale),
            sign_in: SignInWords::of(locale),
            sign_out: SignOutWords::of(locale),
            sign_up: SignUpWords::of(locale),
            stop: StopWords::of(locale),
            telephone_code: TelephoneCodeWords::of(locale),
            totp: TotpWords::of(locale),
            trouble: TroubleWords::of(locale),
            work: WorkWords::of(locale),
        }
    }
}

/// `text` with each `{name}` replaced by the value of that name. A value is never looked into.
#[must_use]
pub fn fill(text: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        if let Some((_, value)) = values.iter().find(|(key, _)| *key == name) {
            filled.push_str(&value.to_string());
        }
        rest = behind;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<(&'static str, &'static str, &'static str)> {
        [
            AccountWords::ALL,
            ActWords::ALL,
            BackupCodeWords::ALL,
            CampaignWords::ALL,
            CancelWords::ALL,
            ChangeContactWords::ALL,
            ChangePasswordWords::ALL,
            ForgetDeviceWords::ALL,
            CodeWords::ALL,
            ConfirmWords::ALL,
            ConsoleWords::ALL,
            HealthWords::ALL,
            LinkWords::ALL,
            NetworkWords::ALL,
            EndSessionWords::ALL,
            FrameWords::ALL,
            GaugeWords::ALL,
            FreezeWords::ALL,
            HistoryWords::ALL,
            LandingWords::ALL,
            PasskeyWords::ALL,
            MessagesWords::ALL,
            PasswordWords::ALL,
            ProveWords::ALL,
            PushWords::ALL,
            RecoverWords::ALL,
            ReportWords::ALL,
            SecurityWords::ALL,
            RestrictWords::ALL,
            RulesWords::ALL,
            SetPinWords::ALL,
            SignInWords::ALL,
            SignOutWords::ALL,
            SignUpWords::ALL,
            StopWords::ALL,
            TelephoneCodeWords::ALL,
            TotpWords::ALL,
            TroubleWords::ALL,
            WorkWords::ALL,
        ]
        .concat()
    }

    fn places(text: &str) -> Vec<&str> {
        let mut found: Vec<_> = text
            .split('{')
            .skip(1)
            .filter_map(|part| part.split_once('}').map(|(name, _)| name))
            .collect();
        found.sort_unstable();
        found
    }

    fn is_japanese(letter: char) -> bool {
        matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
    }

    #[test]
    fn both_languages_say_something_and_fill_the_same_places() {
        for (key, ja, en) in all() {
            assert!(!ja.trim().is_empty() && !en.trim().is_empty(), "{key}");
            assert_eq!(places(ja), places(en), "{key}");
        }
    }

    #[test]
    fn each_language_is_written_in_itself() {
        for (key, ja, en) in all() {
            if key != "other_language" {
                assert!(ja.chars().any(is_japanese), "{key}: {ja}");
                assert!(!en.chars().any(is_japanese), "{key}: {en}");
            }
        }
    }

    #[test]
    fn a_value_is_never_filled_again() {
        let filled = fill("{a} and {b}{c}.", &[("a", &"{b}"), ("b", &2)]);
        assert_eq!(filled, "{b} and 2.");
    }

    #[test]
    fn yen_are_written_as_each_language_does() {}
}
