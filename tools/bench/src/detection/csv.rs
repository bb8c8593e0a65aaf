//! The RBA data set as it is published, row by row, for whoever holds the file.
//!
//! Columns are found by their names in the first line. `Is Attack IP` and `Is Account Takeover` say
//! who it was and are nothing that a score sees. As the file has few takeovers, attackers are made
//! up of its rows as well, one set for every fiftieth login of a customer who logged in before:
//! naive is the last row from an attack address (such rows count as a list attack themselves), VPN
//! the last row of somebody else in the country of the customer's last login, targeted the same
//! within the network operator and with the customer's own last browser. The very targeted are the
//! takeovers of the file.
//!
//! **Invariant:** a line longer than 16 KiB, or one that does not fit the header, ends it with its
//! number; memory grows with what is counted and never with a line.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::net::IpAddr;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use sekisho_core::client_family::ClientFamily;
use sekisho_core::context::Address;
use sekisho_core::moment::Moment;
use sekisho_world::{Attacker, Circumstance, Plan};

use super::judged::{Judge, Stream};
use super::login::{self, Login, Truth, hashed, mixed};

/// Longest line.
const LONGEST: u64 = 16 << 10;
/// One login in so many is the occasion for made-up attackers.
const EVERY: u64 = 50;

/// The columns that are read.
const COLUMNS: [&str; 12] = [
    "Login Timestamp",
    "User ID",
    "IP Address",
    "ASN",
    "Country",
    "User Agent String",
    "Browser Name and Version",
    "OS Name and Version",
    "Device Type",
    "Login Successful",
    "Is Attack IP",
    "Is Account Takeover",
];

/// Judges every row of the file.
pub fn judge(path: &Path, seed: u64) -> Result<Stream> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let size = file.metadata()?.len().max(1) as f64;
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut line = Vec::new();
    let mut read = next_line(&mut reader, &mut line, 1)?;
    let header = Header::find(&line)?;
    let mut judge = Judge::new(seed);
    let mut pool = Pool::default();
    let mut families = HashMap::new();
    for number in 2_u64.. {
        let length = next_line(&mut reader, &mut line, number)?;
        if length == 0 {
            break;
        }
        read += length;
        let row = header
            .row(&line, &mut families)
            .with_context(|| format!("line {number}"))?;
        let over = read as f64 / size;
        for imagined in pool.attackers(&row, number) {
            judge.imagine(over, &imagined);
        }
        judge.see(over, &row.login);
        pool.keep(&row);
    }
    Ok(judge.end())
}

/// Reads one line without its end; how many bytes it took, 0 at the end of the file.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>, number: u64) -> Result<u64> {
    line.clear();
    let read = reader.by_ref().take(LONGEST).read_until(b'\n', line)? as u64;
    if read == LONGEST && line.last() != Some(&b'\n') {
        bail!("line {number} is longer than {LONGEST} bytes");
    }
    while matches!(line.last(), Some(b'\n' | b'\r')) {
        line.pop();
    }
    Ok(read)
}

/// Where each of [`COLUMNS`] stands, and how many there are.
struct Header {
    places: [usize; COLUMNS.len()],
    width: usize,
}

/// A row with what made-up attackers are made of.
struct RbaRow {
    login: Login,
    attack: bool,
}

impl Header {
    fn find(line: &[u8]) -> Result<Self> {
        let cells = cells(line)?;
        let mut places = [0; COLUMNS.len()];
        for (place, name) in places.iter_mut().zip(COLUMNS) {
            let found = cells.iter().position(|cell| cell.trim() == name);
            *place = found.with_context(|| format!("the first line has no column {name:?}"))?;
        }
        Ok(Self {
            places,
            width: cells.len(),
        })
    }

    fn row(&self, line: &[u8], families: &mut HashMap<u64, u64>) -> Result<RbaRow> {
        let cells = cells(line)?;
        if cells.len() != self.width {
            bail!(
                "{} cells, and the first line has {}",
                cells.len(),
                self.width
            );
        }
        let [
            moment,
            user,
            ip,
            system,
            country,
            agent,
            browser,
            platform,
            kind,
            well,
            attack,
            taken,
        ] = self.places.map(|place| cells[place].as_str());
        let moment = Moment::parse_rfc3339(&format!("{}Z", moment.replacen(' ', "T", 1)))
            .with_context(|| format!("no time: {moment:?}"))?;
        let user: i64 = user.parse().context("no user id")?;
        let address: Address = ip.parse::<IpAddr>().context("no address")?.into();
        let value = |cell: &str| (!cell.is_empty()).then(|| hashed(cell.as_bytes()));
        let agent_hash = hashed(agent.as_bytes());
        let family = *families
            .entry(agent_hash)
            .or_insert_with(|| hashed(ClientFamily::of(agent).to_string().as_bytes()));
        let (well, attack) = (truth(well)?, truth(attack)?);
        let truth = match (truth(taken)?, attack) {
            (true, _) => Truth::Entered(Attacker::VeryTargeted),
            (false, true) => Truth::Mass(Plan::Stuffing, 0),
            (false, false) => Truth::Good(Circumstance::Usual),
        };
        Ok(RbaRow {
            login: Login {
                moment: moment.0,
                customer: user.cast_unsigned(),
                values: [
                    Some(hashed(&address.bytes())),
                    value(system),
                    value(country),
                    Some(agent_hash),
                    value(browser),
                    value(platform),
                    value(kind),
                ],
                network: Some(hashed(&address.network())),
                family,
                device: None,
                well,
                truth,
            },
            attack,
        })
    }
}

