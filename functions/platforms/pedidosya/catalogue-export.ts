import type { Product } from '../../domain/product.ts';
import { ofChosenCall, PlatformError } from '../../http/errors.ts';
import type { ReadThing } from '../mirrored-resource.ts';
import type { AskedFile, CatalogueExport } from '../product-resource.ts';
import { type ExportedProduct, readExport } from './client/catalogue-files.ts';
import { decimal } from './client/catalogue-reads.ts';
import type { PedidosyaClient } from './client.ts';
import { readingOf, vendorName } from './product-resource.ts';
import type { PedidosyaChain } from './settings.ts';

/** The whole catalogue of each outlet as a file, which a person asks for. */
export const catalogueExport: CatalogueExport<PedidosyaChain, PedidosyaClient> = {
  async request({ catalogue }, { settings }) {
    const asked: AskedFile[] = [];
    for (const outlet of settings.stores) {
      const vendorId = vendorName(outlet);
      try {
        asked.push({ vendorId, ...(await catalogue.requestExport(vendorId)) });
      } catch (error) {
        if (!(error instanceof PlatformError)) throw error;
        // Of an outlet that was closed or sold nothing can be had; the others can.
        const { kind, message } = ofChosenCall(error);
        if (kind === 'auth-failed') throw error;
        asked.push({ vendorId, problem: message });
      }
    }
    return asked;
  },
  async read(api, { downloadUrl, vendorId }, { settings }) {
    const outlet = settings.stores.find((one) => vendorName(one) === vendorId || one.storeId === vendorId);
    const file = readExport(await api.download(downloadUrl));
    if (!file.ok || outlet === undefined)
      throw new PlatformError({
        platform: 'pedidosya',
        operation: 'catalogue.download',
        kind: 'invalid-response',
        detail: file.ok
          ? 'The file is of an outlet that is not configured.'
          : `In the file: ${file.problem}.`,
      });
    return file.lines.map((line) => exportedReading(line, outlet.storeId, settings));
  },
};

/** A file has neither names nor categories (catalogue pages, export). */
const NOT_EXPORTED = ['title', 'categories'] as const;

/** Several barcodes of a product stand in one column. */
const BETWEEN_BARCODES = /[;,|\s]+/;

/** A price that is none is left out with a warning. */
function exportedReading(
  { barcode, price, ...line }: ExportedProduct,
  outletId: string,
  settings: PedidosyaChain,
): ReadThing<Product> {
  const barcodes = barcode?.split(BETWEEN_BARCODES).filter((one) => one !== '') ?? [];
  const { reading, bytes } = readingOf(
    { ...line, barcodes, ...(price === undefined ? {} : { price: decimal().parse(price) ?? Number.NaN }) },
    outletId,
    settings,
  );
  return { reading: reading.ok ? { ...reading, omitted: NOT_EXPORTED } : reading, bytes };
}
