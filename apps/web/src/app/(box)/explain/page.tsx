import { Explain } from '@/views/explain';

export default function Page() {
  return <Explain />;
}
