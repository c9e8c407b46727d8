import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createAcopio, Refused } from '../../examples/erp-pull/acopio.mjs';
import { createTango } from '../../examples/tango/tango.mjs';

async function served(behave: RequestListener): Promise<string> {
  const server = createServer(behave);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('the examples follow no redirect: their tokens would travel along', async () => {
  // Arrange
  const reached: unknown[] = [];
  const elsewhere = await served((request, response) => {
    reached.push(request.headers);
    response.end('{}');
  });
  const url = await served((_, response) => {
    response.writeHead(307, { location: elsewhere }).end();
  });

  // Act
  const asked = await createAcopio({ url, token: 'acp_x' })
    .events('head')
    .catch((error: unknown) => error);
  const sent = await createTango({ url, accessToken: 'tango-token' }).send([{ OrderID: '1' }]);

  // Assert
  expect(asked).toBeInstanceOf(Refused);
  expect(sent).toMatchObject({ said: 'HTTP 307' });
  expect(reached).toEqual([]);
});
