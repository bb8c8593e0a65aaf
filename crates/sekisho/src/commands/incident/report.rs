//! What is reported of the answer to an incident.
//!
//! **Invariant:** both forms say the same figures, and neither names a customer.

use std::fmt::Write as _;

use sekisho_core::bytes::Digest;
use sekisho_core::sweep::{Finding, Suspicion};
use serde_json::{Value, json};

use super::{Answered, Asked, FOR_PEOPLE};
use crate::arguments::Language;

/// What is reported.
pub struct Reported<'a> {
    pub asked: &'a Asked,
    pub answered: &'a Answered,
    pub seconds: f64,
}

/// Text in one language or the other.
type Both = (&'static str, &'static str);

const FINDINGS: [(Finding, Both); Finding::ALL.len()] = [
    (
        Finding::Reported,
        (
            "不正の報告がある場所から",
            "from a place of which fraud was reported",
        ),
    ),
    (
        Finding::Touched,
        (
            "本人の場所でなく、他のお客様の利用がある",
            "not the customer's place, and others were seen there",
        ),
    ),
    (
        Finding::New,
        (
            "本人の場所でなく、他の利用もない",
            "not the customer's place, and nobody else's",
        ),
    ),
    (
        Finding::Shared,
        (
            "本人の場所でなく、多数が共用する（回線事業者など）",
            "not the customer's place, and shared by many (a carrier)",
        ),
    ),
    (
        Finding::Unknown,
        ("場所の記録がない", "no place was recorded"),
    ),
    (
        Finding::Usual,
        ("本人のいつもの場所から", "the customer's own place"),
    ),
];

const SUSPICIONS: [(Suspicion, Both); Suspicion::ALL.len()] = [
    (
        Suspicion::Alarm,
        (
            "口座変更も出金も本人の場所でない",
            "neither the change nor the withdrawal was at the customer's place",
        ),
    ),
    (
        Suspicion::Look,
        ("どちらかが本人の場所でない", "one of them was not"),
    ),
    (Suspicion::None, ("どちらも本人の場所", "both were")),
];

