import { beforeAll, describe, expect, it } from 'vitest';
import { createCommandLeases } from '../../../functions/storage/command-leases.ts';
import { rowOf } from '../../storage/samples.ts';
import { localTables } from '../../support/local-tables.ts';
import { sampleOrder } from '../../support/sample-order.ts';
import { apiBench } from './api-bench.ts';

const tables = localTables();
const api = apiBench(tables);
const token = api.token(['commands', 'orders:read'], 'erp');
const other = api.token(['commands'], 'warehouse');
const reader = api.token(['orders:read'], 'reader');
const ORDER = 'shop:s:c-1';
let ids = 0;
const fresh = () => {
  ids += 1;
  return `id-${ids}`;
};

beforeAll(async () => {
  const { personal: _, ...cancelled } = sampleOrder({ status: 'cancelled' });
  await api.orders.put(rowOf('c-1', { version: 4 }), 0);
  await api.orders.put(rowOf('c-2'), 0);
  await api.orders.put(rowOf('cancelled', { order: cancelled }), 0);
  await api.orders.put(rowOf('m', { platform: 'mall', storeId: 'm' }), 0);
  const erased = { at: 0, because: 'operator', request: 'c' } as const;
  await api.orders.put(rowOf('erased', { erased }), 0);
});

const item = (changes: object = {}) => ({
  id: fresh(),
  order: ORDER,
  command: 'note',
  input: { text: 'Hello' },
  ...changes,
});
const give = async (items: unknown[], by = token, headers: Record<string, string> = {}) => {
  const { status, body } = await api.call('POST', '/v1/commands', { token: by, body: { items }, headers });
  return { status, body, items: body.items };
};

