import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import type { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';

const main = new URL('../../local/platforms/main.ts', import.meta.url).pathname;
const freePorts = ['--nuvemshop-port', '0', '--pedidosya-port', '0', '--imotriz-port', '0'];

interface Outcome {
  code: number | null;
  output: string;
}

function start(args: readonly string[]) {
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let output = '';
  const ended = new Promise<Outcome>((resolve) => {
    child.on('close', (code) => resolve({ code, output }));
  });
  const printed = (text: string) =>
    new Promise<string>((resolve) => {
      const look = (chunk: Buffer) => {
        output += chunk.toString('utf8');
        if (output.includes(text)) resolve(output);
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
    });
  return { child, ended, printed };
}

describe('npm run platforms', () => {
  it('starts all three with orders in them, answers, and ends at Ctrl-C', async () => {
    // Arrange
    const { child, ended, printed } = start([...freePorts, '--orders', '2']);
    const output = await printed('Ctrl-C ends it.');
    const urls = ['Nuvemshop', 'PedidosYa', 'iMotriz'].map(
      (name) => new RegExp(`${name}\\s+(http://127\\.0\\.0\\.1:\\d+)`).exec(output)?.[1] ?? '',
    );

    // Act
    const truths = await Promise.all(urls.map(async (url) => (await fetch(`${url}/_sim/truth`)).json()));
    child.kill('SIGINT');
    const { code } = await ended;

    // Assert
    expect(truths.map((truth) => (truth as unknown[]).length)).toEqual([2, 2, 2]);
    expect(code).toBe(0);
  });

  it('prints calls that work as they stand', async () => {
    // Arrange
    const { printed } = start([...freePorts, '--orders', '2']);
    const output = await printed('Ctrl-C ends it.');
    const calls = [...output.matchAll(/curl (-H (?:.|\n)*?(http:\S+))\n/g)];

    // Act
    const answers = await Promise.all(
      calls.map(([, text = '', url = '']) => {
        const headers = [...text.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name = '', value = '']) => [
          name,
          value,
        ]);
        return fetch(url, { headers: Object.fromEntries(headers) as Record<string, string> });
      }),
    );

    // Assert
    expect(calls.map(([, , url]) => new URL(url ?? '').pathname)).toEqual([
      '/2025-03/5665778/orders',
      '/api/cart/transaction/newOrders',
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('names the port that is in use and the option that changes it, and leaves nothing running', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      blocker.close();
    });
    const { port } = blocker.address() as AddressInfo;
    const { ended, printed } = start([...freePorts.slice(0, 4), '--imotriz-port', String(port)]);
    void printed('');
    const { code, output } = await ended;
    expect(code).toBe(1);
    expect(output.trim()).toBe(`Port ${port} is in use: choose another one for imotriz (--imotriz-port).`);
  });

  it('explains its options and refuses a wrong one', async () => {
    const help = start(['--help']);
    void help.printed('');
    expect((await help.ended).output).toContain('--queue-delay <factor>');
    const wrong = start(['--nuvemshop-port', 'first']);
    void wrong.printed('');
    expect((await wrong.ended).output).toContain('A port is 0 to 65535.');
  });
});
