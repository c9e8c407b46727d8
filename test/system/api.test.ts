import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { operatorOf } from '../../local/shop/operator.ts';
import { deployedShop } from '../support/deployment.ts';
import { operatorAt } from '../support/operator.ts';

const shop = deployedShop(97);
const { ops, json } = operatorAt(shop);

const call = async (path: string, token: string | undefined, init: RequestInit = {}) => {
  const response = await fetch(`${shop.cloud.outputs.ApiUrl}${path}`, {
    ...init,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...init.headers,
    },
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? undefined : JSON.parse(text),
    headers: response.headers,
  };
};

async function tokenFor(name: string, ...scopes: string[]): Promise<string> {
  const { said } = await json('tokens', 'create', name, '--scopes', ...scopes);
  return String(said.token);
}

describe('an ERP', () => {
  it('comes in with a token that an operator made, and reads and acknowledges an order', async () => {
    // Arrange
    const id = shop.platforms.nuvemshop!.world.place();
    await shop.platforms.nuvemshop!.world.settled();
    await shop.cloud.idle();
    const token = await tokenFor('erp-1', 'orders:read', 'orders:personal');

    // Act
    const health = await call('/v1/health', token);
    const list = await call('/v1/orders?limit=100', token);
    const name = list.body.items.find((one: { platformOrderId: string }) => one.platformOrderId === id)?.id;
    const path = `/v1/orders/${encodeURIComponent(name)}`;
    const one = await call(`${path}?include=events,raw`, token);
    const acknowledged = await call(`${path}/acknowledge`, token, {
      method: 'POST',
      headers: { 'idempotency-key': 'once' },
      body: JSON.stringify({ erpId: 'SO-1', version: one.body.version }),
    });
    const replayed = await call(`${path}/acknowledge`, token, {
      method: 'POST',
      headers: { 'idempotency-key': 'once' },
      body: JSON.stringify({ erpId: 'SO-1', version: one.body.version }),
    });
    const events = await call('/v1/events', token);
    const document = await call('/v1/openapi.json', token);
    const asked = await call(path, token, { method: 'OPTIONS' });

    // Assert
    expect(health.body).toMatchObject({ status: 'ok' });
    expect(one.body.personal).toBeDefined();
    expect(JSON.parse(one.body.raw.text).id).toBeDefined();
    expect(acknowledged.body).toMatchObject({ currentVersion: one.body.version });
    expect(replayed.headers.get('idempotency-replayed')).toBe('true');
    expect(events.status).toBe(200);
    expect(document.body.openapi).toBe('3.1.0');
    expect([asked.status, asked.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
    expect(shop.cloud.metrics.logged('PersonalDataRead', 'nuvemshop')).toBeGreaterThan(0);
  });

  it('is shown no buyer without the scope, and let in nowhere without a token', async () => {
    const token = await tokenFor('erp-2', 'orders:read');

    const { body } = await call('/v1/orders?limit=100', token);
    const nobody = await call('/v1/orders', undefined);
    const astray = await call('/v1/nothing', undefined);

    expect(JSON.stringify(body)).not.toContain('"personal"');
    expect([nobody.status, nobody.body.code]).toEqual([401, 'token-missing']);
    expect([astray.status, astray.body.code]).toEqual([404, 'route-unknown']);
  });

  it('leaves a token in no log and no list', async () => {
    const token = await tokenFor('erp-3', 'stock');
    await call('/v1/orders', token);

    const { out } = await ops('tokens', 'list');

    expect(out).toMatch(/^erp-3 +erp-3 .* stock$/m);
    expect(out + shop.logs.map(({ line }) => line).join('')).not.toContain(token.slice(0, 20));
  });
});

describe('the operator', () => {
  it.each(['SIGINT', 'a closed pipe'] as const)(
    'follows the feed and writes nothing but its events, until %s',
    async (end) => {
      // Arrange
      const { options, environment } = operatorOf(shop);
      const argv = ['ops/main.ts', ...options, '--json', 'events', 'tail', '--from', 'oldest'];
      const child = spawn(process.execPath, argv, {
        env: { ...environment, PATH: process.env.PATH },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const closed = once(child, 'close');
      let out = '';
      let err = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));

      // Act
      await expect.poll(() => out, { timeout: 30_000 }).toContain('\n');
      if (end === 'SIGINT') child.kill('SIGINT');
      else {
        child.stdout.destroy();
        shop.platforms.nuvemshop!.world.place();
        await shop.platforms.nuvemshop!.world.settled();
      }
      const [code] = await closed;

      // Assert
      expect([code, err]).toEqual([0, '']);
      expect(
        out
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))[0],
      ).toMatchObject({ seq: 1, type: 'order.created' });
    },
    60_000,
  );

  it('makes no second token of a name, and none of an unknown scope', async () => {
    await tokenFor('twice', 'orders:read');

    const again = await ops('tokens', 'create', 'twice', '--scopes', 'orders:read');
    const unknown = await ops('tokens', 'create', 'odd', '--scopes', 'orders:all');
    const none = await ops('tokens', 'revoke', 'nobody');

    expect([again.code, unknown.code, none.code]).toEqual([2, 2, 1]);
    expect(again.err).toContain('There is a token "twice" already');
    expect(unknown.err).toContain('There is no scope "orders:all" (there are: orders:read, ');
    expect(none.err).toContain('There is no token "nobody"');
  });

  it('revokes a token, and both stand in the audit trail without it', async () => {
    const token = await tokenFor('short-lived', 'orders:read');

    await ops('tokens', 'revoke', 'short-lived');
    const { out } = await ops('audit', '--limit', '50');
    const { said } = await json('tokens', 'list');

    expect(JSON.stringify(said)).not.toContain('short-lived');
    expect(out).toContain('tokens create');
    expect(out).toContain('tokens revoke');
    expect(out).not.toContain(token.slice(0, 20));
  });
});
