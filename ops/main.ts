import { runCommand } from './run-command.ts';

// Whoever reads may stop, as `head` does: a change goes on to its end all the same, and the exit code stays its own.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await runCommand(process.argv.slice(2));
