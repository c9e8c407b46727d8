import { lookup as systemLookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type Address,
  type Exceptions,
  literalOf,
  mayBeCalled,
  notPublic,
  readEndpointUrl,
  UrlRefused,
} from './addresses.ts';

/** The most that one call may take, from the connection to the end of the answer, in ms. */
export const CALL_TIMEOUT_MS = 15_000;
/** The most that looking a name up may take, in ms: the system's own look-up asks for as long as it likes. */
export const LOOKUP_TIMEOUT_MS = 5_000;
/** The most that is read of an answer, in bytes: its status says everything. */
export const MOST_ANSWER_BYTES = 4096;
const MOST_HEADER_BYTES = 8192;

/** What came of one call. */
export type CallResult =
  | { readonly status: number; readonly retryAfter: string | null; readonly text: string }
  /** No answer came, and why: a code of the network, or `timeout`. */
  | { readonly failure: string };

/** An endpoint whose name was looked up and found to be callable. */
export interface OpenEndpoint {
  post(headers: Readonly<Record<string, string>>, body: string): Promise<CallResult>;
  close(): void;
}

export interface EndpointCaller {
  /**
   * Looks an endpoint's host up. Every call goes to the addresses that were judged here, whatever the name stands for a
   * moment later, and the certificate has to be of the name.
   *
   * @throws UrlRefused where the URL or an address must not be called, or the name stands for nothing
   */
  open(url: string): Promise<OpenEndpoint>;
}

export interface CallerOptions {
  readonly exceptions: Exceptions;
  /** For tests: the system's own when absent. */
  readonly resolve?: (name: string) => Promise<Address[]>;
  readonly timeoutMs?: number;
  readonly lookupTimeoutMs?: number;
  /** Certificates of test authorities. */
  readonly ca?: string;
}

/** Makes the one way out to the merchant's endpoints. It follows no redirect and sends no credential but a signature. */
export function createEndpointCaller(options: CallerOptions): EndpointCaller {
  const { exceptions, resolve = resolveBySystem, ca } = options;
  const { timeoutMs = CALL_TIMEOUT_MS, lookupTimeoutMs = LOOKUP_TIMEOUT_MS } = options;
  return {
    async open(text) {
      const url = readEndpointUrl(text, exceptions);
      const literal = literalOf(url);
      const addresses =
        literal === undefined ? await namedAddresses(url, resolve, lookupTimeoutMs) : [literal];
      if (!mayBeCalled(addresses, exceptions)) throw notPublic();
      const { Agent } = url.protocol === 'https:' ? https : http;
      const agent = new Agent({ keepAlive: true });
      const base = {
        agent,
        method: 'POST',
        lookup: answering(addresses),
        maxHeaderSize: MOST_HEADER_BYTES,
        // Said here, so that no environment variable can turn it off.
        rejectUnauthorized: true,
        ...(ca === undefined ? {} : { ca }),
      };
      return {
        post: (headers, body) => exchange(url, { ...base, headers }, body, timeoutMs),
        close: () => agent.destroy(),
      };
    },
  };
}

async function namedAddresses(
  { hostname }: URL,
  resolve: (name: string) => Promise<Address[]>,
  timeoutMs: number,
): Promise<Address[]> {
  const over = new AbortController();
  try {
    const found = await Promise.race([
      resolve(hostname),
      wait(timeoutMs, undefined, { signal: over.signal }).then((): Address[] => []),
    ]);
    // A function has no IPv6 unless its network gives it one.
    if (found.length > 0) return found.sort((one, other) => one.family - other.family);
  } catch {
    // Said below.
  } finally {
    over.abort();
  }
  throw new UrlRefused('the host has no address: its name cannot be looked up');
}

const resolveBySystem = async (name: string): Promise<Address[]> =>
  (await systemLookup(name, { all: true })).map(({ address, family }) => ({
    address,
    family: family === 6 ? 6 : 4,
  }));

/** Answers every look-up of a connection with what was judged, so that a name cannot point elsewhere in between. */
const answering =
  (addresses: readonly Address[]): LookupFunction =>
  (_name, { all }, callback) => {
    const [first] = addresses;
    if (all || first === undefined) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };

/** One exchange. What the other side says, or does not say, is a result and never an error. */
function exchange(
  url: URL,
  options: https.RequestOptions,
  body: string,
  timeoutMs: number,
): Promise<CallResult> {
  return new Promise((resolve) => {
    const { request: begin } = url.protocol === 'https:' ? https : http;
    let answered: { status: number; retryAfter: string | null } | undefined;
    let failure: string | undefined;
    const chunks: Buffer[] = [];
    const request = begin(url, options);
    const timer = setTimeout(() => {
      failure = 'timeout';
      request.destroy();
    }, timeoutMs);
    request.on('response', (response) => {
      answered = {
        status: response.statusCode ?? 0,
        retryAfter: response.headers['retry-after'] ?? null,
      };
      let left = MOST_ANSWER_BYTES;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk.subarray(0, left));
        left -= chunk.byteLength;
        // The connection goes with the rest of the answer.
        if (left < 0) response.destroy();
      });
      // An answer that breaks off has said its status all the same.
      response.on('error', () => {});
    });
    request.on('error', (error) => {
      failure ??= 'code' in error && typeof error.code === 'string' ? error.code : 'network';
    });
    // The last event of every request, however it ended.
    request.on('close', () => {
      clearTimeout(timer);
      resolve(
        answered === undefined
          ? { failure: failure ?? 'network' }
          : { ...answered, text: Buffer.concat(chunks).toString('utf8') },
      );
    });
    request.end(body);
  });
}
