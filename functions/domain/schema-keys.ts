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

/**
 * The keys that an object may have at a place in what a schema describes; none where no object is described there. Where one
 * of several may stand, those of all of them.
 */
export const keysAt = (schema: z.core.$ZodType, place: readonly PropertyKey[]): string[] =>
  place
    .reduce<z.ZodObject[]>((above, key) => {
      const below = above.flatMap(({ shape }) =>
        Object.hasOwn(shape, key) ? nearest(shape[key as string]) : [],
      );
      // The number of an item, or a name that the sender chose: the objects below are found already.
      return below[0] ? below : above;
    }, nearest(schema))
    .flatMap(({ shape }) => Object.keys(shape));

/** The objects that a schema describes, in lists too, and none that is a field of one. */
const nearest = (schema: z.core.$ZodType): z.ZodObject[] =>
  schema instanceof z.ZodObject ? [schema] : innerOf(schema).flatMap(nearest);

/** The schemas that a schema is made of. */
const innerOf = (schema: z.core.$ZodType): z.core.$ZodType[] =>
  Object.values(schema._zod.def).flatMap((part: unknown) => {
    if (part instanceof z.ZodType) return [part];
    if (typeof part !== 'object' || part === null) return [];
    return Object.values(part).filter((one: unknown) => one instanceof z.ZodType);
  });
