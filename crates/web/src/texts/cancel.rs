//! Words of the page of operations that wait.
//!
//! **Invariant:** a customer reads why something waits and until when, and nothing about anybody
//! else.

use super::words;

words! {
    /// Operations that wait.
    CancelWords {
        title: "お手続きの状況", "What waits";
        lead: "まだ行われていないお手続きです。お心当たりのないものは取り消してください。取り消しても、お金は動きません。",
            "This is not carried out yet. If something is not yours, cancel it; no money moves then.";
        none: "お待ちいただいているお手続きはありません。", "Nothing waits.";
        application: "お申し込み先", "Asked by";
        asked: "お申し込み日時", "Asked";
        state: "状況", "Where it stands";
        held: "保留中", "On hold";
        pending: "お客さまの確認待ち", "Waits for you";
        confirmed: "確認ずみ", "Confirmed";
        until: "{when}に、保留は自動的に解除されます。", "The hold ends by itself on {when}.";
        person: "担当者が確認しています。結果はお知らせします。", "A person looks at it. We will tell you.";
        confirm_by: "{when}までに、内容を確認してください。", "Confirm it by {when}.";
        carried_by: "{when}までに、お申し込み先が手続きを行います。", "It is carried out by {when}, if at all.";
        confirm: "内容を確認する", "See and confirm";
        cancel: "取り消す", "Cancel";
        cancelled: "取り消しました。お金は動いていません。", "It is cancelled. No money was moved.";
        closed: "このお手続きは、すでに終わっています。", "This was over before.";
    }
}
