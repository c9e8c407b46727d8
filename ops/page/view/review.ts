import type { ReviewRow } from '../../data/review.ts';
import type { TextName } from '../texts/texts.ts';

/** Rows with one reason, and what to do about them. */
export interface ReviewGroup {
  reason: string;
  next: TextName;
  /** What the page offers for all of them, the best first. */
  offers: readonly ('raw' | 'fresh')[];
  rows: readonly { name: string; platform: string; problem: string; at: string; title: string }[];
}

/** What mends rows with a reason. Whatever else there is, somebody has to look at. */
const STEPS: Readonly<Record<string, Pick<ReviewGroup, 'next' | 'offers'>>> = {
  'not-json': { next: 'next_read', offers: ['raw', 'fresh'] },
  'broken-envelope': { next: 'next_read', offers: ['raw', 'fresh'] },
  'schema-mismatch': { next: 'next_read', offers: ['raw', 'fresh'] },
  'missing-id': { next: 'next_read', offers: ['raw'] },
  'too-large': { next: 'next_read', offers: ['raw', 'fresh'] },
  'foreign-store': { next: 'next_store', offers: ['raw'] },
  'not-found-at-platform': { next: 'next_fetch', offers: ['fresh'] },
  'platform-keeps-failing': { next: 'next_fetch', offers: ['fresh'] },
  'platform-refused': { next: 'next_fetch', offers: ['fresh'] },
};
const ELSE = { next: 'next_person', offers: [] } as const;

/** Groups by reason, the largest first. */
export function reviewGroups(rows: readonly ReviewRow[]): ReviewGroup[] {
  const groups = new Map<string, ReviewRow[]>();
  for (const row of rows) {
    const reason = row.review?.reason ?? 'unknown';
    groups.set(reason, [...(groups.get(reason) ?? []), row]);
  }
  return [...groups]
    .sort(([one, a], [other, b]) => b.length - a.length || one.localeCompare(other))
    .map(([reason, own]) => ({ reason, ...(STEPS[reason] ?? ELSE), rows: own.map(itemOf) }));
}

const itemOf = ({ name, displayNumber, review, order }: ReviewRow) => ({
  name,
  platform: order.split('#')[0] ?? '',
  title:
    displayNumber === undefined
      ? name.split(':').slice(2).join(':') || name
      : `#${displayNumber.replace(/^#/, '')}`,
  problem: review?.problem ?? '',
  at: review?.at ?? '',
});
