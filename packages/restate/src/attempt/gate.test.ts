import { expect, it } from '@jest/globals';
import { Gate } from './gate.js';

it('lets so many in, and the next in order when one leaves', () => {
  const gate = new Gate(2);
  const entered: string[] = [];
  const enter = (name: string) => gate.enter(() => entered.push(name));
  enter('a');
  enter('b');
  const forget = enter('c');
  enter('d');
  expect(entered).toEqual(['a', 'b']);
  expect(forget()).toBe(true);
  gate.leave();
  expect(entered).toEqual(['a', 'b', 'd']);
  gate.leave();
  gate.leave();
  const late = enter('e');
  expect(entered).toEqual(['a', 'b', 'd', 'e']);
  expect(late()).toBe(false);
});
