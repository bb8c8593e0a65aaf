// Says how hard a password is to guess while it is typed. It is never sent anywhere from here, and every
// page works without this file. The server puts LISTS before it: words, the likeliest first, and the lines
// of keyboards. The rules are those of crates/core/src/password/gauge.rs, step by step and in whole numbers;
// crates/core/tests/passwords.txt holds both to the same answers.
'use strict';

const GAUGE = (() => {
  const MOST = 128;
  const LONGEST_WORD = 16;
  const CHOICE = 10;
  const STEPS = [270, 350, 500];
  const STEP_WORDS = ['low', 'medium_low', 'medium', 'high'];
  const KINDS = ['date', 'keyboard', 'none', 'personal', 'repeat', 'sequence', 'short', 'word'];
  const ranks = new Map(LISTS.words.map((word, at) => [word, at + 1]));
  const lines = LISTS.keyboard.flatMap((line) => [[...line], [...line].reverse()]);
  const figures = {
    '@': 'a', 4: 'a', 3: 'e', 1: 'i', '!': 'i', 0: 'o', $: 's', 5: 's', 7: 't',
  };

  const fold = (letter) => {
    if (letter >= 'A' && letter <= 'Z') return letter.toLowerCase();
    const code = letter.codePointAt(0);
    return code >= 0x30a1 && code <= 0x30f6 ? String.fromCodePoint(code - 0x60) : letter;
  };
  const isDigit = (c) => c >= '0' && c <= '9';
  const isSmall = (c) => c >= 'a' && c <= 'z';
  const isCapital = (c) => c >= 'A' && c <= 'Z';
  const isAscii = (c) => c.codePointAt(0) < 128;
  const isKana = (c) => c.codePointAt(0) >= 0x3040 && c.codePointAt(0) <= 0x30ff;

  // Ten times the logarithm to base 2, by straight lines between the powers.
  const tenthsOf = (number) => {
    const least = Math.max(number, 1);
    const whole = 31 - Math.clz32(least);
    const power = 2 ** whole;
    return 10 * whole + Math.floor((10 * (least - power)) / power);
  };

  const single = (typed) => {
    const kinds = [
      [isDigit, 10],
      [isSmall, 26],
      [isCapital, 26],
      [(c) => isAscii(c) && !isDigit(c) && !isSmall(c) && !isCapital(c), 33],
      [isKana, 83],
      [(c) => !isAscii(c) && !isKana(c), 2136],
    ];
    return tenthsOf(kinds.reduce((sum, [test, size]) => (typed.some(test) ? sum + size : sum), 0));
  };

  const capitals = (piece) => {
    const count = piece.filter(isCapital).length;
    if (count === 0) return 0;
    return (count === 1 && isCapital(piece[0])) || count === piece.length ? 10 : 10 * count;
  };

  const startsWith = (text, from, word) => word.every((letter, at) => text[from + at] === letter);

  const words = (typed, folded, from, reach) => {
    const most = Math.min(LONGEST_WORD, folded.length - from);
    for (let length = 2; length <= most; length += 1) {
      const piece = folded.slice(from, from + length);
      const plain = piece.map((letter) => figures[letter] ?? letter);
      for (const [word, more] of [[piece, 0], [plain, CHOICE]]) {
        const rank = ranks.get(word.join(''));
        if (rank !== undefined) {
          const cost = tenthsOf(rank) + more + capitals(typed.slice(from, from + length));
          reach(from, length, cost, 'word');
        }
      }
    }
  };

  const sequence = (folded, from, reach) => {
    const code = (at) => folded[at].codePointAt(0);
    if (from + 1 >= folded.length) return;
    const step = code(from + 1) - code(from);
    if (![1, -1, 2, -2].includes(step) || (Math.abs(step) === 2 && code(from) < 0x3040)) return;
    let length = 2;
    while (from + length < folded.length && code(from + length) - code(from + length - 1) === step) {
      length += 1;
      const first = folded[from];
      const start = 'az019あ'.includes(first) ? 10 : isDigit(first) ? 33 : 47;
      reach(from, length, start + (step < 0 ? 10 : 0) + tenthsOf(length), 'sequence');
    }
  };

  const keyboard = (folded, from, reach) => {
    for (const line of lines) {
      for (let at = 0; at < line.length; at += 1) {
        let run = 0;
        while (at + run < line.length && line[at + run] === folded[from + run]) run += 1;
        for (let length = 3; length <= run; length += 1) {
          reach(from, length, (at === 0 ? 40 : 60) + tenthsOf(length), 'keyboard');
        }
      }
    }
  };

  const repeats = (folded, from, reach) => {
    for (let back = 1; back <= from; back += 1) {
      let run = 0;
      while (from + run < folded.length && folded[from + run] === folded[from + run - back]) run += 1;
      if (run >= (back === 1 ? 2 : 3)) reach(from, run, tenthsOf(back) + tenthsOf(run), 'repeat');
    }
  };

  const digitsOf = (letters) => {
    const eight = letters.slice(0, 8);
    const end = eight.findIndex((letter) => !isDigit(letter));
    return eight.slice(0, end < 0 ? 8 : end).map(Number);
  };
  const number = (digits, at, length) =>
    at + length > digits.length ? -1 : Number(digits.slice(at, at + length).join(''));
  const isYear = (digits, at) => number(digits, at, 4) >= 1900 && number(digits, at, 4) < 2050;
  const isMonthAndDay = (digits, at) => {
    const within = (place, most) => number(digits, place, 2) >= 1 && number(digits, place, 2) <= most;
    return (within(at, 12) && within(at + 2, 31)) || (within(at, 31) && within(at + 2, 12));
  };
  const isDay = (digits) =>
    digits.length === 8 &&
    ((isYear(digits, 0) && isMonthAndDay(digits, 4)) || (isMonthAndDay(digits, 0) && isYear(digits, 4)));

  const dates = (folded, from, reach) => {
    const digits = digitsOf(folded.slice(from, from + 8));
    if (isYear(digits, 0)) reach(from, 4, 72, 'date');
    if (isMonthAndDay(digits, 0)) reach(from, 4, 85, 'date');
    const short = isMonthAndDay(digits, 2) || isMonthAndDay(digits, 0);
    if (digits.length >= 6 && short) reach(from, 6, 151, 'date');
    if (isDay(digits)) reach(from, 8, 157, 'date');
    const piece = folded.slice(from, from + 10);
    if (piece.length < 10) return;
    for (const [first, second] of [[4, 7], [2, 5]]) {
      const marked = '-./'.includes(piece[first]) && piece[first] === piece[second];
      const rest = piece.filter((_, at) => at !== first && at !== second);
      if (marked && isDay(digitsOf(rest))) reach(from, 10, 177, 'date');
    }
  };

  const weakness = (last, step) => {
    if (step === 3) return 'none';
    const length = last.length - 1;
    const covered = Object.fromEntries(KINDS.map((kind) => [kind, 0]));
    for (let at = length; at > 0; at = last[at][0]) covered[last[at][1]] += at - last[at][0];
    let most = 'none';
    for (const kind of KINDS) {
      const more = most === 'none' || covered[kind] > covered[most];
      if (kind !== 'none' && covered[kind] > 0 && more) most = kind;
    }
    return most !== 'none' && covered[most] * 2 >= length ? most : 'short';
  };

  // `password` as it was typed; `own` is what is known of the customer, folded.
  const estimate = (password, own) => {
    const typed = [...password.normalize('NFKC')].slice(0, MOST);
    const folded = typed.map(fold);
    const cost = [0, ...typed.map(() => Infinity)];
    const last = cost.map(() => [0, 'none']);
    const reach = (from, length, tenths, kind) => {
      const sum = cost[from] + tenths + (kind === 'none' ? 0 : CHOICE);
      if (sum < cost[from + length]) {
        cost[from + length] = sum;
        last[from + length] = [from, kind];
      }
    };
    const one = single(typed);
    const known = own.map((word) => [...word]);
    for (let from = 0; from < typed.length; from += 1) {
      reach(from, 1, one, 'none');
      for (const word of known) {
        if (startsWith(folded, from, word)) reach(from, word.length, 0, 'personal');
      }
      words(typed, folded, from, reach);
      sequence(folded, from, reach);
      keyboard(folded, from, reach);
      repeats(folded, from, reach);
      dates(folded, from, reach);
    }
    const tenths = cost[typed.length];
    const step = STEPS.filter((least) => tenths >= least).length;
    return { tenths, step: STEP_WORDS[step], weakness: weakness(last, step) };
  };

  // The parts of what stands in the field of the login, as the server takes them from it: nearly. It also
  // knows other writings of a telephone number and the words of the service.
  const ownOf = (login) => {
    const folded = [...login.normalize('NFKC')].map(fold).join('');
    const [local, ...domain] = folded.split('@');
    const parts = [...local.split(/[^\p{L}\p{N}]+/u), local.replace(/[^\p{L}\p{N}]+/gu, '')];
    const labels = domain.join('').split('.').filter((label) => label.length >= 4);
    return [...parts.filter((part) => part.length >= 3), ...labels];
  };

  return { estimate, ownOf };
})();

// Put beside the fields when there is a page.
if (typeof document !== 'undefined') {
  for (const gauge of document.querySelectorAll('[data-gauges]')) {
    const field = document.getElementById(gauge.dataset.gauges);
    const login = document.getElementById(gauge.dataset.own);
    const [step, , why] = gauge.children;
    const text = (name) => gauge.getAttribute(`data-${name}`) ?? '';
    const show = () => {
      if (field.value === '') {
        delete gauge.dataset.step;
        step.replaceChildren();
        why.replaceChildren();
        return;
      }
      const found = GAUGE.estimate(field.value, GAUGE.ownOf(login?.value ?? ''));
      const says = document.createElement('strong');
      says.textContent = text(`step-${found.step}`);
      const because = `${text(`why-${found.weakness}`)} ${text(`hint-${found.weakness}`)}`;
      // Nothing is read aloud again that was said already.
      if (gauge.dataset.step !== found.step) step.replaceChildren(`${text('title')}: `, says);
      if (why.textContent !== because) why.textContent = because;
      gauge.dataset.step = found.step;
    };
    field.addEventListener('input', show);
    login?.addEventListener('input', () => field.value !== '' && show());
  }
}
