import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from '../../lib/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** A bound against hanging: on a busy machine a start takes many times as long as on an idle one. */
const TEST_MS = 600_000;
const STARTED = /Webhooks: http:\/\/127\.0\.0\.1:(\d+)/;
const START_MS = 250_000;
/** Long enough for a busy machine to end what was told to end (ms). */
const GONE_MS = 60_000;

let folder: string;
const started = new Set<ChildProcess>();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'acopio-stopping-'));
});
afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  started.clear();
  rmSync(folder, { recursive: true, force: true });
});

/** Every change tries one of the ways to stop it, because each takes a start; the nightly tries all. */
const tried = <T>(ways: readonly T[]): T[] => ways.slice(0, process.env.STOPS === 'all' ? ways.length : 1);

/** What npm runs for `npm start`, with temporary folders of its own. */
function start(options: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['scripts/prepare.mjs', 'node', 'local/start.ts', ...options], {
    cwd: ROOT,
    env: {
      ...process.env,
      ...environment,
      TMPDIR: folder,
      PATH: `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  return { child, ended: once(child, 'exit'), output: () => output };
}

async function until(what: () => boolean, withinMs: number): Promise<void> {
  const end = Date.now() + withinMs;
  while (!what()) {
    if (Date.now() > end) throw new Error('it did not come to that in time');
    await wait(50);
  }
}

/** Processes that came of one, by their parents; the one itself first. */
function treeOf(pid: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const parent of found) for (const [child = 0, of] of pairs) if (of === parent) found.push(child);
  return found;
}

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

const left = () => readdirSync(folder).filter((name) => name.startsWith('acopio-'));

describe('npm start', () => {
  it.each(
    tried([
      ['SIGTERM', 0],
      ['SIGINT', 1],
      ['SIGTERM', 1],
      ['SIGINT', 0],
    ] as const),
  )(
    'leaves no process, port or folder behind after %s to process %i of its two',
    { timeout: TEST_MS },
    async (signal, which) => {
      // Arrange
      const { child, ended, output } = start();
      await until(() => STARTED.test(output()), START_MS);
      const port = Number(STARTED.exec(output())?.[1]);
      const tree = treeOf(child.pid ?? 0);

      // Act
      process.kill(tree[which] ?? 0, signal);
      await ended;

      // Assert
      expect(tree.length).toBeGreaterThan(1);
      await until(() => !tree.some(isAlive), GONE_MS);
      expect(await isOpen(port)).toBe(false);
      expect(left()).toEqual([]);
    },
  );

  it.each(tried([0, 1]))(
    'leaves no process or port behind when process %i of its two is killed, and no folder after the next start',
    { timeout: TEST_MS },
    async (which) => {
      // Arrange
      const { child, output } = start();
      await until(() => STARTED.test(output()), START_MS);
      const port = Number(STARTED.exec(output())?.[1]);
      const tree = treeOf(child.pid ?? 0);

      // Act
      process.kill(tree[which] ?? 0, 'SIGKILL');
      await until(() => !tree.some(isAlive), GONE_MS);
      const open = await isOpen(port);
      const next = start();
      await until(() => STARTED.test(next.output()), START_MS);
      next.child.kill('SIGTERM');
      await next.ended;

      // Assert
      expect(open).toBe(false);
      expect(left()).toEqual([]);
    },
  );

  it.each(tried(['SIGKILL', 'SIGTERM'] as const))(
    'leaves no bundler behind after %s while it bundles',
    { timeout: TEST_MS },
    async (signal) => {
      // Arrange
      const { child } = start([], { ACOPIO_BUNDLES: join(folder, 'none-kept') });
      await until(() => left().some((name) => name.includes('-bundling-')), START_MS);
      const tree = treeOf(child.pid ?? 0);

      // Act
      process.kill(tree[1] ?? 0, signal);

      // Assert
      expect(tree.length).toBeGreaterThan(2);
      await until(() => !tree.some(isAlive), GONE_MS);
    },
  );

  it('ends a day at full speed when it is interrupted, without a complaint', {
    timeout: TEST_MS,
  }, async () => {
    const { child, ended, output } = start(['--once', '--orders', '200']);
    await until(
      () => left().some((name) => existsSync(join(folder, name, 'operator-outputs.json'))),
      START_MS,
    );
    await wait(500);

    child.kill('SIGINT');

    expect((await ended)[0]).toBe(130);
    expect(output()).toBe('');
    expect(left()).toEqual([]);
  });
});
