#!/usr/bin/env node
/** Entry point of `self-coding`. */
import { setFlagsFromString } from 'node:v8';
import { main } from './cli/program.ts';

// The space for new objects stays small. It would grow to a hundred MB in bursts and hardly ever give them back, and each
// start of git takes the longer the more memory this process has (git/coprocess.ts).
setFlagsFromString('--semi-space-growth-factor=1');

const stop = new AbortController();
// The first signal stops in order; a second one ends the process at once.
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    stop.abort(new Error(`stopped by ${name}`));
    process.once(name, () => process.exit(130));
  });
}
// A reader that went away (`| head`) is no fault of ours.
process.stdout.on('error', (error) => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stop.signal,
});
