import type { Tags } from "../../model/tags.ts";

/** Tags as AWS Cloud Control takes them. */
export const tagList = (tags: Tags): { readonly key: string; readonly value: string }[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));
