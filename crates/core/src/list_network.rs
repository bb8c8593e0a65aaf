//! The act "list_network": people of the firm put a network on the firm's own list for a time,
//! while an attack comes from it, and take it off again.
//!
//! Whoever comes from there is asked for more, or refused, by the rules that judge by lists: no
//! rule is changed. It takes one person, and so does its end: what it protects from goes on while
//! somebody waits for a second one, and whom it hits by mistake waits, too. Without it everybody is
//! judged as ever.
//!
//! **Invariant:** a network is listed for a bounded time, by a person who was shown how many
//! customers are at home in it and saw no fewer than there are.

use serde_json::{Value, json};

use crate::access::Act;
use crate::change::{Change, ListingChange, StaffChange};
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{AlertId, DecisionId, ListingId};
use crate::known::{
    LONGEST_LISTING, ListedAs, ListingKnown, ListingsKnown, MOST_LISTINGS, MOST_LISTINGS_EACH,
    PeopleThere, StaffRole,
};
use crate::moment::{Moment, Span};
use crate::places::{Label, Network, shortest};
use crate::policy::Policy;
use crate::proof::StaffProved;
use crate::reason::Reason;
use crate::text::Line;
use crate::thaw::Ground;
use crate::verdict::Verdict;

/// A listing that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewListing {
    /// Which network.
    pub network: Network,
    /// What becomes of those who come from there.
    pub listed: ListedAs,
    /// For how long.
    pub life: Span,
    /// Why.
    pub reason: Ground,
    /// The alert that it answers.
    pub alert: Option<AlertId>,
    /// How many customers the person was shown to be at home there.
    pub shown: u32,
}

/// What is wanted.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// One is to end now.
    End(Ground),
    /// Another one.
    Make(Box<NewListing>),
}

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// Who wants it.
    pub staff: StaffProved,
    /// The listing of the id that was named.
    pub listing: Option<ListingKnown>,
    /// All that are not over.
    pub listings: ListingsKnown,
    /// Who is at home in the network that is to be listed.
    pub there: PeopleThere,
    /// Fresh values: the id of this decision, and of another listing.
    pub fresh: (DecisionId, ListingId),
    /// Now.
    pub now: Moment,
}

/// Whether a network is narrow enough to be listed: what one customer of a carrier is given, as on
/// the operator's own list of those it refuses.
#[must_use]
pub fn is_narrow(network: Network) -> bool {
    let (four, six) = shortest(Label::Deny);
    let least = if network.is_four() { four } else { six };
    network.length() >= least
}

/// Lists a network, or ends a listing.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let outcome = match attempt {
        _ if !facts.staff.has(StaffRole::Operations) => Err(Reason::StaffRole),
        Attempt::Make(new) => made(new, facts),
        Attempt::End(_) => ended(facts),
    };
    let reason = outcome.as_ref().err().copied().unwrap_or(Reason::Proved);
    let verdict = match outcome {
        Ok(_) => Verdict::Allow,
        Err(_) => Verdict::Refuse,
    };
    let decision = Decision::of(Entry {
        id: facts.fresh.0,
        at: facts.now,
        act: Act::ListNetwork,
        actor: Actor::Staff(facts.staff.id()),
        customer: None,
        operation: None,
        verdict,
        reasons: vec![reason],
        policy: policy.version.clone(),
        facts: recorded(attempt, facts).to_string(),
    });
    match outcome {
        Ok(change) => {
            let change = StaffChange::Listing(Box::new(change));
            decision.with([Change::Staff(change), facts.staff.stands()])
        }
        Err(_) => decision,
    }
}

