import { randomUUID } from 'node:crypto';
import { ServiceError } from '../errors.ts';
import type { Failure, Usage, WorkerData } from './protocol.ts';
import { type Outcome, Sandbox } from './sandbox.ts';

export interface FunctionDefinition extends WorkerData {
  env: Record<string, string>;
  timeoutMs: number;
  /** Reserved concurrency; undefined: only the size of the fleet limits it. */
  reserved?: number;
}

/** An invocation that came to its end, as Lambda's own line about it has it. */
export interface InvocationReport extends Usage {
  functionName: string;
  /** What the function was called with. */
  event: unknown;
}

/** Event sources are asked to wait; callers that a person waits for go first. */
export type Urgency = 'caller-waits' | 'event-source';

interface Waiter {
  definition: FunctionDefinition;
  urgency: Urgency;
  /** Epoch ms from which it waits. */
  since: number;
  begin(sandbox: Sandbox): void;
  refuse(error: ServiceError): void;
}

/** Workers that an event source may never take, so that a webhook finds one at once. */
const KEPT_FREE = 2;
/** A cold start costs more than a short wait for a worker of the same function. */
const SCALE_AFTER_MS = 25;
/** A worker that was used a moment ago will be used again: others do not take its place. */
const SETTLED_MS = 2_000;

/**
 * All warm workers of the local cloud. A function gets another worker when its own stay busy; at the cap the worker that
 * was idle longest makes room, and when none can, invocations wait in line.
 */
export class Fleet {
  readonly #most: number;
  readonly #idleMs: number;
  readonly #now: () => number;
  readonly #onLine: (functionName: string, line: string) => void;
  readonly #onReport: (report: InvocationReport) => void;
  readonly #idle = new Map<string, Sandbox[]>();
  readonly #busy = new Map<string, number>();
  /** Every worker with the name of its function. */
  readonly #all = new Map<Sandbox, string>();
  readonly #ending = new Set<Promise<void>>();
  readonly #reaper: NodeJS.Timeout;
  #waiting: Waiter[] = [];
  #recheck: NodeJS.Timeout | undefined;
  #working = 0;
  #workingForSources = 0;
  #stopped = false;

  constructor(options: {
    most: number;
    idleMs: number;
    now: () => number;
    onLine: (functionName: string, line: string) => void;
    onReport?: ((report: InvocationReport) => void) | undefined;
  }) {
    this.#most = Math.max(options.most, KEPT_FREE + 1);
    this.#idleMs = options.idleMs;
    this.#now = options.now;
    this.#onLine = options.onLine;
    this.#onReport = options.onReport ?? (() => {});
    this.#reaper = setInterval(() => this.#reap(), Math.min(options.idleMs, 5_000));
    this.#reaper.unref();
  }

  /** Invocations that run or wait. */
  get load(): number {
    return this.#working + this.#waiting.length;
  }

