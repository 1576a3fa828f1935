import { describe, expect, it } from '@jest/globals';
import type { Event } from '../events/event.js';
import { EventFeed } from './event-feed.js';

const event = (seq: number): Event => ({ v: 1, runId: 'r1', seq, time: 0, type: 'run-suspend' });

/** A reader that notes what it is told. */
function read(feed: EventFeed, more: (seq: number) => void = () => {}) {
  const seen: (number | 'closed')[] = [];
  const leave = feed.read(
    ({ seq }) => {
      seen.push(seq);
      more(seq);
    },
    () => seen.push('closed'),
  );
  return { seen, leave };
}

describe('EventFeed', () => {
  it('E1 tells all readers in one order, also of what a reader causes', () => {
    const feed = new EventFeed();
    const causing = read(feed, (seq) => {
      if (seq === 0) feed.tell(event(1));
    });
    const other = read(feed);
    feed.tell(event(0));
    feed.tell(event(2));
    expect([causing.seen, other.seen]).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
  });

  it('E2 begins with the event after the one that is being told, and ends at once', () => {
    const feed = new EventFeed();
    let late: ReturnType<typeof read> | undefined;
    const first = read(feed, (seq) => {
      if (seq !== 0) return;
      late = read(feed);
      leaving.leave();
    });
    const leaving = read(feed);
    feed.tell(event(0));
    feed.tell(event(1));
    expect([first.seen, late?.seen, leaving.seen]).toEqual([[0, 1], [1], []]);
    expect(feed.isRead).toBe(true);
  });

  it('E3 closes once, after all events, also when a reader closes it', () => {
    const feed = new EventFeed();
    const closing = read(feed, (seq) => {
      if (seq !== 0) return;
      feed.tell(event(1));
      feed.close();
    });
    const other = read(feed);
    feed.tell(event(0));
    feed.close();
    expect([closing.seen, other.seen]).toEqual([
      [0, 1, 'closed'],
      [0, 1, 'closed'],
    ]);
    expect(feed.isRead).toBe(false);
  });
});
