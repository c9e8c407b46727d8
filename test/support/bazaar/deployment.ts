import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, vi } from 'vitest';
import * as z from 'zod';
import { merchantNamed, merchantSchema } from '../../../config/merchant.ts';
import { openShop, type Shop } from '../../../local/shop/shop.ts';
import { openTable, type ShopTable } from '../../../local/shop/table.ts';
import { storeOn } from '../deployment.ts';
import './register.ts';
import { bazaarModule } from './simulator/module.ts';

const REGISTER = `--import=${new URL('./register.ts', import.meta.url)}`;

/** Makes Bazaar known to the processes that a test file starts, too: the synthesis, the operator's commands. */
export function knownInOtherProcesses(): void {
  beforeAll(() => {
    vi.stubEnv('NODE_OPTIONS', [process.env.NODE_OPTIONS, REGISTER].filter(Boolean).join(' '));
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });
}

const rate = { perSecond: 50, burst: 200 };
const stores = [
  { storeId: 'centre', rate },
  { storeId: 'harbour', rate },
];

/** A merchant with two stores at Bazaar, beside what is given. */
export const merchantWith = (others: object) =>
  merchantSchema().parse({
    ...merchantNamed('demo'),
    name: 'fourth',
    platforms: { ...others, bazaar: { stores } },
  });

/** A deployment for a test file of a merchant who sells on Bazaar only, with no schedule running. */
export function deployedBazaar(seed: number) {
  const made: Partial<Shop & { table: ShopTable }> = {};
  const shop = made as Shop & { table: ShopTable };
  beforeAll(async () => {
    Object.assign(made, await openShop({ merchant: merchantWith({}), seed }));
    made.table = openTable(shop.cloud);
  });
  afterAll(async () => {
    made.table?.close();
    await made.close?.();
  });

  const simulator = () => storeOn(shop.stores, bazaarModule)!.simulator;
  const world = () => simulator().world;
  const webhookUrl = () => shop.cloud.outputs.BazaarWebhookUrl ?? '';
  const keyOf = (platformOrderId: string, storeId = 'centre') => ({
    platform: 'bazaar',
    storeId,
    platformOrderId,
  });
  const rowOf = (id: string, storeId?: string) => shop.table.get(keyOf(id, storeId));
  const settled = async () => {
    await world().settled();
    await shop.cloud.idle();
  };
  /** An order whose webhook arrived. */
  async function landed(): Promise<string> {
    const id = world().place('centre');
    await settled();
    return id;
  }
  async function secretOf(ref: string): Promise<Record<string, unknown>> {
    const { region, endpoint, adminCredentials: credentials } = shop.cloud;
    const client = new SecretsManagerClient({ region, endpoint, credentials });
    const { SecretString = '' } = await client.send(
      new GetSecretValueCommand({ SecretId: shop.cloud.secretId(ref) }),
    );
    client.destroy();
    return JSON.parse(SecretString) as Record<string, unknown>;
  }

  return { shop, simulator, world, webhookUrl, keyOf, rowOf, settled, landed, secretOf };
}

const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.unknown()).default({}),
  Outputs: z.record(z.string(), z.looseObject({ Description: z.string().optional() })).default({}),
});
const alarmSchema = z.looseObject({
  Type: z.literal('AWS::CloudWatch::Alarm'),
  Properties: z.looseObject({
    AlarmName: z.string(),
    AlarmDescription: z.unknown(),
    Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
  }),
});

/** The templates that a shop runs. */
const templatesOf = ({ assembly }: Shop) =>
  readdirSync(assembly)
    .filter((name) => name.endsWith('.template.json'))
    .map((name) => templateSchema.parse(JSON.parse(readFileSync(join(assembly, name), 'utf8'))));

/** The alarms of a shop's templates. */
export const alarmsIn = (shop: Shop) =>
  templatesOf(shop).flatMap(({ Resources }) =>
    Object.values(Resources).flatMap((resource) => alarmSchema.safeParse(resource).data ?? []),
  );

/** The outputs of a shop's templates by their names. */
export const outputsIn = (shop: Shop): Record<string, { Description?: string }> =>
  Object.assign({}, ...templatesOf(shop).map(({ Outputs }) => Outputs));
