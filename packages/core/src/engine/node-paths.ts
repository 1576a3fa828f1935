/** The node of the graph that a path lies in: `section` for `section[3]` and for `section[3]/critic`. */
export function rootOf(path: string): string {
  const end = path.search(/[[@/]/);
  return end === -1 ? path : path.slice(0, end);
}

/** Whether a path is this place, or lies inside it: `pilot/researcher` lies in `pilot`. */
export const isWithin = (path: string, place: string): boolean =>
  path === place || (path.startsWith(place) && '[@/'.includes(path.charAt(place.length)));
