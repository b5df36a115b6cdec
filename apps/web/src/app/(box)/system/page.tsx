import { System } from '@/views/system';

export default function Page() {
  return <System />;
}
