//! The parts that several requests have: customer, context, operation, what was verified.
//!
//! **Invariant:** what leaves here is of core's types; no text of the request goes further as it
//! came.

use std::net::IpAddr;

use sekisho_core::access::OperationKind;
use sekisho_core::known::{DESK, MOST_SEGMENTS, Way, Word};
use sekisho_core::moment::Moment;
use sekisho_core::operation::Fields as OperationFields;
use sekisho_core::policy::{OperationPolicy, Policy};
use sekisho_core::proof::Method;
use sekisho_core::text::Reference;
use sekisho_gate::RequestContext;
use serde_json::Value;

use crate::json::fields::{Fields, Mistakes, not_one_of, read_text};
use crate::problem::Kind;

/// Longest `user_agent`, in characters.
pub const LONGEST_USER_AGENT: usize = 1024;
/// Longest `device`, in characters.
pub const LONGEST_DEVICE: usize = 256;
/// What is said of a channel or segment that is no word.
const NO_WORD: &str = "must be 1 to 40 of a-z, 0-9, _ and -, and start with a letter";
/// What `verified` may hold.
pub const METHODS: &[Method] = &[
    Method::Confirmation,
    Method::MailCode,
    Method::Passkey,
    Method::Password,
    Method::SmsCode,
    Method::Totp,
    Method::TransactionPin,
];

/// `customer`: the application's own number of its customer.
pub fn customer(document: &Fields<'_>, mistakes: &mut Mistakes) -> Option<Reference> {
    document.required_text("customer", mistakes, |text| {
        Reference::parse(text).map_err(|why| format!("is not acceptable: {why}"))
    })
}

/// `context`, with or without a moment; absent is the same as empty.
pub fn context(
    document: &Fields<'_>,
    names: &[&str],
    mistakes: &mut Mistakes,
) -> (RequestContext, Option<Moment>) {
    let Some(context) = document.object("context", names, mistakes) else {
        return (RequestContext::default(), None);
    };
    let address = context.text("address", mistakes, |text| {
        let address = text.parse::<IpAddr>();
        address.map_err(|_| "must be an IPv4 or IPv6 address without a port")
    });
    let user_agent = context.text("user_agent", mistakes, |text| {
        bounded(text, 0, LONGEST_USER_AGENT)
    });
    let device = context.text("device", mistakes, |text| bounded(text, 1, LONGEST_DEVICE));
    let moment = context.text("moment", mistakes, |text| {
        Moment::parse_rfc3339(text).ok_or("must be a date and time with an offset (RFC 3339)")
    });
    let context = RequestContext {
        address,
        user_agent,
        device,
    };
    (context, moment)
}

/// `channel` and `segments`: by which channel the customer asks the application, and of which
/// segments the customer is. Absent is not the same as none.
pub fn way(document: &Fields<'_>, mistakes: &mut Mistakes) -> Way {
    let channel = document.text("channel", mistakes, |text| match Word::parse(text) {
        Some(word) if word.as_str() == DESK => Err("desk is the channel of Sekisho's own desk"),
        Some(word) => Ok(word),
        None => Err(NO_WORD),
    });
    let items = document.list("segments", mistakes);
    let mut segments = items.map(|_| Vec::new());
    if items.is_some_and(|items| items.len() > MOST_SEGMENTS) {
        let detail = format!("has more than {MOST_SEGMENTS} words");
        mistakes.note(Kind::InvalidValue, document.pointer("segments"), detail);
        return Way::default();
    }
    for (place, item) in items.unwrap_or_default().iter().enumerate() {
        let pointer = format!("{}/{place}", document.pointer("segments"));
        let read = |text: &str| Word::parse(text).ok_or(NO_WORD);
        let word = read_text(item, &pointer, mistakes, read);
        match (&mut segments, word) {
            (Some(all), Some(word)) if all.contains(&word) => {
                mistakes.note(Kind::InvalidValue, pointer, "stands there twice");
            }
            (Some(all), Some(word)) => all.push(word),
            _ => {}
        }
    }
    Way { channel, segments }
}

fn bounded(text: &str, fewest: usize, most: usize) -> Result<String, String> {
    if (fewest..=most).contains(&text.chars().count()) {
        Ok(text.to_owned())
    } else {
        Err(format!("must have {fewest} to {most} characters"))
    }
}

/// What `verified` may hold where a guarded operation is asked for: all of [`METHODS`] but the
/// confirmation and the transaction PIN, which Sekisho itself will ask the customer for.
#[must_use]
pub fn methods_before() -> Vec<Method> {
    let before = |method: &Method| !matches!(method, Method::Confirmation | Method::TransactionPin);
    METHODS.iter().copied().filter(before).collect()
}

/// `verified`: what of `known` the application proved itself; absent is the same as empty.
pub fn verified(document: &Fields<'_>, known: &[Method], mistakes: &mut Mistakes) -> Vec<Method> {
    let words: Vec<_> = known.iter().map(|method| method.word()).collect();
    let mut methods = Vec::new();
    let items = document.list("verified", mistakes).unwrap_or_default();
    for (place, item) in items.iter().enumerate() {
        let pointer = format!("{}/{place}", document.pointer("verified"));
        let method = read_text(item, &pointer, mistakes, |word| {
            let method = Method::parse(word).filter(|method| known.contains(method));
            method.ok_or_else(|| not_one_of(word, &words))
        });
        match method {
            Some(method) if methods.contains(&method) => {
                mistakes.note(Kind::InvalidValue, pointer, "stands there twice");
            }
            other => methods.extend(other),
        }
    }
    methods
}

/// The kind of operation of a word, with what the policy says of it.
///
/// # Errors
/// When the policy has no such kind: the rest of a sentence that lists those it has.
pub fn kind<'a>(
    word: &str,
    policy: &'a Policy,
    others: &[&str],
) -> Result<(&'a OperationKind, &'a OperationPolicy), String> {
    let found = policy
        .operation
        .iter()
        .find(|(kind, _)| kind.as_str() == word);
    found.ok_or_else(|| {
        let kinds = policy.operation.keys().map(OperationKind::as_str);
        let words: Vec<_> = others.iter().copied().chain(kinds).collect();
        not_one_of(word, &words)
    })
}

/// `fields` of an operation against what the policy says of its kind.
pub fn fields(
    parent: &Fields<'_>,
    spec: &OperationPolicy,
    mistakes: &mut Mistakes,
) -> Option<OperationFields> {
    let value = parent.required("fields", mistakes)?;
    let names: Vec<_> = spec.fields.keys().map(String::as_str).collect();
    let given = parent.object("fields", &names, mistakes)?;
    let known: Vec<_> = names
        .iter()
        .filter_map(|name| given.required(name, mistakes))
        .collect();
    if known.len() < names.len() || value.as_object().map(serde_json::Map::len) != Some(known.len())
    {
        return None;
    }
    read_fields(value, spec, &parent.pointer("fields"), mistakes)
}

fn read_fields(
    value: &Value,
    spec: &OperationPolicy,
    pointer: &str,
    mistakes: &mut Mistakes,
) -> Option<OperationFields> {
    match OperationFields::parse(value, &spec.fields) {
        Ok(fields) => Some(fields),
        Err(fault) => {
            let pointer = format!("{pointer}/{}", fault.path.replace('.', "/"));
            mistakes.note(Kind::InvalidValue, pointer, fault.problem);
            None
        }
    }
}
