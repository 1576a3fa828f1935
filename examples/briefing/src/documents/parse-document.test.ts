import { describe, expect, it } from '@jest/globals';
import { parseDocument } from './parse-document.js';

describe('parseDocument', () => {
  it('finds the title: of front matter, the first heading, the page, or the name of the file', () => {
    const title = (path: string, content: string) => parseDocument(path, content).title;
    expect(title('a.md', '---\ntitle: "On tides"\n---\n# Other\n')).toBe('On tides');
    expect(title('a.md', '```sh\n# comment\n```\n\n# The **real** [one](x)\n')).toBe('The real one');
    expect(title('a.md', 'Old style\n=========\n')).toBe('Old style');
    expect(title('tides.md', '## Getting started\n\nText.\n\n## Power\n')).toBe('Tides');
    expect(title('tides.md', '## 📕 Documentation\n')).toBe('Tides');
    expect(title('tides.md', '## Tidal power\n')).toBe('Tidal power');
    expect(title('how-to/run_agents.txt', 'No heading.')).toBe('Run agents');
    expect(title('tides/README.md', 'No heading.')).toBe('Tides');
    expect(title('p.html', '<title>A &amp; B</title><p>Text.')).toBe('A & B');
  });

  it('takes the words of a page, and leaves out what no reader sees', () => {
    const { text, links } = parseDocument(
      'p.html',
      '<head><style>p{}</style></head><body><nav>menu</nav><h2>Head</h2><p>One <b>bold</b> &#8211; word<br>next<ul><li>item <script>x<y</script></ul><a href="q.html#a">more</a><svg><title>no</title></svg>',
    );
    expect(text).toBe('## Head\n\nOne bold – word\n\nnext\n\n- item\n\nmore');
    expect(links).toEqual(['q.html']);
  });

  it('reads hostile text once, not once for each of its beginnings', () => {
    const pieces = [
      '<a ',
      '<!',
      '<!--',
      '<a "',
      '![',
      '[![',
      '[',
      '](',
      '**',
      '_x',
      '```\n',
      '`',
      '[\n',
      '<b>x</b>',
      '\n',
      '&#',
      '<script>',
      '((',
    ];
    const started = performance.now();
    for (const piece of pieces) {
      const content = piece.repeat(Math.ceil(300_000 / piece.length));
      parseDocument('a.md', content);
      parseDocument('a.html', content);
    }
    expect(performance.now() - started).toBeLessThan(20_000);
  }, 120_000);
});
