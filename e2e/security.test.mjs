// The security centre in a real Chromium: every page in both languages, narrow and wide, and the
// ways through it without a script.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freshPage, headerProblems, launch, picture, problems } from './lib/browser.mjs';
import { allMessages, newestCode, startDemo } from './lib/demo.mjs';
import { givePassword, signIn } from './lib/sign-in.mjs';

const PAGES = [
  '/security', '/security/password', '/security/contact', '/security/contact/new',
  '/security/contact/notice', '/security/devices', '/security/sessions', '/security/messages',
  '/security/freeze', '/security/passkeys', '/security/prove', '/security/totp',
  '/security/backup-codes', '/history', '/account',
];
/** Pages for whoever comes. */
const OPEN = [
  '/', '/sign-in', '/sign-up', '/recover', '/recover/passkey', '/thaw', '/report', '/signed-out',
];
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };
const NEW = 'hanako@example.org';

let browser, demo, page;

before(async () => {
  demo = await startDemo();
  browser = await launch();
  page = await freshPage(browser);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const at = (path) => new URL(path, demo.sekisho).href;
const form = (action) => page.locator(`form[action="${action}"]`);
const shown = (path) => path.slice(1).replaceAll('/', '-');

async function send(action, fields = {}) {
  for (const [name, value] of Object.entries(fields)) {
    await form(action).locator(`[name="${name}"]`).fill(value);
  }
  await Promise.all([
    page.waitForNavigation(), form(action).locator('[type=submit]').first().click()]);
}

/** Opens each page in both languages, narrow and wide, and leaves a picture of it. */
async function looked(paths) {
  for (const lang of ['en', 'ja']) {
    for (const path of paths) {
      const answer = await page.goto(at(`${path}?lang=${lang}`));
      assert.equal(answer.status(), 200, path);
      assert.deepEqual(headerProblems(answer), [], path);
      assert.deepEqual(await problems(page), [], `${path} ${lang}`);
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport);
        await picture(page, `${shown(path) || 'landing'}-${lang}-${size}`);
      }
    }
  }
}

test('what anybody may open is well in both languages, narrow and wide', () => looked(OPEN));

test('nothing is left of a sign-in where others use the browser too', async () => {
  await page.goto(at('/sign-in?return_to=/account'));
  await page.locator('#shared').check();
  await signIn(page, demo);
  assert.equal(new URL(page.url()).pathname, '/account');
  const names = async () => (await page.context().cookies()).map((cookie) => cookie.name);
  assert.ok(!(await names()).includes('__Host-device'), 'the browser is not remembered');
  const out = page.locator('form[action="/sign-out"] [type=submit]').first();
  await Promise.all([page.waitForNavigation(), out.click()]);
  assert.equal(new URL(page.url()).pathname, '/signed-out');
  const left = (await names()).filter((name) => name !== '__Host-visitor');
  assert.deepEqual(left, []);
});

test('every page is well in both languages, narrow and wide', async () => {
  await page.goto(at('/security'));
  await signIn(page, demo);
  assert.equal(new URL(page.url()).pathname, '/security');
  await looked(PAGES);
});

test('a file of the history is downloaded', async () => {
  await page.goto(at('/history'));
  const [file] = await Promise.all([
    page.waitForEvent('download'), page.locator('a[href="/history/export.csv"]').click()]);
  assert.equal(file.suggestedFilename(), 'history.csv');
});

test('a contact is added with the present one in full, and what is wrong is said', async () => {
  const path = '/security/contact/new';
  await page.goto(at(path));
  await send(path, { current: 'h***@e***.com', wanted: NEW });
  assert.deepEqual(await problems(page), [], 'a wrong present one');
  await picture(page, 'security-contact-wrong-ja');
  const known = (await allMessages(demo)).length;
  await send(path, { current: demo.customer.name, wanted: NEW });
  assert.equal(new URL(page.url()).pathname, '/code');
  assert.deepEqual(await problems(page), [], 'the code of a contact');
  await send('/code', { code: await newestCode(demo, known) });
  assert.match(page.url(), /\/security\/contact\?told=changed/);
  assert.match(await page.locator('main').innerText(), /h\*\*\*@e\*\*\*\.org/);
  await picture(page, 'security-contact-changed-ja');
});

test('backup codes are shown once, and one signs in where there is no script', async () => {
  const path = '/security/backup-codes';
  await page.goto(at(path));
  await send(path);
  assert.deepEqual(await problems(page), [], 'codes are shown');
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    await picture(page, `security-backup-codes-shown-ja-${size}`);
  }
  const codes = (await page.locator('pre.codes').innerText()).trim().split('\n');
  assert.equal(codes.length, 10);
  await page.emulateMedia({ media: 'print' });
  assert.ok(await page.locator('pre.codes').isVisible());
  assert.equal(await page.locator('nav').first().isVisible(), false);
  await picture(page, 'security-backup-codes-print-ja');
  await page.emulateMedia({ media: 'screen' });
  await page.goto(at(path));
  assert.ok(!(await page.content()).includes(codes[0]));

  const away = await freshPage(browser, { javaScriptEnabled: false });
  await away.goto(at('/sign-in?return_to=/security/backup-codes'));
  await givePassword(away, demo.customer);
  const way = away.locator('form[action="/code/backup-code"]');
  assert.equal(await way.isVisible(), false, 'one of several other ways');
  await away.locator('summary').click();
  for (const code of ['4K7Q', codes[0].toLowerCase().replaceAll('-', ' ')]) {
    await way.locator('[name=backup]').fill(code);
    await picture(away, 'code-backup-ja');
    await Promise.all([away.waitForNavigation(), way.locator('[type=submit]').click()]);
  }
  assert.equal(new URL(away.url()).pathname, path);
  await picture(away, 'security-backup-codes-used-ja');
  const told = (await allMessages(demo)).map((message) => message.body);
  assert.ok(told.some((body) => body.includes('残りは9個です')));
});

test('a freeze is one step and one confirmation away from any page', async () => {
  await page.goto(at('/account'));
  await Promise.all([
    page.waitForNavigation(), page.locator('nav a[href="/security/freeze"]').click()]);
  await send('/security/freeze');
  assert.equal(new URL(page.url()).pathname, '/report/done');
  assert.deepEqual(await problems(page), [], 'frozen');
  await page.goto(at('/security'));
  assert.equal(new URL(page.url()).pathname, '/sign-in');
});
