//! Applications, OpenID Connect, guarded operations, decisions read again, signing keys.
//!
//! **Invariant:** what is loaded equals what was committed, field by field.

use super::customers::code_sent;
use super::*;
use sekisho_core::access::OperationKind;
use sekisho_core::bytes::{Digest, TokenHash};
use sekisho_core::change::{AuthorizationRequested, CodeIssued, GrantIssued};
use sekisho_core::id::{
    ApiCredentialId, ApplicationId, AuthorizationId, GrantId, OperationId, SessionId,
};
use sekisho_core::known::{ApiScope, Strange};
use sekisho_core::moment::Span;
use sekisho_core::operation::OperationState;
use sekisho_core::outcome::Outcome;
use sekisho_core::proof::Method;
use sekisho_core::verdict::Verdict;
use sekisho_sim::place::Place;
use sekisho_sim::sample::{APPLICATION, NOON, customer, decision_id, long, raw};
use sekisho_store::HistoryPage;

fn withdraw() -> OperationKind {
    OperationKind::parse("withdraw").unwrap()
}

#[tokio::test]
async fn an_application_and_its_credentials_are_found_until_revoked() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let known = store.application(APPLICATION).await.unwrap().unwrap();
        assert_eq!((known.id, known.name.as_str()), (APPLICATION, "ひので証券"));
        assert_eq!(known.secret, Some(TokenHash(long(7, 0))));
        assert_eq!(known.redirect_uris, ["https://hinode.example/callback"]);
        assert!(known.post_logout_uris.is_empty());
        assert_eq!(
            store.applications().await.unwrap(),
            std::slice::from_ref(&known)
        );

        let (id, hash) = (ApiCredentialId(raw(14, 1)), TokenHash(long(14, 1)));
        let issued = Change::ApiCredentialIssued {
            id,
            application: APPLICATION,
            name: "mobile\0backend".to_owned(),
            hash,
            scopes: vec![ApiScope::Decisions, ApiScope::Operations],
            at: NOON,
        };
        apply(&store, 1, [issued]).await;
        let (credential, application) = store.api_credential(hash).await.unwrap().unwrap();
        assert_eq!((credential.id, credential.application), (id, APPLICATION));
        assert_eq!(credential.name, "mobile\u{fffd}backend");
        assert_eq!(
            credential.scopes,
            [ApiScope::Decisions, ApiScope::Operations]
        );
        assert_eq!((credential.created, credential.revoked), (NOON, None));
        assert_eq!(application, known);

        apply(&store, 2, [Change::ApiCredentialRevoked { id, at: NOON }]).await;
        stale(&store, 3, [Change::ApiCredentialRevoked { id, at: NOON }]).await;
        assert!(store.api_credential(hash).await.unwrap().is_none());
        let all = store.api_credentials(APPLICATION).await.unwrap();
        assert_eq!(
            all.iter().map(|one| one.revoked).collect::<Vec<_>>(),
            [Some(NOON)]
        );
    }
}

