//! Words of the pages before and at the door: first page, sign-in, one-time code, registration,
//! sign-out.
//!
//! **Invariant:** nothing said here tells whether an account exists.

use super::words;

words! {
    /// The first page.
    LandingWords {
        title: "ログインと口座の保護", "Signing in and protecting your account";
        lead: "{name}のログイン、お手続きの確認、口座の保護を行うページです。",
            "This is where {name} lets you sign in, confirms what you do, and protects your account.";
        sign_in: "ログインする", "Sign in";
        sign_up: "はじめての方: 新規登録", "New here? Register";
        report_title: "身に覚えのない通知が届いたら", "A message about something you did not do?";
        report_text: "お知らせに書かれた連絡コードを入力すると、ログインしなくても、すぐに口座を凍結できます。",
            "Type the report code from the message and your account is frozen at once, without signing in.";
        report: "これは私ではありません", "This was not me";
    }
}

words! {
    /// Sign-in.
    SignInWords {
        title: "ログイン", "Sign in";
        onward: "ログインすると「{application}」に進みます。", "After signing in you continue to {application}.";
        again: "ご本人であることをもう一度確認します。", "Please show once more that it is you.";
        over: "操作がないまま時間が経ったか、手続きが終わっています。もう一度ログインしてください。",
            "Time has run out, or this step is closed. Please sign in again.";
        needed: "続けるには、ログインしてください。", "Please sign in to continue.";
        login: "メールアドレスまたは電話番号", "Email address or phone number";
        password: "パスワード", "Password";
        shared: "ほかの人も使う端末です（店頭やインターネットカフェなど）", "Others use this device too (in a shop or library)";
        shared_hint: "この端末を記憶せず、ログアウトのときにブラウザーに残ったものを消します。", "It is not remembered, and signing out removes what was left in the browser.";
        submit: "ログインする", "Sign in";
        sign_up: "はじめての方は新規登録", "New here? Register";
        refused: "ログインできませんでした。メールアドレスまたは電話番号とパスワードをお確かめください。失敗が続くと、安全のためしばらくログインできなくなります。",
            "You could not be signed in. Check the email address or phone number and the password. After repeated failures signing in is closed for a while.";
        passkey_needed: "お客さまのログインには、登録済みのパスキーを使います。「パスキーでログイン」からお進みください。パスキーをなくされたときは、下の「パスキーをなくしたとき」からお手続きください。",
            "Your account signs in with its passkey. Use the passkey button below; if you have lost the passkey, follow the link for that.";
        login_missing: "メールアドレスまたは電話番号を入力してください。", "Enter your email address or phone number.";
        password_missing: "パスワードを入力してください。", "Enter your password.";
    }
}

words! {
    /// The one-time code.
    CodeWords {
        title: "認証コードの入力", "Enter your code";
        sent_mail: "{to} に6桁の認証コードをメールで送りました。", "We sent a 6-digit code by email to {to}.";
        sent_sms: "{to} に6桁の認証コードをSMSで送りました。", "We sent a 6-digit code by text message to {to}.";
        minutes: "コードは{minutes}分間有効です。", "The code works for {minutes} minutes.";
        label: "認証コード (6桁)", "Code (6 digits)";
        submit: "確認する", "Continue";
        resend_title: "コードが届かないとき", "No code?";
        resend_text: "迷惑メールのフォルダーもご確認ください。{seconds}秒待つと、もう一度送れます。",
            "Look into your spam folder too. You can ask for another one after {seconds} seconds.";
        resend: "コードをもう一度送る", "Send another code";
        sent_again: "新しいコードを送りました。前のコードは使えません。",
            "We sent a new code. The one before no longer works.";
        wait: "あと{seconds}秒待ってから、もう一度お送りください。", "Please wait {seconds} more seconds before asking again.";
        begin_again: "はじめからやり直す", "Begin again";
        wrong: "コードが正しくありません。最後に届いたコードを入力してください。",
            "That code is not right. Enter the code that came last.";
        shape: "6桁の数字を入力してください。", "Enter the 6 digits.";
    }
}

words! {
    /// Registration.
    SignUpWords {
        title: "新規登録", "Register";
        lead: "メールアドレスまたは電話番号に認証コードを送り、ご本人のものであることを確認します。",
            "We send a code to your email address or phone number, to see that it is yours.";
        login: "メールアドレスまたは電話番号", "Email address or phone number";
        login_hint: "例: name@example.jp または 090-1234-5678", "For instance name@example.jp or 090-1234-5678";
        password: "パスワード", "Password";
        submit: "認証コードを送る", "Send me a code";
        sign_in: "登録ずみの方はログイン", "Registered already? Sign in";
        bad_login: "メールアドレス (例: name@example.jp) または電話番号 (例: 090-1234-5678) を入力してください。",
            "Enter an email address such as name@example.jp or a phone number such as 090-1234-5678.";
        password_missing: "パスワードを入力してください。", "Enter a password.";
    }
}

words! {
    /// Sign-out.
    SignOutWords {
        title: "ログアウト", "Sign out";
        lead: "ログアウトしますか。", "Do you want to sign out?";
        submit: "ログアウトする", "Sign out";
        stay: "ログアウトせずに戻る", "Stay signed in";
        done: "ログアウトしました", "You are signed out";
        done_text: "ほかの人も使う端末では、ブラウザーも閉じてください。", "On a device that others use too, close the browser as well.";
        again: "もう一度ログインする", "Sign in again";
    }
}
