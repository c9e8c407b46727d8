import * as z from 'zod';

const keysOf = new WeakMap<z.core.$ZodType, ReadonlySet<string>>();

/** Every key that a schema names, at any depth. Any other key is the sender's own, and may be anything, a person's name too. */
export function keysIn(schema: z.core.$ZodType): ReadonlySet<string> {
  const known = keysOf.get(schema);
  if (known !== undefined) return known;
  const keys = new Set<string>();
  const seen = new Set<z.core.$ZodType>([schema]);
  // What is added while it is walked over is walked over as well.
  for (const one of seen) {
    if (one instanceof z.ZodObject) for (const key of Object.keys(one.shape)) keys.add(key);
    for (const inner of innerOf(one)) seen.add(inner);
  }
  keysOf.set(schema, keys);
  return keys;
}

/** The schemas that a schema is made of. */
const innerOf = (schema: z.core.$ZodType): z.core.$ZodType[] =>
  Object.values(schema._zod.def).flatMap((part: unknown) => {
    if (part instanceof z.ZodType) return [part];
    if (typeof part !== 'object' || part === null) return [];
    return Object.values(part).filter((one: unknown) => one instanceof z.ZodType);
  });
