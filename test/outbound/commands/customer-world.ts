import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { ErpCustomerInput, ErpCustomerKey } from '../../../functions/domain/erp-customer.ts';
import { erpCustomerInput } from '../../../functions/domain/erp-customer.ts';
import { PlatformError, type PlatformErrorDetails } from '../../../functions/http/errors.ts';
import { acceptCustomer } from '../../../functions/outbound/commands/accept-customer.ts';
import { type Dispatcher, dispatchCommands } from '../../../functions/outbound/commands/dispatch.ts';
import { eraseCustomer } from '../../../functions/pipeline/privacy/erase.ts';
import type { CustomerWrite } from '../../../functions/platforms/customer-write.ts';
import { createCommandLeases } from '../../../functions/storage/command-leases.ts';
import { createCommandStore } from '../../../functions/storage/commands.ts';
import { createCustomerStore } from '../../../functions/storage/customers.ts';
import { createCustomerLinks } from '../../../functions/storage/erp-customers.ts';
import { createRawStore } from '../../../functions/storage/orders.ts';
import { countingMetrics, keptLog, movedClock } from '../../support/fakes.ts';
import type { LocalTables } from '../../support/local-tables.ts';
import { Crash } from './command-world.ts';

/** What names the person in everything that a test sends. */
export const PERSON = /Invented Person|invented@example|30111222/;

/** How the platform answers a call: it does it and says so, or does it and the answer is lost, or refuses, quoting the person. */
export type CallOutcome = 'done' | 'lost' | 'never' | 'refused';

interface Shown {
  id: string;
  email: string;
  name: string;
}

let worlds = 0;

