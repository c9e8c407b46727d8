/** What AWS bills of calls. */
export interface Used {
  writeUnits: number;
  readUnits: number;
  queueRequests: number;
}

/** Orders that were taken together, from the platform to the feed, and what they took. */
export interface Wave {
  orders: number;
  /** By function and operation, such as `erp-publish PutCommand`. */
  used: ReadonlyMap<string, Used>;
  cpuMs: number;
  wallMs: number;
  /** Most memory by its end. */
  megabytes: number;
}

/** What an order took, on average over some waves. */
export interface PerOrder extends Used {
  cpuMs: number;
  wallMs: number;
}

/** A table that grew to so many orders. */
export interface Size {
  orders: number;
  perOrder: PerOrder;
  /** Of the first and the last tenth of its orders. */
  first: PerOrder;
  last: PerOrder;
  megabytes: number;
}

export const KINDS = ['writeUnits', 'readUnits', 'queueRequests'] as const;
type Kind = (typeof KINDS)[number];
const NAMES: Readonly<Record<Kind, string>> = {
  writeUnits: 'write units',
  readUnits: 'read units',
  queueRequests: 'SQS requests',
};

/** The last tenth of the orders may take so many times what the first tenth takes. */
const MOST_GROWTH = 1.15;

export const nothing = (): Used => ({ writeUnits: 0, readUnits: 0, queueRequests: 0 });

/** Adds what a call took to what its operation took before. */
export function note(used: Map<string, Used>, operation: string, more: Partial<Used>): void {
  const known = used.get(operation) ?? nothing();
  for (const kind of KINDS) known[kind] += more[kind] ?? 0;
  used.set(operation, known);
}

const total = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0);
const ordersOf = (waves: readonly Wave[]): number => total(waves.map(({ orders }) => orders));

/** The waves until so many orders were taken. */
function until(waves: readonly Wave[], orders: number): Wave[] {
  let before = 0;
  return waves.filter((wave) => {
    const wanted = before < orders;
    before += wave.orders;
    return wanted;
  });
}

/** What an order took while the table grew from one of these sizes to the next, as far as it grew. */
export function courseOf(waves: readonly Wave[], sizes: readonly number[]): Omit<Size, 'first' | 'last'>[] {
  let from = 0;
  return sizes.flatMap((size) => {
    const taken = until(waves, size);
    const some = taken.slice(from);
    from = taken.length;
    if (some.length === 0) return [];
    const megabytes = Math.max(...some.map((one) => one.megabytes));
    return [{ orders: ordersOf(taken), perOrder: perOrder(some), megabytes }];
  });
}

/** The first and the last tenth of the waves, one wave each at least. */
function tenths(waves: readonly Wave[]): { first: Wave[]; last: Wave[] } {
  const some = Math.max(1, Math.floor(waves.length / 10));
  return { first: waves.slice(0, some), last: waves.slice(-some) };
}

/** Per order, by function and operation. */
function byOperation(waves: readonly Wave[]): Map<string, Used> {
  const all = new Map<string, Used>();
  for (const { used } of waves) for (const [operation, more] of used) note(all, operation, more);
  const orders = ordersOf(waves);
  for (const one of all.values()) for (const kind of KINDS) one[kind] /= orders;
  return all;
}

/** @throws RangeError for no waves. */
function perOrder(waves: readonly Wave[]): PerOrder {
  const orders = ordersOf(waves);
  if (orders === 0) throw new RangeError('what an order takes, of no orders');
  const all = [...byOperation(waves).values()];
  return {
    writeUnits: total(all.map(({ writeUnits }) => writeUnits)),
    readUnits: total(all.map(({ readUnits }) => readUnits)),
    queueRequests: total(all.map(({ queueRequests }) => queueRequests)),
    cpuMs: total(waves.map(({ cpuMs }) => cpuMs)) / orders,
    wallMs: total(waves.map(({ wallMs }) => wallMs)) / orders,
  };
}

/** What the orders took until the table held so many of them. */
export function sizeOf(waves: readonly Wave[], orders: number): Size {
  const taken = until(waves, orders);
  const { first, last } = tenths(taken);
  return {
    orders: ordersOf(taken),
    perOrder: perOrder(taken),
    first: perOrder(first),
    last: perOrder(last),
    megabytes: Math.max(...taken.map(({ megabytes }) => megabytes)),
  };
}

/** Says of each kind of unit that became more than the bound which operation grew most. Nothing where all is flat. */
export function growthOf(waves: readonly Wave[], kinds: readonly Kind[] = KINDS): string[] {
  const { first, last } = tenths(waves);
  const [before, after] = [perOrder(first), perOrder(last)];
  return kinds
    .filter((kind) => after[kind] > MOST_GROWTH * before[kind])
    .map((kind) => {
      const grew = dearest(byOperation(first), byOperation(last), kind);
      const times = after[kind] / before[kind];
      return `${ordersOf(waves)} orders: ${after[kind].toFixed(2)} ${NAMES[kind]} an order in the last tenth, ${times.toFixed(2)} times the first, and ${MOST_GROWTH} is the most. ${grew.operation} grew most: from ${grew.from.toFixed(2)} to ${grew.to.toFixed(2)}.`;
    });
}

function dearest(before: ReadonlyMap<string, Used>, after: ReadonlyMap<string, Used>, kind: Kind) {
  const [most] = [...after]
    .map(([operation, used]) => ({ operation, from: before.get(operation)?.[kind] ?? 0, to: used[kind] }))
    .sort((one, other) => other.to - other.from - (one.to - one.from));
  return most ?? { operation: 'no operation', from: 0, to: 0 };
}
