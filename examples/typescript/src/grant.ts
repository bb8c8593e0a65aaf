/**
 * Verifies a grant without asking Sekisho, as docs/api.md says.
 *
 * Redeeming is the safe way: it knows of stops, frozen accounts and what was cancelled a second
 * ago. Verify offline only what can be taken back. Signature, type, issuer, audience and expiry
 * are the library's work (jose); what a grant means is compared here.
 */

import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { digest, type Order } from './sekisho.js';

/** Seconds by which clocks may differ. */
const TOLERANCE = 5;
/** Milliseconds after which the keys are read again in any case: a key may be withdrawn. */
const LIFE = 600_000;

/** The grant is not good for this order. `reason` names the claim that is wrong. */
export class Refused extends Error {
  constructor(readonly reason: string) {
    super(`the grant is refused: ${reason}`);
    this.name = 'Refused';
  }
}

/** Where the ids of grants are remembered. */
export interface Seen {
  /** Remembers `jti` until `until`; false if it was there before. */
  add(jti: string, until: number, now: number): boolean | Promise<boolean>;
}

/**
 * For trying it out. In earnest this is a table with `jti` as its key, and the row is written in
 * the transaction that moves the money: then neither a crash nor a second process can move it
 * twice.
 */
export class SeenInMemory implements Seen {
  readonly #until = new Map<string, number>();

  add(jti: string, until: number, now: number): boolean {
    for (const [one, end] of this.#until) if (end <= now) this.#until.delete(one);
    if (this.#until.has(jti)) return false;
    this.#until.set(jti, until);
    return true;
  }
}

/** Judges grants of `issuer`, Sekisho's public address, for `application`, your own id. */
export class Grants {
  readonly #issuer: string;
  readonly #application: string;
  readonly #seen: Seen;
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;

  /** The keys are read again when a `kid` is new, but not more often than every `pause` ms. */
  constructor(issuer: string, application: string, seen: Seen, pause = 30_000) {
    this.#issuer = issuer;
    this.#application = application;
    this.#seen = seen;
    const address = new URL(`${issuer}/.well-known/jwks.json`);
    this.#keys = createRemoteJWKSet(address, { cooldownDuration: pause, cacheMaxAge: LIFE });
  }

  /**
   * The claims of a grant that is good for `order`, once.
   *
   * `order` is what you are about to carry out, from your own books and never from the grant;
   * `now` is in seconds. Throws `Refused`; other errors mean that the keys could not be read.
   */
  async verify(grant: string, order: Order, now = Date.now() / 1000): Promise<JWTPayload> {
    const claims = await this.#signed(grant, now);
    const expected = {
      operation_kind: order.kind,
      operation_digest: digest(this.#application, order),
      nonce: order.nonce,
    };
    for (const [name, value] of Object.entries(expected)) {
      if (claims[name] !== value) throw new Refused(name);
    }
    const { iat, jti, grant_until: until } = claims;
    if (typeof iat !== 'number' || iat - TOLERANCE > now) throw new Refused('iat');
    if (typeof until !== 'number') throw new Refused('grant_until');
    // A grant that is read again has a later `exp` and the same `jti`.
    const isNew = typeof jti === 'string' && (await this.#seen.add(jti, until + TOLERANCE, now));
    if (!isNew) throw new Refused('jti');
    return claims;
  }

  async #signed(grant: string, now: number): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(grant, this.#keys, {
        algorithms: ['ES256'],
        typ: 'sekisho-grant+jwt',
        issuer: this.#issuer,
        audience: this.#application,
        requiredClaims: ['exp', 'iat', 'jti'],
        clockTolerance: TOLERANCE,
        currentDate: new Date(now * 1000),
      });
      return payload;
    } catch (fault) {
      if (fault instanceof errors.JWTExpired) throw new Refused('exp');
      if (fault instanceof errors.JWTClaimValidationFailed) throw new Refused(fault.claim);
      if (isAboutKeys(fault)) throw fault;
      if (fault instanceof errors.JOSEError) throw new Refused('signature');
      throw fault;
    }
  }
}

/** Whether the set of keys could not be read, which says nothing about the grant. */
function isAboutKeys(fault: unknown): boolean {
  const { JWKSInvalid, JWKSTimeout, JOSEError } = errors;
  const plain = fault instanceof JOSEError && fault.code === JOSEError.code;
  return fault instanceof JWKSInvalid || fault instanceof JWKSTimeout || plain;
}
