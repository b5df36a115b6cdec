/**
 * Programs of others that go on while the daemon does not run (DHCP, DNS, time, ...). On the appliance systemd runs them, from units of the
 * image; in a network namespace of a lab or a developer the daemon starts them itself.
 */

export type Service = {
  /** Name of the systemd unit without `.service`, and of the pid file: "gatehouse-dns". */
  name: string;
  /** How the program is started where no systemd runs it: in the foreground, absolute path. The unit's ExecStart says the same. */
  program: string;
  args: readonly string[];
  /** All of its environment; empty when left away. The unit's Environment= says the same. */
  environment?: Readonly<Record<string, string>>;
};

export type ServiceManager = {
  /** Idempotent. Rejects when the program ends at once. */
  start(service: Service): Promise<void>;
  /** Idempotent; resolves when the process is gone. */
  stop(service: Service): Promise<void>;
  /** Stops what runs and starts it with what is configured now. */
  restart(service: Service): Promise<void>;
  /** SIGHUP (or another signal) to the main process; false when it does not run. */
  signal(service: Service, signal: NodeJS.Signals): Promise<boolean>;
  /** Main process, or null. */
  pid(service: Service): Promise<number | null>;
  /** The last lines that the service wrote, for error messages. */
  tail(service: Service, lines: number): Promise<string>;
  /** Ends the supervision, never the services. */
  close(): void;
};
