import { csvRecords } from './csv.ts';

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
    const active = filled('active')?.toLowerCase();
    const [sku, barcode, price] = [filled('sku'), filled('barcode'), filled('price')];
    return {
      ...(sku === undefined ? {} : { sku }),
      ...(barcode === undefined ? {} : { barcode }),
      ...(price === undefined ? {} : { price }),
      ...(active === undefined ? {} : { active: active === 'true' || active === '1' }),
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
