import * as z from 'zod';
import { lazily } from './lazily.ts';

/** As what an order is called by a text that people have in hand. None of them is a person's. */
export const ALIAS_KINDS = ['number', 'courier code', 'ERP id', 'tracking code', 'payment'] as const;
export type AliasKind = (typeof ALIAS_KINDS)[number];

/** A text by which an order is found. */
export interface Alias {
  readonly kind: AliasKind;
  /** As {@link aliasText} makes it. */
  readonly text: string;
}

/** A key holds no more than 2,048 bytes; what people have in hand is shorter by far. In characters. */
const MOST_TEXT = 200;

/** A text as it is looked for: people write a number with its sign or without, and a code in letters of either size. */
export const aliasText = (text: string): string => text.trim().replace(/^#/, '').toLowerCase();

const text = z.string().optional().catch(undefined);

/** As much of a row as tells what it is called. What is odd in it is called nothing. */
const called = lazily(() =>
  z.object({
    order: z
      .object({
        displayNumber: text,
        courierCode: text,
        payment: z.object({ gatewayId: text }).optional().catch(undefined),
        fulfilment: z
          .object({ parcels: z.array(z.object({ trackingCode: text }).catch({})) })
          .optional()
          .catch(undefined),
      })
      .optional()
      .catch(undefined),
    acknowledgements: z
      .record(z.string(), z.object({ erpId: text }))
      .optional()
      .catch(undefined),
  }),
);

/** By what texts an order is found. @param row as the table has it; absent: there is none */
export function aliasesOf(row: unknown): Alias[] {
  const read = called().safeParse(row);
  if (!read.success) return [];
  const { order, acknowledgements = {} } = read.data;
  const said: [AliasKind, string | undefined][] = [
    ['number', order?.displayNumber],
    ['courier code', order?.courierCode],
    ['payment', order?.payment?.gatewayId],
    ...(order?.fulfilment?.parcels ?? []).map(({ trackingCode }): [AliasKind, string | undefined] => [
      'tracking code',
      trackingCode,
    ]),
    ...Object.values(acknowledgements).map(({ erpId }): [AliasKind, string | undefined] => ['ERP id', erpId]),
  ];
  const found = new Map<string, Alias>();
  for (const [kind, value] of said) {
    const alias = { kind, text: aliasText(value ?? '') };
    if (alias.text !== '' && alias.text.length <= MOST_TEXT) found.set(nameOf(alias), alias);
  }
  return [...found.values()];
}

/** What a change of a row makes of its aliases. @param before, after the row as the table had and has it */
export function changedAliases(before: unknown, after: unknown): { added: Alias[]; gone: Alias[] } {
  const [had, has] = [aliasesOf(before), aliasesOf(after)];
  const without = (some: readonly Alias[], others: readonly Alias[]) => {
    const names = new Set(others.map(nameOf));
    return some.filter((alias) => !names.has(nameOf(alias)));
  };
  return { added: without(has, had), gone: without(had, has) };
}

const nameOf = ({ kind, text: said }: Alias): string => `${kind} ${said}`;
