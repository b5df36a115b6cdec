/** bpf_link: an attachment that can be pinned and whose program can be replaced without a gap. */
import { binding } from './binding.ts';
import type { BpfProgram } from './program.ts';

export class BpfLink {
  readonly fd: number;

  private constructor(fd: number) {
    this.fd = fd;
  }

  /** `native`: in the driver; else generic (SKB) mode. EOPNOTSUPP when the driver can not. */
  static attachXdp(program: BpfProgram, ifindex: number, mode: 'native' | 'generic'): BpfLink {
    return new BpfLink(binding.linkXdp(program.fd, ifindex, mode === 'native'));
  }

  static attachTcx(program: BpfProgram, ifindex: number, direction: 'ingress' | 'egress'): BpfLink {
    return new BpfLink(binding.linkTcx(program.fd, ifindex, direction === 'egress'));
  }

  static fromPin(path: string): BpfLink {
    return new BpfLink(binding.openPin(path));
  }

  /** `ifindex` is 0 when the device is gone. */
  get info(): { id: number; type: number; programId: number; ifindex: number } {
    return binding.linkInfo(this.fd);
  }

  /** Replaces the program; packets see the old or the new one, never none. */
  update(program: BpfProgram): void {
    binding.linkUpdate(this.fd, program.fd);
  }

  pin(path: string): void {
    binding.pin(this.fd, path);
  }

  detach(): void {
    binding.linkDetach(this.fd);
  }

  /** Closes the descriptor; an unpinned link goes with it. */
  close(): void {
    binding.closeFd(this.fd);
  }
}
