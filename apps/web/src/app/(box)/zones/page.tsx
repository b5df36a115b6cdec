import { Zones } from '@/views/zones';

export default function Page() {
  return <Zones />;
}