/** A customer of the merchant's system in real tables, and a platform with customers in memory. */
export function openCustomerWorld(tables: LocalTables, calls: CallOutcome[] = []) {
  worlds += 1;
  const store = { platform: 'shop', storeId: `w-${worlds}` };
  const key: ErpCustomerKey = { ...store, externalId: 'C-1' };
  const clock = movedClock();
  const [log, metrics] = [keptLog(), countingMetrics()];
  const commands = createCommandStore({ ...tables, clock });
  const leases = createCommandLeases({ ...tables, clock });
  const links = createCustomerLinks(tables);
  const customers = createCustomerStore(tables.client, tables.table);
  const raws = createRawStore({ ...tables, days: 90, now: clock.now });
  /** Customers of the platform; mails that it sent; calls that came. */
  const shown: Shown[] = [];
  const came: string[] = [];
  let mails = 0;
  let points = 0;
  let crashAt = Number.POSITIVE_INFINITY;
  let between = async (_place: string): Promise<void> => {};

  /** Two points: the work is not begun, or done and nobody heard of it. */
  const cut =
    <A extends unknown[], T>(place: string, work: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      points += 1;
      if (points === crashAt) throw new Crash();
      const result = await work(...args);
      points += 1;
      if (points === crashAt) throw new Crash();
      await between(place);
      return result;
    };

  const details = { platform: 'shop', operation: 'customers.write' } as const;
  const failure = (more: Omit<PlatformErrorDetails, 'platform' | 'operation'>) =>
    new PlatformError({ ...details, ...more });
  const customerWrite: CustomerWrite<unknown, string | undefined> = {
    twice: ({ invite }) => (invite ? 'harmful' : 'harmless'),
    look: cut('look', async (_api, { linkedId }, { email, name }) => {
      const found = shown.find(({ id }) => id === linkedId) ?? shown.find((one) => one.email === email);
      if (found === undefined) return { state: 'absent', step: 'create', fresh: undefined };
      const { id: customerId } = found;
      return found.name === name && found.email === email
        ? { state: 'there', customerId }
        : { state: 'absent', step: 'update', fresh: customerId, customerId, harmless: true };
    }),
    run: cut('call', async (_api, { email, name, invite }, id) => {
      const outcome = calls.shift() ?? 'done';
      came.push(id === undefined ? 'create' : 'update');
      if (outcome === 'never') throw failure({ kind: 'retry-later', outcomeUnknown: true });
      if (outcome === 'refused')
        throw failure({
          kind: 'refused',
          status: 422,
          detail: 'It is about email.',
          said: 'email invented@example.com is taken by Invented Person',
        });
      if (id === undefined) {
        shown.push({ id: `${shown.length + 1}`, email, name });
        if (invite) mails += 1;
      } else Object.assign(shown.find((one) => one.id === id) ?? {}, { email, name });
      if (outcome === 'lost') throw failure({ kind: 'retry-later', outcomeUnknown: true });
    }),
  };

  const dispatcher = {
    commands: { ofOrder: cut('list', commands.ofOrder), erase: commands.erase },
    leases: {
      take: cut('take', leases.take),
      write: cut('write', leases.write),
      release: cut('release', leases.release),
    },
    links: { of: cut('link read', links.of), to: links.to, link: cut('link', links.link) },
    customers: { get: cut('row', customers.get) },
    customerWrite,
    hint: async () => {},
    connection: {
      bucket: { take: async () => ({ granted: 1 }), limits: () => ({ intervalMs: 50 }) },
      api: () => ({}),
      check: async () => ({ allowed: true, probe: false }),
      succeeded: async () => {},
      failed: async () => false,
    },
    platform: { name: 'shop', resources: {} },
    store: { id: store.storeId, settings: {} },
    metrics,
    log,
    clock,
    random: () => 0.5,
  } as unknown as Dispatcher;

  const acceptor = {
    commands,
    links,
    customers,
    writeOf: async () => customerWrite as CustomerWrite,
    hint: async () => {},
    clock,
    log,
  };
  let given = 0;
  let runs = 0;
  return {
    key,
    clock,
    log,
    commands,
    links,
    customers,
    shown,
    came,
    mails: () => mails,
    points: () => points,
    /** Everything that the table holds of the store. */
    async items() {
      const { Items = [] } = await tables.client.send(
        new ScanCommand({
          TableName: tables.table,
          FilterExpression: 'begins_with(pk, :store)',
          ExpressionAttributeValues: { ':store': `shop#${store.storeId}#` },
        }),
      );
      return Items;
    },
    customerKey: (platformCustomerId: string) => ({ ...store, platformCustomerId }),
    /** What is done after a step of the dispatcher, for whoever comes in between. */
    after(place: string, work: () => Promise<unknown>) {
      between = async (one) => {
        if (one !== place) return;
        between = async () => {};
        await work();
      };
    },
    put(input: Partial<ErpCustomerInput> = {}, of: ErpCustomerKey = key) {
      given += 1;
      const wanted = erpCustomerInput().parse({
        name: 'Invented Person',
        email: 'invented@example.com',
        document: '30111222',
        ...input,
      });
      return acceptCustomer(acceptor, {
        client: `erp-${worlds}`,
        key: of,
        input: wanted,
        correlationId: `c-${given}`,
      });
    },
    erase: (id: string) =>
      eraseCustomer(
        { customers, raws, links, commands, emails: { erase: async () => {} }, clock },
        { ...store, platformCustomerId: id },
        {
          because: 'operator',
          request: 'r',
        },
      ),
    /** One run; true when it was cut off. @param crash the point at which it is, counted from this run's first */
    async run(crash = Number.POSITIVE_INFINITY, of: ErpCustomerKey = key): Promise<boolean> {
      runs += 1;
      crashAt = points + crash;
      try {
        await dispatchCommands(dispatcher, of, { id: `run-${worlds}-${runs}`, timeLeftMs: () => 120_000 });
        return false;
      } catch (thrown) {
        if (thrown instanceof Crash) return true;
        throw thrown;
      } finally {
        crashAt = Number.POSITIVE_INFINITY;
      }
    },
    /** Runs on until every command of the customer is through, or waits for a person. */
    async finish(of: ErpCustomerKey = key) {
      for (let more = 0; more < 20; more += 1) {
        const open = (await commands.ofOrder(of)).filter(
          ({ state }) => state === 'accepted' || state === 'running',
        );
        if (open.length === 0) return commands.ofOrder(of);
        clock.move(160_000);
        await this.run(undefined, of);
      }
      throw new Error('the commands do not come to an end');
    },
  };
}
