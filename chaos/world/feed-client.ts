import { epochOfEvent } from '../../functions/domain/item-name.ts';
import type { FeedPosition } from '../../functions/storage/feed.ts';
import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { createFunction } from '../aws/functions.ts';
import type { Io } from '../aws/io.ts';
import type { Tables } from '../aws/tables.ts';
import { createKnownByReader } from '../invariants/feed-reader.ts';
import type { FeedWatch } from '../invariants/feed-watch.ts';
import type { Report } from '../invariants/violation.ts';
import type { ReaderPlan } from '../plan/erp-plan.ts';
import type { Loop } from '../time/loop.ts';
import { feedAnswerer } from './erp-containers.ts';

/** A system of the merchant that asks for events, and may die at any moment like everything else. */
export interface FeedClient {
  /** Asks for what is new until there is nothing; a visit that would find nothing is left out. */
  ask(): Promise<void>;
  /** Whether it has read everything that there is. */
  upToDate(): boolean;
  checkEnd(): void;
}

export interface FeedClientOptions {
  name: string;
  plan: ReaderPlan;
  loop: Loop;
  random: SeededRandom;
  io(): Io;
  tables(): Tables;
  watch: FeedWatch;
  /** Whether anything happened for which a reader has to begin anew. */
  excused(): boolean;
  report: Report;
}

/** Minutes are plenty for one visit. */
const VISIT_MS = 60_000;

export function createFeedClient(options: FeedClientOptions): FeedClient {
  const { name, plan, loop, random, io, tables, watch, excused, report } = options;
  const known = createKnownByReader(name, report);
  /** In the system's own database, which outlives its program. */
  let position: FeedPosition | undefined;
  let seenWrites = -1;
  let visiting = false;
  /** A write of the system's own database. */
  const own = (work: () => void) => io()({ service: 'platform', operation: 'erp' }, work);
  const move = (to: FeedPosition | undefined) =>
    own(() => {
      position = to;
    });

  const program = createFunction<object, void>({
    name,
    timeoutMs: VISIT_MS,
    loop,
    random,
    coldStart(clock) {
      const ask = feedAnswerer(clock);
      return async () => {
        for (;;) {
          const writes = watch.writes;
          const after = position;
          const answer = await ask({ after, limit: plan.limit });
          if ('head' in answer) {
            const { head } = answer;
            await own(() => known.began(head, tables()));
            await move(head);
            continue;
          }
          if ('lost' in answer || after === undefined) {
            if ('lost' in answer) known.lost(answer.lost, excused());
            await move(undefined);
            continue;
          }
          const { events } = answer;
          const last = events.at(-1);
          if (last === undefined) {
            seenWrites = writes;
            return;
          }
          const epoch = epochOfEvent(last.id);
          const next = { epoch, seq: last.seq };
          await own(() => known.told(epoch, events));
          await move(next);
        }
      };
    },
  });
  return {
    async ask() {
      if (visiting || seenWrites === watch.writes) return;
      visiting = true;
      await program.invoke({});
      visiting = false;
    },
    upToDate: () => !visiting && seenWrites === watch.writes,
    checkEnd: () => known.checkEnd(tables()),
  };
}
