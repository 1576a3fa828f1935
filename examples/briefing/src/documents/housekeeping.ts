/** Documents that are about a project and not about its subject. */
export const isHousekeeping = (path: string): boolean =>
  /(?:^|\/)(?:change-?log|changes|history|licen[cs]e|copying|notice|code[-_]of[-_]conduct|contribut\w*|security|authors|maintainers|governance|third[-_]?party\w*|release[-_]?notes|pull_request_template|issue_template)\b[^/]*$/i.test(
    path,
  );
