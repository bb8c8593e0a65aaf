//! Rows as the snapshots of the core crate.
//!
//! A select names its columns as these functions read them; the shared lists of columns are the
//! macros at the top.
//!
//! **Invariant:** a cell that the core crate does not know is a fault, never a guess.

use crate::commit::ending_word;
use crate::fault::Fault;
use crate::sql::Row;
use sekisho_core::access::{Access, Act, OperationKind};
use sekisho_core::bytes::{BlindIndex, Digest, Sealed, TokenHash};
use sekisho_core::client_family::ClientFamily;
use sekisho_core::context::{Address, Country};
use sekisho_core::elsewhere::{Elsewhere, ProofPlace};
use sekisho_core::entry::{Actor, Entry};
use sekisho_core::id::{
    ApplicationId, ChallengeId, ChannelId, CredentialId, CustomerId, DecisionId, DeviceId,
    NoticeId, OperationId, SessionId, StaffId,
};
use sekisho_core::known::{
    ChallengeKnown, ChannelKnown, ChannelPurpose, CredentialKnown, CustomerKnown, CustomerState,
    NoticeKnown, NoticeState, SessionKnown, Strange, Word,
};
use sekisho_core::login::ChannelKind;
use sekisho_core::moment::Moment;
use sekisho_core::notice::{Carrier, Locale};
use sekisho_core::proof::Method;
use sekisho_core::reason::Reason;
use sekisho_core::sighting::Ending;
use sekisho_core::text::{Line, Reference};
use sekisho_core::verdict::{Requirement, Verdict, VerdictKind};

/// The columns of a customer `c` as [`customer`] reads them.
macro_rules! customer_columns {
    () => {
        "c.id AS customer_id, c.reference AS customer_reference, c.state AS customer_state, \
         c.revision AS customer_revision, c.created AS customer_created, \
         c.locale AS customer_locale, c.contact_changed AS customer_contact_changed, \
         c.contact_doubted AS customer_contact_doubted, \
         c.passkey_removed AS customer_passkey_removed, \
         c.pin_recovered AS customer_pin_recovered"
    };
}

/// The columns of a session `s` with its customer `c`.
macro_rules! session_columns {
    () => {
        concat!(
            "s.id AS session_id, s.device, s.proved, s.methods, s.again_at, s.again_by, s.last_at, \
             s.ends, s.place_network, s.place_system, s.place_country, s.place_client, \
             s.strange_at, ",
            customer_columns!()
        )
    };
}

/// The same, and where they come from.
macro_rules! session_select {
    () => {
        concat!(
            "SELECT ",
            session_columns!(),
            " FROM session s JOIN customer c ON c.id = s.customer"
        )
    };
}

/// The columns of an access `a` as [`access`] reads them.
macro_rules! access_columns {
    () => {
        "a.customer AS access_customer, a.at AS access_at, a.decision AS access_decision, \
         a.act AS access_act, a.ending, a.verdict AS access_verdict, a.address, a.system, \
         a.country, a.device, a.client, a.application AS access_application"
    };
}

pub(super) use {access_columns, customer_columns, session_columns, session_select};

