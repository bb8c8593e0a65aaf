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

  let waiting; // one request at a time: a button ends the one that waits in the login field

  const ask = (form, more) => {
    const before = waiting;
    before?.end.abort();
    const mine = { end: new AbortController(), quiet: more.mediation !== undefined };
    mine.done = (async () => {
      await before?.done.catch(() => {}); // browsers take none while another one is pending
      const options = { ...more, publicKey: read(form.dataset.passkey), signal: mine.end.signal };
      const { credentials } = navigator;
      const made = form.dataset.makes !== undefined;
      const credential = await (made ? credentials.create(options) : credentials.get(options));
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
    form.hidden = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (!form.reportValidity()) return;
      failed.textContent = '';
      // Nothing that is signed now would count: without an answer the page comes anew and says why.
      if (left(form) <= 0) return form.submit();
      const asked = ask(form, {});
      const mine = waiting;
      try {
        await asked;
      } catch (fault) {
        if (waiting !== mine) return; // another one took its place
        const known = fault.name === 'InvalidStateError' ? failed.dataset.known : '';
        failed.textContent = known || failed.dataset.failed;
        fill();
      }
    });
  }
})();
