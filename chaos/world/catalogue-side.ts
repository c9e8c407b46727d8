import * as z from 'zod';
import type { CatalogueWatch, PutAnswer } from '../invariants/catalogue-watch.ts';
import type { PlannedItem } from '../plan/catalogue-plan.ts';
import { type SimStore, storeNamed } from '../plan/stores.ts';
import type { Loop } from '../time/loop.ts';
import type { CommandSide } from './command-side.ts';

export interface CatalogueSideOptions {
  items: readonly PlannedItem[];
  start: number;
  loop: Loop;
  stores: readonly SimStore[];
  commands: Pick<CommandSide, 'ask'>;
  watch: CatalogueWatch;
}

/** The merchant's own system as far as it writes products and customers, and the shopkeeper who changes them by hand. */
export interface CatalogueSide {
  /** Puts everything that is planned on the time line. */
  start(): void;
  /** Sends what is wanted of each product once more. */
  putAgain(): void;
  busy(): boolean;
}

const answered = z.object({
  command: z.string().optional(),
  result: z.enum(['accepted', 'known', 'unchanged']),
});

export function createCatalogueSide(options: CatalogueSideOptions): CatalogueSide {
  const { items, start, loop, stores, commands, watch } = options;
  let pending = 0;

  async function send(item: PlannedItem, body: object): Promise<PutAnswer> {
    const { platform, storeId } = storeNamed(stores, item.store);
    const answer = await commands.ask({
      method: 'PUT',
      path: `/v1/${item.kind}s/${item.id}`,
      query: new URLSearchParams({ platform: platform.name, store: storeId }).toString(),
      body: JSON.stringify(body),
    });
    return answered.parse(answer);
  }
  const counted = (work: Promise<void>) => {
    pending += 1;
    void work.finally(() => {
      pending -= 1;
    });
  };

  return {
    start() {
      for (const item of items) {
        // One after the other: nobody could tell which of two that overlap is meant.
        let before = Promise.resolve();
        for (const { at, body } of item.puts)
          loop.at(start + at, () => {
            before = before.then(async () => watch.answered(item, body, await send(item, body)));
            counted(before);
          });
        for (const { at, does } of item.edits) loop.at(start + at, () => watch.edit(item, does));
      }
    },
    putAgain() {
      for (const item of items) {
        const last = watch.lastOf(item);
        if (item.kind === 'product' && last !== undefined)
          counted(send(item, last.body).then((answer) => watch.answeredAgain(item, answer, last.isDone)));
      }
    },
    busy: () => pending > 0 || watch.unfinished > 0,
  };
}
