import { Setup } from '@/frame/enter';

export default function Page() {
  return <Setup />;
}
