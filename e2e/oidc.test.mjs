// Signing in by OpenID Connect, with a client library as it comes from its registry.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { freshPage, launch } from './lib/browser.mjs';
import { startDemo } from './lib/demo.mjs';
import { signIn } from './lib/sign-in.mjs';

let browser, client, demo;

before(async () => {
  demo = await startDemo();
  browser = await launch();
  const { client_id: id, client_secret: secret } = demo.application;
  const options = { execute: [oidc.allowInsecureRequests] }; // loopback has no TLS
  client = await oidc.discovery(new URL(demo.sekisho), id, secret, undefined, options);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** One authorization request, with what its answer is to be held against. */
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

/** A browser in which the way back to the application ends with us. */
async function customer() {
  const page = await freshPage(browser);
  const back = (url) => url.href.startsWith(demo.application.redirect_uri);
  await page.route(back, (route) => route.fulfill({ body: 'back', contentType: 'text/plain' }));
  const arrived = () => back(new URL(page.url()));
  return { page, arrived, address: () => new URL(page.url()) };
}

/** Signs in as far as the code, which the caller may redeem. */
async function authorize(wanted) {
  const { page, arrived, address } = await customer();
  await page.goto(wanted.address.href);
  await signIn(page, demo);
  assert.ok(arrived(), `signing in ended at ${page.url()}`);
  return { page, back: address() };
}

const redeem = (back, { verifier, state, nonce }, more) =>
  oidc.authorizationCodeGrant(client, back, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
    ...more,
  });

test('an unmodified client signs a customer in', async () => {
  const wanted = await request({ max_age: '300' });
  const { back } = await authorize(wanted);
  const tokens = await redeem(back, wanted, { maxAge: 300 });
  const claims = tokens.claims();
  assert.ok(claims.sub);
  assert.ok(claims.acr, 'no acr');
  assert.ok(claims.amr.includes('pwd'), `amr is ${claims.amr}`);
  assert.ok(Math.abs(claims.auth_time - Date.now() / 1000) < 120, 'auth_time is not now');

  const keys = createRemoteJWKSet(new URL(client.serverMetadata().jwks_uri));
  const { protectedHeader } = await jwtVerify(tokens.id_token, keys, {
    issuer: client.serverMetadata().issuer,
    audience: demo.application.client_id,
  });
  assert.equal(protectedHeader.alg, 'ES256');
  assert.ok(protectedHeader.kid, 'the key is not named, so it cannot be rotated');
});

test('a code is redeemed once', async () => {
  const wanted = await request();
  const { back } = await authorize(wanted);
  await redeem(back, wanted);
  await assert.rejects(redeem(back, wanted), { error: 'invalid_grant' });
});

test('a code is of no use without its verifier', async () => {
  const wanted = await request();
  const { back } = await authorize(wanted);
  const stolen = { ...wanted, verifier: oidc.randomPKCECodeVerifier() };
  await assert.rejects(redeem(back, stolen), { error: 'invalid_grant' });
});

test('PKCE is asked for, and S256 only', async () => {
  assert.deepEqual(client.serverMetadata().code_challenge_methods_supported, ['S256']);
  for (const method of ['plain', undefined]) {
    const { address } = await request();
    address.searchParams.delete('code_challenge_method');
    if (method) address.searchParams.set('code_challenge_method', method);
    const { page, arrived } = await customer();
    await page.goto(address.href);
    assert.ok(arrived(), `the refusal ended at ${page.url()}`);
    assert.equal(new URL(page.url()).searchParams.get('error'), 'invalid_request');
  }
});

test('nobody is sent to an address that is not registered', async () => {
  const { address } = await request({ redirect_uri: `${demo.application.redirect_uri}/elsewhere` });
  const { page } = await customer();
  const answer = await page.goto(address.href);
  assert.equal(new URL(page.url()).origin, new URL(demo.sekisho).origin);
  assert.ok(answer.status() >= 400 && answer.status() < 500, `answered ${answer.status()}`);
});

test('prompt=none asks nothing of a stranger', async () => {
  const { address } = await request({ prompt: 'none' });
  const { page, arrived } = await customer();
  await page.goto(address.href);
  assert.ok(arrived(), `ended at ${page.url()}`);
  assert.equal(new URL(page.url()).searchParams.get('error'), 'login_required');
});

test('whoever is signed in is not asked again, unless prompt=login says so', async () => {
  const { page } = await authorize(await request());
  const again = await request({ prompt: 'none' });
  await page.goto(again.address.href);
  assert.ok((await redeem(new URL(page.url()), again)).claims().sub);
  await page.goto((await request({ prompt: 'login' })).address.href);
  assert.equal(await page.locator('input[autocomplete~="current-password"]').count(), 1);
});

test('signing out at the application ends the session here', async () => {
  const wanted = await request();
  const { page, back } = await authorize(wanted);
  const { id_token: hint } = await redeem(back, wanted);
  const goodbye = oidc.buildEndSessionUrl(client, {
    id_token_hint: hint,
    post_logout_redirect_uri: demo.application.post_logout_redirect_uri,
  });
  await page.goto(goodbye.href);
  const confirm = page.locator('[type=submit]'); // a provider may ask whether this was meant
  if ((await confirm.count()) > 0) {
    await Promise.all([page.waitForNavigation(), confirm.first().click()]);
  }
  assert.equal(page.url(), demo.application.post_logout_redirect_uri);
  await page.goto((await request({ prompt: 'none' })).address.href);
  assert.equal(new URL(page.url()).searchParams.get('error'), 'login_required');
});
