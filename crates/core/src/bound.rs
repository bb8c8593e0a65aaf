//! What a second proof is bound to, so that it proves nothing else.
//!
//! **Invariant:** two things that are not the same have different digests, also when they are of
//! different kinds.

use crate::bytes::Digest;
use crate::id::{
    CallId, CustomerId, InteractionId, OperationId, SessionId, StaffId, StaffSessionId,
};

/// What a one-time code or the challenge of a passkey is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound<'a> {
    /// Telling the person of the firm who calls back, in this call of theirs.
    CallBack {
        /// Which call.
        call: CallId,
        /// Who calls back.
        staff: StaffId,
        /// Who is called.
        customer: CustomerId,
    },
    /// Making a passkey in this session.
    Enrol(SessionId),
    /// Adding an authenticator app in this session.
    EnrolTotp(SessionId),
    /// Going on in this conversation.
    Interaction(InteractionId),
    /// Confirming this operation.
    Operation {
        /// Which.
        id: OperationId,
        /// The digest of its fields: amount and payee are in it (PSD2 RTS article 5).
        fields: Digest,
        /// Whose.
        customer: CustomerId,
    },
    /// Showing once more who they are, in this session.
    Prove(SessionId),
    /// The second code of this conversation, in which something is recovered.
    Recover(InteractionId),
    /// Signing in from the browser with this binding.
    SignIn(&'a str),
    /// Making a passkey of a person of the firm in this session.
    StaffEnrol(StaffSessionId),
    /// A person of the firm shows once more who they are, in this session.
    StaffProve(StaffSessionId),
    /// A person of the firm comes into the console by the browser with this binding.
    StaffSignIn(&'a str),
    /// Telling the support desk who calls.
    Telephone(CustomerId),
    /// Thawing an account from the browser with this binding.
    Thaw(&'a str),
}

impl Bound<'_> {
    /// The digest that the proof carries.
    #[must_use]
    pub fn digest(self) -> Digest {
        let text = match self {
            Self::CallBack {
                call,
                staff,
                customer,
            } => format!("call_back:{call}:{staff}:{customer}"),
            Self::Enrol(session) => format!("enrol:{session}"),
            Self::EnrolTotp(session) => format!("enrol_totp:{session}"),
            Self::Interaction(id) => format!("interaction:{id}"),
            Self::Operation {
                id,
                fields,
                customer,
            } => format!("operation:{id}:{fields}:{customer}"),
            Self::Prove(session) => format!("prove:{session}"),
            Self::Recover(id) => format!("recover:{id}"),
            Self::SignIn(binding) => format!("sign_in:{binding}"),
            Self::StaffEnrol(session) => format!("staff_enrol:{session}"),
            Self::StaffProve(session) => format!("staff_prove:{session}"),
            Self::StaffSignIn(binding) => format!("staff_sign_in:{binding}"),
            Self::Telephone(customer) => format!("telephone:{customer}"),
            Self::Thaw(binding) => format!("thaw:{binding}"),
        };
        Digest::of(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_in_kind_or_in_one_field_differs_in_its_digest() {
        let session = SessionId([1; 16]);
        let fields = Digest::of(b"100,000 yen");
        let operation = |id: u8, fields: Digest, owner: u8| Bound::Operation {
            id: OperationId([id; 16]),
            fields,
            customer: CustomerId([owner; 16]),
        };
        let call = |call: u8, staff: u8, owner: u8| Bound::CallBack {
            call: CallId([call; 16]),
            staff: StaffId([staff; 16]),
            customer: CustomerId([owner; 16]),
        };
        let all = [
            call(1, 1, 1),
            call(2, 1, 1),
            call(1, 2, 1),
            call(1, 1, 2),
            Bound::Telephone(CustomerId([1; 16])),
            Bound::Enrol(session),
            Bound::Enrol(SessionId([2; 16])),
            Bound::EnrolTotp(session),
            Bound::Interaction(InteractionId([1; 16])),
            Bound::Recover(InteractionId([1; 16])),
            operation(1, fields, 1),
            operation(2, fields, 1),
            operation(1, Digest::of(b"900,000 yen"), 1),
            operation(1, fields, 2),
            Bound::Prove(session),
            Bound::SignIn("a browser"),
            Bound::StaffEnrol(StaffSessionId([1; 16])),
            Bound::StaffProve(StaffSessionId([1; 16])),
            Bound::StaffProve(StaffSessionId([2; 16])),
            Bound::StaffSignIn("a browser"),
            Bound::StaffSignIn("another"),
            Bound::Thaw("a browser"),
            Bound::Thaw("another"),
        ];
        let digests: std::collections::HashSet<_> = all.iter().map(|one| one.digest()).collect();
        assert_eq!(digests.len(), all.len());
    }
}
