import { inflateRawSync } from 'node:zlib';
import type { FeedEvent, NewEvent } from '../../functions/domain/event.ts';
import { itemName, subjectName } from '../../functions/domain/item-name.ts';
import { numberOfCommandSk, subjectOfPk } from '../../functions/storage/command-keys.ts';
import { keyOfPk } from '../../functions/storage/keys.ts';
import { isTombstone } from '../../functions/storage/tombstones.ts';
import type { Attributes } from '../aws/expression.ts';
import { tells } from './history.ts';
import type { Report } from './violation.ts';

/** Sees every page of the feed as it is written, and every change that has to come into it. */
export interface FeedWatch {
  /** A write of an order's row. */
  row(before: Attributes | undefined, after: Attributes | undefined): void;
  /** A write of a command. */
  command(before: Attributes | undefined, after: Attributes | undefined): void;
  /** A write of an item of the control table. */
  control(before: Attributes | undefined, after: Attributes | undefined): void;
  /** The feed was set back to these items. */
  setBack(items: readonly Attributes[]): void;
  /** The rows were: what was not told of them by then never was. */
  rowsSetBack(): void;
  /** Writes of pages and of the pointer so far: while they are the same, nobody who reads finds anything new. */
  readonly writes: number;
  /** Everything that was ever published, in order. */
  readonly events: readonly Published[];
  /** Whether a place of the feed is its end, as far as pages were written. */
  isEnd(epoch: number, seq: number): boolean;
  /** Everything that changed was told, one by one or by the newest state. */
  checkTold(report: Report): void;
  /** Of the pages, what holds any of these texts. */
  holding(forbidden: Iterable<string>): string[];
}

export interface Published {
  epoch: number;
  event: FeedEvent;
}

/** Which of its subject's events an event is, as its id says: of an order, or of one of its commands. */
export const countOf = ({ id }: Pick<NewEvent, 'id'>): number => {
  const [first, second] = id.slice(id.lastIndexOf(':') + 1).split('.');
  return Number(second ?? first);
};

/** What an event is about: its key, or one command of it. */
export function subjectOf({ id, key, command }: Pick<NewEvent, 'id' | 'key' | 'command'>): string {
  const [n] = id.slice(id.lastIndexOf(':') + 1).split('.');
  return command === undefined ? key : `${key} command ${n}`;
}

export function createFeedWatch(report: Report): FeedWatch {
  const numbered = new Map<string, string>();
  const contents = new Map<string, string>();
  const ends = new Map<number, number>();
  const events: Published[] = [];
  const texts: string[] = [];
  const told = new Map<string, Set<number>>();
  const caughtUp = new Map<string, number>();
  const expected = new Map<string, Set<number>>();
  let writes = 0;

  const page = (item: Attributes) => {
    const { epoch, from, text, events: read } = pageOf(item);
    const end = ends.get(epoch);
    if (end !== undefined && from !== end + 1)
      report(
        'feed-gap',
        `a page of epoch ${epoch} begins with ${from}, and the one before ended with ${end}`,
      );
    ends.set(epoch, from + read.length - 1);
    texts.push(text);
    for (const [index, event] of read.entries()) tell({ epoch, event: { seq: from + index, ...event } });
  };
  const tell = ({ epoch, event }: Published) => {
    const { seq, ...rest } = event;
    const number = `${epoch} ${seq}`;
    const before = numbered.get(number);
    if (before !== undefined && before !== event.id)
      report('feed-rewritten', `${number} was ${before} and is ${event.id}`);
    numbered.set(number, event.id);
    events.push({ epoch, event });
    const subject = subjectOf(event);
    const known = told.get(subject) ?? new Set();
    told.set(subject, known.add(countOf(event)));
    // The newest state of a key is no change of it, and has the id of the one that led to it.
    if (event.caughtUp === true) caughtUp.set(subject, Math.max(caughtUp.get(subject) ?? 0, countOf(event)));
    else {
      const content = JSON.stringify(rest);
      if ((contents.get(event.id) ?? content) !== content)
        report('feed-id', `${event.id} names two different events`);
      contents.set(event.id, content);
    }
  };

  return {
    row(before, after) {
      if (after === undefined || isTombstone(after)) return;
      const left = isTombstone(before) ? undefined : before;
      const [old, count] = [Number(before?.eventCount ?? 0), Number(after.eventCount ?? 0)];
      const changed =
        left === undefined ||
        left.version !== after.version ||
        left.state !== after.state ||
        (left.erased === undefined) !== (after.erased === undefined);
      if (changed && count !== old + 1)
        report('feed-missing', `${after.pk} changed, and its events were counted from ${old} to ${count}`);
      if (count <= old) return;
      const key = itemName(keyOfPk(String(after.pk)));
      expected.set(key, (expected.get(key) ?? new Set()).add(count));
    },
    command(before, after) {
      const n = numberOfCommandSk(String(after?.sk));
      if (n === undefined || Number(after?.eventCount) === Number(before?.eventCount ?? 0)) return;
      const subject = `${subjectName(subjectOfPk(String(after?.pk)))} command ${n}`;
      expected.set(subject, (expected.get(subject) ?? new Set()).add(Number(after?.eventCount)));
    },
    control(before, after) {
      const kind = String((after ?? before)?.pk);
      if (!kind.startsWith('feed')) return;
      writes += 1;
      if (after === undefined || !isPage(after)) return;
      if (before !== undefined)
        report('feed-rewritten', `the page ${kind} ${after.sk} was written over another one`);
      page(after);
    },
    setBack(items) {
      writes += 1;
      // What comes next follows the pages that are there now; what numbers mean is not forgotten.
      ends.clear();
      for (const item of items) {
        if (!isPage(item)) continue;
        const { epoch, from, events: held } = pageOf(item);
        ends.set(epoch, Math.max(ends.get(epoch) ?? 0, from + held.length - 1));
      }
    },
    rowsSetBack: () => expected.clear(),
    get writes() {
      return writes;
    },
    events,
    isEnd: (epoch, seq) => seq >= (ends.get(epoch) ?? 0),
    checkTold(reportNow) {
      for (const [key, counts] of expected)
        for (const count of counts)
          if (told.get(key)?.has(count) !== true && (caughtUp.get(key) ?? 0) < count)
            reportNow('feed-missing', `event ${count} of ${key} is not in the feed`);
    },
    holding(forbidden) {
      const all = texts.join('\n');
      return [...forbidden].flatMap((word) =>
        tells(all, word) ? [`a text of ${word.length} letters stands in the feed`] : [],
      );
    },
  };
}

const isPage = ({ pk }: Attributes): boolean => String(pk).startsWith('feed#');

function pageOf({ pk, sk, body }: Attributes) {
  const text = textOf(body);
  const events: NewEvent[] = JSON.parse(text);
  return { epoch: Number(String(pk).split('#')[1]), from: Number(sk), text, events };
}

const textOf = (body: unknown): string =>
  body instanceof Uint8Array ? inflateRawSync(body).toString() : String(body);
