// The browser's gauge against the table that core is held to: the same answers to the tenth
// of a bit.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import vm from 'node:vm';

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const lines = (path) => read(path).split('\n').filter((line) => line !== '');

// As the server puts it together: the lists, then the script.
const lists = {
  words: lines('crates/core/src/password/words.txt'),
  keyboard: lines('crates/core/src/password/keyboard.txt'),
};
const gauge_text = read('crates/web/assets/gauge.js');
const script = `const LISTS = ${JSON.stringify(lists)};\n${gauge_text}\nGAUGE`;
const gauge = vm.runInNewContext(script);

const [head, ...rows] = read('crates/core/tests/passwords.txt').split('\n\n')[0].split('\n');
const own = JSON.parse(rows.shift().trim().slice('own '.length));

test('the table begins with what the gauge says', () => {
  assert.match(head, /^gauge · /);
  assert.ok(rows.length >= 60, `${rows.length} rows`);
});

for (const row of rows) {
  const [, tenths, step, weakness, quoted] = row.match(/^ +(\d+) (\S+) +(\S+) +(".*")$/);
  test(`${quoted} is ${step}`, () => {
    const found = gauge.estimate(JSON.parse(quoted), own);
    assert.deepEqual({ ...found }, { tenths: Number(tenths), step, weakness });
  });
}

test('what stands in the field of the login is taken apart', () => {
  const parts = [...gauge.ownOf('Taro.Yamada@Example.jp')];
  assert.deepEqual(parts.sort(), ['example', 'taro', 'taroyamada', 'yamada']);
});

test('a password as long as the field allows is judged between two strokes', () => {
  const begun = performance.now();
  gauge.estimate('ab1'.repeat(171), own);
  assert.ok(performance.now() - begun < 1000);
});
