//! Applications, their credentials and OpenID Connect requests, and the server's signing keys.
//!
//! **Invariant:** an OpenID Connect request gets one code, and a code is exchanged once.

use super::values::{free, lines, methods, words};
use crate::sql::Write;
use sekisho_core::bytes::TokenHash;
use sekisho_core::change::{AuthorizationRequested, Change, CodeIssued};
use sekisho_core::id::ApiCredentialId;
use sekisho_core::moment::Moment;

pub(super) fn writes(change: &Change) -> Option<Vec<Write>> {
    let write = match change {
        Change::ApiCredentialIssued { .. } => credential_issued(change)?,
        Change::ApiCredentialRevoked { id, at } => credential_revoked(*id, *at),
        Change::ApplicationRegistered { .. } => registered(change)?,
        Change::AuthorizationRequested(wanted) => requested(wanted),
        Change::CodeIssued(issued) => code_issued(issued),
        Change::CodeRedeemed { code, at } => code_redeemed(*code, *at),
        Change::SigningKeyAdded { .. } => key_added(change)?,
        Change::SigningKeyRetired { kid, until } => key_retired(kid, *until),
        _ => return None,
    };
    Some(vec![write])
}

fn registered(change: &Change) -> Option<Write> {
    let Change::ApplicationRegistered {
        id,
        name,
        secret,
        redirect_uris,
        post_logout_uris,
        at,
    } = change
    else {
        return None;
    };
    let text = "INSERT INTO application \
                (id, name, secret, redirect_uris, post_logout_uris, created) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let params = [
        (*id).into(),
        free(name),
        (*secret).into(),
        lines(redirect_uris),
        lines(post_logout_uris),
        (*at).into(),
    ];
    Some(Write::one(text, params))
}

fn credential_issued(change: &Change) -> Option<Write> {
    let Change::ApiCredentialIssued {
        id,
        application,
        name,
        hash,
        scopes,
        at,
    } = change
    else {
        return None;
    };
    let text = "INSERT INTO api_credential (id, application, name, hash, scopes, created) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let params = [
        (*id).into(),
        (*application).into(),
        free(name),
        (*hash).into(),
        words(scopes.iter().map(|scope| scope.word())),
        (*at).into(),
    ];
    Some(Write::one(text, params))
}

fn credential_revoked(id: ApiCredentialId, at: Moment) -> Write {
    Write::one(
        "UPDATE api_credential SET revoked = ?2 WHERE id = ?1 AND revoked IS NULL",
        [id.into(), at.into()],
    )
}

fn requested(wanted: &AuthorizationRequested) -> Write {
    let text = "INSERT INTO authorization_request \
                (id, application, redirect_uri, parameters, created, expires) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let params = [
        wanted.id.into(),
        wanted.application.into(),
        wanted.redirect_uri.as_str().into(),
        wanted.parameters.as_str().into(),
        wanted.at.into(),
        wanted.expires.into(),
    ];
    Write::one(text, params)
}

fn code_issued(issued: &CodeIssued) -> Write {
    let CodeIssued {
        code,
        authorization,
        customer,
        session,
        proved,
        methods: by,
        expires,
    } = issued;
    let text = "INSERT INTO authorization_code \
                (code, request, customer, session, proved, methods, expires) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let params = [
        (*code).into(),
        (*authorization).into(),
        (*customer).into(),
        (*session).into(),
        (*proved).into(),
        methods(by),
        (*expires).into(),
    ];
    Write::one(text, params)
}

fn code_redeemed(code: TokenHash, at: Moment) -> Write {
    Write::one(
        "UPDATE authorization_code SET redeemed = ?2 WHERE code = ?1 AND redeemed IS NULL",
        [code.into(), at.into()],
    )
}

fn key_added(change: &Change) -> Option<Write> {
    let Change::SigningKeyAdded {
        kid,
        sealed,
        public,
        at,
    } = change
    else {
        return None;
    };
    let text = "INSERT INTO signing_key (kid, sealed, jwk, created) VALUES (?1, ?2, ?3, ?4)";
    let params = [
        kid.as_str().into(),
        sealed.into(),
        public.as_str().into(),
        (*at).into(),
    ];
    Some(Write::one(text, params))
}

fn key_retired(kid: &str, until: Moment) -> Write {
    Write::one(
        "UPDATE signing_key SET retires = ?2 WHERE kid = ?1 AND retires IS NULL",
        [kid.into(), until.into()],
    )
}
