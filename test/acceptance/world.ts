/** A lab with the appliance and its page, and a browser that stands in the LAN like a person's. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@gatehouse/config';
import { type Browser, chromium, expect, type Page } from '@playwright/test';
import { Appliance } from '../lab/appliance.ts';
import { Lab } from '../lab/lab.ts';
import { HOSTS } from '../lab/names.ts';

export const PAGE_URL = `http://${HOSTS.lan.gateway4}:8080`;
const SHOTS = join(import.meta.dirname, '../../artifacts/screens');

export class World {
  readonly lab: Lab;
  readonly appliance: Appliance;
  readonly browser: Browser;

  private constructor(lab: Lab, appliance: Appliance, browser: Browser) {
    this.lab = lab;
    this.appliance = appliance;
    this.browser = browser;
  }

  /** Everything up: `config` is what the box was delivered with. */
  static async up(topic: string, config: Config): Promise<World> {
    const lab = await Lab.up({ name: `gh-test-${topic}` });
    try {
      const appliance = new Appliance(lab);
      await appliance.startDaemon(config);
      await appliance.startWeb();
      // Playwright talks to the browser over pipes, so the browser may stand in another namespace
      const launcher = join(lab.directory, 'chromium.sh');
      writeFileSync(
        launcher,
        `#!/bin/sh\nexec nsenter --net=/run/netns/${lab.namespace('lan')} /usr/bin/chromium "$@"\n`,
      );
      chmodSync(launcher, 0o755);
      const browser = await chromium.launch({ executablePath: launcher, args: ['--no-sandbox', '--disable-gpu'] });
      return new World(lab, appliance, browser);
    } catch (error) {
      await lab.down();
      throw error;
    }
  }

  async down(): Promise<void> {
    await this.browser.close();
    await this.lab.down();
  }

  /** Does a host reach a web page? */
  async reaches(from: 'lan' | 'wan' | 'dmz', url: string): Promise<boolean> {
    const done = await this.lab.tryExec(from, ['curl', '-s', '-o', '/dev/null', '--max-time', '2', url]);
    return done.status === 0;
  }
}

/** First run by the person at the console: token, then the administrator. */
export async function setUp(page: Page, token: string): Promise<void> {
  await page.goto(PAGE_URL);
  await expect(page.getByRole('heading', { name: 'Set up this box' })).toBeVisible();
  await page.getByLabel('Setup token').fill(token);
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
}

export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}
