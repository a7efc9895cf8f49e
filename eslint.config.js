import comments from "@eslint-community/eslint-plugin-eslint-comments/configs";
import svelte from "eslint-plugin-svelte";
import tseslint from "typescript-eslint";

const typed = {
  parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: [".svelte"] },
};

export default tseslint.config(
  {
    ignores: [
      "**/dist/",
      "web/site/",
      "**/node_modules/",
      "native/",
      ".venv/",
      "**/.svelte-check/",
      "bridge/protocol/src/generated/",
    ],
  },
  {
    files: ["**/*.ts", "**/*.svelte"],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: typed,
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
    },
  },
  ...svelte.configs["flat/recommended"],
  {
    files: ["**/*.ts", "**/*.svelte", "**/*.js", "**/*.mjs"],
    extends: [comments.recommended],
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { "@eslint-community/eslint-comments/require-description": "error" },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { ...typed.parserOptions, parser: tseslint.parser } },
  },
  {
    // svelte-check knows the types between components; this linter sees `any` there.
    files: ["**/*.svelte"],
    rules: Object.fromEntries(
      ["argument", "assignment", "call", "member-access", "return"].map((use) => [
        `@typescript-eslint/no-unsafe-${use}`,
        "off",
      ]),
    ),
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    rules: {
      // Props are taken apart with `let`, as Svelte writes it; the rule of its own plugin knows them.
      "prefer-const": "off",
      "svelte/prefer-const": "error",
      // State is what a rune declares. A Map or URL beside it is a plain value on purpose.
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
  { files: ["**/*.test.ts", "**/*.e2e.ts"], rules: { "@typescript-eslint/no-floating-promises": "error" } },
);
