import { Routing } from '@/views/routing';

export default function Page() {
  return <Routing />;
}
