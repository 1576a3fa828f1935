/** An order as the shop knows it. Amounts are in cents. */
export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly item: string;
  readonly amount: number;
  /** What the customer has written, oldest first. */
  readonly messages: readonly string[];
}

const orders: readonly Order[] = [
  {
    id: 'A-1042',
    customer: 'Mila Novak',
    item: 'espresso machine',
    amount: 34_000,
    messages: [
      'My espresso machine came yesterday. The box was wet, and the machine leaks from below as soon as I fill the tank.',
      'I have sent photos of the water on the table. I do not want a new one, I want my money back, please.',
      'It is a present for Saturday. Please tell me soon.',
    ],
  },
  {
    id: 'A-1043',
    customer: 'Jon Berg',
    item: 'coffee cup',
    amount: 1_200,
    messages: ['The cup has a crack. You can see it on the photo. I would like my money back.'],
  },
];

/** The shop's orders. A real shop asks its database here. */
export class Orders {
  /** @returns nothing where there is no such order */
  find(id: string): Promise<Order | undefined> {
    return Promise.resolve(orders.find((order) => order.id === id));
  }
}
