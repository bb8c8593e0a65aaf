//! A customer at home who is asked nothing but what the catalogue asks.
//!
//! **Invariant:** no rule of risk applies, so that what is asked is the catalogue's.

use std::collections::BTreeMap;

use sekisho_core::access::OperationKind;
use sekisho_core::bound::Bound;
use sekisho_core::bytes::{BlindIndex, CounterKey, Digest, Sealed, TokenHash};
use sekisho_core::confirm::{self, Shown, Since};
use sekisho_core::context::{Address, Context, Place, Terminal};
use sekisho_core::decision::Decision;
use sekisho_core::elsewhere::{Elsewhere, ProofPlace};
use sekisho_core::id::{
    ApplicationId, ChallengeId, ChannelId, CredentialId, CustomerId, DecisionId, GrantId, NoticeId,
    OperationId, SessionId,
};
use sekisho_core::known::{
    Attestation, Backup, ChallengeKnown, ChannelKnown, ChannelPurpose, CustomerKnown,
    CustomerState, OperationKnown, PasskeyKnown, PinKnown, RiskKnown, Seen, SessionKnown, Standing,
    StopsKnown, Strange, TraitKnown, Way,
};
use sekisho_core::login::ChannelKind;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::money::Money;
use sekisho_core::notice::Locale;
use sekisho_core::operate;
use sekisho_core::operation::{FieldType, Fields, OperationState};
use sekisho_core::passkey::Usable;
use sekisho_core::policy::{OperationPolicy, Policy};
use sekisho_core::proof::{
    CodeProved, Counting, FactorProved, Method, PasskeyProved, PinProved, Signed, Spent,
    TotpProved, UserSeen,
};
use sekisho_core::risk::Familiarity;
use sekisho_core::sighting::{Trait, TraitKind};
use sekisho_core::step_up::{Admission, PinTried, Tried};
use sekisho_core::text::{Line, Reference};
use serde_json::json;

const NOW: Moment = Moment(1_795_219_200_000_000);
const CUSTOMER: CustomerId = CustomerId([1; 16]);
const OPERATION: OperationId = OperationId([5; 16]);
const CREDENTIAL: CredentialId = CredentialId([4; 16]);
const CHALLENGE: ChallengeId = ChallengeId([3; 16]);

/// By what the customer answers.
#[derive(Clone, Copy, Debug)]
pub enum Factor {
    App,
    Code,
    None,
    Passkey,
}

impl Factor {
    pub const ALL: [Self; 4] = [Self::App, Self::Code, Self::None, Self::Passkey];

    pub const fn method(self) -> Option<Method> {
        match self {
            Self::App => Some(Method::Totp),
            Self::Code => Some(Method::MailCode),
            Self::None => None,
            Self::Passkey => Some(Method::Passkey),
        }
    }
}

/// What else is there: how the session was opened, and the PIN that is typed.
#[derive(Clone, Debug)]
pub struct Session {
    pub methods: Vec<Method>,
    pub pin: Option<bool>,
    pub device: Familiarity,
}

/// One kind at one amount.
pub struct At<'a> {
    pub policy: &'a Policy,
    pub kind: &'a str,
    pub amount: Option<&'a Money>,
}

