import { STATUS_CODES } from 'node:http';
import { parseJson } from '../../../http/json.ts';

const MAX_LENGTH = 200;
const MAX_FIELDS = 5;
const PHRASES = new Set(Object.values(STATUS_CODES));
const ENVELOPE = new Set(['code', 'message', 'description', 'messages', 'error', 'error_description']);

/**
 * What an error body says, as one short line without personal data. Nuvemshop has three shapes: an envelope of `code`,
 * `message` and `description`, a list of messages by field, and both at once (reference, introduction and the pages of
 * each resource). Undefined when the body says nothing.
 */
export function errorDetail(body: Uint8Array): string | undefined {
  const json = asObject(body);
  if (json === undefined) return undefined;
  const said = [json.description, json.error_description, json.error, json.message].filter(
    (text): text is string => typeof text === 'string' && text !== '',
  );
  const fields = Object.entries({ ...json, ...objectOr(json.messages) })
    .flatMap(([name, value]) => {
      const first: unknown = Array.isArray(value) ? value[0] : undefined;
      return ENVELOPE.has(name) || typeof first !== 'string' ? [] : [`${name} ${first}`];
    })
    .slice(0, MAX_FIELDS);
  // "Bad Request" stands in `message` on most pages and in `description` on others: it says nothing beside the rest.
  const telling = [...said.filter((text) => !PHRASES.has(text)), ...fields];
  const parts = telling.length > 0 ? telling : said;
  return parts.length === 0
    ? undefined
    : withoutPersonalData([...new Set(parts)].join('; ')).slice(0, MAX_LENGTH);
}

// The platform quotes what it refuses: e-mail addresses, phone and document numbers. Our own ids are in the operation.
function withoutPersonalData(text: string): string {
  return text
    .replaceAll(/[^\s"'<>]+@[^\s"'<>]+/g, '[e-mail]')
    .replaceAll(/\+?\d[\d .\-/]{6,}\d/g, '[number]');
}

function asObject(body: Uint8Array): Record<string, unknown> | undefined {
  try {
    return objectOr(parseJson(Buffer.from(body).toString('utf8')));
  } catch {
    return undefined;
  }
}

function objectOr(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}
