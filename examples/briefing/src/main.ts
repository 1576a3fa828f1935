#!/usr/bin/env node
import { runCommand } from './command/run-command.js';

// A reader that stops early, such as `| head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// Progress that nobody reads is no reason to stop.
process.stderr.on('error', () => {});

process.exitCode = await runCommand(process.argv.slice(2));
