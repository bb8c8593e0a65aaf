//! The seeded simulator: a customer, a thief who knows the password, an application, a clock that
//! jumps and a database that breaks, in random order. After every fourth step the whole database is
//! read and held to the invariants.
//!
//! A failing seed is printed; `SEKISHO_SIM_SEED=n` runs that one, `SEKISHO_SIM_STEPS=n` runs
//! longer.
//!
//! **Invariant:** whatever happens, no money moves without a confirmation and a single redemption,
//! no guess exceeds its limit, and nothing is written without its entry.

use std::collections::HashMap;

use secrecy::ExposeSecret as _;
use sekisho_core::access::OperationKind;
use sekisho_core::id::OperationId;
use sekisho_core::moment::Span;
use sekisho_core::operation::Fields;
use sekisho_core::text::Reference;
use sekisho_gate::{
    Body, Caller, CodeAnswer, Fault, OperateRequest, Operated, RedeemRequest, Redeemed, Reported,
    RequestContext, Session, SignInAnswer, Visitor,
};
use sekisho_sim::installation::{
    Installation, LOGIN, PASSWORD, anywhere, other_code, typed, visitor,
};
use sekisho_sim::place::Contents;
use sekisho_store::{Fault as StoreFault, FaultPoint};
use serde_json::json;

/// A small generator (SplitMix64), so that a seed means the same everywhere.
struct Lot(u64);

impl Lot {
    fn draw(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }
}

struct Story {
    here: Installation,
    caller: Caller,
    lot: Lot,
    people: [Visitor; 2],
    cookies: [Option<String>; 2],
    conversation: Option<String>,
    operations: Vec<OperationId>,
    grants: Vec<(OperationId, String)>,
    redeemed: HashMap<OperationId, u32>,
    entries: usize,
    frozen: bool,
}

impl Story {
    async fn step(&mut self) -> Result<(), Fault> {
        let who = usize::try_from(self.lot.draw(2)).unwrap();
        let person = self.people[who].clone();
        let gate = self.here.gate.clone();
        match self.lot.draw(18) {
            0 | 1 => {
                let answer = gate.sign_in(typed(PASSWORD, &person)).await?;
                if let SignInAnswer::StepUp { interaction } = answer {
                    self.conversation = Some(interaction.text().expose_secret().to_owned());
                }
            }
            2 => {
                let answer = gate.sign_in(typed("wrong", &person)).await?;
                assert!(matches!(answer, SignInAnswer::Refused));
            }
            kind @ 3..=5 => self.answer(kind < 5, who).await?,
            6 => {
                if let Some(conversation) = &self.conversation {
                    gate.resend(conversation, &person).await?;
                }
            }
            7 | 8 => self.operate().await?,
            9 => {
                if let (Some(session), Some(id)) = (self.session(who).await?, self.some_operation())
                {
                    gate.confirm_send(&session, id, &person).await?;
                }
            }
            kind @ 10..=12 => self.confirm(kind < 12, who).await?,
            13 | 16 | 17 => self.redeem().await?,
            14 => self.report().await?,
            _ => {
                let minutes = i64::try_from(self.lot.draw(14)).unwrap() - 4;
                self.here.pass(Span::minutes(minutes));
            }
        }
        Ok(())
    }

    async fn session(&self, who: usize) -> Result<Option<Session>, Fault> {
        match &self.cookies[who] {
            Some(cookie) => self.here.gate.session(cookie, &anywhere()).await,
            None => Ok(None),
        }
    }

    fn some_operation(&mut self) -> Option<OperationId> {
        let many = u64::try_from(self.operations.len()).unwrap();
        let which = usize::try_from(self.lot.draw(many.max(1))).unwrap();
        self.operations.get(which).copied()
    }

