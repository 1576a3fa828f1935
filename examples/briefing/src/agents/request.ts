import { IsInt, IsOptional, IsString, Min } from 'class-validator';

/** What a run of the briefing is started with. */
export class BriefingRequest {
  /** Full path of the folder. */
  @IsString()
  folder!: string;

  @IsOptional()
  @IsString()
  question?: string;

  /** Full path of the report that is to be written: it is no source of itself. */
  @IsOptional()
  @IsString()
  report?: string;

  @IsInt()
  @Min(1)
  maxFiles!: number;

  @IsInt()
  @Min(1)
  maxFileBytes!: number;

  @IsInt()
  @Min(1)
  maxTotalBytes!: number;
}
