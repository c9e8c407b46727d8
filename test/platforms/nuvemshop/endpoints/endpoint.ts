import type { NuvemshopClient } from '../../../../functions/platforms/nuvemshop/client.ts';
import type { Nuvemshop, Subjects } from '../harness.ts';

/**
 * - `read`: changes nothing.
 * - `state`: sets a state, may be made again.
 * - `add`: must not be made twice; a lost answer is looked up.
 * - `once`: must not be made twice; whoever calls it looks before and afterwards.
 * - `remove`: what is gone stays gone; its answer has nothing to say.
 */
export type Nature = 'read' | 'state' | 'add' | 'once' | 'remove';

export interface Endpoint {
  /** Path of the method within the client. */
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  route: string;
  nature: Nature;
  run(client: NuvemshopClient, subjects: Subjects, nuvemshop: Nuvemshop): Promise<unknown>;
}

/** All pages of a list, so that it is really asked. */
export async function drain<T>(list: AsyncIterable<{ items: T[] }>): Promise<T[]> {
  const all: T[] = [];
  for await (const { items } of list) all.push(...items);
  return all;
}

export const id = (value: number | string): string => String(value);
