import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import {
  COMMAND_STATES,
  COMMANDS,
  type CommandName,
  commandIdSchema,
} from '../../functions/domain/command.ts';
import { commandInputs } from '../../functions/domain/command-inputs.ts';
import { EVENT_TYPES } from '../../functions/domain/event.ts';
import { DOCUMENTED_BODIES } from '../../functions/erp/api/documented-bodies.ts';
import { openApiOf } from '../../functions/erp/api/openapi.ts';
import { FRAME_PROBLEMS, PROBLEMS, Problem, type ProblemCode } from '../../functions/erp/api/problem.ts';
import type { Route } from '../../functions/erp/api/route.ts';
import { commandsBody } from '../../functions/erp/api/routes/commands.ts';
import { commandItem } from '../../functions/erp/api/routes/give-commands.ts';
import { ROUTES } from '../../functions/erp/api/routes.ts';
import { SCOPES } from '../../functions/erp/tokens.ts';
import { API_THROTTLES, throttleOf } from '../../lib/constructs/erp-api.ts';
import { EXAMPLES, PROBLEM_EXAMPLE } from './examples.ts';
import {
  COMMAND_INPUT_MEANINGS,
  COMMAND_MEANINGS,
  COMMAND_STATE_MEANINGS,
  EVENT_FIELDS,
  EVENT_MEANINGS,
  PROBLEM_MEANINGS,
  SCOPE_MEANINGS,
} from './meanings.ts';

/** `docs/openapi.json`: what the API itself answers under /v1/openapi.json. */
export const openApiDocument = (): string => `${JSON.stringify(openApiOf(ROUTES), null, 2)}\n`;

/** `docs/api.md`: the template with what the code knows. */
export function apiDocument(): string {
  const parts: Record<string, string> = {
    scopes: SCOPES.map((scope) => `| \`${scope}\` | ${SCOPE_MEANINGS[scope]} |`).join('\n'),
    events: table(
      ['type', 'says'],
      EVENT_TYPES.map((type) => [`\`${type}\``, EVENT_MEANINGS[type]]),
    ),
    eventFields: table(
      ['field', 'says'],
      Object.entries(EVENT_FIELDS).map(([name, meaning]) => [`\`${name}\``, meaning]),
    ),
    commandStates: table(
      ['state', 'says'],
      COMMAND_STATES.map((state) => [`\`${state}\``, COMMAND_STATE_MEANINGS[state]]),
    ),
    commandInputs: table(['command', 'input', '', '', 'says'], COMMANDS.flatMap(inputRows)),
    problemExample: JSON.stringify(
      new Problem('request-invalid', {
        detail: 'One field is wrong; "errors" points to each. Nothing was done.',
        errors: [PROBLEM_EXAMPLE],
      }).answer('5f0c1a52-0c8e-4d4c-8a37-0a3a4c1f6a10').body,
      null,
      2,
    ),
    problems: Object.keys(PROBLEMS)
      .filter((code): code is ProblemCode => code in PROBLEMS)
      .map(
        (code) =>
          `| <a id="problem-${code}"></a>\`${code}\` | ${PROBLEMS[code].status} | ${PROBLEM_MEANINGS[code]} |`,
      )
      .join('\n'),
    order: EXAMPLES.getOrder?.request ?? '',
    limits: limits(),
    routes: ROUTES.map(routeSection).join('\n'),
  };
  const template = readFileSync(join(import.meta.dirname, 'template.md'), 'utf8');
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`the template asks for "${name}", which nobody makes`);
    return part;
  });
}

function inputRows(name: CommandName): string[][] {
  const meant = rowsOfBody(commandInputs()[name]).map(([field = '', kind = '', needed = '']) => {
    const says = COMMAND_INPUT_MEANINGS[field.replaceAll('`', '')];
    if (says === undefined) throw new Error(`nothing says what ${field} of the command "${name}" means`);
    return ['', field, kind, needed, says];
  });
  return [[`\`${name}\``, '', '', '', COMMAND_MEANINGS[name]], ...meant];
}

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

function limits(): string {
  const { read, write, astray } = API_THROTTLES;
  const rate = ({ rateLimit, burstLimit }: typeof read | typeof write | typeof astray) =>
    `${rateLimit} a second, ${burstLimit} at once`;
  return [
    `| requests to a route that reads | ${rate(read)} |`,
    `| requests to a route that writes | ${rate(write)} |`,
    `| HEAD, OPTIONS, and paths that there are not | ${rate(astray)} |`,
    '| events are kept | 30 days |',
    '| a cursor is good for | 30 days (of the feed) |',
    '| answers to an Idempotency-Key are kept | 24 hours |',
    '| an answer | 6 MB; pages end before it |',
  ].join('\n');
}

