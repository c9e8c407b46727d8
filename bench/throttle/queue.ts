import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A message in the queue: the body travels, the rest is the queue's own. */
export interface Message<Body> {
  body: Body;
  receives: number;
}

/** What a function's invocation does with its batch; the messages it returns failed and come back later. */
export type Handler<Body> = (batch: Message<Body>[], container: Container) => Promise<Message<Body>[]>;

/** A warm execution environment: it keeps its memory and its own idea of the time. */
export interface Container {
  id: number;
  skewMs: number;
  /** False once its invocation died: nothing it still does may have an effect. */
  alive: boolean;
}

export interface QueueOptions {
  batchSize: number;
  windowMs: number;
  /** Batches that fill side by side; the event source of a real queue has several. */
  pollers: number;
  concurrency: number;
  visibilityMs: number;
  /** Receives after which a message goes to the dead-letter queue. */
  maxReceives: number;
  /** Share of invocations that die somewhere on their way. */
  deathRate: number;
}

export interface QueueCounts {
  receives: number;
  invocations: number;
  billedMs: number;
  requests: number;
  deadLetters: number;
}

/**
 * A standard queue with a function behind it: delays, delivery jitter, batch window, concurrency, visibility, dead letters.
 * A request moves up to ten messages, as with SQS; receiving and sending take `latencyMs`.
 */
export class QueueModel<Body> {
  readonly counts: QueueCounts = { receives: 0, invocations: 0, billedMs: 0, requests: 0, deadLetters: 0 };
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #options: QueueOptions;
  readonly #handler: Handler<Body>;
  readonly #idle: Container[];
  readonly #buffers: { messages: Message<Body>[]; opened: number }[];
  readonly #latencyMs: number;
  readonly #backlog: Message<Body>[] = [];
  #running = 0;

  constructor(
    time: VirtualTime,
    random: Random,
    options: QueueOptions,
    containers: Container[],
    latencyMs: number,
    handler: Handler<Body>,
  ) {
    this.#time = time;
    this.#random = random;
    this.#options = options;
    this.#idle = containers;
    this.#latencyMs = latencyMs;
    this.#handler = handler;
    this.#buffers = Array.from({ length: options.pollers }, () => ({ messages: [], opened: 0 }));
  }

  /** Sends from inside a function: takes the time a request takes. A dead sender's message never arrives. */
  async send(bodies: { body: Body; delayMs: number }[], sender?: Container): Promise<void> {
    if (bodies.length === 0) return;
    await this.#time.sleep(this.#latencyMs);
    if (sender && !sender.alive) return new Promise(() => {});
    this.counts.requests += Math.ceil(bodies.length / 10);
    this.put(bodies);
  }

  /** Puts messages into the queue at once, as a producer outside of the model does: its request is not on this bill. */
  put(bodies: { body: Body; delayMs: number }[]): void {
    for (const { body, delayMs } of bodies) this.#appear({ body, receives: 0 }, delayMs);
  }

  #appear(message: Message<Body>, delayMs: number): void {
    const jitter = delayMs === 0 ? 0 : this.#random.exponential(50);
    this.#time.at(this.#time.now() + delayMs + jitter, () => {
      this.#backlog.push(message);
      this.#poll();
    });
  }

  #poll(): void {
    while (this.#running < this.#options.concurrency && this.#backlog.length > 0) {
      // Which poller gets a message is up to the queue: messages that become visible together are scattered over all of them.
      const buffer = this.#buffers[Math.floor(this.#random.next() * this.#buffers.length)];
      const message = this.#backlog.shift();
      if (buffer === undefined || message === undefined) return;
      if (buffer.messages.length === 0) {
        const opened = this.#time.now();
        buffer.opened = opened;
        this.#time.at(opened + this.#options.windowMs, () => {
          if (buffer.opened === opened && buffer.messages.length > 0) this.#flush(buffer);
        });
      }
      buffer.messages.push(message);
      if (buffer.messages.length >= this.#options.batchSize) this.#flush(buffer);
    }
  }

  #flush(buffer: { messages: Message<Body>[] }): void {
    if (this.#running >= this.#options.concurrency) {
      this.#backlog.unshift(...buffer.messages);
      buffer.messages = [];
      return;
    }
    const batch = buffer.messages;
    buffer.messages = [];
    this.#running++;
    void this.#invoke(batch);
  }

  async #invoke(batch: Message<Body>[]): Promise<void> {
    const { counts } = this;
    const at = Math.floor(this.#random.next() * this.#idle.length);
    const [container] = this.#idle.splice(at, 1);
    if (container === undefined)
      throw new Error('no idle container: give the queue at least as many as its concurrency');
    for (const message of batch) message.receives++;
    counts.receives += batch.length;
    counts.requests += Math.ceil(batch.length / 10);
    counts.invocations++;
    await this.#time.sleep(this.#latencyMs);
    const start = this.#time.now();
    container.alive = true;
    const dies = this.#random.next() < this.#options.deathRate;
    const work = this.#handler(batch, container);
    let over = false;
    const death = async () => {
      await this.#time.sleep(this.#random.next() * 250);
      if (!over) container.alive = false;
      return batch;
    };
    const failed = await (dies ? Promise.race([work, death()]) : work);
    over = true;
    counts.billedMs += Math.ceil(this.#time.now() - start);
    counts.requests += Math.ceil((batch.length - failed.length) / 10);
    for (const message of failed) {
      if (message.receives >= this.#options.maxReceives) counts.deadLetters++;
      else this.#appear(message, this.#options.visibilityMs);
    }
    // What a dead invocation left running must not see the next one's life.
    this.#idle.push(container.alive ? container : { ...container, id: container.id + 1000, alive: true });
    this.#running--;
    this.#poll();
  }
}
