// Keeps the overview as it is now. Without this file the page stays as it was when it was opened.
'use strict';

(() => {
  const live = document.querySelector('[data-live]');
  if (!live || !window.EventSource) return;

  // The server answers with one event and says when to ask again; with none when nobody is signed
  // in any more, and then the browser asks no more.
  const source = new EventSource(live.dataset.live);
  source.addEventListener('message', (event) => {
    // Nothing moves under somebody's hands.
    if (!live.contains(document.activeElement)) live.innerHTML = event.data;
  });
  source.addEventListener('error', () => {
    if (source.readyState !== EventSource.CLOSED) return;
    document.querySelector('[data-live-over]').hidden = false;
  });
})();
