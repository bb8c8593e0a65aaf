// `node with-demo.mjs COMMAND…` runs a command beside a demo, whose addresses it finds in its
// environment.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startDemo } from './lib/demo.mjs';

const [command, ...words] = process.argv.slice(2);
const demo = await startDemo();
try {
  const env = {
    ...process.env,
    SEKISHO_URL: demo.sekisho,
    SEKISHO_TOKEN: demo.application.token,
  };
  const [code] = await once(spawn(command, words, { env, stdio: 'inherit' }), 'exit');
  process.exitCode = code ?? 1;
} finally {
  await demo.stop();
}
