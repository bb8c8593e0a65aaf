//! The proof that a person of the firm is there.
//!
//! **Invariant:** it names the revision whose secret was compared, so that a person who was
//! disabled meanwhile does nothing with it; and whether somebody counts as one of two is asked here
//! and nowhere else.

use crate::change::Change;
use crate::change::Stands;
use crate::id::StaffId;
use crate::known::{StaffKnown, StaffRole};
use crate::moment::Moment;
use crate::reason::Reason;

/// The claimed secret matched the stored hash of this person, who was not disabled.
#[derive(Debug)]
#[must_use]
pub struct StaffProved {
    id: StaffId,
    revision: i64,
    roles: Vec<StaffRole>,
    seasoned: Moment,
}

impl StaffProved {
    /// States that the secret was compared with that of this person, in this revision.
    pub fn assert_staff(known: &StaffKnown) -> Self {
        Self {
            id: known.id,
            revision: known.revision,
            roles: known.roles.clone(),
            seasoned: known.seasoned(),
        }
    }

    /// Who.
    #[must_use]
    pub const fn id(&self) -> StaffId {
        self.id
    }

    /// Why the person cannot be one of the two people of what takes two, neither the one who asks
    /// nor the one who agrees: whoever may give out secrets could be both.
    #[must_use]
    pub fn unseasoned(&self, now: Moment) -> Option<Reason> {
        (now < self.seasoned).then_some(Reason::StaffFresh)
    }

    /// Whether the person has this role.
    #[must_use]
    pub fn has(&self, role: StaffRole) -> bool {
        self.roles.contains(&role)
    }

    /// The person is as it was compared when the decision lands.
    pub(crate) const fn stands(&self) -> Change {
        Change::Stands(Stands::Staff {
            id: self.id,
            revision: self.revision,
        })
    }
}
