import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { LocalCloudError } from '../errors.ts';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface Listener {
  url: string;
  /** Says who answers; until then every request is told to come back. */
  serve(handler: RequestHandler): void;
  close(): Promise<void>;
}

/**
 * Opens an HTTP server on 127.0.0.1.
 *
 * @param port 0 takes a free one.
 * @throws LocalCloudError `port-in-use`.
 */
export async function listen(port: number, what: string): Promise<Listener> {
  let handler: RequestHandler = async (_, response) => void response.writeHead(503).end();
  const server = createServer((request, response) => {
    handler(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`The local cloud failed: ${String(error)}`);
    });
  });
  // Clients keep their connections; a server that ends them first makes them fail now and then.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new LocalCloudError(
              'port-in-use',
              `Port ${port} for ${what} is in use by another program. Stop that program, or choose another port.`,
              { cause: error },
            )
          : error,
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://127.0.0.1:${actual}`,
    serve(next) {
      handler = next;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
