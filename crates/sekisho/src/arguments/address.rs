//! `sekisho address`.
//!
//! **Invariant:** the address that is asked about is parsed here, so what is no address is told
//! before a file is read.

use std::net::IpAddr;

use clap::Args;

/// For `after_help`.
pub const ADDRESS: &str = "\
What each file of the section addresses says of it comes first, then what is settled, which is what rules see.
Where two files disagree on country or coordinates the place is uncertain: it counts as unknown. The files are
read anew by this command; a running server takes them up by itself within seconds. What people of the firm
listed for a time (`sekisho network`) is read from the database and is in what is settled. Nothing is looked up
of customers.

Examples:
  sekisho address 203.0.113.7
  sekisho address                # the files, how old they are and how much is in them";

/// `sekisho address`
#[derive(Args, Debug)]
pub struct AddressOf {
    /// The address [default: none, the files themselves]
    pub address: Option<IpAddr>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}