impl Reported<'_> {
    /// For machines, to be signed.
    pub fn json(&self, people: Digest) -> Value {
        let (asked, answered) = (self.asked, self.answered);
        let digests = answered.files.iter().copied().chain([(FOR_PEOPLE, people)]);
        let files: serde_json::Map<String, Value> = digests
            .map(|(name, digest)| (name.to_owned(), digest.to_string().into()))
            .collect();
        let suspicions = Suspicion::ALL.iter().zip(answered.withdrawals);
        let withdrawals: serde_json::Map<String, Value> = suspicions
            .map(|(suspicion, count)| (suspicion.word().to_owned(), count.into()))
            .collect();
        let cases = answered.operation_cases.and(answered.withdrawal_cases);
        let stops: Vec<_> = answered.stops.iter().map(ToString::to_string).collect();
        json!({
            "by": asked.name,
            "ground": asked.ground.as_str(),
            "kinds": asked.kinds,
            "from": asked.from,
            "until": asked.until,
            "stops": stops,
            "summary": {
                "operations": answered.operations.json(),
                "withdrawals": withdrawals,
                "cases_opened": cases.opened,
                "cases_there": cases.already,
                "messages": cases.messages,
                "cases_failed": cases.failed,
            },
            "seconds": {
                "stop": answered.stopped,
                "operations": answered.operation_seconds,
                "withdrawals": answered.withdrawal_seconds,
                "all": self.seconds,
            },
            "files": files,
        })
    }

    /// For people.
    pub fn people(&self, language: Language) -> String {
        let mut paper = Paper {
            text: String::new(),
            language,
        };
        self.about(&mut paper);
        self.operations(&mut paper);
        self.withdrawals(&mut paper);
        self.followed(&mut paper);
        paper.text
    }

    fn about(&self, paper: &mut Paper) {
        let (asked, answered) = (self.asked, self.answered);
        let title = paper.say(("インシデント対応報告", "Answer to an incident"));
        paper.line(format!("# {title}\n"));
        let kinds: Vec<_> = asked.kinds.iter().map(|kind| kind.as_str()).collect();
        let about = [
            (("理由", "Reason"), asked.ground.as_str().to_owned()),
            (("担当者", "By"), asked.name.clone()),
            (("対象の手続き", "Operations"), kinds.join(", ")),
            (
                ("期間", "Time"),
                format!("{} – {}", asked.from, asked.until),
            ),
        ];
        for (what, value) in about {
            let what = paper.say(what);
            paper.line(format!("- {what}: {value}"));
        }
        paper.title(("停止", "Stops"), "");
        for stop in &answered.stops {
            paper.line(format!("- {stop} ({:.2} s)", answered.stopped));
        }
        if answered.stops.is_empty() {
            let none = ("今回は停止していません。", "Nothing was stopped by this.");
            let none = paper.say(none).to_owned();
            paper.line(none);
        }
    }

    fn operations(&self, paper: &mut Paper) {
        let answered = self.answered;
        let (all, seconds) = (answered.operations.all(), answered.operation_seconds);
        paper.title(
            ("対象の手続き", "Operations"),
            &format!(": {all} ({seconds:.2} s)"),
        );
        paper.head(("場所の判定", "Place"));
        for (finding, both) in FINDINGS {
            let counts = Finding::ALL.iter().zip(answered.operations.found);
            paper.row(
                both,
                counts
                    .filter(|(one, _)| **one == finding)
                    .map(|(_, count)| count)
                    .sum(),
            );
        }
    }

    fn withdrawals(&self, paper: &mut Paper) {
        let answered = self.answered;
        let (all, seconds) = (
            answered.withdrawals.iter().sum::<u64>(),
            answered.withdrawal_seconds,
        );
        paper.title(
            ("出金との照合", "Withdrawals"),
            &format!(": {all} ({seconds:.2} s)"),
        );
        paper.head(("口座変更と出金", "Change and withdrawal"));
        for (suspicion, both) in SUSPICIONS {
            let counts = Suspicion::ALL.iter().zip(answered.withdrawals);
            paper.row(
                both,
                counts
                    .filter(|(one, _)| **one == suspicion)
                    .map(|(_, count)| count)
                    .sum(),
            );
        }
    }

    fn followed(&self, paper: &mut Paper) {
        let answered = self.answered;
        let cases = answered.operation_cases.and(answered.withdrawal_cases);
        paper.title(("案件とお客様への通知", "Cases and messages"), "");
        let counts = [
            (("新しい案件", "Cases opened"), cases.opened),
            (("すでにあった案件", "Cases that were there"), cases.already),
            (
                ("開けなかった案件", "Cases that could not be opened"),
                cases.failed,
            ),
            (
                ("お客様への確認のお願い", "Messages to customers"),
                cases.messages,
            ),
        ];
        for (what, count) in counts {
            let what = paper.say(what);
            paper.line(format!("- {what}: {count}"));
        }
        paper.title(("ファイル (SHA-256)", "Files (SHA-256)"), "");
        for (name, digest) in &answered.files {
            paper.line(format!("- {name}: `{digest}`"));
        }
        let all = paper.say(("全体の所要時間", "All of it took"));
        paper.line(format!("\n{all}: {:.2} s", self.seconds));
    }
}

/// A text in the making.
struct Paper {
    text: String,
    language: Language,
}

impl Paper {
    fn say(&self, (ja, en): Both) -> &'static str {
        match self.language {
            Language::Ja => ja,
            Language::En => en,
        }
    }

    fn line(&mut self, line: String) {
        let _ = writeln!(self.text, "{line}");
    }

    fn title(&mut self, title: Both, more: &str) {
        let title = self.say(title);
        self.line(format!("\n## {title}{more}\n"));
    }

    fn head(&mut self, what: Both) {
        let (what, count) = (self.say(what), self.say(("件数", "Count")));
        self.line(format!("| {what} | {count} |\n|---|---:|"));
    }

    fn row(&mut self, what: Both, count: u64) {
        let what = self.say(what);
        self.line(format!("| {what} | {count} |"));
    }
}
