//! The migrations in their order.
//!
//! **Invariant:** this list only grows at its end.

use crate::migrate::Migration;

pub(crate) const ALL: &[Migration] = &[
    Migration {
        version: 1,
        name: "checkpoint",
        text: include_str!("../migrations/0001_checkpoint.sql"),
    },
    Migration {
        version: 2,
        name: "expiry",
        text: include_str!("../migrations/0002_expiry.sql"),
    },
    Migration {
        version: 3,
        name: "growth",
        text: include_str!("../migrations/0003_growth.sql"),
    },
    Migration {
        version: 4,
        name: "passkeys",
        text: include_str!("../migrations/0004_passkeys.sql"),
    },
    Migration {
        version: 5,
        name: "void",
        text: include_str!("../migrations/0005_void.sql"),
    },
    Migration {
        version: 6,
        name: "security",
        text: include_str!("../migrations/0006_security.sql"),
    },
    Migration {
        version: 7,
        name: "totp",
        text: include_str!("../migrations/0007_totp.sql"),
    },
    Migration {
        version: 8,
        name: "spent_ticket",
        text: include_str!("../migrations/0008_spent_ticket.sql"),
    },
    Migration {
        version: 9,
        name: "device_tokens",
        text: include_str!("../migrations/0009_device_tokens.sql"),
    },
    Migration {
        version: 10,
        name: "old_passwords",
        text: include_str!("../migrations/0010_old_passwords.sql"),
    },
    Migration {
        version: 11,
        name: "passkey_lock",
        text: include_str!("../migrations/0011_passkey_lock.sql"),
    },
    Migration {
        version: 12,
        name: "pin",
        text: include_str!("../migrations/0012_pin.sql"),
    },
    Migration {
        version: 13,
        name: "recovery",
        text: include_str!("../migrations/0013_recovery.sql"),
    },
    Migration {
        version: 14,
        name: "contact_doubt",
        text: include_str!("../migrations/0014_contact_doubt.sql"),
    },
    Migration {
        version: 15,
        name: "backup_codes",
        text: include_str!("../migrations/0015_backup_codes.sql"),
    },
    Migration {
        version: 16,
        name: "attestation",
        text: include_str!("../migrations/0016_attestation.sql"),
    },
    Migration {
        version: 17,
        name: "unanswered",
        text: include_str!("../migrations/0017_unanswered.sql"),
    },
    Migration {
        version: 18,
        name: "push",
        text: include_str!("../migrations/0018_push.sql"),
    },
    Migration {
        version: 19,
        name: "grant_context",
        text: include_str!("../migrations/0019_grant_context.sql"),
    },
    Migration {
        version: 20,
        name: "stops",
        text: include_str!("../migrations/0020_stops.sql"),
    },
    Migration {
        version: 21,
        name: "statement",
        text: include_str!("../migrations/0021_statement.sql"),
    },
    Migration {
        version: 22,
        name: "holds",
        text: include_str!("../migrations/0022_holds.sql"),
    },
    Migration {
        version: 23,
        name: "webhooks",
        text: include_str!("../migrations/0023_webhooks.sql"),
    },
    Migration {
        version: 24,
        name: "desk",
        text: include_str!("../migrations/0024_desk.sql"),
    },
    Migration {
        version: 25,
        name: "limits",
        text: include_str!("../migrations/0025_limits.sql"),
    },
    Migration {
        version: 26,
        name: "sweep",
        text: include_str!("../migrations/0026_sweep.sql"),
    },
    Migration {
        version: 27,
        name: "secrets",
        text: include_str!("../migrations/0027_secrets.sql"),
    },
    Migration {
        version: 28,
        name: "signals",
        text: include_str!("../migrations/0028_signals.sql"),
    },
    Migration {
        version: 29,
        name: "proofs",
        text: include_str!("../migrations/0029_proofs.sql"),
    },
    Migration {
        version: 30,
        name: "told",
        text: include_str!("../migrations/0030_told.sql"),
    },
    Migration {
        version: 31,
        name: "rules",
        text: include_str!("../migrations/0031_rules.sql"),
    },
    Migration {
        version: 32,
        name: "population",
        text: include_str!("../migrations/0032_population.sql"),
    },
    Migration {
        version: 33,
        name: "attempts",
        text: include_str!("../migrations/0033_attempts.sql"),
    },
    Migration {
        version: 34,
        name: "alerts",
        text: include_str!("../migrations/0034_alerts.sql"),
    },
    Migration {
        version: 35,
        name: "forest",
        text: include_str!("../migrations/0035_forest.sql"),
    },
    Migration {
        version: 36,
        name: "cases",
        text: include_str!("../migrations/0036_cases.sql"),
    },
    Migration {
        version: 37,
        name: "asked",
        text: include_str!("../migrations/0037_asked.sql"),
    },
    Migration {
        version: 38,
        name: "places",
        text: include_str!("../migrations/0038_places.sql"),
    },
    Migration {
        version: 39,
        name: "settled",
        text: include_str!("../migrations/0039_settled.sql"),
    },
    Migration {
        version: 40,
        name: "archive",
        text: include_str!("../migrations/0040_archive.sql"),
    },
    Migration {
        version: 41,
        name: "staff_access",
        text: include_str!("../migrations/0041_staff_access.sql"),
    },
    Migration {
        version: 42,
        name: "archive_gone",
        text: include_str!("../migrations/0042_archive_gone.sql"),
    },
    Migration {
        version: 43,
        name: "console",
        text: include_str!("../migrations/0043_console.sql"),
    },
    Migration {
        version: 44,
        name: "siem",
        text: include_str!("../migrations/0044_siem.sql"),
    },
    Migration {
        version: 45,
        name: "session_place",
        text: include_str!("../migrations/0045_session_place.sql"),
    },
    Migration {
        version: 46,
        name: "listing",
        text: include_str!("../migrations/0046_listing.sql"),
    },
    Migration {
        version: 47,
        name: "taken",
        text: include_str!("../migrations/0047_taken.sql"),
    },
    Migration {
        version: 48,
        name: "campaign",
        text: include_str!("../migrations/0048_campaign.sql"),
    },
    Migration {
        version: 49,
        name: "log",
        text: include_str!("../migrations/0049_log.sql"),
    },
];
