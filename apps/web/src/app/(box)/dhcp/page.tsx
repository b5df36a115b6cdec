import { DhcpPage } from '@/views/dhcp';

export default function Page() {
  return <DhcpPage />;
}
