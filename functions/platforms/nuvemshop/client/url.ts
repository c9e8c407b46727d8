/** Values of a query; an absent one is left out, a list is joined by commas, a moment is written as ISO 8601. */
export type Query = Readonly<
  Record<string, string | number | boolean | Date | readonly (string | number)[] | undefined>
>;

/**
 * A path below the store, its variable segments encoded. A segment that would climb out of its place (empty, `.`, `..`)
 * is refused: an id from outside must not turn one call into another.
 *
 * @throws RangeError
 */
export function path(texts: TemplateStringsArray, ...segments: readonly string[]): string {
  return texts.reduce((built, text, index) => `${built}${encodeSegment(segments[index - 1])}${text}`);
}

/** The query text with its question mark, or an empty text. */
export function search(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, toText(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

function toText(value: NonNullable<Query[string]>): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? value.join(',') : String(value);
}

function encodeSegment(segment: string | undefined): string {
  if (segment === undefined || segment === '' || segment === '.' || segment === '..') {
    throw new RangeError('A part of the path is missing. Pass the id as the platform gave it.');
  }
  return encodeURIComponent(segment);
}
