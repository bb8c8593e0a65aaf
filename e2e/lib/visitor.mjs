// A person without a browser: forms posted by fetch, a jar of cookies, codes from the message box.

import assert from 'node:assert/strict';
import { allMessages, newestCode } from './demo.mjs';

/** A visitor with a jar of cookies, who follows redirects as long as they stay at the provider. */
export class Visitor {
  #cookies = new Map();
  #demo;
  #seat;

  /** At the place of this machine, or at `seat`, the address and the browser of somebody else. */
  constructor(demo, seat) {
    this.#demo = demo;
    this.#seat = seat && { 'x-forwarded-for': seat.address, 'user-agent': seat.user_agent };
  }

  async open(address, init = {}) {
    const url = new URL(address, this.#demo.sekisho);
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...this.#seat, ...init.headers, cookie, accept: 'text/html' };
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (value) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
    }
    const place = answer.headers.get('location');
    if (!place) return { status: answer.status, url, text: await answer.text() };
    const next = new URL(place, url);
    return next.origin === url.origin ? this.open(next) : { left: next };
  }

  /** Fills in the first form of a page that has the field, and sends it. */
  submit(page, filled) {
    const [field] = Object.keys(filled);
    return this.#send(page, (form) => form.includes(`name="${field}"`), filled);
  }

  /** Sends the form that goes to an address with this ending, as it is. */
  press(page, ending) {
    return this.#send(page, (form) => form.match(/action="([^"]+)"/)?.[1].endsWith(ending), {});
  }

  #send(page, isIt, filled) {
    const forms = page.text?.match(/<form[\s\S]*?<\/form>/g) ?? [];
    const form = forms.find(isIt);
    assert.ok(form, `not the form that was looked for at ${page.url ?? page.left}`);
    const body = new URLSearchParams();
    for (const [, name, value] of form.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)) {
      body.set(name, value.replaceAll(/&(?:amp|#38);/g, '&'));
    }
    for (const [name, value] of Object.entries(filled)) body.set(name, value);
    const action = form.match(/action="([^"]+)"/)?.[1] ?? page.url.href;
    return this.open(action, { method: 'POST', body });
  }

  /** Signs in where an address leads, with the code from the message box if one is asked for. */
  async signIn(address) {
    const known = (await allMessages(this.#demo)).length;
    const { name: login, password } = this.#demo.customer;
    let page = await this.submit(await this.open(address), { login, password });
    if (page.text?.includes('one-time-code')) {
      page = await this.submit(page, { code: await newestCode(this.#demo, known) });
    }
    assert.ok(page.left, `signing in ended at ${page.url} with ${page.status}`);
    return page.left;
  }

  /** Confirms the operation that an address shows, with a code; answers where one is sent. */
  async confirm(address) {
    const known = (await allMessages(this.#demo)).length;
    const asking = await this.press(await this.open(address), '/code');
    const page = await this.submit(asking, { code: await newestCode(this.#demo, known) });
    assert.ok(page.left, `confirming ended at ${page.url} with ${page.status}:\n${page.text}`);
    return page.left;
  }
}
