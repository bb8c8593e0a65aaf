//! The binary as an operator runs it: arguments in; exit code, output and files out.

#![cfg(test)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may; the lint sees only test functions, not what they share"
)]

mod archive;
mod campaign;
mod config;
mod customer;
mod deny_list;
mod import;
mod judge;
mod keys;
mod log;
mod place;
mod registers;
mod remind;
mod serve;
mod signals;
mod stop;
