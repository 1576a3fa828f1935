import { type Event, requestOf } from '@espalier/core';
import { describeRequest } from '../script/describe-request.js';
import { mismatches, type RequestMatcher, writtenMatcher } from '../script/request-matcher.js';
import { indented, shortened } from '../script/text-matcher.js';
import { difference, eventsOf, matcher, same } from './matcher.js';

/** How many calls or requests are shown. */
const SHOWN = 8;

export interface Times {
  readonly times?: number;
}

const timesText = ({ times }: Times): string => (times === undefined ? '' : times === 1 ? ' once' : ` ${times} times`);

const often = (found: number, { times }: Times): boolean => (times === undefined ? found > 0 : found === times);

export const toHaveCalledTool = matcher<[tool: string, args?: unknown, options?: Times]>(
  'toHaveCalledTool',
  (facts, context, tool, args, options = {}) => {
    const events = eventsOf(facts, 'toHaveCalledTool');
    const all = events.filter((event) => event.type === 'tool-start');
    const ofTool = all.filter((call) => call.tool === tool);
    const found = args === undefined ? ofTool : ofTool.filter((call) => same(context, parsed(call.arguments), args));
    const shown = ofTool.length > 0 ? ofTool : all;
    const [only] = ofTool;
    return {
      pass: often(found.length, options),
      expected: `a call of ${tool}(${args === undefined ? '…' : context.utils.stringify(args)})${timesText(options)}`,
      got: [
        shown.length === 0 ? 'No tool was called.' : 'Calls:',
        ...shown.slice(0, SHOWN).map((call) => `  ${call.node}: ${call.tool}(${shortened(call.arguments, 300)})`),
        ...(shown.length > SHOWN ? [`  … ${shown.length - SHOWN} more`] : []),
        ...(ofTool.length === 0 ? [`Offered: ${offered(events).join(', ') || 'no tools'}`] : []),
        ...(args !== undefined && only !== undefined && ofTool.length === 1 && found.length === 0
          ? difference(context, args, parsed(only.arguments))
          : []),
      ],
    };
  },
);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function offered(events: readonly Event[]): readonly string[] {
  const names = events.flatMap((event) =>
    event.type === 'model-start' ? (event.request.tools ?? []).map(({ name }) => name) : [],
  );
  return [...new Set(names)];
}

export const toHaveAskedModel = matcher<[matcher: RequestMatcher, options?: Times]>(
  'toHaveAskedModel',
  (facts, _context, wanted, options = {}) => {
    const events = eventsOf(facts, 'toHaveAskedModel');
    const asked = events.flatMap((event) =>
      event.type === 'model-start' ? [{ node: event.node, request: requestOf(events, event) }] : [],
    );
    const found = asked.filter(({ request }) => mismatches(wanted, request).length === 0);
    return {
      pass: often(found.length, options),
      expected: `a request that has ${writtenMatcher(wanted)}${timesText(options)}`,
      got: [
        asked.length === 0 ? 'No model was asked.' : 'Requests:',
        ...asked
          .slice(0, SHOWN)
          .flatMap(({ node, request }) => [`  ${node}:`, indented(describeRequest(request), '    ')]),
        ...(asked.length > SHOWN ? [`  … ${asked.length - SHOWN} more`] : []),
      ],
    };
  },
);

export const toHaveWaitedFor = matcher<[signal: string]>('toHaveWaitedFor', (facts, _context, signal) => {
  const waits = eventsOf(facts, 'toHaveWaitedFor').flatMap((event) =>
    event.type === 'node-suspend' && event.signal !== undefined ? [`'${event.signal}'`] : [],
  );
  return {
    pass: waits.includes(`'${signal}'`),
    expected: `a node that waits for '${signal}'`,
    got: [`Signals: ${[...new Set(waits)].join(', ') || 'none'}`],
  };
});
