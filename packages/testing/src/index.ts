export { VirtualClock } from '@espalier/core';
