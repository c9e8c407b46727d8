// A receiver of Acopio's webhooks, to be copied. It verifies an event, stores it once, and only then says that it has it.
// WEBHOOK_SECRETS="whsec_..." node webhook-receiver.mjs FOLDER PORT (two secrets with a space between while they change)
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

/** Whether one of the secrets signed the body, as it came, within 5 minutes (Standard Webhooks 1.0). */
export function verify(secrets, headers, body, nowS = Date.now() / 1000) {
  const [id, at, signatures] = ['id', 'timestamp', 'signature'].map(
    (name) => headers[`webhook-${name}`] ?? '',
  );
  if (id === '' || !/^\d{1,12}$/.test(at) || Math.abs(nowS - Number(at)) > 300) return false;
  const given = signatures.split(' ').filter((one) => one.startsWith('v1,'));
  return secrets.some((secret) => {
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    const right = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest();
    const same = (bytes) => bytes.length === right.length && timingSafeEqual(bytes, right);
    return key.length >= 24 && given.some((one) => same(Buffer.from(one.slice(3), 'base64')));
  });
}

/** The status of the answer. The same event may come again: by its id it is the same file, whole or not there. */
async function receive(request, secrets, folder) {
  let body = '';
  for await (const part of request.setEncoding('utf8')) if (body.length < 65_536) body += part;
  if (!verify(secrets, request.headers, body)) return 401;
  const name = createHash('sha256').update(request.headers['webhook-id']).digest('hex');
  writeFileSync(`${folder}/${name}.part`, body, { flush: true });
  renameSync(`${folder}/${name}.part`, `${folder}/${name}.json`);
  return 204;
}

if (process.argv[1] === import.meta.filename) {
  const [folder = 'inbox', port = '3000'] = process.argv.slice(2);
  const secrets = process.env.WEBHOOK_SECRETS?.split(' ') ?? [];
  mkdirSync(folder, { recursive: true });
  createServer(async (request, response) => {
    response.writeHead(await receive(request, secrets, folder).catch(() => 500)).end();
  }).listen(Number(port));
}
