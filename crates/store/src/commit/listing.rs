//! Networks on the firm's own list, and the epoch by which nodes notice.
//!
//! **Invariant:** no change of which networks stand lands without counting the epoch up.

use crate::sql::Write;
use sekisho_core::change::ListingChange;
use sekisho_core::known::ListingKnown;

fn counted(epoch: i64) -> Write {
    let text = "UPDATE listing_epoch SET epoch = epoch + 1 WHERE one = 1 AND epoch = ?1";
    Write::one(text, [epoch.into()])
}

pub(super) fn writes(change: &ListingChange) -> Vec<Write> {
    match change {
        ListingChange::Ended { id, by, at, epoch } => {
            let text = "UPDATE listing SET ended_by = ?2, ended = ?3 \
                        WHERE id = ?1 AND ended IS NULL AND ends > ?3";
            let params = [(*id).into(), (*by).into(), (*at).into()];
            vec![counted(*epoch), Write::one(text, params)]
        }
        ListingChange::Made { listing, epoch } => vec![counted(*epoch), made(listing)],
    }
}

fn made(listing: &ListingKnown) -> Write {
    Write::one(
        "INSERT INTO listing (id, network, listed, reason, alert, made_by, made, ends) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        [
            listing.id.into(),
            listing.network.to_string().as_str().into(),
            listing.listed.word().into(),
            listing.reason.as_str().into(),
            listing.alert.into(),
            listing.by.into(),
            listing.made.into(),
            listing.ends.into(),
        ],
    )
}
