import * as z from 'zod';
import { orderSchema } from '../functions/domain/order.ts';
import { FIELD_MEANINGS, SHARED_MEANINGS } from './order-meanings.ts';

type Json = Record<string, unknown>;

/** The JSON Schema of a normalised order, each field with its meaning, as `docs/order.schema.json` holds it. */
export function orderJsonSchema(): string {
  return `${JSON.stringify({ title: 'Acopio order', ...orderSchemaWithMeanings() }, null, 2)}\n`;
}

/** The fields of an order in their order, by path, each with its meaning; undefined where nobody wrote one. */
export function orderFields(): { path: string; type: string; meaning: string | undefined }[] {
  const fields: { path: string; type: string; meaning: string | undefined }[] = [];
  walk(z.toJSONSchema(orderSchema, OPTIONS) as Json, '', (path, field) => {
    fields.push({ path, type: typeOf(field), meaning: meaningOf(path) });
  });
  return fields;
}

const OPTIONS = { target: 'draft-2020-12', io: 'output' } as const;

function orderSchemaWithMeanings(): Json {
  const schema = z.toJSONSchema(orderSchema, OPTIONS) as Json;
  walk(schema, '', (path, field) => {
    const meaning = meaningOf(path);
    if (meaning !== undefined) field.description = meaning;
  });
  return schema;
}

function walk(schema: Json, path: string, visit: (path: string, field: Json) => void): void {
  for (const [name, field] of Object.entries((schema.properties ?? {}) as Record<string, Json>)) {
    const at = path === '' ? name : `${path}.${name}`;
    visit(at, field);
    walk(field, at, visit);
    if (typeof field.items === 'object') walk(field.items as Json, `${at}[]`, visit);
  }
}

function meaningOf(path: string): string | undefined {
  const [, holder = '', name = ''] = /([^.]+)\.([^.]+)$/.exec(path) ?? [];
  const shared = /address$/i.test(holder)
    ? SHARED_MEANINGS.address
    : holder === 'recipient'
      ? SHARED_MEANINGS.recipient
      : holder === 'discounts[]'
        ? SHARED_MEANINGS.discount
        : undefined;
  return shared?.[name] ?? FIELD_MEANINGS[path];
}

const PATTERN = /^\^\(\?:\(\?:\\d\\d/;

function typeOf(field: Json): string {
  if (Array.isArray(field.enum)) return field.enum.map((word) => `\`${String(word)}\``).join(' ');
  if (field.format === 'date-time' || PATTERN.test(String(field.pattern ?? ''))) return 'time';
  if (field.type === 'array')
    return typeof field.items === 'object' ? `list of ${typeOf(field.items as Json)}` : 'list';
  return String(field.type);
}

const ABOUT = `# An order, field by field

Made by \`npm run docs\` from the code; a test fails when it is out of date. [order.schema.json](order.schema.json) is the same for
programs. \`GET /v1/orders/{id}\` shows it ([api.md](api.md)), and the row of the orders table holds it.

- Amounts are whole minor units of \`currency\`: \`129900\` in \`ARS\` is 1,299.00; in \`CLP\` and \`PYG\`, which have no decimals, it
  is 129,900. An amount that can be read in one way only is read so, whatever sign stands before its decimals. One that could be a
  thousandfold larger or smaller is read as the platform, or the rest of the order, writes amounts, and \`warnings\` says so.
- What the platform never said is absent: no amount stands for zero, and no list for an empty one.
- Ids are text. Times are ISO 8601 in UTC with milliseconds.
- Fields and words are only added. Pass over those that you do not know.
`;

/** `docs/orders.md`: every field of an order, for people. */
export function orderDocument(): string {
  const rows = orderFields().map(({ path, type, meaning }) => `| \`${path}\` | ${type} | ${meaning ?? ''} |`);
  return `${ABOUT}\n| field | type | meaning |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}
