//! `/security/devices`: browsers and phones that are remembered, named and forgotten.
//!
//! **Invariant:** the forms of one device change no other.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use sekisho_core::id::DeviceId;
use sekisho_core::notice::Locale;
use sekisho_gate::{DeviceAnswer, DeviceName, ShownDevice};

use super::arrival::{Arrival, forget};
use super::frame::Frame;
use super::posted::Posted;
use super::row::program;
use super::trouble::Trouble;
use crate::cookies;
use crate::texts::{Texts, When};

const PATH: &str = "/security/devices";

/// A device as templates show it.
#[derive(Clone, Debug)]
pub struct DeviceLine {
    pub this: bool,
    pub title: String,
    pub name: String,
    pub client: String,
    pub since: When,
    pub last: When,
    /// Its id, for ids of fields.
    pub id: String,
    pub csrf: String,
    pub forget_csrf: String,
}

#[derive(Template)]
#[template(path = "forget_device.html")]
pub struct ForgetDevicePage {
    pub f: Frame,
    pub told: Option<&'static str>,
    pub devices: Vec<DeviceLine>,
}

impl DeviceLine {
    /// The words for `device`; `tokens` are those of its two forms.
    pub fn of(device: &ShownDevice, tokens: (String, String), locale: Locale) -> Self {
        let texts = Texts::of(locale);
        let client = program(device.client, texts);
        Self {
            this: device.this,
            title: device.name.clone().unwrap_or_else(|| client.clone()),
            name: device.name.clone().unwrap_or_default(),
            client,
            since: When::of(device.since, locale),
            last: When::of(device.last, locale),
            id: device.id.to_string(),
            csrf: tokens.0,
            forget_csrf: tokens.1,
        }
    }
}

fn naming(id: DeviceId) -> String {
    format!("name_device:{id}")
}

fn forgetting(id: DeviceId) -> String {
    format!("forget_device:{id}")
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let words = arrival.texts().forget_device;
    let told = match arrival.asked("told").as_deref() {
        Some("forgotten") => Some(words.forgotten),
        Some("named") => Some(words.named),
        Some("name") => Some(words.bad_name),
        _ => None,
    };
    let gate = &arrival.app().gate;
    let devices = gate.devices(&session, arrival.visitor()).await?;
    let token = |form: String| gate.csrf_token(arrival.session_binding(), &form);
    let line = |device: &ShownDevice| {
        let tokens = (token(naming(device.id)), token(forgetting(device.id)));
        DeviceLine::of(device, tokens, arrival.locale())
    };
    let page = ForgetDevicePage {
        f: Frame::of_member(&arrival, words.title),
        told,
        devices: devices.iter().map(line).collect(),
    };
    Ok(arrival.shown(&page))
}

fn back(answer: DeviceAnswer, told: &str) -> Result<Response, Trouble> {
    match answer {
        DeviceAnswer::Done => Ok(Redirect::to(&format!("{PATH}?told={told}")).into_response()),
        DeviceAnswer::Unknown => Err(Trouble::NotFound),
    }
}

pub async fn name(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let arrival = &posted.arrival;
    let session = arrival.member().await?;
    let id: DeviceId = id.parse().map_err(|_| Trouble::NotFound)?;
    posted.proves_member(&naming(id))?;
    let text = posted.form.text("name").trim();
    let name = match text {
        "" => None,
        text => match DeviceName::parse(text) {
            Ok(name) => Some(name),
            Err(_) => return back(DeviceAnswer::Done, "name"),
        },
    };
    let gate = &arrival.app().gate;
    back(gate.name_device(&session, id, name).await?, "named")
}

pub async fn submit(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let arrival = &posted.arrival;
    let session = arrival.member().await?;
    let id: DeviceId = id.parse().map_err(|_| Trouble::NotFound)?;
    posted.proves_member(&forgetting(id))?;
    let gate = &arrival.app().gate;
    let devices = gate.devices(&session, arrival.visitor()).await?;
    let this = devices.iter().any(|device| device.this && device.id == id);
    let answer = gate.forget_device(&session, id, arrival.visitor()).await?;
    let mut response = back(answer, "forgotten")?;
    if this {
        forget(response.headers_mut(), cookies::DEVICE);
    }
    Ok(response)
}