describe('POST /v1/commands', () => {
  it('judges a request anew under its key where nothing of it was kept', async () => {
    const key = { 'idempotency-key': fresh() };
    const early = item({ order: 'shop:s:late' });
    const unknown = await give([early], token, key);
    await api.orders.put(rowOf('late'), 0);

    const again = await give([early], token, key);

    expect(unknown.items).toMatchObject([{ result: 'error', error: { code: 'order-unknown' } }]);
    expect(again.items).toMatchObject([{ result: 'accepted' }]);
  });

  it('answers as the first time under its key where something of it was kept', async () => {
    const key = { 'idempotency-key': fresh() };
    const items = [item(), item({ order: 'shop:s:never' })];
    const first = await give(items, token, key);

    const again = await give(items, token, key);

    expect(first.items).toMatchObject([{ result: 'accepted' }, { result: 'error' }]);
    expect(again.body).toEqual(first.body);
  });

  it('keeps a command, and says what is known of it when it comes again', async () => {
    const one = item();

    const first = await give([one]);
    const again = await give([one]);

    expect(first).toMatchObject({
      status: 202,
      items: [{ id: one.id, order: ORDER, result: 'accepted', state: 'accepted' }],
    });
    expect(again.items).toMatchObject([{ result: 'known' }]);
    expect((await api.call('GET', `/v1/commands/${one.id}`, { token })).body).toMatchObject({
      client: 'erp',
      command: 'note',
      input: { text: 'Hello' },
      expiresAt: new Date(api.clock.now() + 7 * 24 * 3_600_000).toISOString(),
    });
  });

  it('takes half a character for one that cannot be read: no table takes it', async () => {
    const half = item({ input: { text: 'a\ud83d' } });
    const nowhere = item({ order: 'shop:s:\ud83d' });

    const { status, items } = await give([half, nowhere]);

    expect(status).toBe(202);
    expect(items).toMatchObject([{ result: 'accepted' }, { error: { code: 'order-unknown' } }]);
    expect((await api.commands.find('erp', half.id))?.command.input).toEqual({ text: 'a\ufffd' });
  });

  it('keeps two commands of one order in the order in which they were sent', async () => {
    const [ready, dispatch] = [
      item({ order: 'shop:s:c-2' }),
      item({ order: 'shop:s:c-2', command: 'dispatch', input: {} }),
    ];

    await give([ready, item(), dispatch]);

    const kept = await api.commands.ofOrder({ platform: 'shop', storeId: 's', platformOrderId: 'c-2' });
    expect(kept.map(({ id }) => id)).toEqual([ready.id, dispatch.id]);
  });

  it('keeps the good ones whatever is wrong with the others, and stores nothing of those', async () => {
    const good = item();
    const bad = [
      item({ order: 'shop:s:none' }),
      item({ order: 'shop:s:cancelled' }),
      item({ command: 'ready', input: {} }),
      item({ order: 'mall:m:m' }),
      item({ ifVersion: 3 }),
      item({ input: { text: 'Hello', more: 1 } }),
      { order: ORDER },
      'nothing',
      item({ expiresAt: '2020-01-01T00:00:00Z' }),
      item({ order: 'shop:s:erased' }),
    ];

    const { items } = await give([...bad, good]);

    expect(items.map(({ error }: { error?: { code: string } }) => error?.code)).toEqual([
      'order-unknown',
      'command-refused',
      'command-refused',
      'command-refused',
      'version-mismatch',
      'request-invalid',
      'request-invalid',
      'request-invalid',
      'command-refused',
      'command-refused',
      undefined,
    ]);
    expect(items[1].error.detail).toBe('It is cancelled.');
    expect(items[2].error.detail).toBe('Shop has no call for it. Use its panel.');
    expect(items[4].error.currentVersion).toBe(4);
    expect(items[5].error.errors).toMatchObject([{ pointer: '/body/items/5/input', code: 'unknown-field' }]);
    expect(items[6].error.errors).toMatchObject([
      { pointer: '/body/items/6/id', code: 'required' },
      { pointer: '/body/items/6/command' },
    ]);
    expect(items[9].error.detail).toContain('The person of the order was erased');
    expect(items[10]).toMatchObject({ id: good.id, result: 'accepted' });
    for (const one of bad)
      if (typeof one === 'object' && 'id' in one)
        expect(await api.commands.find('erp', one.id)).toBeUndefined();
  });

  it.each(['track', 'deliver'])(
    'refuses a %s that is to have happened more than a day ahead',
    async (command) => {
      const status = command === 'track' ? { status: 'in_transit' } : {};
      const ahead = item({ command, input: { ...status, happenedAt: '2030-01-01T00:00:00Z' } });

      const { items } = await give([ahead]);

      expect(items[0].error).toMatchObject({
        code: 'request-invalid',
        errors: [{ pointer: '/body/items/0/input/happenedAt', code: 'rule' }],
      });
      expect(await api.commands.find('erp', ahead.id)).toBeUndefined();
    },
  );

  it('takes what is to have happened by a clock that is a little ahead', async () => {
    const happenedAt = new Date(api.clock.now() + 300_000).toISOString();
    const { items } = await give([item({ command: 'deliver', input: { happenedAt } })]);

    expect(items[0].error?.code).not.toBe('request-invalid');
  });

  it('refuses another command with the id of one before, and leaves every client its own ids', async () => {
    const one = item();
    await give([one]);

    const reused = await give([{ ...one, input: { text: 'Other' } }]);
    const others = await give([{ ...one, input: { text: 'Other' } }], other);

    expect(reused.items[0].error).toMatchObject({ code: 'command-id-reused', retry: 'new-key' });
    expect(others.items).toMatchObject([{ result: 'accepted' }]);
  });

  it('takes the term that the client says, and no longer one than the platform has', async () => {
    const soon = new Date(api.clock.now() + 60_000).toISOString();
    const long = new Date(api.clock.now() + 24 * 3_600_000).toISOString();
    const [short, capped] = [
      item({ expiresAt: soon }),
      item({ command: 'dispatch', input: {}, expiresAt: long }),
    ];

    await give([short, capped]);

    const until = async ({ id }: { id: string }) => (await api.commands.find('erp', id))?.command.giveUpAt;
    expect(await until(short)).toBe(Date.parse(soon));
    expect(await until(capped)).toBe(api.clock.now() + 2 * 3_600_000);
  });

  it('refuses more than a hundred, none, and a client without the scope', async () => {
    const many = await api.call('POST', '/v1/commands', { token, body: { items: Array(101).fill({}) } });
    const none = await api.call('POST', '/v1/commands', { token, body: { items: [] } });
    const stranger = await api.call('POST', '/v1/commands', { token: reader, body: { items: [item()] } });

    expect([many.status, none.status, stranger.status]).toEqual([422, 422, 403]);
  });
});

