import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { feedEventSchema } from '../../functions/domain/event.ts';
import { answerSchemaOf } from '../../functions/erp/api/openapi.ts';
import { PROBLEM_PAGE, PROBLEMS } from '../../functions/erp/api/problem.ts';
import { ROUTES } from '../../functions/erp/api/routes.ts';
import { apiDocument, openApiDocument } from '../../scripts/api-docs/document.ts';
import { EXAMPLES } from '../../scripts/api-docs/examples.ts';
import { EVENT_FIELDS } from '../../scripts/api-docs/meanings.ts';

const docs = join(import.meta.dirname, '../../docs');
const read = (file: string) => readFileSync(join(docs, file), 'utf8');

describe('the documents of the API are what the code says (npm run docs writes them)', () => {
  it('docs/openapi.json', () => {
    expect(read('openapi.json')).toBe(openApiDocument());
  });

  it('docs/api.md', () => {
    expect(read('api.md')).toBe(apiDocument());
  });
});

describe.each(ROUTES.map((route) => [route.operation, route] as const))(
  'the example of %s',
  (operation, route) => {
    const example = EXAMPLES[operation];
    const url = new URL(example?.request ?? '', 'https://api.example.com');

    it('is a request that the route takes', () => {
      const path = route.path
        .replaceAll(/\{(\w+)\+\}/g, '(?<$1>.+)')
        .replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
      const pattern = new RegExp(`^${path}$`);
      const found = pattern.exec(url.pathname);
      const variables = Object.entries(found?.groups ?? {}).map(([name, value]) => [
        name,
        decodeURIComponent(value),
      ]);

      expect(found).not.toBeNull();
      expect(route.parameters.safeParse(Object.fromEntries(variables)).error).toBeUndefined();
      expect(route.query.safeParse(Object.fromEntries(url.searchParams)).error).toBeUndefined();
      expect(route.body?.schema.safeParse(example?.body).error).toBeUndefined();
      expect(example?.body === undefined).toBe(route.body === undefined);
    });

    it('has an answer as the route gives it, and no field that it does not know', () => {
      const answered = answerSchemaOf(route).parse(example?.answer);

      expect(answered).toEqual(example?.answer);
    });
  },
);

describe('the page', () => {
  it('explains each problem where the problem says that it is explained', () => {
    const [, anchor] = PROBLEM_PAGE.split('docs/api.md#');
    for (const code of Object.keys(PROBLEMS))
      expect(read('api.md')).toContain(`<a id="${anchor}${code}"></a>`);
  });

  it.each([
    ['how long a note may be', '| `text` | text, up to 2000 | needed |'],
    [
      'what an id of yours may be made of',
      '| `items[].id` | text, up to 128, of letters, digits and `. _ : ~ -`',
    ],
  ])('says %s', (_, cells) => {
    expect(read('api.md')).toContain(cells);
  });

  it('explains each field of an event', () => {
    expect(Object.keys(EVENT_FIELDS).sort()).toEqual(Object.keys(feedEventSchema().shape).sort());
  });

  it('leads to no page that is not there', () => {
    const links = [...read('api.md').matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, file = '']) => file);

    expect(links.length).toBeGreaterThan(2);
    for (const file of links) expect(read(file).length).toBeGreaterThan(0);
  });
});

describe('the OpenAPI document', () => {
  it('leads to no schema that it does not hold', () => {
    const text = read('openapi.json');
    const known = Object.keys(JSON.parse(text).components.schemas);

    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g))
      expect(known).toContain(name);
  });

  it('has each operation once, with its scopes and problems', () => {
    const { paths } = JSON.parse(read('openapi.json'));
    const operations = Object.values(paths).flatMap((one) => Object.values(one as object));

    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(
      ROUTES.map(({ operation }) => operation).sort(),
    );
    expect(paths['/v1/orders/{id}'].get).toMatchObject({
      security: [{ token: ['orders:read'] }],
      responses: { 404: { description: '`order-unknown`' } },
    });
  });

  it('lets answers have more fields tomorrow, and bodies none that the route does not know', () => {
    const { components } = JSON.parse(read('openapi.json'));

    expect(components.schemas.Order).not.toHaveProperty('additionalProperties');
    expect(components.schemas.AcknowledgeOrderBody.additionalProperties).toBe(false);
  });
});
