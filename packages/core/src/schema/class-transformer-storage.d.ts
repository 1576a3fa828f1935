declare module 'class-transformer/cjs/storage.js' {
  export const defaultMetadataStorage: {
    findTypeMetadata(
      target: new () => object,
      property: string,
    ): { readonly typeFunction: () => unknown; readonly options?: { readonly discriminator?: unknown } } | undefined;
  };
}