describe('GET /v1/commands', () => {
  it('is of one client, a page at a time', async () => {
    const mine = api.token(['commands'], 'lister');
    const given = ['a', 'b', 'c'];
    await give(
      given.map((id) => item({ id })),
      mine,
    );

    const first = await api.call('GET', '/v1/commands?limit=2', { token: mine });
    const rest = await api.call('GET', `/v1/commands?limit=2&cursor=${first.body.next}`, { token: mine });

    const idsOf = ({ body }: typeof first) => body.items.map(({ id }: { id: string }) => id);
    expect([idsOf(first), idsOf(rest), rest.body.next]).toEqual([['a', 'b'], ['c'], undefined]);
  });

  it('has no page that is larger than an answer may be', async () => {
    const mine = api.token(['commands'], 'bulky');
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    await give(
      ids.map((id) => item({ id })),
      mine,
    );
    const detail = '"'.repeat(1900);
    const problems = Array.from({ length: 190 }, () => ({ pointer: '/variants/0', code: 'c', detail }));
    for (const id of ids) {
      const { key, command } = (await api.commands.find('bulky', id))!;
      const leases = createCommandLeases({ ...tables, clock: api.clock });
      const lease = (await leases.take(key, 'run', 1000))!;
      await leases.write(lease, { ...command, state: 'refused', problems });
    }

    const seen: string[] = [];
    let next: string | undefined = '';
    while (next !== undefined) {
      const page: Awaited<ReturnType<typeof api.call>> = await api.call(
        'GET',
        `/v1/commands?limit=6${next && `&cursor=${next}`}`,
        { token: mine },
      );
      seen.push(...page.body.items.map(({ id }: { id: string }) => id));
      ({ next } = page.body);
      expect(Buffer.byteLength(JSON.stringify(page.text))).toBeLessThan(6 * 1024 * 1024);
    }

    expect(seen).toEqual(ids);
  });

  it('knows no command of another client', async () => {
    const one = item();
    await give([one]);

    const { status, body } = await api.call('GET', `/v1/commands/${one.id}`, { token: other });

    expect([status, body.code]).toEqual([404, 'command-unknown']);
  });

  it('says how a command ended', async () => {
    const one = item();
    await give([one]);
    const found = (await api.commands.find('erp', one.id))!;
    const leases = createCommandLeases({ ...tables, clock: api.clock });
    const lease = (await leases.take(found.key, 'run', 1000))!;
    const state = 'refused' as const;
    await leases.write(lease, { ...found.command, state, reason: 'No.', platformSays: 'Nope' });

    const { body } = await api.call('GET', `/v1/commands/${one.id}`, { token });

    expect(body).toMatchObject({ state: 'refused', reason: 'No.', platformSays: 'Nope' });
  });
});

describe('GET /v1/orders/{id}?include=commands', () => {
  it('shows every client’s commands, and the input of the own ones only', async () => {
    await give([item({ input: { text: 'Other words' } })], other);

    const { body } = await api.call('GET', `/v1/orders/${ORDER}?include=commands`, { token });

    const clients = body.commands.map(({ client }: { client: string }) => client);
    expect(clients).toContain('warehouse');
    expect(JSON.stringify(body.commands)).not.toContain('Other words');
  });

  it('needs the scope', async () => {
    const { status } = await api.call('GET', `/v1/orders/${ORDER}?include=commands`, { token: reader });

    expect(status).toBe(403);
  });
});
