//! The act "campaign": what would be sent to whom is shown; one person wants it, another starts
//! it, either stops it.
//!
//! **Invariant:** what is done is what was shown: where the message or its set is another by now,
//! that is shown and nothing is done.

use sekisho_core::bytes::Digest;
use sekisho_core::campaign::{Agreed, Attempt, Facts, Reach, Reached, SHOWN, Showing, decide};
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::{CampaignId, CustomerId};
use sekisho_core::known::{CampaignKind, CampaignKnown, CampaignSet, CampaignWanted, StaffKnown};
use sekisho_core::notice::Locale;
use sekisho_core::policy::Links;
use sekisho_core::reason::Reason;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::Verdict;
use serde_json::json;

use super::staff::{Proved, StaffAnswer, StaffBy};
use super::staff_sign_in::StaffSession;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::notices::{Body, CampaignBody};

/// References of a preview that its entry names.
const RECORDED: usize = 50;
/// Customers of a set that are read at once.
const PART: u32 = 5_000;

/// What somebody wants sent.
#[derive(Clone, Debug)]
pub struct CampaignDraft {
    /// What to whom.
    pub wanted: CampaignWanted,
    /// Those who are named, if they are.
    pub named: Vec<Reference>,
}

/// What would be done.
#[derive(Clone, Debug)]
pub struct CampaignPreview {
    /// What is sent, with the moment as of which its set was read.
    pub wanted: CampaignWanted,
    /// How many there are.
    pub reached: Reached,
    /// Of the message and of what its set is.
    pub digest: Digest,
    listed: Vec<CustomerId>,
}

/// What became of the wish of a person of the firm.
#[derive(Clone, Debug)]
pub enum CampaignAnswer {
    /// It would be something else now than was shown, which is this.
    Altered(Box<CampaignPreview>),
    /// It is done.
    Done(CampaignId),
    /// The rules say no.
    Refused(Reason),
    /// No such campaign.
    Unknown,
    /// They did not prove who they are.
    Unproved,
}

/// The message of a campaign in a language, as it will be sent.
#[must_use]
pub fn campaign_sample(wanted: &CampaignWanted, locale: Locale) -> Body {
    Body::Campaign(match (wanted.kind, &wanted.text) {
        (CampaignKind::CheckContact, _) => CampaignBody::CheckContact,
        (CampaignKind::PhishingWarning, Some(text)) => {
            let (subject, body) = text.in_locale(locale);
            CampaignBody::Warning {
                subject: subject.to_owned(),
                body: body.to_owned(),
            }
        }
        (CampaignKind::OldPassword | CampaignKind::PhishingWarning, _) => CampaignBody::OldPassword,
    })
}

impl Gate {
    /// The one host that a text of the firm's own may name, where messages may hold links at all.
    #[must_use]
    pub fn campaign_host(&self) -> Option<String> {
        let links = self.policy().notice.links == Links::Allow;
        let (_, rest) = self.issuer().split_once("://")?;
        let host = rest.split(['/', ':']).next()?;
        links.then(|| host.to_owned())
    }

