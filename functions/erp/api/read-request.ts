import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as z from 'zod';
import { keysAt, keysIn } from '../../domain/schema-keys.ts';
import { jsonProblem } from '../../pipeline/webhook-request.ts';
import { type FieldProblem, PROBLEMS, Problem } from './problem.ts';
import type { Route } from './route.ts';
import { NO_NAME, wrongName } from './wrong-name.ts';

/** What is wrong with a request is told up to here; who corrects that much learns the rest. */
const MOST_ERRORS = 50;

/**
 * Path, query and body of a request as the route's schemas read them.
 *
 * @throws Problem `body-too-large`, `body-type`, `body-not-json`; `field-named-twice` and `request-invalid` point to each wrong
 *   field
 */
export function readRequest(
  { parameters, query, body }: Pick<Route, 'parameters' | 'query' | 'body'>,
  event: APIGatewayProxyEventV2,
  pathParameters: Readonly<Record<string, string>>,
): { path: unknown; query: unknown; body: unknown } {
  const errors: FieldProblem[] = [];
  const read = (schema: z.ZodType, value: unknown, place: string): unknown => {
    const result = schema.safeParse(value, { reportInput: false });
    if (result.success) return result.data;
    errors.push(...result.error.issues.flatMap((issue) => fieldProblems(issue, place, schema)));
    return undefined;
  };
  const document = body === undefined ? undefined : documentOf(event, body.maxBytes);
  const asked = event.queryStringParameters ?? {};
  if (Object.hasOwn(asked, NO_NAME)) throw wrongNameAt(['query', NO_NAME]);
  const input = {
    path: read(parameters, pathParameters, 'path'),
    query: read(query, asked, 'query'),
    body: body === undefined ? undefined : read(body.schema, document, 'body'),
  };
  if (errors.length === 0) return input;
  throw new Problem('request-invalid', {
    detail: `${fieldsAre(errors.length)} wrong; "errors" points to each. Nothing was done.`,
    errors: errors.slice(0, MOST_ERRORS),
  });
}

function documentOf(event: APIGatewayProxyEventV2, maxBytes: number): unknown {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.byteLength > maxBytes)
    throw new Problem('body-too-large', {
      detail: `The body has ${bytes.byteLength} bytes; this route takes ${maxBytes}. Send it in smaller pieces.`,
    });
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = event.headers;
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type) || encoding.toLowerCase() !== 'identity')
    throw new Problem('body-type', {
      detail: 'Send it with "Content-Type: application/json" and without Content-Encoding.',
    });
  // A body of this type arrives as text, in which this stands where its bytes were no UTF-8. No letter of it is to be lost.
  if (event.isBase64Encoded !== true && event.body?.includes(REPLACEMENT))
    throw new Problem('body-not-json', {
      detail:
        'The body is not UTF-8, or holds U+FFFD, which stands for letters that are not. Send it in UTF-8, not Latin-1 or Windows-1252; write U+FFFD itself as "\\ufffd".',
    });
  return jsonDocument(bytes);
}

/** What API Gateway puts in the place of bytes that are no UTF-8. */
const REPLACEMENT = '\uFFFD';

/** @throws Problem `body-not-json`, `field-named-twice`, or `request-invalid` */
export function jsonDocument(bytes: Buffer): unknown {
  const problem = jsonProblem(bytes);
  if (problem !== undefined)
    throw new Problem('body-not-json', {
      detail: `${problem.charAt(0).toUpperCase()}${problem.slice(1)}. Send one JSON document in UTF-8.`,
    });
  // A byte order mark in front is none of the document's.
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const wrong = wrongName(text);
  if (wrong !== undefined) throw wrongNameAt(['body', ...wrong]);
  // Whatever is called for each value makes reading five times as long.
  return HALF_CHARACTER.test(text) ? JSON.parse(text, wellFormed) : JSON.parse(text);
}

/** Of two values of one field only one could count, and nobody knows which is meant. */
const TWICE = ['field-named-twice', 'named-twice', 'Name it once.'] as const;
const NO_FIELD = ['request-invalid', 'unknown-field', 'No field may be called so.'] as const;