impl At<'_> {
    fn kind(&self) -> OperationKind {
        OperationKind::parse(self.kind).unwrap()
    }

    fn spec(&self) -> &OperationPolicy {
        &self.policy.operation[&self.kind()]
    }

    fn fields(&self) -> Fields {
        let money = || match self.amount {
            Some(amount) => serde_json::to_value(amount).unwrap(),
            None => json!({ "currency": "JPY", "value": "1" }),
        };
        let account = || {
            json!({ "account_type": "ordinary", "bank": "0005",
                "branch": "123", "holder": "ヤマダ タロウ", "number": "1234567" })
        };
        let value = |field: &FieldType| match field {
            FieldType::Money => money(),
            FieldType::Payments => json!([{ "amount": money(), "payee": account() }]),
            FieldType::PayoutAccount => account(),
            FieldType::Choice(words) => json!(words[0]),
            FieldType::Code => json!("7203"),
            FieldType::Integer(bounds) => json!(bounds.least.to_string()),
            FieldType::Text => json!("text"),
        };
        let types = &self.spec().fields;
        let values = types
            .iter()
            .map(|(name, field)| (name.clone(), value(field)));
        let values: serde_json::Map<_, _> = values.collect();
        Fields::parse(&values.into(), types).unwrap()
    }

    /// The verdict of an application's wish.
    pub fn operate(&self, verified: &[Method]) -> Decision {
        let attempt = operate::Attempt {
            application: ApplicationId([6; 16]),
            kind: self.kind(),
            fields: self.fields(),
            context: context(),
            way: Way::default(),
            verified: verified.to_vec(),
            return_uri: None,
            idempotency: None,
            nonce: None,
        };
        let facts = operate::Facts {
            customer: customer(),
            channels: vec![channel()],
            passkeys: Usable::default(),
            risk: home(),
            stops: StopsKnown::default(),
            standing: Standing::default(),
            payout: None,
            others: Vec::new(),
            sealed: Sealed(vec![1]),
            fresh: operate::Fresh {
                decision: DecisionId([8; 16]),
                operation: OPERATION,
                grant: GrantId([11; 16]),
                notice: NoticeId([12; 16]),
                report: (TokenHash([13; 32]), "ABCDE-FGHJK".to_owned().into()),
            },
            now: NOW,
        };
        operate::decide(&attempt, &facts, self.spec(), self.policy)
    }

    fn shown(&self, session: &Session, passkeys: Usable) -> Shown {
        let kind = self.kind();
        let required = self.operate(&[]);
        Shown {
            application: "関所".to_owned(),
            operation: OperationKnown {
                id: OPERATION,
                application: ApplicationId([6; 16]),
                customer: customer(),
                kind,
                fields: Sealed(vec![1]),
                digest: Digest([7; 32]),
                state: OperationState::Pending,
                required: required.verdict().requirements().to_vec(),
                way: Way::default(),
                return_uri: None,
                decision: DecisionId([8; 16]),
                created: NOW,
                expires: NOW.plus(Span::minutes(10)),
                grant: None,
                hold: None,
                ended: None,
                nonce: None,
                payout_changed: None,
                revision: 1,
            },
            fields: self.fields(),
            session: SessionKnown {
                id: SessionId([1; 16]),
                customer: customer(),
                device: None,
                proved: NOW.minus(Span::minutes(1)),
                methods: session.methods.clone(),
                again: None,
                last: NOW,
                ends: NOW.plus(Span::hours(11)),
                place: ProofPlace::default(),
                elsewhere: Elsewhere::Same,
                strange: None,
            },
            channels: vec![channel()],
            passkeys,
            stops: StopsKnown::default(),
            standing: Standing::default(),
        }
    }

    /// The verdict of a customer's answer; only who answers with a passkey has one.
    pub fn confirm(&self, session: &Session, factor: Factor) -> Decision {
        let domain = Some("example.jp");
        let passkeys = match factor {
            Factor::Passkey => Usable::of(&[passkey()], domain, self.policy),
            Factor::App | Factor::Code | Factor::None => Usable::default(),
        };
        let bound = Bound::Operation {
            id: OPERATION,
            fields: Digest([7; 32]),
            customer: CUSTOMER,
        };
        let (tried, factor) = answered(factor, bound.digest());
        let facts = confirm::Facts {
            shown: self.shown(session, passkeys),
            tried,
            factor,
            admission: Admission::Admitted,
            since: Since::default(),
            statement: (Digest([14; 32]), Sealed(vec![2])),
            device: session.device,
            pin: session.pin.map(pin),
            fresh: confirm::Fresh {
                decision: DecisionId([10; 16]),
                grant: GrantId([11; 16]),
                notice: NoticeId([12; 16]),
                report: (TokenHash([13; 32]), "ABCDE-FGHJK".to_owned().into()),
            },
            now: NOW,
        };
        let attempt = confirm::Attempt {
            context: context(),
            tries: CounterKey([1; 16]),
            sends: CounterKey([2; 16]),
        };
        confirm::decide(&attempt, &facts, self.spec(), self.policy)
    }
}

