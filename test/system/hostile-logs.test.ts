import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { signNuvemshop } from '../../functions/platforms/nuvemshop/webhook-proof.ts';
import { deployedShop } from '../support/deployment.ts';
import { DEMO_CHAIN, ROUTES } from '../support/routes.ts';

const shop = deployedShop(24);
const PERSON = 'Juana Plantada';
const EMAIL = 'juana.plantada@example.com';

/** Bodies that name a person, and that nobody can read, or can read in part. */
const BODIES: [string, string | Buffer<ArrayBuffer>][] = [
  ['a text', PERSON],
  ['JSON that ends too soon', `{"order_id":"1","customer":{"name":"${PERSON}","email":"${EMAIL}`],
  ['JSON with a word in it that is none', `{"name":${PERSON}}`],
  ['bytes that are not UTF-8', Buffer.from(`{"name":"${PERSON}\xff"}`, 'latin1')],
  ['JSON of another shape', JSON.stringify([{ name: PERSON }, EMAIL])],
  ['an order without an id', JSON.stringify({ customer: { name: PERSON, email: EMAIL } })],
  ['an event that nobody knows', JSON.stringify({ store_id: 5665778, event: PERSON, id: 1 })],
  [
    'an id that is a person',
    JSON.stringify({ store_id: 5665778, event: 'order/paid', id: { name: PERSON } }),
  ],
  [
    'an order whose parts are of the wrong type',
    JSON.stringify({
      order_id: 'hostile-log',
      status: { name: PERSON },
      client: { chain_id: DEMO_CHAIN, store_id: { name: PERSON } },
      customer: [PERSON],
      items: [{ _id: { name: PERSON }, pricing: PERSON }],
      payment: { order_total: PERSON, sub_total: EMAIL },
      sys: { created_at: PERSON },
    }),
  ],
];

const post = (path: string, body: string | Buffer<ArrayBuffer>, headers: Record<string, string>) =>
  fetch(`${shop.cloud.apiUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
const NUVEMSHOP_PATHS = [
  ROUTES.nuvemshopEvents,
  ROUTES.nuvemshopStoreRedact,
  ROUTES.nuvemshopCustomersRedact,
  ROUTES.nuvemshopCustomersDataRequest,
];

describe('a body that names a person', () => {
  it.each(BODIES)('and is %s reaches no log line, by whichever door it comes', async (_what, body) => {
    for (const path of NUVEMSHOP_PATHS) {
      const signature = signNuvemshop(body, shop.webhookSecrets.nuvemshop);
      await post(path, body, { 'x-linkedstore-hmac-sha256': signature });
      await post(path, body, { 'x-linkedstore-hmac-sha256': PERSON.replace(' ', '-') });
    }
    await post(ROUTES.pedidosya, body, { authorization: shop.webhookSecrets.pedidosya });
    await post(ROUTES.pedidosya, body, { authorization: 'Juana-Plantada' });
    await shop.cloud.idle();

    expect(linesWithPersons()).toEqual([]);
  });

  it.each(['Nuvemshop', 'Pedidosya', 'Imotriz'])(
    'and is a message in the queue of %s that nobody can read reaches no log line',
    async (platform) => {
      const client = new SQSClient({
        region: shop.cloud.region,
        endpoint: shop.cloud.endpoint,
        credentials: shop.cloud.adminCredentials,
      });
      const QueueUrl = shop.cloud.queueUrl(`${platform}/Orders/Intake/Queue`);
      const failures = () => shop.logs.filter(({ line }) => line.includes('message failed')).length;
      const before = failures();

      for (const [, body] of BODIES.filter(([, one]) => typeof one === 'string'))
        await client.send(new SendMessageCommand({ QueueUrl, MessageBody: String(body) }));
      client.destroy();
      await expect.poll(failures).toBeGreaterThanOrEqual(before + BODIES.length - 1);

      expect(linesWithPersons()).toEqual([]);
    },
  );

  it.each(['Nuvemshop/Orders/Consumer', 'Nuvemshop/Webhook/Receiver', 'Nuvemshop/Install/Installer'])(
    'and is the event that %s is called with reaches no log line, though Lambda logs what is thrown',
    async (name) => {
      await shop.cloud.invoke(`${name}/Function`, {
        Records: [{ body: PERSON }],
        body: PERSON,
        name: PERSON,
      });
      await shop.cloud.invoke(`${name}/Function`, PERSON);

      expect(linesWithPersons()).toEqual([]);
    },
  );
});

/** Without the person, whose name must not stand in the log of the tests either. */
function linesWithPersons(): string[] {
  return shop.logs
    .filter(({ line }) => /juana|plantada/i.test(line))
    .map(({ name, line }) => `${name}: ${line.replaceAll(/juana|plantada/gi, '<person>').slice(0, 300)}`);
}
