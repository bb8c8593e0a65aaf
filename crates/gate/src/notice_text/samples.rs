//! Messages of several events each, for tests of their texts.
//!
//! **Invariant:** every event of a kind has one.

use sekisho_core::known::RecoveryKind;
use sekisho_core::notice::{FreezeEvent, RespondEvent};

use crate::notices::{Body, RecoveryBegun};

pub(super) fn restricted() -> Vec<Body> {
    use sekisho_core::notice::RestrictEvent::{
        Chosen, Lowered, RaiseEnded, Raising, Weaker, WeakerEnded,
    };
    let (raising, weaker) = (Raising { hours: 24 }, Weaker { hours: 24 });
    let all = [Chosen, Lowered, RaiseEnded, raising, weaker, WeakerEnded];
    let body = |event| {
        Body::Restricted(crate::notices::RestrictedBody {
            report: "ABCDE-12345".into(),
            place: "203.0.113.0/24".into(),
            operation: "出金".into(),
            event,
        })
    };
    all.into_iter().map(body).collect()
}

pub(super) fn backup_codes() -> Vec<Body> {
    use sekisho_core::notice::BackupEvent::{Again, Made, Used};
    let body = |event| {
        Body::BackupCodes(crate::notices::BackupCodesBody {
            report: "ABCDE-12345".into(),
            place: "203.0.113.0/24".into(),
            event,
        })
    };
    let used = [0, 3, 9].map(|left| Used { left });
    [Made, Again].into_iter().chain(used).map(body).collect()
}

pub(super) fn recoveries() -> Vec<Body> {
    let begun = |recovery| {
        Body::RecoveryBegun(RecoveryBegun {
            report: "ABCDE-12345".into(),
            place: "203.0.113.0/24".into(),
            recovery,
            hours: 24,
        })
    };
    let frozen = FreezeEvent::ALL.map(|freeze| Body::Frozen { freeze });
    let kinds = [
        RecoveryKind::Passkey,
        RecoveryKind::Password,
        RecoveryKind::Thaw,
    ];
    let ended = kinds.map(|recovery| Body::RecoveryEnded { recovery });
    let told = kinds.map(begun).into_iter().chain(ended);
    let responses = [RespondEvent::PasswordReset, RespondEvent::SessionsEnded];
    let responded = responses.map(|event| Body::Responded { event });
    let elsewhere = Body::SessionElsewhere {
        report: "ABCDE-12345".to_owned(),
        place: "203.0.113.0/24".to_owned(),
    };
    told.chain(frozen)
        .chain(responded)
        .chain([elsewhere])
        .collect()
}
