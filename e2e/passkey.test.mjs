// Passkeys, in a real Chromium with its own virtual authenticator: added, used to sign in, in the
// place of a code and to confirm, and refused when the authenticator lies.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freshPage, launch, largestTexts, picture, problems } from './lib/browser.mjs';
import { allMessages, newestCode, startDemo } from './lib/demo.mjs';
import { givePassword, signIn, submit } from './lib/sign-in.mjs';

const PASSKEYS = '/security/passkeys';
const CODE = 'input[autocomplete~="one-time-code"]';

let browser, demo, page, authenticator, cdp;

before(async () => {
  demo = await startDemo();
  browser = await launch();
  page = await freshPage(browser);
  // The login field's own wish for a passkey would answer before the button; one test lets it.
  await page.addInitScript(() => {
    if (window.PublicKeyCredential && window.name !== 'fills') {
      PublicKeyCredential.isConditionalMediationAvailable = undefined;
    }
  });
  cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  ({ authenticatorId: authenticator } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: false,
    },
  }));
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const at = (path) => new URL(path, demo.sekisho).href;
const touch = (enabled) =>
  cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: authenticator, enabled });
const lie = (bits) =>
  cdp.send('WebAuthn.setResponseOverrideBits', { authenticatorId: authenticator, ...bits });
// What a form of a confirmation says of what was shown is the query of its address.
const form = (action) => page.locator(`form[action="${action}"], form[action^="${action}?"]`);

/** Presses the button of a passkey's form and touches the authenticator. */
async function press(action) {
  await touch(true);
  const button = form(action).locator('[type=submit]').first();
  await Promise.all([page.waitForNavigation(), button.click()]);
  await touch(false);
}

async function open(path) {
  await page.goto(at(path));
}

async function signOut() {
  await open('/account');
  await Promise.all([
    page.waitForNavigation(), form('/sign-out').locator('[type=submit]').click()]);
}

test('a passkey is added', async () => {
  await open(PASSKEYS);
  await signIn(page, demo);
  assert.equal(new URL(page.url()).pathname, PASSKEYS);
  assert.deepEqual(await problems(page), [], 'no passkey yet');
  await picture(page, 'passkeys-none-ja');
  await page.locator('#name').fill('わたしのスマートフォン');
  await press(PASSKEYS);
  assert.match(page.url(), /told=added/);
  assert.deepEqual(await problems(page), [], 'one passkey');
  await picture(page, 'passkeys-one-ja');
  const { credentials } = await cdp.send('WebAuthn.getCredentials', {
    authenticatorId: authenticator,
  });
  assert.equal(credentials.length, 1);
  assert.equal(credentials[0].isResidentCredential, true);
  // The customer's name there tells nothing of what they are called here.
  const handle = Buffer.from(credentials[0].userHandle, 'base64');
  assert.equal(handle.length, 16);
});

test('the passkey alone signs in', async () => {
  await signOut();
  await open('/sign-in');
  assert.deepEqual(await problems(page), [], 'sign-in with a passkey');
  await picture(page, 'sign-in-passkey-ja');
  await press('/sign-in/passkey');
  assert.equal(new URL(page.url()).pathname, '/account');
});

test('the login field offers the passkey', async () => {
  await signOut();
  await page.evaluate(() => { window.name = 'fills'; });
  await touch(true);
  await page.goto(at('/sign-in'));
  await page.waitForURL(at('/account'));
  await touch(false);
  await page.evaluate(() => { window.name = ''; });
});

test('an authenticator that lies is refused', async () => {
  await signOut();
  for (const bits of [{ isBogusSignature: true }, { isBadUV: true }, { isBadUP: true }]) {
    await open('/sign-in');
    await lie(bits);
    await press('/sign-in/passkey');
    await lie({ isBogusSignature: false, isBadUV: false, isBadUP: false });
    assert.equal(await page.locator('.errors').count(), 1, JSON.stringify(bits));
    assert.deepEqual(await problems(page), [], JSON.stringify(bits));
  }
  await picture(page, 'sign-in-passkey-refused-ja');
});

test('what fails in the browser is said, and the next try goes through', async () => {
  await open('/sign-in');
  await page.evaluate(() => {
    const { credentials } = navigator;
    const get = credentials.get.bind(credentials);
    let first = true;
    credentials.get = (options) => {
      if (!first) return get(options);
      first = false;
      return Promise.reject(new DOMException('aborted', 'AbortError'));
    };
  });
  await form('/sign-in/passkey').locator('[type=submit]').click();
  const failed = form('/sign-in/passkey').locator('[data-failed]');
  await failed.filter({ hasText: 'パスキーを使えませんでした' }).waitFor();
  await press('/sign-in/passkey');
  assert.equal(new URL(page.url()).pathname, '/account');
});

