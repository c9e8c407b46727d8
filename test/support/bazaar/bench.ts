import { onTestFinished, vi } from 'vitest';
import { deployedFor } from '../../../functions/pipeline/deployed.ts';
import type { Processor } from '../../../functions/pipeline/process.ts';
import type { StoreProcessor } from '../../../functions/pipeline/processor.ts';
import type { Platform } from '../../../functions/platforms/platform.ts';
import { type Message, messageSchema, pack } from '../../../functions/runtime/queue.ts';
import { openDeployment, secretId } from '../deployment-bench.ts';
import { movedClock } from '../fakes.ts';
import type { LocalTables } from '../local-tables.ts';
import type { BazaarKind } from './intake.ts';
import { createBazaar } from './platform.ts';
import { APP_SECRET, type BazaarSettings } from './settings.ts';
import { createBazaarShop } from './shop.ts';

export interface BenchOptions extends BazaarKind {
  /** Ids of the merchant's stores; a test has its own, because a file's tests share one table. */
  stores: readonly [string, ...string[]];
  /** Of each store. */
  settings?: Omit<BazaarSettings['stores'][number], 'storeId'>;
  /** Changes the platform. */
  change?: (platform: ReturnType<typeof createBazaar>) => Partial<Platform>;
}

let serial = 0;

/** A merchant's account with stores at Bazaar, with Bazaar itself at the other end of `fetch`. */
export function openBazaar(
  tables: LocalTables,
  { stores: storeIds, settings, change, ...kind }: BenchOptions,
) {
  const clock = movedClock();
  const shop = createBazaarShop(clock);
  const secrets = new Map<string, object>([[secretId('app'), APP_SECRET]]);
  for (const id of storeIds) secrets.set(secretId('store', id), shop.grant(id));
  vi.stubGlobal('fetch', shop.fetch);
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
  const plain = createBazaar(kind);
  const platform: Platform = { ...plain, ...change?.(plain) } as Platform;
  const deployed = deployedFor(
    platform,
    platform.settings().parse({ stores: storeIds.map((storeId) => ({ storeId, ...settings })) }),
  );
  const bed = openDeployment(tables, { deployed, clock, secrets });
  return {
    ...bed,
    clock,
    shop,
    get circuit() {
      return bed.context().connection.circuit;
    },
    secretOf: (storeId: string = storeIds[0]) => secrets.get(secretId('store', storeId)),
    setSecret: (value: object, storeId: string = storeIds[0]) =>
      void secrets.set(secretId('store', storeId), value),
  };
}
export type Bazaar = ReturnType<typeof openBazaar>;

/** A message as a webhook or a poll makes it of these bytes. */
export function received(bed: Pick<Bazaar, 'clock'>, body: unknown, rest: object = {}): Message {
  serial += 1;
  const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
  const [payload] = pack(bytes);
  return messageSchema().parse({
    v: 1,
    kind: 'received',
    via: 'webhook',
    topic: 'event',
    correlationId: `c-${serial}`,
    receivedAt: bed.clock.now(),
    attempts: 0,
    payload,
    ...rest,
  });
}

/** A webhook that says that an order changed. */
export const changed = (
  bed: Pick<Bazaar, 'clock' | 'storeId'>,
  order: string,
  shop: string = bed.storeId,
): Message => received(bed, { shop, event: 'order.changed', order });

/** A request to fetch an order again, as a reconciliation makes it. */
export function refresh(bed: Pick<Bazaar, 'clock' | 'storeId'>, orderId: string, rest: object = {}): Message {
  serial += 1;
  return messageSchema().parse({
    v: 1,
    kind: 'refresh',
    correlationId: `c-${serial}`,
    receivedAt: bed.clock.now(),
    attempts: 0,
    storeId: bed.storeId,
    orderId,
    origin: 'reconcile',
    priority: 'bulk',
    ...rest,
  });
}

/** A message that was sent, to be delivered again; the latest when no number is given. */
export const sent = ({ queue }: Pick<Bazaar, 'queue'>, at = -1): Message => queue.sent.at(at)!.message;

/** A processor whose fetches wait for `line.delaySeconds`, and that remembers by which priority they asked. */
export function inLine(bed: Pick<Bazaar, 'clock'>, processor: Processor<StoreProcessor>) {
  const line = { delaySeconds: 0, asked: [] as string[], failing: undefined as Error | undefined };
  const admit: StoreProcessor['gate']['admit'] = async (batch) => {
    if (line.failing !== undefined) throw line.failing;
    return batch.map(({ id, priority }) => {
      line.asked.push(priority);
      const { delaySeconds } = line;
      if (delaySeconds === 0) return { id, go: true, inMs: 0 };
      return { id, go: false, delaySeconds, scheduledAt: bed.clock.now() + delaySeconds * 1000 };
    });
  };
  const waiting: Processor<StoreProcessor> = {
    ...processor,
    store: (id) => ({ ...processor.store(id), gate: { admit } }),
  };
  return { line, processor: waiting };
}
