//! The console: what people of the firm may do in it by their roles, and what is noted of a look.
//!
//! **Invariant:** who is in no role that a row names may not do what it is about; what names
//! customers is shown only once the entry that says who looks is committed.

use serde_json::Value;

use crate::access::Act;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::DecisionId;
use crate::known::{StaffRole, StaffSessionKnown};
use crate::moment::Moment;
use crate::policy::Policy;
use crate::proof::StaffProved;
use crate::reason::Reason;
use crate::staff_sign_in::{record, refused};

/// What a person may want in the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConsoleAct {
    /// To see one alert, with whom it touched.
    AlertShow,
    /// To close an alert.
    AlertClose,
    /// To look into an alert from now on.
    AlertTake,
    /// To see the alerts.
    AlertsShow,
    /// To want a message sent to many.
    CampaignPropose,
    /// To let a campaign run that somebody else wants.
    CampaignStart,
    /// To stop a campaign.
    CampaignStop,
    /// To see campaigns.
    CampaignsShow,
    /// To see one case.
    CaseShow,
    /// To say what a case was.
    CaseClose,
    /// To write a note in a case.
    CaseNote,
    /// To look into a case from now on.
    CaseTake,
    /// To see the cases.
    CasesShow,
    /// To take a list away as a file.
    Export,
    /// To see the overview.
    Overview,
    /// To see their own passkeys.
    Passkeys,
    /// To change their own passkeys.
    PasskeysChange,
    /// To see addresses and ways to reach a customer unmasked.
    CustomerReveal,
    /// To see one customer: what protects the account and what was done with it.
    CustomerShow,
    /// To see why a decision was taken.
    DecisionShow,
    /// To release a held operation, or to refuse it.
    HeldEnd,
    /// To see operations that are held.
    HeldShow,
    /// To see who shares what with whom.
    LinksShow,
    /// To put a network on the firm's own list, or to take it off.
    NetworkList,
    /// To see the networks on the firm's own list.
    NetworksShow,
    /// To protect accounts: end sessions, reset passwords, freeze.
    Respond,
    /// To keep a rule set as a draft.
    RulesAdd,
    /// To let the rule set in shadow go live.
    RulesApprove,
    /// To let the rule set of before be live again.
    RulesRollBack,
    /// To have a rule set applied beside the live one, or none.
    RulesShadow,
    /// To see rule sets, and what they would have done lately.
    RulesShow,
    /// To write a rule set, have it checked and try it.
    RulesWrite,
    /// To lift a stop, or to agree to it.
    StopLift,
    /// To stop operations.
    StopMake,
    /// To see what is stopped.
    StopsShow,
}

use StaffRole::{Approver, Auditor, Monitor, Operations, RuleAuthor};

const AUTHORS: &[StaffRole] = &[RuleAuthor, Operations];
const EVERYBODY: &[StaffRole] = &StaffRole::ALL;
const READERS: &[StaffRole] = &[Monitor, Operations, Approver, Auditor];
const RULE_READERS: &[StaffRole] = &[Monitor, Operations, RuleAuthor, Approver, Auditor];

/// How fresh a proof has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// The session will do.
    Session,
    /// A passkey signed within [`crate::known::FRESH`].
    Fresh,
}

impl ConsoleAct {
    /// All of them.
    pub const ALL: [Self; 35] = [
        Self::Overview,
        Self::AlertsShow,
        Self::AlertShow,
        Self::AlertClose,
        Self::AlertTake,
        Self::CampaignPropose,
        Self::CampaignStart,
        Self::CampaignStop,
        Self::CampaignsShow,
        Self::CasesShow,
        Self::CaseShow,
        Self::CaseTake,
        Self::CaseNote,
        Self::CaseClose,
        Self::Export,
        Self::Passkeys,
        Self::PasskeysChange,
        Self::CustomerReveal,
        Self::CustomerShow,
        Self::DecisionShow,
        Self::HeldEnd,
        Self::HeldShow,
        Self::LinksShow,
        Self::NetworkList,
        Self::NetworksShow,
        Self::Respond,
        Self::RulesAdd,
        Self::RulesApprove,
        Self::RulesRollBack,
        Self::RulesShadow,
        Self::RulesShow,
        Self::RulesWrite,
        Self::StopLift,
        Self::StopMake,
        Self::StopsShow,
    ];

