//! What the demo says when everything answers: on the screen for people, in a file for tests.
//!
//! **Invariant:** whatever is said can be done at once.

use std::path::Path;

use serde_json::json;

use crate::cast::PASSWORD;
use crate::folder::write_at_once;
use crate::seed::payout;
use crate::stage::Stage;

/// Tells people, in both languages.
pub fn tell(stage: &Stage) {
    let Stage {
        addresses, cast, ..
    } = stage;
    let customer = &cast.genuine.customer;
    let (mail, broker) = (&customer.mail, &addresses.broker);
    println!(
        "
  ひので証券 (証券会社 / the brokerage)   {broker}
  受信箱    (メールとSMS / messages)      {}
  関所      (Sekisho)                     {}
  管理コンソール (console)                {}/enrol

  お客様 / customer   {}{}
  メール / mail       {mail}
  パスワード / password  {PASSWORD}
  監視担当 / staff    {} (シークレット / secret: {})

  試すこと
  1. {broker} でログインし、受信箱に届くコードを入れて、出金してみてください。
     確認ページには金額と出金先が大きく出ます。コードはその内容だけに効きます。
  2. 別のブラウザから同じパスワードでログインし、コードを5回まちがえてみてください。
     受信箱に、お客様へのお知らせが届きます。
  3. 「ログインのお知らせ」の連絡コードを {}/report に入れてください。
     口座がすぐに止まり、ログインも出金もできなくなります。
  4. 管理コンソールに上の名前とシークレットを入れ、パスキーを作ってログインしてください。
  5. {}/drills で攻撃の訓練をはじめ、何に気づいたかを見てください。

  Things to try
  1. Sign in at {broker}, type the code from the message box, and withdraw some money.
     The page shows amount and payee in large letters; the code is good for exactly those.
  2. Sign in with the same password in another browser and mistype the code five times.
     The customer is told by mail.
  3. Type the report code of a sign-in mail at {}/report.
     The account stops at once: no more signing in, no more withdrawals.
  4. Type name and secret of the staff at the console, make a passkey, and sign in with it.
  5. Play an attack at {}/drills and see what was noticed.

  Ctrl-C で終わります / ends it.
",
        addresses.messages,
        addresses.sekisho,
        addresses.console,
        customer.family.kanji,
        customer.given.kanji,
        stage.staff.0,
        stage.staff.1,
        addresses.sekisho,
        addresses.messages,
        addresses.sekisho,
        addresses.messages,
    );
}

/// Tells a test, as `e2e/README.md` says.
pub fn write(stage: &Stage, file: &Path) -> anyhow::Result<()> {
    let Stage {
        addresses,
        cast,
        given,
        ..
    } = stage;
    let broker = &addresses.broker;
    let (customer, usual) = (&cast.genuine.customer, &cast.genuine.usual);
    let told = json!({
        "sekisho": addresses.sekisho,
        "broker": broker,
        "messages": addresses.messages,
        "console": addresses.console,
        "staff": {"name": stage.staff.0, "secret": stage.staff.1},
        "customer": {
            "name": customer.mail,
            "password": PASSWORD,
            "payout": payout(&customer.payout),
            "usual": {"address": usual.address.to_string(), "user_agent": usual.user_agent},
        },
        "application": {
            "client_id": given.client_id,
            "client_secret": given.client_secret,
            "redirect_uri": format!("{broker}/callback"),
            "post_logout_redirect_uri": format!("{broker}/"),
            "token": given.token,
        },
    });
    write_at_once(file, &serde_json::to_vec_pretty(&told)?)
}
