// Makes the grants of examples/cases.json: good ones, and ones that are wrong in one thing.

import assert from 'node:assert/strict';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { CompactSign, calculateJwkThumbprint, exportJWK, exportSPKI, generateKeyPair } from 'jose';

const ISSUED = 1_800_000_000; // 2027-01-15, in seconds: the clock is part of each case
const APPLICATION = 'app_01jd7k3v0q8w2m5x9c4b6n1t7r';
const TIMES = ['auth_time', 'exp', 'grant_until', 'iat'];
const ORDER = {
  customer: 'C-000123',
  kind: 'withdraw',
  fields: {
    amount: { currency: 'JPY', value: '100000' },
    payee: {
      account_type: 'ordinary',
      bank: '0005',
      branch: '123',
      holder: 'ヤマダ タロウ',
      number: '1234567',
    },
  },
  nonce: 'order-77/2027',
};
/** What docs/api.md says is hashed, written out by hand so that nothing here computes it. */
const CANONICAL = '{"audience":"app_01jd7k3v0q8w2m5x9c4b6n1t7r","customer":"C-000123",'
  + '"fields":{"amount":{"currency":"JPY","value":"100000"},"payee":{"account_type":"ordinary",'
  + '"bank":"0005","branch":"123","holder":"ヤマダ タロウ","number":"1234567"}},'
  + '"kind":"withdraw"}';

/** An issuer of its own on this machine, with keys that it publishes and keys that it does not. */
export class Forge {
  /** How often the keys were asked for, and how many grants name none that was published. */
  asked = 0;
  unknown = 0;

  static async open() {
    const forge = new Forge();
    forge.ours = await key();
    [forge.other, forge.later] = [await key(), await key()];
    forge.edwards = await key('Ed25519');
    forge.server = createServer((request, answer) => forge.#answer(request, answer));
    forge.server.listen(0, '127.0.0.1');
    await once(forge.server, 'listening');
    forge.issuer = `http://127.0.0.1:${forge.server.address().port}`;
    return forge;
  }

  /** Forgets what was asked; the key that comes later is not published yet. */
  begin() {
    [this.asked, this.unknown] = [0, 0];
  }

  #answer(request, answer) {
    assert.equal(request.url, '/.well-known/jwks.json');
    this.asked += 1;
    const keys = [this.ours, this.edwards, ...(this.asked === 1 ? [] : [this.later])];
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
  }

  /** What the program that judges the cases is told. */
  async made(list) {
    const cases = [];
    let last;
    for (const one of list) {
      const jti = one.again ? last : `grt_${randomUUID()}`;
      last = jti;
      cases.push({
        name: one.name,
        grant: await this.#grant(one, jti),
        order: merged(ORDER, one.order ?? {}),
        now: ISSUED + (one.after ?? 1),
      });
    }
    return { issuer: this.issuer, application: APPLICATION, cases };
  }

  #claims(jti) {
    return {
      iss: this.issuer,
      aud: APPLICATION,
      sub: ORDER.customer,
      jti,
      iat: 0,
      exp: 60,
      grant_until: 300,
      operation_id: 'opr_01jd7k3v0q8w2m5x9c4b6n1t7r',
      operation_kind: ORDER.kind,
      operation_digest: createHash('sha256').update(CANONICAL).digest('hex'),
      amr: ['otp'],
      acr: 'urn:sekisho:acr:multi',
      auth_time: -10,
      nonce: ORDER.nonce,
    };
  }

  async #grant({ claims: changed = {}, header: headed = {}, key: by = 'ours' }, jti) {
    const claims = merged(this.#claims(jti), changed);
    for (const name of TIMES) if (typeof claims[name] === 'number') claims[name] += ISSUED;
    const kid = by === 'unknown' ? this.other.kid : (this[by] ?? this.ours).kid;
    const known = by === 'other' ? this.ours.kid : kid;
    if (by === 'unknown' || by === 'later') this.unknown += 1;
    const alg = by === 'edwards' ? 'Ed25519' : 'ES256';
    const header = merged({ alg, kid: known, typ: 'sekisho-grant+jwt' }, headed);
    const { edwards, later, other } = this;
    const signer = { edwards, later, other, unknown: other }[by] ?? this.ours;
    const sign = (what) => signed(header, what, signer.secret);
    const [head, body, signature] = (await sign(claims)).split('.');
    const none = base64url({ ...header, alg: 'none' });
    switch (by) {
      case 'none': return `${none}.${body}.`;
      case 'none-kept': return `${none}.${body}.${signature}`;
      case 'cut': return `${head}.${body}.`;
      case 'rubbish': return 'rubbish';
      case 'exchanged': return `${head}.${base64url({ ...claims, amr: ['hwk'] })}.${signature}`;
      case 'shared': {
        const start = `${base64url({ ...header, alg: 'HS256' })}.${body}`;
        const mac = createHmac('sha256', this.ours.pem).update(start).digest('base64url');
        return `${start}.${mac}`;
      }
      default: return `${head}.${body}.${signature}`;
    }
  }

  /** Fails unless a grant of the live server says the same things as ours, each in its way. */
  assertLike(claims, issuer) {
    const mine = this.#claims('grt_1');
    assert.deepEqual(Object.keys(claims).sort(), Object.keys(mine).sort());
    for (const name of Object.keys(mine)) assert.equal(typeof claims[name], typeof mine[name]);
    assert.equal(claims.iss, issuer);
    assert.ok(claims.exp - claims.iat <= 60 && claims.exp <= claims.grant_until);
  }

  async close() {
    this.server.close();
    await once(this.server, 'close');
  }
}

/** The algorithm is not published, so that a client has to hold to its own. */
async function key(alg = 'ES256') {
  const { publicKey, privateKey: secret } = await generateKeyPair(alg);
  const bare = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(bare);
  const pem = await exportSPKI(publicKey);
  return { kid, secret, pem, jwk: { ...bare, kid, use: 'sig' } };
}

/** The library would not sign a header that it does not understand, unless told that it does. */
function signed(header, claims, secret) {
  const sign = new CompactSign(new TextEncoder().encode(JSON.stringify(claims)));
  return sign.setProtectedHeader(header).sign(secret, { crit: { moon: true } });
}

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** `changed` laid over `value`; null takes a member away. */
function merged(value, changed) {
  const result = { ...value };
  for (const [name, one] of Object.entries(changed)) {
    if (one === null) delete result[name];
    else if (typeof one !== 'object' || Array.isArray(one)) result[name] = one;
    else result[name] = merged(value[name], one);
  }
  return result;
}