fn answered(factor: Factor, bound: Digest) -> (Tried, Option<FactorProved>) {
    match factor {
        Factor::App => {
            let proof = TotpProved::assert_totp((CREDENTIAL, 1), 9, bound);
            (Tried::Totp, Some(FactorProved::Totp(proof)))
        }
        Factor::Code => {
            let proof = CodeProved::assert_code(CHALLENGE, bound, NOW);
            let known = ChallengeKnown {
                id: CHALLENGE,
                kind: ChannelKind::Mail,
                bound,
                code: Digest([9; 32]),
                sent: NOW,
                expires: NOW.plus(Span::minutes(5)),
            };
            (
                Tried::Code(Some(known)),
                Some(FactorProved::MailCode(proof)),
            )
        }
        Factor::None => (Tried::Totp, None),
        Factor::Passkey => {
            let spent = Spent {
                nonce: Digest([9; 32]),
                expires: NOW.plus(Span::minutes(5)),
            };
            let signed = Signed {
                count: 3,
                counting: Counting::Onward,
                backup: Backup::Bound,
                seen: UserSeen::Verified,
            };
            let proof = PasskeyProved::assert_passkey((CREDENTIAL, 1), bound, spent, signed);
            (Tried::Passkey, Some(FactorProved::Passkey(proof)))
        }
    }
}

fn pin(right: bool) -> PinTried {
    PinTried {
        known: Some(PinKnown {
            id: CREDENTIAL,
            customer: CUSTOMER,
            hash: "x".into(),
            revision: 7,
            set: NOW.minus(Span::days(9)),
            before: None,
        }),
        proof: right.then(|| PinProved::assert_pin(CREDENTIAL, 7)),
        admission: Some(Admission::Admitted),
        tries: CounterKey([4; 16]),
        rehash: None,
    }
}

fn context() -> Context {
    Context {
        address: Some(Address::from(std::net::IpAddr::from([203, 0, 113, 7]))),
        place: Place::default(),
        client: None,
        device: None,
        terminal: Terminal::Own,
    }
}

/// A place that has been the customer's for a year.
fn home() -> RiskKnown {
    let year = NOW.minus(Span::days(365));
    let mut seen = Trait::of_context(&context());
    seen.push(Trait::of_payout_account([9; 16]));
    seen.push(Trait {
        kind: TraitKind::All,
        value: [0; 16],
    });
    let known = |seen: Trait| TraitKnown {
        seen,
        own: Some(Seen {
            first: year,
            first_success: Some(year),
            last: year,
            successes: 9,
            failures: 0,
            guarded: 0,
        }),
        others: 0,
    };
    let traits = BTreeMap::from_iter(seen.into_iter().map(|seen| (seen.kind.code(), seen)));
    RiskKnown {
        traits: traits.into_values().map(known).collect(),
        ..RiskKnown::default()
    }
}

fn customer() -> CustomerKnown {
    CustomerKnown {
        id: CUSTOMER,
        reference: Reference::parse("C-1").unwrap(),
        state: CustomerState::Active,
        revision: 4,
        created: NOW.minus(Span::days(400)),
        locale: Locale::Ja,
        contact_changed: None,
        contact_doubted: None,
        passkey_removed: None,
        pin_recovered: None,
    }
}

fn channel() -> ChannelKnown {
    ChannelKnown {
        id: ChannelId([1; 16]),
        customer: CUSTOMER,
        kind: ChannelKind::Mail,
        purpose: ChannelPurpose::Login,
        sealed: Sealed(vec![1; 40]),
        index: BlindIndex(vec![1; 4]),
        verified: Some(NOW),
    }
}

/// Added a year ago.
fn passkey() -> PasskeyKnown {
    PasskeyKnown {
        id: CREDENTIAL,
        customer: CUSTOMER,
        rp_id: "example.jp".to_owned(),
        handle: vec![1; 32],
        user_handle: vec![1; 16],
        public_key: vec![7; 77],
        sign_count: 0,
        seen: UserSeen::Verified,
        backup: Backup::Bound,
        aaguid: [0; 16],
        attestation: Attestation::Absent,
        transports: Vec::new(),
        name: Line::parse("key").unwrap(),
        place: Strange::New,
        created: NOW.minus(Span::days(365)),
        last: None,
        revision: 1,
    }
}
