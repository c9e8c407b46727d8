import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { operatorOf } from '../../local/shop/operator.ts';
import type { Shop } from '../../local/shop/shop.ts';

/** The operator's page over a shop, and whoever asks it without a browser. */
export interface PageOfTest {
  /** The link that is good now. */
  link(): string;
  get(path: string): Promise<{ status: number; calls: number; body: unknown; text: string }>;
  post(path: string, body: object): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

/** Starts `ops ui` as an operator does, and goes in by its link. */
export async function openPage(
  shop: Pick<Shop, 'assembly' | 'cloud'>,
  ...rights: string[]
): Promise<PageOfTest> {
  const { options, environment } = operatorOf(shop);
  const child = spawn(process.execPath, ['ops/main.ts', ...options, '--as', 'a-test', 'ui', ...rights], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const links: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('close', (code) => reject(new Error(`the page ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const link = /http:\S+#t=\S+/.exec(line)?.[0];
      if (link !== undefined) links.push(link);
      if (links.length > 0) resolve();
    });
  });
  const [first = ''] = links;
  const { origin, hash } = new URL(first);
  const own = { origin, 'x-acopio': 'page', 'content-type': 'application/json' };
  const entered = await fetch(`${origin}/api/session`, {
    method: 'POST',
    headers: own,
    body: JSON.stringify({ token: hash.slice('#t='.length) }),
  });
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
  return {
    link: () => links.at(-1) ?? '',
    async get(path) {
      const answer = await fetch(`${origin}/api/${path}`, { headers: { cookie } });
      const text = await answer.text();
      const calls = Number(answer.headers.get('x-acopio-calls') ?? 0);
      return { status: answer.status, calls, body: JSON.parse(text) as unknown, text };
    },
    async post(path, body) {
      const headers = { ...own, cookie };
      const answer = await fetch(`${origin}/api/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return { status: answer.status, body: (await answer.json()) as unknown };
    },
    close: () => ended(child),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  const over = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  await over;
}
