import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream';
import type { Fetch } from '../../functions/http/fetch.ts';
import { zlib } from '../../functions/runtime/zlib.ts';

/** An idle connection is used again for so long (ms), as fetch does it: the platform's side keeps it for longer. */
const IDLE_MS = 4_000;
/** The most that a connection may take (ms), as with fetch: after it, it is known that nothing was sent. */
const CONNECT_MS = 10_000;

// Marked, so that a bundle which calls no platform has none of this.
const plain = /* @__PURE__ */ new http.Agent({ keepAlive: true, timeout: IDLE_MS });
const secure = /* @__PURE__ */ new https.Agent({ keepAlive: true, timeout: IDLE_MS });

/**
 * What stands in the place of `fetch` in every bundle, as far as functions use it. Node's own loads a second client of HTTP: 74 ms
 * of CPU for the first call and 8 for each later one, where this takes 3, as the clients of AWS have loaded `node:https` anyway.
 */
export const fetch: Fetch = (url, { method, headers, body, signal }) => {
  const isSecure = url.startsWith('https:');
  const options: https.RequestOptions = {
    method,
    agent: isSecure ? secure : plain,
    headers: { 'accept-encoding': 'gzip', ...headers, ...lengthOf(body) },
    signal,
  };
  return new Promise((resolve, reject) => {
    const request = isSecure ? https.request(url, options) : http.request(url, options);
    request.on('socket', (socket: Socket) => {
      if (socket.connecting) endLateConnection(socket, isSecure ? 'secureConnect' : 'connect');
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const get = (name: string): string | null => {
        const value = response.headers[name.toLowerCase()];
        return value === undefined ? null : [value].flat().join(', ');
      };
      resolve({ status: response.statusCode ?? 0, headers: { get }, body: unpacked(response) });
    });
    request.end(body);
  });
};

/** Node says it by itself of some methods only. */
const lengthOf = (body: string | Uint8Array | undefined) =>
  body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };

function endLateConnection(socket: Socket, connected: 'connect' | 'secureConnect'): void {
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error('no connection'), { code: 'CONNECT_TIMEOUT' }));
  }, CONNECT_MS);
  const stop = () => clearTimeout(timer);
  socket.once(connected, stop).once('close', stop);
}

/** Answers that have no body, whatever their headers say of it (RFC 9110, 15.3.5 and 15.4.5). */
const WITHOUT_BODY = new Set<number | undefined>([204, 304]);

function unpacked(response: http.IncomingMessage): AsyncIterable<Uint8Array> {
  if (WITHOUT_BODY.has(response.statusCode)) return response;
  if (!/^(?:x-)?gzip$|^deflate$/i.test(response.headers['content-encoding'] ?? '')) return response;
  // Whoever stops reading, or fails, ends both. What failed is told to whoever reads.
  return pipeline(response, zlib().createUnzip(), () => {});
}
