import { Policies } from '@/views/policies';

export default function Page() {
  return <Policies />;
}
