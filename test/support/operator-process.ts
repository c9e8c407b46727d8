import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { runCommand } from '../../ops/run-command.ts';

const SELF = fileURLToPath(import.meta.url);
/** A command that takes longer hangs. */
const WITHIN_MS = 110_000;

const commandSchema = z.object({ words: z.array(z.string()), input: z.string() });
const answerSchema = z.object({ code: z.number(), out: z.string(), err: z.string() });
type Command = z.infer<typeof commandSchema>;
export type Answer = z.infer<typeof answerSchema>;

/**
 * Runs commands of the operator in processes of their own, which have loaded the commands once: a process for each command
 * loads them for a second. Commands that run at the same time have a process each.
 */
export function operatorProcesses(environment: Record<string, string | undefined>) {
  const idle: ChildProcess[] = [];

  return async (command: Command): Promise<Answer> => {
    const child = idle.pop() ?? start(environment);
    const hangs = setTimeout(() => child.kill(), WITHIN_MS);
    child.send(command);
    const [said] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [undefined])]);
    clearTimeout(hangs);
    if (said === undefined) return { code: -1, out: '', err: 'the process of the command ended' };
    idle.push(child);
    return answerSchema.parse(said);
  };
}

/** It ends with the process that started it. */
function start(env: Record<string, string | undefined>): ChildProcess {
  const child = fork(SELF, { env, execArgv: [] });
  child.setMaxListeners(0);
  child.unref();
  child.channel?.unref();
  return child;
}

async function answer({ words, input }: Command): Promise<Answer> {
  const said = { out: '', err: '' };
  const keep = (which: keyof typeof said) => (text: unknown) => {
    said[which] += String(text);
    return true;
  };
  Object.assign(process.stdout, { write: keep('out') });
  Object.assign(process.stderr, { write: keep('err') });
  Object.defineProperty(process, 'stdin', { value: Readable.from([Buffer.from(input)]), configurable: true });
  const code = await runCommand(words);
  process.exitCode = undefined;
  return { code, ...said };
}

if (process.argv[1] === SELF) {
  process.on('disconnect', () => process.exit());
  process.on('message', async (message) => process.send?.(await answer(commandSchema.parse(message))));
}
