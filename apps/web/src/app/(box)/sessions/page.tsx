import { Sessions } from '@/views/sessions';

export default function Page() {
  return <Sessions />;
}
