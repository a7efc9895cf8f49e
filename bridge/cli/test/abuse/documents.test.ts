import { expect, test } from "vitest";

import { Client, besideARecording, describeOnLinux } from "./victim.ts";

const MIB = 1 << 20;

function documentWith(settings: object, camera: object = {}, stream: object = {}): object {
  return {
    video: [
      {
        camera: {
          identifier: { kind: "Camera", name: "simulated: uniform random" },
          settings: { shape: [64, 48], ...camera },
        },
        storage: { identifier: { kind: "Storage", name: "ZarrV3" }, settings: { uri: "hostile.zarr", ...settings } },
        ...stream,
      },
    ],
  };
}

/** Each nearly as large as a message may be. */
function hostileDocuments(): [what: string, document: object][] {
  const long = "n".repeat(900_000);
  const fields = Object.fromEntries(Array.from({ length: 30_000 }, (_, at) => [`exposure_time_u${at}`, at]));
  let deep: object = {};
  for (let level = 0; level < 500; level++) deep = { deep };
  return [
    ["60,000 empty dimensions", documentWith({ acquisition_dimensions: Array.from({ length: 60_000 }, () => ({})) })],
    ["340,000 empty dimensions", documentWith({ acquisition_dimensions: Array.from({ length: 340_000 }, () => ({})) })],
    ["many streams", { video: Array.from({ length: 200_000 }, () => ({})) }],
    ["many labels", documentWith({ acquisition_dimensions: [{ labels: Array.from({ length: 200_000 }, () => "x") }] })],
    ["many unknown fields", documentWith({}, fields)],
    ["a long name", documentWith({}, {}, { name: long })],
    ["a long uri", documentWith({ uri: "a/".repeat(400_000) })],
    ["a long device", documentWith({}, {}, { camera: { identifier: { kind: "Camera", name: long } } })],
    ["deep metadata", documentWith({ external_metadata_json: "[".repeat(800_000) })],
    ["deep nesting", documentWith({}, deep)],
    ["half a character", documentWith({ uri: "a\ud800.zarr" })],
  ];
}

describeOnLinux("documents and patterns, while 1920 x 1080 at 30 frames/s are recorded", () => {
  const recording = besideARecording();

  test("hostile documents are refused in few words", { timeout: 120_000 }, async () => {
    await recording.victim.under(
      "hostile documents",
      async () => {
        const client = await Client.open(recording.victim.port);
        for (const [what, configuration] of hostileDocuments()) {
          const answer = await client.call<object>("validate", { configuration }).catch((error: object) => error);
          const { problems, data } = answer as { problems?: { severity: string }[]; data?: { code: string } };
          if (data) expect(data.code, what).toBe("invalid_params");
          else expect(problems, what).toContainEqual(expect.objectContaining({ severity: "error" }));
          expect(JSON.stringify(answer).length, what).toBeLessThan(MIB);
        }
        client.socket.terminate();
      },
      400,
    );
  });

  test("who leaves with 60 of them under way leaves no work behind", { timeout: 120_000 }, async () => {
    await recording.victim.under(
      "60 documents, and gone",
      async () => {
        const client = await Client.open(recording.victim.port);
        const configuration = documentWith({ acquisition_dimensions: Array.from({ length: 60_000 }, () => ({})) });
        const answers = Array.from({ length: 60 }, () => client.call("validate", { configuration }));
        await Promise.race(answers);
        client.socket.terminate();
        await Promise.allSettled(answers);
      },
      600,
    );
  });

  test("patterns of a million characters, and ones that go back and forth", { timeout: 120_000 }, async () => {
    await recording.victim.under(
      "patterns",
      async () => {
        const client = await Client.open(recording.victim.port);
        const patterns = ["a".repeat(900_000), "(a+)+".repeat(100_000), "(a*)*(a*)*(a*)*b", "(.{99}){99}"];
        for (let round = 0; round < 10; round++) {
          for (const name of patterns) {
            const found = await client.call("select", { kind: "Camera", name }).catch((error: object) => error);
            if (found !== null) expect(found).toMatchObject({ data: { code: "invalid_params" } });
          }
        }
        client.socket.terminate();
      },
      300,
    );
  });
});
