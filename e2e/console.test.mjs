// The console, in a real Chromium with a passkey of its own: come in, watch, find a customer,
// protect the account, stop operations; every page by the accessibility engine and at 320 pixels.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freshPage, headerProblems, launch, picture, problems } from './lib/browser.mjs';
import { allMessages, startDemo } from './lib/demo.mjs';
import { givePassword, signIn, } from './lib/sign-in.mjs';

let browser, demo, page;

before(async () => {
  demo = await startDemo();
  browser = await launch();
  page = await freshPage(browser);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const path = () => new URL(page.url()).pathname;
const form = (action) => page.locator(`form[action="${action}"]`);
const open = (to) => page.goto(new URL(to, demo.console).href);

async function press(action) {
  const button = form(action).locator('[type=submit]').first();
  await Promise.all([page.waitForNavigation(), button.click()]);
}

async function looks(name) {
  assert.deepEqual(await problems(page), [], name);
  await picture(page, `console-${name}`);
}

/** Finds the demo's customer as somebody would who is on the telephone with them. */
async function find() {
  await open('/customers');
  await page.locator('#what').fill(demo.customer.name);
  await press('/customers');
  assert.match(path(), /^\/customers\/cus_/);
}

test('a person makes the first passkey and comes in with it', async () => {
  const away = await open('/');
  assert.equal(path(), '/sign-in');
  assert.deepEqual(headerProblems(away), []);
  await looks('sign-in-ja');
  await open('/enrol');
  await page.locator('#name').fill(demo.staff.name);
  await page.locator('#secret').fill(demo.staff.secret);
  await looks('enrol-ja');
  await press('/enrol');
  await page.locator('#name').fill('机の鍵');
  await press('/enrol/passkey');
  assert.equal(path(), '/sign-in');
  await press('/sign-in');
  assert.equal(path(), '/');
  await looks('overview-ja');
});

test('the overview keeps itself as it is now', async () => {
  const moment = () => page.locator('[data-live] time').first().getAttribute('datetime');
  const first = await moment();
  await page.waitForFunction(
    (was) => document.querySelector('[data-live] time').dateTime !== was, first,
    { timeout: 30_000 });
  assert.deepEqual(page.heard, []);
});

test('every list is there before anything is in it', async () => {
  const lists = [
    'alerts', 'campaigns', 'cases', 'customers', 'links', 'networks', 'operations', 'stops'];
  for (const list of lists) {
    for (const language of ['ja', 'en']) {
      const answer = await open(`/${list}?lang=${language}`);
      assert.equal(answer.status(), 200, list);
      await looks(`${list}-${language}`);
    }
  }
  await open('/?lang=en');
  await looks('overview-en');
});

test('a customer is masked until it is said why', async () => {
  await find();
  await looks('customer-en');
  const text = () => page.locator('main').innerText();
  assert.ok(!(await text()).includes(demo.customer.name), 'masked');
  await page.locator('details summary').first().click();
  await page.locator('#purpose').fill('Asked about a sign-in, case 2026-9');
  const action = `${path()}/reveal`;
  await press(action);
  assert.ok((await text()).includes(demo.customer.name), 'whole');
  await looks('customer-whole-en');
  await find();
  assert.ok(!(await text()).includes(demo.customer.name), 'masked again');
  await Promise.all([
    page.waitForNavigation(), page.locator('a[href^="/decisions/"]').first().click()]);
  await looks('decision-en');
});

test('an attack is seen, and whom it touched is joined with others it touched', async () => {
  const field = await freshPage(browser);
  await field.goto(new URL('/drills', demo.messages).href);
  await field.locator('form[action="/drills/stuffing"] [type=submit]').click();
  await open('/alerts');
  const alert = page.locator('main a[href^="/alerts/alr_"]').first();
  const late = Date.now() + 90_000;
  while (await alert.count() === 0 && Date.now() < late) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await page.reload();
  }
  await looks('alerts-full-en');
  await Promise.all([page.waitForNavigation(), alert.click()]);
  await looks('alert-en');
  const one = path();
  await press(`${one}/take`);
  const taken = new RegExp(`Taken by\\s+${demo.staff.name},`);
  assert.match(await page.locator('main').innerText(), taken);
  await looks('alert-taken-en');
  await open(`${one}/respond?response=reset_password`);
  await looks('alert-respond-en');
  await open(one);
  const touched = page.locator('main a[href^="/customers?reference="]');
  const other = page.locator('svg a[href*=","]').first();
  // Whom it touched is chance; of some an address is shared with few, as in a household.
  for (let number = 0; number < await touched.count() && await other.count() === 0; number += 1) {
    await Promise.all([page.waitForNavigation(), touched.nth(number).click()]);
    const see = page.locator('a[href^="/links?of="]').first();
    await Promise.all([page.waitForNavigation(), see.click()]);
    if (await other.count() === 0) await open(one);
  }
  await looks('links-one-en');
  await other.focus();
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.match(decodeURIComponent(page.url()), /of=cus_\w+,cus_/, 'opened by keyboard');
  await looks('links-two-en');
  await open(`${page.url()}&lang=ja`);
  await looks('links-two-ja');
  await open('/alerts?lang=en');
  await field.close();
});

test('a message to many is linted, shown first, and waits for a second person', async () => {
  await open('/campaigns/new?lang=ja');
  await looks('campaign-new-ja');
  await open('/campaigns/new?lang=en');
  await press('/campaigns/new');
  await looks('campaign-wrong-en');
  await page.locator('#kind').selectOption('phishing_warning');
  await page.locator('#chosen').selectOption('all');
  await page.locator('#subject_ja').fill('偽のメッセージにご注意ください');
  await page.locator('#body_ja').fill('偽のメッセージが確認されています。\nご注意ください。');
  await page.locator('#subject_en').fill('Beware of fake messages');
  await page.locator('#body_en').fill('Look at hinode-secure[.]example for more.');
  await press('/campaigns/new');
  assert.equal(await page.locator('#body_en-error').count(), 1, 'an address in disguise is found');
  await looks('campaign-linted-en');
  await page.locator('#body_en').fill('Somebody sends messages in our name. Sign in as ever.');
  await press('/campaigns/new');
  await looks('campaign-preview-en');
  await page.locator('#ground').fill('A fake site was seen, case 2026-9');
  await press('/campaigns/new');
  assert.match(path(), /^\/campaigns\/cmp_/);
  await looks('campaign-en');
  const known = (await allMessages(demo)).length;
  await open('/campaigns?lang=ja');
  await looks('campaigns-full-ja');
  await open('/campaigns?lang=en');
  assert.equal((await allMessages(demo)).length, known, 'alone nobody sends');
});

test('from a refused network nobody signs in until it is ended', async () => {
  const customer = await freshPage(browser, { locale: 'en-US' });
  const tried = async () => {
    await customer.goto(new URL('/sign-in', demo.sekisho).href);
    await givePassword(customer, demo.customer);
    return customer.locator('.errors').count();
  };
  await open('/networks');
  await press('/networks/look');
  await looks('networks-wrong-en');
  await page.locator('#network').fill('127.0.0.1');
  await press('/networks/look');
  assert.match(await page.locator('main').innerText(), /You are in this network yourself/);
  await press('/networks');
  await looks('networks-preview-en');
  await page.locator('input[name="listed"][value="deny"]').check();
  await page.locator('#hours').selectOption('1');
  await page.locator('#ground').fill('A list is tried from there, case 2026-9');
  await press('/networks');
  assert.match(page.url(), /told=made/);
  await looks('network-en');
  const one = path();
  assert.equal(await tried(), 1, 'refused');
  await open('/networks?lang=ja');
  await looks('networks-full-ja');
  await open(`${one}?lang=en`);
  await page.locator('#ground').fill('It is over');
  await press(`${one}/end`);
  assert.match(page.url(), /told=ended/);
  await looks('network-ended-en');
  assert.equal(await tried(), 0, 'as ever');
  await customer.close();
});

test('a reset password signs the customer out and opens nothing', async () => {
  const customer = await freshPage(browser, { locale: 'en-US' });
  await customer.goto(new URL('/account', demo.sekisho).href);
  await signIn(customer, demo);
  assert.equal(new URL(customer.url()).pathname, '/account');
  const known = (await allMessages(demo)).length;
  await find();
  const action = `${path()}/respond`;
  await press(action);
  await looks('customer-wrong-en');
  await page.locator('input[name="response"][value="reset_password"]').check();
  await page.locator('#ground').fill('On a stolen list, case 2026-9');
  await press(action);
  assert.match(page.url(), /told=done/);
  await looks('customer-reset-en');
  await customer.reload();
  assert.equal(new URL(customer.url()).pathname, '/sign-in', 'signed out');
  await givePassword(customer, demo.customer);
  assert.equal(await customer.locator('.errors').count(), 1, 'the password opens nothing');
  const told = (await allMessages(demo)).slice(known);
  assert.ok(told.length > 0, 'the customer is told');
});

test('operations are stopped by one and let go by two', async () => {
  await open('/stops');
  await press('/stops');
  await looks('stops-wrong-en');
  await page.locator('#kind').selectOption('every');
  await page.locator('#message_ja').fill('ただいま手続きを停止しています');
  await page.locator('#message_en').fill('Operations are stopped for now');
  await page.locator('#ground').fill('An incident at another firm, 2026-9');
  await press('/stops');
  assert.match(page.url(), /told=stopped/);
  await looks('stops-stopped-en');
  const lift = await page.locator('form[action$="/lift"]').getAttribute('action');
  await press(lift);
  assert.match(page.url(), /told=proposed/);
  await press(lift);
  assert.equal(await page.locator('.errors').count(), 1, 'alone nobody lifts');
  await open('/');
  await looks('overview-stopped-en');
});

test('who signs out sees nothing any more', async () => {
  await press('/sign-out');
  for (const to of ['/', '/customers', '/alerts', '/overview/live']) {
    const answer = await page.request.get(new URL(to, demo.console).href, { maxRedirects: 0 });
    assert.equal(answer.status(), to === '/overview/live' ? 204 : 303, to);
  }
});
