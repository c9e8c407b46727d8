import { Worker } from 'node:worker_threads';
import type { Failure, InvokeMessage, Usage, WorkerData, WorkerMessage } from './protocol.ts';
import { workerSource } from './worker-source.ts';

/** `usage` of an invocation that came to its end. */
export type Outcome = { payload: unknown; failure?: Failure; usage?: Usage };

/**
 * One execution environment of a function: a worker thread with its own modules, globals and environment variables. It
 * is used for one invocation at a time and cannot be used after a time-out or a crash.
 */
export class Sandbox {
  readonly #worker: Worker;
  readonly #ready: Promise<Failure | undefined>;
  readonly #ended: Promise<void>;
  #finish: ((outcome: Outcome) => void) | undefined;
  #crash: Failure | undefined;
  dead = false;
  /** Epoch ms of the last use. */
  usedAt: number;

  constructor(data: WorkerData, env: Record<string, string>, onLine: (line: string) => void, now: number) {
    this.usedAt = now;
    this.#worker = new Worker(workerSource(), {
      workerData: data,
      env,
      execArgv: ['--no-warnings'],
      stdout: true,
      stderr: true,
      // As on Lambda, a function cannot take more than its memory; V8's own share of it is not counted there either.
      // A small young generation keeps many workers small.
      resourceLimits: { maxOldGenerationSizeMb: data.memoryMb, maxYoungGenerationSizeMb: 8 },
    });
    let begin: (failure: Failure | undefined) => void = () => {};
    this.#ready = new Promise((resolve) => {
      begin = resolve;
    });
    this.#worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'log') onLine(message.line);
      else if (message.type === 'ready') begin(undefined);
      else if (message.type === 'init-failed') begin(message.failure);
      else if (message.type === 'result')
        this.#finish?.({ payload: JSON.parse(message.payload), usage: message.usage });
      else {
        this.dead ||= message.fatal === true;
        this.#finish?.({ payload: null, failure: message.failure });
      }
    });
    this.#worker.on('error', (error) => {
      this.#crash = { errorType: nameOf(error), errorMessage: messageOf(error), trace: [] };
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.dead = true;
        const failure = this.#crash ?? {
          errorType: 'Runtime.ExitError',
          errorMessage: `Runtime exited with error: exit status ${code}`,
          trace: [],
        };
        begin(failure);
        this.#finish?.({ payload: null, failure });
        resolve();
      });
    });
  }

  /** Runs the handler once. Never rejects: what goes wrong is the function's failure. */
  async run(
    message: Omit<InvokeMessage, 'deadline'>,
    timeoutMs: number,
    now: () => number,
  ): Promise<Outcome> {
    const initFailure = await this.#ready;
    if (initFailure) {
      await this.stop();
      return { payload: null, failure: initFailure };
    }
    let timer: NodeJS.Timeout | undefined;
    const outcome = await new Promise<Outcome>((resolve) => {
      this.#finish = resolve;
      timer = setTimeout(() => {
        const errorMessage = `${message.requestId} Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
        resolve({ payload: null, failure: { errorType: 'Sandbox.Timedout', errorMessage, trace: [] } });
        void this.stop();
      }, timeoutMs);
      this.#worker.postMessage({ ...message, deadline: now() + timeoutMs } satisfies InvokeMessage);
    });
    clearTimeout(timer);
    this.#finish = undefined;
    this.usedAt = now();
    return outcome;
  }

  async stop(): Promise<void> {
    this.dead = true;
    await this.#worker.terminate();
    await this.#ended;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