/// A word that the core crate knows.
pub(super) fn word<T>(
    row: &Row,
    column: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, Fault> {
    parse(row.text(column)?).ok_or_else(|| row.corrupt(column, "a word of this version"))
}

/// Words separated by spaces.
pub(super) fn words<T>(
    row: &Row,
    column: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, Fault> {
    let parsed = row.text(column)?.split_whitespace().map(parse).collect();
    Option::ok_or_else(parsed, || row.corrupt(column, "words of this version"))
}

pub(super) fn methods(row: &Row, column: &str) -> Result<Vec<Method>, Fault> {
    words(row, column, Method::parse)
}

pub(super) fn moment(row: &Row, column: &str) -> Result<Moment, Fault> {
    row.int(column).map(Moment)
}

pub(super) fn maybe_moment(row: &Row, column: &str) -> Result<Option<Moment>, Fault> {
    Ok(row.maybe_int(column)?.map(Moment))
}

pub(super) fn digest(row: &Row, column: &str) -> Result<Digest, Fault> {
    row.fixed(column).map(Digest)
}

pub(super) fn sealed(row: &Row, column: &str) -> Result<Sealed, Fault> {
    Ok(Sealed(row.bytes(column)?.to_vec()))
}

pub(super) fn strange(row: &Row, column: &str) -> Result<Strange, Fault> {
    Ok(if row.flag(column)? {
        Strange::New
    } else {
        Strange::Known
    })
}

pub(super) fn kind(row: &Row, column: &str) -> Result<OperationKind, Fault> {
    word(row, column, OperationKind::parse)
}

pub(super) fn hash(row: &Row, column: &str) -> Result<TokenHash, Fault> {
    row.fixed(column).map(TokenHash)
}

/// The first row as `read` sees it.
pub(super) fn first<T>(
    rows: &[Row],
    read: impl Fn(&Row) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    rows.first().map(read).transpose()
}

/// Every row as `read` sees it.
pub(super) fn every<T>(
    rows: &[Row],
    read: impl Fn(&Row) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    rows.iter().map(read).collect()
}

pub(super) fn customer(row: &Row) -> Result<CustomerKnown, Fault> {
    Ok(CustomerKnown {
        id: CustomerId(row.id16("customer_id")?),
        reference: word(row, "customer_reference", |text| {
            Reference::parse(text).ok()
        })?,
        state: word(row, "customer_state", CustomerState::parse)?,
        revision: row.int("customer_revision")?,
        created: moment(row, "customer_created")?,
        locale: word(row, "customer_locale", Locale::parse)?,
        contact_changed: maybe_moment(row, "customer_contact_changed")?,
        contact_doubted: maybe_moment(row, "customer_contact_doubted")?,
        passkey_removed: maybe_moment(row, "customer_passkey_removed")?,
        pin_recovered: maybe_moment(row, "customer_pin_recovered")?,
    })
}

pub(super) fn channel(row: &Row) -> Result<ChannelKnown, Fault> {
    Ok(ChannelKnown {
        id: ChannelId(row.id16("channel_id")?),
        customer: CustomerId(row.id16("channel_customer")?),
        kind: word(row, "kind", ChannelKind::parse)?,
        purpose: word(row, "purpose", ChannelPurpose::parse)?,
        sealed: sealed(row, "sealed")?,
        index: BlindIndex(row.bytes("blind")?.to_vec()),
        verified: maybe_moment(row, "verified")?,
    })
}

/// The password of an outer join: none where its id is empty.
pub(super) fn maybe_credential(row: &Row) -> Result<Option<CredentialKnown>, Fault> {
    let Some(id) = row.maybe_fixed("credential_id")? else {
        return Ok(None);
    };
    Ok(Some(CredentialKnown {
        id: CredentialId(id),
        customer: CustomerId(row.id16("customer_id")?),
        hash: row.text("hash")?.to_owned(),
        revision: row.int("credential_revision")?,
        set: moment(row, "set_at")?,
        void: maybe_moment(row, "void_at")?,
    }))
}

pub(super) fn session(row: &Row) -> Result<SessionKnown, Fault> {
    Ok(SessionKnown {
        id: SessionId(row.id16("session_id")?),
        customer: customer(row)?,
        device: row.maybe_fixed("device")?.map(DeviceId),
        proved: moment(row, "proved")?,
        methods: methods(row, "methods")?,
        again: again(row)?,
        last: moment(row, "last_at")?,
        ends: moment(row, "ends")?,
        place: proof_place(row)?,
        elsewhere: Elsewhere::Moved,
        strange: maybe_moment(row, "strange_at")?,
    })
}

fn proof_place(row: &Row) -> Result<ProofPlace, Fault> {
    let system = row.maybe_int("place_system")?;
    Ok(ProofPlace {
        network: row.maybe_fixed("place_network")?,
        system: system.and_then(|system| u32::try_from(system).ok()),
        country: row.maybe_text("place_country")?.and_then(Country::parse),
        client: row.maybe_text("place_client")?.map(ClientFamily::parse),
    })
}

fn again(row: &Row) -> Result<Option<(Method, Moment)>, Fault> {
    let Some(at) = maybe_moment(row, "again_at")? else {
        return Ok(None);
    };
    Ok(Some((word(row, "again_by", Method::parse)?, at)))
}

pub(super) fn challenge(row: &Row) -> Result<ChallengeKnown, Fault> {
    Ok(ChallengeKnown {
        id: ChallengeId(row.id16("id")?),
        kind: word(row, "kind", ChannelKind::parse)?,
        bound: digest(row, "bound")?,
        code: digest(row, "code")?,
        sent: moment(row, "sent")?,
        expires: moment(row, "expires")?,
    })
}

pub(super) fn notice(row: &Row) -> Result<NoticeKnown, Fault> {
    Ok(NoticeKnown {
        id: NoticeId(row.id16("id")?),
        customer: row.maybe_fixed("customer")?.map(CustomerId),
        kind: word(row, "kind", Carrier::parse)?,
        channel: row.maybe_fixed("channel")?.map(ChannelId),
        template: row.text("template")?.to_owned(),
        locale: word(row, "locale", Locale::parse)?,
        sealed: sealed(row, "sealed")?,
        expires: maybe_moment(row, "expires")?,
        created: moment(row, "created")?,
        tries: row.int("tries")?,
        state: word(row, "state", NoticeState::parse)?,
        last_error: row.maybe_text("last_error")?.map(str::to_owned),
    })
}

pub(super) fn line<const MOST: usize>(row: &Row, column: &str) -> Result<Line<MOST>, Fault> {
    word(row, column, |text| Line::parse(text).ok())
}

pub(super) fn maybe_word(row: &Row, column: &str) -> Result<Option<Word>, Fault> {
    let read = |text| Word::parse(text).ok_or_else(|| row.corrupt(column, "a short word"));
    row.maybe_text(column)?.map(read).transpose()
}

pub(super) fn country(row: &Row) -> Result<Option<Country>, Fault> {
    match row.maybe_text("country")? {
        None => Ok(None),
        Some(_) => word(row, "country", Country::parse).map(Some),
    }
}

pub(super) fn client(row: &Row) -> Result<Option<Line<32>>, Fault> {
    match row.maybe_text("client")? {
        None => Ok(None),
        Some(_) => word(row, "client", |text| Line::parse(text).ok()).map(Some),
    }
}

/// The number of an autonomous system.
pub(super) fn system(row: &Row) -> Result<Option<u32>, Fault> {
    let system = row.maybe_int("system")?.map(u32::try_from).transpose();
    system.map_err(|_| row.corrupt("system", "a 32-bit number"))
}

pub(super) fn access(row: &Row) -> Result<Access, Fault> {
    Ok(Access {
        decision: DecisionId(row.id16("access_decision")?),
        customer: CustomerId(row.id16("access_customer")?),
        at: moment(row, "access_at")?,
        act: word(row, "access_act", Act::parse)?,
        ending: word(row, "ending", ending)?,
        verdict: word(row, "access_verdict", VerdictKind::parse)?,
        address: row.maybe_fixed("address")?.map(Address::from_bytes),
        system: system(row)?,
        country: country(row)?,
        device: row.maybe_fixed("device")?.map(DeviceId),
        client: client(row)?,
        application: row.maybe_fixed("access_application")?.map(ApplicationId),
    })
}

pub(super) fn ending(word: &str) -> Option<Ending> {
    let all = [Ending::Failure, Ending::Pending, Ending::Success];
    all.into_iter().find(|ending| ending_word(*ending) == word)
}

pub(super) fn entry(row: &Row) -> Result<Entry, Fault> {
    let actor = match row.text("actor")? {
        "application" => Actor::Application(ApplicationId(row.id16("application")?)),
        "customer" => Actor::Customer,
        "operator" => Actor::Operator,
        "staff" => Actor::Staff(StaffId(row.id16("staff")?)),
        "worker" => Actor::Worker,
        _ => return Err(row.corrupt("actor", "a word of this version")),
    };
    let verdict = match word(row, "verdict", VerdictKind::parse)? {
        VerdictKind::Allow => Verdict::Allow,
        VerdictKind::Hold => Verdict::Hold,
        VerdictKind::Refuse => Verdict::Refuse,
        VerdictKind::StepUp => Verdict::StepUp(words(row, "requirements", Requirement::parse)?),
    };
    Ok(Entry {
        id: DecisionId(row.id16("id")?),
        at: moment(row, "at")?,
        act: word(row, "act", Act::parse)?,
        actor,
        customer: row.maybe_fixed("customer")?.map(CustomerId),
        operation: row.maybe_fixed("operation")?.map(OperationId),
        verdict,
        reasons: words(row, "reasons", Reason::parse)?,
        policy: row.text("policy")?.to_owned(),
        facts: row.text("facts")?.to_owned(),
    })
}
