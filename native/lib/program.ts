/** BPF programs: pins, test runs. */
import { type Bytes, binding } from './binding.ts';

export type TestRun = {
  /** The packet; at least 14 bytes for XDP and TC programs. */
  data?: Bytes;
  /** struct xdp_md, __sk_buff, or the argument of a SYSCALL program. */
  context?: Bytes;
  /** Room for the packet after the run; default: the packet's size and 256 more. */
  outBytes?: number;
  repeat?: number;
  flags?: number;
  batchSize?: number;
};

export type TestRunResult = {
  retval: number;
  /** Mean duration of one run, ns. */
  duration: number;
  data: Buffer;
  /** For SYSCALL programs: the argument as the program left it. */
  context: Buffer;
};

const SYSCALL = 31;

export class BpfProgram {
  readonly fd: number;
  readonly id: number;
  readonly type: number;
  readonly name: string;
  /** Instructions the verifier processed; 0 when the kernel does not tell. */
  readonly verifiedInstructions: number;
  private readonly owned: boolean;

  constructor(fd: number, owned: boolean) {
    const info = binding.programInfo(fd);
    this.fd = fd;
    this.id = info.id;
    this.type = info.type;
    this.name = info.name;
    this.verifiedInstructions = info.verifiedInstructions;
    this.owned = owned;
  }

  static fromPin(path: string): BpfProgram {
    return new BpfProgram(binding.openPin(path), true);
  }

  /** BPF_PROG_TEST_RUN, off the main thread (kernel: Documentation/bpf/bpf_prog_run.rst). */
  async testRun(run: TestRun): Promise<TestRunResult> {
    const syscall = this.type === SYSCALL;
    return binding.programRun(this.fd, {
      data: run.data,
      context: run.context,
      outBytes: run.outBytes ?? (run.data && !run.batchSize ? run.data.byteLength + 256 : 0),
      contextOut: !syscall && run.context !== undefined && !run.batchSize,
      repeat: run.repeat ?? (syscall ? 0 : 1),
      flags: run.flags ?? 0,
      batchSize: run.batchSize ?? 0,
    });
  }

  pin(path: string): void {
    binding.pin(this.fd, path);
  }

  close(): void {
    if (this.owned) binding.closeFd(this.fd);
  }
}
