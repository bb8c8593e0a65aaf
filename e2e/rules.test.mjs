// Rules in the console, in a real Chromium: a draft is written with names that are offered, is
// checked, tried, kept and applied in shadow; every page by the accessibility engine and at 320
// pixels.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freshPage, headerProblems, launch, picture, problems } from './lib/browser.mjs';
import { startDemo } from './lib/demo.mjs';

let browser, demo, page;

before(async () => {
  demo = await startDemo();
  browser = await launch();
  page = await freshPage(browser, { locale: 'en-US' });
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
const open = (to) => page.goto(new URL(to, demo.console).href);
const text = () => page.locator('main').innerText();

async function press(button) {
  await Promise.all([page.waitForNavigation(), button.click()]);
}
const step = (name) => press(page.locator(`form[data-writes] button[value="${name}"]`));
const submit = (action) => press(page.locator(`form[action="${action}"] [type=submit]`).first());

async function looks(name) {
  assert.deepEqual(await problems(page), [], name);
  await picture(page, `rules-${name}`);
}

test('a person who may write rules comes in', async () => {
  await open('/enrol');
  await page.locator('#name').fill(demo.staff.name);
  await page.locator('#secret').fill(demo.staff.secret);
  await submit('/enrol');
  await page.locator('#name').fill('desk key');
  await submit('/enrol/passkey');
  await submit('/sign-in');
  assert.equal(path(), '/');
  for (const language of ['ja', 'en']) {
    for (const to of ['/rules', '/rules/standard', '/rules/standard/trial', '/rules/new']) {
      const answer = await open(`${to}?lang=${language}`);
      assert.deepEqual(headerProblems(answer), [], to);
      await looks(`${to.slice(1).replaceAll('/', '-')}-${language}`);
    }
  }
});

test('names are offered by the keyboard, and what was typed is kept in the tab', async () => {
  await open('/rules/new');
  const field = page.locator('#document');
  const whole = await field.inputValue();
  assert.match(whole, /version = "mine\.1"/);
  await field.focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.type("\n[[rule]]\nreason = \"rule_everybody\"\nwhen = 'custo");
  const names = page.locator('#names [role=option]');
  assert.ok((await names.count()) > 0, 'names are offered');
  await looks('names-en');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#names').isHidden(), true);
  await page.keyboard.type('m');
  await page.keyboard.press('ArrowDown');
  const first = await names.first().innerText();
  assert.equal(await names.first().getAttribute('aria-selected'), 'true');
  await page.keyboard.press('Enter');
  assert.ok((await field.inputValue()).endsWith(`when = '${first}`));
  const typed = await field.inputValue();
  await open('/rules/new');
  assert.equal(await field.inputValue(), whole);
  await page.locator('[data-put-back] button').click();
  assert.equal(await field.inputValue(), typed);
});

test('a draft is told what is wrong, tried, kept and applied in shadow', async () => {
  await open('/rules/new');
  const field = page.locator('#document');
  const whole = await field.inputValue();
  const rule = (when) => `${whole}
[[rule]]
reason = "rule_everybody"
when = '${when}'
verdict = "refuse"
case = "Nobody comes in: to see that it is seen."
text.ja = "全員を拒否します。"
text.en = "Everybody is refused."
`;
  await field.fill(rule('custmer.history >= 0'));
  await step('check');
  assert.match(await text(), /did you mean customer\.history\?/);
  assert.equal(await field.inputValue(), rule('custmer.history >= 0'));
  await looks('wrong-en');
  await page.locator('a[data-line]').first().click();
  const chosen = await field.evaluate((one) =>
    one.value.slice(one.selectionStart, one.selectionEnd));
  assert.equal(chosen, "when = 'custmer.history >= 0'");
  await field.fill(rule('customer.history >= 0'));
  await step('try');
  assert.match(await text(), /It is right/);
  assert.match(await text(), /rule_everybody/);
  await looks('tried-en');
  await step('save');
  assert.equal(path(), '/rules/mine.1');
  await looks('draft-en');
  assert.equal(await page.evaluate(() => sessionStorage.getItem('rules-draft')), null);
  await submit('/rules/mine.1/shadow');
  assert.match(page.url(), /told=shadow/);
  await looks('shadow-en');
  await open('/rules/mine.1/trial');
  await looks('trial-en');
  await open('/rules');
  await looks('list-en');
  await press(page.locator('form[action="/rules"] [type=submit]').first());
  assert.match(page.url(), /told=ended/);
  assert.deepEqual(page.heard, []);
});
