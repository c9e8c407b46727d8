/** What a worker is told at its birth. */
export interface WorkerData {
  /** Absolute folder of the bundle. */
  taskRoot: string;
  /** `file.export`, as in the template. */
  handler: string;
  functionName: string;
  functionArn: string;
  memoryMb: number;
  /** Absolute path of a file of this project, whose node_modules have what Lambda brings along. */
  project: string;
}

export interface InvokeMessage {
  requestId: string;
  /** JSON text of the event. */
  event: string;
  /** Epoch ms at which the function's time is over. */
  deadline: number;
}

export interface Failure {
  errorType: string;
  errorMessage: string;
  trace: string[];
}

/** What an invocation took of its worker; times in ms. */
export interface Usage {
  durationMs: number;
  /** Of the worker's own thread. */
  cpuMs: number;
  /** What the worker's heap held when it ended, garbage among it, in MB. */
  heapMegabytes: number;
}

export type WorkerMessage =
  | { type: 'ready' }
  | { type: 'init-failed'; failure: Failure }
  | { type: 'log'; line: string }
  | { type: 'result'; requestId: string; payload: string; usage: Usage }
  /** `fatal`: the worker ends now, as the runtime does after an error that nobody caught. */
  | { type: 'failure'; requestId: string; failure: Failure; fatal?: true };
