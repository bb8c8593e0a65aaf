//! What tables a database has, in terms that both databases share.
//!
//! **Invariant:** two databases migrated by the same binary have equal `Schema`s.

use std::collections::{BTreeMap, BTreeSet};

/// The tables of a database by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// Name → table. The record of migrations is one of them.
    pub tables: BTreeMap<String, Table>,
}

/// One table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The columns in their order.
    pub columns: Vec<Column>,
    /// Every set of columns that is unique, the primary key included; columns in the key's order.
    pub unique: BTreeSet<Vec<String>>,
    /// Every other index, columns in the index's order.
    pub indexed: BTreeSet<Vec<String>>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub class: TypeClass,
    /// Whether it may be empty.
    pub presence: Presence,
}

/// What a column holds, whatever the database calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeClass {
    /// A signed 64-bit integer.
    Int,
    /// Bytes.
    Bytes,
    /// UTF-8 text.
    Text,
    /// Something the store never declares.
    Foreign(String),
}

/// Whether a column may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// `NOT NULL`.
    Required,
    /// May be `NULL`.
    Optional,
}

impl TypeClass {
    pub(crate) fn named(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "integer" | "bigint" => TypeClass::Int,
            "blob" | "bytea" => TypeClass::Bytes,
            "text" => TypeClass::Text,
            other => TypeClass::Foreign(other.to_owned()),
        }
    }
}

impl Presence {
    pub(crate) fn required(yes: bool) -> Self {
        if yes {
            Presence::Required
        } else {
            Presence::Optional
        }
    }
}