    /// The word, as entries and tables have it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AlertClose => "alert_close",
            Self::AlertShow => "alert_show",
            Self::AlertTake => "alert_take",
            Self::AlertsShow => "alerts_show",
            Self::CampaignPropose => "campaign_propose",
            Self::CampaignStart => "campaign_start",
            Self::CampaignStop => "campaign_stop",
            Self::CampaignsShow => "campaigns_show",
            Self::CaseClose => "case_close",
            Self::CaseNote => "case_note",
            Self::CaseShow => "case_show",
            Self::CaseTake => "case_take",
            Self::CasesShow => "cases_show",
            Self::Export => "export",
            Self::Overview => "overview",
            Self::Passkeys => "passkeys",
            Self::PasskeysChange => "passkeys_change",
            Self::CustomerReveal => "customer_reveal",
            Self::CustomerShow => "customer_show",
            Self::DecisionShow => "decision_show",
            Self::HeldEnd => "held_end",
            Self::HeldShow => "held_show",
            Self::LinksShow => "links_show",
            Self::NetworkList => "network_list",
            Self::NetworksShow => "networks_show",
            Self::Respond => "respond",
            Self::RulesAdd => "rules_add",
            Self::RulesApprove => "rules_approve",
            Self::RulesRollBack => "rules_roll_back",
            Self::RulesShadow => "rules_shadow",
            Self::RulesShow => "rules_show",
            Self::RulesWrite => "rules_write",
            Self::StopLift => "stop_lift",
            Self::StopMake => "stop_make",
            Self::StopsShow => "stops_show",
        }
    }

    /// The one table of who may what, and after which proof. Of rule sets the command line asks the
    /// same roles.
    #[must_use]
    pub const fn needs(self) -> (&'static [StaffRole], Freshness) {
        match self {
            Self::Overview | Self::Passkeys => (EVERYBODY, Freshness::Session),
            Self::AlertsShow
            | Self::AlertShow
            | Self::CampaignsShow
            | Self::CasesShow
            | Self::CaseShow
            | Self::CustomerShow
            | Self::DecisionShow
            | Self::HeldShow
            | Self::LinksShow
            | Self::NetworksShow
            | Self::StopsShow => (READERS, Freshness::Session),
            Self::CaseNote => (&[Monitor, Operations], Freshness::Session),
            Self::AlertTake | Self::CaseTake | Self::CaseClose => {
                (&[Operations], Freshness::Session)
            }
            // What nobody sees any more, and what leaves the house.
            Self::AlertClose
            | Self::CampaignPropose
            | Self::HeldEnd
            | Self::NetworkList
            | Self::Respond
            | Self::StopMake => (&[Operations], Freshness::Fresh),
            Self::RulesShow => (RULE_READERS, Freshness::Session),
            Self::RulesWrite => (AUTHORS, Freshness::Session),
            Self::RulesAdd | Self::RulesShadow => (AUTHORS, Freshness::Fresh),
            Self::CampaignStart | Self::RulesApprove => (&[Approver], Freshness::Fresh),
            // By which rules everybody is judged again is for those who answer to an attack.
            Self::RulesRollBack => (&[Operations], Freshness::Fresh),
            Self::CampaignStop | Self::StopLift => (&[Operations, Approver], Freshness::Fresh),
            Self::CustomerReveal => (&[Operations, Auditor], Freshness::Fresh),
            Self::Export => (&[Operations, Auditor], Freshness::Fresh),
            Self::PasskeysChange => (EVERYBODY, Freshness::Fresh),
        }
    }
}

/// Whether the person of a session may do something now.
///
/// # Errors
/// Why not: the session is over, the role is missing, or the last proof is too old.
pub fn may(session: &StaffSessionKnown, act: ConsoleAct, now: Moment) -> Result<(), Reason> {
    let (roles, freshness) = act.needs();
    if !session.is_alive(now) || session.passkey.is_none() {
        return Err(Reason::SessionMissing);
    }
    if !roles.iter().any(|role| session.staff.roles.contains(role)) {
        return Err(Reason::StaffRole);
    }
    if freshness == Freshness::Fresh && !session.is_fresh(now) {
        return Err(Reason::ProofStale);
    }
    Ok(())
}

/// Notes that a person looks at something, or wanted to; `what` says at what, in ids and words.
pub fn decide_look(
    staff: &StaffProved,
    (may, what): (Result<(), Reason>, &Value),
    at: (DecisionId, Moment),
    policy: &Policy,
) -> Decision {
    let entry = record(Act::Look, Actor::Staff(staff.id()), at, policy);
    match may {
        Err(reason) => Decision::of(refused(entry, reason, what)),
        Ok(()) => Decision::of(Entry {
            facts: what.to_string(),
            ..entry
        })
        .with([staff.stands()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::TokenHash;
    use crate::id::{CredentialId, StaffSessionId};
    use crate::known::{FRESH, LONGEST};
    use crate::moment::Span;
    use crate::sample::{NOW, person};

    fn session(roles: &[StaffRole]) -> StaffSessionKnown {
        StaffSessionKnown {
            id: StaffSessionId([1; 16]),
            token: TokenHash([1; 32]),
            staff: person(1, roles),
            passkey: Some(CredentialId([2; 16])),
            opened: NOW,
            proved: NOW,
            last: NOW,
            ends: NOW.plus(LONGEST),
        }
    }

    #[test]
    fn a_person_may_what_one_of_their_roles_may_and_nothing_in_none() {
        for act in ConsoleAct::ALL {
            let (roles, _) = act.needs();
            for role in StaffRole::ALL {
                let said = may(&session(&[role]), act, NOW);
                assert_eq!(said.is_ok(), roles.contains(&role), "{act:?} {role:?}");
            }
            let none = may(&session(&[]), act, NOW);
            assert_eq!(none, Err(Reason::StaffRole));
            assert!(may(&session(&StaffRole::ALL), act, NOW).is_ok());
        }
        let both = session(&[StaffRole::Desk, StaffRole::RuleAuthor]);
        assert_eq!(
            may(&both, ConsoleAct::CaseTake, NOW),
            Err(Reason::StaffRole)
        );
    }

    #[test]
    fn what_cannot_be_undone_wants_a_proof_of_a_short_time_ago_and_a_secret_is_none() {
        let later = NOW.plus(FRESH);
        for act in ConsoleAct::ALL {
            let fresh = act.needs().1 == Freshness::Fresh;
            let said = may(&session(&StaffRole::ALL), act, later);
            assert_eq!(said == Err(Reason::ProofStale), fresh, "{act:?}");
            let mut first = session(&StaffRole::ALL);
            first.passkey = None;
            assert_eq!(may(&first, act, NOW), Err(Reason::SessionMissing));
            let over = may(&session(&StaffRole::ALL), act, NOW.plus(Span::minutes(15)));
            assert_eq!(over, Err(Reason::SessionMissing));
        }
    }
}
