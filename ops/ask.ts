import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { OperatorError } from './outputs.ts';

/** Whether somebody is there to be asked. */
export const mayAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/**
 * Asks a person; the question goes to the standard error, so that the output stays data.
 *
 * @throws OperatorError where the person leaves it unanswered, by Ctrl-C or Ctrl-D
 */
export async function ask(question: string): Promise<string> {
  const line = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await line.question(question).catch(brokenOff)).trim();
  } finally {
    line.close();
  }
}

function brokenOff(error: unknown): never {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
  throw new OperatorError('Broken off at the question: nothing of what it asks was done.');
}

/** Asks for something that is shown nowhere while it is typed or pasted. @throws OperatorError as {@link ask} does */
export async function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const line = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return (await line.question('').catch(brokenOff)).trim();
  } finally {
    line.close();
    process.stderr.write('\n');
  }
}

/** Asks for a yes; anything else is a no. */
export const confirm = async (question: string): Promise<boolean> =>
  /^(y|yes|s|si|sí|sim)$/i.test(await ask(`${question} [y/N] `));

/**
 * Makes sure that a person wants what is said, before it is done.
 *
 * @param yes it was said with the command
 * @throws OperatorError where nobody says so
 */
export async function agree(what: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!mayAsk()) throw new OperatorError(`${what} Say --yes where nobody can be asked.`);
  if (!(await confirm(`${what} Go on?`))) throw new OperatorError('Nothing was done.');
}

/** What another program writes to the standard input. */
export async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
