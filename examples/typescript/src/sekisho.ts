/**
 * Sekisho for an application: have an operation guarded, wait for the customer, redeem the grant.
 *
 * Needs nothing but Node. `grant.ts` beside it verifies a grant without asking; most applications
 * are better off without that one.
 */

import { createHash } from 'node:crypto';
import { setTimeout as pass } from 'node:timers/promises';

export type Amount = { currency: string; value: string };

export type Account = {
  account_type: 'ordinary' | 'current' | 'savings';
  bank: string;
  branch: string;
  holder: string;
  number: string;
};

/** What is to be guarded, as your books have it. Keep it: the grant is compared with it. */
export type Order = {
  customer: string;
  kind: string;
  fields: Record<string, Amount | Account | string>;
  /** Fresh for each order: a grant that carries it fits no other order, however alike. */
  nonce: string;
  return_uri?: string;
  /** The customer's browser as you saw it. */
  context?: { address?: string; user_agent?: string; device?: string };
  /** What you verified yourself before, such as `password`. */
  verified?: string[];
};

/** What is switched off at present; show `message` and `left`, the ways that remain, as text. */
export type Stop = {
  id: string;
  message: { ja: string; en: string };
  since: string;
  until?: string;
  left: { code: string; ja: string; en: string }[];
};

export type Operation = {
  id: string;
  state: 'pending' | 'confirmed' | 'redeemed' | 'held' | 'refused';
  digest: string;
  /** Where to send the customer's browser, while the state is `pending`. */
  confirm_uri?: string;
  /** While it can be redeemed. */
  grant?: string;
  stop?: Stop;
};

/** What Sekisho answered instead of what was asked for (RFC 9457). */
export class Problem extends Error {
  readonly type: string;
  /** Why a decision refused, such as `grant_invalid`; absent where the request was wrong. */
  readonly reason: string | undefined;
  /** Where the reason is `stopped`. */
  readonly stop: Stop | undefined;

  constructor(readonly status: number, document: Record<string, unknown>) {
    const errors = Array.isArray(document['errors']) ? document['errors'] : [];
    const wrong = errors.map((one) => `${one?.pointer} ${one?.detail}`);
    const told = document['detail'] ?? document['title'] ?? 'no problem document came';
    // `instance` names the request in Sekisho's log: say it when you ask its operators.
    super([`${status}: ${told}`, ...wrong, document['instance'] ?? ''].join(' ').trimEnd());
    this.name = 'Problem';
    this.type = String(document['type'] ?? 'about:blank');
    this.reason = typeof document['reason'] === 'string' ? document['reason'] : undefined;
    this.stop = document['stop'] as Stop | undefined;
  }
}

/** The API behind one credential. `application` is your own id, `app_…`. */
export class Sekisho {
  readonly #url: string;
  readonly #application: string;
  readonly #token: string;
  readonly #timeout: number;

  constructor(url: string, application: string, token: string, timeout = 10_000) {
    this.#url = url.replace(/\/$/, '');
    this.#application = application;
    this.#token = token;
    this.#timeout = timeout;
  }

  /**
   * Has `order` guarded. While its `state` is `pending`, send the customer to `confirm_uri`.
   *
   * `key` is your number of this request. Keep it before you send, and send again with the same
   * one if no answer came: that makes no second operation.
   */
  async operate(order: Order, key: string): Promise<Operation> {
    const operation = await this.#call('POST', '/v1/operations', order, key);
    // Whoever writes fields in another way than Sekisho learns it here and not from a grant.
    if (operation.digest !== digest(this.#application, order)) {
      throw new Error('Sekisho reads these fields in another way than they are written');
    }
    return operation;
  }

  /** Reads an operation again, with its `grant` while that can be redeemed. */
  operation(id: string): Promise<Operation> {
    return this.#call('GET', `/v1/operations/${id}`);
  }

  /**
   * Reads an operation until it is no longer `pending`, for `patience` milliseconds at most.
   *
   * A web application reads it once instead, when the browser comes back to `return_uri`. Only
   * `confirmed` comes with a grant; `held` waits for Sekisho's staff, perhaps for days.
   */
  async wait(id: string, patience = 600_000, pause = 1_000): Promise<Operation> {
    const until = performance.now() + patience;
    for (;;) {
      const operation = await this.operation(id);
      if (operation.state !== 'pending' || performance.now() >= until) return operation;
      await pass(pause);
    }
  }

  /**
   * Redeems a grant for what you carry out at once. A `Problem` means: do not.
   *
   * `key` is again your number of this request, another one than for `operate`.
   */
  redeem(grant: string, { kind, fields }: Order, key: string): Promise<Operation> {
    return this.#call('POST', '/v1/grants/redeem', { grant, kind, fields }, key);
  }

  async #call(method: string, path: string, body?: object, key?: string): Promise<Operation> {
    const headers = new Headers({
      accept: 'application/json',
      authorization: `Bearer ${this.#token}`,
    });
    if (key !== undefined) headers.set('idempotency-key', key);
    if (body !== undefined) headers.set('content-type', 'application/json');
    const answer = await fetch(this.#url + path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      redirect: 'error', // the credential goes to Sekisho and to nowhere that an answer points to
      signal: AbortSignal.timeout(this.#timeout),
    });
    if (answer.ok) return (await answer.json()) as Operation;
    const document: unknown = await answer.json().catch(() => null);
    const isObject = typeof document === 'object' && document !== null;
    throw new Problem(answer.status, isObject ? (document as Record<string, unknown>) : {});
  }
}

/** The digest of an operation: SHA-256 over its canonical JSON (RFC 8785), in hexadecimal. */
export function digest(application: string, { customer, kind, fields }: Order): string {
  const pairs = Object.entries(fields).map(([name, value]) => [name, written(value)]);
  const all = { audience: application, customer, fields: Object.fromEntries(pairs), kind };
  return createHash('sha256').update(canonical(all)).digest('hex');
}

type Json = string | { [name: string]: Json };

/** Strings as JSON.stringify writes them and members in order: RFC 8785 is made of these. */
function canonical(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const names = Object.keys(value).sort();
  const members = names.map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? '')}`);
  return `{${members.join(',')}}`;
}

/**
 * A field as Sekisho writes it: letters and digits of an account in half width.
 *
 * Amounts are not touched: write them with all decimals of their currency.
 */
function written(value: Amount | Account | string): Json {
  if (typeof value === 'string') return value.trim().normalize('NFC');
  if (!('account_type' in value)) return value;
  const parts = Object.entries(value);
  return Object.fromEntries(parts.map(([name, text]) => [name, text.normalize('NFKC').trim()]));
}
