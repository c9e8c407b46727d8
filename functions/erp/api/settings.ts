import type { StockSettings } from '../../domain/stock/settings.ts';
import type { StoreName } from '../../storage/keys.ts';
import type { CommandsPart } from './acceptor.ts';
import type { StockHintsPart } from './stock-hints-part.ts';

/** What the deployment knows and the function is bundled with. */
export interface ApiSettings {
  /** The merchant's stores at every platform. */
  readonly stores: readonly StoreName[];
  /** Of merchants whose configuration has stock. */
  readonly stock?: StockSettings;
}

/** What further routes load in their turn. */
export interface FurtherParts {
  readonly loadCommands: () => Promise<CommandsPart>;
  /** What names stores that have stock to be told. It brings the client of queues, which no other request needs. */
  readonly loadStockHints: () => Promise<StockHintsPart>;
  /** The OpenAPI document. Made when the function is bundled: what makes it would double the time of a cold start. */
  readonly loadOpenApi: () => Promise<{ readonly default: object }>;
}
