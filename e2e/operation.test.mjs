// The money in a real Chromium, under the profile in which a withdrawal asks for a transaction PIN
// and a code by mail: the story from the first PIN to the broker's receipt, what goes wrong on the
// way, limits, what waits, and the code for the telephone.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  freshPage, headerProblems, largestTexts, launch, picture, problems,
} from './lib/browser.mjs';
import { allMessages, newestCode, startDemo } from './lib/demo.mjs';
import { signIn, submit } from './lib/sign-in.mjs';

const PIN = 'Torii-4821';
const WRONG = 'Torii-4822';
const CODE = '#code';
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

let browser, demo, page;

before(async () => {
  demo = await startDemo(['--policy', 'jp-legacy']);
  browser = await launch();
  page = await seated(demo.customer.usual);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const at = (path) => new URL(path, demo.sekisho).href;
const form = (action) => page.locator(`form[action="${action}"], form[action^="${action}?"]`);
const path = () => new URL(page.url()).pathname;
const heading = () => page.locator('h1').innerText();

/** A page of somebody who sits at a place. */
function seated({ address, user_agent: userAgent }) {
  const extraHTTPHeaders = { 'accept-language': 'ja', 'x-forwarded-for': address };
  return freshPage(browser, { extraHTTPHeaders, userAgent });
}

async function press(action) {
  const button = form(action).locator('[type=submit]').first();
  await Promise.all([page.waitForNavigation(), button.click()]);
}

/** Proves it once more where the page asks for that. */
async function proved() {
  const prove = page.locator('a.button[href^="/security/prove"]');
  if (!(await prove.count())) return;
  await Promise.all([page.waitForNavigation(), prove.click()]);
  const known = (await allMessages(demo)).length;
  await press('/security/prove/code');
  await page.locator(CODE).fill(await newestCode(demo, known));
  await submit(page, CODE);
}

/** Asks the broker for a withdrawal, has the code sent, and returns both. */
async function withdrawal(amount) {
  await page.goto(`${demo.broker}/withdraw`);
  await page.locator('#amount').fill(amount);
  await submit(page, '#amount');
  const confirm = page.locator('a[href*="/confirm/"]');
  if (await confirm.count()) await Promise.all([page.waitForNavigation(), confirm.click()]);
  assert.match(path(), /^\/confirm\//, await page.locator('main').innerText());
  const operation = path();
  const known = (await allMessages(demo)).length;
  if (await form(`${operation}/code`).count()) await press(`${operation}/code`);
  return { operation, code: await newestCode(demo, known) };
}

async function confirm({ code, pin }) {
  await page.locator(CODE).fill(code);
  await page.locator('#pin, [name="pin"]').first().fill(pin);
  await submit(page, CODE);
}

async function looked(where, name) {
  for (const lang of ['en', 'ja']) {
    const answer = await page.goto(at(`${where}?lang=${lang}`));
    assert.equal(answer.status(), 200, where);
    assert.deepEqual(headerProblems(answer), [], where);
    assert.deepEqual(await problems(page), [], `${where} ${lang}`);
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      await picture(page, `${name}-${lang}-${size}`);
    }
  }
}

test('a transaction PIN is set, and it is not the password', async () => {
  await page.goto(`${demo.broker}/login`);
  await signIn(page, demo);
  await page.goto(at('/security/pin'));
  await proved();
  await page.goto(at('/security/pin'));
  const fields = page.locator('form[action="/security/pin"] input[type=password]');
  await fields.last().fill(demo.customer.password);
  await press('/security/pin');
  assert.equal(await page.locator('.errors').count(), 1, 'the password of the account');
  assert.deepEqual(await problems(page), [], 'a PIN that is refused');
  await fields.last().fill(PIN);
  await press('/security/pin');
  assert.equal(await page.locator('.told').count(), 1);
});

test('a withdrawal is confirmed by PIN and code together', async () => {
  const { operation, code } = await withdrawal('10000');
  assert.deepEqual(await problems(page), [], 'PIN and code');
  const largest = await largestTexts(page);
  assert.ok(largest.some((text) => /^10,000(円| JPY)$/.test(text)), largest.join(' | '));
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    await picture(page, `confirm-pin-ja-${size}`);
  }
  await confirm({ code, pin: WRONG });
  assert.equal(path(), operation, 'a wrong PIN');
  assert.equal(await page.locator('.errors').count(), 1);
  assert.deepEqual(await problems(page), [], 'a wrong PIN');
  await picture(page, 'confirm-pin-wrong-ja');
  await confirm({ code, pin: PIN });
  assert.equal(new URL(page.url()).origin, new URL(demo.broker).origin, await heading());
  const told = (await allMessages(demo)).filter(({ body }) => body.includes('10,000'));
  assert.ok(told.length > 0, 'the customer was told');
});

test('a code is good for its own operation and for no other', async () => {
  const first = await withdrawal('11000');
  const second = await withdrawal('12000');
  await confirm({ code: first.code, pin: PIN });
  assert.equal(path(), second.operation, 'the code of the other');
  assert.equal(await page.locator('.errors').count(), 1);
  await confirm({ code: second.code, pin: PIN });
  assert.equal(new URL(page.url()).origin, new URL(demo.broker).origin);
});

test('what waits is at /operations and is cancelled there', async () => {
  const { operation } = await withdrawal('13000');
  await looked('/operations', 'operations');
  const id = operation.split('/').at(-1);
  await press(`/operations/${id}/cancel`);
  assert.match(page.url(), /told=cancelled/);
  await picture(page, 'operations-cancelled-ja');
  await page.goto(at(operation));
  assert.equal(await page.locator(CODE).count(), 0, 'nothing is left to confirm');
});

test('a lower limit counts at once', async () => {
  await looked('/security/limits', 'limits');
  await proved();
  await page.goto(at('/security/limits'));
  const each = page.locator('form:has(input[value="withdraw"]) input[name="each"]');
  await each.fill('１０，０００');
  await submit(page, 'input[value="withdraw"] ~ .field input[name="each"]');
  assert.match(page.url(), /told=/, await page.locator('main').innerText());
  await picture(page, 'limits-set-ja');
  await page.goto(`${demo.broker}/withdraw`);
  await page.locator('#amount').fill('10001');
  await submit(page, '#amount');
  const confirm = page.locator('a[href*="/confirm/"]');
  assert.equal(await confirm.count(), 0, 'nothing to confirm above the limit');
  assert.doesNotMatch(path(), /^\/confirm\//);
  await picture(page, 'broker-above-limit-ja');
});

test('a code for the telephone is made and shown once', async () => {
  await looked('/security/telephone-code', 'telephone-code');
  await press('/security/telephone-code');
  assert.equal(await page.locator('pre.codes').count(), 1);
  assert.deepEqual(await problems(page), [], 'the code');
  await picture(page, 'telephone-code-shown-ja');
});
