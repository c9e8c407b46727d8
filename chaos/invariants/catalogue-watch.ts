import { isFinal } from '../../functions/domain/command.ts';
import { type Command, commandSchema } from '../../functions/storage/command-item.ts';
import { erpPk, numberOfCommandSk } from '../../functions/storage/command-keys.ts';
import type { CatalogueTruth } from '../../local/platforms/simulator.ts';
import type { Attributes } from '../aws/expression.ts';
import type { PlannedItem } from '../plan/catalogue-plan.ts';
import { type SimStore, storeNamed } from '../plan/stores.ts';
import { checkCustomer, checkOnce, checkProduct, customersShownAs, isShownAs } from './catalogue-ends.ts';
import type { Doubtful } from './command-watch.ts';
import type { Report } from './violation.ts';

/** What the API said of a product or customer. */
export interface PutAnswer {
  command?: string | undefined;
  result: 'accepted' | 'known' | 'unchanged';
}

/** Sees what was said of products and customers, and holds the platforms' own state against it. */
export interface CatalogueWatch {
  /** A write of the orders table. */
  wrote(after: Attributes | undefined): void;
  answered(item: PlannedItem, body: object, answer: PutAnswer): void;
  /** The same as what was wanted last was sent once more, when everything had come to rest. */
  answeredAgain(item: PlannedItem, answer: PutAnswer, wasDone: boolean): void;
  /** The shopkeeper changes a product in the panel, or deletes it, where it is there already. */
  edit(item: PlannedItem, does: 'changed' | 'removed'): void;
  /** What was wanted last, and whether it was brought about. */
  lastOf(item: PlannedItem): { body: object; isDone: boolean } | undefined;
  /** Commands that are not through, or wait for a person: those that come later wait behind them. */
  readonly unfinished: number;
  /** Texts of persons that belong into no log line and no event. */
  personal(): string[];
  checkEnd(): void;
}

/** What became of one product or customer. */
interface Known {
  last?: { body: object; answer: PutAnswer };
  edits: Set<'changed' | 'removed'>;
  /** Every body that was sent. */
  bodies: object[];
}

