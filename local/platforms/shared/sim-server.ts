import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  CallRecord,
  DirectCall,
  Fault,
  Responder,
  SimClock,
  SimRequest,
  SimResponse,
} from '../simulator.ts';
import { playFault } from './fault-player.ts';
import type { FaultRegistry } from './fault-registry.ts';
import { socketResponder } from './responder.ts';

/** What the server needs from a platform. */
export interface SimServerOptions {
  name: string;
  clock: SimClock;
  faults: FaultRegistry;
  calls: CallRecord[];
  /** Milliseconds that each answer takes beyond the work itself. */
  latencyMs: () => number;
  /** The route template that a call would hit, or an empty string. */
  routeOf(method: string, path: string): string;
  /** The platform's whole behaviour; must not reject. */
  answer(request: SimRequest): Promise<SimResponse>;
  /** The platform's error body, for an injected status. */
  errorFor(status: number): SimResponse;
  /** Calls under `/_sim`, which faults never hit and which are not recorded. */
  control(request: SimRequest): Promise<SimResponse>;
}

/** A listening HTTP server with fault injection. */
export interface SimServer {
  /** Takes a call without a socket, with the same faults and records as one that came over the network. */
  take(call: DirectCall, responder: Responder): Promise<void>;
  readonly url: string;
  start(port?: number): Promise<void>;
  stop(): Promise<void>;
}

/** Makes a server; it does not listen before `start`. */
export function createSimServer(options: SimServerOptions): SimServer {
  let url = '';
  const server = createServer((incoming, outgoing) => {
    void readRequest(incoming, options.clock.now(), url)
      .then((request) => serve(request, socketResponder(outgoing), options))
      .catch(() => outgoing.destroy());
  });
  // A client that pools sockets must not meet one that was just closed for idleness.
  server.keepAliveTimeout = 75_000;
  return {
    get url() {
      return url;
    },
    take: (call, responder) =>
      serve({ ...call, at: options.clock.now(), params: {}, origin: url }, responder, options),
    start: (port = 0) =>
      new Promise((resolve, reject) => {
        server.once('error', (error: NodeJS.ErrnoException) => {
          reject(
            error.code === 'EADDRINUSE'
              ? new Error(
                  `Port ${port} is in use: choose another one for ${options.name} (--${options.name}-port).`,
                )
              : error,
          );
        });
        server.listen(port, '127.0.0.1', () => {
          url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
          resolve();
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        if (!server.listening) return resolve();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(request: SimRequest, responder: Responder, options: SimServerOptions): Promise<void> {
  if (request.path === '/_sim' || request.path.startsWith('/_sim/')) {
    return responder.send(await options.control(request));
  }
  const route = options.routeOf(request.method, request.path);
  const fault = options.faults.draw({ method: request.method, path: request.path, route });
  const record: CallRecord = {
    at: request.at,
    method: request.method,
    path: request.path,
    status: 0,
    route,
    ...(fault === undefined ? {} : { fault: fault.kind }),
  };
  options.calls.push(record);
  const act = async () => {
    const response = await options.answer(request);
    const latency = options.latencyMs();
    if (latency > 0) await pause(options.clock, latency);
    return response;
  };
  if (fault === undefined) {
    const response = await act();
    record.status = response.status;
    return responder.send(response);
  }
  return play(fault, responder, record, options, act);
}

async function play(
  fault: Fault,
  responder: Responder,
  record: CallRecord,
  options: SimServerOptions,
  act: () => Promise<SimResponse>,
): Promise<void> {
  record.status = await playFault(fault, responder, {
    act,
    errorFor: options.errorFor,
    pause: (ms) => pause(options.clock, ms),
  });
}

async function readRequest(incoming: IncomingMessage, at: number, origin: string): Promise<SimRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const target = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  const path = target.pathname.length > 1 ? target.pathname.replace(/\/+$/, '') : target.pathname;
  return {
    at,
    method: incoming.method ?? 'GET',
    path,
    query: target.searchParams,
    headers: incoming.headers,
    body: Buffer.concat(chunks),
    params: {},
    origin,
  };
}

function pause(clock: SimClock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimeout(resolve, ms);
  });
}
