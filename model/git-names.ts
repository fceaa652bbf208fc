/** A branch's name as `git check-ref-format --branch` takes it, without what a shell or a pattern would read as something else. */
export const BRANCH = {
  form: /^(?!.*(\.\.|\/\/|@\{|\.lock(\/|$)|\/\.|\.$|\/$))[A-Za-z0-9_][A-Za-z0-9_./-]*$/,
  inWords: "a branch's name such as main, without refs/heads/",
} as const;

/** `owner/name` on GitHub. */
export const REPOSITORY = {
  form: /^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}\/(?!\.{1,2}$)[\w.-]{1,100}$/,
  inWords: "a repository on GitHub such as acme/connect",
} as const;
