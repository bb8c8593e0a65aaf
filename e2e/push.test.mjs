// Approvals on a phone in a real Chromium: the worker, the manifest, and a sign-in that is
// approved elsewhere by its number. The push service is the test itself; see README.md.

import assert from 'node:assert/strict';
import { createECDH, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import ece from 'http_ece';
import { freshPage, headerProblems, launch, picture, problems } from './lib/browser.mjs';
import { startDemo } from './lib/demo.mjs';
import { givePassword, signIn } from './lib/sign-in.mjs';

const PEM = new URL('../crates/web/tests/serve/pem/', import.meta.url);
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

let browser, demo, phone, laptop, host;
const keys = createECDH('prime256v1');
const auth = randomBytes(16);
const taken = [];

before(async () => {
  keys.generateKeys();
  const [cert, key] = await Promise.all(
    ['one.pem', 'one.key'].map((name) => readFile(new URL(name, PEM))));
  host = createServer({ cert, key }, async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    taken.push({ headers: request.headers, body: Buffer.concat(parts) });
    response.writeHead(201).end();
    host.emit('taken');
  });
  host.listen(0, '127.0.0.1');
  await once(host, 'listening');
  const name = `localhost:${host.address().port}`;
  const authority = new URL('authority.pem', PEM).pathname;
  demo = await startDemo(['--push-host', name, '--push-authorities', authority]);
  browser = await launch();
  phone = await freshPage(browser);
  laptop = await freshPage(browser);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
  host?.close();
});

const at = (path) => new URL(path, demo.sekisho).href;

/** Looks at the page as it is, in both widths, and at what an engine finds wrong with it. */
async function looked(page, name) {
  assert.deepEqual(await problems(page), [], name);
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    await picture(page, `${name}-${size}`);
  }
}

async function click(page, button) {
  await Promise.all([page.waitForNavigation(), page.locator(button).first().click()]);
}

/** What the demo sent last, opened as the browser would. */
async function pushed() {
  if (taken.length === 0) await once(host, 'taken');
  const { headers, body } = taken.pop();
  assert.equal(headers['content-encoding'], 'aes128gcm');
  assert.match(headers.authorization, /^vapid t=[\w.-]+, k=[\w-]+$/);
  const text = ece.decrypt(body, {
    version: 'aes128gcm', privateKey: keys, authSecret: auth.toString('base64url'),
  });
  return JSON.parse(text.toString());
}

test('the manifest and the worker are files of ours that a browser takes', async () => {
  const answer = await phone.goto(at('/approve?lang=ja'));
  assert.deepEqual(headerProblems(answer), []);
  await looked(phone, 'approve-nothing-ja');
  const client = await phone.context().newCDPSession(phone);
  const manifest = await client.send('Page.getAppManifest');
  assert.deepEqual(manifest.errors, []);
  assert.equal(JSON.parse(manifest.data).display, 'standalone');
});

test('a phone is added, gets what is asked, and approves a sign-in elsewhere', async () => {
  await phone.goto(at('/sign-in?lang=ja'));
  await signIn(phone, demo);
  const context = phone.context();
  await context.grantPermissions(['notifications'], { origin: new URL(demo.sekisho).origin });
  const subscription = {
    endpoint: `https://localhost:${host.address().port}/phone`,
    keys: {
      p256dh: keys.getPublicKey('base64url'),
      auth: auth.toString('base64url'),
    },
  };
  await phone.addInitScript((said) => {
    PushManager.prototype.getSubscription = async () => null;
    PushManager.prototype.subscribe = async () => ({ toJSON: () => said });
    Notification.requestPermission = async () => 'granted';
  }, subscription);
  await phone.goto(at('/security/push'));
  await looked(phone, 'phones-ja');
  const client = await context.newCDPSession(phone);
  const versions = [];
  client.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    versions.push(...registrations);
  });
  await client.send('ServiceWorker.enable');
  await click(phone, 'form[data-push] [type=submit]');
  assert.match(phone.url(), /told=added/);
  await looked(phone, 'phones-added-ja');
  await phone.goto(at('/security/push?lang=en'));
  await looked(phone, 'phones-added-en');

  await laptop.goto(at('/sign-in?lang=en'));
  await givePassword(laptop, demo.customer);
  await click(laptop, 'form[action="/code/push"] [type=submit]');
  await looked(laptop, 'code-push-en');
  const number = await laptop.locator('.number').innerText();
  const said = await pushed();
  assert.match(said.request, /^skn_/);
  const worker = versions.find((one) => one.scopeURL === at('/'));
  const deliver = () => client.send('ServiceWorker.deliverPushMessage', {
    origin: new URL(demo.sekisho).origin,
    registrationId: worker.registrationId,
    data: JSON.stringify(said),
  });
  const titles = () => phone.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const shown = await registration.getNotifications();
    return shown.map((one) => [one.title, one.data.request]);
  });
  // What reaches a worker that is just being started may be lost: it is sent again, as a push
  // service would, and shows once, since its tag is one.
  const late = Date.now() + 20_000;
  let shown = [];
  while (shown.length === 0 && Date.now() < late) {
    await deliver();
    const again = Date.now() + 2_000;
    while (shown.length === 0 && Date.now() < again) shown = await titles();
  }
  assert.deepEqual(shown, [[said.title, said.request]]);

  for (const lang of ['en', 'ja']) {
    await phone.goto(at(`/approve?request=${said.request}&lang=${lang}`));
    await looked(phone, `approve-sign-in-${lang}`);
  }
  await phone.locator('#number').fill(number);
  await click(phone, 'form.card [type=submit]');
  assert.match(phone.url(), /told=done/);
  await looked(phone, 'approve-done-ja');
  await laptop.goto(at('/code/push'));
  await laptop.waitForURL(/\/account/);
});
