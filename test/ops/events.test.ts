import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { verify } from '../../docs/webhook-receiver.mjs';
import { EVENT_TYPES, type EventType, type FeedEvent } from '../../functions/domain/event.ts';
import { listEvents } from '../../functions/erp/api/routes/events.ts';
import { createFeedReader } from '../../functions/storage/feed.ts';
import { startEpoch } from '../../functions/storage/feed-epoch.ts';
import { createFeedWriter } from '../../functions/storage/feed-writer.ts';
import { forwardEvents, tailEvents } from '../../ops/commands/feed-stream.ts';
import { triggerEvent } from '../../ops/commands/trigger.ts';
import { OperatorError } from '../../ops/outputs.ts';
import { createProgram } from '../../ops/program.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const clock = movedClock();
const context = () => ({ control: { ...tables, clock } });
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let count = 0;
async function publish(...types: EventType[]): Promise<void> {
  for (const type of types) {
    count += 1;
    const n = count;
    await createFeedWriter({ ...tables, clock }).append({
      events: (epoch) => [
        {
          id: `shop:s:order:${n}:${epoch}:1`,
          type,
          at: new Date(clock.now()).toISOString(),
          key: `shop:s:${n}`,
          version: 1,
        },
      ],
      mark: `batch-${n}`,
    });
  }
}

const head = async (): Promise<number> => (await createFeedReader(context().control).head()).seq;

/** What a command writes, by lines, while it runs. */
let out: string[];
/** A developer's receiver on this machine. */
const receiver = { url: '', status: 204, got: [] as { event: FeedEvent; real: boolean }[] };
const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  receiver.got.push({
    event: JSON.parse(body),
    real: verify([SECRET], request.headers, body, clock.now() / 1000),
  });
  response.writeHead(receiver.status).end('{"said":"by the ERP"}');
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  out = [];
  Object.assign(receiver, { status: 204, got: [] });
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out.push(...String(text).trimEnd().split('\n'));
    return true;
  });
  vi.stubEnv('WEBHOOK_SECRETS', SECRET);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const endIt = () => process.emit('SIGINT', 'SIGINT');
const seqs = () => out.map((line) => (JSON.parse(line) as FeedEvent).seq);

describe('events tail', () => {
  it('prints what is published from now on, as it is with --json, and ends with 0 on Ctrl-C', async () => {
    await publish('order.created');
    const seq = await head();

    const ended = tailEvents(context(), { from: 'head', json: true });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await publish('order.updated', 'order.cancelled');
    await expect.poll(() => out.length, { timeout: 5_000 }).toBe(2);
    endIt();

    expect(await ended).toBe(0);
    expect(seqs()).toEqual([seq + 1, seq + 2]);
  });

  it('begins at the oldest event, at a number, or at a cursor of the API', async () => {
    const read = async (from: Parameters<typeof tailEvents>[1]['from'], types?: string[]) => {
      out = [];
      const ended = tailEvents(context(), { from, json: true, ...(types === undefined ? {} : { types }) });
      await expect.poll(() => out.length, { timeout: 5_000 }).toBeGreaterThan(0);
      endIt();
      await ended;
      return seqs();
    };
    await publish('order.created', 'order.attention');
    const feed = createFeedReader(context().control);
    const { seq } = await feed.head();
    const answer = await listEvents.handle(
      { query: { after: 'oldest', limit: seq - 1, types: undefined } } as never,
      { feed } as never,
    );
    const { next } = answer.body as { next: string };

    expect((await read('oldest'))[0]).toBe(1);
    expect(await read({ after: seq - 1 })).toEqual([seq]);
    expect(await read({ cursor: next })).toEqual([seq]);
    expect(await read('oldest', ['order.attention'])).toEqual([seq]);
  });

  it('shows a person number, key and type, and nothing beside it', async () => {
    await publish('order.redacted');

    const ended = tailEvents(context(), { from: { after: (await head()) - 1 }, json: false });
    await expect.poll(() => out.length, { timeout: 5_000 }).toBe(1);
    endIt();
    await ended;

    expect(out[0]).toMatch(/^ +\d+ {2}20\S+Z {2}order\.redacted {3}shop:s:\d+$/);
  });

  it.each([
    [
      { from: 'head' as const, types: ['order.eaten'] },
      /no event of type "order.eaten". There are: order.created/,
    ],
    [{ from: { after: 10_000 } }, /can be read from 0 to \d+, not from 10000/],
    [{ from: { cursor: 'AAAA.AAAAAAAAAAAA' } }, /--from: Send a cursor exactly as it was answered/],
  ])('says what is wrong with %o', async (stream, message) => {
    const tailed = tailEvents(context(), { ...stream, json: true });

    await expect(tailed).rejects.toThrow(OperatorError);
    await expect(tailed).rejects.toThrow(message);
  });

  it('says so when the feed begins anew', async () => {
    await publish('order.created');
    const ended = tailEvents(context(), { from: 'head', json: true });
    await new Promise((resolve) => setTimeout(resolve, 50));

    clock.move(60_000);
    await startEpoch({ ...tables, clock });

    await expect(ended).rejects.toThrow(
      /cannot be read from there: it began anew after a restore. Begin with --from oldest/,
    );
  });
});

