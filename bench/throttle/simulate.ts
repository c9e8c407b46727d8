import type { Priority } from '../../functions/rate-limit/bucket.ts';
import type { SingleMessage } from '../../functions/runtime/queue.ts';
import { createDatabase, type Database } from './database.ts';
import { createPlatform, type Platform, type Reply } from './platform.ts';
import { type Container, type Handler, type Message, QueueModel, type QueueOptions } from './queue.ts';
import { createRandom, type Random } from './random.ts';
import { DATABASE_MS, QUEUE_MS, REPLY_MS, type Scenario, standardQueue, WAY_MS } from './scenario.ts';
import { createVirtualTime, EPOCH, type VirtualTime, withVirtualGlobals } from './virtual-time.ts';

/** What travels in a queue message of the simulation. */
export interface Body {
  id: string;
  priority: Priority;
  scheduledAt?: number;
  attempts: number;
  /** The message itself, where the design sends real ones. */
  message?: SingleMessage;
  /** Messages that travel in this one, which is then none itself. */
  cohort?: Body[];
}

/** What a design has to work with inside of one invocation. */
export interface Hands {
  time: VirtualTime;
  random: Random;
  database: Database;
  scenario: Scenario;
  /** Calls the platform for a message; a 200 settles it. */
  call(body: Body, container: Container): Promise<Reply>;
  /** Sends to the queue of the first message's class. */
  send(bodies: { body: Body; delayMs: number }[], container: Container): Promise<void>;
}

/** A way to keep to the limit: what an invocation does with its batch. Called once per run. */
export interface Design {
  name: string;
  /** How the design wants its queue, where it differs from the standard one. */
  queue?: Partial<QueueOptions>;
  /** It reads the machine's clock and timers itself, so these are virtual while it runs. */
  globals?: boolean;
  start(hands: Hands): Handler<Body>;
}

export interface Settled {
  id: string;
  priority: Priority;
  arrived: number;
  /** When the call that settled it was made; undefined while it has not been. */
  called?: number;
  receives: number;
}

export interface Run {
  design: string;
  scenario: Scenario;
  messages: Settled[];
  calls: number;
  refused: number;
  peak: number;
  trace: Platform['trace'];
  endMs: number;
  finished: boolean;
  database: Database['counts'];
  queue: { receives: number; invocations: number; billedMs: number; requests: number; deadLetters: number };
}

/** Plays one scenario with one design. The same seed gives the same run. */
export async function simulate(design: Design, scenario: Scenario, seed: number): Promise<Run> {
  const time = createVirtualTime();
  const play = () => playOn(time, design, scenario, seed);
  return design.globals ? withVirtualGlobals(time, play) : play();
}

