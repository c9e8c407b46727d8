import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import * as z from 'zod';

const indexSchema = z.array(
  z.strictObject({
    file: z.string(),
    title: z.string(),
    /** Where somebody met such an input: a public report, or the page of a reference. */
    seenBy: z.string(),
    /** By path in the normalised order. `says`: texts that stand anywhere in it. */
    expect: z.record(z.string(), z.unknown()),
  }),
);

/** An input that failed for somebody, as the platform would send it, with what is right. */
export interface Case {
  title: string;
  text: string;
  expect: Record<string, unknown>;
}

/** The inputs of a platform that failed for others, from `cases/<platform>/index.json`. */
export function casesOf(platform: string): Case[] {
  const folder = new URL(`cases/${platform}/`, import.meta.url);
  const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
  return indexSchema
    .parse(JSON.parse(read('index.json')))
    .map(({ file, title, expect }) => ({ title, text: read(file), expect }));
}

/** The value at a path such as `lines.0.sku`; undefined where there is none. */
export function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, key) =>
        typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined,
      value,
    );
}

/** Holds a value against what is expected at some of its paths; `null` stands for what must be absent. */
export function expectAt(value: unknown, expected: unknown, path = ''): void {
  if (expected === null) expect([path, value]).toEqual([path, undefined]);
  else if (typeof expected === 'object' && !Array.isArray(expected))
    for (const [key, inner] of Object.entries(expected as object))
      expectAt((value as Record<string, unknown> | undefined)?.[key], inner, `${path}.${key}`);
  else expect([path, value]).toEqual([path, expected]);
}
