import { History } from '@/views/history';

export default function Page() {
  return <History />;
}
