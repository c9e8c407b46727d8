import { open } from 'node:fs/promises';
import * as z from 'zod';
import { type CommandProblem, commandIdSchema } from '../functions/domain/command.ts';
import { lazily } from '../functions/domain/lazily.ts';
import { type ErpProductInput, erpProductInput } from '../functions/domain/product-input.ts';
import { Problem } from '../functions/erp/api/problem.ts';
import { jsonDocument, problemsOf } from '../functions/erp/api/read-request.ts';
import { MAX_PRODUCT_BYTES } from '../functions/erp/api/write-product.ts';
import { OperatorError } from './outputs.ts';

/** A product as a file has it: what `PUT /v1/products/{externalId}` takes, with the id beside it. */
export interface FileProduct {
  readonly externalId: string;
  readonly product: ErpProductInput;
}

/** What is wrong with it. Pointers are into the document. */
export interface Wrong {
  readonly externalId?: string;
  readonly problems: readonly CommandProblem[];
}

/** One line of a file. */
export type ProductLine = { readonly line: number } & (FileProduct | Wrong);

const objectSchema = lazily(() => z.looseObject({ externalId: z.unknown().optional() }));

const problem = (pointer: string, code: string, detail: string): Wrong => ({
  problems: [{ pointer, code, detail }],
});

/** Reads one product. @param said its id where the document does not have to say it */
export function readProduct(text: string, said?: string): FileProduct | Wrong {
  const bytes = Buffer.from(text);
  if (bytes.byteLength > MAX_PRODUCT_BYTES)
    return problem(
      '',
      'body-too-large',
      `It has ${bytes.byteLength} bytes; a product takes ${MAX_PRODUCT_BYTES}.`,
    );
  // Stands where bytes of the file were no UTF-8. The platform would show it in the place of letters.
  if (text.includes('\uFFFD'))
    return problem(
      '',
      'body-not-json',
      'It is not UTF-8, or holds U+FFFD, which stands for letters that are not. Save it as UTF-8; write U+FFFD itself as "\\ufffd".',
    );
  let document: unknown;
  try {
    document = jsonDocument(bytes);
  } catch (error) {
    return wrongOf(error);
  }
  const read = objectSchema().safeParse(document);
  if (!read.success) return problem('', 'wrong-type', 'It must be a JSON object.');
  const { externalId: own, ...body } = read.data;
  if (own !== undefined && said !== undefined && own !== said)
    return problem('/externalId', 'rule', 'It is another id than the one that the command names.');
  const id = commandIdSchema().safeParse(own ?? said);
  const product = erpProductInput().safeParse(body, { reportInput: false });
  if (id.success && product.success) return { externalId: id.data, product: product.data };
  const fields = [
    ...(id.success ? [] : problemsOf(id.error.issues, 'body/externalId', commandIdSchema())),
    ...(product.success ? [] : problemsOf(product.error.issues, 'body', erpProductInput())),
  ];
  return { ...(id.success ? { externalId: id.data } : {}), problems: fields.map(inDocument) };
}

/** The API points into a request; what is read here is its body. */
const inDocument = ({ pointer, ...rest }: CommandProblem): CommandProblem => ({
  pointer: pointer.replace(/^\/body(?=\/|$)/, ''),
  ...rest,
});

/** What the API would answer, as what is wrong with a product. @throws error where it is none of the API's */
export function wrongOf(error: unknown): Wrong {
  if (!(error instanceof Problem)) throw error;
  const { detail, errors } = error.details;
  return errors === undefined ? problem('', error.code, detail) : { problems: errors.map(inDocument) };
}

/** Reads products, one in each line; empty lines are none. An id names one product of a file. */
export async function* readProducts(lines: AsyncIterable<string>): AsyncGenerator<ProductLine> {
  const first = new Map<string, number>();
  let line = 0;
  for await (const text of lines) {
    line += 1;
    if (text.trim() === '') continue;
    const read = readProduct(text);
    const { externalId } = read;
    const before = externalId === undefined ? undefined : first.get(externalId);
    if (externalId !== undefined && before === undefined) first.set(externalId, line);
    yield before === undefined || 'problems' in read
      ? { line, ...read }
      : {
          line,
          ...problem(
            '/externalId',
            'rule',
            `Line ${before} has the same id. Leave out the older of the two.`,
          ),
        };
  }
}

/** The lines of a file. It is closed with them. @throws OperatorError where it cannot be read */
export async function* textLinesOf(file: string): AsyncGenerator<string> {
  const handle = await open(file).catch(() => undefined);
  try {
    if (handle === undefined || !(await handle.stat()).isFile())
      throw new OperatorError(
        `${file} cannot be read. Name a file with one product in each line, as JSON: what PUT /v1/products/{externalId} takes, and "externalId" beside it.`,
      );
    yield* handle.readLines({ encoding: 'utf8', autoClose: false });
  } finally {
    await handle?.close();
  }
}