function routeSection(route: Route): string {
  const { operation, method, path, summary, description, scopes, moreScopes = {}, body, problems } = route;
  const example = EXAMPLES[operation];
  const needed = scopes.length === 0 ? 'any token' : scopes.map((scope) => `\`${scope}\``).join(', ');
  const more = Object.entries(moreScopes).map(([scope, what]) => `\`${scope}\` ${what}.`);
  const own = [
    ...(scopes.length > 0 ? ['scope-missing'] : []),
    ...problems.filter((code) => code !== 'scope-missing'),
  ];
  const { rateLimit, burstLimit } = throttleOf(route);
  return [
    `### ${method} ${path}`,
    '',
    `${summary}. ${description ?? ''}`.trim(),
    '',
    `Needs ${needed}. ${more.join(' ')}`.trim(),
    '',
    ...fields('Path and query', { ...route.parameters.shape, ...route.query.shape }),
    ...(body === undefined
      ? []
      : [
          ...bodyFields(BODIES[operation] ?? body.schema),
          `The body has at most ${body.maxBytes} bytes.`,
          '',
        ]),
    '```sh',
    ...curl(method, example?.request ?? path, example?.body),
    '```',
    '',
    '```json',
    JSON.stringify(example?.answer ?? {}, null, 2),
    '```',
    '',
    `Problems beside ${FRAME_PROBLEMS.map((code) => `\`${code}\``).join(', ')}: ${own.length === 0 ? 'none' : own.map((code) => `\`${code}\``).join(', ')}. Limit: ${rateLimit} a second, ${burstLimit} at once.`,
    '',
  ].join('\n');
}

function curl(method: string, request: string, body: object | undefined): string[] {
  const words = ['curl -H "Authorization: Bearer $TOKEN"'];
  if (body !== undefined) {
    words.push('-H "Content-Type: application/json"');
    if (method === 'POST') words.push('-H "Idempotency-Key: $(uuidgen)"');
    if (method !== 'POST') words.push(`-X ${method}`);
    return [`${words.join(' ')} \\`, `  -d '${JSON.stringify(body)}' "$API${request}"`];
  }
  return [`${words.join(' ')} "$API${request}"`];
}

type Json = z.core.JSONSchema.BaseSchema;

/** What the tables show of bodies whose items are judged one by one. The inputs of commands stand in a table of their own. */
const BODIES: Readonly<Record<string, z.ZodType>> = {
  ...DOCUMENTED_BODIES,
  giveCommands: commandsBody(commandItem()),
};

/** The fields of an object as it is sent, so that one with a default is not needed. */
function rowsOfBody(schema: z.ZodType): string[][] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
  }) as Json;
  return Object.entries(properties).flatMap(([name, json]) =>
    rowsOf(name, json as Json, required.includes(name)),
  );
}

function bodyFields(schema: z.ZodType): string[] {
  const rows = rowsOfBody(schema);
  return rows.length === 0 ? [] : [table(['Body', '', '', 'says'], rows), ''];
}

/** A table of fields, as their schemas have them; those of objects and lists of objects stand below them. */
function fields(title: string, shape: z.core.$ZodShape): string[] {
  const rows = Object.entries(shape).flatMap(([name, field]) => {
    const json = z.toJSONSchema(field as z.ZodType, { io: 'output' }) as Json;
    return rowsOf(name, json, !(field as z.ZodType).safeParse(undefined).success);
  });
  return rows.length === 0 ? [] : [table([title, '', '', 'says'], rows), ''];
}

/** How many objects are within each other in a table; what is deeper stands in the OpenAPI document. */
const DEEPEST = 3;

function rowsOf(name: string, json: Json, isNeeded: boolean, depth = 1): string[][] {
  const own = [`\`${name}\``, kindOf(json), isNeeded ? 'needed' : '', saysOf(json)];
  const of = json.type === 'array' ? itemsOf(json) : json;
  const below = json.type === 'array' ? `${name}[]` : name;
  if (depth >= DEEPEST) return [own];
  const parts = Object.entries(of.properties ?? {}).flatMap(([part, inner]) =>
    rowsOf(`${below}.${part}`, inner as Json, of.required?.includes(part) === true, depth + 1),
  );
  return [own, ...parts];
}

/** Of what may be null too, the words stand with the other. */
const saysOf = ({ description, anyOf = [] }: Json): string =>
  description ?? (anyOf as Json[]).find((one) => one.description !== undefined)?.description ?? '';

const itemsOf = ({ items }: Json): Json => (typeof items === 'object' && !Array.isArray(items) ? items : {});

function kindOf(json: Json): string {
  const { default: usual } = json;
  return `${wordsOf(json)}${usual === undefined || typeof usual === 'object' ? '' : `, default \`${String(usual)}\``}`;
}

/** How an id of the merchant's own system has to look. */
const OWN_ID = z.toJSONSchema(commandIdSchema()).pattern;

function wordsOf(json: Json): string {
  const { type, format, minimum, maximum, maxLength, pattern, const: only, anyOf } = json;
  const words = only === undefined ? json.enum : [only];
  if (words !== undefined) return words.map((word) => `\`${String(word)}\``).join(', ');
  if (anyOf !== undefined) return [...new Set((anyOf as Json[]).map(wordsOf))].join(' or ');
  if (type === 'array') {
    const items = itemsOf(json);
    if (items.enum !== undefined) return `any of ${wordsOf(items)}`;
    const most = json.maxItems === undefined ? '' : ` of up to ${json.maxItems}`;
    return items.type === 'object'
      ? `list${most === '' ? ' of' : most} objects`
      : `list${most}: ${wordsOf(items)}`;
  }
  if (type === 'object') return 'object';
  if (type === 'boolean') return '`true` or `false`';
  if (type === 'null') return '`null`';
  if (type === 'number') return 'number';
  if (format === 'date-time') return 'time with its zone';
  if (type === 'integer') return `whole number, ${minimum} to ${maximum}`;
  const most = maxLength === undefined ? '' : `, up to ${maxLength}`;
  return `text${most}${pattern === OWN_ID ? ', of letters, digits and `. _ : ~ -`, not beginning with one of these signs' : ''}`;
}
