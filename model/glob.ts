/** A pattern of AWS's, in which `*` stands for any number of characters and `?` for one. @param flags of the expression: `i` where letters of either case are the same */
export const globOf = (pattern: string, flags = ""): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    flags,
  );
