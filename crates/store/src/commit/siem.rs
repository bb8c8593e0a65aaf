//! What waits to be told outside.
//!
//! **Invariant:** nothing leaves the list but by its name.

use crate::sql::{Value, Write};
use sekisho_core::change::SiemChange;
use sekisho_core::id::DecisionId;
use sekisho_core::siem::Way;

/// Rows that one statement takes from the list.
const AT_ONCE: usize = 20;

const SENT: &str = "DELETE FROM siem_waiting WHERE way = ?1 AND decision IN (\
     ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)";

pub(super) fn writes(change: &SiemChange) -> Vec<Write> {
    match change {
        SiemChange::Log(change) => super::log::writes(change),
        SiemChange::Waits { way, id } => vec![Write::one(
            "INSERT INTO siem_waiting (way, decision) VALUES (?1, ?2)",
            [way.code().into(), (*id).into()],
        )],
        SiemChange::Sent { way, sent } => {
            let some = sent.chunks(AT_ONCE);
            some.map(|some| taken(*way, some)).collect()
        }
    }
}

/// A place that is not used is NULL and takes nothing.
fn taken(way: Way, some: &[DecisionId]) -> Write {
    let named = some.iter().map(|id| Value::from(*id));
    let unused = std::iter::repeat(Value::Null);
    let params = std::iter::once(Value::from(way.code()))
        .chain(named)
        .chain(unused);
    // Whoever else sent the same took it already.
    Write::any(SENT, params.take(1 + AT_ONCE).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_has_a_place_for_each_of_a_chunk() {
        assert!(SENT.ends_with(&format!("?{})", 1 + AT_ONCE)));
        let sent = (0..41).map(|number| DecisionId([number; 16])).collect();
        let way = Way::Siem;
        assert_eq!(writes(&SiemChange::Sent { way, sent }).len(), 3);
    }
}
