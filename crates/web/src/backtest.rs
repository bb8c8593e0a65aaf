//! What a back-test found, with its plots and a table beside each: as one file that opens in any
//! browser, and as a part of a page of the console.
//!
//! **Invariant:** it loads nothing, runs nothing, and names no customer.

use std::fmt::Write as _;

use sekisho_core::id::DecisionId;
use sekisho_core::moment::Moment;
use sekisho_core::notice::Locale;
use sekisho_core::risk::replay::{Known, Tally};

const STYLE: &str = "\
:root{color-scheme:light dark;--was:#6b7280;--then:#b45309;--line:#d1d5db;--ink:#111827;--paper:#fff}\
@media(prefers-color-scheme:dark){:root{--was:#9ca3af;--then:#f59e0b;--line:#374151;--ink:#e5e7eb;\
--paper:#111827}}\
body{font:16px/1.7 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;\
color:var(--ink);background:var(--paper)}\
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}\
table{border-collapse:collapse;font-variant-numeric:tabular-nums}\
th,td{padding:.2rem .8rem;border-bottom:1px solid var(--line);text-align:left}\
td.n,th.n{text-align:right}.scroll{overflow-x:auto}code{font-size:.9em}\
svg.days{width:100%;height:auto}svg text{fill:var(--ink);font:12px system-ui,sans-serif}\
.was{stroke:var(--was);fill:none;stroke-width:2;stroke-dasharray:5 3}\
.then{stroke:var(--then);fill:none;stroke-width:2}.grid{stroke:var(--line)}\
rect.was{fill:var(--was);stroke:none}rect.then{fill:var(--then);stroke:none}";

/// The drawing of the days: its size, and where the axes are.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 56.0;
const BOTTOM: f64 = 28.0;

/// Days that a page draws one by one; of more, the last.
const MOST_DAYS: usize = 400;

/// Text in one language or the other: Japanese first.
struct Words {
    locale: Locale,
    /// Whether decisions that are named are links to their pages in the console.
    links: bool,
}

impl Words {
    fn say(&self, ja: &'static str, en: &'static str) -> &'static str {
        match self.locale {
            Locale::Ja => ja,
            Locale::En => en,
        }
    }

    fn decision(&self, id: DecisionId) -> String {
        match self.links {
            true => format!("<a href=\"/decisions/{id}\"><code>{id}</code></a>"),
            false => format!("<code>{id}</code>"),
        }
    }
}

/// What was found as a part of a page, beginning with tables and second headings; with `links` the
/// decisions that it names lead to their pages.
#[must_use]
pub fn part(tally: &Tally, locale: Locale, links: bool) -> String {
    let (words, mut part) = (Words { locale, links }, String::new());
    told(&mut part, tally, &words);
    part
}

fn told(page: &mut String, tally: &Tally, words: &Words) {
    counted(page, tally, words);
    changes(page, tally, words);
    days(page, tally, words);
    known(page, tally, words);
    reasons(page, tally, words);
}

/// What was found as one file.
#[must_use]
pub fn page(tally: &Tally, version: &str, locale: Locale) -> String {
    let words = Words {
        locale,
        links: false,
    };
    let tag = words.say("ja", "en");
    let title = words.say("ルールのバックテスト", "Back-test of rules");
    let version = escaped(version);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>{title} {version}</title><style>{STYLE}</style></head><body><main>\
         <h1>{title} <code>{version}</code></h1>\n"
    );
    told(&mut page, tally, &words);
    page.push_str("</main></body></html>\n");
    page
}

fn counted(page: &mut String, tally: &Tally, words: &Words) {
    let rows = [
        (words.say("再判定した件数", "judged again"), tally.judged()),
        (
            words.say(
                "対象外（ルールの判定がない、または記録が古い）",
                "left out: no rules judged, or too long ago",
            ),
            tally.apart,
        ),
        (
            words.say(
                "対象外（当時の判定が記録されていない）",
                "left out: what rules said is not recorded",
            ),
            tally.otherwise,
        ),
    ];
    page.push_str("<table class=\"list\">");
    for (what, count) in rows {
        let _ = write!(
            page,
            "<tr><th scope=\"row\">{what}</th><td class=\"n\">{count}</td></tr>"
        );
    }
    page.push_str("</table>\n");
}

fn heading(page: &mut String, text: &str) {
    let _ = writeln!(page, "<h2>{text}</h2>");
}

/// A table's head; numbers stand right. What scrolls has a name and is reached by the keyboard.
fn head(page: &mut String, title: &str, names: &[(&str, bool)]) {
    let _ = write!(
        page,
        "<div class=\"scroll\" role=\"group\" aria-label=\"{title}\" tabindex=\"0\">\
         <table class=\"list\"><thead><tr>"
    );
    for (name, number) in names {
        let class = if *number { " class=\"n\"" } else { "" };
        let _ = write!(page, "<th scope=\"col\"{class}>{name}</th>");
    }
    page.push_str("</tr></thead><tbody>");
}

