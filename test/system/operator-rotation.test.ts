import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { deployedShop } from '../support/deployment.ts';
import { operatorAt } from '../support/operator.ts';
import { DEMO_CHAIN } from '../support/routes.ts';
import { STORE } from './merchant.ts';

const shop = deployedShop(98);
const { given } = operatorAt(shop);
const NEW = 'the-new-one-of-today';

/** What a secret of the deployment holds now. */
async function storedIn(ref: string): Promise<Record<string, unknown>> {
  const { region, endpoint, adminCredentials: credentials } = shop.cloud;
  const client = new SecretsManagerClient({ region, endpoint, credentials });
  const { SecretString = '' } = await client
    .send(new GetSecretValueCommand({ SecretId: shop.cloud.secretId(ref) }))
    .finally(() => client.destroy());
  return JSON.parse(SecretString) as Record<string, unknown>;
}

/** An order of which a receiver hears that reads its secret anew; the platform signs as before. */
const placed = {
  async nuvemshop() {
    shop.cloud.cool('Nuvemshop/Webhook/Receiver/Function');
    return {
      platform: 'nuvemshop',
      storeId: STORE,
      platformOrderId: shop.platforms.nuvemshop!.world.place(),
    };
  },
  async pedidosya() {
    shop.cloud.cool('Pedidosya/Webhook/Receiver/Function');
    const { order_id: platformOrderId } = shop.platforms.pedidosya!.world.place();
    return { platform: 'pedidosya', storeId: DEMO_CHAIN, platformOrderId };
  },
};

describe('whoever rotates what signs webhooks', { timeout: 120_000 }, () => {
  it.each([
    [
      'nuvemshop',
      'app',
      'Secrets/NuvemshopApp',
      { clientId: '1', clientSecret: NEW },
      ['clientSecret', 'previousClientSecret'],
    ],
    [
      'pedidosya',
      'webhook',
      `Secrets/PedidosyaWebhook/${DEMO_CHAIN}`,
      { secret: NEW },
      ['secret', 'previousSecret'],
    ],
  ] as const)('loses no webhook of %s, and hears that the %s was not tried', async (...row) => {
    const [platform, credential, ref, fields, [field, previous]] = row;
    const { [field]: old } = await storedIn(ref);

    const input = JSON.stringify({ [credential]: fields });
    const { code, out, err } = await given(input, 'connect', platform, '--from-stdin', '--yes');
    const key = await placed[platform]();

    expect(code, out).toBe(0);
    expect(out).toMatch(new RegExp(`^${credential}.* was not tried: the check does not use it`, 'm'));
    expect(out).toMatch(new RegExp(`^The ${field} that ${credential}.* had before counts as well`, 'm'));
    expect(out + err).not.toContain(old);
    expect(await storedIn(ref)).toEqual({ ...fields, [previous]: old });
    await expect.poll(() => shop.table.get(key), { timeout: 30_000 }).toMatchObject({ state: 'ok' });
  });

  it('is told before a second rotation that what counted until the first counts no more', async () => {
    const input = JSON.stringify({ webhook: { secret: 'the-new-one-of-tomorrow' } });

    const { code, err } = await given(input, 'connect', 'pedidosya', '--from-stdin');

    expect(code).toBe(2);
    expect(err).toMatch(/The secret of before the last rotation counts no more\. Nothing was written\./);
  });

  it('hears no such thing of a token, which the check uses', async () => {
    const { token } = await storedIn(`Secrets/PedidosyaApi/${DEMO_CHAIN}`);

    const input = JSON.stringify({ api: { token } });
    const { code, out } = await given(input, 'connect', 'pedidosya', '--from-stdin', '--yes');

    expect(code, out).toBe(0);
    expect(out).not.toContain('was not tried');
  });

  it('hears that a token was not tried where no call can be made with it', async () => {
    const input = JSON.stringify({ api: { token: 'made-up-token' } });

    const { out } = await given(input, 'connect', 'imotriz', '--from-stdin', '--yes');

    expect(out).toMatch(/^api.* was not tried: no call could be made/m);
  });
});
