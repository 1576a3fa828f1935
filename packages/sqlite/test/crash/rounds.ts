import type { RoundResult } from './random-rounds.js';

export interface RoundsResult {
  readonly rounds: number;
  readonly result: RoundResult;
}

/** Plays rounds, as many at a time as there are players, and adds up what they have come to. */
export async function playRounds<P>(
  rounds: number,
  players: readonly P[],
  play: (player: P, round: number) => Promise<RoundResult>,
): Promise<RoundsResult> {
  const results: RoundResult[] = [];
  let next = 0;
  const work = async (player: P): Promise<void> => {
    while (next < rounds) {
      const round = next++;
      const { problems, ...rest } = await play(player, round).catch(failed);
      results.push({ ...rest, problems: problems.map((problem) => `round ${round}: ${problem}`) });
    }
  };
  await Promise.all(players.map(work));
  const sum = (amount: (result: RoundResult) => number): number =>
    results.reduce((total, result) => total + amount(result), 0);
  return {
    rounds,
    result: {
      kills: sum(({ kills }) => kills),
      effects: sum(({ effects }) => effects),
      repeated: sum(({ repeated }) => repeated),
      repeatedOnRecord: sum(({ repeatedOnRecord }) => repeatedOnRecord),
      problems: results.flatMap(({ problems }) => problems),
    },
  };
}

/** Of a round that came to no end. */
const failed = (error: unknown): RoundResult => ({
  ...{ kills: 0, effects: 0, repeated: 0, repeatedOnRecord: 0, problems: [String(error)] },
});
