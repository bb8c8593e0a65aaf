//! One-time codes.
//!
//! **Invariant:** a code is used by exactly one commit, and what its text message cost comes back
//! with that.

use crate::sql::Write;
use sekisho_core::change::{Change, CodeTexted};
use sekisho_core::id::ChallengeId;

pub(super) fn writes(change: &Change) -> Option<Vec<Write>> {
    Some(match change {
        Change::ChallengeSent { .. } => vec![sent(change)?],
        Change::ChallengeUsed { id, at: _ } => used(*id),
        Change::CodeTexted(texted) => vec![texted_by(texted)],
        _ => return None,
    })
}

/// The newest code takes the place of the one that was seen and is bound to the same thing; of two
/// that were made at once, one finds nothing to replace.
fn sent(change: &Change) -> Option<Write> {
    let Change::ChallengeSent {
        id,
        notice,
        customer,
        kind,
        bound,
        seen,
        code,
        at,
        expires,
    } = change
    else {
        return None;
    };
    let mut params = vec![
        (*bound).into(),
        (*id).into(),
        (*customer).into(),
        kind.word().into(),
        (*code).into(),
        (*at).into(),
        (*expires).into(),
        (*notice).into(),
    ];
    let text = match seen {
        None => {
            "INSERT INTO challenge (bound, id, customer, kind, code, sent, expires, notice) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (bound) DO NOTHING"
        }
        Some(seen) => {
            params.push((*seen).into());
            "UPDATE challenge SET id = ?2, customer = ?3, kind = ?4, code = ?5, sent = ?6, \
             expires = ?7, notice = ?8, text_prefix = NULL, text_country = NULL \
             WHERE bound = ?1 AND id = ?9"
        }
    };
    Some(Write::one(text, params))
}

/// What was counted of a code that is gone already stays counted.
fn texted_by(texted: &CodeTexted) -> Write {
    let [(prefix, back), (country, back_country)] = texted.back;
    Write::any(
        "UPDATE challenge SET text_prefix = ?2, back_prefix = ?3, text_country = ?4, \
         back_country = ?5 WHERE notice = ?1",
        [
            texted.notice.into(),
            prefix.into(),
            back.0.into(),
            country.into(),
            back_country.0.into(),
        ],
    )
}

/// A used code is nothing to keep: the entry tells that it was used and when.
fn used(id: ChallengeId) -> Vec<Write> {
    vec![
        Write::any(
            "UPDATE guess SET locked_until = locked_until \
             - (SELECT back_prefix FROM challenge WHERE id = ?1) \
             WHERE counter = (SELECT text_prefix FROM challenge WHERE id = ?1)",
            [id.into()],
        ),
        Write::any(
            "UPDATE guess SET locked_until = locked_until \
             - (SELECT back_country FROM challenge WHERE id = ?1) \
             WHERE counter = (SELECT text_country FROM challenge WHERE id = ?1)",
            [id.into()],
        ),
        Write::one("DELETE FROM challenge WHERE id = ?1", [id.into()]),
    ]
}
