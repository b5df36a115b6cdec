/** Acceptance tests: Debian's Chromium, started inside the LAN of a lab (test/acceptance/browser). */
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'test/acceptance',
  testMatch: '**/*.spec.ts',
  outputDir: 'artifacts/acceptance',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
});