  /** Invocations that run, by function name. */
  running(): { name: string; count: number }[] {
    return [...this.#busy].map(([name, count]) => ({ name, count })).filter(({ count }) => count > 0);
  }

  /** May this function start one more invocation now, by its reserved concurrency? */
  hasRoom(definition: FunctionDefinition): boolean {
    return (this.#busy.get(definition.functionName) ?? 0) < (definition.reserved ?? Number.POSITIVE_INFINITY);
  }

  /**
   * Runs a function once.
   *
   * @throws ServiceError `TooManyRequestsException` at the reserved concurrency, as Lambda does.
   */
  async invoke(definition: FunctionDefinition, event: unknown, urgency: Urgency): Promise<Outcome> {
    if (this.#stopped) throw stopping();
    if (!this.hasRoom(definition)) {
      throw new ServiceError('TooManyRequestsException', 'Rate Exceeded.', 429, {
        Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      });
    }
    const { functionName } = definition;
    this.#busy.set(functionName, (this.#busy.get(functionName) ?? 0) + 1);
    try {
      const sandbox = await this.#turn(definition, urgency);
      try {
        const message = { requestId: randomUUID(), event: JSON.stringify(event) };
        const outcome = await sandbox.run(message, definition.timeoutMs, this.#now);
        if (outcome.usage) this.#onReport({ functionName, event, ...outcome.usage });
        if (outcome.failure) this.#onLine(functionName, failureLine(message.requestId, outcome.failure));
        return outcome;
      } finally {
        this.#giveBack(functionName, sandbox);
        this.#working -= 1;
        if (urgency === 'event-source') this.#workingForSources -= 1;
        this.#next();
      }
    } finally {
      this.#busy.set(functionName, (this.#busy.get(functionName) ?? 1) - 1);
    }
  }

  /** Ends a function's idle workers: its next run starts cold. */
  cool(functionName: string): void {
    for (const sandbox of this.#idle.get(functionName) ?? []) this.#drop(sandbox);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#reaper);
    clearTimeout(this.#recheck);
    for (const waiter of this.#waiting) waiter.refuse(stopping());
    this.#waiting = [];
    await Promise.all([...[...this.#all.keys()].map((sandbox) => sandbox.stop()), ...this.#ending]);
    this.#all.clear();
  }

  #turn(definition: FunctionDefinition, urgency: Urgency): Promise<Sandbox> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ definition, urgency, since: this.#now(), begin: resolve, refuse: reject });
      this.#next();
    });
  }

  /** Starts every waiting invocation that can have a worker, those that a caller waits for first. */
  #next(): void {
    clearTimeout(this.#recheck);
    const inOrder = [
      ...this.#waiting.filter(({ urgency }) => urgency === 'caller-waits'),
      ...this.#waiting.filter(({ urgency }) => urgency === 'event-source'),
    ];
    for (const waiter of inOrder) {
      const mine = waiter.urgency === 'event-source';
      if (mine && this.#workingForSources >= this.#most - KEPT_FREE) continue;
      const sandbox = this.#workerFor(waiter);
      if (!sandbox) continue;
      this.#waiting = this.#waiting.filter((other) => other !== waiter);
      this.#working += 1;
      if (mine) this.#workingForSources += 1;
      waiter.begin(sandbox);
    }
    if (this.#waiting.length > 0) this.#recheck = setTimeout(() => this.#next(), SCALE_AFTER_MS);
  }

  /** An idle worker of the function, or a new one when there is room or room can be made. */
  #workerFor({ definition, since }: Waiter): Sandbox | undefined {
    const { functionName } = definition;
    const idle = this.#idle.get(functionName)?.pop();
    if (idle && !idle.dead) return idle;
    // It crashed after its last invocation had ended.
    if (idle) this.#all.delete(idle);
    const own = [...this.#all].filter(([, name]) => name === functionName).length;
    const now = this.#now();
    if (own > 0 && now - since < SCALE_AFTER_MS) return undefined;
    if (this.#all.size < this.#most) return this.#create(definition);
    const oldest = [...this.#idle.values()].flat().sort((one, other) => one.usedAt - other.usedAt)[0];
    if (!oldest || (own > 0 && now - oldest.usedAt < SETTLED_MS)) return undefined;
    this.#drop(oldest);
    return this.#create(definition);
  }

  #create(definition: FunctionDefinition): Sandbox {
    const { functionName, env, timeoutMs: _, reserved: __, ...data } = definition;
    const environment = {
      ...env,
      AWS_LAMBDA_LOG_STREAM_NAME: `local/[$LATEST]${randomUUID().replaceAll('-', '')}`,
    };
    const onLine = (line: string): void => this.#onLine(functionName, line);
    const sandbox = new Sandbox({ ...data, functionName }, environment, onLine, this.#now());
    this.#all.set(sandbox, functionName);
    return sandbox;
  }

  #giveBack(functionName: string, sandbox: Sandbox): void {
    if (sandbox.dead) {
      this.#all.delete(sandbox);
      return;
    }
    this.#idle.set(functionName, [...(this.#idle.get(functionName) ?? []), sandbox]);
  }

  #reap(): void {
    const before = this.#now() - this.#idleMs;
    for (const sandbox of [...this.#idle.values()].flat()) {
      if (sandbox.usedAt < before) this.#drop(sandbox);
    }
  }

  #drop(sandbox: Sandbox): void {
    for (const [name, idle] of this.#idle) {
      this.#idle.set(
        name,
        idle.filter((other) => other !== sandbox),
      );
    }
    this.#all.delete(sandbox);
    const end = sandbox.stop().finally(() => this.#ending.delete(end));
    this.#ending.add(end);
  }
}

/** Lambda writes this line itself when an invocation fails. */
function failureLine(requestId: string, { errorType, errorMessage, trace }: Failure): string {
  const said = { errorType, errorMessage, stackTrace: trace };
  return JSON.stringify({ level: 'ERROR', message: 'Invoke Error', requestId, ...said });
}

function stopping(): ServiceError {
  return new ServiceError('ServiceException', 'The local cloud is stopping.', 500);
}
