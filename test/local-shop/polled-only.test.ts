import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Shop } from '../../local/shop/shop.ts';
import { pushStock, withCountedStock } from '../../local/shop/stock-push.ts';
import { invitation } from '../../local/shop/terminal.ts';
import { demo } from '../lib/assembly.ts';

/** The shop of a merchant whose only platform is polled and has no catalogue, as far as these two look at it. */
async function polledOnly(status = 200): Promise<Shop> {
  const server = createServer(({ method }, response) => {
    response.writeHead(method === 'GET' ? status : 422, { 'content-type': 'application/json' });
    response.end('{"items":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentialsWith = () => ({ accessKeyId: 'LOCAL', secretAccessKey: 'local' });
  const cloud = { apiUrl: url, endpoint: url, outputs: { ApiUrl: url }, credentialsWith };
  const merchant = withCountedStock(demo);
  return { merchant, cloud, stores: [], token: 't', assembly: '/nowhere' } as unknown as Shop;
}

describe('a merchant whose only platform is polled and has no catalogue', () => {
  it('tells no stock, and nothing goes wrong', async () => {
    expect(await pushStock(await polledOnly())).toEqual({ skus: 0, told: [] });
  });

  it('is invited to send no webhook', async () => {
    const said = invitation(await polledOnly());

    expect(said).not.toContain('webhook');
    expect(said).toContain('Read orders and events');
  });

  it('is told what the API answered, where it refuses', async () => {
    await expect(pushStock(await polledOnly(503))).rejects.toMatchObject({
      name: 'OwnError',
      message: 'The API answered 503 to GET /v1/products?limit=100.',
    });
  });
});
