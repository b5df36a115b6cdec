import { Matrix } from '@/views/matrix';

export default function Page() {
  return <Matrix />;
}
