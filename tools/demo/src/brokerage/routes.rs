//! The addresses of the brokerage.
//!
//! **Invariant:** whoever is not signed in sees the first page and nothing of an account.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Form, Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, map_response};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use sekisho_browser::api::Origin;
use sekisho_core::text::half_width;
use serde::Deserialize;

use super::Brokerage;
use super::ledger::Payout;
use super::oidc::Pending;
use super::orders::{Stage, Task};
use super::pages::{
    HomePage, OrderPage, PayoutPage, PortfolioPage, Top, TroublePage, TypedAccount, WithdrawPage,
};
use super::visits::{
    DEVICE, LANGUAGE, LOGIN, Language, Member, SESSION, address, user_agent, verified,
};
use super::words::Words;
use crate::page;

/// The routes.
pub fn router(brokerage: Brokerage) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/login", get(login))
        .route("/callback", get(callback))
        .route("/logout", post(logout))
        .route("/portfolio", get(portfolio))
        .route("/withdraw", get(withdraw).post(withdrawing))
        .route("/payout-account", get(payout).post(changing))
        .route("/orders/{number}", get(order))
        .route("/hinode.css", get(page::style))
        .layer(DefaultBodyLimit::max(16 * 1024))
        .layer(from_fn(language))
        .layer(map_response(page::strict))
        .with_state(brokerage)
}

/// A choice of language (`?lang=en`) is remembered, and the page shown without it.
async fn language(request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let chosen = query.split('&').find_map(|pair| pair.strip_prefix("lang="));
    match chosen {
        Some(tag @ ("ja" | "en")) => {
            let cookie = format!("{LANGUAGE}={tag}; Path=/; Max-Age=31536000; SameSite=Lax");
            let path = request.uri().path().to_owned();
            ([(header::SET_COOKIE, cookie)], Redirect::to(&path)).into_response()
        }
        _ => next.run(request).await,
    }
}