test('a page that was open for too long comes anew and says so', async () => {
  await signOut();
  await open('/sign-in');
  await page.evaluate(() => {
    const now = Date.now;
    Date.now = () => now() + 601_000;
  });
  await press('/sign-in/passkey');
  assert.match(await page.locator('.errors').innerText(), /10分/);
  assert.deepEqual(await problems(page), [], 'open for too long');
  await press('/sign-in/passkey');
  assert.equal(new URL(page.url()).pathname, '/account');
  await signOut();
});

test('a passkey of ours is of no use on another page', async () => {
  await page.goto(demo.broker);
  const fault = await page.evaluate(async (rpId) => {
    const publicKey = { challenge: new Uint8Array(32), rpId, allowCredentials: [] };
    return navigator.credentials.get({ publicKey }).then(() => null, ({ name }) => name);
  }, new URL(demo.sekisho).hostname);
  assert.equal(fault, 'SecurityError');
});

test('a passkey stands in for the code', async () => {
  await open('/sign-in');
  await givePassword(page, demo.customer);
  assert.equal(await page.locator(CODE).count(), 1);
  assert.deepEqual(await problems(page), [], 'a code or a passkey');
  await picture(page, 'code-or-passkey-ja');
  await press('/code/passkey');
  assert.equal(new URL(page.url()).pathname, '/account');
});

test('a withdrawal is confirmed by passkey and by nothing weaker', async () => {
  await page.goto(`${demo.broker}/login`);
  if (new URL(page.url()).origin === demo.sekisho) await press('/sign-in/passkey');
  await page.goto(`${demo.broker}/withdraw`);
  await page.locator('#amount').fill('10000');
  await submit(page, '#amount');
  const confirm = page.locator('a[href*="/confirm/"]');
  if (await confirm.count()) await Promise.all([page.waitForNavigation(), confirm.click()]);
  const path = new URL(page.url()).pathname;
  assert.match(path, /^\/confirm\//);
  assert.equal(await page.locator(CODE).count(), 0);
  assert.equal(await form(`${path}/code`).count(), 0);
  assert.deepEqual(await problems(page), [], 'confirm by passkey');
  await picture(page, 'confirm-passkey-ja');
  const largest = await largestTexts(page);
  assert.ok(largest.some((text) => /^10,000(円| JPY)$/.test(text)), largest.join(' | '));
  await lie({ isBogusSignature: true });
  await press(`${path}/passkey`);
  await lie({ isBogusSignature: false });
  assert.equal(await page.locator('.errors').count(), 1);
  await press(`${path}/passkey`);
  // The passkey was added a moment ago, and this place has not been the customer's for long.
  assert.equal(page.url(), at(path));
  assert.match(await page.locator('h1').innerText(), /保留|On hold/);
  assert.deepEqual(await problems(page), [], 'held');
  await picture(page, 'confirm-passkey-held-ja');
});

test('without JavaScript the page says what is needed', async () => {
  const plain = await freshPage(browser, { javaScriptEnabled: false });
  await plain.goto(at('/sign-in'));
  assert.equal(await plain.locator('form[action="/sign-in/passkey"]').isVisible(), false);
  assert.equal(await plain.locator('input[autocomplete~="current-password"]').isVisible(), true);
});

test('a lost passkey is asked for, waits, and is called off by whoever is signed in', async () => {
  const other = await freshPage(browser);
  const known = (await allMessages(demo)).length;
  await other.goto(at('/recover/passkey'));
  await givePassword(other, demo.customer);
  assert.equal(new URL(other.url()).pathname, '/recover/passkey/codes');
  assert.deepEqual(await problems(other), [], 'the code of a recovery');
  await picture(other, 'recover-passkey-codes-ja');
  await other.locator(CODE).fill(await newestCode(demo, known));
  await submit(other, CODE);
  assert.equal(new URL(other.url()).pathname, '/recover/waiting');
  assert.deepEqual(await problems(other), [], 'waiting');
  await picture(other, 'recover-passkey-waiting-ja');

  await open('/security');
  if (new URL(page.url()).pathname !== '/security') await press('/sign-in/passkey');
  assert.deepEqual(await problems(page), [], 'a recovery in course');
  await picture(page, 'security-recovery-ja');
  const stop = form('/security/recovery/passkey').locator('[type=submit]');
  await Promise.all([page.waitForNavigation(), stop.click()]);
  assert.match(page.url(), /told=recovery/);
});
