/**
 * Runs inside a worker thread: loads one function's bundle as the Lambda runtime would, and runs its handler for one
 * event at a time.
 */
import { existsSync } from 'node:fs';
import { createRequire, isBuiltin, registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { getHeapStatistics } from 'node:v8';
import { parentPort, setEnvironmentData, workerData } from 'node:worker_threads';
import { LOCAL_CLOUD_MARK } from '../../../functions/runtime/local-cloud.ts';
import type { Failure, InvokeMessage, WorkerData, WorkerMessage } from './protocol.ts';

/** Largest answer of a synchronous invocation. (Lambda guide, "Lambda quotas".) */
const MOST_ANSWER_BYTES = 6_291_556;
const MEGABYTE = 1024 * 1024;

type Handler = (event: unknown, context: object) => unknown;

const { taskRoot, handler, functionName, functionArn, memoryMb, project }: WorkerData = workerData;
const port = parentPort;
if (!port) throw new Error('functions/worker.ts only runs as a worker thread');
const send = (message: WorkerMessage): void => port.postMessage(message);

setEnvironmentData(LOCAL_CLOUD_MARK, true);
captureOutput(process.stdout);
captureOutput(process.stderr);
stayInsideTheBundle();
let current = '';
process.on('unhandledRejection', (reason) => {
  send({
    type: 'failure',
    requestId: current,
    failure: failureOf(reason, 'Runtime.UnhandledPromiseRejection'),
    fatal: true,
  });
  process.exit(128);
});

try {
  const run = await loadHandler();
  port.on('message', (message: InvokeMessage) => void invoke(run, message));
  send({ type: 'ready' });
} catch (error) {
  send({ type: 'init-failed', failure: failureOf(error) });
}

async function invoke(run: Handler, { requestId, event, deadline }: InvokeMessage): Promise<void> {
  current = requestId;
  process.env._X_AMZN_TRACE_ID = traceId(requestId, deadline);
  const [began, cpu] = [performance.now(), process.threadCpuUsage()];
  try {
    const result = await run(JSON.parse(event), {
      awsRequestId: requestId,
      callbackWaitsForEmptyEventLoop: true,
      functionName,
      functionVersion: '$LATEST',
      invokedFunctionArn: functionArn,
      logGroupName: `/aws/lambda/${functionName}`,
      logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
      memoryLimitInMB: String(memoryMb),
      getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    });
    const payload = JSON.stringify(result ?? null);
    if (Buffer.byteLength(payload) > MOST_ANSWER_BYTES) {
      throw named(
        'Function.ResponseSizeTooLarge',
        `Response payload size exceeded maximum allowed payload size (${MOST_ANSWER_BYTES} bytes).`,
      );
    }
    const { user, system } = process.threadCpuUsage(cpu);
    const usage = {
      durationMs: performance.now() - began,
      cpuMs: (user + system) / 1000,
      heapMegabytes: getHeapStatistics().used_heap_size / MEGABYTE,
    };
    send({ type: 'result', requestId, payload, usage });
  } catch (error) {
    send({ type: 'failure', requestId, failure: failureOf(error) });
  }
}

async function loadHandler(): Promise<Handler> {
  const dot = handler.lastIndexOf('.');
  const base = join(taskRoot, handler.slice(0, dot));
  const file = ['.js', '.mjs', '.cjs'].map((extension) => base + extension).find((path) => existsSync(path));
  if (!file) throw named('Runtime.ImportModuleError', `Cannot find module '${handler.slice(0, dot)}'`);
  const loaded: Record<string, unknown> = await import(pathToFileURL(file).href);
  const name = handler.slice(dot + 1);
  // A CommonJS bundle's exports are all in `default`; only those that Node can guess are also named.
  const found = loaded[name] ?? Object(loaded.default)[name];
  if (typeof found !== 'function') {
    throw named('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  return found as Handler;
}

/**
 * On Lambda nothing lies above the bundle: no package.json that makes `.js` an ES module, and no node_modules but the
 * SDK of the runtime. Both exist above the cloud assembly on a developer's machine.
 */
function stayInsideTheBundle(): void {
  const root = pathToFileURL(`${taskRoot}/`).href;
  const runtime = createRequire(project);
  const hasOwnPackage = existsSync(join(taskRoot, 'package.json'));
  registerHooks({
    resolve(specifier, context, next) {
      const fromBundle = context.parentURL?.startsWith(root) ?? false;
      // The runtime brings the SDK along; here it is the project's own.
      if (fromBundle && /^@(aws-sdk|smithy)\//.test(specifier)) {
        return { url: pathToFileURL(runtime.resolve(specifier)).href, shortCircuit: true };
      }
      const resolved = next(specifier, context);
      if (!fromBundle || isBuiltin(specifier) || resolved.url.startsWith(root)) return resolved;
      throw named('Runtime.ImportModuleError', `Cannot find module '${specifier}': it is not in the bundle`);
    },
    load(url, context, next) {
      const asCommonJs = !hasOwnPackage && url.startsWith(root) && url.endsWith('.js');
      return next(url, asCommonJs ? { ...context, format: 'commonjs' } : context);
    },
  });
}

/** Output goes the way of the results, so that a line is never seen after the end of its invocation. */
function captureOutput(stream: NodeJS.WriteStream): void {
  let rest = '';
  const write = (chunk: string | Uint8Array, ...others: unknown[]): boolean => {
    const lines = (rest + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'))).split(
      '\n',
    );
    rest = lines.pop() ?? '';
    for (const line of lines) send({ type: 'log', line });
    const done = others.find((other) => typeof other === 'function');
    if (typeof done === 'function') done();
    return true;
  };
  Object.assign(stream, { write });
}

function failureOf(error: unknown, errorType?: string): Failure {
  if (!(error instanceof Error)) {
    return { errorType: errorType ?? typeof error, errorMessage: String(error), trace: [] };
  }
  return {
    errorType: errorType ?? error.name,
    errorMessage: errorType ? `${error.name}: ${error.message}` : error.message,
    trace: error.stack?.split('\n') ?? [],
  };
}

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

function traceId(requestId: string, deadline: number): string {
  const hex = requestId.replaceAll('-', '').slice(0, 24).padEnd(24, '0');
  return `Root=1-${Math.floor(deadline / 1000).toString(16)}-${hex};Parent=${hex.slice(0, 16)};Sampled=1`;
}
