// The same standard without a browser: a client library as it comes from its registry, and forms
// posted by fetch, as far as the provider's own signing out.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as oidc from 'openid-client';
import { startDemo } from './lib/demo.mjs';
import { Visitor } from './lib/visitor.mjs';

let client, demo;

before(async () => {
  demo = await startDemo();
  const { client_id: id, client_secret: secret } = demo.application;
  const options = { execute: [oidc.allowInsecureRequests] }; // loopback has no TLS
  client = await oidc.discovery(new URL(demo.sekisho), id, secret, undefined, options);
});

after(() => demo?.stop());

async function request(more = {}) {
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const address = oidc.buildAuthorizationUrl(client, {
    redirect_uri: demo.application.redirect_uri,
    scope: 'openid',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  });
  return { address, verifier, state, nonce };
}

const redeem = (back, { verifier, state, nonce }) =>
  oidc.authorizationCodeGrant(client, back, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  });

/** The error with which an address comes back to the application. */
async function refusal(visitor, address) {
  const { left, url, status } = await visitor.open(address);
  assert.ok(left, `stayed at ${url} with ${status}`);
  assert.equal(left.searchParams.get('iss'), client.serverMetadata().issuer);
  return left.searchParams.get('error');
}

async function isSignedOut(visitor) {
  const { address } = await request({ prompt: 'none' });
  assert.equal(await refusal(visitor, address), 'login_required');
}

test('from discovery to userinfo and out again', async () => {
  const visitor = new Visitor(demo);
  const wanted = await request();
  const tokens = await redeem(await visitor.signIn(wanted.address), wanted);
  const { sub } = tokens.claims();
  const info = await oidc.fetchUserInfo(client, tokens.access_token, sub);
  assert.equal(info.sub, sub);

  const silent = await request({ prompt: 'none', id_token_hint: tokens.id_token });
  const { left } = await visitor.open(silent.address);
  assert.equal((await redeem(left, silent)).claims().sub, sub);

  const state = oidc.randomState();
  const goodbye = await visitor.open(oidc.buildEndSessionUrl(client, {
    id_token_hint: tokens.id_token,
    post_logout_redirect_uri: demo.application.post_logout_redirect_uri,
    state,
  }));
  assert.ok(goodbye.left.href.startsWith(demo.application.post_logout_redirect_uri));
  assert.equal(goodbye.left.searchParams.get('state'), state);
  await isSignedOut(visitor);
});

test('PKCE by S256 or not at all', async () => {
  for (const change of [
    (query) => query.delete('code_challenge'),
    (query) => query.delete('code_challenge_method'),
    (query) => query.set('code_challenge_method', 'plain'),
  ]) {
    const { address } = await request();
    change(address.searchParams);
    assert.equal(await refusal(new Visitor(demo), address), 'invalid_request');
  }
});

test('what is not offered is refused by its name', async () => {
  for (const [more, error] of [
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ scope: 'profile' }, 'invalid_scope'],
    [{ request: 'e30.e30.' }, 'request_not_supported'],
    [{ request_uri: 'https://rp.example/r' }, 'request_uri_not_supported'],
    [{ prompt: 'none login' }, 'invalid_request'],
  ]) {
    assert.equal(await refusal(new Visitor(demo), (await request(more)).address), error);
  }
});

test('an address that is not registered is gone to by nobody', async () => {
  const elsewhere = `${demo.application.redirect_uri}/elsewhere`;
  const page = await new Visitor(demo).open((await request({ redirect_uri: elsewhere })).address);
  assert.equal(page.status, 400);
});

test('a code that comes twice ends the session', async () => {
  const visitor = new Visitor(demo);
  const wanted = await request();
  const back = await visitor.signIn(wanted.address);
  await redeem(back, wanted);
  await assert.rejects(redeem(back, wanted), { error: 'invalid_grant' });
  await isSignedOut(visitor);
});

test('a code is of no use with another verifier', async () => {
  const wanted = await request();
  const back = await new Visitor(demo).signIn(wanted.address);
  const stolen = { ...wanted, verifier: oidc.randomPKCECodeVerifier() };
  await assert.rejects(redeem(back, stolen), { error: 'invalid_grant' });
});

test('whoever must prove it again does so once', async () => {
  const visitor = new Visitor(demo);
  await visitor.signIn((await request()).address);
  for (const more of [{ prompt: 'login' }, { max_age: '0' }]) {
    const again = await request(more);
    const tokens = await redeem(await visitor.signIn(again.address), again);
    assert.ok(Math.abs(tokens.claims().auth_time - Date.now() / 1000) < 60);
  }
});
