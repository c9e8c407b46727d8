import type { FeedEvent } from '../../functions/domain/event.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { isoTime } from '../../functions/domain/time.ts';
import type { Command } from '../../functions/storage/command-item.ts';
import type { EndpointStanding } from './endpoints.ts';

/** What can be known of the way of an order. */
const STEPS = [
  'placed',
  'received',
  'changed-at-platform',
  'observed',
  'needs-review',
  'dismissed',
  'published',
  'acknowledged',
  'command-given',
  'command-called',
  'command-ended',
  'erased',
] as const;

/** One thing that happened to an order. `at`: ISO UTC; `with`: ids, words of closed lists, numbers. */
export interface Step {
  at: string;
  step: (typeof STEPS)[number];
  with: Readonly<Record<string, string | number | readonly string[]>>;
}

interface Known {
  row: OrderRow;
  events: readonly FeedEvent[];
  commands: readonly Command[];
  endpoints: readonly Pick<EndpointStanding, 'id' | 'seq' | 'types'>[];
}

/**
 * The way of an order as far as the tables tell it, the oldest step first: what the platform says of its times, how it came, what
 * was published and to whom it was delivered, who acknowledged it, and what was done to it. Steps of one moment stand in the order
 * in which they come about.
 */
export function timelineOf({ row, events, commands, endpoints }: Known): Step[] {
  const steps = [
    ...ofRow(row),
    ...events.map((event) => published(event, endpoints)),
    ...Object.entries(row.acknowledgements ?? {}).map(
      ([client, { at, erpId, version }]): Step => ({
        at,
        step: 'acknowledged',
        with: { client, erpId, version },
      }),
    ),
    ...commands.flatMap(ofCommand),
  ];
  return steps.sort(
    (a, b) => Date.parse(a.at) - Date.parse(b.at) || STEPS.indexOf(a.step) - STEPS.indexOf(b.step),
  );
}

function ofRow({ order, origin, review, erased, sourceTime, observedAt, version }: OrderRow): Step[] {
  const { first, last, lagMs } = origin;
  // Of an order that was erased before it came the mark stands first: by which way it came then, the last observation tells.
  const isMark = first.at === erased?.at;
  const steps: Step[] = isMark ? [] : [{ at: isoTime(first.at), step: 'received', with: { via: first.via } }];
  if (order?.placedAt !== undefined) steps.push({ at: order.placedAt, step: 'placed', with: {} });
  if (sourceTime !== undefined)
    steps.push({ at: isoTime(sourceTime), step: 'changed-at-platform', with: order ? wordOf(order) : {} });
  if (last.at !== first.at || version > 1)
    steps.push({
      at: isoTime(Math.max(last.at, observedAt)),
      step: 'observed',
      with: {
        via: last.via,
        version,
        ...(lagMs === undefined ? {} : { lagSeconds: Math.round(lagMs / 1000) }),
      },
    });
  if (review !== undefined) {
    steps.push({ at: isoTime(review.at), step: 'needs-review', with: { reason: review.reason } });
    if (review.dismissedAt !== undefined)
      steps.push({ at: isoTime(review.dismissedAt), step: 'dismissed', with: {} });
  }
  if (erased !== undefined)
    steps.push({ at: isoTime(erased.at), step: 'erased', with: { because: erased.because } });
  return steps;
}

const wordOf = ({ status }: NonNullable<OrderRow['order']>) => ({ status });

function published({ at, seq, type, from, to, changed }: FeedEvent, endpoints: Known['endpoints']): Step {
  const wanting = endpoints.filter(({ types }) => types === undefined || types.includes(type));
  const [delivered, waiting] = [
    wanting.filter((one) => one.seq >= seq).map(({ id }) => id),
    wanting.filter((one) => one.seq < seq).map(({ id }) => id),
  ];
  return {
    at,
    step: 'published',
    with: {
      seq,
      type,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(changed === undefined || changed.length === 0 ? {} : { changed }),
      ...(delivered.length === 0 ? {} : { delivered }),
      ...(waiting.length === 0 ? {} : { waiting }),
    },
  };
}

function ofCommand({ client, id, command, state, acceptedAt, calledAt, updatedAt, tries }: Command): Step[] {
  const about = { command, client, id };
  const steps: Step[] = [{ at: isoTime(acceptedAt), step: 'command-given', with: about }];
  if (calledAt !== undefined)
    steps.push({ at: isoTime(calledAt), step: 'command-called', with: { ...about, tries } });
  if (state !== 'accepted' && state !== 'running')
    steps.push({ at: isoTime(updatedAt), step: 'command-ended', with: { ...about, state } });
  return steps;
}
