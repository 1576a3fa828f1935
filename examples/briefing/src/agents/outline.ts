import { Agent, DependsOn, each, type RunContext } from '@espalier/core';
import { isHousekeeping } from '../documents/housekeeping.js';
import { LeftOut } from '../documents/left-out.js';
import { Digest, type DocumentDigest } from './digest.js';
import { ReadingOrder, type Recommended } from './reading-order.js';
import type { BriefingRequest } from './request.js';

/** The digests that the summary and the key points are made of. */
export interface Outlined {
  readonly digests: readonly {
    readonly document: string;
    readonly title: string;
    readonly summary: string;
    readonly points: readonly { readonly statement: string; readonly quote: string }[];
  }[];
}

/** More than this does not fit one question to a model. */
const mostDigests = 24;
/** About so many points in all, at least two of each document. */
const mostPoints = 40;

/** Plain code: of all digests, those of the documents that come first in the order of reading. */
@Agent({ description: 'Chooses the digests that the whole is made of.' })
@DependsOn(ReadingOrder, each(Digest))
export class Outline {
  run(order: readonly Recommended[], digests: readonly DocumentDigest[], ctx: RunContext<BriefingRequest>): Outlined {
    const byPath = new Map(digests.map((digest) => [digest.path, digest]));
    const telling = order.flatMap(({ path }) => {
      const digest = byPath.get(path);
      return digest === undefined || digest.points.length === 0 ? [] : [digest];
    });
    const subject = telling.filter(({ path }) => !isHousekeeping(path));
    const chosen = (subject.length > 0 ? subject : telling).slice(0, mostDigests);
    const each = Math.max(2, Math.ceil(mostPoints / Math.max(1, chosen.length)));
    noteSilent(digests, ctx);
    noteUnweighed(telling.length - chosen.length, ctx);
    return {
      digests: chosen.map(({ path, title, summary, points }) => ({
        document: path,
        title,
        summary,
        points: points.slice(0, each).map(({ statement, quote }) => ({ statement, quote })),
      })),
    };
  }
}

function noteSilent(digests: readonly DocumentDigest[], ctx: RunContext<BriefingRequest>): void {
  const items = digests
    .filter(({ points }) => points.length === 0)
    .map(({ path }) => ({ what: path, why: 'no sentence in it to quote: lists, tables or code' }));
  ctx.state(LeftOut).write({ items });
}

function noteUnweighed(count: number, ctx: RunContext<BriefingRequest>): void {
  if (count === 0) return;
  const what = count === 1 ? '1 document' : `${count.toLocaleString('en')} documents`;
  const searched = ctx.input.question === undefined ? '' : ' and searched for the answer';
  const why = `read${searched}, but not weighed for the summary and the key points`;
  ctx.state(LeftOut).write({ items: [{ what, why }] });
}
