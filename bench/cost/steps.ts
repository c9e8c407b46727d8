import { NOTHING, sum, type Units } from '../../lib/cost/units.ts';
import type { ObservedCall } from '../../local/cloud/gateway/gateway.ts';
import { asList, asObject, asText, type JsonObject } from '../../local/cloud/json.ts';
import { unitsOf } from '../units.ts';

/** What a function does with one kind of item, or one queue, and what it takes. */
export interface Step extends Pick<Units, 'writeUnits' | 'readUnits' | 'queueRequests'> {
  /** Path of the function's construct. */
  who: string;
  /** The operation, and the kinds of items by their keys. */
  what: string;
  calls: number;
  /** Of the write units, those of indexes. */
  indexUnits: number;
}

/** Lists what the units of events go to, step by step. */
export class StepCounter {
  readonly #pathOf: (functionName: string) => string;
  readonly #kindOf: KindOf;
  #steps = new Map<string, Step>();

  /** @param platforms names that the keys of items have in them */
  constructor(pathOf: (functionName: string) => string, platforms: readonly string[]) {
    this.#pathOf = pathOf;
    this.#kindOf = kindsOf(platforms);
  }

  reset(): void {
    this.#steps = new Map();
  }

  call(call: ObservedCall): void {
    if (call.caller === 'admin') return;
    const who = this.#pathOf(call.caller);
    const what = `${call.operation} ${[...new Set(keysIn(call).map(this.#kindOf))].join(' + ')}`.trim();
    const { writeUnits, readUnits, queueRequests } = sum(NOTHING, unitsOf(call));
    const name = `${who} ${what}`;
    const before = this.#steps.get(name);
    this.#steps.set(name, {
      who,
      what,
      calls: (before?.calls ?? 0) + 1,
      writeUnits: (before?.writeUnits ?? 0) + writeUnits,
      indexUnits: (before?.indexUnits ?? 0) + indexUnitsOf(call),
      readUnits: (before?.readUnits ?? 0) + readUnits,
      queueRequests: (before?.queueRequests ?? 0) + queueRequests,
    });
  }

  /** For each of so many events, what takes the most write units first. */
  perOne(events: number): Step[] {
    return [...this.#steps.values()]
      .map((step) => ({
        ...step,
        calls: step.calls / events,
        writeUnits: step.writeUnits / events,
        indexUnits: step.indexUnits / events,
        readUnits: step.readUnits / events,
        queueRequests: step.queueRequests / events,
      }))
      .sort((a, b) => b.writeUnits - a.writeUnits || b.calls - a.calls);
  }
}

type KindOf = (key: JsonObject) => string;

/** What kind of item a key is of: what stands in it beside names and ids. */
const kindsOf =
  (platforms: readonly string[]): KindOf =>
  ({ pk, sk }) => {
    const [first = '', , third = ''] = textOf(pk).split('#');
    const [sort = ''] = textOf(sk).split('#');
    const kind = platforms.includes(first) ? third : first;
    return /^[a-z][a-z-]*$/.test(sort) ? `${kind}/${sort}` : kind;
  };

const textOf = (value: unknown): string => asText(asObject(value).S) ?? '';

/** Keys of the items that a call of a table names. */
function keysIn({ service, operation, input }: ObservedCall): JsonObject[] {
  if (service !== 'dynamodb') return [];
  if (operation === 'Query')
    return [
      {
        pk: Object.values(asObject(input.ExpressionAttributeValues)).find((value) =>
          textOf(value).includes('#'),
        ),
      },
    ];
  const parts = asList(input.TransactItems).flatMap((item) => Object.values(asObject(item)).map(asObject));
  const batched = Object.values(asObject(input.RequestItems)).flatMap((requests) =>
    Array.isArray(requests)
      ? requests.map((request) => asObject(Object.values(asObject(request))[0]))
      : asList(asObject(requests).Keys).map((Key) => ({ Key })),
  );
  return [input, ...parts, ...batched]
    .map((one) => asObject(one.Item ?? one.Key))
    .filter(({ pk }) => pk !== undefined);
}

const indexUnitsOf = ({ output }: ObservedCall): number =>
  asList(output?.ConsumedCapacity)
    .flatMap((one) => Object.values(asObject(asObject(one).GlobalSecondaryIndexes)))
    .reduce<number>((units, one) => units + Number(asObject(one).CapacityUnits ?? 0), 0);