/// Why a page is not shown.
enum No {
    /// Nobody is signed in.
    Stranger,
    /// A form without its token, or an order that is not there.
    NotFound,
    /// Sekisho or the brokerage is not well.
    Broken(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for No {
    fn from(why: E) -> Self {
        Self::Broken(why.into())
    }
}

impl axum::response::IntoResponse for No {
    fn into_response(self) -> Response {
        let (status, text) = match self {
            Self::Stranger => return Redirect::to("/").into_response(),
            Self::NotFound => (StatusCode::NOT_FOUND, "見つかりませんでした。 Not found."),
            Self::Broken(why) => {
                tracing::error!(why = format!("{why:#}"), "the brokerage could not go on");
                let text = "ただいまお手続きができません。しばらくしてからもう一度お試しください。 \
                            This cannot be done at the moment; please try again.";
                (StatusCode::BAD_GATEWAY, text)
            }
        };
        let top = Top {
            w: Words(Language::Ja),
            path: "/".to_owned(),
            csrf: None,
        };
        let mut answer = page::html(&TroublePage { top, text });
        *answer.status_mut() = status;
        answer
    }
}

impl Brokerage {
    fn member(&self, headers: &HeaderMap) -> Result<Member, No> {
        let member = self.0.visits.member(headers, self.0.clock.now());
        member.ok_or(No::Stranger)
    }

    fn posting(&self, headers: &HeaderMap, csrf: &str) -> Result<Member, No> {
        let member = self.member(headers)?;
        if member.csrf == csrf {
            Ok(member)
        } else {
            Err(No::NotFound)
        }
    }
}

fn top(headers: &HeaderMap, path: &str, member: Option<&Member>) -> Top {
    Top {
        w: Words(Language::of(headers)),
        path: path.to_owned(),
        csrf: member.map(|member| member.csrf.clone()),
    }
}

fn origin(headers: &HeaderMap, member: &Member) -> Origin {
    Origin {
        address: address(headers),
        user_agent: user_agent(headers),
        device: page::cookie(headers, DEVICE).map(str::to_owned),
        verified: member.verified.clone(),
    }
}

fn set_cookie(name: &str, value: &str, seconds: u32) -> Option<HeaderValue> {
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}");
    HeaderValue::from_str(&text).ok()
}

fn with_cookies(mut answer: Response, cookies: &[(&str, &str, u32)]) -> Response {
    for (name, value, seconds) in cookies {
        if let Some(cookie) = set_cookie(name, value, *seconds) {
            answer.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    answer
}

async fn home(State(broker): State<Brokerage>, headers: HeaderMap) -> Response {
    let member = broker.member(&headers).ok();
    page::html(&HomePage {
        top: top(&headers, "/", member.as_ref()),
    })
}

async fn login(State(broker): State<Brokerage>, headers: HeaderMap) -> Result<Response, No> {
    let pending = Pending {
        state: broker.chance()?,
        nonce: broker.chance()?,
        verifier: format!("{}{}", broker.chance()?, broker.chance()?),
    };
    let language = Language::of(&headers).tag();
    let to = broker.0.oidc.begin(&pending, language).await?;
    let key = broker.chance()?;
    broker
        .0
        .visits
        .begin(key.clone(), pending, broker.0.clock.now());
    Ok(with_cookies(
        Redirect::to(&to).into_response(),
        &[(LOGIN, &key, 1_200)],
    ))
}

/// The answer to an authorization request.
#[derive(Deserialize)]
struct Answer {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
}

async fn callback(
    State(broker): State<Brokerage>,
    Query(answer): Query<Answer>,
    headers: HeaderMap,
) -> Result<Response, No> {
    let now = broker.0.clock.now();
    let pending = broker
        .0
        .visits
        .answered(&headers, now)
        .ok_or(No::NotFound)?;
    if answer.state.as_deref() != Some(&pending.state)
        || !broker.0.oidc.is_issuer(answer.iss.as_deref())
    {
        return Err(No::NotFound);
    }
    let Some(code) = answer.code else {
        return Err(No::Stranger);
    };
    let (claims, id_token) = broker.0.oidc.finish(&pending, &code, now).await?;
    let (key, csrf) = (broker.chance()?, broker.chance()?);
    let member = Member {
        verified: verified(&claims.amr),
        customer: claims.sub,
        id_token,
        csrf,
    };
    broker.0.visits.open(key.clone(), member, now);
    let device = match page::cookie(&headers, DEVICE) {
        Some(known) => known.to_owned(),
        None => broker.chance()?,
    };
    let cookies = [
        (SESSION, key.as_str(), 3_600),
        (DEVICE, &device, 31_536_000),
        (LOGIN, "", 0),
    ];
    Ok(with_cookies(
        Redirect::to("/portfolio").into_response(),
        &cookies,
    ))
}

#[derive(Deserialize)]
struct Csrf {
    csrf: String,
}

async fn logout(
    State(broker): State<Brokerage>,
    headers: HeaderMap,
    Form(form): Form<Csrf>,
) -> Result<Response, No> {
    let member = broker.posting(&headers, &form.csrf)?;
    broker.0.visits.close(&headers, broker.0.clock.now());
    let back = format!("{}/", broker.0.own);
    let to = broker.0.oidc.end(&member.id_token, &back).await?;
    Ok(with_cookies(
        Redirect::to(&to).into_response(),
        &[(SESSION, "", 0)],
    ))
}

async fn portfolio(State(broker): State<Brokerage>, headers: HeaderMap) -> Result<Response, No> {
    let member = broker.member(&headers)?;
    let account = broker.0.ledger.account(&member.customer);
    Ok(page::html(&PortfolioPage {
        top: top(&headers, "/portfolio", Some(&member)),
        total: account.total(),
        account,
    }))
}

async fn withdraw(State(broker): State<Brokerage>, headers: HeaderMap) -> Result<Response, No> {
    let member = broker.member(&headers)?;
    Ok(page::html(&WithdrawPage {
        top: top(&headers, "/withdraw", Some(&member)),
        account: broker.0.ledger.account(&member.customer),
        typed: String::new(),
        error: None,
    }))
}

#[derive(Deserialize)]
struct Withdrawing {
    csrf: String,
    amount: String,
}

async fn withdrawing(
    State(broker): State<Brokerage>,
    headers: HeaderMap,
    Form(form): Form<Withdrawing>,
) -> Result<Response, No> {
    let member = broker.posting(&headers, &form.csrf)?;
    let account = broker.0.ledger.account(&member.customer);
    let top = top(&headers, "/withdraw", Some(&member));
    let yen = half_width(&form.amount)
        .replace([',', ' ', '¥', '円'], "")
        .parse::<i64>();
    let error = match (&yen, &account.payout) {
        (_, None) => Some(top.w.say(
            "先に出金先口座をご登録ください。",
            "Please register a payout account first.",
        )),
        (Ok(yen), _) if *yen < 1 => Some(top.w.say("1円以上でご入力ください。", "At least 1 yen.")),
        (Ok(yen), _) if *yen > account.cash => Some(
            top.w
                .say("お預り金を超えています。", "This is more than your cash."),
        ),
        (Err(_), _) => Some(
            top.w
                .say("金額を数字でご入力ください。", "Please give a number."),
        ),
        _ => None,
    };
    match (error, yen, account.payout.clone()) {
        (None, Ok(yen), Some(payout)) => {
            let task = Task::Withdraw { yen, payout };
            send(&broker, &headers, &member, task).await
        }
        _ => {
            let typed = form.amount;
            let mut answer = page::html(&WithdrawPage {
                top,
                account,
                typed,
                error,
            });
            *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(answer)
        }
    }
}

async fn payout(State(broker): State<Brokerage>, headers: HeaderMap) -> Result<Response, No> {
    let member = broker.member(&headers)?;
    Ok(page::html(&PayoutPage {
        top: top(&headers, "/payout-account", Some(&member)),
        account: broker.0.ledger.account(&member.customer),
        typed: TypedAccount::default(),
        error: None,
    }))
}

async fn changing(
    State(broker): State<Brokerage>,
    headers: HeaderMap,
    Form(form): Form<TypedAccount>,
) -> Result<Response, No> {
    let member = broker.posting(&headers, &form.csrf)?;
    let digits = |text: &str, many: usize| {
        let text = half_width(text.trim());
        (text.len() == many && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
    };
    let read = (
        digits(&form.bank, 4),
        digits(&form.branch, 3),
        digits(&form.number, 7),
    );
    let holder = form.holder.trim().to_owned();
    let known = ["ordinary", "current", "savings"].contains(&form.account_type.as_str());
    if let ((Some(bank), Some(branch), Some(number)), true, false) =
        (read, known, holder.is_empty())
    {
        let task = Task::ChangePayout(Payout {
            account_type: form.account_type,
            bank,
            branch,
            holder,
            number,
        });
        return send(&broker, &headers, &member, task).await;
    }
    let top = top(&headers, "/payout-account", Some(&member));
    let error = Some(top.w.say(
        "銀行コードは4桁、支店コードは3桁、口座番号は7桁の数字で、名義もご入力ください。",
        "Please give 4 digits of the bank, 3 of the branch, 7 of the account, and its holder.",
    ));
    let mut answer = page::html(&PayoutPage {
        top,
        account: broker.0.ledger.account(&member.customer),
        typed: form,
        error,
    });
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

/// Has the task guarded, and sends the browser to where it goes on.
async fn send(
    broker: &Brokerage,
    headers: &HeaderMap,
    member: &Member,
    task: Task,
) -> Result<Response, No> {
    let (number, stage) = broker.order(member, task, origin(headers, member)).await?;
    Ok(match stage {
        Stage::Confirming(confirm) => Redirect::to(&confirm).into_response(),
        Stage::Done | Stage::Held | Stage::Stopped => {
            Redirect::to(&format!("/orders/{number}")).into_response()
        }
    })
}

async fn order(
    State(broker): State<Brokerage>,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Result<Response, No> {
    let member = broker.member(&headers)?;
    let order = broker.look(&member, &number).await?.ok_or(No::NotFound)?;
    Ok(page::html(&OrderPage {
        top: top(&headers, &format!("/orders/{number}"), Some(&member)),
        order,
    }))
}
