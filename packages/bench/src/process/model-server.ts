import type { AddressInfo } from 'node:net';
import { createModelServer } from '../model-server/server.js';

/** The program of the model server's process. It ends with the process that started it. */
const server = createModelServer();
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