function wrongNameAt(place: readonly (string | number)[]): Problem {
  const [of, code, detail] = place.at(-1) === NO_NAME ? NO_FIELD : TWICE;
  const pointer = `/${place.map((part) => (PLAIN.test(String(part)) ? part : '*')).join('/')}`;
  return new Problem(of, {
    detail: `${PROBLEMS[of].title}; "errors" points to it. Nothing was done.`,
    errors: [{ pointer, code, detail }],
  });
}

/** As fields are named. Any other name may be a value of the caller's, or a person's. */
const PLAIN = /^[\w$-]{1,40}$/;

/** The escape of one. */
const HALF_CHARACTER = /\\u[dD][89a-fA-F]/;

/** Half a character, which only an escape can write, is taken by no table and no queue. */
const wellFormed = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? value.toWellFormed() : value;

/** zod's codes by the names that the API tells; every other code is a rule of the field. */
const CODES: Readonly<Record<string, string>> = {
  invalid_type: 'wrong-type',
  too_small: 'too-small',
  too_big: 'too-large',
  invalid_format: 'wrong-format',
  invalid_value: 'not-allowed',
  unrecognized_keys: 'unknown-field',
};

/** What is wrong with one of several things in a body, each read by itself. @param place where it stands: `body/items/3` */
export const problemsOf = (
  issues: readonly z.core.$ZodIssue[],
  place: string,
  schema: z.ZodType,
): FieldProblem[] => issues.flatMap((issue) => fieldProblems(issue, place, schema)).slice(0, MOST_ERRORS);

/** Says of an issue where it is and what would be right; neither a value nor a name that the caller chose. */
function fieldProblems(issue: z.core.$ZodIssue, place: string, schema: z.ZodType): FieldProblem[] {
  const known = keysIn(schema);
  const pointer = `/${[place, ...issue.path.map((key) => toldKey(key, known))].join('/')}`;
  if (issue.code === 'unrecognized_keys')
    return [
      {
        pointer,
        code: 'unknown-field',
        detail: `${fieldsAre(issue.keys.length)} not known here. Known: ${keysAt(schema, issue.path).join(', ') || 'none'}.`,
      },
    ];
  const within = (inners: readonly z.core.$ZodIssue[]) =>
    inners.flatMap((inner) =>
      fieldProblems({ ...inner, path: [...issue.path, ...inner.path] }, place, schema),
    );
  if (issue.code === 'invalid_union') {
    // What keeps it from being the form that it is nearest to: one of its own kind, with as little wrong as there is.
    const [nearest = []] = [...issue.errors].sort(
      (one, other) => Number(isOtherKind(one)) - Number(isOtherKind(other)) || one.length - other.length,
    );
    return within(nearest);
  }
  // A name that the caller chose is as wrong as a field may be.
  if (issue.code === 'invalid_key') return within(issue.issues);
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return [
    {
      pointer,
      code: missing ? 'required' : (CODES[issue.code] ?? 'rule'),
      detail: missing ? 'It is required.' : `${detailOf(issue, place)}.`,
    },
  ];
}

/** Text where a list or an object would be right, say. */
const isOtherKind = (issues: readonly z.core.$ZodIssue[]): boolean =>
  issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0);

/** What would be right, where zod only names what is wrong. */
const FORMS: Readonly<Record<string, string>> = {
  datetime: 'must be a time with its zone, such as "2026-11-27T09:00:04-03:00" or "2026-11-27T12:00:04Z"',
  url: 'must be a whole address, such as "https://example.com/1"',
};

function detailOf(issue: z.core.$ZodIssue, place: string): string {
  const form = issue.code === 'invalid_format' ? FORMS[issue.format] : undefined;
  // In the query of an address a plus stands for a space.
  const written = place === 'query' && form === FORMS.datetime ? '; write "+" as "%2B"' : '';
  return `${form ?? issue.message}${written}`;
}

/** How many fields something is said of, at the beginning of a sentence. */
export const fieldsAre = (count: number): string => (count === 1 ? 'One field is' : `${count} fields are`);

function toldKey(key: PropertyKey, known: ReadonlySet<string>): string {
  if (typeof key === 'number') return String(key);
  return known.has(String(key)) ? String(key).replaceAll('~', '~0').replaceAll('/', '~1') : '*';
}