fn made(new: &NewListing, facts: &Facts) -> Result<ListingChange, Reason> {
    let standing = &facts.listings.standing;
    let own = |one: &&ListingKnown| one.by == facts.staff.id();
    if !is_narrow(new.network) {
        return Err(Reason::ListingWide);
    }
    if new.life <= Span(0) || new.life > LONGEST_LISTING {
        return Err(Reason::ListingLong);
    }
    if standing.len() >= MOST_LISTINGS || standing.iter().filter(own).count() >= MOST_LISTINGS_EACH
    {
        return Err(Reason::ListingMany);
    }
    if facts.there.customers > new.shown {
        return Err(Reason::ListingAltered);
    }
    let reason = Line::parse(new.reason.as_str()).map_err(|_| Reason::ListingLong)?;
    Ok(ListingChange::Made {
        listing: Box::new(ListingKnown {
            id: facts.fresh.1,
            network: new.network,
            listed: new.listed,
            reason,
            alert: new.alert,
            by: facts.staff.id(),
            made: facts.now,
            ends: facts.now.plus(new.life),
            ended: None,
        }),
        epoch: facts.listings.epoch,
    })
}

fn ended(facts: &Facts) -> Result<ListingChange, Reason> {
    let listing = facts.listing.as_ref().ok_or(Reason::ListingNone)?;
    if !listing.stands(facts.now) {
        return Err(Reason::ListingNone);
    }
    Ok(ListingChange::Ended {
        id: listing.id,
        by: facts.staff.id(),
        at: facts.now,
        epoch: facts.listings.epoch,
    })
}