async function playOn(time: VirtualTime, design: Design, scenario: Scenario, seed: number): Promise<Run> {
  const random = createRandom(seed);
  const database = createDatabase(time, random, scenario.databaseMs ?? DATABASE_MS, scenario.tableFaults);
  const platform = createPlatform({ time, random, plan: scenario.plan, replyMs: REPLY_MS, wayMs: WAY_MS });
  const messages = new Map<string, Settled>();
  let open = 0;

  const hands: Hands = {
    time,
    random,
    database,
    scenario,
    async call(body, container) {
      if (!container.alive) return new Promise(() => {});
      const called = time.now();
      const reply = await platform.call();
      const message = messages.get(body.id);
      if (reply.status === 200 && message && message.called === undefined) {
        message.called = scenario.plan.queues ? reply.servedAt : called;
        open--;
      }
      return container.alive ? reply : new Promise(() => {});
    },
    send: (bodies, container) => queueOf(bodies[0]?.body.priority).send(bodies, container),
  };

  const containersOf = (count: number, offset: number): Container[] =>
    Array.from({ length: count }, (_, id) => ({
      id: id + offset,
      skewMs: random.normal() * scenario.skewMs + (id === 0 ? (scenario.wrongClockMs ?? 0) : 0),
      alive: true,
    }));
  const work = design.start(hands);
  const handler: Handler<Body> = (batch, container) => {
    for (const message of batch) count(messages, message);
    return work(batch, container);
  };
  const queueWith = (options: Partial<QueueOptions>, offset: number) => {
    const all = { ...standardQueue, concurrency: scenario.consumers, ...options, ...design.queue };
    return new QueueModel(time, random, all, containersOf(scenario.consumers, offset), QUEUE_MS, handler);
  };
  const queue = queueWith(scenario.queue, 0);
  const urgent = scenario.urgentQueue ? queueWith(scenario.urgentQueue, 500) : queue;
  const queueOf = (priority: Priority | undefined) => (priority === 'urgent' ? urgent : queue);

  let planned = 0;
  for (const { at, priority, cohort, last } of arrivalsOf(scenario, random)) {
    const id = `${planned++}`;
    open++;
    time.at(EPOCH + at, () => {
      messages.set(id, { id, priority, arrived: time.now(), receives: 0 });
      const body = { id, priority, attempts: 0 };
      if (cohort === undefined) queueOf(priority).put([{ body, delayMs: 0 }]);
      else cohort.push(body);
      if (last) queueOf(priority).put([{ body: { ...body, cohort: cohort ?? [] }, delayMs: 0 }]);
    });
  }
  for (const { at, plan } of scenario.changes ?? []) time.at(EPOCH + at, () => platform.change(plan));
  if (scenario.foreign) foreigners(time, random, platform, scenario.foreign * scenario.plan.rate);

  const finished = await time.run(() => open === 0, EPOCH + (scenario.limitMs ?? 20_000_000));
  const endMs = time.now() - EPOCH;
  const last = endMs;
  // Let what still waits (re-sent copies, reports) come to its end, so that the bill is whole.
  await time.run(() => false, time.now() + 60_000);
  const counts = [...new Set([queue, urgent])].map((one) => one.counts);
  const sum = (field: keyof (typeof counts)[number]) => counts.reduce((total, one) => total + one[field], 0);
  return {
    design: design.name,
    scenario,
    messages: [...messages.values()],
    calls: platform.trace.filter(({ accepted }) => accepted).length,
    refused: platform.trace.filter(({ accepted }) => !accepted).length,
    peak: platform.peak(),
    trace: platform.trace,
    endMs: last,
    finished,
    database: database.counts,
    queue: {
      receives: sum('receives'),
      invocations: sum('invocations'),
      billedMs: sum('billedMs'),
      requests: sum('requests'),
      deadLetters: sum('deadLetters'),
    },
  };
}

function count(messages: Map<string, Settled>, message: Message<Body>): void {
  for (const { id } of message.body.cohort ?? [message.body]) {
    const known = messages.get(id);
    if (known) known.receives++;
  }
}

interface Arriving {
  at: number;
  priority: Priority;
  /** What it arrives with, and whether that is then complete. */
  cohort?: Body[];
  last?: boolean;
}

function arrivalsOf(scenario: Scenario, random: Random): Arriving[] {
  return scenario.arrivals.flatMap((arrival) => {
    let at = arrival.at ?? 0;
    const size = arrival.kind === 'backlog' ? (arrival.together ?? 1) : 1;
    let cohort: Body[] = [];
    return Array.from({ length: arrival.count }, (_, index): Arriving => {
      if (arrival.kind === 'poisson') at += random.exponential(1000 / arrival.perSecond);
      if (arrival.kind === 'every') at += arrival.everyMs;
      if (size === 1) return { at, priority: arrival.priority };
      if (index % size === 0) cohort = [];
      const last = (index + 1) % size === 0 || index === arrival.count - 1;
      return { at, priority: arrival.priority, cohort, last };
    });
  });
}

function foreigners(time: VirtualTime, random: Random, platform: Platform, perSecond: number): void {
  const next = () =>
    time.at(time.now() + random.exponential(1000 / perSecond), () => {
      platform.foreignCall();
      next();
    });
  next();
}
