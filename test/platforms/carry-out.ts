import { type CommandName, personalFields } from '../../functions/domain/command.ts';
import { commandInputs } from '../../functions/domain/command-inputs.ts';
import type { Normalised } from '../../functions/domain/order.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import type { CommandTable, CommandTarget, PlatformCommand } from '../../functions/platforms/commands.ts';

/** How a command ended, and the calls it took, by the step that each was for. */
export interface Outcome {
  state: 'there' | 'refused';
  steps: string[];
  unconfirmed?: readonly string[];
  reason?: string;
}

/** No command takes more calls than an order has parcels, twice. */
const MOST_STEPS = 20;

/**
 * Carries a command out as the dispatcher does: what is known to be refused first, then a look, the call of the step that
 * the look names, and a look again.
 *
 * @throws when a call was answered and its effect is not seen, and when a reason quotes what may tell of a person: it is kept
 * for good, and read by others than whoever gave the command.
 */
export async function carryOut<Api>(
  table: CommandTable<Api>,
  api: Api,
  target: CommandTarget,
  name: CommandName,
  given: object = {},
): Promise<Outcome> {
  const entry = table[name];
  if ('refused' in entry) return { state: 'refused', steps: [], reason: entry.refused };
  // Each entry takes the input of its own name, which a look-up by name cannot say.
  const command = entry as PlatformCommand<Api>;
  const input = commandInputs()[name].parse(given);
  const known = command.refusal?.(target, input);
  if (known !== undefined) return { state: 'refused', steps: [], reason: impersonal(known, name, input) };
  const steps: string[] = [];
  for (;;) {
    const look = await command.look(api, target, input);
    if (look.state === 'partly') throw new Error('no command comes in parts');
    if (look.state === 'there') return { ...look, steps };
    if (look.state === 'refused') return { ...look, reason: impersonal(look.reason, name, input), steps };
    if (steps.at(-1) === look.step || steps.length > MOST_STEPS) throw new Error(`not seen: ${look.step}`);
    steps.push(look.step);
    await command.run(api, target, input, look.fresh);
  }
}

function impersonal(reason: string, name: CommandName, input: object): string {
  const quoted = personalFields(name, input).filter((field) => {
    const value = String(Reflect.get(input, field));
    return value.length > 3 && reason.includes(value);
  });
  if (quoted.length === 0) return reason;
  throw new Error(`the reason quotes ${quoted.join(', ')}: ${reason}`);
}

/** A row as the table has it, of an order as it was read; without one, of an order that nobody could read yet. */
export function rowOf(orderId: string, read?: Normalised, changes: Partial<OrderRow> = {}): OrderRow {
  const order = read?.ok ? read.order : undefined;
  const { personal, ...rest } = order ?? { personal: {} };
  return {
    platform: order?.platform ?? 'none',
    storeId: order?.storeId ?? 'store',
    platformOrderId: orderId,
    state: 'ok',
    changedAt: '2026-11-22T12:00:00.000Z',
    ...(order === undefined ? {} : { order: rest as NonNullable<OrderRow['order']>, personal }),
    observedAt: 0,
    version: 1,
    revision: 1,
    origin: { first: { via: 'webhook', at: 0 }, last: { via: 'webhook', at: 0 } },
    correlationId: 'test',
    ...changes,
  };
}
