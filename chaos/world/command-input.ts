import type { CommandName } from '../../functions/domain/command.ts';
import type { Order, OrderLine } from '../../functions/domain/order.ts';
import type { PlannedCommand } from '../plan/planned-order.ts';

/** What a command is told, for an order as the merchant's own system knows it. */
export function inputOf({ name, draw, mark }: PlannedCommand, order: Order): Record<string, unknown> {
  return INPUTS[name](order, { mark, of: (nth) => (draw * 10 ** nth) % 1 });
}

/** What an input chooses: `of` gives numbers in [0, 1), the same each time. */
interface Choice {
  readonly mark: string;
  of(nth: number): number;
}

const pick = <T>(list: readonly T[], number: number): T | undefined => list[Math.floor(number * list.length)];

/** The parcel that is meant, where there is one to name; not always named where there is but one. */
function parcelOf({ fulfilment: { parcels } }: Order, { of }: Choice): { parcel?: string } {
  const live = parcels.filter(({ status }) => status !== 'cancelled');
  const chosen = pick(live, of(0));
  return chosen === undefined || (live.length === 1 && of(1) < 0.5) ? {} : { parcel: chosen.parcelId };
}

const INPUTS: Record<CommandName, (order: Order, choice: Choice) => Record<string, unknown>> = {
  ready: (order, choice) => (choice.of(2) < 0.5 ? {} : parcelOf(order, choice)),
  dispatch: (order, choice) => ({
    ...parcelOf(order, choice),
    ...(choice.of(2) < 0.7 ? { code: choice.mark } : {}),
    ...(choice.of(3) < 0.3 ? { url: `https://carrier.invalid/${choice.mark}` } : {}),
    notify: choice.of(4) < 0.6,
  }),
  track: (order, choice) => ({
    ...parcelOf(order, choice),
    status: pick(['received_by_carrier', 'in_transit', 'out_for_delivery', 'delayed'], choice.of(2)),
    description: choice.mark,
  }),
  deliver: parcelOf,
  cancel: (_, { of }) => ({
    reason: pick(['inventory', 'closed', 'busy', 'customer'], of(0)),
    restock: of(1) < 0.6,
    notify: of(2) < 0.5,
  }),
  items: ({ lines = [] }, choice) => {
    const line = pick(lines, choice.of(0));
    const other = { sku: choice.mark, quantity: 1 + Math.floor(3 * choice.of(2)), unitPrice: '10' };
    if (line === undefined || choice.of(1) < 0.2) return { added: [other] };
    return { lines: [{ line: line.lineId, ...changeOf(line, other, choice) }] };
  },
  invoice: (order, choice) => ({
    key: choice.mark,
    link: `https://invoices.invalid/${choice.mark}`,
    ...(choice.of(2) < 0.3 ? parcelOf(order, choice) : {}),
  }),
  note: (_, { mark }) => ({ text: mark }),
  close: () => ({}),
  reopen: () => ({}),
  pay: () => ({}),
};

function changeOf({ unit, quantity }: OrderLine, other: object, { of }: Choice): object {
  if (of(1) < 0.35) return { replacedBy: other };
  if (of(1) < 0.5) return { quantity: 0 };
  return unit === 'kg' ? { weightKg: Math.round(quantity * 1100 + 100) / 1000 } : { quantity: quantity + 1 };
}
