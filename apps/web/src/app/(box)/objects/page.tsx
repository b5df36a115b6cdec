import { Objects } from '@/views/objects';

export default function Page() {
  return <Objects />;
}
