import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../bin/zarrcam.js", import.meta.url));

/** Nothing of the user's own is read or changed. */
export const OWN_STATE: NodeJS.ProcessEnv = { ...process.env, XDG_STATE_HOME: join(tmpdir(), "zarrcam-test-state") };

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  finished: Promise<Finished>;
  /** Waits until standard output or standard error has it. */
  says(pattern: RegExp): Promise<string>;
}

export function startCli(args: string[], cwd?: string, env = OWN_STATE, stdin: "ignore" | "pipe" = "ignore"): Running {
  const child = spawn(process.execPath, [BIN, ...args], { cwd, env, stdio: [stdin, "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  const watchers = new Set<() => void>();
  const heard = () => watchers.forEach((watch) => watch());
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    heard();
  });
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    heard();
  });
  const finished = new Promise<Finished>((resolve) =>
    child.on("close", (code) => {
      resolve({ code, stdout, stderr });
      heard();
    }),
  );
  return {
    child,
    finished,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (!match && child.exitCode === null) return;
          watchers.delete(look);
          if (match) resolve(match[1] ?? match[0]);
          else reject(new Error(`it ended without ${String(pattern)}:\n${stdout}\n${stderr}`));
        };
        watchers.add(look);
        look();
      }),
  };
}

export function cli(args: string[], cwd?: string, env = OWN_STATE): Promise<Finished> {
  return startCli(args, cwd, env).finished;
}

export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "zarrcam-cli-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A small document: 64 x 48 px, a frame a few ms. Fields of `stream` replace its own. */
export function smallDocument(stream: object = {}, storage: object = {}) {
  return {
    video: [
      {
        camera: {
          identifier: { kind: "Camera", name: "simulated: uniform random" },
          settings: { shape: [64, 48], pixel_type: "U8", exposure_time_us: 2000 },
        },
        storage: {
          identifier: { kind: "Storage", name: "ZarrV3" },
          settings: {
            uri: "out.zarr",
            acquisition_dimensions: [
              { name: "x", kind: "Space", array_size_px: 64, chunk_size_px: 32 },
              { name: "y", kind: "Space", array_size_px: 48, chunk_size_px: 48 },
              { name: "t", kind: "Time", array_size_px: 0, chunk_size_px: 10 },
            ],
          },
          ...storage,
        },
        max_frame_count: 30,
        ...stream,
      },
    ],
  };
}
