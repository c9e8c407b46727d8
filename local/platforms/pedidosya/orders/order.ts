/** The words that PedidosYa uses for an order's status, as far as documented; GET may also say PICKED_UP. */
export type OrderStatus =
  | 'RECEIVED'
  | 'READY_FOR_PICKUP'
  | 'PICKED_UP'
  | 'DISPATCHED'
  | 'DELIVERED'
  | 'CANCELLED';

/** The statuses of one line; NOT_PROCESSED is the first. */
export type ItemStatus = 'NOT_PROCESSED' | 'IN_CART' | 'NOT_FOUND' | 'REPLACED' | 'ADDITION';

/** Who delivers: the platform's riders, or the store itself. */
export type TransportType = 'LOGISTICS_DELIVERY' | 'VENDOR_DELIVERY';

/** Prices are decimal numbers in the currency of the store's country; weights are kilograms. */
export interface ItemPricing {
  pricing_type: 'UNIT' | 'KG';
  unit_price: number;
  quantity: number;
  total_price: number;
  weight: number;
  weighted_pieces: number;
  min_quantity: number;
  max_quantity: number;
  vat_percent: number;
}

/** A discount on one line and who pays for it. */
export interface ItemPromotion {
  name: string;
  discount_amount: number;
  sponsorships: { sponsor: 'VENDOR' | 'PLATFORM'; amount: number }[];
}

/** One line of an order. */
export interface OrderItem {
  _id: string;
  sku: string;
  barcode: string[];
  name: string;
  status: ItemStatus;
  instructions: string;
  image_url: string;
  /** The `_id` of the line that this one stands in for. */
  replaced_id?: string;
  container_deposit: number;
  discount: number;
  promotion?: ItemPromotion[];
  pricing: ItemPricing;
  original_pricing: ItemPricing;
}

/** The buyer; the platform masks him with asterisks or leaves him out altogether. */
export interface OrderCustomer {
  _id: string;
  first_name: string;
  last_name: string;
  phone_number: string;
  national_id?: string;
  tax_id?: string;
  loyalty_card?: string;
  delivery_address: Record<string, string | number>;
}

/** The money of a whole order, in decimal numbers. */
export interface OrderPayment {
  /** Some senders write amounts as texts. */
  sub_total: number | string;
  order_total: number;
  delivery_fee: number;
  service_fee: number;
  difference_to_minimum: number;
  /** Negative on some orders and positive on others; the sign has no meaning. Some tell it in `discounts` only. */
  discount?: number;
  discounts: { name: string; value: number }[];
  vouchers: { name: string; value: number }[];
  container_charge: number;
  total_taxes: number;
  /** By name, or a list. */
  additional_fees: Record<string, number> | { name: string; value: number }[];
  tip?: number;
  collect_at_pickup: number;
  type: 'PAID';
}

/** Why and by whom an order was cancelled. With `post_picked_up` it counts as sold nevertheless. */
export interface OrderCancellation {
  reason: string;
  cancelled_by: 'CUSTOMER' | 'VENDOR' | 'LOGISTICS';
  post_picked_up: boolean;
}

/** An order as the detail endpoint and the webhook give it. */
export interface PedidosYaOrder {
  order_id: string;
  external_order_id: string;
  order_code: string;
  status: OrderStatus;
  order_type: 'DELIVERY' | 'PICKUP';
  transport_type: TransportType;
  isPreorder: boolean;
  accepted_for: string | null;
  promised_for: string | null;
  comment: string | null;
  promotion_status: 'AVAILABLE' | 'UNAVAILABLE';
  client: {
    id: string;
    chain_id: string;
    name: string;
    country_code: string;
    store_id: string;
    external_partner_config_id?: string;
    /** What nobody documents. */
    opening?: object;
  };
  customer: OrderCustomer | null;
  items: OrderItem[];
  payment: OrderPayment;
  cancellation?: OrderCancellation;
  sys: { created_at: string; created_by: string; updated_at: string; updated_by: string };
}
