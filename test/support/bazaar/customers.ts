import { onTestFinished } from 'vitest';
import type { Customer } from '../../../functions/domain/customer.ts';
import { PlatformError } from '../../../functions/http/errors.ts';
import type { MirroredResource, ReadThing } from '../../../functions/platforms/mirrored-resource.ts';
import type { Platform } from '../../../functions/platforms/platform.ts';
import type { BazaarClient } from './client.ts';
import type { BazaarStore } from './settings.ts';

const DAY_MS = 86_400_000;
/** What names the person of every customer here. */
export const PERSON = /Invented Person|invented@example/;

/** Customers at Bazaar, as a test has them. */
export function createBazaarCustomers(platform: Pick<Platform, 'name' | 'resources'>, storeId: string) {
  const there = new Map<string, ReadThing<Customer>>();
  const customer: MirroredResource<Customer, BazaarStore, BazaarClient> = {
    async get(api, id) {
      await api.orderIds();
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
    async *list(api) {
      await api.orderIds();
      yield { items: [...there.values()] };
    },
  };
  onTestFinished(() => there.clear());
  return {
    resources: { ...platform.resources, customer } as Platform['resources'],
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
