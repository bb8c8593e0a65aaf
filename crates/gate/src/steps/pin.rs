//! The transaction PIN beside a second proof: whether it is asked for, its try, and what it proves.
//!
//! **Invariant:** it is looked at only after its try was reserved, on the pool for hashes.

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::bytes::CounterKey;
use sekisho_core::confirm::Shown;
use sekisho_core::guess::Counted;
use sekisho_core::id::{CustomerId, DeviceId};
use sekisho_core::password::normalise;
use sekisho_core::policy::{OperationPolicy, PinForm};
use sekisho_core::step_up::{Admission, PinTried};
use sekisho_seal::password::Rehash;
use sekisho_seal::prove::prove_pin;

use crate::fault::Fault;
use crate::gate::Gate;
use crate::hash_pool::Admitted;
use crate::visitor::Visitor;

/// Whether an operation takes the transaction PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinWish {
    /// It is typed with the answer, and looks like this.
    Asked(PinForm),
    /// It does not.
    None,
    /// It does, and the customer has none like this yet.
    Unset(PinForm),
}

impl Gate {
    /// Whether an operation of this kind takes a transaction PIN of the customer.
    pub(crate) async fn pin_wish(
        &self,
        shown: &Shown,
        spec: &OperationPolicy,
    ) -> Result<PinWish, Fault> {
        if !shown.asks_pin(spec, self.now()) {
            return Ok(PinWish::None);
        }
        let form = self.policy().pin.map_or(PinForm::Password, |pin| pin.form);
        let known = self.store().pin(shown.operation.customer.id).await?;
        Ok(match known {
            Some(_) => PinWish::Asked(form),
            None => PinWish::Unset(form),
        })
    }

    /// Counts a try at the transaction PIN that came with an answer, if one did.
    pub(crate) async fn pin_beside(
        &self,
        typed: Option<&SecretString>,
        who: (CustomerId, Option<DeviceId>),
        visitor: &Visitor,
    ) -> Result<PinBeside, Fault> {
        let (customer, device) = who;
        let entered = self.pool().enter(visitor.address)?;
        let tries = self.keys().counter("pin", &customer.0, device);
        let admission = match typed {
            Some(_) => Some(self.reserve(Counted::Pin, tries, Some(customer)).await?),
            None => None,
        };
        let form = self.policy().pin.map_or(PinForm::Password, |pin| pin.form);
        Ok(PinBeside {
            typed: typed.map(|typed| pin_text(typed, form)),
            tries,
            entered,
            admission,
        })
    }

    /// Looks at a transaction PIN whose try was admitted.
    pub(crate) async fn prove_beside(
        &self,
        beside: &PinBeside,
        customer: CustomerId,
    ) -> Result<PinTried, Fault> {
        let known = self.store().pin(customer).await?;
        let mut tried = PinTried {
            known: known.clone(),
            proof: None,
            admission: beside.admission,
            tries: beside.tries,
            rehash: None,
        };
        let looked = known.filter(|_| !beside.is_locked());
        let (Some(typed), Some(known)) = (beside.typed.clone(), looked) else {
            return Ok(tried);
        };
        let (keys, salt) = (self.keys().clone(), self.dice().bytes()?);
        let work = move || {
            let Some((proof, rehash)) = prove_pin(&keys.passwords, &known, &typed)? else {
                return Ok((None, None));
            };
            let hash = match rehash {
                Rehash::Renew => Some(keys.passwords.hash(&typed, salt)?.text().to_owned()),
                Rehash::Keep => None,
            };
            Ok((Some(proof), hash))
        };
        let checked: Result<_, sekisho_seal::Fault> = beside.entered.run(work).await?;
        (tried.proof, tried.rehash) = checked?;
        Ok(tried)
    }
}

/// The transaction PIN beside a second proof: its try is counted, and it was not looked at yet.
pub(crate) struct PinBeside {
    typed: Option<SecretString>,
    tries: CounterKey,
    entered: Admitted,
    admission: Option<Admission>,
}

impl PinBeside {
    /// Whether it will not be looked at.
    pub(crate) fn is_locked(&self) -> bool {
        self.admission == Some(Admission::Locked)
    }
}

/// A PIN as it is hashed: normalised as a password, and for digits without what a keyboard puts
/// around them. What is too long to be one matches nothing.
pub(crate) fn pin_text(typed: &SecretString, form: PinForm) -> SecretString {
    let text = normalise(typed.expose_secret()).unwrap_or_default();
    match form {
        PinForm::Digits => SecretString::from(text.expose_secret().trim().to_owned()),
        PinForm::Password => text,
    }
}
