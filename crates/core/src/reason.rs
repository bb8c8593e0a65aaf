//! Reasons: the closed list of codes that explain a verdict, with a sentence for staff and
//! applications.
//!
//! Beside the list there are reasons of rules that a firm wrote itself ([`OwnReason`]).
//!
//! **Invariant:** a reason never says whether an account exists; pages for customers show their own
//! sentences.

use serde::Serialize;

/// Bytes of the longest code of a firm's own.
const LONGEST: usize = 40;

/// The code of a reason that the firm chose for a rule of its own: `rule_` and up to 35 of `a-z`,
/// `0-9` and `_`. What it means stands in the rule set.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnReason([u8; LONGEST]);

impl OwnReason {
    /// The reason of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        let named = code
            .strip_prefix("rule_")
            .is_some_and(|name| !name.is_empty());
        if !named || !code.bytes().all(plain) {
            return None;
        }
        let mut letters = [0; LONGEST];
        letters
            .get_mut(..code.len())?
            .copy_from_slice(code.as_bytes());
        Some(Self(letters))
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(LONGEST);
        std::str::from_utf8(&self.0[..end]).unwrap_or_default()
    }
}

impl std::fmt::Debug for OwnReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

/// Declares the reasons, their words and their sentences in one table.
macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $word:literal: $sentence:literal,)*) => {
        /// Why a verdict was reached.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            /// The reason of a rule that the firm wrote itself.
            Own(OwnReason),
            $(#[doc = $sentence] $name,)*
        }

        impl Reason {
            /// Every reason that ships.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code, as in the API, the store and the logs.
            #[must_use]
            pub fn code(&self) -> &str {
                match self {
                    Self::Own(own) => own.code(),
                    $(Self::$name => $word,)*
                }
            }

            /// One plain English sentence for staff and application engineers.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self {
                    Self::Own(_) => "A rule of the firm's own applies.",
                    $(Self::$name => $sentence,)*
                }
            }

            /// The reason of a code.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                let shipped = Self::ALL.iter().copied().find(|reason| reason.code() == code);
                shipped.or_else(|| OwnReason::parse(code).map(Self::Own))
            }
        }
    };
}

