// What the other tests rest on: that each thing a page may do wrong is found when it is planted.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { freshPage, headerProblems, largestTexts, launch, problems } from './lib/browser.mjs';

const STRICT = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};
const GOOD = `<!doctype html><html lang="ja"><title>出金の確認</title><main><h1>出金の確認</h1>
  <form><label>金額 <input inputmode="numeric"></label><button>確認する</button></form></main>`;

let browser, server, origin, reply;

before(async () => {
  browser = await launch();
  server = createServer((_, answer) => answer.writeHead(200, reply.headers).end(reply.html));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${server.address().port}/`;
});

after(async () => {
  await browser?.close();
  server?.close();
});

async function show(html, headers = STRICT) {
  reply = { html, headers };
  const page = await freshPage(browser);
  const answer = await page.goto(origin);
  return { page, answer };
}

test('a good page has no problem', async () => {
  const { page, answer } = await show(GOOD);
  assert.deepEqual(await problems(page), []);
  assert.deepEqual(headerProblems(answer), []);
});

const planted = {
  'a field without a label': [GOOD.replaceAll(/<.?label>/g, ''), /label/],
  'no language': [GOOD.replace(' lang="ja"', ''), /html-has-lang/],
  'two main headings': [GOOD.replace('<form>', '<h1>もう一つ</h1><form>'), /2 main headings/],
  'a script in the page': [`${GOOD}<script>1</script>`, /script within/],
  'a style on an element': [GOOD.replace('<h1>', '<h1 style="color:red">'), /style on an element/],
  'italics': [GOOD.replace('出金の確認</h1>', '<i>出金</i>の確認</h1>'), /italics/],
  'an image from elsewhere': [`${GOOD}<img alt="" src="http://elsewhere.invalid/x.png">`, /./, {
    ...STRICT, 'content-security-policy': 'img-src *',
  }],
  'a page that is too wide': [GOOD.replace('<form>', `<p>${'W'.repeat(99)}</p><form>`), /px wide/],
};

for (const [name, [html, expected, headers]] of Object.entries(planted)) {
  test(`found: ${name}`, async () => {
    const { page } = await show(html, headers);
    assert.match((await problems(page)).join('\n'), expected);
  });
}

test('found: each missing header', async () => {
  const { 'content-type': type, ...strict } = STRICT;
  for (const name of Object.keys(strict)) {
    const { [name]: _, ...others } = strict;
    const { answer } = await show(GOOD, { ...others, 'content-type': type });
    assert.equal(headerProblems(answer).length, name === 'content-security-policy' ? 2 : 1, name);
  }
});

test('found: a policy that allows what is unsafe', async () => {
  const policy = `${STRICT['content-security-policy']}; style-src 'unsafe-inline'`;
  const { answer } = await show(GOOD, { ...STRICT, 'content-security-policy': policy });
  assert.deepEqual(headerProblems(answer), ['the policy allows what is unsafe']);
});

test('the largest text is what a person sees first', async () => {
  const style = '<style>b{font-size:99px}</style>';
  const html = GOOD.replace('<form>', `${style}<p><b>¥120,000</b></p><form>`);
  const { page } = await show(html, { 'content-type': 'text/html; charset=utf-8' });
  assert.deepEqual(await largestTexts(page), ['¥120,000']);
});
