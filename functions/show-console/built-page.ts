/** A file of the console, compressed at build, in base64 as API Gateway takes it. */
export interface BuiltFile {
  readonly type: string;
  readonly gzip: string;
  readonly brotli: string;
}

/** The console as it was built: its HTML, and what the HTML loads, by name. A name holds a hash of the content. */
export interface BuiltPage {
  readonly html: BuiltFile;
  readonly files: Readonly<Record<string, BuiltFile>>;
}
