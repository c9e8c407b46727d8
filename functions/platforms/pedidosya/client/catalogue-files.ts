import { strictTextOf } from '../../../http/answer.ts';
import { PlatformError, type PlatformErrorDetails } from '../../../http/errors.ts';
import type { Send } from '../../calls.ts';
import { flag } from '../../reading/forms.ts';

const TIMEOUT_MS = 60_000;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Fetches a catalogue file from the address that a webhook names. The address comes from outside, so only listed hosts are
 * asked, over https, without our token and without following redirects: it must not lead us into our own network, nor our
 * token to a stranger.
 *
 * @param send sends no token
 * @param allowedHosts host names, with the port where it is not the usual one; `*.example.com` stands for every host below it
 * @throws PlatformError; `refused` names the host to allow.
 */
export async function downloadFile(
  address: string,
  send: Send,
  allowedHosts: readonly string[],
): Promise<string> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const refusal = url === undefined ? 'The address is no URL.' : objection(url, allowedHosts);
  if (url === undefined || refusal !== undefined)
    throw downloadError({ kind: 'refused', detail: refusal ?? '' });
  const { response, failure } = await send({
    operation: 'catalogue.download',
    method: 'GET',
    url: url.href,
    headers: () => ({ Accept: 'text/csv' }),
    timeoutMs: TIMEOUT_MS,
    idempotent: true,
    limit: 'files',
  });
  const { status, body } = response;
  if (failure === undefined) return decode(body, status);
  // Another host refuses us here, which says nothing about our credential at the platform.
  if (failure.kind === 'auth-failed' || (status >= 300 && status < 400)) {
    const detail = 'The file is not given out, or no longer: ask for it again.';
    throw downloadError({ kind: 'refused', status, detail });
  }
  throw downloadError({ status, ...failure });
}

function objection(url: URL, allowedHosts: readonly string[]): string | undefined {
  if (url.username !== '' || url.password !== '') return 'The address carries a user name.';
  const encrypted = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
  if (!encrypted) return 'The address is not https.';
  const allowed = allowedHosts.some((entry) =>
    entry.startsWith('*.')
      ? url.host.endsWith(entry.slice(1).toLowerCase())
      : url.host === entry.toLowerCase(),
  );
  return allowed
    ? undefined
    : `The host ${url.host} is not allowed: add it under downloadHosts if it is the platform's.`;
}

function decode(body: Uint8Array, status: number): string {
  const text = strictTextOf(body);
  if (text !== undefined) return text;
  throw downloadError({ kind: 'invalid-response', status, detail: 'The file is not UTF-8 text.' });
}

function downloadError(details: Omit<PlatformErrorDetails, 'platform' | 'operation'>): PlatformError {
  return new PlatformError({ platform: 'pedidosya', operation: 'catalogue.download', ...details });
}

/**
 * Reads a CSV text (RFC 4180): quoted fields may hold commas, line breaks and doubled quotes; a byte order mark and empty
 * lines are skipped. Never throws; a text that ends inside quotes ends its field there.
 */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  const endRow = () => {
    row.push(field);
    field = '';
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };
  const source = text.replace(/^\uFEFF/, '');
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at];
    if (quoted) {
      if (character !== '"') field += character;
      else if (source[at + 1] === '"') {
        field += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"' && field === '') quoted = true;
    else if (character === ',') {
      row.push(field);
      field = '';
    } else if (character === '\n' || character === '\r') {
      if (character === '\r' && source[at + 1] === '\n') at += 1;
      endRow();
    } else field += character;
  }
  if (field !== '' || row.length > 0) endRow();
  return rows;
}

/** The rows below a header line, by column name in lower case; missing fields are empty. */
export function csvRecords(text: string): ReadonlyMap<string, string>[] {
  const [header = [], ...rows] = parseCsv(text);
  const names = header.map((name) => name.trim().toLowerCase());
  return rows.map((row) => new Map(names.map((name, index) => [name, (row[index] ?? '').trim()])));
}

/** One product of an exported catalogue. Values are the file's own texts; empty ones are absent. */
export interface ExportedProduct {
  sku?: string;
  barcode?: string;
  /** A decimal number in the currency. */
  price?: string;
  active?: boolean;
  maximumSalesQuantity?: number;
}

/** One product of a job's result file. */
export interface JobFileLine {
  product: string;
  rejected: boolean;
  /** The platform's own words. */
  said: string;
}

export type FileReading<T> = { ok: true; lines: T[] } | { ok: false; problem: string };

/** Reads an exported catalogue: sku, barcode, price, active and the sales limit in either spelling (catalogue pages). */
export function readExport(text: string): FileReading<ExportedProduct> {
  const records = csvRecords(text);
  const [first] = records;
  if (first !== undefined && !first.has('sku') && !first.has('barcode')) {
    return { ok: false, problem: 'the file has neither a column sku nor a column barcode' };
  }
  const lines = records.map((record) => {
    const filled = (name: string) => record.get(name) || undefined;
    const limit = filled('maximum_sales_quantity') ?? filled('max_sales_quantity');
    const active = flag().safeParse(filled('active')).data;
    const [sku, barcode, price] = [filled('sku'), filled('barcode'), filled('price')];
    return {
      ...(sku === undefined ? {} : { sku }),
      ...(barcode === undefined ? {} : { barcode }),
      ...(price === undefined ? {} : { price }),
      ...(active == null ? {} : { active }),
      ...(limit !== undefined && /^\d{1,9}$/.test(limit) ? { maximumSalesQuantity: Number(limit) } : {}),
    };
  });
  return { ok: true, lines };
}

/**
 * Reads a job's result file. Only that it is a CSV with a line per SKU is documented: the state is looked for in columns
 * whose name speaks of a status, an error or a reason.
 */
export function readJobFile(text: string): FileReading<JobFileLine> {
  const records = csvRecords(text);
  const [first] = records;
  if (first !== undefined && !first.has('sku') && !first.has('barcode')) {
    return { ok: false, problem: 'the file has neither a column sku nor a column barcode' };
  }
  const lines = records.map((record) => {
    const telling = [...record].filter(([name]) =>
      /status|state|result|error|reason|reject|message/.test(name),
    );
    const said = telling
      .map(([, value]) => value)
      .filter((value) => value !== '')
      .join('; ');
    const reasons = telling.some(([name, value]) => /error|reason|reject/.test(name) && value !== '');
    return {
      product: record.get('sku') || record.get('barcode') || 'unknown',
      rejected: reasons || /reject|fail|error|invalid/i.test(said),
      said,
    };
  });
  return { ok: true, lines };
}
