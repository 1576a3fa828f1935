// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a terminal reads
const pieces = /\u001b\[([?\d;]*)([A-Za-z])|[\s\S]/gu;
/** The beginning of a sequence whose end is still to come. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const begun = /\u001b(?:\[[?\d;]*)?$/;

/** A terminal's screen, as far as the program may use it: anything else that it sends is an error. */
export class Screen {
  readonly lines: string[][] = [[]];
  row = 0;
  column = 0;
  cursorHidden = false;
  /** What was to be seen after each drawing, without what scrolled away: a drawing is what the program sends as one piece. */
  readonly frames: string[] = [];
  #rest = '';

  constructor(
    readonly columns: number,
    readonly rows: number,
  ) {}

  write(data: string): void {
    const output = this.#rest + data;
    const end = begun.exec(output)?.index ?? output.length;
    this.#rest = output.slice(end);
    for (const [piece, parameters, command] of output.slice(0, end).matchAll(pieces)) {
      if (command !== undefined) this.#control(parameters ?? '', command);
      else this.#print(piece);
    }
  }

  /** All that was ever written, as it stands. */
  text(): string {
    return this.lines.map((line) => line.join('').trimEnd()).join('\n');
  }

  visible(): string {
    return this.lines
      .slice(this.#top)
      .map((line) => line.join('').trimEnd())
      .join('\n');
  }

  get #top(): number {
    return Math.max(0, this.lines.length - this.rows);
  }

  #print(piece: string): void {
    if (piece === '\r') this.column = 0;
    else if (piece === '\n') this.#moveDown();
    else if (piece < ' ') throw new Error(`The program sent the control character ${JSON.stringify(piece)}.`);
    else {
      if (this.column >= this.columns) {
        this.#moveDown();
        this.column = 0;
      }
      (this.lines[this.row] as string[])[this.column] = piece;
      this.column += 1;
    }
  }

  #moveDown(): void {
    this.row += 1;
    while (this.lines.length <= this.row) this.lines.push([]);
  }

  #control(parameters: string, command: string): void {
    const count = Number(parameters || 1);
    const line = this.lines[this.row] as string[];
    if (command === 'A') this.row = Math.max(this.#top, this.row - count);
    else if (command === 'B') this.row = Math.min(this.lines.length - 1, this.row + count);
    else if (command === 'G') this.column = count - 1;
    else if (command === 'K') line.splice(parameters === '2' ? 0 : this.column);
    else if (command === 'J') this.lines.splice(this.row + 1);
    else if (parameters === '?25') this.cursorHidden = command === 'l';
    else if (parameters === '?2026') {
      if (command === 'l') this.frames.push(this.visible());
    } else if (command !== 'm') throw new Error(`The program sent the sequence ESC[${parameters}${command}.`);
  }
}
