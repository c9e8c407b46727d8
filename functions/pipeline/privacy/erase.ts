import { contentHash } from '../../domain/canonical-json.ts';
import { counted } from '../../domain/event-count.ts';
import type { Erasure, OrderKey, OrderRow } from '../../domain/order-row.ts';
import { isoTime } from '../../domain/time.ts';
import type { Clock } from '../../runtime/clock.ts';
import { OwnError } from '../../runtime/describe-error.ts';
import type { CommandStore } from '../../storage/commands.ts';
import { orderPk } from '../../storage/keys.ts';
import type { OrderStore, RawStore } from '../../storage/orders.ts';

export interface Eraser {
  orders: OrderStore;
  raws: RawStore;
  commands: Pick<CommandStore, 'erase'>;
  clock: Clock;
}

/** `erased`: there was something to erase. `not-held`: the order was never here, and a mark now keeps its person out. */
export type Erased = 'erased' | 'erased-before' | 'not-held';

/** Writers of one order are few; more conflicts in a row than this mean that something else is wrong. */
const MAX_CONFLICTS = 8;

/**
 * Erases the personal data of one order for good: the row keeps the order without its person, and a mark by which every
 * later observation loses its personal data on the way in; the platform's own bytes are deleted, and commands for the order
 * lose what may tell of a person. An order that is not here
 * gets the mark alone. Doing it again, also after a crash in the middle, is harmless.
 *
 * @throws the AWS SDK's errors, or Error when other writers kept winning.
 */
export async function eraseOrder(
  { orders, raws, commands, clock }: Eraser,
  key: OrderKey,
  why: Pick<Erasure, 'because' | 'request'>,
): Promise<Erased> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    const row = await orders.get(key);
    const erased = { ...why, at: clock.now() };
    const done =
      row?.erased !== undefined ||
      (await orders.put(
        counted(row === undefined ? markOf(key, erased) : withoutPerson(row, erased), row),
        row?.revision ?? 0,
      ));
    if (!done) continue;
    // The bytes after the mark: whoever keeps some from now on finds the mark, and takes them back.
    await raws.forget(key);
    await commands.erase(key);
    return row === undefined ? 'not-held' : row.erased === undefined ? 'erased' : 'erased-before';
  }
  throw new OwnError(`${orderPk(key)}: gave up its erasure after ${MAX_CONFLICTS} write conflicts`);
}

/** The row as it stands after its personal data is gone. For whoever reads rows this is a change of content. */
export function withoutPerson(row: OrderRow, erased: Erasure): OrderRow {
  const { personal: _, raw: __, ...rest } = row;
  return {
    ...rest,
    ...(row.order === undefined ? {} : { contentHash: contentHash({ ...row.order, personal: {} }) }),
    erased,
    changedAt: isoTime(erased.at),
    version: row.version + 1,
    revision: row.revision + 1,
  };
}

function markOf(key: OrderKey, erased: Erasure): OrderRow {
  const seen = { via: 'webhook', at: erased.at } as const;
  return {
    ...key,
    state: 'ok',
    changedAt: isoTime(erased.at),
    // Nothing was seen of the order yet, so no observation is too old.
    observedAt: 0,
    version: 0,
    revision: 1,
    erased,
    origin: { first: seen, last: seen },
    correlationId: erased.request,
  };
}
