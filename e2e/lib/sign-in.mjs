// Signs in on the hosted pages, as a person with a password manager would.

import { allMessages, newestCode } from './demo.mjs';

const NAME = 'input[autocomplete~="username"]';
const PASSWORD = 'input[autocomplete~="current-password"]';
const CODE = 'input[autocomplete~="one-time-code"]';

/** Submits the form that a field is in, and waits for the next page. */
export async function submit(page, field) {
  const button = page.locator('form').filter({ has: page.locator(field) }).locator('[type=submit]');
  await Promise.all([page.waitForNavigation(), button.first().click()]);
}

/** Gives a name and a password, on one page or on two. */
export async function givePassword(page, { name, password }) {
  await page.locator(NAME).fill(name);
  if ((await page.locator(PASSWORD).count()) === 0) await submit(page, NAME);
  await page.locator(PASSWORD).fill(password);
  await submit(page, PASSWORD);
}

/** Signs in, with the code from the message box if the page asks for one. */
export async function signIn(page, demo, look = async () => {}) {
  const known = (await allMessages(demo)).length;
  await look('sign-in');
  await givePassword(page, demo.customer);
  if ((await page.locator(CODE).count()) > 0) {
    await look('code');
    await page.locator(CODE).fill(await newestCode(demo, known));
    await submit(page, CODE);
  }
}