#[tokio::test]
async fn a_request_gets_one_code_and_a_code_is_exchanged_once() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let id = AuthorizationId(raw(15, 1));
        let requested = Change::AuthorizationRequested(AuthorizationRequested {
            id,
            application: APPLICATION,
            redirect_uri: "https://hinode.example/callback".to_owned(),
            parameters: r#"{"state":"界"}"#.to_owned(),
            at: NOON,
            expires: NOON.plus(Span::minutes(30)),
        });
        apply(&store, 1, [requested]).await;
        let request = store.authorization(id).await.unwrap().unwrap();
        assert_eq!((request.id, request.application), (id, APPLICATION));
        assert_eq!(request.redirect_uri, "https://hinode.example/callback");
        assert_eq!(request.parameters, r#"{"state":"界"}"#);
        assert_eq!(
            (request.created, request.expires),
            (NOON, NOON.plus(Span::minutes(30)))
        );

        let issued = |number| {
            Change::CodeIssued(CodeIssued {
                code: TokenHash(long(16, number)),
                authorization: id,
                customer: customer(1),
                session: SessionId(raw(8, 1)),
                proved: NOON,
                methods: vec![Method::Passkey],
                expires: NOON.plus(Span::seconds(60)),
            })
        };
        let code = TokenHash(long(16, 1));
        apply(&store, 2, [issued(1)]).await;
        stale(&store, 3, [issued(2)]).await;
        let known = store.code(code).await.unwrap().unwrap();
        assert_eq!(
            (known.authorization, known.customer.id),
            (request, customer(1))
        );
        assert_eq!((known.session, known.proved), (SessionId(raw(8, 1)), NOON));
        assert_eq!(
            (known.methods, known.redeemed),
            (vec![Method::Passkey], None)
        );
        assert_eq!(known.expires, NOON.plus(Span::seconds(60)));
        apply(&store, 4, [Change::CodeRedeemed { code, at: NOON }]).await;
        stale(&store, 5, [Change::CodeRedeemed { code, at: NOON }]).await;
        assert_eq!(
            store.code(code).await.unwrap().unwrap().redeemed,
            Some(NOON)
        );
        assert!(store.code(TokenHash(long(16, 2))).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn an_operation_is_confirmed_and_redeemed_once() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let created = sample::operation(1, &withdraw());
        apply(
            &store,
            1,
            [Change::OperationCreated(Box::new(created.clone()))],
        )
        .await;
        let id = created.id;
        let known = store.operation(id).await.unwrap().unwrap();
        assert_eq!((known.id, known.application), (id, APPLICATION));
        assert_eq!((known.customer.id, known.kind), (customer(1), withdraw()));
        assert_eq!(
            (known.fields, known.digest),
            (created.fields, created.digest)
        );
        assert_eq!(
            (known.state, known.return_uri),
            (OperationState::Pending, created.return_uri)
        );
        assert_eq!((known.decision, known.created), (created.decision, NOON));
        assert_eq!(
            (known.expires, known.grant, known.revision),
            (created.expires, None, 1)
        );

        let grant = GrantIssued {
            id: GrantId(raw(17, 1)),
            methods: vec![Method::MailCode],
            proved: NOON,
            acr: Some("phr"),
        };
        let at = NOON.plus(Span::seconds(30));
        let moved = |revision, to, grant| Change::OperationMoved {
            id,
            revision,
            to,
            at,
            grant,
        };
        let confirm = moved(1, OperationState::Confirmed, Some(grant.clone()));
        apply(&store, 2, [confirm.clone()]).await;
        stale(&store, 3, [confirm]).await;
        let redeem = store.redeem(grant.id, NOON).await.unwrap().unwrap();
        assert_eq!(redeem.strange, Strange::New);
        let held = redeem.operation.grant.clone().unwrap();
        assert_eq!(
            (held.id, held.confirmed, held.redeemed),
            (grant.id, at, None)
        );
        assert_eq!((held.methods, held.proved), (grant.methods, NOON));
        assert_eq!(
            (redeem.operation.state, redeem.operation.revision),
            (OperationState::Confirmed, 2)
        );

        apply(&store, 4, [moved(2, OperationState::Redeemed, None)]).await;
        stale(&store, 5, [moved(2, OperationState::Redeemed, None)]).await;
        let redeemed = store.operation(id).await.unwrap().unwrap();
        assert_eq!(redeemed.state, OperationState::Redeemed);
        assert_eq!(redeemed.grant.unwrap().redeemed, Some(at));
        let nobodys = (GrantId([0; 16]), OperationId([0; 16]));
        assert!(store.redeem(nobodys.0, NOON).await.unwrap().is_none());
        assert!(store.operation(nobodys.1).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn an_operation_may_come_with_its_grant() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let mut created = sample::operation(1, &withdraw());
        created.state = OperationState::Confirmed;
        created.return_uri = None;
        let (id, methods) = (
            GrantId(raw(17, 1)),
            vec![Method::Confirmation, Method::Passkey],
        );
        created.grant = Some(GrantIssued {
            id,
            methods: methods.clone(),
            proved: NOON,
            acr: Some("phr"),
        });
        apply(
            &store,
            1,
            [Change::OperationCreated(Box::new(created.clone()))],
        )
        .await;
        let known = store.operation(created.id).await.unwrap().unwrap();
        let grant = known.grant.unwrap();
        assert_eq!(
            (grant.id, grant.confirmed, grant.methods),
            (id, NOON, methods)
        );
        assert_eq!(known.return_uri, None);
    }
}

#[tokio::test]
async fn ending_all_sessions_ends_what_could_become_one() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        apply(&store, 1, sample::newcomer(2).unwrap()).await;
        for who in [1, 2] {
            let operation = sample::operation(who, &withdraw());
            let changes = [
                sample::session(who),
                Change::OperationCreated(Box::new(operation)),
                code_sent(who, Digest(long(5, who)), Some(who)),
            ];
            apply(&store, 10 + who, changes).await;
        }
        let mut confirmed = sample::operation(3, &withdraw());
        confirmed.customer = customer(1);
        confirmed.state = OperationState::Confirmed;
        apply(
            &store,
            20,
            [Change::OperationCreated(Box::new(confirmed.clone()))],
        )
        .await;

        apply(
            &store,
            21,
            [Change::SessionsEnded {
                customer: customer(1),
                at: NOON,
            }],
        )
        .await;
        for (who, lives) in [(1, false), (2, true)] {
            assert_eq!(
                store
                    .session(TokenHash(long(8, who)))
                    .await
                    .unwrap()
                    .is_some(),
                lives
            );
            let code = store.challenge(Digest(long(5, who))).await.unwrap();
            assert_eq!(code.is_some(), lives);
            let operation = store
                .operation(OperationId(raw(10, who)))
                .await
                .unwrap()
                .unwrap();
            let state = if lives {
                OperationState::Pending
            } else {
                OperationState::Refused
            };
            assert_eq!(operation.state, state);
        }
        let kept = store.operation(confirmed.id).await.unwrap().unwrap();
        assert_eq!(
            (kept.state, kept.revision),
            (OperationState::Refused, 2),
            "a redemption that was decided before does not land"
        );
    }
}

