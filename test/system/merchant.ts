import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DeleteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { type OutcomeKind, TEXTS } from '../../functions/pipeline/install/outcomes.ts';
import { backfillKey, circuitKey, storeErasureKey } from '../../functions/storage/control-keys.ts';
import type { ItemKey } from '../../functions/storage/keys.ts';
import type { deployedShop } from '../support/deployment.ts';
import { ROUTES } from '../support/routes.ts';

export const STORE = '5665778';

export const title = (html: string) => /<h1>(.*?)<\/h1>/.exec(html)?.[1];
export const titleOf = (kind: OutcomeKind) => TEXTS[kind].en.title.replace('{platform}', 'Nuvemshop');

/** A browser's way to a page and no further: `fetch` keeps no cookies, so they are carried by hand. */
export async function open(url: string, cookie = '') {
  const response = await fetch(url, { redirect: 'manual', headers: { cookie, 'accept-language': 'en' } });
  return {
    status: response.status,
    location: response.headers.get('location') ?? '',
    cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '',
    html: await response.text(),
    id: response.headers.get('x-correlation-id') ?? '',
  };
}

/** A merchant who installs the app of a deployed shop, and looks at what became of it. */
export function merchantOf(shop: ReturnType<typeof deployedShop>) {
  const world = () => shop.platforms.nuvemshop!.world;
  const storeOf = () => world().platform.stores.get(Number(STORE))!;
  const lines = () => shop.logs.map(({ line }) => line).join('\n');

  /** From the start over the platform's page to the address that it sends the merchant back to. */
  async function agree(storeId = STORE) {
    const start = await open(shop.cloud.outputs.NuvemshopInstallUrl ?? '');
    const page = await open(`${start.location}&store_id=${storeId}`);
    return {
      back: page.location,
      cookie: start.cookie,
      code: new URL(page.location).searchParams.get('code') ?? '',
    };
  }

  async function install() {
    const { back, cookie } = await agree();
    return open(back, cookie);
  }

  const aws = () => ({
    region: shop.cloud.region,
    endpoint: shop.cloud.endpoint,
    credentials: shop.cloud.adminCredentials,
  });

  async function storeSecret(): Promise<unknown> {
    const client = new SecretsManagerClient(aws());
    const SecretId = shop.cloud.secretId('Secrets/NuvemshopStore/5665778');
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
    client.destroy();
    return JSON.parse(SecretString);
  }

  const store = { platform: 'nuvemshop', storeId: STORE };
  async function controlItem(Key: ItemKey) {
    const client = new DynamoDBClient(aws());
    const TableName = shop.cloud.tableName('Control/Table');
    const { Item } = await client.send(new GetCommand({ TableName, Key }));
    client.destroy();
    return Item;
  }
  const erasureKey = storeErasureKey(store);
  const erasureWaits = async () => (await controlItem(erasureKey))?.state === 'waiting';
  /** As if nobody had asked to erase the store yet. */
  async function forgetErasure(): Promise<void> {
    const client = new DynamoDBClient(aws());
    await client.send(
      new DeleteCommand({ TableName: shop.cloud.tableName('Control/Table'), Key: erasureKey }),
    );
    client.destroy();
  }
  /** The two days in which a person can stop an erasure are over. */
  async function erasureIsDue(): Promise<void> {
    const client = new DynamoDBClient(aws());
    await client.send(
      new UpdateCommand({
        TableName: shop.cloud.tableName('Control/Table'),
        Key: erasureKey,
        UpdateExpression: 'SET dueAt = :now',
        ExpressionAttributeValues: { ':now': Date.now() },
      }),
    );
    client.destroy();
  }
  const backfillItem = () => controlItem(backfillKey(store));
  const circuitItem = () => controlItem(circuitKey(store));

  const rowOf = (platformOrderId: string) =>
    shop.table.get({ platform: 'nuvemshop', storeId: STORE, platformOrderId });
  const callsOf = (from: number) =>
    shop.platforms.nuvemshop!.calls.slice(from).filter(({ path }) => !path.startsWith('/apps/'));
  const settled = async () => {
    await world().settled();
    await shop.cloud.idle();
  };

  /** Until the consumer has put the notice of an order back, to come again after the pause. */
  const waiting = (id: string) =>
    expect
      .poll(() =>
        shop.cloud
          .peek('Nuvemshop/Orders/Intake/Queue')
          .some(({ body }) => body.includes(id) && body.includes('"scheduledAt"')),
      )
      .toBe(true);

  /** A notice the platform sent before it stopped sending. */
  function lateNotice(orderId: string) {
    const body = JSON.stringify({ store_id: Number(STORE), event: 'order/updated', id: Number(orderId) });
    const headers = {
      'content-type': 'application/json',
      'x-linkedstore-hmac-sha256': world().platform.sign(body),
    };
    return { url: `${shop.cloud.apiUrl}${ROUTES.nuvemshopEvents}`, body, headers, label: 'order/updated' };
  }

  return {
    world,
    storeOf,
    lines,
    agree,
    install,
    aws,
    storeSecret,
    controlItem,
    backfillItem,
    circuitItem,
    rowOf,
    callsOf,
    settled,
    waiting,
    lateNotice,
    erasureWaits,
    erasureIsDue,
    forgetErasure,
  };
}