reasons! {
    AddressDenied = "address_denied": "The address is on the firm's own list of those it refuses.",
    AddressGuessing = "address_guessing": "Many proofs failed from this address within ten minutes.",
    AddressHosting = "address_hosting": "The address is of a rented server.",
    AddressIndicator = "address_indicator": "A threat indicator names the address.",
    AddressNew = "address_new": "The customer was not seen at this address before.",
    AddressShared = "address_shared": "Many other customers use this address.",
    AddressTor = "address_tor": "The address is an exit of the Tor network.",
    AddressVpn = "address_vpn": "The address is of a service that hides where its customers are.",
    AddressUnknown = "address_unknown": "No address was given, so nothing can be said about the place.",
    AmountUnusual = "amount_unusual": "The amount is far above what this customer moved before.",
    AttackEntered = "attack_entered": "The customer was signed in on a strange device in the course of an attack across customers.",
    BackupCodeSpent = "backup_code_spent": "The backup code was one of the customer's and had been used before.",
    CampaignEmpty = "campaign_empty": "Nobody in the set can be reached.",
    CampaignMany = "campaign_many": "As many campaigns are open as may be at a time.",
    CampaignNowhere = "campaign_nowhere": "The customer has no verified way to be reached.",
    CampaignOther = "campaign_other": "The message or its set is another than the one that was shown.",
    CampaignOver = "campaign_over": "The campaign is over, or nobody may start it any more.",
    CampaignSent = "campaign_sent": "A message of a campaign was queued for the customer.",
    CampaignUnknown = "campaign_unknown": "There is no such campaign.",
    CaseAltered = "case_altered": "The case is no more as it was when it was shown.",
    CaseClosed = "case_closed": "The case is closed.",
    CaseNone = "case_none": "There is no such case, or nothing to make one of.",
    ClientNew = "client_new": "The customer was not seen with this kind of browser before.",
    CodeExpired = "code_expired": "The one-time code had expired or was used.",
    CodeWrong = "code_wrong": "The one-time code was wrong.",
    ConfirmationNeeded = "confirmation_needed": "The policy wants the customer to confirm exactly this operation.",
    Cancelled = "cancelled": "The customer cancelled the operation before it was carried out.",
    Confirmed = "confirmed": "The customer confirmed exactly this operation.",
    ContactDoubted = "contact_doubted": "The account was frozen shortly after a way to reach the customer was changed, so codes sent there do not thaw it.",
    ContactFresh = "contact_fresh": "A way to reach the customer was added or replaced a short time ago.",
    ContactKind = "contact_kind": "A dedicated address is a mail address.",
    ContactMany = "contact_many": "The customer has as many ways to be reached as one may have.",
    ContactMismatch = "contact_mismatch": "The present address or number was not the one that was typed.",
    ContactSame = "contact_same": "The customer is reached that way already.",
    CoolingContact = "cooling_contact": "A way to reach the customer was changed a short time ago, and the policy has a cooling-off after that.",
    CoolingFactor = "cooling_factor": "A factor was added a short time ago, and the policy has a cooling-off after that.",
    CoolingLimit = "cooling_limit": "The customer's own limit was raised a short time ago, and the policy has a cooling-off after that.",
    CoolingPasskey = "cooling_passkey": "A passkey was added a short time ago, and the policy has a cooling-off after that.",
    CoolingPassword = "cooling_password": "The password was changed a short time ago, and the policy has a cooling-off after that.",
    CoolingPayoutAccount = "cooling_payout_account": "The payout account was changed a short time ago, and the policy has a cooling-off after that.",
    CoolingPin = "cooling_pin": "A transaction PIN was set without the one before a short time ago, and the policy has a cooling-off after that.",
    CountryNew = "country_new": "The customer was not seen in this country before.",
    CredentialMismatch = "credential_mismatch": "The account is unknown or a proof was wrong.",
    Delivered = "delivered": "The message was accepted by the next server.",
    DeliveryFailed = "delivery_failed": "The message could not be delivered and will be tried again or given up.",
    DeviceForgotten = "device_forgotten": "The customer took back that this device is remembered.",
    DeviceNeeded = "device_needed": "The policy wants this confirmed on a device that has been the customer's for long enough.",
    DeviceNew = "device_new": "The device is not one of the customer's.",
    DeviceReused = "device_reused": "A token of the device came that had been replaced, so somebody holds a copy; the device was forgotten.",
    Expired = "expired": "The time for this act had run out.",
    FactorMissing = "factor_missing": "The customer has no such factor.",
    FactorThere = "factor_there": "The customer has this factor already.",
    FirstAccess = "first_access": "Nothing is known of this customer yet.",
    FreezeWanted = "freeze_wanted": "The customer switched the account off.",
    FactorFresh = "factor_fresh": "The authenticator app or phone was added a short time ago, so money waits.",
    Frozen = "frozen": "The account is frozen.",
    GrantInvalid = "grant_invalid": "The grant is unknown, altered, expired, already redeemed or somebody else's.",
    HoldWindow = "hold_window": "Everything was proved, and the policy lets every operation of this kind and amount wait.",
    HoldReported = "reported": "The customer said that an act was not theirs.",
    Imported = "imported": "The customer was taken over from another system.",
    LimitAbove = "limit_above": "A limit of the customer's own is not above that of the policy.",
    LimitSame = "limit_same": "There is nothing to set, or it is set so already.",
    LimitDay = "limit_day": "With what counts already, the amount is above the limit of 24 hours.",
    LimitEach = "limit_each": "The amount is above the limit of one operation, or its currency has none.",
    AlertAltered = "alert_altered": "The alert was closed or taken by somebody else since it was shown.",
    ListingAltered = "listing_altered": "More customers are at home in the network than whoever wanted to list it was shown.",
    ListingLong = "listing_long": "A network is listed for a moment at least and for thirty days at most.",
    ListingMany = "listing_many": "There are as many networks on the list as may stand there, or as many of one person.",
    ListingNone = "listing_none": "There is no such network on the list, or it stands there no more.",
    ListingWide = "listing_wide": "The network is wider than /16 (IPv4) or /32 (IPv6), so it looks like a slip.",
    LoginTaken = "login_taken": "The mail address or phone number belongs to a customer already.",
    NetworkNew = "network_new": "The customer was not seen in this network before.",
    NotFrozen = "not_frozen": "The account is not frozen.",
    NotLocked = "not_locked": "No factor of the customer is locked.",
    NothingKept = "nothing_kept": "The operation was never confirmed on a page, so nothing was shown.",
    OperationAltered = "operation_altered": "The fields differ from those that were confirmed.",
    OperationClosed = "operation_closed": "The operation was already confirmed, redeemed, refused or cancelled.",
    OwnChoice = "own_choice": "The customer chose what operations of this kind ask.",
    PasswordCommon = "password_common": "The password is on the list of known passwords.",
    PasswordContext = "password_context": "The password is little more than a word of this service.",
    PasswordLong = "password_long": "The password is longer than the policy allows.",
    PasswordNone = "password_none": "The customer has no password.",
    PasswordOld = "password_old": "The password is old enough for a reminder.",
    PasswordPattern = "password_pattern": "The password is a keyboard run, a sequence, a repeat or a date and little more.",
    PasswordPersonal = "password_personal": "The password is little more than the customer's own data.",
    PasswordPlain = "password_plain": "The password lacks a kind of characters that this policy wants.",
    PasswordSame = "password_same": "The password is the one before.",
    PasswordShort = "password_short": "The password is shorter than the policy allows.",
    PasswordSymbol = "password_symbol": "The password contains a character that this policy does not allow.",
    PasswordUnreadable = "password_unreadable": "The password contains a control character or one that Unicode has not assigned.",
    PasswordVoid = "password_void": "The password was reset by the firm and is good for nothing.",
    PasswordWord = "password_word": "The password is a well-known word and little more.",
    PasskeyCountBack = "passkey_count_back": "The passkey counted fewer signatures than before, as a copy of it would.",
    PasskeyFresh = "passkey_fresh": "The passkey was added a short time ago from a place that was not settled, so money waits.",
    PasskeyKind = "passkey_kind": "The passkey was right and is not of the kind that the policy wants for this operation.",
    PasskeyLast = "passkey_last": "It is the only passkey that the person of the firm has; another one is added first.",
    PasskeyLimit = "passkey_limit": "The customer has as many passkeys as the policy allows.",
    PasskeyMismatch = "passkey_mismatch": "The passkey is unknown, belongs to another act, or its signature is wrong.",
    PasskeySigned = "passkey_signed": "A passkey that was said to be lost signed since.",
    PasskeyNeeded = "passkey_needed": "A customer with a passkey confirms this with it, and with nothing weaker.",
    PayoutAccountFresh = "payout_account_fresh": "The payout account was changed a short time ago.",
    PayoutAccountFreshStrange = "payout_account_fresh_strange": "The payout account was changed a short time ago from a place that was new for the customer.",
    PayoutAccountShared = "payout_account_shared": "Another customer already uses this payout account.",
    PayeeNewPlaceNew = "payee_new_place_new": "Money would go to an account that never got any, from a place that is not settled.",
    PageAltered = "page_altered": "The page did not show what there was to see of the operation, or did not say what it showed.",
    PaceHigh = "pace_high": "More fails at this address, network, program or device, or for this account, than usually does.",
    PartyReported = "party_reported": "Fraud was reported with this payout account or from this device.",
    PinFresh = "pin_fresh": "A transaction PIN was set without the one before a short time ago.",
    PinIsPassword = "pin_is_password": "Login password and transaction PIN would be the same.",
    PinNeeded = "pin_needed": "The policy asks for the transaction PIN, and none was typed or there is none.",
    PinSame = "pin_same": "The transaction PIN is the one before.",
    PinShape = "pin_shape": "A transaction PIN has so many digits as the policy says, and nothing else.",
    PinTrivial = "pin_trivial": "The transaction PIN is a repeat, a run, a year or a date.",
    PinWrong = "pin_wrong": "The transaction PIN was wrong.",
    PlaceRare = "place_rare": "Hardly anybody comes from such a place with such a client at such an hour.",
    PlaceReported = "place_reported": "Fraud was reported from this address or device.",
    PlaceTorn = "place_torn": "Address files disagree on where this is, so the place counts as unknown.",
    PlaceUnlikely = "place_unlikely": "It fits anybody better than what this customer did before.",
    PolicyRequires = "policy_requires": "The policy always wants this proof for this act.",
    ProofStale = "proof_stale": "The customer has to prove again who they are before this.",
    Proved = "proved": "Everything that was asked for was proved.",
    PushDevice = "push_device": "Not a phone of this customer, or the one that asks itself.",
    PushMany = "push_many": "The customer has as many phones that approve as one may have.",
    PushWaits = "push_waits": "The phone has not approved yet.",
    Released = "released": "The operation was held, and the hold is over.",
    RecoveryEnded = "recovery_ended": "The customer ended the recovery.",
    RecoveryWaits = "recovery_waits": "Everything was proved, and the waiting time of a recovery runs.",
    ReminderEarly = "reminder_early": "The password is not old, or the customer was reminded of it not long ago.",
    Responded = "responded": "A person of the firm protected the account.",
    RuleBroken = "rule_broken": "A rule could not be worked out and was taken for not met: a sum went beyond its bounds, or something was divided by zero.",
    RulesOther = "rules_other": "The rule set is not the one that was looked at.",
    RulesThere = "rules_there": "There is a rule set of this version already, or it is in force already.",
    RulesUntried = "rules_untried": "Only what is in shadow can go live.",
    SamePerson = "same_person": "A second, different person has to do this.",
    StaffUnknown = "staff_unknown": "There is no such person of the firm, or they may do nothing any more.",
    SecondPerson = "second_person": "A second person has to agree before this takes effect.",
    StaffRefused = "staff_refused": "A person looked at the held operation and refused it.",
    SessionElsewhere = "session_elsewhere": "A session was used in another country, or by another program, than it was proved from.",
    SessionMissing = "session_missing": "No valid session of this customer, or every session was ended.",
    ShownByBrowser = "shown_by_browser": "The browser itself showed payee and amount, and the passkey signed what it showed.",
    StaffFresh = "staff_fresh": "Whoever takes part in what takes two people was given their secret a week ago or longer.",
    StaffRole = "staff_role": "The person is not in the role that this needs.",
    StaffThere = "staff_there": "There is a person of this name already.",
    TravelTooFast = "travel_too_fast": "The customer was elsewhere, and could not have got here since.",
    TravelUntold = "travel_untold": "How far this is from where the customer last was cannot be told.",
    StopMany = "stop_many": "There are as many stops as may stand at a time, or as many of one person.",
    StopOver = "stop_over": "The stop is over, or would be before it begins.",
    StopOther = "stop_other": "Another end was proposed than the one that was named.",
    StopUnknown = "stop_unknown": "There is no such stop.",
    StopShorter = "stop_shorter": "An end that comes earlier lifts a stop, and that takes two people.",
    Stopped = "stopped": "Operations of this kind are switched off at the moment.",
    TextBudget = "text_budget": "What text messages may cost in a day is spent.",
    TextCountryClosed = "text_country_closed": "Numbers of this kind get no text messages under this policy.",
    TextCountryLimit = "text_country_limit": "This country had as many text messages as it may in a day.",
    TextNumberLimit = "text_number_limit": "This number had as many text messages as it may in a day.",
    TextPrefixLimit = "text_prefix_limit": "Numbers that begin alike had as many text messages as they may in a day.",
    TextUnanswered = "text_unanswered": "Too few of the codes that go to numbers like this one are ever typed.",
    TriesExhausted = "tries_exhausted": "Too many wrong proofs in a row.",
    WithdrawalNewPlace = "withdrawal_new_place": "Money would move to a payout account from a place that is new for the customer.",
}

impl Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Reason {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code)
            .ok_or_else(|| serde::de::Error::custom(format_args!("there is no reason {code:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_read_back() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.code()), Some(*reason));
        }
        let own = format!("rule_{}", "x".repeat(35));
        assert_eq!(
            Reason::parse(&own).map(|own| own.code().to_owned()),
            Some(own.clone())
        );
        for wrong in [
            &own.replace("rule_", "rule_x"),
            "rule_",
            "mine_x",
            "rule_A",
            "rule_\0",
            "",
        ] {
            assert_eq!(Reason::parse(wrong), None, "{wrong}");
        }
    }
}