export function createCatalogueWatch(options: {
  items: readonly PlannedItem[];
  stores: readonly SimStore[];
  /** Nobody knows how a command ended: a person looks, and says so. */
  onDoubt(command: Doubtful): void;
  report: Report;
}): CatalogueWatch {
  const { items, stores, onDoubt, report } = options;
  const commands = new Map<string, Map<number, Command>>();
  const known = new Map<PlannedItem, Known>(items.map((item) => [item, { edits: new Set(), bodies: [] }]));
  const knownOf = (item: PlannedItem): Known => known.get(item) ?? { edits: new Set(), bodies: [] };
  const pkOf = ({ kind, store: name, id }: PlannedItem): string => {
    const { platform, storeId } = storeNamed(stores, name);
    const store = { platform: platform.name, storeId };
    return erpPk(kind === 'product' ? { ...store, externalProductId: id } : { ...store, externalId: id });
  };
  const itemsByPk = new Map(items.map((item) => [pkOf(item), item]));
  const lastCommand = (item: PlannedItem): Command | undefined =>
    [...(commands.get(pkOf(item))?.values() ?? [])].sort((a, b) => a.n - b.n).at(-1);
  const truthOf = ({ store: name }: PlannedItem): CatalogueTruth => {
    const store = storeNamed(stores, name);
    const truth = store.simulator.world.catalogue?.(store.storeId);
    if (truth === undefined) throw new Error(`the simulator of ${name} has no products`);
    return truth;
  };
  /** Ids of commands that a person had to decide about. */
  const doubted = new Set<string>();
  const all = (): Command[] => [...commands.values()].flatMap((of) => [...of.values()]);

  function checkCommands(item: PlannedItem): void {
    const { last } = knownOf(item);
    const command = lastCommand(item);
    if (last === undefined) return;
    if (last.answer.command !== undefined && command?.id !== last.answer.command)
      report(
        'put-missing',
        `the last word on ${item.id} was ${last.answer.result}, and is not the last command`,
      );
    for (const { n, id, state, reason } of commands.get(pkOf(item))?.values() ?? []) {
      if (!isFinal(state)) report('put-stuck', `command ${n} of ${item.id} is ${state} in the end`);
      if (state !== 'done' && (reason ?? '') === '')
        report('put-stuck', `command ${n} of ${item.id} is ${state}, and nobody says why`);
      if (['refused', 'failed', 'expired'].includes(state) && !mayFail(item, state, id))
        report('put-refused', `command ${n} of ${item.id} is ${state}: ${reason}`);
    }
  }

  /**
   * A person is asked, and says that nothing of it is to be seen. Of a customer who is there everybody can know: the looks
   * show the customer, and a change invites nobody.
   */
  function doubt(item: PlannedItem, { n, client, id }: Command): void {
    doubted.add(id);
    if (item.kind === 'customer' && customersShownAs(item, truthOf(item)).length > 0)
      report('needless-doubt', `command ${n} of ${item.id} is in doubt, and the customer is there`);
    onDoubt({ client, id, verdict: () => 'failed', began() {} });
  }

  /** A call is about to be made: nothing that was wanted before is under way, or in doubt. */
  function checkBegin(item: PlannedItem, { n }: Command): void {
    for (const earlier of commands.get(pkOf(item))?.values() ?? [])
      if (earlier.n < n && !isFinal(earlier.state))
        report('command-order', `command ${n} of ${item.id} began while ${earlier.n} was ${earlier.state}`);
  }

  /** Of two products with one SKU the later one is refused; a second invitation is a person's to decide. */
  function mayFail(item: PlannedItem, state: Command['state'], id: string): boolean {
    if (item.kind === 'customer')
      return state === 'failed' && doubted.has(id) && JSON.stringify(item.puts).includes('"invite"');
    const mine = skusOf(item.puts);
    const shares = items.some(
      (other) => other !== item && [...skusOf(other.puts)].some((sku) => mine.has(sku)),
    );
    return shares || knownOf(item).edits.size > 0;
  }

  return {
    wrote(after) {
      const n = numberOfCommandSk(String(after?.sk));
      const pk = String(after?.pk);
      const item = itemsByPk.get(pk);
      if (n === undefined || item === undefined) return;
      const ofItem = commands.get(pk) ?? new Map<number, Command>();
      const next = commandSchema().parse(after);
      const before = ofItem.get(n);
      if (next.state === 'in_doubt' && before?.state !== 'in_doubt') doubt(item, next);
      if (next.calledAt !== undefined && next.calledAt !== before?.calledAt) checkBegin(item, next);
      commands.set(pk, ofItem.set(n, next));
    },
    answered(item, body, answer) {
      const one = knownOf(item);
      one.last = { body, answer };
      one.bodies.push(body);
    },
    answeredAgain(item, answer, wasDone) {
      const { edits, last } = knownOf(item);
      const { result } = answer;
      if (last !== undefined && result !== 'unchanged') last.answer = answer;
      if (wasDone && result !== 'unchanged' && edits.size === 0)
        report('put-again', `${item.id} was sent again as it is, and that was ${result}`);
    },
    edit(item, does) {
      const truth = truthOf(item);
      const found = truth.products().find((product) => isShownAs(item, product));
      if (found === undefined) return;
      // A product that took another one's SKU is found in its place: what was done to it was done to both.
      for (const one of items)
        if (one.store === item.store && isShownAs(one, found)) knownOf(one).edits.add(does);
      if (does === 'removed') truth.remove(found.id);
      else truth.change(found.id, `what the shopkeeper says of ${item.id}`);
    },
    lastOf(item) {
      const { last } = knownOf(item);
      return last && { body: last.body, isDone: lastCommand(item)?.state === 'done' };
    },
    get unfinished() {
      return all().filter(({ state }) => !isFinal(state)).length;
    },
    personal: () =>
      items.flatMap(({ kind, puts }) =>
        kind === 'customer'
          ? puts.flatMap(({ body }) => Object.values(body).filter((text) => typeof text === 'string'))
          : [],
      ),
    checkEnd() {
      for (const item of items) {
        const { last, edits, bodies } = knownOf(item);
        const command = lastCommand(item);
        checkCommands(item);
        if (last === undefined) continue;
        const about = {
          item,
          body: last.body,
          bodies,
          edits,
          isDone: command?.state === 'done',
          truth: truthOf(item),
        };
        if (item.kind === 'product') checkProduct(about, report);
        else checkCustomer(about, report);
      }
      const [first] = items;
      if (first !== undefined) checkOnce(truthOf(first), report);
    },
  };
}

const skusOf = (puts: PlannedItem['puts']): Set<string> =>
  new Set([...JSON.stringify(puts).matchAll(/"sku":"([^"]+)"/g)].flatMap(([, sku]) => sku ?? []));
