import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Channel, channelsOf, type Merchant, merchantSchema } from '../../config/merchant.ts';
import { pascal } from '../../config/output-names.ts';
import type { Job } from '../../functions/runtime/environment.ts';
import { jobsOf, type Permission, permissionsOf } from '../../lib/jobs.ts';
import { type Cloud, startCloud } from '../../local/cloud/cloud.ts';
import { Authorizer } from '../../local/cloud/iam/authorizer.ts';
import type { Statement } from '../../local/cloud/iam/policy.ts';
import { DEFAULTS } from '../../local/platforms/imotriz/options.ts';
import {
  pointAtSimulators,
  type ShopStore,
  secretsOf,
  startStores,
  stopStores,
} from '../../local/shop/stores.ts';
import { synthesizeApart } from '../../local/shop/synthesize-apart.ts';
import { openTable, type ShopTable } from '../../local/shop/table.ts';
import { demo, settings } from '../lib/assembly.ts';
import { type Flow, flowsOf, PLACES } from './permission-flows.ts';

/** The demo, with everything that it can do switched on, and reconciled in few calls. */
const merchant: Merchant = merchantSchema().parse({
  ...demo,
  platforms: {
    ...demo.platforms,
    pedidosya: {
      chains: settings.pedidosya.chains.map((chain) => ({
        ...chain,
        reconcile: { firstDays: 1, deepDays: 1 },
      })),
    },
    imotriz: {
      stores: settings.imotriz.stores.map((store) => ({
        ...store,
        rate: { perSecond: 100, burst: 200 },
        paths: { orderIds: DEFAULTS.paths.orderIds, order: DEFAULTS.paths.order },
      })),
    },
  },
});

interface Case {
  name: string;
  channel: Channel;
  job: Job;
  target: Permission['target'];
  sid: string;
}

const sidOf = (target: Permission['target']): string =>
  typeof target === 'string' ? pascal(target) : `Secret${pascal(target.credential)}`;

/** Secrets first: a function remembers what it has read. Whoever sends into a queue comes after whoever reads it. */
const cases: Case[] = (['process', 'poll', 'reconcile', 'receive', 'install'] as const).flatMap((job) =>
  channelsOf(merchant)
    .filter(({ platform }) => jobsOf(platform).includes(job))
    .flatMap((channel) =>
      permissionsOf(job, channel)
        .toSorted((a, b) => Number(typeof a.target === 'string') - Number(typeof b.target === 'string'))
        .map(({ target }) => {
          const sid = sidOf(target);
          return { name: `${channel.platform.name}-${job} without ${sid}`, channel, job, target, sid };
        }),
    ),
);

const assembly = mkdtempSync(join(tmpdir(), 'acopio-test-'));
const logs: string[] = [];
let stores: ShopStore[] = [];
let cloud: Cloud;
let table: ShopTable;
let sqs: SQSClient;
let flows: Record<Job, Flow>;

/** Statements of ours by role and Sid, as the policies of the deployment have them. */
const statements = new Map<string, Statement>();
let removed: { role: string; sid: string } | undefined;
let denied = 0;
const roleOf = (roleArn: string): string =>
  roleArn.replace(/^.*role\/(?:Acopio-demo-Integration-)?/, '').replace(/Role?\b.*$|Role.*$/, '');

beforeAll(async () => {
  const { attach, allows } = Authorizer.prototype;
  vi.spyOn(Authorizer.prototype, 'attach').mockImplementation(function (this: Authorizer, roleArn, all) {
    for (const one of all) if (one.Sid !== undefined) statements.set(`${roleOf(roleArn)} ${one.Sid}`, one);
    attach.call(this, roleArn, all);
  });
  vi.spyOn(Authorizer.prototype, 'allows').mockImplementation(function (this: Authorizer, who, asked) {
    const statement = removed && statements.get(`${removed.role} ${removed.sid}`);
    if (removed?.role === roleOf(who.roleArn ?? '') && statement?.Resource?.includes(asked.resource)) {
      denied += 1;
      return false;
    }
    return allows.call(this, who, asked);
  });
  stores = await startStores(merchant, 61);
  await synthesizeApart(pointAtSimulators(merchant, stores), assembly);
  cloud = await startCloud({
    assembly,
    secrets: secretsOf(stores),
    schedules: 'off',
    onFunctionLog: (_, line) => logs.push(line),
  });
  table = openTable(cloud);
  const { region, endpoint, adminCredentials: credentials } = cloud;
  sqs = new SQSClient({ region, endpoint, credentials });
  flows = flowsOf({ assembly, cloud, table, sqs, stores, logs });
}, 120_000);

afterAll(async () => {
  vi.restoreAllMocks();
  table?.close();
  sqs?.destroy();
  await stopStores(stores);
  await cloud?.stop();
  rmSync(assembly, { recursive: true, force: true });
});

describe('each statement of each role is needed', () => {
  it.each(cases.map((one) => [one.name, one] as const))(
    '%s fails, and works with it',
    async (_, { channel, job, target, sid }) => {
      // Arrange
      removed = { role: `${pascal(channel.platform.name)}${PLACES[job].replace('/', '')}`, sid };
      denied = 0;

      // Act
      const without = await flows[job](channel, target);
      const refusals = denied;
      removed = undefined;
      cloud.endWaits();
      await cloud.idle();
      const withIt = await flows[job](channel, target);
      cloud.endWaits();
      await cloud.idle();

      // Assert
      expect(without).toBe(false);
      expect(refusals).toBeGreaterThan(0);
      expect(withIt).toBe(true);
    },
    60_000,
  );

  it('and there is no other statement of ours', () => {
    const known = cases.map(
      ({ channel, job, sid }) => `${pascal(channel.platform.name)}${PLACES[job].replace('/', '')} ${sid}`,
    );
    expect([...statements.keys()].sort()).toEqual(known.sort());
  });
});