#[tokio::test]
async fn a_decision_is_read_again_by_its_own_application_only() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let mut judged = sample::judged(1, 1);
        judged
            .entry
            .reasons
            .push(sekisho_core::reason::Reason::PolicyRequires);
        land(&store, &judged).await;
        let (known, access) = store
            .decision(APPLICATION, decision_id(1))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((&known.entry, known.outcome), (&judged.entry, None));
        assert_eq!(access, judged.access);
        let other = store
            .decision(ApplicationId([9; 16]), decision_id(1))
            .await
            .unwrap();
        assert!(other.is_none());

        for outcome in [Outcome::Abandoned, Outcome::ConfirmedFraud] {
            let number = if outcome == Outcome::Abandoned { 2 } else { 3 };
            let decision = decision_id(1);
            apply(
                &store,
                number,
                [Change::OutcomeRecorded {
                    decision,
                    outcome,
                    at: NOON,
                }],
            )
            .await;
            let (known, _) = store
                .decision(APPLICATION, decision)
                .await
                .unwrap()
                .unwrap();
            assert_eq!(known.outcome, Some(outcome));
        }
        let mut held = sample::making(4, []);
        held.entry.verdict = Verdict::Hold;
        held.entry.operation = Some(OperationId(raw(10, 4)));
        land(&store, &held).await;
        let (known, access) = store
            .decision(APPLICATION, decision_id(4))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((known.entry, access), (held.entry, None));
    }
}

#[tokio::test]
async fn a_history_is_paged_from_the_newest_without_gap_or_repetition() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        for number in 1..=25 {
            let mut judged = sample::judged(number, 1);
            // Three at each moment, so that pages break between equal moments too.
            judged.entry.at = NOON.plus(Span(i64::try_from(number / 3).unwrap()));
            judged.access.as_mut().unwrap().at = judged.entry.at;
            land(&store, &judged).await;
        }
        land(&store, &sample::judged(99, 2)).await;
        let mut seen = Vec::new();
        loop {
            let before = seen.last().map(|(at, decision)| (*at, *decision));
            let page = HistoryPage { before, limit: 4 };
            let rows = store.history(customer(1), page).await.unwrap();
            if rows.is_empty() {
                break;
            }
            assert!(rows.len() <= 4);
            seen.extend(rows.iter().map(|row| (row.at, row.decision)));
        }
        assert_eq!(seen.len(), 25);
        assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "{seen:?}");
    }
}

#[tokio::test]
async fn a_signing_key_is_current_until_it_retires() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        let added = |kid: &str, at| Change::SigningKeyAdded {
            kid: kid.to_owned(),
            sealed: Sealed(vec![3; 50]),
            public: r#"{"kty":"EC"}"#.to_owned(),
            at,
        };
        let later = NOON.plus(Span::days(1));
        apply(&store, 1, [added("one", NOON)]).await;
        let until = NOON.plus(Span::days(2));
        let retired = Change::SigningKeyRetired {
            kid: "one".to_owned(),
            until,
        };
        apply(&store, 2, [retired.clone(), added("two", later)]).await;
        stale(&store, 3, [retired]).await;
        stale(&store, 4, [added("two", later)]).await;
        let keys = store.signing_keys(later).await.unwrap();
        let shown: Vec<_> = keys
            .iter()
            .map(|key| (key.kid.as_str(), key.retires))
            .collect();
        assert_eq!(shown, [("two", None), ("one", Some(until))]);
        assert_eq!(
            (&keys[0].sealed, keys[0].created),
            (&Sealed(vec![3; 50]), later)
        );
        assert_eq!(keys[0].public, r#"{"kty":"EC"}"#);
        assert_eq!(store.signing_keys(until).await.unwrap().len(), 1);
    }
}
