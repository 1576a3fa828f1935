import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsString, MaxLength, ValidateNested } from 'class-validator';

class CitedPoint {
  @IsString()
  @MaxLength(700)
  statement!: string;

  /** Path of the document. */
  @IsString()
  document!: string;

  @IsString()
  @MaxLength(1500)
  quote!: string;
}

/** What a model is asked for where several documents are at hand. */
export class CitedPoints {
  @IsArray()
  @ArrayMaxSize(12)
  @ValidateNested({ each: true })
  @Type(() => CitedPoint)
  points!: CitedPoint[];
}

/** What the model is told about its last try; nothing the first time. */
export function corrections(wrong: readonly CitedPoint[] = []): string {
  if (wrong.length === 0) return '';
  const list = wrong.map(({ document, quote }) => `- ${document}: ${JSON.stringify(quote)}`).join('\n');
  return `These quotes do not stand in their documents word for word. Copy them exactly, or leave them out:\n${list}`;
}
