//! One run of a drill: who plays from where, how fast, what was said to customers meanwhile.
//!
//! **Invariant:** no attempt leaves faster than the rate or after the bound of time.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use reqwest::Client;
use sekisho_browser::api::Api;
use sekisho_browser::{Browser, Inbox, Page, Seat, http};

use crate::alerts::{Raised, Watch, Watcher};
use crate::drills::{Alerted, Name};
use crate::report::Report;
use crate::score::{Ended, Score};
use crate::target::{Person, Target};
use crate::{Settings, now};

/// Networks that one run may use, so that two runs rarely meet in one.
const NETWORKS: u32 = 64;
/// One run.
pub struct Run {
    name: Name,
    target: Target,
    settings: Settings,
    http: Client,
    /// What is counted.
    pub score: Score,
    told: Option<Inbox>,
    watcher: Watcher,
    orders: AtomicU32,
    began: Instant,
    last: Instant,
}

impl Run {
    /// Looks whether the target has what the drill needs, and notes what is there before it.
    pub async fn begin(name: Name, target: &Target, settings: Settings) -> anyhow::Result<Self> {
        let needs = name.drill().needs;
        ensure!(
            target.customers.len() >= needs.customers,
            "{} needs {} customers, and the target names {}",
            name.word(),
            needs.customers,
            target.customers.len()
        );
        let messages = target.messages.clone();
        ensure!(
            !needs.messages || messages.is_some(),
            "{} needs a message box",
            name.word()
        );
        ensure!(
            !needs.token || target.token.is_some(),
            "{} needs an API credential",
            name.word()
        );
        let http = http()?;
        let told = match messages {
            Some(at) => Some(Inbox::open(http.clone(), at, String::new()).await?),
            None => None,
        };
        let watcher = Watcher::begin(settings.watch.clone(), http.clone()).await?;
        Ok(Self {
            name,
            target: target.clone(),
            settings,
            http,
            score: Score::default(),
            told,
            watcher,
            orders: AtomicU32::new(0),
            began: now(),
            last: now(),
        })
    }

    /// The number of the run.
    pub const fn number(&self) -> u32 {
        self.settings.number
    }

    /// The customers of the target, beginning with others in another run.
    pub fn people(&self) -> Vec<Person> {
        let mut people = self.target.customers.clone();
        let turned = usize::try_from(self.number()).unwrap_or(0) % people.len().max(1);
        people.rotate_left(turned);
        people
    }

    /// The target.
    pub const fn target(&self) -> &Target {
        &self.target
    }

    /// A seat of the one program of this run, in network `net` of the run.
    pub fn program(&self, net: u32, n: u32) -> Seat {
        let number = self.number();
        let major = 100 + number % 40;
        let user_agent = format!(
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/{major}.0.{number}.0 Safari/537.36"
        );
        self.seat(net, n, user_agent)
    }

