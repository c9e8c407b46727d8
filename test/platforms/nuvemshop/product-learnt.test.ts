import { describe, expect, it } from 'vitest';
import { erpProductInput, imageKey } from '../../../functions/domain/product-input.ts';
import { learnt } from '../../../functions/platforms/nuvemshop/product-write/learn.ts';
import { readShown } from '../../../functions/platforms/nuvemshop/product-write/shown.ts';

const [refused, sent] = [{ src: 'https://example.com/a.jpg' }, { src: 'https://example.com/b.jpg' }];
const product = erpProductInput().parse({
  name: 'Remera',
  variants: [{ sku: '1' }],
  images: [refused, sent],
});
const wanted = { product, pricesElsewhere: false, locations: [] };

describe('a product whose making was lost', () => {
  it('has the images that were sent with it, and not those that were refused before', () => {
    const memory = { reached: {}, images: {}, creating: { images: [imageKey(sent)] } };
    const shown = readShown('products.get', {
      id: 7,
      images: [{ id: 71, src: 'https://cdn.example/x.jpg' }],
    });

    const { productId, images } = learnt(wanted, memory, shown);

    expect({ productId, images }).toEqual({ productId: '7', images: { [imageKey(sent)]: '71' } });
  });
});
