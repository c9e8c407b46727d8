import { NOTHING, sum, type Units } from '../lib/cost/units.ts';
import { TRANSACTED, writeUnits } from '../local/cloud/dynamodb/capacity.ts';
import type { InvocationReport } from '../local/cloud/functions/fleet.ts';
import type { ObservedCall } from '../local/cloud/gateway/gateway.ts';
import { asObject } from '../local/cloud/json.ts';

/** How a function is deployed, as far as the bill depends on it. */
export interface Deployed {
  memoryMb: number;
  traced: boolean;
  /** Lambda writes lines of its own about each invocation. */
  systemLog: boolean;
}

/** How long a function waits for an answer of a service, in ms: assumed, because the local cloud answers at once. */
const ANSWERS_AFTER_MS: Readonly<Record<string, number>> = { dynamodb: 5, sqs: 10, secretsmanager: 10 };
/** A whole core, in MB of a function's memory. (Lambda guide, "Configure Lambda function memory".) */
const CORE_MB = 1769;
const QUEUE_UNIT_BYTES = 64 * 1024;
/** Lambda's lines about the start and the end of an invocation, at the system log level INFO, and of one that is traced. */
const SYSTEM_LOG_BYTES = { plain: 146 + 261, traced: 128 };
/** Assumed of each line: what PutLogEvents counts for it beside its text. (CloudWatch Logs API reference, "PutLogEvents".) */
const LINE_OVERHEAD_BYTES = 26;
/** A line of an API's access log, as its format has it, with the 26 bytes that every line has. */
export const ACCESS_LOG_BYTES = 230 + LINE_OVERHEAD_BYTES;
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']);

/** Counts by function what goes on in a local cloud. */
export class UnitCounter {
  readonly #deployed: (functionName: string) => Deployed;
  #byFunction = new Map<string, Units>();

  constructor(deployed: (functionName: string) => Deployed) {
    this.#deployed = deployed;
  }

  /** What a function has used since the last `reset`. */
  of(functionName: string): Units {
    return this.#byFunction.get(functionName) ?? NOTHING;
  }

  reset(): void {
    this.#byFunction = new Map();
  }

  invocation({ functionName, cpuMs }: InvocationReport): void {
    const { memoryMb, traced, systemLog } = this.#deployed(functionName);
    const systemBytes =
      SYSTEM_LOG_BYTES.plain + (traced ? SYSTEM_LOG_BYTES.traced : 0) + 2 * LINE_OVERHEAD_BYTES;
    // Billed by the millisecond begun.
    const billedMs = (cpuMs * CORE_MB) / memoryMb + 0.5;
    this.#add(functionName, {
      invocations: 1,
      cpuMs,
      gigabyteSeconds: (billedMs / 1000) * (memoryMb / 1024),
      // At few invocations a second each is sampled.
      traces: traced ? 1 : 0,
      logBytes: systemLog ? systemBytes : 0,
    });
  }

  line(functionName: string, line: string): void {
    this.#add(functionName, { logBytes: Buffer.byteLength(line) + LINE_OVERHEAD_BYTES });
  }

  call(call: ObservedCall): void {
    const { caller, service } = call;
    if (caller === 'admin') return;
    const waitMs = ANSWERS_AFTER_MS[service] ?? 0;
    this.#add(caller, {
      ...unitsOf(call),
      waitMs,
      gigabyteSeconds: (waitMs / 1000) * (this.#deployed(caller).memoryMb / 1024),
    });
  }

  add(functionName: string, units: Partial<Units>): void {
    this.#add(functionName, units);
  }

  #add(functionName: string, units: Partial<Units>): void {
    this.#byFunction.set(functionName, sum(this.of(functionName), units));
  }
}

/** What a call takes of the services that it calls. */
export function unitsOf({ service, operation, input, output }: ObservedCall): Partial<Units> {
  if (service === 'secretsmanager') return { secretCalls: 1 };
  if (service === 'sqs') {
    const bytes = Buffer.byteLength(JSON.stringify(input));
    return { queueRequests: Math.ceil(bytes / QUEUE_UNIT_BYTES) };
  }
  if (service !== 'dynamodb') return {};
  if (!WRITES.has(operation)) return { readUnits: consumed(output) };
  return { writeUnits: output === undefined ? refusedUnits(operation, input) : consumed(output) };
}

/** Of a batch, which says it for each table, all of them together. */
function consumed(output: ObservedCall['output']): number {
  const said = output?.ConsumedCapacity;
  const all: readonly unknown[] = Array.isArray(said) ? said : [said];
  return all.reduce<number>((units, one) => units + Number(asObject(one).CapacityUnits ?? 0), 0);
}

/**
 * A write that was refused, for its condition, costs as much as one that was made, without the indexes. It does not say what: here by the
 * size of the item that was to be put, and one where it was to be changed or deleted.
 */
function refusedUnits(operation: string, input: ObservedCall['input']): number {
  if (operation !== 'TransactWriteItems') return putUnits(input);
  const parts = Array.isArray(input.TransactItems) ? input.TransactItems : [];
  return (
    TRANSACTED * parts.reduce<number>((units, part) => units + putUnits(asObject(asObject(part).Put)), 0)
  );
}

const putUnits = ({ Item }: ObservedCall['input']): number =>
  writeUnits(Item === undefined ? undefined : asObject(Item));
