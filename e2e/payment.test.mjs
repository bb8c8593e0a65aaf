// A withdrawal that the browser itself shows before a passkey signs it (Secure Payment
// Confirmation), in a real Chromium whose dialog is answered as its test mode says: accepted,
// declined, opted out of, and shown something else than the operation.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SHOWS_PAYMENTS, freshPage, launch, picture, problems } from './lib/browser.mjs';
import { startDemo } from './lib/demo.mjs';
import { signIn, submit } from './lib/sign-in.mjs';

const PASSKEYS = '/security/passkeys';
const MAIN = '[type=submit]:not([data-plain])';
const PLAIN = '[data-plain]';

let browser, demo, page, cdp;

before(async () => {
  demo = await startDemo();
  browser = await launch(SHOWS_PAYMENTS);
  page = await freshPage(browser);
  cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true,
      hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const at = (path) => new URL(path, demo.sekisho).href;
// What a form of a confirmation says of what was shown is the query of its address.
const form = (action) => page.locator(`form[action="${action}"], form[action^="${action}?"]`);
const answers = (mode) => cdp.send('Page.setSPCTransactionMode', { mode });

/** Asks the broker for a withdrawal and returns the path of the page that confirms it. */
async function withdrawal(amount) {
  await page.goto(`${demo.broker}/withdraw`);
  await page.locator('#amount').fill(amount);
  await submit(page, '#amount');
  const confirm = page.locator('a[href*="/confirm/"]');
  if (await confirm.count()) await Promise.all([page.waitForNavigation(), confirm.click()]);
  const { pathname } = new URL(page.url());
  assert.match(pathname, /^\/confirm\//);
  return pathname;
}

/** Presses a button of a passkey's form and returns what the browser said to the server. */
async function press(action, button) {
  const posted = page.waitForRequest((request) => request.method() === 'POST');
  await Promise.all([page.waitForNavigation(), form(action).locator(button).click()]);
  const fields = new URLSearchParams((await posted).postData());
  const { response } = JSON.parse(fields.get('credential'));
  return JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString());
}

async function isHeld() {
  return /保留|On hold/.test(await page.locator('h1').innerText());
}

test('a passkey is made for payments on this device, or elsewhere without', async () => {
  const answer = await page.goto(at(PASSKEYS));
  assert.equal(answer.headers()['permissions-policy'], 'payment=()', 'the sign-in page');
  await signIn(page, demo);
  const shown = await page.goto(at(PASSKEYS));
  assert.equal(shown.headers()['permissions-policy'], 'payment=(self)');
  await form(PASSKEYS).locator(PLAIN).waitFor();
  assert.deepEqual(await problems(page), [], 'two ways to add one');
  await picture(page, 'passkeys-payment-ja');
  await page.locator('#name').fill('わたしのパソコン');
  const said = await press(PASSKEYS, MAIN);
  assert.equal(said.type, 'webauthn.create');
  assert.match(page.url(), /told=added/);
  const kept = await page.evaluate(() => localStorage.getItem('payment-passkeys'));
  assert.equal(JSON.parse(kept).length, 1);
});

test('what the customer declines is not confirmed, and the page goes on without', async () => {
  await page.goto(`${demo.broker}/login`);
  const path = await withdrawal('10000');
  const action = `${path}/passkey`;
  await form(action).locator(PLAIN).waitFor();
  for (const mode of ['autoReject', 'autoChooseToAuthAnotherWay']) {
    await answers(mode);
    await form(action).locator(MAIN).click();
    const failed = form(action).locator('.failure');
    await failed.filter({ hasText: /ブラウザー|browser/ }).waitFor();
    assert.equal(new URL(page.url()).pathname, path);
    if (mode === 'autoReject') {
      assert.deepEqual(await problems(page), [], 'declined');
      await picture(page, 'confirm-payment-declined');
      await failed.evaluate((element) => { element.textContent = ''; });
    }
  }
  const said = await press(action, PLAIN);
  assert.deepEqual([said.type, said.payment], ['webauthn.get', undefined]);
  assert.ok(await isHeld());
});

test('what the browser showed is what is confirmed', async () => {
  await answers('autoAccept');
  const path = await withdrawal('12000');
  await form(`${path}/passkey`).locator(PLAIN).waitFor();
  await picture(page, 'confirm-payment');
  const { type, payment } = await press(`${path}/passkey`, MAIN);
  assert.equal(type, 'payment.get');
  assert.deepEqual(payment.total, { currency: 'JPY', value: '12000' });
  assert.equal(payment.topOrigin, new URL(demo.sekisho).origin);
  assert.equal(payment.instrument.icon, at('/assets/payment.png'));
  const whole = /^\d{4}-\d{3} (普通|当座|貯蓄) \d{7} ./;
  assert.match(payment.payeeName, whole, 'the account is shown whole and first');
  // The passkey was added a moment ago, and this place has not been the customer's for long.
  assert.ok(await isHeld());
});

test('a page that was dressed up gets its customer to sign nothing else', async () => {
  const path = await withdrawal('13000');
  const action = `${path}/passkey`;
  for (const [what, other] of [
    ['amount', { total: { currency: 'JPY', value: '13' } }],
    ['payee', { payee: 'タナカ ハナコ 0001-001 1234567' }],
    ['name', { instrument: { displayName: '本人確認', icon: at('/assets/payment.png') } }],
  ]) {
    await form(action).locator(PLAIN).waitFor();
    await form(action).evaluate((element, change) => {
      const payment = { ...JSON.parse(element.dataset.payment), ...change };
      element.dataset.payment = JSON.stringify(payment);
    }, other);
    const said = await press(action, MAIN);
    assert.equal(said.type, 'payment.get', what);
    assert.equal(await page.locator('.errors').count(), 1, what);
  }
  await form(action).locator(PLAIN).waitFor();
  assert.equal((await press(action, MAIN)).type, 'payment.get');
  assert.ok(await isHeld());
});

test('who opts out is asked by the page from then on', async () => {
  await answers('autoOptOut');
  const path = await withdrawal('14000');
  const action = `${path}/passkey`;
  await form(action).locator(PLAIN).waitFor();
  await form(action).locator(MAIN).click();
  await form(action).locator(PLAIN).waitFor({ state: 'hidden' });
  assert.equal((await press(action, MAIN)).type, 'webauthn.get');
  assert.ok(await isHeld());
  const later = await withdrawal('15000');
  assert.equal(await form(`${later}/passkey`).locator(PLAIN).isVisible(), false);
});
