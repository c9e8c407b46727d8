import { randomUUID } from 'node:crypto';
import { ServiceError } from '../errors.ts';
import type { Service } from '../gateway/service.ts';
import type { Permission } from '../iam/authorizer.ts';
import { asObject, asText, type JsonObject } from '../json.ts';

/** An event that was put on a bus. */
export interface BusEvent {
  id: string;
  bus: string;
  source: string;
  detailType: string;
  detail: unknown;
  resources: string[];
}

const MOST_ENTRIES = 10;
/** Largest request, in bytes. (EventBridge API reference, PutEvents.) */
const MOST_BYTES = 1024 * 1024;

/** EventBridge: takes events and keeps them, so that a test can read what an ERP would have got. */
export class EventBusService implements Service {
  readonly #names: ReadonlySet<string>;
  readonly #arnOf: (name: string) => string;
  readonly #events: BusEvent[] = [];

  constructor(names: readonly string[], arnOf: (name: string) => string) {
    this.#names = new Set([...names, 'default']);
    this.#arnOf = arnOf;
  }

  events(bus?: string): BusEvent[] {
    return this.#events.filter((event) => bus === undefined || event.bus === bus);
  }

  permissions(operation: string, input: JsonObject): Permission[] {
    const buses = new Set(entriesOf(input).map(busOf));
    return [...buses].map((bus) => ({ action: `events:${operation}`, resource: this.#arnOf(bus) }));
  }

  async handle(operation: string, input: JsonObject): Promise<JsonObject> {
    if (operation !== 'PutEvents') {
      throw new ServiceError('NotImplemented', `The local cloud has no events:${operation}.`, 501);
    }
    const entries = entriesOf(input);
    if (entries.length === 0 || entries.length > MOST_ENTRIES || sizeOf(entries) > MOST_BYTES) {
      throw new ServiceError(
        'ValidationException',
        `Entries must have 1 to ${MOST_ENTRIES} items and together at most ${MOST_BYTES} bytes`,
      );
    }
    const results = entries.map((entry) => this.#put(entry));
    return { Entries: results, FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length };
  }

  #put(entry: JsonObject): JsonObject {
    const bus = busOf(entry);
    const source = asText(entry.Source);
    const detailType = asText(entry.DetailType);
    if (!this.#names.has(bus)) return failed('InvalidArgument', `Event bus ${bus} does not exist.`);
    if (!source || !detailType)
      return failed('InvalidArgument', 'Parameter Source or DetailType is missing.');
    const resources = Array.isArray(entry.Resources) ? entry.Resources.map(String) : [];
    try {
      const detail: unknown = JSON.parse(asText(entry.Detail) ?? '{}');
      const id = randomUUID();
      this.#events.push({ id, bus, source, detailType, detail, resources });
      return { EventId: id };
    } catch {
      return failed('MalformedDetail', 'Detail is malformed.');
    }
  }
}

function entriesOf(input: JsonObject): JsonObject[] {
  return Array.isArray(input.Entries) ? input.Entries.map(asObject) : [];
}

function busOf(entry: JsonObject): string {
  const name = asText(entry.EventBusName) ?? 'default';
  return name.slice(name.lastIndexOf('/') + 1);
}

/** As EventBridge counts: time, source, detail type, detail and resources. */
function sizeOf(entries: readonly JsonObject[]): number {
  return Buffer.byteLength(JSON.stringify(entries));
}

function failed(ErrorCode: string, ErrorMessage: string): JsonObject {
  return { ErrorCode, ErrorMessage };
}
