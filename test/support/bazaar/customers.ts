import { onTestFinished } from 'vitest';
import type { Customer } from '../../../functions/domain/customer.ts';
import { PlatformError } from '../../../functions/http/errors.ts';
import type { MirroredResource, ReadThing } from '../../../functions/platforms/mirrored-resource.ts';
import type { Platform } from '../../../functions/platforms/platform.ts';
import type { BazaarClient } from './client.ts';
import type { BazaarStore } from './settings.ts';

const DAY_MS = 86_400_000;
const PER_PAGE = 5;
/** What names the person of every customer here. */
export const PERSON = /Invented Person|invented@example/;

/** Customers at Bazaar, as a test has them. */
export function createBazaarCustomers(platform: Pick<Platform, 'name' | 'resources'>, storeId: string) {
  const there = new Map<string, ReadThing<Customer>>();
  /** When they were created (epoch ms), of those that a list finds by it. */
  const created = new Map<string, number>();
  /** Calls that were made. */
  const calls = { made: 0 };
  const asked: string[] = [];
  const customer: MirroredResource<Customer, BazaarStore, BazaarClient> = {
    async get(api, id) {
      await api.orderIds();
      calls.made += 1;
      asked.push(id);
      const found = there.get(id);
      if (found !== undefined) return found;
      throw new PlatformError({
        platform: platform.name,
        operation: 'customers.get',
        kind: 'not-found',
        status: 404,
      });
    },
    scans: () => [
      {
        name: 'customers',
        resource: 'customer',
        order: 3,
        everyMs: DAY_MS,
        lookbackMs: 365 * DAY_MS,
        firstMs: 365 * DAY_MS,
        keptMs: 365 * DAY_MS,
        longestSliceMs: 365 * DAY_MS,
        quietPeriodMs: 0,
        query: {},
      },
    ],
    async *list(api, _scan, { from, to }) {
      const isIn = (id: string) => (created.get(id) ?? to) >= from && (created.get(id) ?? to) <= to;
      const listed = [...there].filter(([id]) => isIn(id)).map(([, one]) => one);
      for (let at = 0; at < Math.max(1, listed.length); at += PER_PAGE) {
        await api.orderIds();
        calls.made += 1;
        yield { items: listed.slice(at, at + PER_PAGE) };
      }
    },
  };
  onTestFinished(() => there.clear());
  return {
    resources: { ...platform.resources, customer } as Platform['resources'],
    calls,
    /** Whom the platform was asked for alone. */
    asked,
    createdAt: (id: string, at: number) => void created.set(id, at),
    put(id: string, change: Partial<Customer> = {}) {
      const said: Customer = {
        platform: platform.name,
        storeId,
        platformCustomerId: id,
        acceptsMarketing: false,
        warnings: [],
        personal: { name: 'Invented Person', email: 'invented@example.com' },
        ...change,
      };
      there.set(id, { reading: { ok: true, said }, bytes: Buffer.from(JSON.stringify(said)) });
    },
    /** One that cannot be understood, and names its person all the same. */
    putOdd: (id: string) =>
      void there.set(id, {
        reading: { ok: false, reason: 'schema-mismatch', problem: 'email: invalid_type', id },
        bytes: Buffer.from('{"name":"Invented Person"}'),
      }),
    remove: (id: string) => void there.delete(id),
  };
}
export type BazaarCustomers = ReturnType<typeof createBazaarCustomers>;
