//! For the act "authorize", and for every request of an application: who asks, for what.
//!
//! **Invariant:** a revoked credential is not found.

use super::rows::{customer, customer_columns, hash, maybe_moment, methods, moment, words};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::bytes::TokenHash;
use sekisho_core::id::{ApiCredentialId, ApplicationId, AuthorizationId, SessionId};
use sekisho_core::known::{
    ApiCredentialKnown, ApiScope, ApplicationKnown, AuthorizationKnown, CodeKnown,
};

/// The columns of an application `a`.
macro_rules! application_columns {
    () => {
        "a.id AS application_id, a.name AS application_name, a.secret, a.redirect_uris, \
         a.post_logout_uris"
    };
}

const APPLICATION: &str = concat!(
    "SELECT ",
    application_columns!(),
    " FROM application a WHERE a.id = ?1"
);

const APPLICATIONS: &str = concat!(
    "SELECT ",
    application_columns!(),
    " FROM application a ORDER BY a.created, a.id LIMIT 1000"
);

const CREDENTIAL: &str = concat!(
    "SELECT k.id, k.application, k.name, k.scopes, k.created, k.revoked, ",
    application_columns!(),
    " FROM api_credential k JOIN application a ON a.id = k.application \
     WHERE k.hash = ?1 AND k.revoked IS NULL"
);

const CREDENTIALS: &str = "SELECT id, application, name, scopes, created, revoked \
     FROM api_credential WHERE application = ?1 ORDER BY created, id LIMIT 1000";

/// The columns of a request `r`.
macro_rules! request_columns {
    () => {
        "r.id AS request_id, r.application AS request_application, r.redirect_uri, r.parameters, \
         r.created AS request_created, r.expires AS request_expires"
    };
}

const REQUEST: &str = concat!(
    "SELECT ",
    request_columns!(),
    " FROM authorization_request r WHERE r.id = ?1"
);

const CODE: &str = concat!(
    "SELECT k.session, k.proved, k.methods, k.expires, k.redeemed, ",
    request_columns!(),
    ", ",
    customer_columns!(),
    " FROM authorization_code k JOIN authorization_request r ON r.id = k.request \
     JOIN customer c ON c.id = k.customer WHERE k.code = ?1"
);

impl Store {
    /// The application with this id.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn application(&self, id: ApplicationId) -> Result<Option<ApplicationKnown>, Fault> {
        self.row_of(Query::new(APPLICATION, [id.into()]), application)
            .await
    }

    /// Every application, the oldest first, 1000 at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn applications(&self) -> Result<Vec<ApplicationKnown>, Fault> {
        self.rows_of(Query::new(APPLICATIONS, []), application)
            .await
    }

    /// The API credential with this hash and its application, unless it is revoked.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn api_credential(
        &self,
        token: TokenHash,
    ) -> Result<Option<(ApiCredentialKnown, ApplicationKnown)>, Fault> {
        let read = |row: &Row| Ok((credential(row)?, application(row)?));
        self.row_of(Query::new(CREDENTIAL, [token.into()]), read)
            .await
    }

    /// Every API credential of an application, revoked ones included, 1000 at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn api_credentials(
        &self,
        application: ApplicationId,
    ) -> Result<Vec<ApiCredentialKnown>, Fault> {
        self.rows_of(Query::new(CREDENTIALS, [application.into()]), credential)
            .await
    }

    /// The OpenID Connect request with this id. It may have expired.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn authorization(
        &self,
        id: AuthorizationId,
    ) -> Result<Option<AuthorizationKnown>, Fault> {
        self.row_of(Query::new(REQUEST, [id.into()]), authorization)
            .await
    }

    /// The OpenID Connect code with this hash. It may have expired or been exchanged.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn code(&self, code: TokenHash) -> Result<Option<CodeKnown>, Fault> {
        self.row_of(Query::new(CODE, [code.into()]), |row| {
            Ok(CodeKnown {
                authorization: authorization(row)?,
                customer: customer(row)?,
                session: SessionId(row.id16("session")?),
                proved: moment(row, "proved")?,
                methods: methods(row, "methods")?,
                expires: moment(row, "expires")?,
                redeemed: maybe_moment(row, "redeemed")?,
            })
        })
        .await
    }
}

fn lines(row: &Row, column: &str) -> Result<Vec<String>, Fault> {
    let text = row.text(column)?;
    Ok(text
        .lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect())
}

fn application(row: &Row) -> Result<ApplicationKnown, Fault> {
    let secret = match row.maybe_bytes("secret")? {
        None => None,
        Some(_) => Some(hash(row, "secret")?),
    };
    Ok(ApplicationKnown {
        id: ApplicationId(row.id16("application_id")?),
        name: row.text("application_name")?.to_owned(),
        secret,
        redirect_uris: lines(row, "redirect_uris")?,
        post_logout_uris: lines(row, "post_logout_uris")?,
    })
}

fn credential(row: &Row) -> Result<ApiCredentialKnown, Fault> {
    Ok(ApiCredentialKnown {
        id: ApiCredentialId(row.id16("id")?),
        application: ApplicationId(row.id16("application")?),
        name: row.text("name")?.to_owned(),
        scopes: words(row, "scopes", ApiScope::parse)?,
        created: moment(row, "created")?,
        revoked: maybe_moment(row, "revoked")?,
    })
}

fn authorization(row: &Row) -> Result<AuthorizationKnown, Fault> {
    Ok(AuthorizationKnown {
        id: AuthorizationId(row.id16("request_id")?),
        application: ApplicationId(row.id16("request_application")?),
        redirect_uri: row.text("redirect_uri")?.to_owned(),
        parameters: row.text("parameters")?.to_owned(),
        created: moment(row, "request_created")?,
        expires: moment(row, "request_expires")?,
    })
}
