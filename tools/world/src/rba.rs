//! Sign-ins as rows of the public RBA login data set, to try importers on.
//!
//! **Invariant:** the header and the forms of the cells are those of the data set: times as
//! `%Y-%m-%d %H:%M:%S.%f` in UTC with milliseconds, booleans `True`/`False`, user a signed 64-bit
//! number, an empty round-trip time where none is known.

use core::fmt;

use crate::access::{Access, Act, Label, Outcome, Plan, Target};
use crate::calendar::civil_from_days;
use crate::dice::finalize;
use crate::world::World;

/// The first line of the file.
pub const RBA_HEADER: &str = "index,Login Timestamp,User ID,Round-Trip Time [ms],IP Address,\
Country,Region,City,ASN,User Agent String,Browser Name and Version,OS Name and Version,\
Device Type,Login Successful,Is Attack IP,Is Account Takeover";

/// The one user under whom the data set books all unknown names.
const UNKNOWN_NAMES: i64 = -4_324_475_583_306_591_935;

/// One line, without its line feed, by [`fmt::Display`]. Region and city are `-` and the round-trip
/// time is empty: the world knows neither (in the data set 95.9 % of the times are empty too).
#[derive(Debug, Clone, Copy)]
pub struct RbaRow<'a> {
    world: &'a World,
    access: Access,
    index: u64,
}

impl<'a> RbaRow<'a> {
    /// The row of a sign-in; `None` for any other act, which the data set does not have.
    pub fn new(world: &'a World, index: u64, access: Access) -> Option<Self> {
        (access.act == Act::SignIn).then_some(Self {
            world,
            access,
            index,
        })
    }

    fn user(&self) -> i64 {
        match self.access.target {
            Target::Unknown(_) => UNKNOWN_NAMES,
            Target::Customer(customer) => finalize(u64::from(customer) + 1).cast_signed(),
        }
    }

    fn takeover(&self) -> bool {
        let taken = matches!(
            self.access.label,
            Label::Attack {
                plan: Plan::Takeover | Plan::PayoutHijack,
                ..
            }
        );
        taken && self.access.outcome == Outcome::Succeed
    }
}

impl fmt::Display for RbaRow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Access {
            moment,
            address,
            network,
            country,
            ..
        } = self.access;
        let agent = self.world.user_agent(self.access.user_agent);
        let millis = moment.div_euclid(1_000);
        let (year, month, day) = civil_from_days(millis.div_euclid(86_400_000));
        let of_day = millis.rem_euclid(86_400_000);
        let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
        let (second, milli) = (of_day / 1_000 % 60, of_day % 1_000);
        write!(f, "{},{year:04}-{month:02}-{day:02} ", self.index)?;
        write!(
            f,
            "{hour:02}:{minute:02}:{second:02}.{milli:03},{},,{address},",
            self.user()
        )?;
        write!(
            f,
            "{},-,-,{network},{},",
            country.letters(),
            Quoted(&agent.text)
        )?;
        write!(f, "{},{},", agent.browser, agent.system)?;
        let listed = !self.access.label.is_genuine();
        write!(
            f,
            "{},{},{},{}",
            agent.device.word(),
            python(self.access.outcome == Outcome::Succeed),
            python(listed),
            python(self.takeover())
        )
    }
}

/// A cell that may hold commas, as a CSV writer would write it.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.contains([',', '"']) {
            write!(f, "\"{}\"", self.0.replace('"', "\"\""))
        } else {
            f.write_str(self.0)
        }
    }
}

fn python(truth: bool) -> &'static str {
    if truth { "True" } else { "False" }
}
