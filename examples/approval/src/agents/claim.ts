import { Agent, EspalierError } from '@espalier/core';
import { type Order, Orders } from '../shop/orders.js';
import type { RefundRequest } from './refund-request.js';

/** Plain code: finds the order that the customer wants money back for. */
@Agent()
export class Claim {
  constructor(private readonly orders: Orders) {}

  async run({ order: id }: RefundRequest): Promise<Order> {
    const order = await this.orders.find(id);
    if (order !== undefined) return order;
    throw new EspalierError('input-invalid', `There is no order '${id}'.`, { hint: 'Give the number of an order.' });
  }
}
