/** Lets what has just been given go as far as it goes by itself: a chain of promises as long as code has in one go. */
export async function turns(count = 64): Promise<void> {
  for (let turn = 0; turn < count; turn++) await undefined;
}
