//! Reads on PostgreSQL.
//!
//! **Invariant:** the queries of one request see one snapshot.

use super::Connection;
use super::faults::during;
use super::pipeline::in_order;
use super::value::decode;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use std::sync::Arc;
use tokio_postgres::Statement;

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

pub(super) async fn snapshot(
    connection: &mut Connection,
    queries: &[Query],
) -> Result<Vec<Vec<Row>>, Fault> {
    let mut prepared = Vec::with_capacity(queries.len());
    for query in queries {
        prepared.push((connection.prepared(query.sql.postgres).await?, query));
    }
    let client = &connection.client;
    let all = prepared
        .iter()
        .map(|(statement, query)| rows(client, statement, query));
    // A single statement is its own snapshot.
    if prepared.len() == 1 {
        let ((), answers) = in_order(std::future::ready(()), all.collect()).await;
        return answers.into_iter().collect();
    }
    let mut all: Vec<Request<'_>> = all.map(|rows| Box::pin(rows) as Request<'_>).collect();
    all.push(Box::pin(async {
        let ended = client.batch_execute("COMMIT").await;
        ended.map(|()| Vec::new()).map_err(during("read"))
    }));
    let (begun, answers) = in_order(client.batch_execute(BEGIN), all).await;
    begun.map_err(during("read"))?;
    let mut answers = answers.into_iter().collect::<Result<Vec<_>, _>>()?;
    answers.pop();
    Ok(answers)
}

type Request<'a> = std::pin::Pin<Box<dyn Future<Output = Result<Vec<Row>, Fault>> + Send + 'a>>;

async fn rows(
    client: &tokio_postgres::Client,
    statement: &Statement,
    query: &Query,
) -> Result<Vec<Row>, Fault> {
    let params: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> =
        query.params.iter().map(|value| value as _).collect();
    let found = client
        .query(statement, &params)
        .await
        .map_err(during("read"))?;
    let names: Arc<[Box<str>]> = statement
        .columns()
        .iter()
        .map(|column| Box::from(column.name()))
        .collect();
    found
        .iter()
        .map(|row| decode(row, query.sql, &names))
        .collect()
}
