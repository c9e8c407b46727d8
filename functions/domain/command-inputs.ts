import * as z from 'zod';
import type { CommandName } from './command.ts';
import { id } from './fields.ts';
import { lazily } from './lazily.ts';

const text = (most: number) => z.string().trim().min(1).max(most);
/** Scales weigh grams; a number that is far smaller is one that no table keeps. */
const LEAST = 0.001;
const isEachOnce = (names: readonly string[]): boolean => new Set(names).size === names.length;
/** What each command is told, whatever the platform. A platform refuses what it cannot do. */
export const commandInputs = lazily(() => {
  const parcelId = id().max(64);

  const carriage = {
    /** A parcel of the order, by its id; every parcel where the order has one only or the platform knows none. */
    parcel: parcelId.optional(),
    carrier: text(100).optional(),
    /** The code that the carrier tracks the parcel by. */
    code: text(100).optional(),
    url: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .optional(),
    /** Whether the platform writes to the buyer. Never unless asked. */
    notify: z.boolean().default(false),
  };

  /** A product that is sent though the buyer did not order it. */
  const substitute = z.strictObject({
    sku: text(128),
    quantity: z.number().min(LEAST).max(1_000_000),
    /** What one costs, as decimal text in the order's currency; what the catalogue says when absent. */
    unitPrice: z
      .string()
      .regex(/^\d{1,12}(\.\d{1,4})?$/)
      .optional(),
  });

  /** A line of an order after a change. What is not named stays as it is. */
  const changedLine = z.strictObject({
    /** Id of the line, as the order has it. */
    line: id(),
    /** What is left of it; 0 takes it off. Pieces, or what the line is sold by. */
    quantity: z
      .number()
      .min(0)
      .max(1_000_000)
      .refine((pieces) => pieces === 0 || pieces >= LEAST, `must be 0, or ${LEAST} or more`)
      .optional(),
    /** Of what is sold by weight, in kilograms. */
    weightKg: z.number().min(LEAST).max(10_000).optional(),
    /** What is sent in its place. */
    replacedBy: substitute.optional(),
  });

  return {
    ready: z.strictObject({ parcel: parcelId.optional() }),
    dispatch: z.strictObject(carriage),
    track: z.strictObject({
      parcel: parcelId.optional(),
      status: z.enum([
        'received_by_carrier',
        'in_transit',
        'out_for_delivery',
        'delivery_attempt_failed',
        'delayed',
        'ready_for_pickup',
        'returned_to_sender',
        'lost',
        'failure',
      ]),
      description: text(500).optional(),
      /** When it happened, ISO time. Now when absent. */
      happenedAt: z.iso.datetime({ offset: true }).optional(),
    }),
    deliver: z.strictObject({
      parcel: parcelId.optional(),
      happenedAt: z.iso.datetime({ offset: true }).optional(),
    }),
    cancel: z.strictObject({
      reason: z.enum(['customer', 'inventory', 'fraud', 'address', 'closed', 'busy', 'other']),
      /** Whether the platform puts the units back into its stock. */
      restock: z.boolean(),
      notify: z.boolean().default(false),
      comment: text(500).optional(),
    }),
    items: z
      .strictObject({
        lines: z
          .array(changedLine)
          .max(200)
          .refine(
            (lines) => isEachOnce(lines.map(({ line }) => line)),
            'names a line twice: say all of it at once',
          )
          .default([]),
        /** Products that were not ordered. */
        added: z
          .array(substitute)
          .max(50)
          .refine(
            (added) => isEachOnce(added.map(({ sku }) => sku)),
            'names a SKU twice: say the whole quantity once',
          )
          .default([]),
      })
      .refine(({ lines, added }) => lines.length + added.length > 0, 'names nothing to change'),
    invoice: z.strictObject({
      /** The invoice's own key, by which it is never entered twice. */
      key: text(128),
      link: z
        .url({ protocol: /^https?$/ })
        .max(500)
        .optional(),
      parcel: parcelId.optional(),
      /** Puts another link in the place of the one that the key has. */
      replace: z.boolean().default(false),
    }),
    note: z.strictObject({ text: z.string().max(2000) }),
    close: z.strictObject({}),
    reopen: z.strictObject({}),
    pay: z.strictObject({}),
  } as const satisfies Record<CommandName, z.ZodType>;
});
export type CommandInput<N extends CommandName> = z.output<ReturnType<typeof commandInputs>[N]>;
