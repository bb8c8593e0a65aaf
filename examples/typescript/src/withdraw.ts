/**
 * One withdrawal from beginning to end: `node built/withdraw.js ORDER.json`.
 *
 * Address, id and credential come from the environment: SEKISHO_URL, SEKISHO_APPLICATION and
 * SEKISHO_TOKEN, for an argument can be read by everybody on the machine.
 */

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { env, exit } from 'node:process';
import { Grants, Refused, SeenInMemory } from './grant.js';
import { type Amount, type Order, Problem, Sekisho } from './sekisho.js';

function needed(name: string): string {
  const value = env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

const url = needed('SEKISHO_URL');
const application = needed('SEKISHO_APPLICATION');
const sekisho = new Sekisho(url, application, needed('SEKISHO_TOKEN'));
const grants = new Grants(url, application, new SeenInMemory());
const told = JSON.parse(await readFile(process.argv[2] ?? 'order.json', 'utf8'));
const order: Order = { ...told, nonce: randomUUID() };

let operation = await sekisho.operate(order, randomUUID());
if (operation.state === 'pending') {
  // A web application answers with a redirect to this address.
  console.log('confirm', operation.confirm_uri);
  operation = await sekisho.wait(operation.id, 600_000, 200);
}
console.log('state', operation.state);
if (operation.state !== 'confirmed' || operation.grant === undefined) exit(1);
const { grant } = operation;
const amount = order.fields['amount'] as Amount;
const more = { ...amount, value: `${amount.value}0` };
const altered: Order = { ...order, fields: { ...order.fields, amount: more } };

for (const what of [altered, order, order]) console.log('offline', await offline(what));
for (const what of [altered, order, order]) console.log('online', await online(what));

async function offline(what: Order): Promise<string> {
  try {
    return `good ${JSON.stringify(await grants.verify(grant, what))}`;
  } catch (fault) {
    if (fault instanceof Refused) return `refused ${fault.reason}`;
    throw fault;
  }
}

async function online(what: Order): Promise<string> {
  try {
    // Move the money after this line and at no other place.
    return (await sekisho.redeem(grant, what, randomUUID())).state;
  } catch (fault) {
    if (fault instanceof Problem) return `refused ${fault.status} ${fault.reason}`;
    throw fault;
  }
}
