import { join } from 'node:path';
import * as z from 'zod';
import { KeptLines } from './kept-lines.ts';
import type { StreamRecord } from './record.ts';
import type { KeptRecord, StreamJournal } from './table-stream.ts';

const recordLine = z.object({
  /** Number of the stream's shards when it was written. */
  shards: z.number(),
  shard: z.number(),
  position: z.number(),
  count: z.number(),
  at: z.number(),
  hash: z.number(),
  record: z.custom<StreamRecord>((value) => typeof value === 'object' && value !== null),
});
const positionLine = z.object({ lane: z.string(), position: z.number() });

/** The streams of tables that outlive the process: their records, and how far each event source has come. */
export class KeptStreams {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Records of a table's stream. @param shards how many shards the stream has now; of another number nothing is taken. */
  journalOf(table: string, shards: number): StreamJournal {
    const lines = new KeptLines<KeptRecord & { shards: number }>(join(this.#folder, `${table}.records`));
    const left = lines.read(recordLine).filter((line) => line.shards === shards);
    return {
      left,
      add: (record) => lines.add({ shards, ...record }),
      forget(before) {
        const last = new Map(left.map((line) => [line.shard, line]));
        lines.rewrite(left.filter((line) => line.at > before || last.get(line.shard) === line));
      },
    };
  }

  /** How far the lanes of an event source have come, and where they note it. */
  positionsOf(mapping: string): Positions {
    const lines = new KeptLines<z.output<typeof positionLine>>(join(this.#folder, `${mapping}.positions`));
    const known = new Map(lines.read(positionLine).map(({ lane, position }) => [lane, position]));
    lines.rewrite([...known].map(([lane, position]) => ({ lane, position })));
    return {
      of: (lane) => known.get(lane),
      note: (lane, position) => lines.add({ lane, position }),
    };
  }
}

/** Positions by lane. */
export interface Positions {
  of(lane: string): number | undefined;
  note(lane: string, position: number): void;
}
