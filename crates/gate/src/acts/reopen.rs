//! Opening a factor again that too many failures locked or closed.
//!
//! **Invariant:** every counter a customer's tries can lie in is looked at: of each login and each
//! factor, for strangers and for each bound device.

use sekisho_core::bytes::CounterKey;
use sekisho_core::id::{CustomerId, NoticeId};
use sekisho_core::known::ChannelKnown;
use sekisho_core::login::Login;
use sekisho_core::reopen::{FactorTries, Facts, decide};
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::Verdict;
use sekisho_seal::report_code::ReportCode;

use super::recover::RECOVERY;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};

/// What became of the wish to open a customer's factors again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reopened {
    /// No factor of the customer is locked.
    NotLocked,
    /// Every factor can be tried again, and every verified channel is told.
    Reopened,
    /// There is no such customer.
    Unknown,
}

impl Gate {
    /// Opens the locked factors of the customer that applications call `reference`. Whoever calls
    /// this has made sure who asks for it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn reopen(&self, reference: &Reference, ground: Ground) -> Result<Reopened, Fault> {
        for _ in 0..ROUNDS {
            let now = self.now();
            let Some(customer) = self.store().customer_by_reference(reference).await? else {
                return Ok(Reopened::Unknown);
            };
            let channels = self.store().channels(customer.id).await?;
            let report = ReportCode::from_random(self.dice().bytes()?);
            let facts = Facts {
                factors: self.factor_tries(customer.id, &channels).await?,
                customer,
                channels,
                fresh: (self.fresh_decision(now)?, NoticeId(self.dice().id(now)?)),
                report: (self.keys().reports.hash(&report), report.display()),
                now,
            };
            let decision = decide(&ground, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            return Ok(match committed.verdict() {
                Verdict::Allow => Reopened::Reopened,
                Verdict::Hold | Verdict::Refuse | Verdict::StepUp(_) => Reopened::NotLocked,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// The counters of a customer's passwords and codes.
    pub(crate) async fn factor_tries(
        &self,
        customer: CustomerId,
        channels: &[ChannelKnown],
    ) -> Result<Vec<FactorTries>, Fault> {
        let own = || customer.0.to_vec();
        // By id where the customer is signed in, by login where they sign in.
        let factors = ["backup_code", "code", "contact", "password", "pin", "totp"];
        let mut accounts: Vec<_> = factors.map(|factor| (factor, own())).into();
        for channel in channels {
            let login = self.keys().open_login(channel.id, &channel.sealed)?;
            let named = |login: &Login| {
                ["password", RECOVERY].map(|factor| (factor, login.as_str().into()))
            };
            accounts.extend(login.as_ref().map(named).into_iter().flatten());
        }
        let devices = self.store().device_ids(customer).await?;
        let devices = std::iter::once(None).chain(devices.into_iter().map(Some));
        let keys: Vec<CounterKey> = devices
            .flat_map(|device| {
                let key = move |(factor, account): &(&str, Vec<u8>)| -> CounterKey {
                    self.keys().counter(factor, account, device)
                };
                accounts.iter().map(key)
            })
            .collect();
        Ok(self.store().tries_of(&keys).await?)
    }
}
