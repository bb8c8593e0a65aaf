/** Judges the grants of examples/cases.json, made ready on standard input, one answer a line. */

import { json } from 'node:stream/consumers';
import { stdin } from 'node:process';
import { Grants, Refused, SeenInMemory } from './grant.js';
import type { Order } from './sekisho.js';

type Case = { name: string; grant: string; order: Order; now: number };
type Told = { issuer: string; application: string; cases: Case[] };

const told = (await json(stdin)) as Told;
// A pause would be right for a server and would let the cases wait.
const grants = new Grants(told.issuer, told.application, new SeenInMemory(), 0);
for (const { name, grant, order, now } of told.cases) {
  let refused: string | null = null;
  try {
    await grants.verify(grant, order, now);
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    refused = fault.reason;
  }
  console.log(JSON.stringify({ name, refused }));
}
