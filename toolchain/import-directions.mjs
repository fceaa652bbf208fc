// An ESLint rule that holds the direction of imports: for each folder, what of ours and which packages it may import.
// A rule of our own and not `no-restricted-imports`, because that lists what is forbidden, and everything new is allowed to it.
import path from "node:path";

const any = /./;
const noPulumi = /^(?!@pulumi\/)/;
const ownFolder = (folder) => new RegExp(`^${folder}/`);

/** The first entry whose `files` match decides. Paths are those from the project's root. */
export const directions = [
  {
    files: /^stacks\/(.*\/)?([a-z-]+-)?config\.ts$|^stacks\/(agentcore-values|schema)\.ts$/,
    ours: [ownFolder("model"), /^stacks\/(agentcore-values|schema)\.ts$/, /^stacks\/.*\/[a-z-]+-config\.ts$/],
    packages: /^zod$/,
    says: "a program's configuration is its schema alone: zod and model/, never Pulumi, so that it is judged without an engine",
  },
  {
    files: /^stacks\/(catalog|configuration|environment|facts|program-configs|provider-settings|stack-file)\.ts$/,
    ours: [ownFolder("model"), /^stacks\/([^/]+|.*\/config)\.ts$/],
    asTypes: ownFolder("stacks"), // what a program's outputs are; erased before anything runs
    packages: noPulumi,
    says: "what the CLI reads of stacks/ must not need Pulumi",
  },
  {
    files: /^stacks\//,
    ours: [ownFolder("stacks"), ownFolder("components"), ownFolder("model")],
    packages: any,
    computed: true, // index.ts picks the program by the stack's name
    says: "stacks/ imports components/ and model/ only",
  },
  {
    files: /^components\//,
    ours: [ownFolder("components"), ownFolder("model")],
    packages: /^@pulumi\//,
    says: "components/ imports model/ and Pulumi's packages only",
  },
  {
    files: /^model\//,
    ours: [ownFolder("model")],
    packages: noPulumi,
    says: "model/ is pure: nothing of Pulumi, nothing outside model/",
  },
  {
    files: /^policy\//,
    ours: [ownFolder("policy"), ownFolder("model")],
    packages: /^@pulumi\/(policy|pulumi|aws)(\/|$)|^node:/,
    says: "policy/ imports model/, @pulumi/policy, @pulumi/pulumi and @pulumi/aws only",
  },
  {
    files: /^cli\//,
    ours: [
      ownFolder("cli"),
      ownFolder("model"),
      /^stacks\/(catalog|environment)\.ts$/,
      /^sandbox\/(server|client)[^/]*\.ts$/,
      /^setup\.mjs$/,
    ],
    packages: /^(?!@pulumi\/)|^@pulumi\/pulumi\/automation(\/|$)/,
    says: "cli/ imports the catalog, the environment, model/, the sandbox's server and client, and Pulumi's Automation API only",
  },
  {
    files: /^functions\//,
    ours: [ownFolder("functions")],
    packages: /^@aws-sdk\//,
    says: "functions/ runs in AWS: it imports nothing of ours, and of packages AWS's SDK only",
  },
  {
    files: /^sandbox\//,
    ours: [ownFolder("sandbox")],
    packages: any,
    says: "sandbox/ shares nothing with what it judges: it imports nothing of ours",
  },
];

/** Why this import is not allowed in this file, or undefined if it is. `source` is undefined for one that is computed. */
function objection(root, file, source, typesOnly) {
  const from = path.relative(root, file).replaceAll(path.sep, "/");
  const direction = directions.find(({ files }) => files.test(from));
  if (!direction) return undefined;
  if (source === undefined)
    return direction.computed ? undefined : `cannot be checked, write it out: ${direction.says}`;
  if (/^\.{0,2}\/|^file:/.test(source)) {
    const to = path.relative(root, path.resolve(path.dirname(file), source)).replaceAll(path.sep, "/");
    const allowed = [...direction.ours, ...(typesOnly && direction.asTypes ? [direction.asTypes] : [])];
    return allowed.some((pattern) => pattern.test(to)) ? undefined : direction.says;
  }
  return direction.packages.test(source) ? undefined : direction.says;
}

function literal(node) {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  if (node?.type === "TemplateLiteral" && node.expressions.length === 0) return node.quasis[0].value.cooked;
  return undefined;
}

export const importDirections = {
  meta: { type: "problem", messages: { direction: "This import: {{ says }}." }, schema: [] },
  create(context) {
    const check = (node, sourceNode) => {
      const typesOnly = node.importKind === "type" || node.exportKind === "type" || node.type === "TSImportType";
      const says = objection(context.cwd, context.filename, literal(sourceNode), typesOnly);
      if (says) context.report({ node, messageId: "direction", data: { says } });
    };
    const checkSource = (node) => node.source && check(node, node.source);
    return {
      ImportDeclaration: checkSource,
      ExportNamedDeclaration: checkSource,
      ExportAllDeclaration: checkSource,
      ImportExpression: checkSource,
      TSImportType: (node) => check(node, node.source ?? node.argument?.literal),
      "CallExpression[callee.name='require']": (node) => check(node, node.arguments[0]),
    };
  },
};
