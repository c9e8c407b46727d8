import type { ServerResponse } from 'node:http';
import type { Responder } from '../simulator.ts';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/** Answers over HTTP. */
export function socketResponder(outgoing: ServerResponse): Responder {
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
