import type { ServerResponse } from 'node:http';
import type { SimResponse } from './sim-server.ts';

/** The way back to the caller: a socket, or straight to code in this process. One method is called, once. */
export interface Wire {
  /** JSON unless the body is text or bytes. */
  send(response: SimResponse): void;
  /** Announces the whole body, sends half of it, and drops the connection. */
  cutOff(response: SimResponse): void;
  /** Drops the connection without an answer. */
  reset(): void;
  /** Closes a connection that was left without an answer. */
  close(): void;
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/** Answers over HTTP. */
export function socketWire(outgoing: ServerResponse): Wire {
  return {
    send({ status, headers = {}, body }) {
      if (body === undefined) {
        outgoing.writeHead(status, { 'content-length': '0', ...headers }).end();
        return;
      }
      const bytes = bodyBytes(body);
      outgoing
        .writeHead(status, { ...JSON_TYPE, 'content-length': String(bytes.length), ...headers })
        .end(bytes);
    },
    cutOff({ status, headers = {}, body }) {
      const bytes = bodyBytes(body ?? ' ');
      outgoing.writeHead(status, { ...JSON_TYPE, 'content-length': String(bytes.length + 1), ...headers });
      outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => outgoing.socket?.destroy());
    },
    reset: () => void outgoing.socket?.resetAndDestroy(),
    close: () => void outgoing.destroy(),
  };
}

/** The bytes that an answer's body becomes on the wire. */
export function bodyBytes(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
