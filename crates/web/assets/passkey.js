// Asks the browser for a passkey, where a page offers one. Without this file, or in a browser that
// knows no passkeys, the forms it serves stay hidden and every other way works.
'use strict';

(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  // What a page says, as the browser wants it.
  const read = (json) => {
    const said = JSON.parse(json);
    const wanted = { ...said, challenge: bytes(said.challenge) };
    if (said.user) wanted.user = { ...said.user, id: bytes(said.user.id) };
    if (said.allowCredentials) wanted.allowCredentials = named(said.allowCredentials);
    if (said.excludeCredentials) wanted.excludeCredentials = named(said.excludeCredentials);
    return wanted;
  };

  // What the browser answers, as the server reads it.
  const write = (credential) => {
    const response = { clientDataJSON: text(credential.response.clientDataJSON) };
    for (const part of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
      if (credential.response[part]) response[part] = text(credential.response[part]);
    }
    const transports = credential.response.getTransports?.();
    if (transports) response.transports = transports;
    const id = text(credential.rawId);
    return JSON.stringify({ id, rawId: id, type: credential.type, response });
  };

  // For as long as a page may be answered. A laptop's sleep counts.
  const opened = Date.now();
  const left = (form) => opened + JSON.parse(form.dataset.passkey).timeout - Date.now();

  // Where the browser shows payee and amount itself, it is asked to (Secure Payment Confirmation).
  // It does so only with passkeys that were made for it, and only who made one knows which.
  const MARKED = 'payment-passkeys';
  const marked = () => {
    try {
      return [JSON.parse(localStorage.getItem(MARKED)) ?? []].flat();
    } catch {
      return []; // storage may be closed
    }
  };
  const mark = (ids) => {
    try {
      localStorage.setItem(MARKED, JSON.stringify(ids.slice(-20)));
    } catch {
      // then the page shows what is confirmed, as it always did
    }
  };
  const shows = async () => {
    const { PaymentRequest: known } = window;
    if (known?.securePaymentConfirmationAvailability) {
      return (await known.securePaymentConfirmationAvailability()) === 'available';
    }
    return (await known?.isSecurePaymentConfirmationAvailable?.()) === true;
  };
  const own = (form) => {
    const usable = JSON.parse(form.dataset.passkey).allowCredentials.map(({ id }) => id);
    return marked().filter((id) => usable.includes(id));
  };

  // The browser's own dialog, until somebody ends it or the page is too old.
  const pay = async (form, { signal }) => {
    const { payee, instrument, total } = JSON.parse(form.dataset.payment);
    const { challenge, rpId } = read(form.dataset.passkey);
    const data = {
      challenge, rpId, instrument, payeeName: payee, timeout: left(form),
      credentialIds: own(form).map(bytes), locale: [document.documentElement.lang],
    };
    const request = new PaymentRequest(
      [{ supportedMethods: 'secure-payment-confirmation', data }],
      { total: { label: instrument.displayName, amount: total } });
    const ended = new Promise((_, reject) => {
      const end = () => {
        request.abort().catch(() => {});
        reject(new DOMException('ended', 'AbortError'));
      };
      signal.addEventListener('abort', end);
      setTimeout(end, left(form));
    });
    const answer = await Promise.race([request.show(), ended]);
    await answer.complete('success').catch(() => {});
    return answer.details;
  };

  const make = async (form, options, shown) => {
    const { publicKey } = options;
    // Browsers make such a passkey on the device itself and nowhere else.
    if (shown) publicKey.authenticatorSelection.authenticatorAttachment = 'platform';
    else delete publicKey.extensions;
    const credential = await navigator.credentials.create(options);
    if (shown) mark([...marked(), text(credential.rawId)]);
    return credential;
  };

  let waiting; // one request at a time: a button ends the one that waits in the login field

  const ask = (form, more, shown) => {
    const before = waiting;
    before?.end.abort();
    const mine = { end: new AbortController(), quiet: more.mediation !== undefined };
    mine.done = (async () => {
      await before?.done.catch(() => {}); // browsers take none while another one is pending
      const options = { ...more, publicKey: read(form.dataset.passkey), signal: mine.end.signal };
      const credential = await (
        form.dataset.makes !== undefined ? make(form, options, shown)
          : shown ? pay(form, mine.end) : navigator.credentials.get(options));
      form.elements.credential.value = write(credential);
      form.submit();
    })();
    waiting = mine;
    return mine.done;
  };

  // Passkeys among the suggestions of the login field, until the page is too old for an answer.
  const fills = document.querySelector('form[data-fills]');
  const able = PublicKeyCredential.isConditionalMediationAvailable;
  const fill = () => {
    if (!fills || !able || left(fills) <= 0) return;
    able.call(PublicKeyCredential)
      .then((yes) => yes && ask(fills, { mediation: 'conditional' }))
      .catch(() => {}); // nobody asked for it, so nobody is told
  };
  fill();
  if (fills) setTimeout(() => waiting?.quiet && waiting.end.abort(), left(fills));

  for (const form of document.querySelectorAll('form[data-passkey]')) {
    const failed = form.querySelector('[data-failed]');
    const plain = form.querySelector('[data-plain]'); // the way without what only some browsers do
    const offer = async () => {
      const makes = form.dataset.makes !== undefined;
      const able = makes || (form.dataset.payment && own(form).length > 0);
      plain.hidden = !(able && (await shows()));
    };
    if (plain) offer().catch(() => {});
    form.hidden = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (!form.reportValidity()) return;
      failed.textContent = '';
      // Nothing that is signed now would count: without an answer the page comes anew and says why.
      if (left(form) <= 0) return form.submit();
      const shown = Boolean(plain) && !plain.hidden && event.submitter !== plain;
      const asked = ask(form, {}, shown);
      const mine = waiting;
      try {
        await asked;
      } catch (fault) {
        if (waiting !== mine) return; // another one took its place
        const known = fault.name === 'InvalidStateError' ? failed.dataset.known : '';
        const unshown = shown ? failed.dataset.unshown : '';
        failed.textContent = known || unshown || failed.dataset.failed;
        if (shown && fault.name === 'OptOutError') {
          const gone = own(form);
          mark(marked().filter((id) => !gone.includes(id)));
          plain.hidden = true; // from now on the first button is the plain one
        }
        fill();
      }
    });
  }
})();
