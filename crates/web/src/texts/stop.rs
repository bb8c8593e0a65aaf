//! Words of operations that are switched off.
//!
//! **Invariant:** what is stopped, what is left and until when are said, and who decided it is not.

use super::words;

words! {
    /// Stops.
    StopWords {
        title: "ただいま停止しているお手続き", "Switched off at the moment";
        all: "すべてのお手続き", "All operations";
        other: "一部のお手続き", "Some operations";
        left: "こちらでお手続きいただけます: {ways}", "You can still do it here: {ways}";
        none_left: "再開までお待ちください。", "Please wait until it is switched on again.";
        until: "停止の終了予定: {when}", "Planned end: {when}";
        open: "停止の終了時期は決まっていません。", "It is not known yet when this ends.";
        stopped: "{operation}は、ただいま停止しています", "Switched off at the moment: {operation}";
        stopped_text: "この申し込みはまだ確認されていません。お金は動いていません。", "This was not confirmed. No money was moved.";
    }
}
