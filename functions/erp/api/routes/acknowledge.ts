import * as z from 'zod';
import { parseItemName } from '../../../domain/item-name.ts';
import { CLOCK_AHEAD_MS, isoTime } from '../../../domain/time.ts';
import type { FirstContext } from '../context.ts';
import { itemName, time } from '../fields.ts';
import { BODY_PROBLEMS, Problem } from '../problem.ts';
import { route } from '../route.ts';
import { orderUnknown } from './order.ts';

const body = () =>
  z.strictObject({
    erpId: z
      .string()
      .min(1)
      .max(128)
      .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'must hold no control characters')
      .meta({ description: 'What the order is called in your system.' }),
    version: z.int().min(1).max(1e9).meta({ description: '`version` of the order that you took over.' }),
    stockBookedAt: time().optional().meta({
      description: 'When your stock became less by this order, by your clock. Leave it out until it has.',
    }),
  });

export const acknowledgeOrder = route({
  operation: 'acknowledgeOrder',
  method: 'POST',
  path: '/v1/orders/{id}/acknowledge',
  scopes: ['orders:read'],
  summary: 'Say that your system has the order',
  description:
    'Sending it again changes nothing. An older version than you acknowledged before changes nothing either, so answers may overtake each other.',
  parameters: () =>
    z.strictObject({ id: itemName().meta({ description: '`platform:store:id`, percent-encoded.' }) }),
  body: { schema: body, maxBytes: 4 * 1024 },
  answer: {
    status: 200,
    description: 'What is remembered, and the version there is.',
  },
  problems: [
    'request-invalid',
    ...BODY_PROBLEMS,
    'order-unknown',
    'version-ahead',
    'idempotency-key-reused',
    'idempotency-key-running',
  ],
  personal: false,
  async handle(
    { path: { id }, body: { erpId, version, stockBookedAt }, client },
    { acknowledgements, clock }: FirstContext,
  ) {
    const key = parseItemName(id);
    if (key === undefined) throw orderUnknown();
    refuseOddTime(stockBookedAt, clock.now());
    const done = await acknowledgements.acknowledge(key, client.name, {
      erpId,
      version,
      ...(stockBookedAt === undefined ? {} : { stockBookedAt: isoTime(Date.parse(stockBookedAt)) }),
    });
    if (done.outcome === 'unknown') throw orderUnknown();
    if (done.outcome === 'ahead')
      throw new Problem('version-ahead', {
        detail:
          'The order has not reached the version that you name. Read it again; it may have been restored.',
        members: { currentVersion: done.currentVersion },
      });
    if (done.outcome === 'contended')
      throw new Problem('unavailable', {
        detail: 'The order is being changed right now. Send the acknowledgement again.',
        retryAfter: 1,
      });
    const { acknowledgement, currentVersion } = done;
    return { status: 200, body: { id, acknowledgement, currentVersion } };
  },
});

/** No merchant's system booked anything before: what is earlier is what a program has in the place of no time (0001, 1970). */
const EARLIEST_BOOKING = Date.parse('2000-01-01T00:00:00Z');

/**
 * Of one version the latest booking counts, so a time that is wrong could never be corrected: one that is ahead would let the
 * claim never end, and one from before all bookings would end it at once.
 *
 * @throws Problem `request-invalid`
 */
function refuseOddTime(stockBookedAt: string | undefined, now: number): void {
  const at = Date.parse(stockBookedAt ?? '');
  if (stockBookedAt === undefined || (at >= EARLIEST_BOOKING && at <= now + CLOCK_AHEAD_MS)) return;
  throw new Problem('request-invalid', {
    detail: 'One field is wrong; "errors" points to it. Nothing was done.',
    errors: [
      {
        pointer: '/body/stockBookedAt',
        code: 'rule',
        detail:
          at > now
            ? 'It lies more than a day ahead. Send when your stock became less; set the clock right if it was just now.'
            : 'It lies before the year 2000. Send when your stock became less, or leave it out until it has.',
      },
    ],
  });
}
