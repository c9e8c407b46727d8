import type { IncomingMessage } from 'node:http';

/** The whole body of a request, or undefined when it is longer than `most` bytes. */
export async function readBody(request: IncomingMessage, most: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    // The rest is read and forgotten: a client that still writes would otherwise never see the answer.
    if (length <= most) chunks.push(bytes);
  }
  return length > most ? undefined : Buffer.concat(chunks);
}
