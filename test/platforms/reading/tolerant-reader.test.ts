import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { readTolerantly, shorten } from '../../../functions/platforms/reading/tolerant-reader.ts';

const schema = z.object({
  id: z.string(),
  note: z.string().optional(),
  parts: z.array(z.object({ tags: z.array(z.string()).optional(), size: z.number() })).optional(),
});
const required = (path: readonly PropertyKey[]) =>
  path[0] === 'id' || path.includes('size') || path.length === 0;

/** How many elements are walked over while `count` parts are read, of which every one has an odd field. */
function workOf(count: number): number {
  const json = { id: 'a', parts: Array.from({ length: count }, () => ({ size: 1, tags: [{}] })) };
  let walked = 0;
  const spies = (['map', 'values', 'filter', 'forEach', 'entries'] as const).map((walk) => {
    const straight = Array.prototype[walk] as (...given: unknown[]) => unknown;
    return vi.spyOn(Array.prototype, walk).mockImplementation(function (
      this: unknown[],
      ...given: unknown[]
    ) {
      walked += this.length;
      return straight.apply(this, given) as never;
    });
  });
  const iterator = Array.prototype[Symbol.iterator];
  Array.prototype[Symbol.iterator] = function (this: unknown[]) {
    walked += this.length;
    return iterator.call(this);
  };
  try {
    const read = readTolerantly(schema, json, required);
    if (!read.ok || read.warnings.length !== count) throw new Error('it was not read as it should be');
    return walked;
  } finally {
    Array.prototype[Symbol.iterator] = iterator;
    for (const spy of spies) spy.mockRestore();
  }
}

describe('reading leniently', () => {
  it('takes what fits as it is', () => {
    const json = { id: 'a', note: 'b', parts: [{ size: 1 }] };
    expect(readTolerantly(schema, json, required)).toEqual({ ok: true, value: json, warnings: [] });
  });

  it('leaves decorations out with a warning, wherever they are, and keeps their neighbours', () => {
    const json = { id: 'a', note: 7, parts: [{ size: 1 }, { size: 2, tags: ['x', {}, 7] }] };
    expect(readTolerantly(schema, json, required)).toEqual({
      ok: true,
      value: { id: 'a', parts: [{ size: 1 }, { size: 2 }] },
      warnings: [
        'left out: note: Invalid input: expected string, received number',
        'left out: parts[1].tags[1]: Invalid input: expected string, received object',
        'left out: parts[1].tags[2]: Invalid input: expected string, received number',
      ],
    });
  });

  it('refuses what is vital, naming path and type only', () => {
    expect(readTolerantly(schema, { id: 7, parts: [{ size: 'secret' }] }, required)).toEqual({
      ok: false,
      problem:
        'id: Invalid input: expected string, received number; parts[0].size: Invalid input: expected number, received string',
    });
    expect(readTolerantly(schema, null, required)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('the whole'),
    });
  });

  it('names no key that the sender made up, because it may be anything', () => {
    const named = z.object({ fees: z.record(z.string(), z.number()) });
    const strict = z.strictObject({ id: z.string() });
    const json = { fees: { 'María Secreta': 'much', maria_secreta: [] }, id: 'a', 'Juan Secreto': 1 };

    const read = readTolerantly(named, json, () => true);
    const refused = readTolerantly(strict, { id: 'a', 'Juan Secreto': 1 }, () => true);

    expect(read).toEqual({
      ok: false,
      problem:
        'fees.*: Invalid input: expected number, received string; fees.*: Invalid input: expected number, received array',
    });
    expect(refused).toEqual({ ok: false, problem: 'the whole: has keys that are not known here' });
  });

  it('names five problems at most', () => {
    const json = { id: 'a', parts: Array.from({ length: 9 }, () => ({})) };
    const read = readTolerantly(schema, json, required);
    expect(read.ok || read.problem).toContain('and 4 more');
  });

  it('costs work in proportion to the JSON, however many of its fields are odd', () => {
    const small = workOf(500);
    const large = workOf(2000);

    expect(small).toBeGreaterThan(500);
    expect(large / small).toBeLessThan(4.5);
  });

  it('leaves out a field that holds other odd fields, and its odd neighbours', () => {
    const nested = z.object({
      id: z.string(),
      a: z.object({ b: z.object({ c: z.number() }), d: z.number() }).optional(),
      e: z.number().optional(),
    });
    const named = (path: readonly PropertyKey[]) => path[0] === 'id';
    const json = { id: 'x', a: { b: { c: 'odd' }, d: 1 }, e: [] };
    expect(readTolerantly(nested.extend({ a: nested.shape.a.catch(undefined) }), json, named)).toMatchObject({
      ok: true,
      value: { id: 'x' },
    });
    expect(readTolerantly(nested, json, named)).toMatchObject({ ok: false });
  });

  it('refuses what has more odd fields than a list of them can hold', () => {
    const read = readTolerantly(
      schema,
      { id: 'a', parts: Array.from({ length: 300_000 }, () => 0) },
      () => true,
    );
    expect(read.ok || read.problem).toMatch(/more/);
  });

  it('never throws and never changes its input', () => {
    fc.assert(
      fc.property(fc.record({ id: fc.string(), note: fc.jsonValue(), parts: fc.jsonValue() }), (json) => {
        const before = JSON.stringify(json);
        readTolerantly(schema, json, required);
        expect(JSON.stringify(json)).toBe(before);
      }),
    );
  });

  it('shortens warnings beyond thirty', () => {
    expect(shorten(['a'])).toEqual(['a']);
    expect(shorten(Array.from({ length: 40 }, String)).at(-1)).toBe('and 10 more warnings');
  });
});
