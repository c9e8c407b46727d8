import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type * as z from 'zod';
import { parseLine } from '../json.ts';

/** A file to which one JSON value after the other is added, and which outlives the process, also one that is killed. */
export class KeptLines<T> {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** What earlier processes left. The kill of one may have torn its last line. */
  read(schema: z.ZodType<T>): T[] {
    if (!existsSync(this.#file)) return [];
    const lines = readFileSync(this.#file, 'utf8').split('\n');
    return lines.flatMap((line) => {
      const read = schema.safeParse(parseLine(line));
      return read.success ? [read.data] : [];
    });
  }

  /** Replaces all lines at once, or none. */
  rewrite(lines: readonly T[]): void {
    const fresh = `${this.#file}.new`;
    writeFileSync(fresh, lines.map(lineOf).join(''));
    renameSync(fresh, this.#file);
  }

  add(line: T): void {
    appendFileSync(this.#file, lineOf(line));
  }
}

const lineOf = (value: unknown): string => `${JSON.stringify(value)}\n`;
