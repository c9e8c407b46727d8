import { randomUUID } from 'node:crypto';
import { ServiceError } from '../errors.ts';
import type { Failure, WorkerData } from './protocol.ts';
import { type Outcome, Sandbox } from './sandbox.ts';

export interface FunctionDefinition extends WorkerData {
  env: Record<string, string>;
  timeoutMs: number;
  /** Reserved concurrency; undefined: only the size of the fleet limits it. */
  reserved?: number;
}

/** Event sources are asked to wait; callers that a person waits for go first. */
export type Urgency = 'caller-waits' | 'event-source';

interface Waiter {
  urgency: Urgency;
  begin(): void;
  refuse(error: ServiceError): void;
}

/** Workers that an event source may never take, so that a webhook finds one at once. */
const KEPT_FREE = 2;

/**
 * All warm workers of the local cloud. A function gets a new worker when none of its own is idle; at the cap the worker
 * that was idle longest makes room, and when all work, invocations wait in line.
 */
export class Fleet {
  readonly #most: number;
  readonly #idleMs: number;
  readonly #now: () => number;
  readonly #onLine: (functionName: string, line: string) => void;
  readonly #idle = new Map<string, Sandbox[]>();
  readonly #busy = new Map<string, number>();
  readonly #all = new Set<Sandbox>();
  readonly #ending = new Set<Promise<void>>();
  readonly #reaper: NodeJS.Timeout;
  #waiting: Waiter[] = [];
  #working = 0;
  #workingForSources = 0;
  #stopped = false;

  constructor(options: {
    most: number;
    idleMs: number;
    now: () => number;
    onLine: (functionName: string, line: string) => void;
  }) {
    this.#most = Math.max(options.most, KEPT_FREE + 1);
    this.#idleMs = options.idleMs;
    this.#now = options.now;
    this.#onLine = options.onLine;
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
      await this.#turn(urgency);
      const sandbox = this.#take(definition);
      try {
        const message = { requestId: randomUUID(), event: JSON.stringify(event) };
        const outcome = await sandbox.run(message, definition.timeoutMs, this.#now);
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

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#reaper);
    for (const waiter of this.#waiting) waiter.refuse(stopping());
    this.#waiting = [];
    await Promise.all([...[...this.#all].map((sandbox) => sandbox.stop()), ...this.#ending]);
    this.#all.clear();
  }

  #turn(urgency: Urgency): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ urgency, begin: resolve, refuse: reject });
      this.#next();
    });
  }

  #next(): void {
    const free = (urgency: Urgency): boolean =>
      this.#working < this.#most &&
      (urgency === 'caller-waits' || this.#workingForSources < this.#most - KEPT_FREE);
    for (;;) {
      const next =
        this.#waiting.find(({ urgency }) => urgency === 'caller-waits') ??
        this.#waiting.find(({ urgency }) => urgency === 'event-source');
      if (!next || !free(next.urgency)) return;
      this.#waiting = this.#waiting.filter((waiter) => waiter !== next);
      this.#working += 1;
      if (next.urgency === 'event-source') this.#workingForSources += 1;
      next.begin();
    }
  }

  #take(definition: FunctionDefinition): Sandbox {
    const idle = this.#idle.get(definition.functionName)?.pop();
    if (idle && !idle.dead) return idle;
    if (this.#all.size >= this.#most) this.#evict();
    const { functionName, env, timeoutMs: _, reserved: __, ...data } = definition;
    const environment = {
      ...env,
      AWS_LAMBDA_LOG_STREAM_NAME: `local/[$LATEST]${randomUUID().replaceAll('-', '')}`,
    };
    const onLine = (line: string): void => this.#onLine(functionName, line);
    const sandbox = new Sandbox({ ...data, functionName }, environment, onLine, this.#now());
    this.#all.add(sandbox);
    return sandbox;
  }

  #giveBack(functionName: string, sandbox: Sandbox): void {
    if (sandbox.dead) {
      this.#all.delete(sandbox);
      return;
    }
    this.#idle.set(functionName, [...(this.#idle.get(functionName) ?? []), sandbox]);
  }

  #evict(): void {
    const idle = [...this.#idle.values()].flat().sort((one, other) => one.usedAt - other.usedAt)[0];
    if (idle) this.#drop(idle);
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
function failureLine(requestId: string, { errorType, errorMessage }: Failure): string {
  return JSON.stringify({ level: 'ERROR', message: 'Invoke Error', requestId, errorType, errorMessage });
}

function stopping(): ServiceError {
  return new ServiceError('ServiceException', 'The local cloud is stopping.', 500);
}