    /// What would be sent to how many. Nobody of the set is named.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn campaign_preview(
        &self,
        session: &StaffSession,
        draft: &CampaignDraft,
    ) -> Result<StaffAnswer<CampaignPreview>, Fault> {
        // Whom somebody looks up by naming few is in the record.
        let whom: Vec<_> = draft.named.iter().take(RECORDED).collect();
        let many = draft.named.len();
        let asked = json!({ "set": draft.wanted.set, "named": many, "references": whom });
        let looks = self.looks_at(session, ConsoleAct::CampaignPropose, asked);
        if let Err(reason) = looks.await? {
            return Ok(StaffAnswer::Refused(reason));
        }
        Ok(StaffAnswer::Done(self.drafted(draft).await?))
    }

    async fn drafted(&self, draft: &CampaignDraft) -> Result<CampaignPreview, Fault> {
        let now = self.now();
        let mut wanted = draft.wanted.clone();
        let age = now.since(wanted.as_of);
        if wanted.as_of > now || age > SHOWN {
            wanted.as_of = now;
        }
        if wanted.set != CampaignSet::Listed {
            return self.walked(CampaignId([0; 16]), wanted, 0).await;
        }
        let mut named = draft.named.clone();
        named.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
        named.dedup();
        let _place = self.campaign_place().await?;
        let found = self.store().campaign_named(&named).await?;
        let unknown = i64::try_from(named.len().saturating_sub(found.len())).unwrap_or(i64::MAX);
        let mut showing = Showing::of(&wanted, unknown);
        showing.take(&found);
        let (reached, digest) = showing.end();
        Ok(CampaignPreview {
            wanted,
            reached,
            digest,
            listed: found.iter().map(|one| one.id).collect(),
        })
    }

    /// Counts a whole set, page by page.
    pub(super) async fn walked(
        &self,
        id: CampaignId,
        wanted: CampaignWanted,
        unknown: i64,
    ) -> Result<CampaignPreview, Fault> {
        let _place = self.campaign_place().await?;
        let mut showing = Showing::of(&wanted, unknown);
        let mut after = CampaignKnown::NOBODY;
        loop {
            let page = self
                .store()
                .campaign_set((id, &wanted), after, PART)
                .await?;
            let Some(Reach { id: last, .. }) = page.last() else {
                break;
            };
            after = *last;
            showing.take(&page);
        }
        let (reached, digest) = showing.end();
        Ok(CampaignPreview {
            wanted,
            reached,
            digest,
            listed: Vec::new(),
        })
    }

    /// Wants a campaign, as it was shown.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn propose_campaign(
        &self,
        claim: impl Into<StaffBy<'_>>,
        (draft, agreed): (&CampaignDraft, &str),
        ground: Ground,
    ) -> Result<CampaignAnswer, Fault> {
        let claim = claim.into();
        for _ in 0..ROUNDS {
            let Some(Proved { staff, .. }) = self.prove_staff(claim).await? else {
                return Ok(CampaignAnswer::Unproved);
            };
            let preview = self.drafted(draft).await?;
            let now = self.now();
            let fresh = (self.fresh_decision(now)?, CampaignId(self.dice().id(now)?));
            let wanted = (
                preview.wanted.clone(),
                preview.listed.clone(),
                ground.clone(),
            );
            let facts = Facts {
                staff,
                campaign: None,
                proposer: None,
                open: self.store().campaigns_open(now).await?,
                shown: (preview.reached, preview.digest),
                agreed: preview.agreed(agreed),
                fresh,
                now,
            };
            let attempt = Attempt::Propose(Box::new(wanted));
            if let Some(answer) = self.campaigned(&attempt, facts, Some(preview)).await? {
                return Ok(answer);
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Starts a campaign that somebody else wants, or that was stopped, as it was shown.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn start_campaign(
        &self,
        claim: impl Into<StaffBy<'_>>,
        (id, agreed): (CampaignId, &str),
    ) -> Result<CampaignAnswer, Fault> {
        let claim = claim.into();
        for _ in 0..ROUNDS {
            let Some(Proved { staff, .. }) = self.prove_staff(claim).await? else {
                return Ok(CampaignAnswer::Unproved);
            };
            let found = self.store().campaign(id).await?;
            let preview = match &found {
                Some((known, _)) => {
                    let wanted = known.wanted.clone();
                    Some(self.walked(id, wanted, known.unknown).await?)
                }
                None => None,
            };
            let facts = Facts {
                agreed: preview.as_ref().and_then(|preview| preview.agreed(agreed)),
                ..self.about_campaign(id, staff, found, preview.as_ref())?
            };
            if let Some(answer) = self.campaigned(&Attempt::Start, facts, preview).await? {
                return Ok(answer);
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Stops a campaign: nothing more of it leaves, but for what is on its way at that moment.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn stop_campaign(
        &self,
        claim: impl Into<StaffBy<'_>>,
        (id, ground): (CampaignId, Ground),
    ) -> Result<CampaignAnswer, Fault> {
        let (claim, attempt) = (claim.into(), Attempt::Stop(ground));
        for _ in 0..ROUNDS {
            let Some(Proved { staff, .. }) = self.prove_staff(claim).await? else {
                return Ok(CampaignAnswer::Unproved);
            };
            let found = self.store().campaign(id).await?;
            let facts = self.about_campaign(id, staff, found, None)?;
            if let Some(answer) = self.campaigned(&attempt, facts, None).await? {
                return Ok(answer);
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    fn about_campaign(
        &self,
        id: CampaignId,
        staff: sekisho_core::proof::StaffProved,
        found: Option<(CampaignKnown, Option<StaffKnown>)>,
        preview: Option<&CampaignPreview>,
    ) -> Result<Facts, Fault> {
        let now = self.now();
        let (campaign, proposer) = found.unzip();
        let shown = preview.map(|preview| (preview.reached, preview.digest));
        Ok(Facts {
            staff,
            campaign,
            proposer: proposer.flatten(),
            open: 0,
            shown: shown.unwrap_or_else(|| (Reached::default(), Digest([0; 32]))),
            agreed: None,
            fresh: (self.fresh_decision(now)?, id),
            now,
        })
    }

    /// Decides and commits; `None` if that has to be done anew.
    async fn campaigned(
        &self,
        attempt: &Attempt,
        facts: Facts,
        preview: Option<CampaignPreview>,
    ) -> Result<Option<CampaignAnswer>, Fault> {
        let id = facts.fresh.1;
        let decision = decide(attempt, &facts, &self.policy());
        let Some(committed) = self.commit(decision).await? else {
            return Ok(None);
        };
        let reason = committed.reasons().first().copied();
        Ok(Some(match (committed.verdict(), reason, preview) {
            (Verdict::Allow, ..) => CampaignAnswer::Done(id),
            (_, Some(Reason::CampaignUnknown), _) => CampaignAnswer::Unknown,
            (_, Some(Reason::CampaignOther), Some(preview)) => {
                CampaignAnswer::Altered(Box::new(preview))
            }
            (_, reason, _) => CampaignAnswer::Refused(reason.unwrap_or(Reason::CampaignOver)),
        }))
    }
}

impl CampaignPreview {
    /// What a form carries, so that it says what its page showed.
    #[must_use]
    pub fn agreement(&self) -> String {
        format!("{}.{}", self.digest, self.reached.all)
    }

    /// What somebody agreed to, if it is this message to this set.
    fn agreed(&self, said: &str) -> Option<Agreed> {
        let (digest, many) = said.split_once('.')?;
        let many = many.parse().ok()?;
        (self.digest.to_string() == digest).then_some((self.digest, many))
    }
}
