import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const sizingData = fileURLToPath(
  new URL("layers/sizing-data/nodejs/node_modules/variantspark-sizing-data/sizing-data.json", import.meta.url),
);

/**
 * Eight projects. `npm test` runs three, from fast to slow: `unit` needs nothing but Node; `contract` starts single services of
 * the local cloud; `end-to-end` starts all of it, once for the whole project. `aws-requests` holds every request of a run against
 * AWS's own service models (npm run test:aws-requests); `roles` calls each function with its own role and without each statement
 * of it (npm run test:roles); `templates` has linters read what is deployed (npm run test:templates); `drills` has nodes, jobs,
 * requests and people fail at every step of a run (npm run test:drills); `kubernetes` runs jobs on pods of a real cluster (npm
 * run test:kubernetes).
 */
export default defineConfig({
  test: {
    projects: [
      {
        // In Lambda it comes with a layer.
        resolve: { alias: { "variantspark-sizing-data": sizingData } },
        // Properties of many cases take seconds where other work goes on.
        test: { name: "unit", include: ["tests/unit/**/*.test.ts"], testTimeout: 60_000 },
      },
      {
        test: {
          name: "contract",
          include: ["tests/contract/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "aws-requests",
          include: ["tests/aws-requests/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "templates",
          include: ["tests/templates/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: "roles",
          include: ["tests/roles/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "end-to-end",
          include: ["tests/end-to-end/**/*.test.ts"],
          globalSetup: ["tests/end-to-end/globalSetup.ts"],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "drills",
          include: ["tests/drills/**/*.test.ts"],
          globalSetup: ["tests/end-to-end/globalSetup.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "kubernetes",
          include: ["tests/kubernetes/**/*.test.ts"],
          globalSetup: ["tests/kubernetes/globalSetup.ts"],
          testTimeout: 480_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
