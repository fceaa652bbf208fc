/** Which environments are protected: a demo has to be destroyed easily, what customers depend on must not. */
export const PROTECTED = {
  says: "Environments to which it applies: a stack is in one if a part of its name, between dots or hyphens, is its name",
  environments: ["prod", "production", "staging"],
} as const;

export function isProtected(stack: string, environments: readonly string[]): boolean {
  return stack.split(/[.-]/).some((part) => environments.includes(part));
}
