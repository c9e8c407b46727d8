import * as z from 'zod';
import { parseItemName } from '../../../domain/item-name.ts';
import { isoTime } from '../../../domain/time.ts';
import { itemName, time } from '../fields.ts';
import { Problem } from '../problem.ts';
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
    version: z
      .number()
      .int()
      .min(1)
      .max(1e9)
      .meta({ description: '`version` of the order that you took over.' }),
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
    'body-too-large',
    'body-type',
    'body-not-json',
    'order-unknown',
    'version-ahead',
    'idempotency-key-reused',
    'idempotency-key-running',
  ],
  personal: false,
  async handle({ path: { id }, body: { erpId, version, stockBookedAt }, client }, { acknowledgements }) {
    const key = parseItemName(id);
    if (key === undefined) throw orderUnknown();
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
