// The hosted pages, as a customer meets them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freshPage, headerProblems, launch, picture, problems } from './lib/browser.mjs';
import { startDemo } from './lib/demo.mjs';
import { givePassword, signIn } from './lib/sign-in.mjs';

let browser, demo;

before(async () => {
  demo = await startDemo();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** From the broker's page to the hosted sign-in page, the way a customer goes. */
async function toSignIn(options) {
  const page = await freshPage(browser, options);
  await page.goto(demo.broker);
  const way = page.getByRole('link', { name: /ログイン|Sign in/ })
    .or(page.getByRole('button', { name: /ログイン|Sign in/ }));
  const [answer] = await Promise.all([page.waitForNavigation(), way.first().click()]);
  assert.equal(new URL(page.url()).origin, demo.sekisho, 'the sign-in page is not Sekisho');
  return { page, answer };
}

const people = {
  ja: { locale: 'ja-JP' },
  en: { locale: 'en-GB' },
  'ja-dark': { locale: 'ja-JP', colorScheme: 'dark' },
  'ja-phone': { locale: 'ja-JP', viewport: { width: 390, height: 844 } },
};

for (const [who, options] of Object.entries(people)) {
  test(`a customer signs in (${who})`, async () => {
    const { page, answer } = await toSignIn(options);
    assert.deepEqual(headerProblems(answer), []);
    assert.equal(await page.locator('html').getAttribute('lang'), who.slice(0, 2));
    await signIn(page, demo, async (name) => {
      assert.deepEqual(await problems(page), [], name);
      await picture(page, `${name}-${who}`);
    });
    assert.equal(new URL(page.url()).origin, demo.broker);
    await picture(page, `signed-in-${who}`);
  });
}

test('a customer signs in without JavaScript', async () => {
  const { page } = await toSignIn({ javaScriptEnabled: false });
  await signIn(page, demo);
  assert.equal(new URL(page.url()).origin, demo.broker);
});

test('a customer signs in with the keyboard alone', async () => {
  const { page } = await toSignIn();
  const focused = (kind) => page.locator(`input[autocomplete~="${kind}"]:focus`).count();
  const tabTo = async (kind) => {
    for (let presses = 0; presses < 20 && !(await focused(kind)); presses += 1) {
      await page.keyboard.press('Tab');
    }
    assert.equal(await focused(kind), 1, `the keyboard does not reach ${kind}`);
  };
  await tabTo('username');
  await page.keyboard.type(demo.customer.name);
  await tabTo('current-password');
  await page.keyboard.type(demo.customer.password);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.equal(await page.locator('input[autocomplete~="current-password"]').count(), 0);
});

test('an unknown name and a wrong password are told the same', async () => {
  const told = [];
  for (const name of [demo.customer.name, 'nobody@example.com']) {
    const { page } = await toSignIn();
    await givePassword(page, { name, password: 'not the right one, not at all' });
    assert.deepEqual(await problems(page), [], 'the page of a wrong password');
    assert.equal(await page.locator('input[autocomplete~="username"]').inputValue(), name);
    told.push((await page.locator('main').innerText()).replaceAll(name, ''));
    await picture(page, 'wrong-password');
  }
  assert.equal(told[0], told[1]);
});
