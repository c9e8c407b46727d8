import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { signNuvemshop } from '../../functions/platforms/nuvemshop/webhook-proof.ts';
import { messageSchema, pack } from '../../functions/runtime/queue.ts';
import { deployedShop } from '../support/deployment.ts';
import { ROUTES } from '../support/routes.ts';
import { faultsOf } from './planted-faults.ts';

const shop = deployedShop(31);

const notice = (id: string) => JSON.stringify({ store_id: 5665778, event: 'order/updated', id: Number(id) });
const send = (body: string, secret = shop.webhookSecrets.nuvemshop) =>
  fetch(`${shop.cloud.apiUrl}${ROUTES.nuvemshopEvents}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-linkedstore-hmac-sha256': signNuvemshop(body, secret) },
    body,
  });
/** Puts a message into the queue of a platform as one of ours would. */
async function sendToQueue(message: object): Promise<void> {
  const { region, endpoint, adminCredentials: credentials } = shop.cloud;
  const client = new SQSClient({ region, endpoint, credentials });
  const QueueUrl = shop.cloud.queueUrl('Nuvemshop/Orders/Intake/Queue');
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
  client.destroy();
}
const rowOf = (platformOrderId: string) =>
  shop.table.get({ platform: 'nuvemshop', storeId: '5665778', platformOrderId });

async function withSecrets<T>(work: (client: SecretsManagerClient) => Promise<T>): Promise<T> {
  const { region, endpoint, adminCredentials: credentials } = shop.cloud;
  const client = new SecretsManagerClient({ region, endpoint, credentials });
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}
const replaceSecret = (ref: string, value: object) =>
  withSecrets((client) =>
    client.send(
      new PutSecretValueCommand({ SecretId: shop.cloud.secretId(ref), SecretString: JSON.stringify(value) }),
    ),
  );

describe('a deployment', () => {
  it('answers 5xx when the queue cannot take a webhook, and takes it when it is sent again', async () => {
    // Arrange
    const id = shop.platforms.nuvemshop!.world.place();
    await shop.cloud.idle();
    const restore = shop.cloud.withoutPermission('Nuvemshop/Webhook/Receiver/Function', 'sqs:SendMessage');

    // Act
    const refused = await send(notice(id)).finally(restore);
    const taken = await send(notice(id));
    await shop.cloud.idle();

    // Assert
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ correlationId: expect.stringMatching(/./) });
    expect(taken.status).toBe(200);
    expect(shop.logs.some(({ line }) => line.includes('AccessDenied'))).toBe(true);
    expect(await rowOf(id)).toMatchObject({ state: 'ok' });
  });

  it('loses nothing when a consumer may not write: the message comes back and is worked off afterwards', async () => {
    // Arrange
    const restore = shop.cloud.withoutPermission('Nuvemshop/Orders/Consumer/Function', 'dynamodb:PutItem');
    const id = shop.platforms.nuvemshop!.world.place();
    await expect.poll(() => shop.logs.some(({ line }) => line.includes('message failed'))).toBe(true);

    // Act
    restore();
    // The failed message waits only once its function has ended, which may be after this.
    await expect
      .poll(() => {
        shop.cloud.endWaits();
        return rowOf(id);
      })
      .toMatchObject({ state: 'ok' });
    await shop.cloud.idle();

    // Assert
    expect(await rowOf(id)).toMatchObject({ state: 'ok' });
  });

  it('gives up only the one that fails of messages that travel together', async () => {
    // Arrange
    const { unheard } = faultsOf(shop);
    const ids = [unheard(), unheard()];
    const travels = { v: 1, receivedAt: Date.now(), attempts: 0, storeId: '5665778' } as const;
    const [[one], [other]] = [pack(Buffer.from(notice('1'))), pack(Buffer.from(notice('2')))];
    const messages = [
      ...ids.map((orderId) => ({
        ...travels,
        kind: 'refresh',
        correlationId: orderId,
        orderId,
        origin: 'replay',
      })),
      {
        ...travels,
        kind: 'received',
        correlationId: 'damaged',
        via: 'webhook',
        topic: 'event',
        payload: { ...one, sha256: other?.sha256 },
      },
    ];
    const dead = () =>
      shop.cloud
        .peek('Nuvemshop/Orders/Intake/DeadLetters')
        .map(({ body }) => messageSchema().parse(JSON.parse(body)));

    // Act
    await sendToQueue({ ...travels, kind: 'cohort', correlationId: 'together', messages });

    // Assert
    await expect
      .poll(
        () => {
          shop.cloud.endWaits('Nuvemshop/Orders/Intake/Queue');
          return dead();
        },
        { interval: 100 },
      )
      .toMatchObject([{ kind: 'received', correlationId: 'damaged', alone: true }]);
    for (const id of ids) expect(await rowOf(id)).toMatchObject({ state: 'ok', version: 1 });
  }, 60_000);

  it('takes webhooks signed with the previous secret and with the new one during a rotation', async () => {
    // Arrange
    const previous = shop.webhookSecrets.nuvemshop;
    const id = shop.platforms.nuvemshop!.world.place();
    await replaceSecret('Secrets/NuvemshopApp', {
      clientId: '1',
      clientSecret: 'the-new-one-of-today',
      previousClientSecret: previous,
    });

    // Act
    const answers = [
      await send(notice(id), 'the-new-one-of-today'),
      await send(notice(id), previous),
      await send(notice(id), 'neither'),
    ];

    // Assert
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401]);
  });

  it('reads a replaced access token by itself, without a paused platform', async () => {
    // Arrange
    const { world } = shop.platforms.nuvemshop!;
    await shop.cloud.idle();
    const accessToken = world.install();
    await replaceSecret('Secrets/NuvemshopStore/5665778', { accessToken });

    // Act
    const id = world.place();
    await world.settled();
    await shop.cloud.idle();

    // Assert
    expect(await rowOf(id)).toMatchObject({ state: 'ok' });
  });

  it('holds secrets in Secrets Manager only: no environment variable has one', async () => {
    const value = await withSecrets((client) =>
      client.send(new GetSecretValueCommand({ SecretId: shop.cloud.secretId('Secrets/ImotrizApi/co-main') })),
    );

    expect(value.SecretString).toContain(shop.platforms.imotriz!.world.token);
    for (const file of readdirSync(shop.assembly).filter((name) => name.endsWith('.json'))) {
      const template = readFileSync(join(shop.assembly, file), 'utf8');
      expect(template).not.toContain(shop.platforms.imotriz!.world.token);
      expect(template).not.toContain(shop.webhookSecrets.pedidosya);
    }
  });
});
