import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Cloud, startCloud } from '../../local/cloud/cloud.ts';

/** What a cloud of its own process is started with. */
export interface KeptCloudOptions {
  assembly: string;
  secrets: Record<string, string>;
  apiPort: number;
  keep: string;
}

/** A local cloud in a process of its own, that can be killed. What was asked of it then fails. */
export interface KeptCloud
  extends Pick<Cloud, 'apiUrl' | 'endpoint' | 'region' | 'adminCredentials' | 'idle' | 'fire' | 'invoke'> {
  tableName(): string;
  kill(): Promise<void>;
}
type Addresses = Pick<Cloud, 'apiUrl' | 'endpoint' | 'region' | 'adminCredentials'> & { table: string };

const SELF = fileURLToPath(import.meta.url);

export async function startKeptCloud(options: KeptCloudOptions): Promise<KeptCloud> {
  const child: ChildProcess = spawn(process.execPath, [SELF, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (child.stdout === null || child.stdin === null) throw new Error('the cloud has no pipes');
  const { stdin } = child;
  const answers = new Map<number, (line: { value?: unknown; error?: string }) => void>();
  const started = Promise.withResolvers<Addresses>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as { id: number; value?: never; error?: string };
    if (line.id === 0) started.resolve(line.value as never);
    else answers.get(line.id)?.(line);
  });
  child.on('exit', (code) => {
    started.reject(new Error(`the cloud ended with ${code}`));
    for (const answer of answers.values()) answer({ error: 'the cloud is gone' });
  });
  let calls = 0;
  const { table, ...addresses } = await started.promise;
  const call = <T>(what: string, ...args: unknown[]): Promise<T> => {
    if (child.exitCode !== null || child.signalCode !== null)
      return Promise.reject(new Error('the cloud is gone'));
    calls += 1;
    const id = calls;
    stdin.write(`${JSON.stringify({ id, what, args })}\n`);
    return new Promise((resolve, reject) => {
      answers.set(id, ({ value, error }) =>
        error === undefined ? resolve(value as T) : reject(new Error(error)),
      );
    });
  };
  return {
    ...addresses,
    tableName: () => table,
    idle: (options) => call('idle', options),
    fire: (ref) => call('fire', ref),
    invoke: (ref, payload) => call('invoke', ref, payload),
    async kill() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The other process. */
async function serve(options: KeptCloudOptions): Promise<void> {
  const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  const cloud = await startCloud({ ...options, schedules: 'off' });
  const { apiUrl, endpoint, region, adminCredentials } = cloud;
  const table = cloud.tableName('Orders/Table');
  say({ id: 0, value: { apiUrl, endpoint, region, adminCredentials, table } });
  const can: Record<string, (...args: never[]) => unknown> = {
    idle: cloud.idle,
    fire: cloud.fire,
    invoke: cloud.invoke,
  };
  for await (const text of createInterface({ input: process.stdin })) {
    const { id, what, args } = JSON.parse(text) as { id: number; what: string; args: never[] };
    void Promise.resolve(can[what]?.(...args)).then(
      (value) => say({ id, value }),
      (error: unknown) => say({ id, error: String(error) }),
    );
  }
}

const [, script, given] = process.argv;
if (script === SELF && given !== undefined) await serve(JSON.parse(given) as KeptCloudOptions);
