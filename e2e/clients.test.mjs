// The examples an application engineer copies from, each against the live server and each with
// every grant of examples/cases.json.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import * as oidc from 'openid-client';
import { startDemo } from './lib/demo.mjs';
import { Forge } from './lib/forge.mjs';
import { Visitor } from './lib/visitor.mjs';

const target = process.env.CARGO_TARGET_DIR ?? new URL('../target', import.meta.url).pathname;
const examples = new URL('../examples/', import.meta.url).pathname;
const python = join(target, 'clients', 'bin', 'python');

/** How a program of each client is started. */
const CLIENTS = {
  rust: (program) => [join(target, 'debug', program)],
  typescript: (program) => [process.execPath, `${examples}typescript/built/${program}.js`],
  python: (program) => [python, `${examples}python/${program}.py`],
};

let customer, demo, folder, forge, visitor;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-clients-'));
  [demo, forge] = await Promise.all([startDemo(), Forge.open()]);
  visitor = new Visitor(demo, demo.customer.usual);
  customer = await signedIn();
});

after(async () => {
  await Promise.all([demo?.stop(), forge?.close(), rm(folder, { recursive: true, force: true })]);
});

/** Signs the customer in as the application does, and answers its number of them. */
async function signedIn() {
  const { client_id: id, client_secret: secret, redirect_uri } = demo.application;
  const options = { execute: [oidc.allowInsecureRequests] }; // loopback has no TLS
  const client = await oidc.discovery(new URL(demo.sekisho), id, secret, undefined, options);
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const code_challenge = await oidc.calculatePKCECodeChallenge(pkceCodeVerifier);
  const address = oidc.buildAuthorizationUrl(client, {
    redirect_uri, scope: 'openid', code_challenge, code_challenge_method: 'S256',
  });
  const back = await visitor.signIn(address);
  return (await oidc.authorizationCodeGrant(client, back, { pkceCodeVerifier })).claims().sub;
}

/** Starts a program of a client; nothing that is secret is in its arguments. */
function start(client, program, words = []) {
  const [command, ...rest] = CLIENTS[client](program);
  const env = {
    ...process.env,
    PYTHONDONTWRITEBYTECODE: '1',
    SEKISHO_URL: demo.sekisho,
    SEKISHO_APPLICATION: demo.application.client_id,
    SEKISHO_TOKEN: demo.application.token,
  };
  const stdio = ['pipe', 'pipe', 'inherit'];
  return spawn(command, [...rest, ...words], { env, stdio, timeout: 120_000 });
}

for (const client of Object.keys(CLIENTS)) {
  describe(client, () => {
    test('withdraws what the customer confirms, once', async () => {
      const order = join(folder, `${client}.json`);
      await writeFile(order, JSON.stringify({
        customer,
        kind: 'withdraw',
        fields: {
          amount: { currency: 'JPY', value: '10000' },
          payee: demo.customer.payout,
        },
        return_uri: demo.application.redirect_uri,
        context: demo.customer.usual,
        verified: ['password', 'mail_code'],
      }));
      const story = start(client, 'withdraw', [order]);
      const ended = once(story, 'exit');
      const lines = [];
      for await (const line of createInterface({ input: story.stdout })) {
        const [, address] = line.match(/^confirm (.*)$/) ?? [];
        if (address) await visitor.confirm(address);
        else lines.push(line);
      }
      const [good] = lines.splice(2, 1);
      assert.deepEqual(lines, [
        'state confirmed',
        'offline refused operation_digest',
        'offline refused jti',
        'online refused 409 operation_altered',
        'online redeemed',
        'online refused 409 grant_invalid',
      ]);
      assert.deepEqual(await ended, [0, null]);
      forge.assertLike(JSON.parse(good.replace(/^offline good /, '')), demo.sekisho);
    });

    test('takes and refuses every grant of the list as it should', async () => {
      const list = JSON.parse(await readFile(join(examples, 'cases.json'), 'utf8'));
      const judged = start(client, 'cases');
      const ended = once(judged, 'exit');
      forge.begin();
      judged.stdin.end(JSON.stringify(await forge.made(list)));
      const answers = (await text(judged.stdout)).trim().split('\n').map((one) => JSON.parse(one));
      assert.deepEqual(await ended, [0, null]);
      assert.deepEqual(answers, list.map(({ name, refused }) => ({ name, refused })));
      assert.ok(forge.asked <= forge.unknown + 1, `asked for the keys ${forge.asked} times`);
    });
  });
}
