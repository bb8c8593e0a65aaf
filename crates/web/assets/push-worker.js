// Shows on a phone that something waits for its customer's approval, and opens the page that says what. It
// reads no page and keeps nothing.
'use strict';

self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('push', (event) => {
  let said = {};
  try {
    said = event.data?.json() ?? {};
  } catch {
    // Not from us: a browser wants a notification for every message all the same.
  }
  event.waitUntil(
    self.registration.showNotification(String(said.title ?? ''), {
      body: String(said.body ?? ''),
      data: { request: String(said.request ?? '') },
      // A newer request takes the place of the older one, here too.
      tag: 'approve',
      renotify: true,
      requireInteraction: true,
    }),
  );
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const page = new URL('/approve', self.location.origin);
  const { request } = event.notification.data ?? {};
  if (request) page.searchParams.set('request', request);
  event.waitUntil(self.clients.openWindow(page.href));
});
