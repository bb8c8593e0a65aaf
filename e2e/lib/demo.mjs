// Starts a demo of its own for a test file, and ends it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SECONDS_TO_BE_UP = 180;

/** The binary: the one named in SEKISHO_DEMO, else the release build of this tree. */
function binary() {
  const target = process.env.CARGO_TARGET_DIR ?? new URL('../../target', import.meta.url).pathname;
  return process.env.SEKISHO_DEMO ?? join(target, 'release', 'sekisho-demo');
}

/** Starts the demo and returns what it says about itself, with `stop()`. */
export async function startDemo(more = []) {
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-e2e-'));
  const ready = join(folder, 'ready.json');
  const stdio = ['ignore', 'inherit', 'inherit'];
  const demo = spawn(binary(), ['--serve-json', ready, ...more], { stdio });
  const stop = async () => {
    if (demo.exitCode === null && demo.signalCode === null) {
      const ended = once(demo, 'exit');
      demo.kill('SIGTERM');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await appears(ready, folder, demo);
    return { ...JSON.parse(await readFile(ready, 'utf8')), stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

/** Waits for the file to appear, for the demo to end, or for too long; whichever comes first. */
async function appears(file, folder, demo) {
  const late = AbortSignal.timeout(SECONDS_TO_BE_UP * 1000);
  await new Promise((resolve, reject) => {
    const watcher = watch(folder, () => existsSync(file) && settle(resolve));
    const settle = (how, with_) => {
      watcher.close();
      how(with_);
    };
    demo.once('error', (fault) => settle(reject, fault));
    demo.once('exit', (code) => settle(reject, new Error(`the demo ended with ${code}`)));
    late.addEventListener('abort', () =>
      settle(reject, new Error(`the demo was not up in ${SECONDS_TO_BE_UP} s`)));
    if (existsSync(file)) settle(resolve);
  });
}

/** The six digits of the newest message after the first `known`, asked for until it is there. */
export async function newestCode(demo, known) {
  const late = AbortSignal.timeout(30_000);
  for (;;) {
    const messages = await allMessages(demo, late);
    const code = messages.slice(known).reverse().map(digits).find(Boolean);
    if (code) return code;
  }
}

const digits = (message) => message.body.match(/(?<!\d)\d{6}(?!\d)/)?.[0];

export async function allMessages(demo, signal) {
  const answer = await fetch(`${demo.messages}/messages.json`, { signal });
  if (!answer.ok) throw new Error(`the message box answered ${answer.status}`);
  return answer.json();
}
