//! The acts "forget device" and "name device": what a customer does with remembered devices.
//!
//! **Invariant:** a name leaves towards its own customer alone.

use secrecy::ExposeSecret as _;
use sekisho_core::client_family::ClientFamily;
use sekisho_core::id::{DeviceId, NoticeId};
use sekisho_core::known::DeviceListed;
use sekisho_core::moment::Moment;
use sekisho_core::text::Line;
use sekisho_core::verdict::Verdict;
use sekisho_core::{forget_device, name_device};
use sekisho_seal::report_code::ReportCode;

use super::account::Session;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::keys::Place;
use crate::visitor::Visitor;

/// A name of a device.
pub type DeviceName = Line<40>;

/// A remembered device as its customer sees it.
#[derive(Clone, Debug)]
pub struct ShownDevice {
    /// The id.
    pub id: DeviceId,
    /// Whether it is the one that looks.
    pub this: bool,
    /// What the customer calls it.
    pub name: Option<String>,
    /// Browser and system.
    pub client: Option<ClientFamily>,
    /// Since when it is remembered.
    pub since: Moment,
    /// When it was last used to sign in.
    pub last: Moment,
}

/// What became of the wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceAnswer {
    /// Done.
    Done,
    /// There is no such device of this customer.
    Unknown,
}

impl Gate {
    /// The customer's remembered devices: the one that looks first, then the last used.
    ///
    /// # Errors
    /// Those of the store and the seal.
    pub async fn devices(
        &self,
        session: &Session,
        visitor: &Visitor,
    ) -> Result<Vec<ShownDevice>, Fault> {
        let customer = session.customer();
        let (own, _) = self.recognise(visitor, Some(customer)).await?;
        let own = own.recognised();
        let mut shown = Vec::new();
        for device in self.store().devices(customer).await? {
            let name = match &device.name {
                Some(sealed) => Some(self.keys().open(Place::Device(device.id), sealed)?),
                None => None,
            };
            shown.push(ShownDevice {
                id: device.id,
                this: own == Some(device.id),
                name: name.map(|name| name.expose_secret().to_owned()),
                client: device
                    .client
                    .map(|client| ClientFamily::parse(client.as_str())),
                since: device.created,
                last: device.last,
            });
        }
        shown.sort_by_key(|device| !device.this);
        Ok(shown)
    }

    /// Forgets a device, and ends the other sessions that were opened on it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn forget_device(
        &self,
        session: &Session,
        id: DeviceId,
        visitor: &Visitor,
    ) -> Result<DeviceAnswer, Fault> {
        let customer = session.customer();
        let (_, context) = self.recognise(visitor, Some(customer)).await?;
        for _ in 0..ROUNDS {
            let now = self.now();
            let report = ReportCode::from_random(self.dice().bytes()?);
            let facts = forget_device::Facts {
                session: session.known.clone(),
                context,
                device: self.listed_device(session, id).await?,
                channels: self.store().channels(customer).await?,
                fresh: (
                    self.fresh_decision(now)?,
                    (self.keys().reports.hash(&report), report.display()),
                    NoticeId(self.dice().id(now)?),
                ),
                now,
            };
            let decision = forget_device::decide(&facts, &self.policy());
            if let Some(committed) = self.commit(decision).await? {
                return Ok(answer(committed.verdict()));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Names a device; `None` takes its name away.
    ///
    /// # Errors
    /// Those of the store and the seal.
    pub async fn name_device(
        &self,
        session: &Session,
        id: DeviceId,
        name: Option<DeviceName>,
    ) -> Result<DeviceAnswer, Fault> {
        for _ in 0..ROUNDS {
            let now = self.now();
            let name = match &name {
                Some(name) => {
                    let bytes = name.as_str().as_bytes();
                    Some(self.keys().seal(Place::Device(id), bytes, self.dice())?)
                }
                None => None,
            };
            let facts = name_device::Facts {
                session: session.known.clone(),
                device: self.listed_device(session, id).await?,
                name,
                decision: self.fresh_decision(now)?,
                now,
            };
            let decision = name_device::decide(&facts, &self.policy());
            if let Some(committed) = self.commit(decision).await? {
                return Ok(answer(committed.verdict()));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    async fn listed_device(
        &self,
        session: &Session,
        id: DeviceId,
    ) -> Result<Option<DeviceListed>, Fault> {
        let devices = self.store().devices(session.customer()).await?;
        Ok(devices.into_iter().find(|device| device.id == id))
    }
}

fn answer(verdict: &Verdict) -> DeviceAnswer {
    match verdict {
        Verdict::Allow => DeviceAnswer::Done,
        Verdict::Hold | Verdict::Refuse | Verdict::StepUp(_) => DeviceAnswer::Unknown,
    }
}
