import { appendFileSync, writeFileSync } from 'node:fs';
import type { FeedEvent } from '../../functions/domain/event.ts';
import { eventId } from '../../functions/domain/item-name.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { followFeed, readToHead } from '../../functions/erp/follow-feed.ts';
import { type FeedReader, PositionLost } from '../../functions/storage/feed.ts';
import { DeployError } from '../../lib/deploy-error.ts';
import type { Cloud } from '../cloud/cloud.ts';

/** What became of the changes of a shop day. */
export interface FeedSummary {
  /** Events that were published since the start. */
  published: number;
  /** Number of the last event. */
  head: number;
  /** Rows whose last change is not in the feed. */
  missing: number;
}

/** A file of events, one JSON document to a line. */
export interface EventFile {
  write(event: FeedEvent): void;
}

/** Begins the file anew. @throws DeployError when nobody may write there */
export function openEventFile(path: string): EventFile {
  try {
    writeFileSync(path, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new DeployError(
      `The events cannot be written to ${path} (${code}). Name a file in a folder that is there.`,
    );
  }
  return { write: (event) => appendFileSync(path, `${JSON.stringify(event)}\n`) };
}

/** Hands on each event that is published from now on; the file gets those before it too. Ends with the signal. */
export async function watchFeed(
  feed: FeedReader,
  { show, file, signal }: { show: (event: FeedEvent) => void; file?: EventFile; signal: AbortSignal },
): Promise<void> {
  let before = await feed.head();
  let from = file === undefined ? before : await feed.oldest();
  while (!signal.aborted) {
    try {
      for await (const event of followFeed(feed, from, signal)) {
        file?.write(event);
        if (event.seq > before.seq) show(event);
      }
    } catch (error) {
      if (!(error instanceof PositionLost)) throw error;
      // Somebody tried how the feed begins anew.
      from = error.oldest;
      before = error.oldest;
    }
  }
}

/** Reads the whole feed, into the file if there is one, and looks for the last change of each row in it. */
export async function summariseFeed(
  { metrics }: Pick<Cloud, 'metrics'>,
  feed: FeedReader,
  rows: readonly OrderRow[],
  file?: EventFile,
): Promise<FeedSummary> {
  const oldest = await feed.oldest();
  const head = await feed.head();
  const ids = new Set<string>();
  for await (const event of readToHead(feed, oldest)) {
    file?.write(event);
    ids.add(event.id);
  }
  const told = ({ eventCount = 0, ...row }: OrderRow): boolean =>
    eventCount === 0 || ids.has(eventId(row, 'order', head.epoch, eventCount));
  return {
    published: metrics.count('FeedLagSeconds'),
    head: head.seq,
    missing: rows.filter((row) => !told(row)).length,
  };
}
