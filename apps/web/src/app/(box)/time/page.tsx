import { Time } from '@/views/time';

export default function Page() {
  return <Time />;
}
