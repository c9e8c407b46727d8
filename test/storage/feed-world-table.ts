import {
  type DynamoDBDocumentClient,
  GetCommand,
  type PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Attributes } from '../../chaos/aws/expression.ts';
import { type TableInput, Tables } from '../../chaos/aws/tables.ts';
import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';

export const TABLE = 'table';

/** Something that calls the table and may die at any moment: then it hears of no answer. */
export interface Actor {
  dead: boolean;
}

interface Waiting {
  actor: Actor;
  /** Does the next step of a call. */
  step(): void;
}

/** What may go wrong with a call: each a probability. */
export interface Faults {
  /** The call fails and did nothing. */
  refused: number;
  /** The call was done and its answer is lost. */
  lost: number;
  /** The client tried twice, and both times it was done. */
  repeated: number;
}
export const NO_FAULTS: Faults = { refused: 0, lost: 0, repeated: 0 };

/**
 * A table whose calls happen one step at a time, in an order that is drawn. A query takes two steps: what is written between
 * them it may find or pass over, one item by one, as a query is no snapshot.
 */
export class WorldTable {
  faults = NO_FAULTS;
  /** Overwrites items whatever a condition says: a planted mistake. */
  careless = false;
  readonly #random: SeededRandom;
  readonly #onPut: (item: Attributes) => void;
  #tables: Tables;
  readonly #waiting: Waiting[] = [];

  constructor(random: SeededRandom, onPut: (item: Attributes) => void) {
    this.#random = random;
    this.#onPut = onPut;
    this.#tables = this.#empty();
  }

  client(actor: Actor): DynamoDBDocumentClient {
    const send = (command: unknown) => this.#call(actor, command);
    return { send } as unknown as DynamoDBDocumentClient;
  }

  get busy(): boolean {
    return this.#waiting.length > 0;
  }

  /** One step of a call that is drawn. A call of somebody who died is done or forgotten. */
  step(): void {
    const at = this.#random.int(0, this.#waiting.length - 1);
    const [one] = this.#waiting.splice(at, 1);
    if (one !== undefined && (!one.actor.dead || this.#random.chance(0.5))) one.step();
  }

  /** Everything that is in the table. */
  items(): Attributes[] {
    return [...this.#tables.all(TABLE)];
  }

  /** Calls that are under way are never done. */
  forgetCalls(): void {
    this.#waiting.length = 0;
  }

  /** Sets the table back to what it held. */
  restore(items: readonly Attributes[]): void {
    this.#tables = this.#empty();
    for (const Item of items) this.#tables.put({ TableName: TABLE, Item });
  }

  delete({ pk, sk }: Attributes): void {
    this.#tables.delete({ TableName: TABLE, Key: { pk, sk } });
  }

  #empty = (): Tables => new Tables({ now: () => 0, onWrite: () => {} });

  #call(actor: Actor, command: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const answer = (result: () => unknown): void => {
        let found: unknown;
        try {
          found = result();
        } catch (error) {
          if (!actor.dead) reject(error);
          return;
        }
        if (!actor.dead) resolve(found);
      };
      if (command instanceof QueryCommand) {
        const input = command.input as TableInput;
        const first = () => {
          const before = this.#all(input);
          this.#waiting.push({ actor, step: () => answer(() => this.#torn(input, before)) });
        };
        this.#waiting.push({ actor, step: first });
      } else {
        const act = () =>
          command instanceof GetCommand
            ? this.#tables.get(command.input as TableInput)
            : this.#put((command as PutCommand).input as TableInput);
        this.#waiting.push({ actor, step: () => answer(() => this.#fated(act)) });
      }
    });
  }

  #fated(act: () => unknown): unknown {
    const { refused, lost, repeated } = this.faults;
    if (this.#random.chance(refused)) throw new Error('refused');
    if (this.#random.chance(repeated)) quietly(act);
    const result = act();
    if (this.#random.chance(lost)) throw new Error('the answer is lost');
    return result;
  }

  #put(input: TableInput): unknown {
    const { ConditionExpression: _, ...unconditional } = input;
    const result = this.#tables.put(this.careless ? unconditional : input);
    this.#onPut(input.Item ?? {});
    return result;
  }

  #all({ Limit: _, ...input }: TableInput): Attributes[] {
    return this.#tables.query(input).Items;
  }

  /** Items that were there when the query began are found; of those that came since, any. */
  #torn(input: TableInput, before: readonly Attributes[]): { Items: Attributes[] } {
    const known = new Set(before.map(({ sk }) => sk));
    const found = this.#all(input).filter(({ sk }) => known.has(sk) || this.#random.chance(0.5));
    return { Items: found.slice(0, input.Limit) };
  }
}

function quietly(act: () => unknown): void {
  try {
    act();
  } catch {
    // The client tries again.
  }
}
