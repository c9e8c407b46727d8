import { createHash } from 'node:crypto';
import * as z from 'zod';
import { contentHash } from '../../domain/canonical-json.ts';
import { lazily } from '../../domain/lazily.ts';
import { Problem } from './problem.ts';

/** Longer than any cursor of ours. */
export const MOST_CURSOR_LETTERS = 8_000;

const CHECK_LETTERS = 12;
const FORM = new RegExp(`^([A-Za-z0-9_-]+)\\.([A-Za-z0-9_-]{${CHECK_LETTERS}})$`);

/** What a cursor is of: a list, and the filters that it was asked for with. Where it stands means nothing in another one. */
export interface CursorScope<T> {
  readonly list: string;
  readonly filters: unknown;
  readonly place: () => z.ZodType<T>;
}

const whole = lazily(() => z.tuple([z.string(), z.unknown()]));

/** A place in a list as text for the caller, who sends it back as it is. It holds no data of persons. */
export function writeCursor<T>(scope: CursorScope<T>, place: T): string {
  const text = Buffer.from(JSON.stringify([markOf(scope), place])).toString('base64url');
  return `${text}.${checkOf(text)}`;
}

/**
 * The place that a cursor names.
 *
 * @throws Problem `cursor-invalid` for a text that is none of ours, or was changed; `cursor-of-other-filters`
 */
export function readCursor<T>(scope: CursorScope<T>, cursor: string): T {
  const [, text = '', check] = FORM.exec(cursor) ?? [];
  const read = check === checkOf(text) ? whole().safeParse(jsonOf(text)) : undefined;
  if (read?.success !== true) throw invalid();
  const [mark, stated] = read.data;
  if (mark !== markOf(scope))
    throw new Problem('cursor-of-other-filters', {
      detail: 'Send the filters that the cursor was made with, or begin without a cursor.',
    });
  const place = scope.place().safeParse(stated);
  if (!place.success) throw invalid();
  return place.data;
}

const invalid = (): Problem =>
  new Problem('cursor-invalid', {
    detail: 'Send a cursor exactly as it was answered, or begin without one. It was cut off or changed.',
  });

const markOf = ({ list, filters }: CursorScope<unknown>): string =>
  contentHash({ list, filters }).slice(0, 12);

/** Tells a text that was cut off or changed. Whoever makes one up reads no more than without. */
const checkOf = (text: string): string =>
  createHash('sha256').update(`acopio cursor ${text}`).digest('base64url').slice(0, CHECK_LETTERS);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}
