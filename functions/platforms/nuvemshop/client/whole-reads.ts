import * as z from 'zod';
import { PlatformError } from '../../../http/errors.ts';
import { type Caller, path } from './call.ts';
import { listWithin, type Window } from './list-within.ts';
import { createRequests, pages } from './requests.ts';
import { readStore } from './store.ts';
import { withScope } from './with-scope.ts';

/** A thing as it came: the bytes are those of the whole answer, or its own in a list. */
export interface Came {
  json: unknown;
  bytes: Uint8Array;
}

/** What is read whole, and what an app needs for it. */
interface Things {
  /** As paths and scopes name them. */
  readonly name: 'products' | 'customers';
  /** As much of each as is mirrored. */
  readonly fields: string;
  /** Setting of a store that says whether they are wanted. */
  readonly setting: string;
}

/** Reads whole things of one kind, one by one or by the time of their creation or change. */
export function createWholeReads(call: Caller, things: Things) {
  const { name, fields, setting } = things;
  const needed = { scope: `read_${name}`, otherwise: `, or set ${setting} to false for the store` };
  return {
    /** @throws PlatformError; `not-found` only where the store itself is found, because whoever asks removes what is not there. */
    async get(id: string): Promise<Came> {
      const below = `/${name}${path`/${id}`}`;
      try {
        const { json, bytes } = await withScope(needed, () =>
          call({ operation: `${name}.get`, method: 'GET', path: below, query: { fields } }),
        );
        return { json, bytes };
      } catch (error) {
        if (error instanceof PlatformError && error.kind === 'not-found')
          await readStore(createRequests(call));
        throw error;
      }
    },
    /** Those of a stretch of time; see `listWithin`. */
    async *listWithin(window: Window): AsyncGenerator<Came[], void, undefined> {
      const operation = `${name}.list`;
      const list = (bounds: object) =>
        pages(call, { operation, path: `/${name}`, query: { fields, ...bounds }, item: z.unknown() });
      const found = listWithin({ operation, items: name, list }, window);
      for (;;) {
        const page = await withScope(needed, () => found.next());
        if (page.done === true) return;
        yield page.value.items.map((json) => ({ json, bytes: Buffer.from(JSON.stringify(json)) }));
      }
    },
  };
}
