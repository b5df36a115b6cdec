import { Log } from '@/views/log';

export default function Page() {
  return <Log />;
}
