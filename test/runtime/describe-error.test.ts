import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { PlatformError } from '../../functions/http/errors.ts';
import { BucketError } from '../../functions/rate-limit/limits.ts';
import { describeError, OwnError, withoutForeignText } from '../../functions/runtime/describe-error.ts';

const PERSON = 'Juana Plantada';
const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};
const SDK = Object.assign(new Error(`User: ${PERSON} is not authorized`), {
  name: 'AccessDeniedException',
  $fault: 'client',
  $metadata: { httpStatusCode: 400, requestId: 'r-123' },
  Item: { name: PERSON },
});

describe('what is said of an error', () => {
  it.each([
    [
      'an error of ours',
      new OwnError('store 7 is not in the configuration'),
      'OwnError: store 7 is not in the',
    ],
    ["a bucket's", new BucketError('Bucket b cannot grant a call'), 'BucketError: Bucket b cannot'],
    [
      'a refused call',
      new PlatformError({ platform: 'shop', operation: 'orders.get', kind: 'refused', status: 422 }),
      'PlatformError: shop orders.get: HTTP 422 (refused)',
    ],
  ])('%s is its message', (_what, error, text) => {
    expect(describeError(error)).toContain(text);
  });

  it('is its message as well of an error of ours from a file that is loaded later, which has a class of its own', async () => {
    vi.resetModules();
    const later = await import('../../functions/runtime/describe-error.ts');
    const error = new later.OwnError('store 7 is not in the configuration');

    expect(error).not.toBeInstanceOf(OwnError);
    expect(describeError(error)).toBe('OwnError: store 7 is not in the configuration');
  });

  it.each([
    [
      "the engine's about JSON, which quotes it",
      thrownBy(() => JSON.parse(`{"name":${PERSON}}`)),
      'SyntaxError',
    ],
    ['one of a library', new TypeError(`no such person: ${PERSON}`), 'TypeError'],
    [
      'one of the network, with its code',
      Object.assign(new TypeError(`connect ${PERSON}`), { code: 'ECONNRESET' }),
      'TypeError (ECONNRESET)',
    ],
    ['one of AWS, with what its support asks for', SDK, 'AccessDeniedException (HTTP 400, request r-123)'],
    [
      'a schema’s, as paths and kinds',
      z.object({ a: z.object({ b: z.number() }) }).safeParse({ a: { b: PERSON } }).error,
      'ZodError: a.b: invalid_type',
    ],
    [
      'a schema’s whose path holds a key from outside',
      z.record(z.string(), z.number()).safeParse({ [PERSON]: 'x' }).error,
      'ZodError: ?: invalid_type',
    ],
    ['one whose name is a text', Object.assign(new Error('x'), { name: PERSON }), 'Error'],
    ['one whose code is a text', Object.assign(new Error('x'), { code: PERSON }), 'Error'],
    ['no error at all', PERSON, 'something that is no error was thrown'],
  ])('of %s, is no more than %3$s', (_what, error, text) => {
    expect(describeError(error)).toBe(text);
  });

  it('of a refused call, is without what the platform said', () => {
    const error = new PlatformError({
      platform: 'shop',
      operation: 'customers.create',
      kind: 'refused',
      status: 422,
      detail: 'It is about name.',
      said: `${PERSON} is no name`,
    });

    expect(describeError(error)).toBe(
      'PlatformError: shop customers.create: HTTP 422 (refused). It is about name.',
    );
  });
});

describe('what leaves a function in the place of an error', () => {
  const cases: [string, unknown][] = [
    ['a message', new Error(PERSON)],
    ['the stack', thrownBy(() => JSON.parse(`{"name":${PERSON}}`))],
    ['a message that looks like a stack', new Error(`x\n    at ${PERSON} (file.js:1:1)`)],
    ['its own fields', SDK],
    ['its cause', new Error('x', { cause: new Error(PERSON) })],
    ['errors that it joins', new AggregateError([new Error(PERSON)], PERSON)],
    ['a stack that does not begin with the message', Object.assign(new Error('x'), { stack: PERSON })],
    [
      'what the platform said',
      new PlatformError({ platform: 's', operation: 'o', kind: 'refused', said: PERSON }),
    ],
    ['what was thrown', PERSON],
  ];

  it.each(cases)('has no text from outside in it, where that was in %s', (_where, error) => {
    const safe = withoutForeignText(error);

    // What Lambda's runtime writes: name, message, stack and every own field.
    const written = inspect(
      { ...safe, name: safe.name, message: safe.message, stack: safe.stack },
      { depth: 9 },
    );
    expect(written).not.toContain(PERSON);
    expect(inspect(safe, { depth: 9, showHidden: true })).not.toContain(PERSON);
  });

  it('keeps the name and the places in the code', () => {
    const safe = withoutForeignText(thrownBy(() => JSON.parse(`{"name":${PERSON}}`)));

    expect(safe.name).toBe('SyntaxError');
    expect(safe.stack).toMatch(/^SyntaxError: SyntaxError\n {4}at .*JSON\.parse/);
    expect(safe.stack).toContain('describe-error.test.ts');
  });
});

describe('the functions', () => {
  const root = join(import.meta.dirname, '../..');

  it.each(globSync('functions/**/*.ts', { cwd: root }).sort())(
    'throw no error without a class of ours: %s',
    (file) => {
      // Nobody could tell its text from one that came from outside.
      expect(readFileSync(join(root, file), 'utf8')).not.toMatch(/throw new (Type|Syntax)?Error\(/);
    },
  );

  it.each(globSync('functions/**/*.ts', { cwd: root }).sort())(
    'log and report what is described: %s',
    (file) => {
      const source = readFileSync(join(root, file), 'utf8');

      expect(source).not.toMatch(
        /\b(error|problem|cause|reason): (String\(error\)|error\.message|\(error as Error\))/,
      );
      expect(source).not.toMatch(/error instanceof Error \? error\.message/);
    },
  );
});
