/** Imports go down only: protocol, then client, then server and web, then cli. */
const floor = (name, from, to) => ({ name, severity: "error", from: { path: from }, to: { path: to } });

/**
 * The rooms of the page, and which of them each may look into: from the floor up, so there is no way around.
 * What a room needs besides it asks for by its `ports.ts`; `app` fills them.
 */
const PAGE = {
  ui: [],
  zip: [],
  log: ["ui/"],
  rates: ["ui/"],
  access: ["log/", "ui/"],
  connection: ["ui/"],
  control: ["log/say\\.ts$", "ui/"],
  configuration: ["ui/"],
  draft: ["access/permissions\\.svelte\\.ts$", "configuration/", "log/", "ui/"],
  "camera-features": ["ui/"],
  setup: ["camera-features/", "configuration/", "draft/", "log/", "ui/"],
  layout: ["configuration/", "draft/", "log/", "ui/"],
  run: ["access/permissions\\.svelte\\.ts$", "configuration/", "draft/", "log/", "recorder/index\\.ts$", "ui/"],
  datasets: [
    "access/permissions\\.svelte\\.ts$",
    "configuration/",
    "connection/bridge-address\\.ts$",
    "draft/",
    "log/",
    "ui/",
    "viewer/ports\\.ts$",
    "zip/",
  ],
  viewer: [
    "configuration/",
    "connection/bridge-address\\.ts$",
    "datasets/listing\\.ts$",
    "live-port/",
    "previews/port-previews\\.ts$",
    "ui/",
    "zip/",
  ],
  // Several camera computers at a glance: of the viewer what makes a small picture, and tells whether it is of now.
  rigs: [
    "configuration/streams\\.ts$",
    "connection/",
    "run/(whole-run|state-labels)\\.ts$",
    "ui/",
    "viewer/(core/|data/thumbnail-picture\\.ts$|live/preview-picture\\.ts$)",
  ],
  frames: ["configuration/", "ui/", "viewer/ports\\.ts$"],
  // Cameras of the page fill memory of the core.
  cameras: ["recorder/core\\.ts$"],
  "live-port": [],
  recorder: ["cameras/", "live-port/"],
  "browser-datasets": ["live-port/", "recorder/"],
  site: ["log/say\\.ts$"],
  previews: ["recorder/core(\\.fixture)?\\.ts$"],
  "browser-runtime": ["browser-datasets/", "cameras/", "live-port/", "previews/", "recorder/"],
};
const rooms = Object.entries(PAGE).map(([room, others]) => ({
  name: `page-${room}`,
  severity: "error",
  from: { path: `^web/src/${room}/` },
  to: { path: "^web/src/", pathNot: `^web/src/(${[`${room}/`, ...others].join("|")})` },
}));

const viewer = "^web/src/viewer/";
/** A folder of the viewer may import these of its folders, besides itself. Its tests may import what they need. */
const viewerFolder = (folder, ...below) => ({
  name: `viewer-${folder}-imports-down`,
  severity: "error",
  from: { path: `${viewer}${folder}/`, pathNot: "(\\.test|fixture)\\.ts$" },
  to: { path: viewer, pathNot: `${viewer}(${[folder, ...below].join("|")})/` },
});

module.exports = {
  forbidden: [
    floor("protocol-imports-nothing-of-ours", "^bridge/protocol/", "^(bridge/(client|server|cli)|web|e2e)/"),
    floor("client-imports-protocol-only", "^bridge/client/", "^(bridge/(server|cli)|web|e2e)/"),
    floor("server-imports-down", "^bridge/server/", "^(bridge/cli|web|e2e)/"),
    floor("web-imports-down", "^web/src/", "^(bridge/(server|cli)|e2e)/"),
    floor("examples-use-the-public-client", "^examples/", "^(bridge/(server|cli)|web|e2e)/"),
    floor("page-loads-no-addon", "^web/src/", "(^bridge/client/src/native|\\.node$)"),
    // Inside the packages: each room can be read without its neighbours.
    floor("http-knows-no-session", "^bridge/server/src/http/", "^bridge/server/src/(control|previews)/"),
    floor(
      "listeners-know-no-requests",
      "^bridge/server/src/listeners/",
      "^bridge/server/src/(access|control|http|previews|trust|uploads)/",
    ),
    floor("trust-is-pages-alone", "^bridge/server/src/trust/", "^bridge/server/src/(?!trust/)"),
    floor(
      "access-knows-no-route",
      "^bridge/server/src/access/",
      "^bridge/server/src/(audit|control|http|previews|trust|uploads)/",
    ),
    floor("previews-know-no-session", "^bridge/server/src/previews/", "^bridge/server/src/(control|http)/"),
    floor("remote-knows-no-addon", "^bridge/client/src/remote/", "^bridge/client/src/native/"),
    floor("in-process-knows-no-socket", "^bridge/client/src/native/", "^bridge/client/src/remote/"),
    floor("commands-stand-alone", "^bridge/cli/src/(?!main)", "^bridge/cli/src/commands/"),
    ...rooms,
    floor("page-controls-know-nothing-of-the-app", "^web/src/ui/", "^bridge/"),
    {
      name: "page-app-sees-the-viewer-by-its-door",
      severity: "error",
      from: { path: "^web/src/(app/|main\\.ts$)" },
      to: { path: "^web/src/viewer/", pathNot: "^web/src/viewer/(index|ports)\\.ts$" },
    },
    {
      // Types count, too: what knows each other's shape cannot be moved or tested alone.
      name: "page-no-cycles",
      severity: "error",
      from: { path: "^web/src/(?!viewer/)" },
      to: { circular: true },
    },
    viewerFolder("core"),
    viewerFolder("time", "core"),
    viewerFolder("render", "core"),
    viewerFolder("data", "core"),
    viewerFolder("live", "core", "render", "data/zarr"),
    viewerFolder("pane", "core", "live"),
    viewerFolder("sources", "core", "time", "data", "live"),
    {
      name: "viewer-has-a-core-without-framework",
      comment:
        "What workers run, and what decides, knows nothing of Svelte, nor of the page around it but for archives, the bridge's address, and pictures and recordings by a port.",
      severity: "error",
      from: { path: `${viewer}(core|time|render|data|live)/` },
      to: { path: "(^|/)svelte/|^web/src/(?!(viewer|zip|previews|live-port)/|connection/bridge-address\\.ts$)" },
    },
    {
      name: "viewer-has-no-cycles",
      comment: "Type-only ones included.",
      severity: "error",
      from: { path: viewer },
      to: { circular: true },
    },
    {
      name: "no-cycles-in-the-bridge-types-included",
      severity: "error",
      from: { path: "^bridge/" },
      to: { circular: true },
    },
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