/// What an auditor reads of it.
fn recorded(attempt: &Attempt, facts: &Facts) -> Value {
    match attempt {
        Attempt::End(ground) => {
            let listing = facts.listing.as_ref();
            json!({
                "listing": listing.map(|one| one.id),
                "network": listing.map(|one| one.network.to_string()),
                "wanted": "end",
                "ground": ground.as_str(),
            })
        }
        Attempt::Make(new) => json!({
            "listing": facts.fresh.1,
            "network": new.network.to_string(),
            "wanted": new.listed.word(),
            "ends": facts.now.plus(new.life),
            "ground": new.reason.as_str(),
            "alert": new.alert,
            "customers": facts.there.customers,
            "more": facts.there.more,
            "shown": new.shown,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::StaffId;
    use crate::sample::{NOW, person, policy};

    fn new(network: &str) -> NewListing {
        NewListing {
            network: Network::parse(network).unwrap(),
            listed: ListedAs::Deny,
            life: Span::hours(4),
            reason: Ground::parse("列挙攻撃 案件 7").unwrap(),
            alert: None,
            shown: 3,
        }
    }

    fn facts(roles: &[StaffRole]) -> Facts {
        Facts {
            staff: StaffProved::assert_staff(&person(1, roles)),
            listing: None,
            listings: ListingsKnown {
                epoch: 4,
                standing: Vec::new(),
            },
            there: PeopleThere {
                customers: 3,
                more: false,
            },
            fresh: (DecisionId([9; 16]), ListingId([8; 16])),
            now: NOW,
        }
    }

    fn of(new: NewListing, facts: &Facts) -> Decision {
        decide(&Attempt::Make(Box::new(new)), facts, &policy())
    }

    fn listing(by: u8) -> ListingKnown {
        let decision = of(new("203.0.113.0/24"), &facts(&[StaffRole::Operations]));
        let Some(Change::Staff(StaffChange::Listing(change))) = decision.changes.first() else {
            panic!("{decision:?}");
        };
        let ListingChange::Made { listing, epoch: 4 } = &**change else {
            panic!("{change:?}");
        };
        ListingKnown {
            by: StaffId([by; 16]),
            ..(**listing).clone()
        }
    }

    #[test]
    fn one_person_lists_a_network_for_a_time_and_the_record_says_whom_it_meets() {
        let decision = of(new("203.0.113.0/24"), &facts(&[StaffRole::Operations]));
        assert_eq!(decision.reasons(), [Reason::Proved]);
        let listing = listing(1);
        assert!(listing.stands(NOW) && listing.stands(NOW.plus(Span::minutes(239))));
        assert!(!listing.stands(NOW.plus(Span::hours(4))));
        let facts: Value = serde_json::from_str(&decision.entry.facts).unwrap();
        assert_eq!(facts["network"], "203.0.113.0/24");
        assert_eq!(facts["wanted"], "deny");
        assert_eq!(facts["customers"], 3);
        assert_eq!(facts["ground"], "列挙攻撃 案件 7");
    }

    #[test]
    fn nobody_lists_without_the_role_too_widely_for_too_long_or_unseen() {
        let operations = facts(&[StaffRole::Operations]);
        for role in StaffRole::ALL {
            let decision = of(new("203.0.113.7"), &facts(&[role]));
            let may = role == StaffRole::Operations;
            assert_eq!(decision.verdict() == &Verdict::Allow, may, "{role:?}");
            assert_eq!(decision.changes.is_empty(), !may, "{role:?}");
        }
        for (network, reason) in [
            ("203.0.0.0/16", Reason::Proved),
            ("203.0.0.0/15", Reason::ListingWide),
            ("0.0.0.0/0", Reason::ListingWide),
            ("2001:db8::/32", Reason::Proved),
            ("2001:db8::/31", Reason::ListingWide),
        ] {
            assert_eq!(
                of(new(network), &operations).reasons(),
                [reason],
                "{network}"
            );
        }
        for (life, reason) in [
            (LONGEST_LISTING, Reason::Proved),
            (Span(LONGEST_LISTING.0 + 1), Reason::ListingLong),
            (Span(0), Reason::ListingLong),
            (Span(-1), Reason::ListingLong),
        ] {
            let one = NewListing {
                life,
                ..new("203.0.113.7")
            };
            assert_eq!(of(one, &operations).reasons(), [reason], "{life:?}");
        }
        for (shown, reason) in [
            (2, Reason::ListingAltered),
            (3, Reason::Proved),
            (4, Reason::Proved),
        ] {
            let one = NewListing {
                shown,
                ..new("203.0.113.7")
            };
            assert_eq!(of(one, &operations).reasons(), [reason], "{shown}");
        }
    }

    #[test]
    fn as_many_stand_as_may_of_all_and_of_each() {
        for (by, count, reason) in [
            (2, MOST_LISTINGS - 1, Reason::Proved),
            (2, MOST_LISTINGS, Reason::ListingMany),
            (1, MOST_LISTINGS_EACH - 1, Reason::Proved),
            (1, MOST_LISTINGS_EACH, Reason::ListingMany),
        ] {
            let mut facts = facts(&[StaffRole::Operations]);
            facts.listings.standing = vec![listing(by); count];
            let decision = of(new("203.0.113.7"), &facts);
            assert_eq!(decision.reasons(), [reason], "{by} {count}");
        }
    }

    #[test]
    fn one_that_stands_is_ended_by_one_person_and_none_else_is() {
        let end = Attempt::End(Ground::parse("終息").unwrap());
        let cases = [
            (Some(listing(2)), NOW, Reason::Proved),
            (None, NOW, Reason::ListingNone),
            (
                Some(listing(2)),
                NOW.plus(Span::hours(4)),
                Reason::ListingNone,
            ),
            (
                Some(ListingKnown {
                    ended: Some((StaffId([3; 16]), NOW)),
                    ..listing(2)
                }),
                NOW,
                Reason::ListingNone,
            ),
        ];
        for (listing, now, reason) in cases {
            let mut facts = facts(&[StaffRole::Operations]);
            (facts.listing, facts.now) = (listing, now);
            let decision = decide(&end, &facts, &policy());
            assert_eq!(decision.reasons(), [reason]);
            assert_eq!(decision.changes.is_empty(), reason != Reason::Proved);
        }
        let mut monitor = facts(&[StaffRole::Monitor]);
        monitor.listing = Some(listing(2));
        let decision = decide(&end, &monitor, &policy());
        assert_eq!(decision.reasons(), [Reason::StaffRole]);
    }
}
