import { IsString, Matches } from 'class-validator';

/** What a run begins with. */
export class RefundRequest {
  @IsString()
  @Matches(/^A-\d+$/, { message: 'order must be an order number, such as A-1042' })
  order!: string;
}
