//! Words of the console.
//!
//! **Invariant:** what went wrong at the door says the same whatever it was.

use super::words;

words! {
    /// The console.
    ConsoleWords {
        mark: "管理コンソール", "Console";
        menu: "コンソールのメニュー", "Menu of the console";
        title: "概況", "Overview";
        sign_in_title: "コンソールにログイン", "Sign in to the console";
        sign_in: "パスキーでログイン", "Sign in with a passkey";
        sign_in_lead: "このコンソールには、登録したパスキーでのみログインできます。",
            "You sign in here with your passkey, and with nothing else.";
        sign_out: "ログアウト", "Sign out";
        signed_out: "ログアウトしました。", "You signed out.";
        refused: "パスキーを確認できませんでした。ページを開いてから10分を過ぎると使えないことがあります。もう一度お試しください。",
            "The passkey could not be verified. Perhaps the page had been open for more than ten minutes. Please try again.";
        no_domain: "このコンソールのアドレスにはドメイン名がないため、パスキーを使えません。", "The address of this console has no domain name, so passkeys cannot be used.";
        enrolled: "パスキーを登録しました。パスキーでログインしてください。", "The passkey was added. Sign in with it.";
        enrol_title: "最初のパスキーを登録する", "Make your first passkey";
        enrol_link: "はじめての方: 渡されたシークレットでパスキーを登録する", "New here: make a passkey with the secret you were given";
        enrol_lead: "ほかの担当者から渡された名前とシークレットを入力してください。シークレットは最初のパスキーの登録にだけ使えます。",
            "Enter the name and the secret that another person gave you. The secret makes your first passkey and opens nothing else here.";
        staff_name: "名前", "Name";
        secret: "シークレット", "Secret";
        enrol_next: "次へ", "Continue";
        enrol_wrong: "名前またはシークレットが違うか、誤った入力が続いたため受け付けていません。",
            "The name or the secret is wrong, or too many were.";
        enrol_there: "パスキーはすでに登録されています。失くした場合は、ほかの担当者にシークレットの再発行を依頼してください。",
            "You have a passkey already. If it is lost, ask another person to give you another secret.";
        first_title: "パスキーを作成する", "Make the passkey";
        first_lead: "10分以内に作成してください。作成したら、そのパスキーでログインします。",
            "Make it within ten minutes; then sign in with it.";
        last_passkey: "最後のパスキーは削除できません。先に別のパスキーを登録してください。",
            "The last passkey stays. Add another one first.";
        passkeys_lead: "このコンソールへのログインに使うパスキーです。予備を一つ登録しておくことをお勧めします。",
            "These sign you in to this console. Keep a spare one.";
        prove: "パスキーで確認する", "Show it is you with your passkey";
        prove_title: "ご本人の確認", "Show once more that it is you";
        prove_lead: "取り消しのできない操作の前に、パスキーでもう一度確認します。5分間有効です。",
            "Before what cannot be undone, use your passkey once more. It is good for five minutes.";
        who: "ログイン中", "Signed in";
        until: "{when}まで有効", "until {when}";
        administrator: "管理者", "administrator";
        approver: "承認者", "approver";
        auditor: "監査担当", "auditor";
        desk: "窓口担当", "desk";
        monitor: "監視担当", "monitor";
        operations: "対応担当", "responder";
        rule_author: "ルール作成者", "rule author";
        zone: "時刻は日本時間です。", "Times are in Japan Standard Time.";
    }
}
