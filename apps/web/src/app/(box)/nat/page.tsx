import { NatPage } from '@/views/nat';

export default function Page() {
  return <NatPage />;
}
