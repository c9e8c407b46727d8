import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import type { EpochMs } from '../../functions/domain/time.ts';
import { describeError } from '../../functions/runtime/describe-error.ts';
import { jsonOf } from '../json.ts';
import { OperatorError } from '../outputs.ts';
import { type Answers, Refused } from './answers.ts';
import type { Asset } from './assets.ts';
import { counted } from './calls.ts';
import { refusalOf, SAFE_HEADERS } from './guard.ts';
import type { Sessions } from './sessions.ts';

const HOST = '127.0.0.1';
/** Of a body, in bytes: a change names a hundred orders. */
const MOST_BYTES = 64 * 1024;
/** A page that looks by itself says so; it keeps nobody's session alive. */
const BY_ITSELF = 'x-acopio-by-itself';

export interface PageServer {
  /** Address without the token. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the page on this machine alone. @param options `port`: a free one when 0 @throws OperatorError where the port is taken */
export async function servePage(options: {
  assets: ReadonlyMap<string, Asset>;
  answers: Answers;
  sessions: Sessions;
  port: number;
  now: () => EpochMs;
}): Promise<PageServer> {
  const { sessions, assets, answers, now } = options;
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) send(response, 500, { error: describeError(error) });
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, HOST, resolve);
  }).catch((error: unknown) => {
    throw new OperatorError(
      `The page cannot be served at port ${options.port} (${describeError(error)}). Is another one served there? Name another --port, or none.`,
    );
  });
  const { port } = server.address() as AddressInfo;
  // Cookies know no ports: two pages of one machine would log each other out.
  const cookie = `acopio-${port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers, url = '' } = request;
    const refusal = refusalOf({ method, headers }, port);
    if (refusal !== undefined) return send(response, refusal.status, { error: refusal.why });
    const { path, query } = placeOf(url);
    const asset = method === 'GET' ? assets.get(path) : undefined;
    if (asset !== undefined) {
      response.writeHead(200, { ...SAFE_HEADERS, 'content-type': asset.type }).end(asset.body);
      return;
    }
    const name = /^\/api\/([a-zA-Z]{1,40})$/.exec(path)?.[1];
    if (name === undefined) return send(response, 404, { error: 'There is nothing here.' });
    if (name === 'session' && method === 'POST')
      return sendAnswer(response, async () => openSession(response, await bodyOf(request)));
    const active = headers[BY_ITSELF] === undefined;
    if (!sessions.isOpen(cookieOf(headers.cookie, cookie), active))
      return send(response, 401, { error: 'Open the page by the link that the terminal shows.' });
    await sendAnswer(response, async () =>
      method === 'GET' ? answers.get(name, query) : answers.post(name, await bodyOf(request)),
    );
  }

  function openSession(response: ServerResponse, body: unknown): object {
    const { token } = z
      .object({ token: z.string().max(200) })
      .catch({ token: '' })
      .parse(body);
    const session = sessions.open(token);
    if (session === undefined)
      throw new Refused(401, 'This link was used, or is of another run. The terminal shows a new one.');
    response.setHeader('set-cookie', `${cookie}=${session}; Path=/; HttpOnly; SameSite=Strict`);
    return {};
  }

  async function sendAnswer(response: ServerResponse, work: () => Promise<unknown>): Promise<void> {
    const began = now();
    try {
      const { result, calls } = await counted(work);
      response.setHeader('x-acopio-calls', String(calls));
      response.setHeader('x-acopio-ms', String(now() - began));
      send(response, 200, result);
    } catch (error) {
      if (error instanceof Refused) return send(response, error.status, { error: error.message });
      if (error instanceof OperatorError) return send(response, 409, { error: error.message });
      if (error instanceof z.ZodError) return send(response, 400, { error: describeError(error) });
      send(response, 500, { error: describeError(error) });
    }
  }

  return {
    url: `http://${HOST}:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { ...SAFE_HEADERS, 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(body));
}

/** The path as it came, and what is asked. Nothing of it is decoded into a path of a file. */
function placeOf(url: string): { path: string; query: Record<string, string> } {
  const [path = '', text = ''] = url.split('?', 2);
  return { path, query: Object.fromEntries(new URLSearchParams(text)) };
}

function cookieOf(header: string | undefined, name: string): string {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.byteLength;
    if (bytes > MOST_BYTES) throw new Refused(413, 'This is more than the page ever sends.');
    parts.push(part);
  }
  return jsonOf(Buffer.concat(parts).toString('utf8'));
}