describe('events forward', () => {
  it('sends the events to a program on this machine, signed with its own secret', async () => {
    const ended = forwardEvents(context(), { dryRun: false, to: receiver.url, from: 'head', json: false });
    await expect.poll(() => out.length).toBe(1);
    await publish('order.created', 'order.updated');
    await expect.poll(() => receiver.got.length, { timeout: 5_000 }).toBe(2);
    await expect.poll(() => out.length).toBe(3);
    endIt();

    expect(await ended).toBe(0);
    expect(receiver.got.map(({ real, event }) => [real, event.type])).toEqual([
      [true, 'order.created'],
      [true, 'order.updated'],
    ]);
    expect(out[0]).toBe('Signed with what WEBHOOK_SECRETS holds.');
    expect(out[2]).toMatch(/order\.updated .* taken, HTTP 204$/);
  });

  it('shows a secret for the run, once, where there is none', async () => {
    vi.stubEnv('WEBHOOK_SECRETS', '');
    await publish('order.created');

    const ended = forwardEvents(context(), {
      dryRun: false,
      to: receiver.url,
      from: { after: (await head()) - 1 },
      json: true,
    });
    await expect.poll(() => out.length, { timeout: 5_000 }).toBe(2);
    endIt();
    await ended;

    expect(JSON.parse(out[0]!)).toEqual({ to: receiver.url, secret: expect.stringMatching(/^whsec_/) });
    expect(out[1]).not.toContain('whsec_');
  });

  it('goes on behind an event that is refused, and ends with 1', async () => {
    receiver.status = 500;
    await publish('order.created', 'order.updated');

    const ended = forwardEvents(context(), {
      dryRun: false,
      to: receiver.url,
      from: { after: (await head()) - 2 },
      json: true,
    });
    await expect.poll(() => out.length, { timeout: 5_000 }).toBe(3);
    endIt();

    expect(await ended).toBe(1);
    expect(out.slice(1).map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ taken: false, status: 500, text: '{"said":"by the ERP"}' }),
      expect.objectContaining({ taken: false, status: 500 }),
    ]);
  });

  it('calls neither a private address nor another machine in plain HTTP', async () => {
    for (const to of ['https://10.0.0.7/hooks', 'http://erp.example.com/hooks'])
      await expect(forwardEvents(context(), { dryRun: false, to, from: 'head', json: true })).rejects.toThrow(
        /This endpoint cannot be used/,
      );
  });
});

describe('events trigger', () => {
  it.each(EVENT_TYPES)(
    'sends a made-up %s, signed, under an id of its own, and puts it into no feed',
    async (type) => {
      clock.move(Date.now() - clock.now());
      const before = await createFeedReader(context().control).head();

      const first = await triggerEvent(type, { to: receiver.url, dryRun: false, json: true });
      const second = await triggerEvent(type, { to: receiver.url, dryRun: false, json: true });

      expect([first, second]).toEqual([0, 0]);
      expect(receiver.got.every(({ real, event }) => real && event.type === type)).toBe(true);
      expect(new Set(receiver.got.map(({ event }) => event.id)).size).toBe(2);
      expect(await createFeedReader(context().control).head()).toEqual(before);
    },
  );

  it('ends with 1 when the event is not taken', async () => {
    receiver.status = 401;

    expect(await triggerEvent('order.created', { to: receiver.url, dryRun: false, json: false })).toBe(1);
    expect(out.join('\n')).toMatch(/not taken, HTTP 401\n\{"said":"by the ERP"\}$/);
  });

  it('needs no deployment and no credentials, and knows the types', async () => {
    const ops = (...args: string[]) =>
      new Promise<{ code: number; out: string; err: string }>((resolve) => {
        execFile(process.execPath, ['ops/main.ts', ...args], { env: {} }, (error, stdout, err) =>
          resolve({ code: Number(error?.code ?? 0), out: stdout, err }),
        );
      });

    const printed = await ops('events', 'trigger', 'order.cancelled');
    const unknown = await ops('events', 'trigger', 'order.eaten');

    expect(printed.code).toBe(0);
    expect(JSON.parse(printed.out)).toMatchObject({
      type: 'order.cancelled',
      id: expect.stringMatching(/^trigger:/),
    });
    expect(unknown).toMatchObject({ code: 2, out: '' });
    expect(unknown.err).toContain('Allowed choices are order.created');
  });
});

describe('the help of events', () => {
  it('has an example of each stream', () => {
    const events = createProgram().commands.find((command) => command.name() === 'events');
    let help = '';
    events?.configureOutput({ writeOut: (text) => (help += text) });

    events?.outputHelp();

    for (const name of ['tail', 'forward', 'trigger'])
      expect(help).toMatch(new RegExp(`^  events ${name} `, 'm'));
  });
});
