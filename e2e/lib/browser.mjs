// A real Chromium, and what must hold on every page it shows.

import { mkdir } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Chromium calls it an error when a form comes back with what is wrong in it. */
const REFUSED_FORM = /the server responded with a status of 422/;
const SHOTS = new URL('../../target/e2e/', import.meta.url).pathname;

/** What Chromium on Linux needs to show payments itself; elsewhere it does so as it comes. */
export const SHOWS_PAYMENTS = [
  '--enable-features=SecurePaymentConfirmation,SecurePaymentConfirmationBrowser',
  '--enable-blink-features=SecurePaymentConfirmation',
];

/** Chromium without its own errands on the network. */
export function launch(more = []) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
      '--disable-background-networking', '--disable-component-update', ...more,
    ],
  });
}

/** A page in a fresh profile that writes down whatever goes wrong in it. */
export async function freshPage(browser, options = {}) {
  const context = await browser.newContext({ locale: 'ja-JP', ...options });
  const page = await context.newPage();
  const heard = [];
  page.on('pageerror', (fault) => heard.push(`a script failed: ${fault.message}`));
  page.on('console', (line) => {
    const refused = REFUSED_FORM.test(line.text());
    if (line.type() === 'error' && !refused) heard.push(`console: ${line.text()}`);
  });
  page.on('request', (request) => {
    const host = new URL(request.url()).hostname;
    const local = ['127.0.0.1', 'localhost', ''].includes(host);
    if (!local) heard.push(`something was asked for from ${host}`);
  });
  page.heard = heard;
  return page;
}

/** What is wrong with the page as it stands, in words; an empty list if nothing is. */
export async function problems(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(accessibility, WCAG);
  found.push(...(await page.evaluate(form)));
  const usual = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  await page.setViewportSize(usual);
  if (wide > 320) found.push(`is ${wide} px wide where the screen has 320`);
  return [...found, ...page.heard.splice(0)];
}

async function accessibility(tags) {
  const { violations } = await globalThis.axe.run(document, { runOnly: tags });
  return violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes[0].html})`);
}

function form() {
  const found = [];
  const headings = document.querySelectorAll('h1').length;
  if (headings !== 1) found.push(`has ${headings} main headings`);
  if (document.querySelector('script:not([src])')) found.push('has a script within the page');
  if (document.querySelector('[style]')) found.push('has a style on an element');
  const italic = [...document.body.querySelectorAll('*')].some(
    (element) => element.innerText && getComputedStyle(element).fontStyle === 'italic');
  if (italic) found.push('has italics');
  return found;
}

/** What is wrong with the headers of a page's answer, in words. */
export function headerProblems(answer) {
  const headers = answer.headers();
  const policy = headers['content-security-policy'] ?? '';
  const wanted = [
    [/default-src '(none|self)'/, policy, 'the policy has no strict default'],
    [/frame-ancestors 'none'/, policy, 'the page may be framed'],
    [/^(?!.*unsafe-)/, policy, 'the policy allows what is unsafe'],
    [/^nosniff$/, headers['x-content-type-options'] ?? '', 'the type may be guessed'],
    [/no-referrer|same-origin/, headers['referrer-policy'] ?? '', 'the address is told to others'],
    [/no-store/, headers['cache-control'] ?? '', 'the page may be kept'],
  ];
  return wanted.filter(([pattern, value]) => !pattern.test(value)).map(([, , words]) => words);
}

/** The texts of the page in the largest type there is, as a person would see them first. */
export function largestTexts(page) {
  return page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent.trim();
      const style = getComputedStyle(node.parentElement);
      const shown = node.parentElement.checkVisibility() && text;
      if (shown) texts.push({ text, size: Number.parseFloat(style.fontSize) });
    }
    const largest = Math.max(...texts.map(({ size }) => size));
    return texts.filter(({ size }) => size === largest).map(({ text }) => text);
  });
}

/** Leaves a picture for a person to look at. */
export async function picture(page, name) {
  await mkdir(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}${name}.png`, fullPage: true });
}
