// Offers names that fit while rules are written, and keeps what was typed in this tab, should the
// session end. Without this file the table of facts beside the field says the same.
'use strict';

(() => {
  const KEPT = 'rules-draft';
  const storage = (act) => {
    try {
      return act(sessionStorage);
    } catch {
      return null; // storage may be closed
    }
  };
  // What is kept on the server need not be kept here.
  if (document.querySelector('script[data-saved]')) storage((all) => all.removeItem(KEPT));

  const form = document.querySelector('form[data-writes]');
  if (!form) return;
  const field = form.elements.document;
  const list = document.getElementById('names');
  const MOST = 8;

  // The form that shows a passkey sends what is typed now, not what was when the page was made.
  for (const other of document.querySelectorAll('form[data-copies]')) {
    other.addEventListener('submit', () => {
      other.elements.document.value = field.value;
    }, { capture: true });
  }

  // From what is wrong to its line.
  for (const link of document.querySelectorAll('a[data-line]')) {
    link.addEventListener('click', (event) => {
      event.preventDefault();
      const lines = field.value.split('\n');
      const line = Math.min(Number(link.dataset.line), lines.length);
      const from = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
      field.focus();
      field.setSelectionRange(from, from + lines[line - 1].length);
      field.scrollTop = (field.scrollHeight * (line - 4)) / lines.length;
    });
  }

  // In this tab alone, and until it is closed.
  const kept = storage((all) => all.getItem(KEPT));
  const back = form.querySelector('[data-put-back]');
  if (form.dataset.first !== undefined && kept && kept !== field.value) {
    back.hidden = false;
    back.querySelector('button').addEventListener('click', () => {
      field.value = kept;
      back.hidden = true;
      field.focus();
    });
  }

  const facts = [...document.querySelectorAll('[data-name]')].map((one) => one.textContent);
  // Conditions and signals that the document itself names.
  const own = () => {
    const found = [];
    let table = '';
    for (const line of field.value.split('\n')) {
      const head = line.match(/^\s*\[+\s*([\w.]+)\s*\]/);
      if (head) [, table] = head;
      if (head && table.startsWith('signal.')) found.push(table);
      const key = !head && table === 'is' && line.match(/^\s*(\w+)\s*=/);
      if (key) found.push(`is.${key[1]}`);
    }
    return found;
  };

  const word = () => field.value.slice(0, field.selectionStart).match(/[a-z_][\w.]*$/)?.[0] ?? '';
  const fitting = (begun) => {
    if (begun.length < 2 || field.selectionStart !== field.selectionEnd) return [];
    const all = [...new Set([...facts, ...own()])].filter((name) => name !== begun);
    const first = all.filter((name) => name.startsWith(begun));
    const within = all.filter((name) => !name.startsWith(begun) && name.includes(begun));
    return [...first, ...within].slice(0, MOST);
  };

  let chosen = -1;
  field.setAttribute('aria-controls', 'names');
  field.setAttribute('aria-autocomplete', 'list');

  const close = () => {
    list.hidden = true;
    list.replaceChildren();
    chosen = -1;
    field.removeAttribute('aria-activedescendant');
  };
  const choose = (at) => {
    const all = [...list.children];
    chosen = (at + all.length) % all.length;
    all.forEach((one, place) => one.setAttribute('aria-selected', String(place === chosen)));
    field.setAttribute('aria-activedescendant', all[chosen].id);
    all[chosen].scrollIntoView({ block: 'nearest' });
  };
  const take = (name) => {
    const end = field.selectionStart;
    field.setRangeText(name, end - word().length, end, 'end');
    close();
    field.focus();
    keep();
  };
  const keep = () => storage((all) => all.setItem(KEPT, field.value));
  const offer = () => {
    close();
    const names = fitting(word());
    if (names.length === 0) return;
    list.replaceChildren(...names.map((name, at) => {
      const one = document.createElement('li');
      one.id = `name-${at}`;
      one.setAttribute('role', 'option');
      one.setAttribute('aria-selected', 'false');
      one.textContent = name;
      // Before the field loses the focus.
      one.addEventListener('pointerdown', (event) => {
        event.preventDefault();
        take(name);
      });
      return one;
    }));
    list.hidden = false;
  };

  field.addEventListener('input', () => {
    keep();
    offer();
  });
  field.addEventListener('blur', close);
  field.addEventListener('keydown', (event) => {
    if (list.hidden || event.isComposing) return;
    const { key } = event;
    const takes = (key === 'Enter' || key === 'Tab') && chosen >= 0;
    if (key === 'ArrowDown') choose(chosen + 1);
    else if (key === 'ArrowUp') choose(chosen < 0 ? -1 : chosen - 1);
    else if (key === 'Escape') close();
    else if (takes) take(list.children[chosen].textContent);
    else return;
    event.preventDefault();
  });
})();
