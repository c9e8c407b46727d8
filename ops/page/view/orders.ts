import type { Hit } from '../../data/found.ts';
import type { RowSummary } from '../../row-summary.ts';
import type { Speaker } from '../texts/speaker.ts';

/** How something is coloured: it is well, it goes on by itself, it needs a person, or nothing of these. */
export type Tone = 'good' | 'going' | 'bad' | 'calm';

/** A word with its colour. */
export interface Pill {
  text: string;
  tone: Tone;
}

/** One order in a list. */
export interface OrderItem {
  name: string;
  /** What people call it. */
  title: string;
  /** Platform, and what else tells it from others. */
  subtitle: string;
  pill: Pill;
  payment: string;
  total: string;
  when: string;
  at: string;
}

const TONES: Readonly<Record<string, Tone>> = {
  received: 'going',
  confirmed: 'going',
  ready: 'going',
  dispatched: 'going',
  delivered: 'good',
  closed: 'good',
  cancelled: 'calm',
};

/** Of a name the id that the platform gave. */
export const idOf = (name: string): string => name.split(':').slice(2).join(':') || name;
export const platformOf = (name: string): string => name.split(/[:#]/)[0] ?? '';

export const statusPill = (status: string | undefined, state: string | undefined, { word }: Speaker): Pill =>
  state === 'needs-review'
    ? { text: word('needs-review'), tone: 'bad' }
    : { text: word(status ?? 'unknown'), tone: TONES[status ?? ''] ?? 'calm' };

/** @param titles of platforms, by their names */
export function orderItem(
  row: RowSummary | Hit,
  speaker: Speaker,
  { titles, now }: { titles: Readonly<Record<string, string>>; now: number },
): OrderItem {
  const { name, number, outlet, status, state, payment, total, changedAt = '', reason } = row;
  const platform = platformOf(name);
  const by = 'by' in row && row.by !== 'id' ? [speaker.say('foundBy', { by: speaker.word(row.by) })] : [];
  const about = [
    titles[platform] ?? platform,
    ...(outlet === undefined ? [] : [outlet]),
    ...(reason === undefined || state === 'ok' ? [] : [speaker.word(reason)]),
    ...by,
  ];
  return {
    name,
    title: number === undefined ? idOf(name) : `#${number.replace(/^#/, '')}`,
    subtitle: about.join(' · '),
    pill: statusPill(status, state, speaker),
    payment: payment === undefined || payment === 'unknown' ? '' : speaker.word(payment),
    total: total ?? '',
    when: changedAt === '' ? '' : speaker.ago(changedAt, now),
    at: changedAt === '' ? '' : speaker.time(changedAt),
  };
}
