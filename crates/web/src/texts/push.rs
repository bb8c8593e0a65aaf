//! Words about approvals on a phone.
//!
//! **Invariant:** whoever is asked to type a number is told where it must come from, and what to do
//! if it comes from anywhere else.

use super::words;

words! {
    /// Approvals on a phone.
    PushWords {
        title: "承認用の端末", "Phones that approve";
        lead: "ログインやお手続きのとき、お手元のスマートフォンで内容を確認し、画面に表示された6桁の番号を入力して承認します。コードの受信は不要です。",
            "When you sign in or confirm something, your phone shows what it is, and you approve by entering the 6-digit number that the other screen shows. No code has to be sent.";
        passkey: "承認は偽のページを見破れません。パスキーのほうが安全です。", "An approval does not notice a look-alike page. A passkey is safer.";
        none: "承認用の端末はまだ登録されていません。", "You have no phone that approves yet.";
        this: "この端末", "this device";
        since: "登録日時", "Added";
        last: "最後の承認", "Last approved";
        never: "まだ承認していません", "nothing yet";
        remove: "承認用から外す", "Let it approve no more";
        add_title: "この端末を登録する", "Add this device";
        add_text: "承認に使うスマートフォンでこのページを開き、ボタンを押して通知を許可してください。",
            "Open this page on the phone that you want to approve with, press the button and allow notifications.";
        ios: "iPhoneとiPadでは、共有メニューの「ホーム画面に追加」でこのサイトを追加し、ホーム画面のアイコンから開いてログインしてください。通知を受け取れるのはホーム画面のアプリだけです。",
            "On iPhone and iPad, first add this site with \"Add to Home Screen\" in the share menu, then open it from its icon and sign in there. Only apps on the home screen can get notifications.";
        add: "この端末で承認する", "Approve on this device";
        unable: "このブラウザーは通知を受け取れないため、登録できません。", "This browser cannot get notifications, so it cannot be added.";
        needs_script: "端末の登録には、JavaScriptを有効にする必要があります。", "Adding a device needs JavaScript.";
        denied: "通知が許可されていません。ブラウザーの設定で通知を許可してから、もう一度お試しください。",
            "Notifications are not allowed. Allow them in the settings of the browser and try again.";
        failed: "通知の登録ができませんでした。しばらくしてからもう一度お試しください。", "Notifications could not be set up. Please try again later.";
        unusable: "このブラウザーの通知サービスはご利用いただけません。", "The notification service of this browser is not accepted here.";
        added: "この端末を登録しました。", "This device was added.";
        removed: "承認用の端末を外しました。", "The device approves no more.";
        full: "登録できる台数に達しています。使っていない端末を外してください。", "There are as many as there may be. Remove one that you do not use.";
        strange: "この端末は記憶されていません。ログアウトし、コードでログインし直してから登録してください。共用の端末は登録できません。",
            "This device is not remembered. Sign out, sign in again with a code, then add it. A device that others use too cannot be added.";
        forbidden: "端末での承認は、ここではお使いいただけません。", "Approvals on a phone are not used here.";
        again_text: "端末を登録する前に、ご本人であることをもう一度確認します。", "Before a device is added, show once more that it is you.";
        again: "本人確認に進む", "Continue to show it is you";

        instead: "登録した端末で承認する", "Approve on your phone";
        ask: "端末に承認を求める", "Ask my phone";
        wait_title: "端末で承認してください", "Approve on your phone";
        wait_text: "登録した端末に通知を送りました。端末で内容を確認し、次の番号を入力してください。",
            "We sent a notification to your phone. Check there what it says, and enter this number.";
        number: "番号", "Number";
        wait_hint: "この番号を誰にも教えないでください。このページは自動的に更新されます。", "Tell this number to nobody. This page updates by itself.";
        minutes: "{minutes}分間有効です。", "It works for {minutes} minutes.";
        no_push: "通知が届かないときは、端末でこのサイトを開いてログインし、承認用の端末を確かめるか、ほかの方法をお使いください。",
            "If no notification comes, check your devices in the security centre, or use another way.";
        approved_title: "承認されました", "Approved";
        approved_text: "端末での承認を確認しました。", "Your phone approved.";
        go_on: "続ける", "Continue";
        over_title: "承認は終了しました", "This request is over";
        over_text: "時間が過ぎたか、番号の誤りが続いたか、新しい依頼に置き換えられました。", "Its time is over, the number was wrong too often, or a newer request took its place.";
        other: "ほかの方法に戻る", "Back to the other ways";
        nowhere: "端末に承認を求められませんでした。ほかの方法をお使いください。", "Your phone could not be asked. Please use another way.";

        approve_title: "承認しますか？", "Do you approve?";
        sign_in: "ログイン", "Signing in";
        sign_in_text: "次の場所と端末から、お客さまのIDでログインしようとしています。", "Somebody is signing in as you, from this place and device.";
        prove: "本人確認", "Showing that it is you";
        prove_text: "次の場所と端末から、口座を守る設定を変更するための本人確認が求められています。", "Somebody wants to change what protects your account, from this place and device.";
        operation_text: "次の内容の確認が求められています。金額と振込先をよくお確かめください。", "You are asked to confirm this. Check amount and payee well.";
        operation: "お手続き", "What";
        amount: "金額", "Amount";
        payee: "振込先", "Payee";
        place: "場所と端末", "Place and device";
        asked: "日時", "When";
        label: "手続き中の画面に表示されている6桁の番号", "The 6-digit number on the screen where you began";
        hint: "電話、メール、SMSで伝えられた番号は、絶対に入力しないでください。", "Never enter a number that you were told by phone, email or text message.";
        submit: "承認する", "Approve";
        shape: "6桁の番号を入力してください。", "Enter the 6 digits.";
        wrong: "番号が違います。手続き中の画面の番号を確かめてください。", "That is not the number. Look at the screen where you began.";
        not_me_title: "お心当たりがない場合", "If this is not you";
        not_me_text: "どなたかがお客さまのパスワードを知っているおそれがあります。次のボタンを押すと口座を凍結し、すべての端末をログアウトします。",
            "Somebody may know your password. This freezes your account and signs every device out.";
        not_me: "これは私ではありません。凍結する", "This is not me. Freeze my account";
        done_title: "承認しました", "Approved";
        done_text: "手続き中の画面に戻って続けてください。このページは閉じてかまいません。", "Go back to the screen where you began. You can close this page.";
        nothing_title: "承認の依頼はありません", "Nothing waits for your approval";
        nothing_text: "依頼が終了したか、この端末が承認用に登録されていません。通知が届いたら、通知から開いてください。",
            "The request is over, or this device does not approve for you. When a notification comes, open it from there.";
        manage: "承認用の端末を確認する", "See the phones that approve";
    }
}
