import { hasDrifted } from '../../../functions/domain/stock/drift.ts';
import { compared, withSeen } from '../../../functions/domain/stock/drifting.ts';
import { displaysOf } from '../../../functions/domain/stock/sku.ts';
import type { OversellWorld } from './oversell-world.ts';
import { PLACES } from './world-shops.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Lets everything come to its end; with `books`, the merchant's system books the rest and sends each number anew. */
export function settle(world: OversellWorld, { books }: { books: boolean }): void {
  world.agenda.run();
  for (const order of world.orders) world.fetch(order);
  world.agenda.run();
  if (books) {
    for (const order of world.orders) world.book(order);
    world.agenda.run();
    world.agenda.run(world.agenda.now + (world.options.untilHours ?? 0) * HOUR + MINUTE);
    for (const sku of Object.keys(world.stock.skus)) for (const place of PLACES) world.send(sku, place);
    world.agenda.run();
  }
  for (const sku of Object.keys(world.stock.skus)) world.touchSku(sku);
}

/** Lets everything be seen that happened, up to a time (ms). */
export function settleUntil(world: OversellWorld, until: number): void {
  world.agenda.run(until - HOUR);
  for (const order of world.orders) world.fetch(order);
  world.agenda.run(until);
}

/** The nightly comparison: what is different and cannot be an order's doing is sent again. */
export function repairDrift(world: OversellWorld): void {
  world.agenda.run(world.agenda.now + HOUR);
  for (const [key, { shown, channel }] of world.windows)
    for (const [sku, display] of shown) {
      const { now } = world.agenda;
      const known = world.stock.get(sku);
      const seen = { display, observedAt: now - HOUR, comparedAt: now };
      if (!hasDrifted(compared(known, channel, seen, displaysOf(known, world.rules)[key]), now)) continue;
      world.counts.drifts += 1;
      world.stock.update(sku, (before) =>
        withSeen(before, channel, { seen, policy: 'repair' }, world.rules, now),
      );
    }
  world.agenda.run();
}
