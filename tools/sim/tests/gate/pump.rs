//! The guard against SMS pumping: what outsiders can ask for is counted before it is handed over.

use secrecy::ExposeSecret as _;
use sekisho_core::known::NoticeState;
use sekisho_core::moment::Span;
use sekisho_core::reason::Reason;
use sekisho_gate::{Channels, CodeAnswer, SignInAnswer, Sms, SmsConfig};
use sekisho_sim::installation::{Installation, PASSWORD, typed, visitor};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// A gateway that accepts everything, and what it was given.
async fn gateway() -> (Channels, UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (took, taken) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            let mut some = [0; 4096];
            while !request.ends_with(b"\"}") {
                match stream.read(&mut some).await {
                    Ok(0) | Err(_) => break,
                    Ok(length) => request.extend_from_slice(&some[..length]),
                }
            }
            let _sent = took.send(String::from_utf8_lossy(&request).into_owned());
            let _answered = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        }
    });
    let sms = Sms::new(&SmsConfig::plain(&url)).unwrap();
    (
        Channels::new("ひので証券".to_owned(), None, Some(sms)),
        taken,
    )
}

async fn asks(here: &Installation, phone: &str) {
    let mut wish = typed(PASSWORD, &visitor([203, 0, 113, 7]));
    wish.login = phone.to_owned();
    here.gate.sign_in(wish).await.unwrap();
}

async fn dropped(here: &Installation, reason: Reason) -> usize {
    let dead = here.gate.notices(NoticeState::Dead, 100).await.unwrap();
    let said = dead
        .iter()
        .filter_map(|notice| notice.last_error.as_deref());
    said.filter(|error| *error == reason.sentence()).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_where_nobody_is_a_customer_get_nothing() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (channels, mut taken) = gateway().await;
        let numbers = ["+819000000001", "+81312345678", "+94771234567"];
        for (place, number) in numbers.into_iter().enumerate() {
            here.customer(&format!("P-{place}"), number).await.unwrap();
            asks(&here, number).await;
        }
        here.gate.deliver_due(&channels).await.unwrap();
        assert!(taken.recv().await.unwrap().contains(numbers[0]));
        assert!(taken.try_recv().is_err(), "and nobody else");
        assert_eq!(dropped(&here, Reason::TextCountryClosed).await, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_gets_so_many_codes_in_a_day_whatever_asks_for_them() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (channels, mut taken) = gateway().await;
        let number = "+819000000001";
        here.customer("P-1", number).await.unwrap();
        for round in 1..=30 {
            asks(&here, number).await;
            here.gate.deliver_due(&channels).await.unwrap();
            // Past the pause after ten messages, so that the guard alone is left.
            let pause = if round % 10 == 0 { 16 * 60 } else { 1 };
            here.pass(Span::seconds(pause));
        }
        let mut sent = 0;
        while taken.try_recv().is_ok() {
            sent += 1;
        }
        assert_eq!(sent, 20);
        assert_eq!(dropped(&here, Reason::TextNumberLimit).await, 10);
        here.pass(Span::hours(24));
        asks(&here, number).await;
        here.gate.deliver_due(&channels).await.unwrap();
        assert!(taken.try_recv().is_ok(), "the next day");
    }
}

/// A sign-in that waits for its code.
async fn waits(here: &Installation, phone: &str) -> String {
    let mut wish = typed(PASSWORD, &visitor([203, 0, 113, 7]));
    wish.login = phone.to_owned();
    let answer = here.gate.sign_in(wish).await.unwrap();
    let SignInAnswer::StepUp { interaction } = answer else {
        panic!("{answer:?}")
    };
    interaction.text().expose_secret().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn where_hardly_any_code_is_typed_no_more_are_sent_and_each_that_is_lets_five_out() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let (channels, mut taken) = gateway().await;
        let number = |place: u32| format!("+819000000{place:03}");
        for place in 0..60 {
            let reference = format!("P-{place}");
            here.customer(&reference, &number(place)).await.unwrap();
        }
        let answered = waits(&here, &number(0)).await;
        let code = here.code().await.unwrap();
        for place in 1..52 {
            waits(&here, &number(place)).await;
            here.gate.deliver_due(&channels).await.unwrap();
        }
        // What says that the customer signed in is sent whatever the guard says.
        let mut codes = || {
            let sent = std::iter::from_fn(|| taken.try_recv().ok());
            sent.filter(|text| text.contains("認証コード")).count()
        };
        assert_eq!(codes(), 50);
        assert_eq!(dropped(&here, Reason::TextUnanswered).await, 2);
        let home = visitor([203, 0, 113, 7]);
        let right = here.gate.answer(&answered, &code, &home).await.unwrap();
        assert!(matches!(right, CodeAnswer::Opened(_)), "{right:?}");
        for place in 52..60 {
            waits(&here, &number(place)).await;
            here.gate.deliver_due(&channels).await.unwrap();
        }
        assert_eq!(codes(), 5);
    }
}
