import { Dns } from '@/views/dns';

export default function Page() {
  return <Dns />;
}
