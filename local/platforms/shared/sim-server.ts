import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallRecord, Fault, SimClock } from '../simulator.ts';
import type { FaultRegistry } from './fault-board.ts';
import { playFault } from './fault-player.ts';
import { socketWire, type Wire } from './wire.ts';

/** A call as a platform's code sees it. */
export interface SimRequest {
  /** Arrival, Unix milliseconds of the simulator's clock. */
  at: number;
  method: string;
  /** Without the query; a trailing slash is cut. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Filled in by the route that was found. */
  params: Readonly<Record<string, string>>;
  /** `http://127.0.0.1:port` of the simulator, for absolute links. */
  origin: string;
}

/** An answer. A string or Buffer body is sent as it is, anything else as JSON; without a body nothing is sent. */
export interface SimResponse {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

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

/** A call that comes from inside this process. */
export type DirectCall = Pick<SimRequest, 'method' | 'path' | 'query' | 'headers' | 'body'>;

/** A listening HTTP server with fault injection. */
export interface SimServer {
  /** Takes a call without a socket, with the same faults and records as one that came over the network. */
  take(call: DirectCall, wire: Wire): Promise<void>;
  readonly url: string;
  start(port?: number): Promise<void>;
  stop(): Promise<void>;
}

/** Makes a server; it does not listen before `start`. */
export function createSimServer(options: SimServerOptions): SimServer {
  let url = '';
  const server = createServer((incoming, outgoing) => {
    void readRequest(incoming, options.clock.now(), url)
      .then((request) => serve(request, socketWire(outgoing), options))
      .catch(() => outgoing.destroy());
  });
  // A client that pools sockets must not meet one that was just closed for idleness.
  server.keepAliveTimeout = 75_000;
  return {
    get url() {
      return url;
    },
    take: (call, wire) => serve({ ...call, at: options.clock.now(), params: {}, origin: url }, wire, options),
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

async function serve(request: SimRequest, wire: Wire, options: SimServerOptions): Promise<void> {
  if (request.path === '/_sim' || request.path.startsWith('/_sim/')) {
    return wire.send(await options.control(request));
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
    return wire.send(response);
  }
  return play(fault, wire, record, options, act);
}

async function play(
  fault: Fault,
  wire: Wire,
  record: CallRecord,
  options: SimServerOptions,
  act: () => Promise<SimResponse>,
): Promise<void> {
  record.status = await playFault(fault, wire, {
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
