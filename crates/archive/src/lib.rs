//! The archive: history beyond the hot window as plain Parquet files, laid out by day.
//!
//! What is kept, in which columns and in what order is in `sekisho_core::archive`, since whoever
//! sends and whoever keeps have to mean the same rows. This crate knows files: it writes them,
//! reads them back, says what they hold and finds what changed since.
//!
//! Reading order: [`folder`] (where things lie), [`part_writer`] and [`part_reader`] (one file),
//! then one module per command.
//!
//! **Invariant:** a file has its name only when what it holds was read back from it; of two
//! processes that would write into one folder, the second one is turned away.

pub mod append;
pub mod backtest;
pub mod erase;
pub mod fault;
pub mod folder;
pub mod part_reader;
pub mod part_writer;
pub mod stage;
pub mod sweep;
pub mod verify;

pub use fault::Fault;