    async fn answer(&mut self, right: bool, who: usize) -> Result<(), Fault> {
        if right {
            self.here.pass(Span::seconds(1));
            let answer = self
                .here
                .gate
                .sign_in(typed(PASSWORD, &self.people[who]))
                .await?;
            if let SignInAnswer::StepUp { interaction } = answer {
                self.conversation = Some(interaction.text().expose_secret().to_owned());
            }
        }
        let Some(conversation) = self.conversation.clone() else {
            return Ok(());
        };
        let Ok(code) = self.here.code().await else {
            return Ok(());
        };
        let code = if right { code } else { other_code(&code) };
        let person = self.people[who].clone();
        let answer = self.here.gate.answer(&conversation, &code, &person).await?;
        if let CodeAnswer::Opened(opened) = answer {
            assert!(
                right && !self.frozen,
                "a wrong code or a frozen account opened a session"
            );
            self.cookies[who] = Some(opened.session.text().expose_secret().to_owned());
            self.conversation = None;
        }
        Ok(())
    }

    async fn operate(&mut self) -> Result<(), Fault> {
        let kind = OperationKind::parse("withdraw").unwrap();
        let policy = self.here.gate.policy();
        let amount = (self.lot.draw(9) + 1) * 10_000;
        let fields = json!({
            "amount": {"currency": "JPY", "value": amount.to_string()},
            "payee": {"account_type": "ordinary", "bank": "0005", "branch": "123", "holder": "ヤマダ タロウ", "number": "1234567"},
        });
        let request = OperateRequest {
            way: sekisho_core::known::Way::default(),
            application: self.caller.application,
            customer: Reference::parse("C-1").unwrap(),
            fields: Fields::parse(&fields, &policy.operation[&kind].fields).unwrap(),
            kind,
            context: RequestContext::default(),
            verified: Vec::new(),
            nonce: None,
            return_uri: None,
            idempotency: None,
        };
        if let Operated::Created(view) = self.here.gate.operate(request).await? {
            self.operations.push(view.id);
        }
        Ok(())
    }

    async fn confirm(&mut self, right: bool, who: usize) -> Result<(), Fault> {
        let Some(id) = self.some_operation() else {
            return Ok(());
        };
        let Some(session) = self.session(who).await? else {
            return Ok(());
        };
        let person = self.people[who].clone();
        if right {
            self.here.pass(Span::seconds(40));
            self.here.gate.confirm_send(&session, id, &person).await?;
        }
        let Ok(code) = self.here.code().await else {
            return Ok(());
        };
        let code = if right { code } else { other_code(&code) };
        self.here.gate.confirm(&session, id, &code, &person).await?;
        let view = self.here.gate.operation(&self.caller, id).await?.unwrap();
        self.grants.extend(view.grant.map(|grant| (id, grant)));
        Ok(())
    }

    async fn redeem(&mut self) -> Result<(), Fault> {
        let many = u64::try_from(self.grants.len()).unwrap();
        let which = usize::try_from(self.lot.draw(many.max(1))).unwrap();
        let Some((id, grant)) = self.grants.get(which).cloned() else {
            return Ok(());
        };
        let request = RedeemRequest {
            grant,
            about: None,
            idempotency: None,
        };
        if let Redeemed::Redeemed(_) = self.here.gate.redeem(&self.caller, request).await? {
            *self.redeemed.entry(id).or_default() += 1;
            assert!(self.redeemed[&id] == 1, "a grant was redeemed twice");
            assert!(!self.frozen, "a grant was redeemed for a frozen account");
        }
        Ok(())
    }

    async fn report(&mut self) -> Result<(), Fault> {
        // Rarely right, or every story would end at once.
        let mut code = "0000000000".to_owned();
        if self.lot.draw(12) == 0 {
            let messages = self.here.messages().await.unwrap();
            let found = messages
                .iter()
                .rev()
                .find_map(|message| match &message.body {
                    Body::SignedIn { report, .. } => Some(report.clone()),
                    _ => None,
                });
            code = found.unwrap_or(code);
        }
        let home = self.people[0].clone();
        if self.here.gate.report_code(&code, &home).await? == Reported::Frozen {
            self.frozen = true;
        }
        Ok(())
    }

