import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { NewEvent } from '../domain/event.ts';
import { type AwsOptions, bounded, clientConfig } from '../runtime/aws-clients.ts';

/** The merchant's event bus, where one is wanted: the same events as the feed, without its promises. */
export interface EventBus {
  /** Answers how many events the bus did not take. */
  put(events: readonly NewEvent[]): Promise<number>;
}

/** Who the events are from, as rules of the bus name it. */
const SOURCE = 'acopio';
/** The most that one call takes. (EventBridge API reference, "PutEvents".) */
const MOST_ENTRIES = 10;
const TRIES = 3;

export const eventBridgeClient = (options: AwsOptions = {}): EventBridgeClient =>
  bounded(new EventBridgeClient(clientConfig(options)), options);

export function createEventBus(client: Pick<EventBridgeClient, 'send'>, bus: string): EventBus {
  /** Those of the events that the bus refused. */
  async function putSome(events: readonly NewEvent[]): Promise<NewEvent[]> {
    const Entries = events.map((event) => ({
      EventBusName: bus,
      Source: SOURCE,
      DetailType: event.type,
      Detail: JSON.stringify(event),
      Time: new Date(event.at),
    }));
    const { Entries: answers = [] } = await client.send(new PutEventsCommand({ Entries }));
    return events.filter((_, index) => answers[index]?.ErrorCode !== undefined);
  }
  return {
    async put(events) {
      let refused = 0;
      for (let at = 0; at < events.length; at += MOST_ENTRIES) {
        let left: readonly NewEvent[] = events.slice(at, at + MOST_ENTRIES);
        for (let tries = 0; tries < TRIES && left.length > 0; tries += 1) left = await putSome(left);
        refused += left.length;
      }
      return refused;
    },
  };
}
