/** Imports go down only: protocol, then client, then server and web, then cli. */
const floor = (name, from, to) => ({ name, severity: "error", from: { path: from }, to: { path: to } });

module.exports = {
  forbidden: [
    floor("protocol-imports-nothing-of-ours", "^bridge/protocol/", "^(bridge/(client|server|cli)|web|e2e)/"),
    floor("client-imports-protocol-only", "^bridge/client/", "^(bridge/(server|cli)|web|e2e)/"),
    floor("server-imports-down", "^bridge/server/", "^(bridge/cli|web|e2e)/"),
    floor("web-imports-down", "^web/src/", "^(bridge/(server|cli)|e2e)/"),
    floor("examples-use-the-public-client", "^examples/", "^(bridge/(server|cli)|web|e2e)/"),
    floor("page-loads-no-addon", "^web/src/", "(^bridge/client/src/native|\\.node$)"),
    {
      name: "only-client-loads-the-addon",
      severity: "error",
      from: { pathNot: "^bridge/client/" },
      to: { path: "\\.node$" },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|node_modules|generated)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "default"] },
  },
};
