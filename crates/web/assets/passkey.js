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
    const id = text(credential.rawId);
    return JSON.stringify({ id, rawId: id, type: credential.type, response });
  };

  let waiting; // one request at a time: a button ends the one that waits in the login field

  const ask = async (form, more) => {
    waiting?.abort();
    waiting = new AbortController();
    const publicKey = read(form.dataset.passkey);
    const options = { ...more, publicKey, signal: waiting.signal };
    const { credentials } = navigator;
    const made = form.dataset.makes !== undefined;
    const credential = await (made ? credentials.create(options) : credentials.get(options));
    form.elements.credential.value = write(credential);
    form.submit();
  };

  for (const form of document.querySelectorAll('form[data-passkey]')) {
    const failed = form.querySelector('[data-failed]');
    form.hidden = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (!form.reportValidity()) return;
      failed.textContent = '';
      try {
        await ask(form, {});
      } catch (fault) {
        const known = fault.name === 'InvalidStateError' ? failed.dataset.known : '';
        failed.textContent = known || failed.dataset.failed;
      }
    });
  }

  // Passkeys among the suggestions of the login field.
  const fills = document.querySelector('form[data-fills]');
  const able = PublicKeyCredential.isConditionalMediationAvailable;
  if (fills && able) {
    able.call(PublicKeyCredential)
      .then((yes) => yes && ask(fills, { mediation: 'conditional' }))
      .catch(() => {}); // nobody asked for it, so nobody is told
  }
})();