    /// A seat in the first network of the run, with one of five programs.
    pub fn neighbour(&self, n: u32) -> Seat {
        let versions = ["131.0", "133.0", "135.0", "138.0", "140.0"];
        let version = versions[usize::try_from(n).unwrap_or(0) % versions.len()];
        let user_agent = format!(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{version}) Gecko/20100101 \
             Firefox/{version}"
        );
        self.seat(0, n, user_agent)
    }

    fn seat(&self, net: u32, n: u32, user_agent: String) -> Seat {
        let net = self.number().wrapping_mul(NETWORKS).wrapping_add(net);
        Seat {
            address: IpAddr::V4(self.target.stranger(net, n)),
            user_agent,
        }
    }

    /// A fresh browser, which never leaves the target.
    pub fn browser(&self, seat: Seat) -> anyhow::Result<Browser> {
        let target = &self.target;
        let console = target.console.as_deref().unwrap_or(&target.sekisho);
        Browser::new(self.http.clone(), seat).only(&[&target.sekisho, console])
    }

    /// The messages to somebody from now on.
    pub async fn inbox(&self, to: &str) -> anyhow::Result<Inbox> {
        let at = self.target.messages.clone().context("no message box")?;
        Inbox::open(self.http.clone(), at, to.to_owned()).await
    }

    /// A number for an order of the test application that no other has.
    pub fn order(&self) -> String {
        let n = self.orders.fetch_add(1, Ordering::Relaxed);
        format!("drill-{}-{n}", self.number())
    }

    /// The API, as the test application speaks it.
    pub fn api(&self) -> anyhow::Result<Api> {
        let token = self.target.token.clone().context("no API credential")?;
        let sekisho = self.target.sekisho.clone();
        Ok(Api::new(self.http.clone(), sekisho, token))
    }

    /// An address of the installation.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.target.sekisho.trim_end_matches('/'))
    }

    /// Waits for the next attempt's turn.
    ///
    /// # Errors
    /// When the time for all steps is over.
    pub async fn turn(&mut self) -> anyhow::Result<()> {
        let gap = Duration::from_secs_f64(1.0 / self.settings.rate.clamp(0.01, 1_000.0));
        let rest = gap.saturating_sub(now().duration_since(self.last));
        tokio::time::sleep(rest).await;
        self.last = now();
        let took = self.last.duration_since(self.began);
        let bound = self.settings.bound;
        ensure!(took < bound, "the steps took longer than {bound:?}");
        Ok(())
    }

    /// Types login and password into the sign-in page with a fresh browser; counts who is touched.
    pub async fn sign_in(
        &mut self,
        seat: Seat,
        login: &str,
        password: &str,
    ) -> anyhow::Result<Ended> {
        let mut browser = self.browser(seat)?;
        let page = self.give_password(&mut browser, login, password).await?;
        Ok(ended(&page))
    }

    /// The same with a browser of one's own, for whoever goes on from there.
    pub async fn give_password(
        &mut self,
        browser: &mut Browser,
        login: &str,
        password: &str,
    ) -> anyhow::Result<Page> {
        self.turn().await?;
        if self.target.customers.iter().any(|one| one.login == login) {
            self.score.touched.insert(login.to_owned());
        }
        let page = browser.open(&self.at("/sign-in")).await?;
        if page.status >= 400 {
            return Ok(page);
        }
        let typed = [("username", login), ("current-password", password)];
        browser.submit(&page, &typed).await
    }

    /// Waits for the alert, reads what customers were told, and makes the report. What broke a step
    /// is part of it.
    pub async fn finish(mut self, ended: anyhow::Result<()>) -> anyhow::Result<Report> {
        let kinds = self.name.drill().alerts;
        let (raised, fault) = self.alerts(kinds).await;
        self.hear().await?;
        let watched = !matches!(self.settings.watch, Watch::Nobody);
        let last = self.last.duration_since(self.began).as_secs_f64();
        if watched {
            let limit = last + self.settings.patience.as_secs_f64();
            let found = raised.iter().find(|one| counts(one, kinds));
            let met = found.is_some_and(|one| one.after_seconds <= limit) && fault.is_none();
            let patience = self.settings.patience.as_secs();
            match (self.name.drill().alerted, kinds) {
                (Alerted::Must, _) => {
                    let what = format!("an alert within {patience} s of the last attempt");
                    self.score.demand(what, met);
                }
                (Alerted::Noted, []) => {
                    let what = "an alert tells of it (there is no kind of alert for this attack)";
                    self.score.sign(what, false);
                }
                (Alerted::Noted, some) => {
                    let what = format!("an alert tells of it ({})", some.join(", "));
                    self.score.sign(what, met);
                }
            }
        }
        let broke = ended.err().map(|why| format!("{why:#}"));
        Ok(Report::of(self.name, &self.target, self.score, raised)
            .took(self.settings.number, last, watched)
            .broken(broke.or(fault)))
    }

    /// Reads what arrived for whomever, until nothing did for a while.
    async fn hear(&mut self) -> anyhow::Result<()> {
        let Some(told) = &mut self.told else {
            return Ok(());
        };
        for mail in told.settled().await? {
            let what = match mail.subject.as_str() {
                "" => "SMS",
                subject => subject,
            };
            *self.score.told.entry(what.to_owned()).or_default() += 1;
        }
        Ok(())
    }

    async fn alerts(&self, kinds: &[&str]) -> (Vec<Raised>, Option<String>) {
        let nobody = matches!(self.settings.watch, Watch::Nobody);
        loop {
            let (raised, fault) = self.watcher.raised();
            let found = raised.iter().any(|one| counts(one, kinds));
            let over = now().duration_since(self.last) > self.settings.patience;
            if nobody || found || over || kinds.is_empty() {
                return (raised, fault);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

fn counts(raised: &Raised, kinds: &[&str]) -> bool {
    kinds.contains(&raised.alert.kind.as_str())
}

/// What a page after a sign-in says.
pub fn ended(page: &Page) -> Ended {
    let path = page.url.path();
    if page.has("one-time-code") || path.starts_with("/code") {
        Ended::SteppedUp
    } else if page.status >= 400 || page.has("current-password") {
        Ended::Refused
    } else {
        Ended::Through
    }
}
