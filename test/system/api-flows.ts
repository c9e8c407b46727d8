import { randomUUID } from 'node:crypto';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { itemName } from '../../functions/domain/item-name.ts';
import { makeToken } from '../../functions/erp/tokens.ts';
import type { StoreName } from '../../functions/storage/keys.ts';
import type { TestShop } from '../support/deployment.ts';
import type { Flow } from './control-item-flows.ts';
import { STORE } from './merchant.ts';

const PASSED_ON = '/v1/platforms/nuvemshop/api/store';

const ADDRESS = {
  street: 'Calle Falsa',
  number: '123',
  city: 'Rosario',
  zipcode: '2000',
  province: { code: 'AR-S', name: 'Santa Fe' },
  region: { code: 'PAM', name: 'Pampeana' },
  country: { code: 'AR', name: 'Argentina' },
};

/** A client of the API, with a token that is there from the first call on. */
export function apiCaller(shop: TestShop) {
  let token: string | undefined;
  async function tokenOfErp(): Promise<string> {
    if (token !== undefined) return token;
    const { cloud } = shop;
    const made = makeToken(
      {
        name: 'flows',
        client: 'erp',
        scopes: [
          'orders:read',
          'orders:personal',
          'commands',
          'catalogue',
          'platform:read',
          'stock',
          'customers',
          'customers:personal',
        ],
      },
      0,
    );
    const client = new SecretsManagerClient({
      region: cloud.region,
      endpoint: cloud.endpoint,
      credentials: cloud.adminCredentials,
    });
    const SecretString = JSON.stringify({ tokens: [made.stored] });
    await client.send(new PutSecretValueCommand({ SecretId: cloud.secretId('Erp/Tokens'), SecretString }));
    client.destroy();
    token = made.token;
    return token;
  }
  async function ask(path: string, init: RequestInit): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${shop.cloud.outputs.ApiUrl}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${await tokenOfErp()}`, ...init.headers },
    });
    return { status: response.status, body: await response.json() };
  }
  async function answers(path: string, expected = 200, init: RequestInit = {}): Promise<unknown> {
    const { status, body } = await ask(path, init);
    return status === expected ? body : undefined;
  }
  /** What a request is answered with; undefined for anything but 2xx. */
  async function call(path: string, init: RequestInit = {}): Promise<unknown> {
    const { status, body } = await ask(path, init);
    return status < 300 ? body : undefined;
  }
  return { answers, call };
}

/** What a client of the API does. */
export function apiFlows(
  shop: TestShop,
  landed: () => Promise<string>,
  tools: {
    refusedThenTaken(store: StoreName, call: () => Promise<unknown>): Promise<boolean>;
    reconcile(platform: string): Promise<boolean>;
  },
) {
  const { answers, call } = apiCaller(shop);
  const pathOf = (platformOrderId: string) =>
    `/v1/orders/${encodeURIComponent(itemName({ platform: 'nuvemshop', storeId: STORE, platformOrderId }))}`;

  const flows = {
    'a client of the API reads events, orders and how things stand': async () => {
      const id = await landed();
      const read = ['/v1/health', '/v1/events', '/v1/orders', `${pathOf(id)}?include=raw,events`];
      const all = await Promise.all(read.map((path) => answers(path)));
      const one = all.at(-1);
      return !all.includes(undefined) && typeof one === 'object' && one !== null && 'raw' in one;
    },
    'a client of the API acknowledges an order, once': async () => {
      const path = `${pathOf(await landed())}/acknowledge`;
      const key = randomUUID();
      const post = (version: number, status: number) =>
        answers(path, status, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
          body: JSON.stringify({ erpId: 'SO-1', version }),
        });
      // What ended in a problem is forgotten; what is done is remembered.
      return [await post(999, 409), await post(1, 200), await post(1, 200)].every((one) => one !== undefined);
    },
    'a location is made at Nuvemshop once its plan allows it, and once': async () => {
      const id = randomUUID();
      const there = shop.platforms.nuvemshop?.world.platform.stores.get(Number(STORE));
      if (there === undefined) return false;
      const put = (status: number) =>
        answers(`/v1/locations/nuvemshop:${STORE}:erp-location:${id}`, status, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: `Depósito ${id}`, address: ADDRESS }),
        });
      there.maxLocations = there.locations.size;
      const refused = await put(422);
      there.maxLocations = Number.POSITIVE_INFINITY;
      const all = [refused, await put(200), await put(200)];
      const named = [...there.locations.values()].filter(({ name }) => name.es_AR === `Depósito ${id}`);
      return !all.includes(undefined) && named.length === 1;
    },
    'a call of Nuvemshop is passed on': async () => (await answers(PASSED_ON)) !== undefined,
    'calls are passed on to Nuvemshop no more after it refused the credential': async () => {
      const wasOpen = (await answers(PASSED_ON)) !== undefined;
      // The probe is the pipeline's: whoever has a call passed on is told to wait.
      const calls = [() => answers(PASSED_ON, 503), () => tools.reconcile('Nuvemshop')];
      const store = { platform: 'nuvemshop', storeId: STORE };
      return (await tools.refusedThenTaken(store, async () => calls.shift()?.())) && wasOpen;
    },
  } satisfies Record<string, Flow>;
  return { flows, call };
}
