import { isBuiltin } from "node:module";
import { posix } from "node:path";
import ts from "typescript";

/** What one module imports when it runs: what TypeScript erases is not among it. */
export interface ModuleImports {
  /** Paths from the project's root. */
  readonly modules: readonly string[];
  /** npm packages by name. */
  readonly packages: readonly string[];
  /** Whether it imports what only running it would tell. */
  readonly computed: boolean;
}

/** All that runs where some modules do. */
export interface Reached {
  /** By path, the module that imports it; undefined for those that were asked for. */
  readonly modules: ReadonlyMap<string, string | undefined>;
  /** By name, a module that imports it. */
  readonly packages: ReadonlyMap<string, string>;
  /** Modules that import what only running them would tell. */
  readonly computed: readonly string[];
}

const MODULE = /\.[cm]?[jt]s$/;
const NOTHING: ModuleImports = { modules: [], packages: [], computed: false };

/** The imports of a tree of modules, as Node.js follows them: paths with their extensions, types erased. */
export class ImportGraph {
  readonly #read: (path: string) => string | undefined;
  readonly #known: Map<string, ModuleImports>;

  /**
   * @param read a file's text by its path from the root; undefined where there is none
   * @param known what modules import, by path and text; graphs that share it read a module of both once
   */
  constructor(read: (path: string) => string | undefined, known = new Map<string, ModuleImports>()) {
    this.#read = read;
    this.#known = known;
  }

  /** Everything that runs where these do. A module that is imported and missing is part of it. */
  reachedFrom(roots: readonly string[]): Reached {
    const modules = new Map<string, string | undefined>(roots.map((root) => [root, undefined]));
    const packages = new Map<string, string>();
    const computed: string[] = [];
    for (const module of modules.keys()) {
      const imports = this.#importsOf(module);
      for (const next of imports.modules) if (!modules.has(next)) modules.set(next, module);
      for (const name of imports.packages) if (!packages.has(name)) packages.set(name, module);
      if (imports.computed) computed.push(module);
    }
    return { modules, packages, computed };
  }

  #importsOf(path: string): ModuleImports {
    const text = MODULE.test(path) ? this.#read(path) : undefined;
    if (text === undefined) return NOTHING;
    const key = `${path}\0${text}`;
    const imports = this.#known.get(key) ?? importsOf(path, text);
    this.#known.set(key, imports);
    return imports;
  }
}

/** The way by which a module came to be reached, from the module that was asked for. */
export function wayTo(module: string, { modules }: Reached): string[] {
  const importer = modules.get(module);
  return importer === undefined ? [module] : [...wayTo(importer, { modules } as Reached), module];
}

/** @param path of the module, from the project's root */
export function importsOf(path: string, text: string): ModuleImports {
  const specifiers: string[] = [];
  const computed: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    const source = sourceOf(node);
    if (source && ts.isStringLiteralLike(source)) specifiers.push(source.text);
    else if (source) computed.push(source);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  const own = specifiers.filter((specifier) => /^\.{0,2}\//.test(specifier));
  const foreign = specifiers.filter((specifier) => !own.includes(specifier) && !isBuiltin(specifier));
  return {
    modules: unique(own.map((specifier) => posix.join(posix.dirname(path), specifier))),
    packages: unique(foreign.filter(isPackage).map(packageOf)),
    // A name of the project's own, or a URL, leads wherever package.json or Node.js says.
    computed: computed.length > 0 || !foreign.every(isPackage),
  };
}

/** What a node imports at run time; undefined where it imports nothing. */
function sourceOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node))
    return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? undefined : node.moduleSpecifier;
  if (ts.isExportDeclaration(node)) return node.isTypeOnly ? undefined : node.moduleSpecifier;
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  const imports =
    expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === "require");
  return imports ? (node.arguments[0] ?? node) : undefined;
}

const isPackage = (specifier: string): boolean => /^(@[^/:]+\/)?[^#/:@][^/:]*(\/|$)/.test(specifier);
const packageOf = (specifier: string): string => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
