import { defineWorkflow } from '@espalier/core';
import { RefundRequest } from './agents/refund-request.js';
import { Reply } from './agents/reply.js';

export const refund = defineWorkflow({ name: 'refund', version: 1, input: RefundRequest, output: Reply });
