#!/usr/bin/env node
/**
 * Speaks the protocol of Prisma's schema engine (arguments, JSON-RPC on standard input and output) and answers with the WebAssembly
 * build of that engine on the better-sqlite3 adapter. Rests on Prisma's internals: pin all versions, and run the drift check on
 * every change of them.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    datasource: { type: 'string' },
    datamodels: { type: 'string', multiple: true },
    version: { type: 'boolean', short: 'V' },
  },
});
if (values.version) {
  console.log('schema-engine-cli wasm');
  process.exit(0);
}
if (positionals[0] === 'cli') process.exit(0); // the file is made on first use

const url = values.datasource ? JSON.parse(values.datasource).url : 'file::memory:';

/** The engine sends scripts where the driver prepares single statements: those without arguments go to the script call. */
function acceptScripts(connection) {
  const raw = connection.executeRaw.bind(connection);
  connection.executeRaw = (query) =>
    query.args.length ? raw(query) : connection.executeScript(query.sql).then(() => 0);
  return connection;
}

class Factory extends PrismaBetterSqlite3 {
  async connect() {
    return acceptScripts(await super.connect());
  }
  async connectToShadowDb() {
    return acceptScripts(await super.connectToShadowDb());
  }
}

const require = createRequire(import.meta.url);
const wasm = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm');
const { instance } = await WebAssembly.instantiate(readFileSync(wasm), { './schema_engine_bg.js': engineModule });
engineModule.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

const adapter = bindMigrationAwareSqlAdapterFactory(new Factory({ url }, { shadowDatabaseUrl: ':memory:' }));
const datamodels = (values.datamodels ?? []).map((path) => [path, readFileSync(path, 'utf8')]);
let engine;

async function call(method, params) {
  engine ??= await engineModule.SchemaEngine.new(
    { datamodels: datamodels.length ? datamodels : undefined },
    () => {},
    adapter,
  );
  if (method === 'createDatabase') return { databaseName: url };
  if (method === 'getDatabaseVersion') return engine.version(params);
  const result = (await engine[method](params)) ?? null;
  if (method === 'diff' && result?.stdout != null)
    process.stdout.write(
      `${JSON.stringify({ jsonrpc: '2.0', id: 1e9, method: 'print', params: { content: result.stdout } })}\n`,
    );
  return result;
}

for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  const { id, method, params } = JSON.parse(line);
  if (id === undefined || !method) continue;
  const answer = { jsonrpc: '2.0', id };
  try {
    answer.result = await call(method, params);
  } catch (error) {
    const message = String(error?.message ?? error);
    answer.error = {
      code: 4466,
      message,
      data: { is_panic: false, message, meta: null, error_code: error?.code ?? null },
    };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