    /// Reads everything that is stored and holds it to the invariants.
    fn check(&mut self, contents: &Contents) {
        let cells = |row: &str| row.split('|').map(str::to_owned).collect::<Vec<_>>();
        let entries: Vec<_> = contents["entry"].iter().map(|row| cells(row)).collect();
        assert!(entries.len() >= self.entries, "an entry is gone");
        self.entries = entries.len();
        let allowed = |act: &str, operation: &str| {
            let fits = |entry: &&Vec<String>| {
                entry[2] == act && entry[6] == operation && entry[7] == "allow"
            };
            entries.iter().filter(fits).count()
        };
        let reported = allowed("report", "NULL") > 0;
        for operation in contents["operation"].iter().map(|row| cells(row)) {
            let confirmed = allowed("confirm:withdraw", &operation[0]);
            let redeemed = allowed("redeem", &operation[0]);
            let expected = match operation[6].as_str() {
                "confirmed" => (1, 0),
                "redeemed" => (1, 1),
                // A report takes back what was confirmed and not yet redeemed.
                "refused" if reported => (confirmed.min(1), 0),
                _ => (0, 0),
            };
            assert_eq!((confirmed, redeemed), expected, "{operation:?}");
        }
        let opened = entries
            .iter()
            .filter(|entry| entry[2] == "step_up" && entry[7] == "allow");
        let opened = opened.filter(|entry| !entry[11].contains("resend")).count();
        assert_eq!(
            contents["session"].len(),
            opened,
            "a session without its decision"
        );
        for guess in contents["guess"].iter().map(|row| cells(row)) {
            let most = match guess[4].as_str() {
                "code" | "password" | "report" => 5,
                "failure" => 3,
                "message" => 10,
                counted => panic!("nothing here counts {counted}"),
            };
            assert!(guess[1].parse::<i64>().unwrap() <= most, "{guess:?}");
        }
        for access in contents["access"].iter().map(|row| cells(row)) {
            assert!(
                entries.iter().any(|entry| entry[0] == access[2]),
                "an access without its entry"
            );
        }
        if contents["customer"]
            .iter()
            .any(|row| row.contains("frozen"))
        {
            let open = |row: &&String| cells(row)[8] == "NULL";
            assert_eq!(
                contents["session"].iter().filter(open).count(),
                0,
                "frozen, with an open session"
            );
        }
    }
}

/// Plays one seed; answers how often money moved.
async fn simulate(seed: u64, steps: u32) -> u32 {
    let here = Installation::each("jsda-2025").await.unwrap().remove(0);
    here.customer("C-1", LOGIN).await.unwrap();
    let caller = here.application("ひので証券").await.unwrap();
    let store = here.place.store().await.unwrap();
    let mut story = Story {
        here,
        caller,
        lot: Lot(seed),
        people: [visitor([203, 0, 113, 7]), visitor([198, 51, 100, 9])],
        cookies: [None, None],
        conversation: None,
        operations: Vec::new(),
        grants: Vec::new(),
        redeemed: HashMap::new(),
        entries: 0,
        frozen: false,
    };
    for step in 0..steps {
        if story.lot.draw(6) == 0 {
            let point = match story.lot.draw(4) {
                0 => FaultPoint::AtFlush,
                1 => FaultPoint::AnswerLost,
                _ => FaultPoint::BeforeStatement(usize::try_from(story.lot.draw(8)).unwrap()),
            };
            story.here.faults.arm(point);
        }
        match story.step().await {
            Ok(()) => {}
            Err(Fault::Store(StoreFault::Injected { .. } | StoreFault::Unavailable { .. })) => {}
            Err(fault) => panic!("seed {seed}, step {step}: {fault}"),
        }
        if step % 4 == 3 {
            let contents = story.here.place.contents(&store).await.unwrap();
            story.check(&contents);
        }
    }
    let redeemed: u32 = story.redeemed.values().sum();
    println!(
        "seed {seed}: {} operations, {redeemed} redeemed, frozen: {}",
        story.operations.len(),
        story.frozen
    );
    redeemed
}

#[tokio::test(flavor = "multi_thread")]
async fn the_invariants_hold_whatever_happens() {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    let steps = u32::try_from(number("SEKISHO_SIM_STEPS").unwrap_or(160)).unwrap();
    match number("SEKISHO_SIM_SEED") {
        Some(seed) => println!("{} redeemed", simulate(seed, steps).await),
        None => {
            let mut redeemed = 0;
            for seed in 1..=4 {
                println!("seed {seed}");
                redeemed += simulate(seed, steps).await;
            }
            assert!(
                redeemed > 0,
                "a simulation in which no money moves shows nothing"
            );
        }
    }
}
