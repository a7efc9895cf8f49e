// The one table of HTTP routes: who may ask each, and which pages of other origins. README.md documents them; a test compares the
// two. The server finds what answers a request by this table, so that nothing is reached past it.
import type { Role } from "./roles.ts";

type HttpMethod = "GET" | "HEAD" | "POST" | "PUT" | "DELETE";

export interface Route {
  /** As README.md writes it: `{name}` stands for a segment, `…` for any number of them. */
  path: string;
  methods: readonly HttpMethod[];
  /** What whoever asks must be allowed; null: nobody is asked who he is. */
  role: Role | null;
  /**
   * Pages of other origins that may ask: `read` those that `--allow-origin` names, and those of `control` · `control` those that
   * `--allow-control` names · `token` any page of a local network, which brings the token of an invitation · `anybody` every page may
   * show it, and read nothing of it · null: none.
   */
  foreign: "read" | "control" | "token" | "anybody" | null;
}

const READ = ["GET", "HEAD"] as const;

/** A route without a role does not compile. */
export const routes = {
  /** Who answers, and what the asker may do: asked before there is a connection. */
  hello: { path: "/hello", methods: READ, role: null, foreign: "read" },
  data: { path: "/data/{name}/…", methods: READ, role: "observe", foreign: "read" },
  /** With `back_pressure=true` the run waits for the asker: that is `control`. */
  frames: { path: "/streams/{n}/frames", methods: READ, role: "observe", foreign: "control" },
  previews: { path: "/sessions/{key}/previews", methods: READ, role: "observe", foreign: "control" },
  uploads: {
    path: "/uploads/…",
    methods: ["GET", "HEAD", "POST", "PUT", "DELETE"],
    role: "control",
    foreign: "control",
  },
  /** The control socket. */
  socket: { path: "/ws", methods: ["GET"], role: "observe", foreign: "control" },
  pair: { path: "/access/pair", methods: ["POST"], role: null, foreign: null },
  token: { path: "/access/token", methods: ["POST"], role: null, foreign: "token" },
  ticket: { path: "/access/ticket", methods: ["POST"], role: "observe", foreign: "read" },
  leave: { path: "/access/leave", methods: ["POST"], role: "observe", foreign: "read" },
  /** How the certificate is trusted: what comes before trust is everybody's. */
  trust: { path: "/trust/…", methods: READ, role: null, foreign: "anybody" },
  /** Nothing of an experiment is in it: whoever wants to pair sees it. */
  page: { path: "/", methods: READ, role: null, foreign: null },
} as const satisfies Record<string, Route>;
export type RouteName = keyof typeof routes;

/** The segments that a route's path begins with: by them it is known. */
const beginnings = (Object.entries(routes) as [RouteName, Route][])
  .map(([name, { path }]) => ({ name, ...beginningOf(path) }))
  .filter(({ beginning }) => beginning.length > 0);

function beginningOf(path: string): { beginning: string[]; isWhole: boolean } {
  const segments = path.split("/").filter((segment) => segment !== "");
  const open = segments.findIndex((segment) => /[{…]/.test(segment));
  return open < 0 ? { beginning: segments, isWhole: true } : { beginning: segments.slice(0, open), isWhole: false };
}

/** Which route a path belongs to: what no other has is the page's. */
export function routeOf(segments: readonly string[]): RouteName {
  const found = beginnings.find(
    ({ beginning, isWhole }) =>
      (!isWhole || segments.length === beginning.length) && beginning.every((segment, at) => segments[at] === segment),
  );
  return found?.name ?? "page";
}
