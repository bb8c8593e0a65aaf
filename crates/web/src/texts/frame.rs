//! Words of the frame around every page, and of the pages that say that something went wrong.
//!
//! **Invariant:** a page of trouble says what to do next and nothing of the inside.

use super::words;

words! {
    /// What is on every page.
    FrameWords {
        skip: "本文へ移動", "Skip to the content";
        other_language: "English", "日本語";
        switch: "表示言語", "Language";
        menu: "メニュー", "Menu";
        home: "ホーム", "Home";
        history: "ログイン履歴", "Login history";
        security: "セキュリティ", "Security";
        freeze: "口座を凍結", "Freeze account";
        sign_out: "ログアウト", "Sign out";
        address_label: "正しいアドレス", "Correct address";
        address: "ブラウザーのアドレス欄に表示されるサイト名が {host} と一字ずつ同じであることをご確認ください。似た名前のサイトは当社のものではありません。",
            "Check that the site in the address bar of your browser is exactly {host}. Sites with similar names are not ours.";
        never_ask: "当社の社員がパスワードや、ログイン・お取引の確認コードをお尋ねすることはありません。お客さまが先に窓口へお電話なさったときに限り、そのお電話のための本人確認コードをお聞きします。",
            "Our staff never ask for your password, or for a code of a sign-in or a payment. Only when you called our desk first do they ask for the code that was made for that call.";
        support: "お問い合わせ", "Help";
        report: "身に覚えのない通知が届いたら", "Got a message about something you did not do?";
        error: "エラー", "Error";
        error_title: "エラー: {title}", "Error: {title}";
        errors: "次の内容をご確認ください", "Please check the following";
        show: "パスワードを表示する", "Show the password";
        hide: "パスワードを隠す", "Hide the password";
        zone: "時刻は日本時間 (UTC+9) です。", "Times are Japan time (UTC+9).";
        back_home: "ホームに戻る", "Back to the home page";
    }
}

words! {
    /// What went wrong, in words that help.
    TroubleWords {
        role: "この操作の権限がありません", "Not for your role";
        role_text: "この操作は、あなたの役割には許可されていません。権限のある担当者に依頼してください。",
            "Your role may not do this. Ask somebody whose role may.";
        not_found: "ページが見つかりません", "Page not found";
        not_found_text: "アドレスが間違っているか、ページの有効期限が切れています。",
            "The address is wrong, or the page has expired.";
        malformed: "送信された内容を読み取れませんでした", "What was sent could not be read";
        malformed_text: "前のページに戻り、もう一度入力してください。お手続きは行われていません。",
            "Go back and enter it again. Nothing was done.";
        forged: "このページからの送信を受け付けられませんでした", "This form could not be accepted";
        forged_text: "ページを開いてから時間が経ったか、Cookieが使えない状態です。前のページを開き直して、もう一度お試しください。お手続きは行われていません。",
            "The page was open for too long, or cookies are switched off. Open the page again and retry. Nothing was done.";
        large: "送信された内容が大きすぎます", "What was sent is too large";
        large_text: "前のページに戻り、入力を短くしてください。お手続きは行われていません。",
            "Go back and enter less. Nothing was done.";
        misdirected: "ログインを続けられません", "Signing in cannot go on";
        misdirected_text: "ご利用のサービスからの依頼に誤りがあります。サービスの画面に戻ってもう一度お試しになり、続く場合はお問い合わせください。",
            "The request of the service that you came from is not right. Go back to it and try again; if it continues, contact us.";
        method: "この操作はできません", "This cannot be done here";
        method_text: "ホームに戻って、もう一度お試しください。お手続きは行われていません。",
            "Go back to the home page and try again. Nothing was done.";
        busy: "ただいま混み合っています", "We are very busy right now";
        busy_text: "{seconds}秒ほど待ってから、もう一度お試しください。お手続きは行われていません。",
            "Please wait about {seconds} seconds and try again. Nothing was done.";
        many: "試行の回数が上限に達しました", "Too many attempts";
        many_text: "安全のため、しばらく受け付けを止めています。時間をおいてお試しになるか、お問い合わせ窓口へご連絡ください。",
            "For your safety this is closed for a while. Try again later, or contact us.";
        away: "ただいまご利用いただけません", "Not available right now";
        away_text: "少し待ってから、もう一度お試しください。直前のお手続きが済んだかどうかは、ログイン履歴でご確認いただけます。",
            "Please wait a little and try again. The login history shows whether your last step was done.";
        internal: "当社側で問題が発生しました", "Something went wrong on our side";
        internal_text: "お手続きは完了していません。続く場合は、下の受付番号を添えてお問い合わせください。",
            "Nothing was completed. If it continues, contact us and tell us the number below.";
        expired: "このページの有効期限が切れました", "This page has expired";
        expired_text: "もう一度はじめから操作してください。", "Please begin again.";
        request: "受付番号", "Request number";
    }
}
