import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import { importDirections } from "./toolchain/import-directions.mjs";

export default defineConfig(
  { ignores: ["node_modules/", ".tools/", ".sandbox/"] },
  {
    files: ["**/*.{ts,js,mjs}"],
    plugins: { corpai: { rules: { "import-directions": importDirections } } },
    rules: { "corpai/import-directions": "error" },
  },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      // An Output in a template is still refused: that is what this rule is here for.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // Pulumi wants a program's entry to be async whether or not it waits for anything.
      "@typescript-eslint/require-await": "off",
    },
  },
  {
    // What comes off the wire is JSON of any shape, and is made text where AWS would have had text.
    files: ["sandbox/**/*.ts"],
    rules: { "@typescript-eslint/no-base-to-string": "off" },
  },
);
