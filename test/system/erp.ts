import { expect } from 'vitest';
import type { TestShop } from '../support/deployment.ts';
import type { operatorAt } from '../support/operator.ts';

/** A bound against hanging, no measure: several functions start cold, maybe on a busy machine. */
const PATIENCE_MS = 100_000;

interface Item {
  id: string;
  order: string;
  command: string;
  input?: object;
}

/** The merchant's own system, as far as a test plays it: it has one token and knows the API. */
export function erpOf(shop: Pick<TestShop, 'cloud'>, json: ReturnType<typeof operatorAt>['json']) {
  let token: Promise<string> | undefined;
  let commands = 0;
  const made = async (): Promise<string> => {
    const scopes = ['orders:read', 'orders:personal', 'commands', 'customers', 'customers:personal'];
    return String((await json('tokens', 'create', 'erp', '--scopes', ...scopes)).said.token);
  };

  async function call(method: string, path: string, body?: object) {
    token ??= made();
    const response = await fetch(`${shop.cloud.outputs.ApiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${await token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }
  const get = (path: string) => call('GET', path);
  const put = (path: string, body: object) => call('PUT', path, body);
  const give = async (items: Item[]) => {
    const { status, body } = await call('POST', '/v1/commands', { items });
    expect(status, JSON.stringify(body)).toBe(202);
    return body.items as { result: string; error?: { detail: string } }[];
  };
  /** Waits until a command is through. */
  async function ended(id: string) {
    const under = ['accepted', 'running'];
    await expect
      .poll(async () => under.includes((await get(`/v1/commands/${id}`)).body.state), {
        timeout: PATIENCE_MS,
      })
      .toBe(false);
    return (await get(`/v1/commands/${id}`)).body;
  }
  /** Waits until an order has come in. */
  async function orderNamed(name: string): Promise<string> {
    const path = `/v1/orders/${encodeURIComponent(name)}`;
    await expect
      .poll(async () => (await get(path)).status, { timeout: PATIENCE_MS, interval: 100 })
      .toBe(200);
    return name;
  }

  return {
    get,
    put,
    give,
    ended,
    orderNamed,
    async anyOrderOf(platform: string): Promise<string> {
      let found: string | undefined;
      await expect
        .poll(
          async () => {
            found = (await get(`/v1/orders?platform=${platform}&limit=1`)).body.items[0]?.id;
            return found;
          },
          { timeout: PATIENCE_MS },
        )
        .toBeDefined();
      return String(found);
    },
    async acknowledge(name: string): Promise<void> {
      const path = `/v1/orders/${encodeURIComponent(name)}`;
      const { version } = (await get(path)).body;
      const { status } = await call('POST', `${path}/acknowledge`, { erpId: 'SO-1', version });
      expect(status).toBe(200);
    },
    /** Gives a command and waits until it is done. */
    async does(order: string, command: string, input: object = {}): Promise<void> {
      commands += 1;
      const id = `erp-${commands}`;
      const [answer] = await give([{ id, order, command, input }]);
      expect(answer, JSON.stringify(answer)).toMatchObject({ result: 'accepted' });
      expect(await ended(id)).toMatchObject({ state: 'done' });
    },
    /** Events of an order and its commands, from the beginning of the feed. */
    async eventsOf(name: string): Promise<{ type: string; key: string }[]> {
      const { body } = await get('/v1/events?limit=1000');
      return body.items.filter(({ key }: { key: string }) => key === name);
    },
  };
}
