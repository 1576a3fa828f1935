// From its own module, not the index of the whole library: a third of the time.
import * as Effect from 'effect/Effect';

console.log(await Effect.runPromise(Effect.promise(async () => 1 + 1)));
