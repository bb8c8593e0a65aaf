// Makes a browser one that approves; looks whether a phone has approved, and goes on once it has. Without
// this file a phone cannot be added, and whoever waits goes on by the button.
'use strict';

(() => {
  document.querySelector('form[data-continues]')?.submit();
  if (document.querySelector('[data-waits]')) setTimeout(() => location.reload(), 5000);

  const form = document.querySelector('form[data-push]');
  if (!form) return;
  const failed = form.querySelector('[data-failed]');
  const able = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
  const unable = document.querySelector('[data-unable]');
  form.hidden = !able;
  unable.hidden = able;
  if (!able) return;

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));

  // Another key of ours needs another subscription.
  const subscribed = async () => {
    const worker = await navigator.serviceWorker.register('/push-worker.js', { scope: '/' });
    await navigator.serviceWorker.ready;
    const before = await worker.pushManager.getSubscription();
    await before?.unsubscribe();
    return worker.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytes(form.dataset.push),
    });
  };

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    failed.textContent = '';
    try {
      if ((await Notification.requestPermission()) !== 'granted') {
        failed.textContent = failed.dataset.denied;
        return;
      }
      const said = (await subscribed()).toJSON();
      form.elements.endpoint.value = said.endpoint;
      form.elements.p256dh.value = said.keys.p256dh;
      form.elements.auth.value = said.keys.auth;
      form.submit();
    } catch {
      failed.textContent = failed.dataset.failed;
    }
  });
})();