fn changes(page: &mut String, tally: &Tally, words: &Words) {
    let title = words.say("判定の変化", "Verdicts that would be others");
    heading(page, title);
    if tally.turns.is_empty() {
        let _ = writeln!(page, "<p>{}</p>", words.say("変化なし", "none"));
        return;
    }
    head(
        page,
        title,
        &[
            (words.say("現在", "was"), false),
            (words.say("新しいルール", "would be"), false),
            (words.say("件数", "decisions"), true),
            (words.say("例", "such as"), false),
        ],
    );
    for (turn, (count, examples)) in &tally.turns {
        let examples: Vec<_> = examples.iter().map(|id| words.decision(*id)).collect();
        let _ = write!(
            page,
            "<tr><td>{}</td><td>{}</td><td class=\"n\">{count}</td><td>{}</td></tr>",
            turn.was.word(),
            turn.would_be.word(),
            examples.join("<br>"),
        );
    }
    page.push_str("</tbody></table></div>\n");
}

fn days(page: &mut String, tally: &Tally, words: &Words) {
    let title = words.say(
        "追加確認・保留・拒否の対象となったお客様（日別）",
        "Customers who were asked, held or refused, by day",
    );
    heading(page, title);
    let all: Vec<_> = tally
        .days
        .iter()
        .map(|(day, whom)| (*day, [whom[0].len(), whom[1].len()]))
        .collect();
    let shown = all
        .get(all.len().saturating_sub(MOST_DAYS)..)
        .unwrap_or_default();
    if shown.len() < all.len() {
        let text = words.say("直近400日を表示しています。", "The last 400 days.");
        let _ = writeln!(page, "<p>{text}</p>");
    }
    if shown.len() > 1 {
        draw(page, shown, words);
    }
    let summary = words.say("表で見る", "As a table");
    let _ = write!(page, "<details><summary>{summary}</summary>");
    head(
        page,
        title,
        &[
            (words.say("日（UTC）", "day (UTC)"), false),
            (words.say("現在", "was"), true),
            (words.say("新しいルール", "would be"), true),
        ],
    );
    for (day, [was, then]) in shown {
        let _ = write!(
            page,
            "<tr><td>{}</td><td class=\"n\">{was}</td><td class=\"n\">{then}</td></tr>",
            date(*day)
        );
    }
    page.push_str("</tbody></table></div></details>\n");
}

/// Two lines over the days: as it was dashed, as it would be solid.
fn draw(page: &mut String, days: &[(i64, [usize; 2])], words: &Words) {
    let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    let most = days.iter().flat_map(|(_, both)| both).copied().max();
    // Even, so that half of it is a whole number, too.
    let top = count(most.unwrap_or_default().max(1).next_multiple_of(2));
    let (first, last) = (days[0].0, days[days.len() - 1].0);
    let span = count(usize::try_from(last - first).unwrap_or_default()).max(1.0);
    let x = |day: i64| {
        let along = count(usize::try_from(day - first).unwrap_or_default());
        LEFT + (WIDTH - LEFT - 8.0) * along / span
    };
    let y = |number: f64| 8.0 + (HEIGHT - BOTTOM - 8.0) * (1.0 - number / top);
    let title = words.say(
        "日別のお客様数。破線は現在、実線は新しいルール。",
        "Customers by day: dashed as it was, solid as it would be.",
    );
    let _ = write!(
        page,
        "<svg class=\"days\" role=\"img\" viewBox=\"0 0 {WIDTH} {HEIGHT}\"><title>{title}</title>"
    );
    for share in [0.0, 0.5, 1.0] {
        let (at, number) = (y(top * share), top * share);
        let _ = write!(
            page,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{number:.0}</text>",
            LEFT - 6.0,
            at + 4.0
        );
    }
    for (day, anchor) in [(first, "start"), (last, "end")] {
        let _ = write!(
            page,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
            x(day),
            HEIGHT - 8.0,
            date(day)
        );
    }
    for (which, class) in ["was", "then"].into_iter().enumerate() {
        let points: Vec<_> = days
            .iter()
            .map(|(day, both)| format!("{:.1},{:.1}", x(*day), y(count(both[which]))))
            .collect();
        let _ = write!(
            page,
            "<polyline class=\"{class}\" points=\"{}\"/>",
            points.join(" ")
        );
    }
    let _ = writeln!(page, "</svg><p>{title}</p>");
}