fn truth(cell: &str) -> Result<bool> {
    match cell {
        "True" => Ok(true),
        "False" => Ok(false),
        other => bail!("neither True nor False: {other:?}"),
    }
}

/// The cells of one line; quoted ones may hold commas and doubled quotes.
fn cells(line: &[u8]) -> Result<Vec<String>> {
    let text = std::str::from_utf8(line).context("not UTF-8")?;
    let mut cells = Vec::with_capacity(16);
    let mut cell = String::new();
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(letter),
        }
    }
    if quoted {
        bail!("a quote that does not end");
    }
    cells.push(cell);
    Ok(cells)
}

/// The last rows that attackers are made up of.
#[derive(Default)]
struct Pool {
    attack: Option<Login>,
    /// The last login of each customer.
    own: HashMap<u64, Login>,
    /// The last two logins by country and by system, of different customers.
    place: HashMap<(usize, u64), [Option<Login>; 2]>,
}

impl Pool {
    fn attackers(&self, row: &RbaRow, number: u64) -> Vec<Login> {
        let login = row.login;
        let own = self.own.get(&login.customer);
        let good = login.well && matches!(login.truth, Truth::Good(_));
        let Some(own) = own.filter(|_| good && mixed(number).is_multiple_of(EVERY)) else {
            return Vec::new();
        };
        let as_victim = |from: &Login, attacker| Login {
            moment: login.moment,
            customer: login.customer,
            well: true,
            truth: Truth::Entered(attacker),
            ..*from
        };
        let near = |column: usize| {
            let last = self.place.get(&(column, own.values[column]?))?;
            let stranger = |one: &&Login| one.customer != login.customer;
            last.iter().flatten().find(stranger)
        };
        let targeted = near(login::SYSTEM).map(|from| {
            let mut values = from.values;
            values[login::AGENT..].copy_from_slice(&own.values[login::AGENT..]);
            Login {
                values,
                family: own.family,
                ..as_victim(from, Attacker::Targeted)
            }
        });
        let naive = self.attack.as_ref();
        let vpn = near(login::COUNTRY);
        [
            naive.map(|from| as_victim(from, Attacker::Naive)),
            vpn.map(|from| as_victim(from, Attacker::Vpn)),
            targeted,
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn keep(&mut self, row: &RbaRow) {
        let login = row.login;
        if row.attack {
            self.attack = Some(login);
        } else if login.well {
            self.own.insert(login.customer, login);
            for column in [login::SYSTEM, login::COUNTRY] {
                let Some(value) = login.values[column] else {
                    continue;
                };
                let last = self.place.entry((column, value)).or_default();
                if last[0].is_none_or(|one| one.customer != login.customer) {
                    last.swap(0, 1);
                }
                last[0] = Some(login);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use sekisho_world::{Profile, RBA_HEADER, RbaRow, World, WorldConfig};

    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    #[test]
    fn a_world_written_as_the_data_set_is_read_back() {
        let config = WorldConfig::new(3, 400, 1_759_244_400_000_000).with_profile(Profile::Rba);
        let world = World::new(config).unwrap();
        let mut text = RBA_HEADER.to_owned();
        let (mut rows, mut well) = (0, 0);
        for (index, access) in (0..).zip(world.accesses()) {
            let Some(row) = RbaRow::new(&world, index, access) else {
                continue;
            };
            text += &format!("\n{row}");
            rows += 1;
            well += usize::from(access.outcome == sekisho_world::Outcome::Succeed);
        }
        let stream = judge(file(&text).path(), 1).unwrap();
        assert_eq!(stream.attempts, rows);
        let knows = |truth: Truth| match truth {
            Truth::Entered(attacker) => Some(attacker),
            _ => None,
        };
        let attackers = stream.judged.iter().filter_map(|one| knows(one.truth));
        let made_up = attackers
            .filter(|attacker| *attacker != Attacker::VeryTargeted)
            .count();
        assert!(made_up > 10, "{made_up}");
        assert_eq!(stream.judged.len() - made_up, well);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_line() {
        let refused = |text: &str| format!("{:#}", judge(file(text).path(), 1).unwrap_err());
        assert!(refused("index,Login Timestamp\n").contains("no column \"User ID\""));
        let short = format!("{RBA_HEADER}\n1,2\n");
        assert!(refused(&short).contains("line 2"));
        let long = format!("{RBA_HEADER}\n{}\n", "x".repeat(20_000));
        assert!(refused(&long).contains("line 2 is longer"));
        let open = format!("{RBA_HEADER}\n\"{}\n", ",".repeat(15));
        assert!(refused(&open).contains("a quote that does not end"));
    }

    #[test]
    fn quoted_cells_keep_their_commas() {
        assert_eq!(
            cells(b"a,\"b, \"\"c\"\"\",").unwrap(),
            ["a", "b, \"c\"", ""]
        );
    }
}
