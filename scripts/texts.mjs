// Lists what a user can read: texts of the page (templates, labels, titles, messages) and messages of the core, a line each:
// file:line, a tab, the text. `node scripts/texts.mjs [part of a path ...]`. It is read whole whenever words were changed.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "svelte/compiler";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Attributes that nobody reads. */
const UNREAD =
  /^(class|style|type|href|rel|target|id|for|role|lang|slot|name|path|also|mono|kind|inputmode|autocomplete)$|^data-|^(on|bind|use)/;
/** Where a string is a name for the program. */
const UNREAD_PARENTS = new Set([
  "ImportDeclaration",
  "ExportAllDeclaration",
  "ImportExpression",
  "TSLiteralType",
  "TSTypeAliasDeclaration",
  "TSInterfaceDeclaration",
  "TSTypeAnnotation",
  "TSTypeParameterInstantiation",
  "StyleDirective",
  "ClassDirective",
]);

/** Words: several, or one that begins a sentence or a label. */
function isText(text) {
  if (!/\p{L}{2}/u.test(text)) return false;
  if (/^(https?:|\/|\.\/|\.\.\/|@)/.test(text) || /^[\w-]+(\.[\w-]+)+$/.test(text)) return false;
  return /\p{L}\S* +\S/u.test(text) || /^\p{Lu}\p{Ll}/u.test(text);
}

function isCompared(parent, node) {
  return (
    (parent?.type === "BinaryExpression" && /^[!=]=|^in$/.test(parent.operator)) ||
    (parent?.type === "MemberExpression" && parent.property === node) ||
    (parent?.type === "Property" && parent.key === node) ||
    parent?.type === "SwitchCase"
  );
}

/** Texts of a component, or of a module that is read as the script of one. */
function* ofPage(source) {
  const isComponent = !source.startsWith("<script module-text");
  const root = parse(source, { modern: true });
  const lineOf = (at) => source.slice(0, at).split("\n").length;
  const found = [];
  const take = (at, text) => {
    const plain = text.replaceAll(/\s+/g, " ").trim();
    if (isText(plain)) found.push([lineOf(at), plain]);
  };
  const visit = (node, parent) => {
    if (node === null || typeof node !== "object") return;
    if (Array.isArray(node)) {
      for (const one of node) visit(one, parent);
      return;
    }
    if (typeof node.type !== "string" || UNREAD_PARENTS.has(node.type)) return;
    if (node.type === "Attribute" && UNREAD.test(node.name)) return;
    if (node.type === "Text") take(node.start, node.data);
    else if (node.type === "Literal" && typeof node.value === "string" && !isCompared(parent, node))
      take(node.start, node.value);
    else if (node.type === "TemplateLiteral" && parent?.type !== "TaggedTemplateExpression") {
      const parts = node.quasis.map(({ value }) => value.cooked ?? value.raw);
      take(
        node.start,
        parts.reduce((text, part, at) => text + (at === 0 ? "" : "{…}") + part, ""),
      );
    }
    for (const [key, child] of Object.entries(node)) {
      if (key === "parent" || key === "css" || key === "comments" || key === "loc" || key === "metadata") continue;
      visit(child, node);
    }
  };
  visit(root.module, null);
  visit(root.instance, null);
  if (isComponent) visit(root.fragment, null);
  yield* found.sort((a, b) => a[0] - b[0]);
}

/** Texts of Rust: string literals outside comments, attributes and tests. */
function* ofCore(source) {
  const end = source.search(/#\[cfg\(test\)\]\s*mod /);
  const text = end < 0 ? source : source.slice(0, end);
  const pattern =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|#!?\[[^\]]*\]|b?r(#*)"([\s\S]*?)"\1|b?"((?:\\[\s\S]|[^"\\])*)"|'(?:\\.[^']*|[^'\\])'/g;
  for (const match of text.matchAll(pattern)) {
    const literal = match[2] ?? match[3];
    if (literal === undefined) continue;
    const plain = literal
      .replaceAll(/\\\n\s*/g, "")
      .replaceAll(/\s+/g, " ")
      .trim();
    if (/\p{L}\S* +\S*\p{L}/u.test(plain)) yield [text.slice(0, match.index).split("\n").length, plain];
  }
}

/** Files whose texts nobody meets: tests, what is generated, programs for developers. */
const LEFT_OUT =
  /\.(test|fixture)\.ts$|\/fixture\.ts$|\.worker\.ts$|\/(generated|node_modules|target|tests|examples|fuzz|dist)\//;
const TAKEN = [/^web\/src\/.*\.(svelte|ts)$/, /^native\/[^/]+\/src\/.*\.rs$/, /^bridge\/[^/]+\/src\/.*\.ts$/];

const wanted = process.argv.slice(2);
const files = ["web/src", "native", "bridge"]
  .flatMap((folder) => {
    const names =
      folder === "native" || folder === "bridge"
        ? readdirSync(ROOT + folder).map((name) => `${folder}/${name}/src`)
        : [folder];
    return names.flatMap((name) => {
      try {
        return readdirSync(ROOT + name, { recursive: true }).map((file) => `${name}/${file}`);
      } catch {
        // No crate or package.
        return [];
      }
    });
  })
  .filter((file) => TAKEN.some((pattern) => pattern.test(file)) && !LEFT_OUT.test(file))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
for (const file of files) {
  // The parser does not know `using` yet, and takes the end of a script for its own wherever it stands.
  const source = readFileSync(ROOT + file, "utf8")
    .replaceAll(/\b(await )?using (?=\w+ =)/g, "const ")
    .replaceAll("</script", "<-script");
  const texts = file.endsWith(".rs")
    ? ofCore(source)
    : ofPage(file.endsWith(".ts") ? `<script module-text lang="ts">${source}\n</script>` : source);
  for (const [line, text] of texts) console.log(`${file}:${line}\t${text}`);
}