fn known(page: &mut String, tally: &Tally, words: &Words) {
    let title = words.say("結果が分かっているもの", "Where it is known what it was");
    heading(page, title);
    let [was, then] = &tally.known;
    if was.fraud + was.genuine == 0 {
        let text = words.say(
            "不正か本人かが分かっている判定がないため、適合率・再現率は出せません。",
            "Of none is it known whether it was fraud: no precision, no recall.",
        );
        let _ = writeln!(page, "<p>{text}</p>");
        return;
    }
    let share = |share: Option<f64>| match share {
        Some(share) => format!("{:.1} %", 100.0 * share),
        None => "–".to_owned(),
    };
    let part = |part: u64, whole: u64| format!("{part} / {whole}");
    type Figure<'a> = (&'static str, &'a dyn Fn(&Known) -> String);
    let rows: [Figure<'_>; 4] = [
        (
            words.say("止めた不正", "fraud that is stopped"),
            &|known| part(known.fraud_stopped, known.fraud),
        ),
        (words.say("再現率", "recall"), &|known| {
            share(known.recall())
        }),
        (
            words.say("止めた本人の操作", "genuine that is stopped"),
            &|known| part(known.genuine_stopped, known.genuine),
        ),
        (words.say("適合率", "precision"), &|known| {
            share(known.precision())
        }),
    ];
    head(
        page,
        title,
        &[
            (words.say("項目", "of what"), false),
            (words.say("現在", "was"), true),
            (words.say("新しいルール", "would be"), true),
        ],
    );
    for (what, figure) in rows {
        let _ = write!(
            page,
            "<tr><th scope=\"row\">{what}</th><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            figure(was),
            figure(then)
        );
    }
    page.push_str("</tbody></table></div>\n");
}

/// Each reason with a bar for as it was and one for as it would be.
fn reasons(page: &mut String, tally: &Tally, words: &Words) {
    let title = words.say("理由", "Reasons");
    heading(page, title);
    let most = tally
        .reasons
        .values()
        .flat_map(|(was, then)| [*was, *then])
        .max();
    let most = most.unwrap_or_default().max(1);
    head(
        page,
        title,
        &[
            (words.say("理由", "reason"), false),
            (words.say("現在", "was"), true),
            (words.say("新しいルール", "would be"), true),
            (words.say("比較", "both"), false),
        ],
    );
    for (reason, (was, then)) in &tally.reasons {
        // A bar of at most 160 units; whole numbers are enough for it.
        let width = |count: u64| count.saturating_mul(160) / most;
        let _ = write!(
            page,
            "<tr><th scope=\"row\"><code>{}</code></th><td class=\"n\">{was}</td><td class=\"n\">{then}</td>\
             <td><svg class=\"bars\" aria-hidden=\"true\" viewBox=\"0 0 160 16\" width=\"160\" height=\"16\">\
             <rect class=\"was\" y=\"1\" height=\"6\" width=\"{}\"/>\
             <rect class=\"then\" y=\"9\" height=\"6\" width=\"{}\"/></svg></td></tr>",
            escaped(reason.code()),
            width(*was),
            width(*then)
        );
    }
    page.push_str("</tbody></table></div>\n");
}

fn date(day: i64) -> String {
    let text = Moment(day.saturating_mul(86_400_000_000)).to_string();
    text.split('T').next().unwrap_or_default().to_owned()
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_core::reason::Reason;

    fn tally() -> Tally {
        let mut tally = Tally {
            entries: 9,
            apart: 1,
            ..Tally::default()
        };
        for (day, whom) in [(20_000, [2_u8, 3]), (20_002, [0, 1])] {
            let both = tally.days.entry(day).or_default();
            for (customers, count) in both.iter_mut().zip(whom) {
                customers.extend((0..count).map(|who| [who; 16]));
            }
        }
        tally.reasons.insert(Reason::Proved, (4, 2));
        tally
    }

    #[test]
    fn a_page_is_whole_and_takes_nothing_from_a_name() {
        for locale in [Locale::Ja, Locale::En] {
            let page = page(&tally(), "<script>x", locale);
            assert!(!page.contains("<script"), "{page}");
            assert!(page.contains("&lt;script&gt;x"));
            assert!(page.contains("2024-10-04") && page.contains("2024-10-06"));
            assert_eq!(page.matches("<polyline").count(), 2);
            for tag in ["table", "svg", "tr", "main", "details", "div"] {
                let (opened, closed) = (format!("<{tag}"), format!("</{tag}>"));
                assert_eq!(
                    page.matches(&opened).count(),
                    page.matches(&closed).count(),
                    "{tag}"
                );
            }
        }
    }

    #[test]
    fn a_part_has_no_style_of_its_own_and_leads_to_decisions_where_they_may_be_seen() {
        let mut tally = tally();
        let turn = sekisho_core::risk::replay::Turn {
            was: sekisho_core::verdict::VerdictKind::Allow,
            would_be: sekisho_core::verdict::VerdictKind::Refuse,
        };
        tally.turns.insert(turn, (1, vec![DecisionId([1; 16])]));
        for links in [false, true] {
            let part = part(&tally, Locale::En, links);
            assert!(!part.contains("style"), "the console's pages allow none");
            assert_eq!(part.contains("href=\"/decisions/dec_"), links);
            assert!(part.contains("<code>dec_") && part.contains("refuse"));
        }
    }

    #[test]
    fn nothing_to_tell_is_a_page_too() {
        let page = page(&Tally::default(), "1", Locale::En);
        assert!(page.contains("none") && page.contains("no precision"));
        assert!(!page.contains("<polyline") && !page.contains("NaN"));
    }
}
