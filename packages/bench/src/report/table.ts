import type { ContenderInfo } from '../contender.js';
import type { Figure, ScenarioResult } from '../process/run-scenario.js';
import { entrantsOf, type Scenario } from '../scenarios/scenario.js';
import { formatFigure, formatRatio } from './format.js';
import { ratioToEspalier } from './ratio.js';

const scenarioWidth = 19;
const unitWidth = 9;
const espalierWidth = 8;
const cellWidth = 14;

/** A table a kind of scenario: graphs, models, and what is kept on a disk. */
export function renderTables(results: readonly ScenarioResult[], contenders: readonly ContenderInfo[]): string {
  const kinds: readonly Scenario['kind'][] = ['graph', 'model', 'durable'];
  return kinds
    .map((kind) => results.filter(({ scenario }) => scenario.kind === kind))
    .filter((ofKind) => ofKind.length > 0)
    .map((ofKind) => renderTable(ofKind, contenders))
    .join('\n\n');
}

/** A row a scenario, a column a contender: its figure, and how many times slower (or larger) than Espalier it is. */
function renderTable(results: readonly ScenarioResult[], contenders: readonly ContenderInfo[]): string {
  const notes = new Notes();
  const columns = results[0] === undefined ? [] : entrantsOf(results[0].scenario, contenders);
  const rows = results.map((result) => renderRow(result, columns, notes));
  const head = renderLine(
    'scenario',
    'unit',
    columns.map(({ title }) => title),
    columns,
  );
  const rule = '-'.repeat(head.length);
  return [head, rule, ...rows, rule, ...notes.lines].join('\n');
}

function renderRow(result: ScenarioResult, contenders: readonly ContenderInfo[], notes: Notes): string {
  const { scenario, figures, baseline } = result;
  const cells = contenders.map(({ name, title }) => {
    const figure = figures.get(name);
    const place = `${scenario.title}, ${title}`;
    return figure === undefined ? '' : renderCell(figure, ratioToEspalier(result, name), place, notes);
  });
  const mark =
    baseline !== undefined && 'median' in baseline
      ? ` [${notes.add(`${scenario.title}: ${scenario.baseline?.title} takes ${formatFigure(baseline.median)} ${scenario.unit}`)}]`
      : '';
  return renderLine(scenario.title + mark, scenario.unit, cells, contenders);
}

function renderCell(figure: Figure, ratio: number | undefined, place: string, notes: Notes): string {
  if ('unable' in figure) return `can't [${notes.add(`${place}: ${figure.unable}`)}]`;
  if ('broken' in figure) return `broken [${notes.add(`${place}: ${firstLine(figure.broken)}`)}]`;
  const mark = figure.remark === undefined ? '' : ` [${notes.add(`${place}: ${figure.remark}`)}]`;
  const times = ratio === undefined ? '' : ` ${formatRatio(ratio).padStart(6)}`;
  return `${formatFigure(figure.median)}${mark}${times}`;
}

function renderLine(
  title: string,
  unit: string,
  cells: readonly string[],
  contenders: readonly ContenderInfo[],
): string {
  const columns = cells.map((cell, index) =>
    cell.padStart(contenders[index]?.name === 'espalier' ? espalierWidth : cellWidth),
  );
  return [title.padEnd(scenarioWidth), unit.padEnd(unitWidth), ...columns].join(' ').trimEnd();
}

/** Numbered remarks under the table. The same remark has one number. */
class Notes {
  readonly #texts: string[] = [];

  add(text: string): number {
    const known = this.#texts.indexOf(text);
    return known === -1 ? this.#texts.push(text) : known + 1;
  }

  get lines(): readonly string[] {
    return this.#texts.map((text, index) => `[${index + 1}] ${text}`);
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
